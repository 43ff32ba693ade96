// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The memory backend next to the caches that C++ programs use: RocksDB's HyperClockCache and
// LRUCache, TBB's concurrent_lru_cache, and an LRU list under a mutex. Zipf(0.99), keys of 16
// bytes, values copied out. Ours checks deadlines and counts hits and misses; the peers do neither.
//
//   A  64k keys, all resident, reads only
//   B  1M keys, room for 100k, a read and after a miss a write
//   C  as A, and one in ten is a write

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/cache/stats.h"
#include "engine/core/random.h"
#include "tests/bench/comparison.h"
#include "tests/bench/memory_peers.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

using Requests = std::vector<Key>;

constexpr std::size_t kFewKeys = 64 * 1024;
constexpr std::size_t kManyKeys = 1'000'000;
constexpr std::size_t kRoomForB = 100'000;
constexpr std::size_t kSample = 1'000'000;
// A round is so long that its start, with other data in the processor's caches, does not count.
constexpr double kNanosecondsOfRound = 200e6;
constexpr std::uint64_t kOperationsOfFirstRound = 200'000;
constexpr double kZipfExponent = 0.99;

struct Workload {
    const char* name;
    std::size_t keys;
    std::size_t room;
    std::uint32_t writesInTen;
    bool fillOnMiss;
};
// Twice the keys: no shard of any contestant is ever full, whatever the hashes.
constexpr Workload kReads{"A, reads only", kFewKeys, 2 * kFewKeys, 0, false};
constexpr Workload kMisses{"B, fill on miss", kManyKeys, kRoomForB, 0, true};
constexpr Workload kWrites{"C, one in ten a write", kFewKeys, 2 * kFewKeys, 1, false};

Key keyOf(std::size_t number) {
    Key key;
    key.fill('0');
    std::memcpy(key.data(), "key:", 4);
    const std::string digits = std::to_string(number);
    std::memcpy(key.data() + key.size() - digits.size(), digits.data(), digits.size());
    return key;
}

/// The keys themselves one after the other, as a program has the key at hand that it asks for.
/// Popular ones are not neighbours in the order in which they are stored.
Requests zipfRequests(std::size_t keys) {
    std::vector<double> cumulated(keys);
    double sum = 0;
    for (std::size_t i = 0; i < keys; ++i) {
        sum += std::pow(static_cast<double>(i + 1), -kZipfExponent);
        cumulated[i] = sum;
    }
    std::vector<std::uint32_t> names(keys);
    std::iota(names.begin(), names.end(), 0);
    Random random{keys};
    for (std::size_t i = keys - 1; i > 0; --i) {
        std::swap(names[i], names[random.below(i + 1)]);
    }
    Requests requests(kSample);
    for (Key& request : requests) {
        const auto at =
            std::lower_bound(cumulated.begin(), cumulated.end(), random.uniform() * sum);
        request = keyOf(names[static_cast<std::size_t>(at - cumulated.begin())]);
    }
    return requests;
}

template <class Value>
class Ours {
public:
    static constexpr const char* kName = "memory:";

    explicit Ours(std::size_t entries) {
        BackendConfig config;
        config.maxEntries = entries;
        m_backend = BackendRegistry::builtin().create("memory:", config).value();
        m_created = SystemClock::instance().now();
    }
    bool get(const Key& key, Value& out) {
        const auto found = m_backend->get({key.data(), key.size()});
        if (!found->has_value()) {
            m_stats.count(Counter::misses);
            return false;
        }
        m_stats.count(Counter::hits);
        std::memcpy(&out, (*found)->value.view().data(), sizeof out);
        return true;
    }
    void set(const Key& key, const Value& value) {
        Entry entry;
        entry.value = Bytes{{value.data(), value.size()}};
        entry.created = m_created;
        entry.expires = deadlineAfter(m_created, std::chrono::hours{1});
        m_backend->set({key.data(), key.size()}, entry).value();
    }

private:
    std::unique_ptr<Backend> m_backend;
    Stats m_stats;
    TimePoint m_created;
};

struct RoundState {
    std::uint64_t operations = kOperationsOfFirstRound;
    std::size_t start = 0;
};

/// A cache of type `Cache` under `workload`, by `threads` threads.
template <class Cache, class Value>
void contend(Comparison& comparison, const Workload& workload, unsigned threads,
             const std::shared_ptr<const Requests>& requests) {
    auto cache = std::make_shared<Cache>(workload.room);
    const Value value{'v'};
    if (workload.fillOnMiss) {
        Value out;
        for (const Key& key : *requests) {
            if (!cache->get(key, out)) {
                cache->set(key, value);
            }
        }
    } else {
        for (std::size_t key = 0; key < workload.keys; ++key) {
            cache->set(keyOf(key), value);
        }
    }
    const auto state = std::make_shared<RoundState>();
    comparison.add(Cache::kName, [=] {
        const std::uint64_t operations = state->operations;
        const std::size_t start = state->start += operations;
        const auto work = [&](unsigned thread) {
            Value out{};
            std::size_t at = (start + thread * (kSample / 2)) % kSample;
            std::uint64_t absent = 0;
            for (std::uint64_t i = 0; i < operations; ++i) {
                const Key& key = (*requests)[at];
                at = at + 1 == kSample ? 0 : at + 1;
                if (workload.writesInTen != 0 && i % 10 < workload.writesInTen) {
                    cache->set(key, value);
                } else if (!cache->get(key, out)) {
                    ++absent;
                    if (workload.fillOnMiss) {
                        cache->set(key, value);
                    }
                }
                keep(out);
            }
            if (absent != 0 && !workload.fillOnMiss) {
                std::fprintf(stderr, "%s lost %lu of its entries\n", Cache::kName,
                             static_cast<unsigned long>(absent));
                std::exit(1);
            }
        };
        const double each = threads == 1 ? timed(Watch::processor, operations, [&] { work(0); })
                                         : timedOnThreads(Watch::wall, threads, operations, work);
        state->operations = static_cast<std::uint64_t>(kNanosecondsOfRound / each);
        return each;
    });
}

template <class Value>
void compare(std::vector<Comparison>& comparisons, const Workload& workload, unsigned threads,
             const char* values) {
    const auto requests = std::make_shared<const Requests>(zipfRequests(workload.keys));
    auto& comparison =
        comparisons.emplace_back(std::string{workload.name} + ", " + values + ", " +
                                 std::to_string(threads) + (threads == 1 ? " thread" : " threads"));
    contend<HyperClockPeer<Value>, Value>(comparison, workload, threads, requests);
    contend<RocksLruPeer<Value>, Value>(comparison, workload, threads, requests);
    if (workload.writesInTen == 0) {
        contend<TbbLruPeer<Value>, Value>(comparison, workload, threads, requests);
    }
    contend<PlainLruPeer<Value>, Value>(comparison, workload, threads, requests);
    contend<StringLruPeer<Value>, Value>(comparison, workload, threads, requests);
    contend<Ours<Value>, Value>(comparison, workload, threads, requests);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Comparison> comparisons;
    for (const unsigned threads : {1U, 2U}) {
        for (const Workload& workload : {kReads, kMisses, kWrites}) {
            compare<std::array<char, 64>>(comparisons, workload, threads, "64 bytes shared");
        }
        compare<std::array<char, 16>>(comparisons, kReads, threads, "16 bytes inline");
    }
    return runAll("memory", 11, std::move(comparisons), argc, argv);
}
