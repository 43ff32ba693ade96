// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast each policy replays a trace. Beside them, the same stream goes through what simulators
// commonly do: a hash map of keys and a list in the order of eviction.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::size_t kRequests = 10'000'000;
constexpr std::size_t kKeys = 1'000'000;
constexpr double kSkew = 0.9;

struct Stream {
    std::vector<std::uint32_t> keys;
    std::size_t keyCount = 0;
};

// Keys are numbered as they come, as an import of a trace does it.
Stream zipf() {
    std::vector<double> upTo(kKeys);
    double sum = 0;
    for (std::size_t rank = 0; rank < kKeys; ++rank) {
        sum += std::pow(static_cast<double>(rank + 1), -kSkew);
        upTo[rank] = sum;
    }
    constexpr std::uint32_t kNew = 0xffff'ffff;
    std::vector<std::uint32_t> numbers(kKeys, kNew);
    Stream stream;
    stream.keys.reserve(kRequests);
    Random random{1};
    for (std::size_t i = 0; i < kRequests; ++i) {
        const auto rank =
            std::lower_bound(upTo.begin(), upTo.end(), random.uniform() * sum) - upTo.begin();
        std::uint32_t& number = numbers[static_cast<std::size_t>(rank)];
        if (number == kNew) {
            number = static_cast<std::uint32_t>(stream.keyCount++);
        }
        stream.keys.push_back(number);
    }
    return stream;
}

// Misses, so that nobody measures a cache that does nothing.
std::uint64_t lruInAHashMap(const Stream& stream, std::size_t capacity) {
    std::list<std::uint32_t> order;
    std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> entries;
    entries.reserve(capacity);
    std::uint64_t misses = 0;
    for (const std::uint32_t key : stream.keys) {
        const auto found = entries.find(key);
        if (found != entries.end()) {
            order.splice(order.begin(), order, found->second);
            continue;
        }
        ++misses;
        if (entries.size() == capacity) {
            entries.erase(order.back());
            order.pop_back();
        }
        order.push_front(key);
        entries.emplace(key, order.begin());
    }
    return misses;
}

std::uint64_t fifoInAHashSet(const Stream& stream, std::size_t capacity) {
    std::deque<std::uint32_t> order;
    std::unordered_set<std::uint32_t> entries;
    entries.reserve(capacity);
    std::uint64_t misses = 0;
    for (const std::uint32_t key : stream.keys) {
        if (entries.count(key) != 0) {
            continue;
        }
        ++misses;
        if (entries.size() == capacity) {
            entries.erase(order.front());
            order.pop_front();
        }
        order.push_back(key);
        entries.insert(key);
    }
    return misses;
}

std::uint64_t replayed(const PolicyKind& kind, const Stream& stream, std::size_t capacity) {
    ReplayOptions options;
    options.capacity = capacity;
    return kind.replay({stream.keys, stream.keyCount, {}, {}, {}}, options).misses;
}

void demandEqual(std::uint64_t one, std::uint64_t other) {
    if (one != other) {
        std::fprintf(stderr, "two caches of one kind disagree: %llu and %llu misses\n",
                     static_cast<unsigned long long>(one), static_cast<unsigned long long>(other));
        std::exit(1);
    }
}

Comparison compare(const Stream& stream, std::size_t capacity) {
    const PolicyRegistry& policies = PolicyRegistry::builtin();
    demandEqual(replayed(*policies.find("lru"), stream, capacity), lruInAHashMap(stream, capacity));
    demandEqual(replayed(*policies.find("fifo"), stream, capacity),
                fifoInAHashSet(stream, capacity));
    Comparison comparison("a replayed request, " + std::to_string(capacity) + " entries");
    comparison.add("LRU: a hash map and a list", [&stream, capacity] {
        return timed(Watch::processor, kRequests, [&] { keep(lruInAHashMap(stream, capacity)); });
    });
    comparison.add("FIFO: a hash set and a queue", [&stream, capacity] {
        return timed(Watch::processor, kRequests, [&] { keep(fifoInAHashSet(stream, capacity)); });
    });
    for (const PolicyKind& kind : policies.kinds()) {
        comparison.add(kind.name, [&kind, &stream, capacity] {
            return timed(Watch::processor, kRequests,
                         [&] { keep(replayed(kind, stream, capacity)); });
        });
    }
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    const Stream stream = zipf();
    return runAll("replay", 5, {compare(stream, 10'000), compare(stream, 100'000)}, argc, argv);
}
