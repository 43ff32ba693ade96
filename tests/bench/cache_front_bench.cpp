// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the front adds to a bare backend: a hit and a miss through Cache::fetch() and through
// cached(), next to what people write by hand, a hash map under a mutex.

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cache.h"
#include "engine/cache/cached.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::size_t kKeys = 1000;
constexpr std::uint64_t kOperations = 400'000;

std::string pageOf(int id) {
    return std::string(200, static_cast<char>('a' + id % 26));
}

/// The memo that everybody has written once. Hands out copies, as it must: another thread may
/// replace the value.
class Memo {
public:
    template <class Make>
    std::string get(int id, TimePoint now, Duration ttl, Make make) {
        {
            const std::lock_guard lock(m_mutex);
            const auto found = m_values.find(id);
            if (found != m_values.end() && now <= found->second.expires) {
                return found->second.value;
            }
        }
        std::string made = make(id);
        const std::lock_guard lock(m_mutex);
        m_values[id] = {made, now + ttl};
        return made;
    }

private:
    struct Value {
        std::string value;
        TimePoint expires{};
    };
    std::mutex m_mutex;
    std::unordered_map<int, Value> m_values;
};

std::shared_ptr<Cache> makeCache(const Clock& clock) {
    BackendConfig config;
    config.clock = &clock;
    return std::make_shared<Cache>(BackendRegistry::builtin().create("memory:", config).value(),
                                   clock);
}

struct Front {
    ManualClock clock;
    std::shared_ptr<Cache> cache = makeCache(clock);
    Memo memo;
    std::vector<std::string> keys;
    CacheOptions options{.ttl = std::chrono::seconds{60}};
    CacheOptions everyoneLoads{.ttl = std::chrono::seconds{60}, .singleFlight = false};
    CachedFunction<std::string (*)(int), detail::AllArguments> page =
        cached(pageOf,
               {.name = "page", .options = {.ttl = std::chrono::seconds{60}}, .cache = cache})
            .value();

    Front() {
        for (std::size_t i = 0; i < kKeys; ++i) {
            keys.push_back("product:" + std::to_string(i));
        }
    }

    void fetch(const std::string& key, const CacheOptions& how) {
        cache->fetch(
            key, how, [](const LoadDone& done) { done(Loaded{Bytes{pageOf(7)}}); },
            [](const Result<Fetched>& result) { keep(result->entry.value.size()); });
    }
    void remember(std::size_t key) {
        keep(memo.get(static_cast<int>(key), clock.now(), std::chrono::seconds{60}, pageOf));
    }
    /// All keys expire at once.
    void expire() { clock.advance(std::chrono::seconds{61}); }
};

template <class Operation>
std::function<double()> onThreads(Front& front, unsigned threads, Operation operation) {
    return [&front, threads, operation] {
        for (std::size_t i = 0; i < kKeys; ++i) {
            operation(i);  // fills, where the clock went on since the round before
        }
        return timedOnThreads(Watch::processor, threads, kOperations, [&](unsigned thread) {
            for (std::size_t i = 0; i < kOperations; ++i) {
                operation((i * 7 + thread * 501) % kKeys);
            }
        });
    };
}

Comparison hits(Front& front, unsigned threads) {
    Comparison comparison(threads == 1 ? "a hit, one thread" : "a hit, two threads at a time");
    comparison.add("bare backend: Backend::get", onThreads(front, threads, [&front](std::size_t i) {
                       keep(front.cache->backend().get(front.keys[i])->has_value());
                   }));
    comparison.add("Cache::fetch", onThreads(front, threads, [&front](std::size_t i) {
                       front.fetch(front.keys[i], front.options);
                   }));
    comparison.add("cached(): key, look-up, value decoded",
                   onThreads(front, threads,
                             [&front](std::size_t i) { keep(front.page(static_cast<int>(i))); }));
    comparison.add("by hand: a mutex and a hash map",
                   onThreads(front, threads, [&front](std::size_t i) { front.remember(i); }));
    return comparison;
}

template <class Operation>
std::function<double()> expiredEachTime(Front& front, Operation operation) {
    constexpr std::uint64_t kTimes = 200;
    return [&front, operation] {
        return timed(Watch::processor, kTimes * kKeys, [&] {
            for (std::uint64_t time = 0; time < kTimes; ++time) {
                front.expire();
                for (std::size_t i = 0; i < kKeys; ++i) {
                    operation(i);
                }
            }
        });
    };
}

Comparison misses(Front& front) {
    Comparison comparison("a miss: found expired, loaded at once, stored");
    comparison.add("by hand: a mutex and a hash map",
                   expiredEachTime(front, [&front](std::size_t i) { front.remember(i); }));
    comparison.add("Cache::fetch, single-flight", expiredEachTime(front, [&front](std::size_t i) {
                       front.fetch(front.keys[i], front.options);
                   }));
    comparison.add("Cache::fetch, every miss loads",
                   expiredEachTime(front, [&front](std::size_t i) {
                       front.fetch(front.keys[i], front.everyoneLoads);
                   }));
    comparison.add("cached(), single-flight", expiredEachTime(front, [&front](std::size_t i) {
                       keep(front.page(static_cast<int>(i)));
                   }));
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    Front front;
    return runAll("cache_front", 11, {hits(front, 1), hits(front, 2), misses(front)}, argc, argv);
}
