// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Cache::fetchMany(): one look-up, one load and one store for many keys, and otherwise what a
// request for each would do.

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "engine/backend/redis_backend.h"
#include "tests/engine/cache_fixture.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"
#include "tests/support/turnstile.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

using Keys = std::vector<std::string>;

struct CacheManyTest : test::CacheFixture {
    std::vector<Keys> calls;  // of the load
    CacheOptions options{.ttl = 60s};

    // The value of a key is the key and how often the load was called.
    std::vector<LoadResult> load(const Keys& keys) {
        calls.push_back(keys);
        std::vector<LoadResult> outcomes;
        for (const std::string& key : keys) {
            outcomes.emplace_back(Loaded{Bytes{key + std::to_string(calls.size())}});
        }
        return outcomes;
    }
    std::vector<Result<Fetched>> fetch(const Keys& keys) {
        return cache->fetchMany(keys, options, [this](const Keys& wanted) { return load(wanted); });
    }
    static Keys valuesOf(const std::vector<Result<Fetched>>& answers) {
        Keys values;
        for (const auto& answer : answers) {
            values.push_back(answer.ok() ? answer->entry.value.toString()
                                         : errorCodeName(answer.error().code()));
        }
        return values;
    }
};

TEST_F(CacheManyTest, loadsWhatIsMissingInOneCallAndAnswersInOrder) {
    EXPECT_EQ(valuesOf(fetch({"b"})), Keys{"b1"});
    const auto answers = fetch({"a", "b", "c"});
    EXPECT_EQ(valuesOf(answers), (Keys{"a2", "b1", "c2"}));
    EXPECT_EQ(calls.back(), (Keys{"a", "c"}));
    EXPECT_EQ(answers[0]->source, Source::loaded);
    EXPECT_EQ(answers[1]->source, Source::stored);
    EXPECT_TRUE(answers[2]->kept);
    EXPECT_EQ(valuesOf(fetch({"c", "a", "b"})), (Keys{"c2", "a2", "b1"}));
    EXPECT_EQ(calls.size(), 2u);
    const StatsSnapshot stats = cache->stats();
    EXPECT_EQ(stats.hits, 4u);
    EXPECT_EQ(stats.misses, 3u);
    EXPECT_EQ(stats.loads, 3u);
    EXPECT_EQ(stats.fills, 3u);
}

TEST_F(CacheManyTest, aKeyThatStandsTwiceIsLoadedOnce) {
    EXPECT_EQ(valuesOf(fetch({"a", "a", "b", "a"})), (Keys{"a1", "a1", "b1", "a1"}));
    EXPECT_EQ(calls, std::vector<Keys>({Keys{"a", "b"}}));
    EXPECT_EQ(cache->stats().coalesced, 2u);
}

TEST_F(CacheManyTest, noKeysAreNoCall) {
    EXPECT_TRUE(fetch({}).empty());
    EXPECT_TRUE(calls.empty());
}

TEST_F(CacheManyTest, eachKeyFailsForItself) {
    const auto answers = cache->fetchMany(Keys{"a", "b", "c"}, options, [](const Keys&) {
        std::vector<LoadResult> outcomes;
        outcomes.emplace_back(Loaded{Bytes{"A"}});
        outcomes.emplace_back(Error{ErrorCode::notFound, "b"});
        return outcomes;  // and nothing for c
    });
    EXPECT_EQ(valuesOf(answers), (Keys{"A", "notFound", "loadFailed"}));
    EXPECT_EQ(cache->stats().loadFailures, 2u);
    EXPECT_EQ(valuesOf(fetch({"a", "b", "c"})), (Keys{"A", "b1", "c1"}));
}

TEST_F(CacheManyTest, whatTheLoadThrowsIsAFailureOfAllItsKeys) {
    const auto answers = cache->fetchMany(
        Keys{"a", "b"}, options,
        [](const Keys&) -> std::vector<LoadResult> { throw std::runtime_error("no database"); });
    EXPECT_EQ(valuesOf(answers), (Keys{"loadFailed", "loadFailed"}));
    EXPECT_EQ(answers[1].error().detail(), "no database");
}

TEST_F(CacheManyTest, aBackendThatFailsFailsNobody) {
    backend->broken = true;
    const auto answers = fetch({"a", "b"});
    EXPECT_EQ(valuesOf(answers), (Keys{"a1", "b1"}));
    EXPECT_FALSE(answers[0]->kept);
    EXPECT_TRUE(cache->trouble().has_value());
}

TEST_F(CacheManyTest, whatAnotherLoadsIsWaitedFor) {
    test::Turnstile turnstile;
    std::atomic<int> second{0};
    test::TestThread first([&] {
        (void)cache->fetchBlocking("b", options, [&]() -> LoadResult {
            turnstile.pass();
            return Loaded{Bytes{"from the first"}};
        });
    });
    turnstile.awaitArrivals(1);
    std::vector<Result<Fetched>> answers;
    test::TestThread many([&] {
        answers = cache->fetchMany(Keys{"a", "b"}, options, [&](const Keys& keys) {
            EXPECT_EQ(keys, Keys{"a"});
            ++second;
            // Our own is there before we wait for others: who waits for it is not held up.
            turnstile.open(1);
            return std::vector<LoadResult>{Loaded{Bytes{"A"}}};
        });
    });
    first.join();
    many.join();
    EXPECT_EQ(valuesOf(answers), (Keys{"A", "from the first"}));
    EXPECT_EQ(answers[1]->source, Source::waited);
    EXPECT_EQ(second, 1);
}

TEST_F(CacheManyTest, manyThreadsWithOverlappingKeysNeverWaitForEver) {
    constexpr int kThreads = 4;
    std::atomic<int> loaded{0};
    test::inParallel(kThreads, [&](int thread) {
        for (int round = 0; round < 200; ++round) {
            Keys keys;
            for (int i = 0; i < 12; ++i) {
                keys.push_back(std::to_string(round * 7 + (thread * 5 + i * 3) % 12));
            }
            const auto answers = cache->fetchMany(keys, options, [&](const Keys& wanted) {
                loaded += static_cast<int>(wanted.size());
                std::vector<LoadResult> outcomes;
                for (const std::string& key : wanted) {
                    outcomes.emplace_back(Loaded{Bytes{key}});
                }
                return outcomes;
            });
            EXPECT_EQ(valuesOf(answers), keys);
        }
    });
    EXPECT_EQ(loaded, 199 * 7 + 12) << "each key once";
}

TEST_F(CacheManyTest, whatIsInvalidatedDuringTheLoadIsNotKept) {
    const auto answers = cache->fetchMany(Keys{"a", "b"}, options, [&](const Keys& keys) {
        EXPECT_TRUE(cache->invalidate("a").ok());
        return load(keys);
    });
    EXPECT_EQ(valuesOf(answers), (Keys{"a1", "b1"})) << "who waited gets it";
    EXPECT_FALSE(answers[0]->kept);
    EXPECT_TRUE(answers[1]->kept);
    EXPECT_EQ(valuesOf(fetch({"a", "b"})), (Keys{"a2", "b1"}));
}

TEST_F(CacheManyTest, aLoadThatAsksForItsOwnKeyIsTold) {
    Keys inner;
    const auto answers = cache->fetchMany(Keys{"a", "b"}, options, [&](const Keys& keys) {
        inner = valuesOf(fetch({"b"}));
        return load(keys);
    });
    EXPECT_EQ(inner, Keys{"reentrantLoad"});
    EXPECT_EQ(valuesOf(answers), (Keys{"a1", "b1"}));
}

TEST_F(CacheManyTest, aStaleValueIsServedWhenItsLoadFails) {
    options.staleIfError = 1h;
    EXPECT_EQ(valuesOf(fetch({"a"})), Keys{"a1"});
    clock.advance(61s);
    const auto answers = cache->fetchMany(Keys{"a", "b"}, options, [](const Keys& keys) {
        return std::vector<LoadResult>(keys.size(), Error{ErrorCode::loadFailed});
    });
    EXPECT_EQ(valuesOf(answers), (Keys{"a1", "loadFailed"}));
    EXPECT_EQ(answers[0]->stale, StaleReason::loadFailed);
}

TEST(CacheManyOverRedis, sixtyFourKeysAreTwoRoundTripsColdAndOneWarm) {
    CACHESCOPE_NEEDS_REDIS();
    const test::RedisServer server;
    auto made = BackendRegistry::builtin().create(server.url({}, "timeout=5s"), {}).value();
    const auto& redis = static_cast<const RedisBackend&>(*made);
    Cache cache{std::move(made)};
    Keys keys;
    for (int i = 0; i < 64; ++i) {
        keys.push_back("key " + std::to_string(i));
    }
    int calls = 0;
    const auto load = [&](const Keys& wanted) {
        ++calls;
        std::vector<LoadResult> outcomes;
        for (const std::string& key : wanted) {
            outcomes.emplace_back(Loaded{Bytes{"value of " + key}});
        }
        return outcomes;
    };
    for (const std::uint64_t trips : {2U, 1U}) {
        const std::uint64_t before = redis.counters().roundTrips;
        const auto answers = cache.fetchMany(keys, {.ttl = 60s}, load);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            ASSERT_TRUE(answers[i].ok());
            EXPECT_EQ(answers[i]->entry.value.view(), "value of " + keys[i]);
        }
        EXPECT_EQ(redis.counters().roundTrips - before, trips);
    }
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace cachescope
