// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A walk over a million keys with TTL, type and size of each, and a first sample of ten thousand,
// next to the server's own tool, which reads the size alone. Nanoseconds a key of the database, of
// the sample a key that was drawn. With `--gentle` first, the walk at its gentle pace too, beside
// another client whose GET is timed with and without it. And how long the table of keys takes to be
// sorted and filtered, next to sorting the same keys as plain structs.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/core/worker.h"
#include "engine/inspect/key_selection.h"
#include "engine/inspect/key_walk.h"
#include "engine/redis/private_redis_server.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_target.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;
using namespace cachescope::inspect;

namespace {

constexpr std::uint64_t kKeys = 1'000'000;
constexpr std::uint64_t kDraws = 10'000;

[[noreturn]] void giveUp(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

TimePoint soon(std::chrono::seconds span = std::chrono::seconds{300}) {
    return SystemClock::instance().now() + span;
}

void fill(const RedisAddress& address) {
    const auto connection = RedisConnection::open(address, soon()).value();
    std::vector<RedisCommand> commands;
    for (std::uint64_t i = 0; i < kKeys; ++i) {
        const std::string name =
            "namespace" + std::to_string(i % 10) + ":" + std::to_string(100'000'000 + i);
        commands.push_back({"SET", name, std::string(40, 'v')});
        if (i % 5 != 0) {
            commands.back().insert(commands.back().end(), {"EX", std::to_string(3600 + i % 9000)});
        }
        if (commands.size() == 10'000) {
            connection->send(commands, soon()).value();
            commands.clear();
        }
    }
}

void walk(const RedisAddress& address, WalkPace::Mode pace) {
    WalkOptions options;
    options.pace = pace;
    const KeyWalk walk{{{address, std::make_shared<Guard>()}}, options};
    if (!walk.waitForEnd(soon()) || walk.progress().keys != kKeys) {
        giveUp("the walk did not see all keys");
    }
}

// Percentiles of a GET, once in about a millisecond, while `work` goes on.
void timeAnother(const char* name, const RedisAddress& address, const std::function<void()>& work) {
    std::vector<double> times;
    Worker other("other-client", [&](Worker& self, const std::stop_token&) {
        const auto connection = RedisConnection::open(address, soon()).value();
        const RedisCommand get{"GET", "namespace1:100000001"};
        while (self.sleepFor(std::chrono::milliseconds{1})) {
            const double begun = nanoseconds(Watch::wall);
            connection->send({&get, 1}, soon()).value();
            times.push_back(nanoseconds(Watch::wall) - begun);
        }
    });
    const double begun = nanoseconds(Watch::wall);
    work();
    const double took = nanoseconds(Watch::wall) - begun;
    other.stop();
    std::sort(times.begin(), times.end());
    const auto at = [&](double part) {
        return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))] / 1e6;
    };
    std::printf("%-28s %6.2f s; another client's GET: p50 %.3f, p99 %.3f, p99.9 %.3f ms of %zu\n",
                name, took / 1e9, at(0.5), at(0.99), at(0.999), times.size());
}

void compareGently(const RedisAddress& address) {
    const auto connection = RedisConnection::open(address, soon()).value();
    const std::vector<RedisCommand> watch{{"CONFIG", "SET", "slowlog-log-slower-than", "1000"},
                                          {"SLOWLOG", "RESET"}};
    connection->send(watch, soon()).value();
    timeAnother("nobody else", address, [] {
        Worker idle("idle", [](Worker& self, const std::stop_token&) {
            self.sleepFor(std::chrono::seconds{5});
        });
        while (idle.sleepFor(std::chrono::seconds{5})) {
            break;
        }
    });
    timeAnother("a gentle walk", address, [&] { walk(address, WalkPace::Mode::gentle); });
    const RedisCommand length{"SLOWLOG", "LEN"};
    std::printf(
        "entries in the slow log at 1 ms: %lld\n",
        static_cast<long long>(connection->send({&length, 1}, soon()).value().front().integer));
    timeAnother("a fast walk", address, [&] { walk(address, WalkPace::Mode::fast); });
}

// The keys of a table, as a program without a census would hold them.
struct Row {
    std::string name;
    std::int64_t expiry = 0;
    std::uint64_t bytes = 0;
};

struct Table {
    Table() {
        Random random(1);
        for (std::uint64_t i = 0; i < kKeys; ++i) {
            Row& row = rows.emplace_back();
            row.name = "namespace" + std::to_string(random.below(10)) + ":" +
                       std::to_string(100'000'000 + random.below(900'000'000));
            row.expiry = static_cast<std::int64_t>(1'700'000'000'000 + random.below(9'000'000));
            row.bytes = 60 + random.below(5'000);
            KeyFacts facts;
            facts.expiry = row.expiry;
            facts.bytes = row.bytes;
            facts.type = "string";
            const NamedKey key{row.name, facts};
            if (!census.add({&key, 1}).ok()) {
                giveUp("no room for the keys");
            }
        }
    }
    KeyCensus census;
    std::vector<Row> rows;
};

template <class Less>
double sortRows(const Table& table, Less less) {
    std::vector<Row> rows = table.rows;
    return timed(Watch::processor, kKeys, [&] { std::sort(rows.begin(), rows.end(), less); });
}

double select(const Table& table, const KeyQuery& query, KeyColumn column) {
    const CensusView view = table.census.view();
    return timed(Watch::processor, kKeys, [&] {
        keep(selectKeys(view, query, {column, false}, 0, [] { return true; }).value());
    });
}

std::vector<Comparison> compareTables(const std::shared_ptr<const Table>& table) {
    std::vector<Comparison> comparisons;
    auto& names = comparisons.emplace_back("inspect: a key of a table sorted by name");
    names.add("std::sort of structs", [table] {
        return sortRows(*table, [](const Row& a, const Row& b) { return a.name < b.name; });
    });
    names.add("selectKeys", [table] { return select(*table, {}, KeyColumn::name); });
    auto& sizes = comparisons.emplace_back("inspect: a key of a table sorted by size");
    sizes.add("std::sort of structs", [table] {
        return sortRows(*table, [](const Row& a, const Row& b) { return a.bytes < b.bytes; });
    });
    sizes.add("selectKeys", [table] { return select(*table, {}, KeyColumn::size); });
    sizes.add("selectKeys, names with 55", [table] {
        KeyQuery query;
        query.pattern = "55";
        return select(*table, query, KeyColumn::size);
    });
    return comparisons;
}

std::vector<Comparison> compare(const PrivateRedisServer& server, const RedisAddress& address) {
    const std::string call = "redis-cli -s '" + server.url().substr(server.url().find('/')) +
                             "' --memkeys >/dev/null 2>&1";
    std::vector<Comparison> comparisons;
    auto& whole = comparisons.emplace_back("inspect: a key of a whole walk");
    if (std::system("redis-cli --version >/dev/null 2>&1") == 0) {
        whole.add("peer: redis-cli --memkeys", [call] {
            return timed(Watch::wall, kKeys, [&] {
                if (std::system(call.c_str()) != 0) {
                    giveUp("redis-cli failed");
                }
            });
        });
    }
    whole.add("KeyWalk, fast", [address] {
        return timed(Watch::wall, kKeys, [&] { walk(address, WalkPace::Mode::fast); });
    });
    auto& first = comparisons.emplace_back("inspect: a key of a first sample");
    first.add("takeSample", [address] {
        return timed(Watch::wall, kDraws, [&] {
            SampleOptions options;
            options.keys = kDraws;
            if (takeSample({{address, std::make_shared<Guard>()}}, options, soon()).value().drawn !=
                kDraws) {
                giveUp("too few keys were drawn");
            }
        });
    });
    return comparisons;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Comparison> comparisons = compareTables(std::make_shared<const Table>());
    if (!PrivateRedisServer::available()) {
        std::puts("redis-server is not installed here: walks are not measured");
        return runAll("inspect", 3, std::move(comparisons), argc, argv);
    }
    const auto server =
        PrivateRedisServer::start(std::chrono::seconds{5}, {"--maxmemory", "0"}).value();
    const RedisAddress address = RedisTarget::parse(server->url()).value().seeds.front();
    fill(address);
    if (argc > 1 && std::strcmp(argv[1], "--gentle") == 0) {
        compareGently(address);
        return 0;
    }
    for (Comparison& comparison : compare(*server, address)) {
        comparisons.push_back(std::move(comparison));
    }
    return runAll("inspect", 3, std::move(comparisons), argc, argv);
}
