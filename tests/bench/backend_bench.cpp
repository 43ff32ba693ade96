// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A hit and a set on every backend, each next to the plainest thing of its kind: an LRU list under
// a mutex, SQLite with a transaction a set, a file a key, and redis-benchmark with one client.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/backend/sqlite_database.h"
#include "engine/redis/private_redis_server.h"
#include "tests/bench/comparison.h"
#include "tests/bench/redis_benchmark.h"
#include "tests/support/temporary_directory.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::size_t kKeys = 2000;

std::vector<std::string> makeKeys() {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < kKeys; ++i) {
        keys.push_back("product:" + std::to_string(i));
    }
    return keys;
}

const std::vector<std::string> kKeyNames = makeKeys();
const std::string kValue(256, 'v');

/// Key after key, `operations` times.
template <class Operation>
std::function<double()> each(Watch watch, std::uint64_t operations, Operation operation) {
    return [=] {
        return timed(watch, operations, [&] {
            for (std::uint64_t i = 0; i < operations; ++i) {
                operation(kKeyNames[(i * 7) % kKeys]);
            }
        });
    };
}

void get(Backend& backend, const std::string& key) {
    const auto found = backend.get(key);
    if (!found.ok() || !found->has_value()) {
        std::fprintf(stderr, "%s does not give back %s\n", backend.url().c_str(), key.c_str());
        std::exit(1);
    }
    keep((*found)->value.size());
}

void set(Backend& backend, const std::string& key) {
    Entry entry;
    entry.value = Bytes{kValue};
    backend.set(key, entry).value();
}

std::shared_ptr<Backend> open(const std::string& url, std::uint64_t entries = 0) {
    BackendConfig config;
    config.maxEntries = entries;
    config.timeout = std::chrono::seconds{5};
    std::shared_ptr<Backend> backend = BackendRegistry::builtin().create(url, config).value();
    for (const std::string& key : kKeyNames) {
        set(*backend, key);
    }
    backend->flush().value();
    return backend;
}

/// The LRU cache of the textbook: a list, a map into it and one lock.
class PlainLru {
public:
    std::string get(const std::string& key) {
        const std::lock_guard lock(m_mutex);
        const auto found = m_index.find(key);
        if (found == m_index.end()) {
            return {};
        }
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        return found->second->second;
    }
    void set(const std::string& key, const std::string& value) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_index.find(key); found != m_index.end()) {
            found->second->second = value;
            m_entries.splice(m_entries.begin(), m_entries, found->second);
            return;
        }
        m_entries.emplace_front(key, value);
        m_index.emplace(key, m_entries.begin());
        if (m_index.size() > kKeys) {
            m_index.erase(m_entries.back().first);
            m_entries.pop_back();
        }
    }

private:
    using Entries = std::list<std::pair<std::string, std::string>>;
    std::mutex m_mutex;
    Entries m_entries;
    std::unordered_map<std::string, Entries::iterator> m_index;
};

void compareMemory(std::vector<Comparison>& comparisons) {
    constexpr std::uint64_t kOperations = 400'000;
    const auto backend = open("memory:", kKeys);
    const auto lru = std::make_shared<PlainLru>();
    for (const std::string& key : kKeyNames) {
        lru->set(key, kValue);
    }
    auto& hit = comparisons.emplace_back("memory: a hit");
    hit.add("peer: LRU list under a mutex",
            each(Watch::processor, kOperations, [lru](const auto& key) { keep(lru->get(key)); }));
    hit.add("memory:", each(Watch::processor, kOperations,
                            [backend](const auto& key) { get(*backend, key); }));
    auto& store = comparisons.emplace_back("memory: a set that replaces");
    store.add(
        "peer: LRU list under a mutex",
        each(Watch::processor, kOperations, [lru](const auto& key) { lru->set(key, kValue); }));
    store.add("memory:", each(Watch::processor, kOperations,
                              [backend](const auto& key) { set(*backend, key); }));
}

/// One table, one statement, one transaction each; the same journal and durability as ours.
class PlainSqlite {
public:
    explicit PlainSqlite(const std::string& path)
        : m_database(openFile(path)),
          m_get(m_database.prepare("SELECT value FROM entry WHERE key = ?").value()),
          m_set(m_database.prepare("REPLACE INTO entry VALUES(?, ?)").value()) {}

    std::size_t get(const std::string& key) {
        const auto scope = m_get.scope();
        m_get.bindBytes(1, key);
        return m_get.step().value() ? m_get.bytes(0).size() : 0;
    }
    void set(const std::string& key, const std::string& value) {
        const auto scope = m_set.scope();
        m_set.bindBytes(1, key).bindBytes(2, value);
        m_set.run().value();
    }

private:
    static SqliteDatabase openFile(const std::string& path) {
        std::ofstream{path};
        auto database = SqliteDatabase::open(path, std::chrono::seconds{5}).value();
        database
            .run(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "CREATE TABLE entry(key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID;")
            .value();
        return database;
    }

    SqliteDatabase m_database;
    SqliteStatement m_get;
    SqliteStatement m_set;
};

void compareFile(std::vector<Comparison>& comparisons, const test::TemporaryDirectory& directory) {
    constexpr std::uint64_t kOperations = 4000;
    const auto backend = open("file:" + (directory / "file").string());
    const auto plain = std::make_shared<PlainSqlite>((directory / "plain.db").string());
    for (const std::string& key : kKeyNames) {
        plain->set(key, kValue);
    }
    auto& hit = comparisons.emplace_back("file: a hit");
    hit.add("peer: plain SQLite",
            each(Watch::wall, kOperations, [plain](const auto& key) { keep(plain->get(key)); }));
    hit.add("file:",
            each(Watch::wall, kOperations, [backend](const auto& key) { get(*backend, key); }));
    auto& store = comparisons.emplace_back("file: a set, until all are written");
    store.add(
        "peer: plain SQLite, a transaction a set",
        each(Watch::wall, kOperations, [plain](const auto& key) { plain->set(key, kValue); }));
    store.add("file:", [backend] {
        return timed(Watch::wall, kOperations, [&] {
            for (std::uint64_t i = 0; i < kOperations; ++i) {
                set(*backend, kKeyNames[(i * 7) % kKeys]);
            }
            backend->flush().value();
        });
    });
}

void compareDirectory(std::vector<Comparison>& comparisons,
                      const test::TemporaryDirectory& directory) {
    constexpr std::uint64_t kOperations = 2000;
    const auto backend = open("dir:" + (directory / "dir").string());
    const std::string plain = (directory / "plain").string();
    std::filesystem::create_directory(plain);
    const auto pathOf = [plain](const std::string& key) { return plain + '/' + key; };
    const auto write = [pathOf](const std::string& key) {
        const std::string path = pathOf(key);
        std::ofstream{path + ".new", std::ios::binary} << kValue;
        std::filesystem::rename(path + ".new", path);
    };
    for (const std::string& key : kKeyNames) {
        write(key);
    }
    auto& hit = comparisons.emplace_back("dir: a hit");
    hit.add("peer: reading a file", each(Watch::wall, kOperations, [pathOf](const auto& key) {
                std::ifstream file{pathOf(key), std::ios::binary};
                keep(std::string{std::istreambuf_iterator<char>{file}, {}});
            }));
    hit.add("dir:",
            each(Watch::wall, kOperations, [backend](const auto& key) { get(*backend, key); }));
    auto& store = comparisons.emplace_back("dir: a set");
    store.add("peer: writing a file beside and renaming it", each(Watch::wall, kOperations, write));
    store.add("dir:",
              each(Watch::wall, kOperations, [backend](const auto& key) { set(*backend, key); }));
}

void compareRedis(std::vector<Comparison>& comparisons, const PrivateRedisServer& server) {
    constexpr std::uint64_t kOperations = 20'000;
    const auto backend = open(server.url());
    const std::string socket = server.url().substr(server.url().find('/'));
    const bool tool = redisBenchmark(socket, "get", 1000).has_value();
    if (!tool) {
        std::puts("redis-benchmark is not installed here: Redis is measured without its peer");
    }
    for (const bool reading : {true, false}) {
        const char* command = reading ? "get" : "set";
        auto& comparison = comparisons.emplace_back(reading ? "redis: a hit, one client"
                                                            : "redis: a set, one client");
        if (tool) {
            comparison.add(std::string{"peer: redis-benchmark -c 1, "} + command,
                           [socket, command] {
                               return redisBenchmark(socket, command, kOperations).value_or(0);
                           });
        }
        comparison.add("redis+unix:", each(Watch::wall, kOperations, [=](const auto& key) {
                           reading ? get(*backend, key) : set(*backend, key);
                       }));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const test::TemporaryDirectory directory;
    std::vector<Comparison> comparisons;
    compareMemory(comparisons);
    compareFile(comparisons, directory);
    compareDirectory(comparisons, directory);
    std::unique_ptr<PrivateRedisServer> server;
    if (PrivateRedisServer::available()) {
        server = PrivateRedisServer::start().value();
        compareRedis(comparisons, *server);
    } else {
        std::puts("redis-server is not installed here: Redis is not measured");
    }
    return runAll("backend", 7, std::move(comparisons), argc, argv);
}
