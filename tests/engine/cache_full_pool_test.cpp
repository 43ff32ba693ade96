// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// All threads that a cache has for loads are busy with loads that do not end: who has a time-out is
// still answered in time, who has none loads for himself, and nobody waits for ever.

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "engine/cache/cache.h"
#include "engine/core/job_pool.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/in_parallel.h"
#include "tests/support/manual_timers.h"
#include "tests/support/turnstile.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::FaultyBackend;
using test::ManualTimers;
using test::TestThread;
using test::Turnstile;

constexpr int kThreads = 32;  // those of a cache

struct CacheFullPoolTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    std::unique_ptr<Cache> cache =
        std::make_unique<Cache>(std::make_unique<FaultyBackend>(clock, true), clock, &timers, 1);
    Turnstile turnstile;
    std::vector<std::unique_ptr<TestThread>> callers;
    const CacheOptions hurried{.ttl = 10s, .hardTimeout = 1s};

    ~CacheFullPoolTest() override { freeThreads(); }

    LoadResult blocked(const std::string& value) {
        turnstile.pass();
        return Loaded{Bytes{value}};
    }
    static std::string textOf(const Result<Fetched>& result) {
        return result.ok() ? result->entry.value.toString() : errorCodeName(result.error().code());
    }
    /// Threads whose loads do not end, and whose callers have gone.
    void fillPool() {
        const std::size_t before = timers.planned();
        for (int i = 0; i < kThreads; ++i) {
            callers.push_back(std::make_unique<TestThread>([this, i] {
                (void)cache->fetchBlocking("busy" + std::to_string(i), hurried,
                                           [this] { return blocked("late"); });
            }));
        }
        turnstile.awaitArrivals(kThreads);
        awaitPlanned(before + kThreads);
        timers.advance(1s);
        callers.clear();
    }
    void freeThreads() { turnstile.open(1'000'000); }
    void awaitPlanned(std::size_t count) const {
        while (timers.planned() < count) {
            std::this_thread::yield();
        }
    }
    void awaitFills(std::uint64_t count) const {
        while (cache->stats().fills < count) {
            std::this_thread::yield();
        }
    }
    static LoadResult quick() { return Loaded{Bytes{"own"}}; }
};

TEST_F(CacheFullPoolTest, aHardTimeOutHoldsForTheThirtyThirdLoad) {
    fillPool();
    std::string got;
    TestThread caller(
        [&] { got = textOf(cache->fetchBlocking("k", hurried, [this] { return blocked("k"); })); });
    awaitPlanned(1);
    timers.advance(1s);
    caller.join();
    EXPECT_EQ(got, errorCodeName(ErrorCode::timedOut));
    EXPECT_EQ(cache->stats().loads, static_cast<std::uint64_t>(kThreads)) << "it waits";

    freeThreads();
    awaitFills(kThreads + 1);
    EXPECT_EQ(textOf(cache->fetchBlocking("k", hurried, quick)), "k") << "and was done later";
}

TEST_F(CacheFullPoolTest, aSoftTimeOutServesTheStaleValueInTime) {
    const CacheOptions soft{.ttl = 10s, .staleIfError = 1h, .softTimeout = 1s};
    EXPECT_EQ(
        textOf(cache->fetchBlocking("k", soft, [] { return LoadResult{Loaded{Bytes{"old"}}}; })),
        "old");
    clock.advance(20s);
    fillPool();
    Result<Fetched> got{std::in_place};
    TestThread caller(
        [&] { got = cache->fetchBlocking("k", soft, [this] { return blocked("k"); }); });
    awaitPlanned(1);
    timers.advance(1s);
    caller.join();
    EXPECT_EQ(textOf(got), "old");
    EXPECT_EQ(got->stale, StaleReason::slowLoad);
}

TEST_F(CacheFullPoolTest, aHardTimeOutHoldsForManyKeysAtOnce) {
    fillPool();
    std::vector<Result<Fetched>> got;
    TestThread caller([&] {
        const std::vector<std::string> keys{"a", "b"};
        got = cache->fetchMany(keys, hurried, [this](const std::vector<std::string>& missing) {
            turnstile.pass();
            return std::vector<LoadResult>(missing.size(), Loaded{Bytes{"many"}});
        });
    });
    awaitPlanned(2);
    timers.advance(1s);
    caller.join();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(textOf(got[0]), errorCodeName(ErrorCode::timedOut));
    EXPECT_EQ(textOf(got[1]), errorCodeName(ErrorCode::timedOut));
    freeThreads();
    awaitFills(kThreads + 2);
    EXPECT_EQ(textOf(cache->fetchBlocking("b", hurried, quick)), "many");
}

TEST_F(CacheFullPoolTest, whoHasNoTimeOutDoesALoadThatWaitsForAThread) {
    fillPool();
    const CacheOptions patient{.ttl = 10s};
    std::string first;
    TestThread hurriedCaller([&] { first = textOf(cache->fetchBlocking("k", hurried, quick)); });
    awaitPlanned(1);
    EXPECT_EQ(textOf(cache->fetchBlocking("k", patient, quick)), "own");
    hurriedCaller.join();
    EXPECT_EQ(first, "own");
    EXPECT_EQ(cache->stats().coalesced, 1U);
}

TEST_F(CacheFullPoolTest, loadsThatAskTheCacheDoNotStarveEachOther) {
    // As many as there are threads, each needing another one: time stands still meanwhile.
    std::atomic<int> right{0};
    const auto nested = [this](const std::string& key) -> LoadResult {
        const auto inner = cache->fetchBlocking(key + "/in", hurried, quick);
        const std::vector<std::string> keys{key + "/many", "shared"};
        const auto more =
            cache->fetchMany(keys, hurried, [](const std::vector<std::string>& missing) {
                return std::vector<LoadResult>(missing.size(), Loaded{Bytes{"own"}});
            });
        return Loaded{Bytes{textOf(inner) + textOf(more[0]) + textOf(more[1])}};
    };
    TestThread all([&] {
        test::inParallel(kThreads + 8, [&](int i) {
            const std::string key = std::to_string(i);
            const auto got = cache->fetchBlocking(key, hurried, [&, key] {
                turnstile.pass();
                return nested(key);
            });
            right += textOf(got) == "ownownown" ? 1 : 0;
        });
    });
    turnstile.awaitArrivals(kThreads);
    freeThreads();
    all.join();
    EXPECT_EQ(right, kThreads + 8);
}

TEST_F(CacheFullPoolTest, aHitThatIsRefreshedIsServedWithoutDoingTheRefresh) {
    for (const Duration lease : {Duration{0}, Duration{1h}}) {
        const CacheOptions swr{.ttl = 10s, .lease = lease, .staleWhileRevalidate = 1h};
        (void)cache->fetchBlocking("k", swr, quick);
        clock.advance(20s);
        if (lease == Duration::zero()) {
            fillPool();
        }
        EXPECT_EQ(textOf(cache->fetchBlocking("k", swr, [this] { return blocked("new"); })), "own");
        (void)cache->invalidate("k");
    }
}

TEST_F(CacheFullPoolTest, aLoadThatWaitedForALeaseHoldsNoTimeOutUp) {
    const CacheOptions leased{.ttl = 10s, .lease = 10s, .hardTimeout = 1s};
    ASSERT_TRUE(cache->backend().acquireLease("k", 10s).value().has_value());
    std::string got;
    TestThread caller([&] { got = textOf(cache->fetchBlocking("k", leased, quick)); });
    awaitPlanned(2);  // the time-out, and the next look
    fillPool();       // advances time beyond several looks, none of which finds a thread
    caller.join();
    EXPECT_EQ(got, errorCodeName(ErrorCode::timedOut));
}

TEST_F(CacheFullPoolTest, whoWaitsForALeaseWithoutATimeOutLoadsWhenThereIsNoThread) {
    const CacheOptions leased{.ttl = 10s, .lease = 100ms};
    ASSERT_TRUE(cache->backend().acquireLease("k", 1h).value().has_value());
    std::string got;
    TestThread caller([&] { got = textOf(cache->fetchBlocking("k", leased, quick)); });
    awaitPlanned(1);
    fillPool();
    caller.join();
    EXPECT_EQ(got, "own") << "the span of the lease is over";
}

TEST_F(CacheFullPoolTest, whatThereIsNoRoomForIsAnsweredAtOnce) {
    fillPool();
    std::vector<std::string> keys;
    for (int i = 0; i < 1500; ++i) {
        keys.push_back("k" + std::to_string(i));
    }
    const CacheOptions each{.ttl = 10s, .lease = 1h, .hardTimeout = 1s};
    std::vector<Result<Fetched>> got;
    TestThread caller([&] {
        got = cache->fetchMany(keys, each, [](const std::vector<std::string>& missing) {
            return std::vector<LoadResult>(missing.size(), Loaded{Bytes{"own"}});
        });
    });
    awaitPlanned(1024);
    timers.advance(1s);
    caller.join();
    for (const auto& one : got) {
        EXPECT_EQ(textOf(one), errorCodeName(ErrorCode::timedOut));
    }
    freeThreads();
    awaitFills(kThreads + 1024);
}

TEST_F(CacheFullPoolTest, theCacheEndsWithLoadsThatNeverGotAThread) {
    fillPool();
    {
        TestThread caller([&] { (void)cache->fetchBlocking("k", hurried, quick); });
        awaitPlanned(1);
        timers.advance(1s);
    }
    TestThread ending([this] { cache.reset(); });
    freeThreads();
    ending.join();
    EXPECT_EQ(cache, nullptr);
}

TEST(JobPoolQueueTest, aJobThatWaitsRunsOnTheFirstThreadThatIsFree) {
    Turnstile turnstile;
    JobPool pool("test", 1);
    EXPECT_TRUE(pool.run([&] { turnstile.pass(); }));
    turnstile.awaitArrivals(1);
    EXPECT_FALSE(pool.run([] {}));
    EXPECT_TRUE(pool.queue([&] { turnstile.pass(); }, 1));
    EXPECT_FALSE(pool.queue([] {}, 1)) << "one waits already";
    turnstile.open(1);
    turnstile.awaitArrivals(2);
    EXPECT_TRUE(pool.queue([] { FAIL() << "the pool ends before"; }, 1));
    std::atomic<bool> closing{false};
    TestThread ending([&] {
        closing = true;
        pool.close();
    });
    while (!closing || pool.queue([] {}, 1'000'000)) {
        std::this_thread::yield();
    }
    turnstile.open(1);
}

}  // namespace
}  // namespace cachescope
