// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cache.h"

#include <gtest/gtest.h>

#include <latch>
#include <vector>

#include "engine/cache/flight_table.h"
#include "tests/support/in_parallel.h"
#include "tests/support/wrapped_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::WrappedBackend;

const CacheOptions kMinute{.ttl = 60s};

struct CacheTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    WrappedBackend* backend = nullptr;
    std::unique_ptr<Cache> cache;

    void SetUp() override {
        auto made = WrappedBackend::memory(clock);
        backend = made.get();
        cache = std::make_unique<Cache>(std::move(made), clock);
    }
    Result<Fetched> fetch(std::string_view key, const CacheOptions& options = kMinute,
                          std::string_view value = "v") {
        return cache->fetchBlocking(key, options, [&]() -> LoadResult {
            ++loads;
            return Loaded{Bytes{value}};
        });
    }
    std::atomic<int> loads{0};
};

TEST_F(CacheTest, aMissLoadsAndTheNextLookupHits) {
    EXPECT_EQ(fetch("k")->source, Source::loaded);
    const auto again = fetch("k");
    EXPECT_EQ(again->source, Source::stored);
    EXPECT_EQ(again->entry.value.view(), "v");
    const StatsSnapshot stats = cache->stats();
    EXPECT_EQ(stats.hits, 1U);
    EXPECT_EQ(stats.misses, 1U);
    EXPECT_EQ(stats.loads, 1U);
    EXPECT_EQ(stats.fills, 1U);
    EXPECT_DOUBLE_EQ(stats.hitRatio(), 0.5);
}

TEST_F(CacheTest, anEntryIsServedUpToAndIncludingItsDeadline) {
    (void)fetch("k");
    clock.advance(60s);
    EXPECT_EQ(fetch("k")->source, Source::stored);
    clock.advance(1ns);
    EXPECT_EQ(fetch("k")->source, Source::loaded);
    EXPECT_EQ(cache->stats().expirations, 1U);
}

TEST_F(CacheTest, noTtlNeverExpiresAndZeroStoresNothing) {
    (void)fetch("ever", {.ttl = std::nullopt});
    (void)fetch("never", {.ttl = Duration{0}});
    clock.advance(24h * 365 * 100);
    EXPECT_EQ(fetch("ever", {.ttl = std::nullopt})->source, Source::stored);
    EXPECT_EQ(fetch("never", {.ttl = Duration{0}})->source, Source::loaded);
    EXPECT_EQ(cache->stats().fills, 1U);
}

TEST_F(CacheTest, negativeTtlIsRefused) {
    EXPECT_EQ(validate({Duration{-1ns}, true}).error().code(), ErrorCode::outOfRange);
    EXPECT_TRUE(validate({.ttl = Duration{0}}).ok());
    EXPECT_TRUE(validate({.ttl = std::nullopt}).ok());
}

TEST_F(CacheTest, aValueIsStampedAtTheEndOfItsLoad) {
    const auto fetched = cache->fetchBlocking("k", kMinute, [&]() -> LoadResult {
        clock.advance(45s);
        return Loaded{Bytes{"slow"}, 7};
    });
    EXPECT_EQ(fetched->entry.created, TimePoint{1h + 45s});
    EXPECT_EQ(fetched->entry.expires, TimePoint{1h + 105s});
    EXPECT_EQ(fetched->entry.loadCost, 45s);
    EXPECT_EQ(fetched->entry.version, 7U);
    clock.advance(60s);
    EXPECT_EQ(fetch("k")->source, Source::stored);
}

TEST_F(CacheTest, emptyValuesAreCached) {
    (void)fetch("k", kMinute, "");
    EXPECT_EQ(fetch("k", kMinute, "")->source, Source::stored);
}

TEST_F(CacheTest, concurrentMissesShareOneLoad) {
    constexpr int kThreads = 32;
    std::latch together(kThreads);
    std::atomic<int> waited{0};
    test::inParallel(kThreads, [&](int) {
        together.arrive_and_wait();
        const auto fetched = fetch("hot");
        ASSERT_TRUE(fetched.ok());
        EXPECT_EQ(fetched->entry.value.view(), "v");
        waited += fetched->source == Source::waited ? 1 : 0;
    });
    EXPECT_EQ(loads, 1);
    const StatsSnapshot stats = cache->stats();
    EXPECT_EQ(stats.hits + stats.misses, static_cast<std::uint64_t>(kThreads));
    EXPECT_EQ(stats.coalesced, static_cast<std::uint64_t>(waited.load()));
    EXPECT_EQ(stats.misses, stats.loads + stats.coalesced);
}

TEST_F(CacheTest, withoutSingleFlightEveryMissLoads) {
    std::vector<LoadDone> pending;
    int done = 0;
    for (int i = 0; i < 3; ++i) {
        cache->fetch(
            "k", {.ttl = 60s, .singleFlight = false},
            [&](LoadDone d) { pending.push_back(std::move(d)); },
            [&](const Result<Fetched>&) { ++done; });
    }
    EXPECT_EQ(pending.size(), 3U);
    for (LoadDone& finish : pending) {
        finish(Loaded{Bytes{"v"}});
    }
    EXPECT_EQ(done, 3);
    EXPECT_EQ(cache->stats().loads, 3U);
}

TEST_F(CacheTest, oneErrorReachesAllWaitersAndIsNotStored) {
    LoadDone finish;
    std::vector<ErrorCode> codes;
    for (int i = 0; i < 5; ++i) {
        cache->fetch(
            "k", kMinute, [&](LoadDone d) { finish = std::move(d); },
            [&](const Result<Fetched>& r) { codes.push_back(r.error().code()); });
    }
    finish(Error{ErrorCode::timedOut, "origin"});
    EXPECT_EQ(codes, std::vector<ErrorCode>(5, ErrorCode::timedOut));
    EXPECT_EQ(cache->stats().loadFailures, 1U);
    EXPECT_EQ(fetch("k")->source, Source::loaded);
}

TEST_F(CacheTest, aLoadThatThrowsIsAFailureForAll) {
    const auto fetched = cache->fetchBlocking(
        "k", kMinute, []() -> LoadResult { throw std::runtime_error("boom"); });
    EXPECT_EQ(fetched.error().code(), ErrorCode::loadFailed);
    EXPECT_EQ(fetched.error().detail(), "boom");
    EXPECT_TRUE(fetch("k").ok());
}

TEST_F(CacheTest, aLoadThatAsksForItselfIsToldSoAndDoesNotHang) {
    std::optional<ErrorCode> inner;
    const auto outer = cache->fetchBlocking("k", kMinute, [&]() -> LoadResult {
        inner = fetch("k").error().code();
        return Loaded{Bytes{"v"}};
    });
    EXPECT_EQ(inner, ErrorCode::reentrantLoad);
    EXPECT_TRUE(outer.ok());
}

TEST_F(CacheTest, twoLoadsThatWaitForEachOtherAreTold) {
    std::latch bothLoading(2);
    std::atomic<int> circles{0};
    const auto loadThrough = [&](const char* own, const char* other) {
        return cache->fetchBlocking(own, kMinute, [&, other]() -> LoadResult {
            bothLoading.arrive_and_wait();
            const auto fetched = fetch(other);
            if (!fetched.ok() && fetched.error().code() == ErrorCode::reentrantLoad) {
                ++circles;
            }
            return Loaded{Bytes{own}};
        });
    };
    test::TestThread first([&] { EXPECT_TRUE(loadThrough("a", "b").ok()); });
    test::TestThread second([&] { EXPECT_TRUE(loadThrough("b", "a").ok()); });
    first.join();
    second.join();
    EXPECT_EQ(circles, 1);
}

TEST_F(CacheTest, aLoadThatUsesOtherKeysIsFine) {
    const auto outer = cache->fetchBlocking("sum", kMinute, [&]() -> LoadResult {
        return Loaded{Bytes{fetch("a").value().entry.value.toString() + "+"}};
    });
    EXPECT_EQ(outer->entry.value.view(), "v+");
}

TEST_F(CacheTest, invalidationRemovesByKeyPatternPrefixAndAll) {
    for (const char* key : {"user:1", "user:2", "user:[x]", "page:1", "page:2"}) {
        (void)fetch(key);
    }
    EXPECT_EQ(cache->invalidate("user:1").value(), 1U);
    EXPECT_EQ(cache->invalidate("user:1").value(), 0U);
    EXPECT_EQ(cache->invalidatePrefix("user:[").value(), 1U);
    EXPECT_EQ(cache->invalidateMatching("page:?").value(), 2U);
    EXPECT_EQ(cache->invalidateAll().value(), 1U);
    EXPECT_EQ(cache->stats().invalidations, 5U);
    EXPECT_EQ(fetch("user:2")->source, Source::loaded);
}

TEST_F(CacheTest, aLoadUnderWayCannotBringAnInvalidatedValueBack) {
    for (const char* how : {"key", "pattern", "all"}) {
        LoadDone finish;
        cache->fetch(
            "k", kMinute, [&](LoadDone d) { finish = std::move(d); },
            [&](const Result<Fetched>& r) { EXPECT_TRUE(r.ok()); });
        if (how == std::string_view{"key"}) {
            (void)cache->invalidate("k");
        } else if (how == std::string_view{"pattern"}) {
            (void)cache->invalidateMatching("k*");
        } else {
            (void)cache->invalidateAll();
        }
        finish(Loaded{Bytes{"old"}});
        EXPECT_FALSE(backend->get("k").value().has_value()) << how;
    }
}

TEST_F(CacheTest, anInvalidationDuringTheStoreWinsToo) {
    backend->beforeSet = [&] { (void)cache->invalidate("k"); };
    (void)fetch("k");
    backend->beforeSet = {};
    EXPECT_FALSE(backend->get("k").value().has_value());
}

TEST_F(CacheTest, aFailingBackendIsServedAroundAndRemembered) {
    backend->broken = true;
    EXPECT_EQ(fetch("k")->source, Source::loaded);
    EXPECT_EQ(fetch("k")->source, Source::loaded);
    EXPECT_EQ(cache->stats().errors, 4U);  // two gets, two sets
    EXPECT_EQ(cache->trouble()->code(), ErrorCode::unreachable);
    backend->broken = false;
    EXPECT_TRUE(fetch("k").ok());
    EXPECT_TRUE(cache->trouble().has_value()) << "one success is no recovery";
    clock.advance(3s);
    EXPECT_TRUE(fetch("k").ok());
    EXPECT_FALSE(cache->trouble().has_value());
}

TEST_F(CacheTest, memoryReturnsWithoutReads) {
    for (int i = 0; i < 1000; ++i) {
        (void)fetch("k" + std::to_string(i));
    }
    EXPECT_EQ(backend->stat()->entries, 1000U);
    clock.advance(61s);
    (void)cache->removeExpired(10'000);
    EXPECT_EQ(backend->stat()->entries, 0U);
    EXPECT_EQ(cache->stats().expirations, 1000U);
}

TEST(CacheSweeping, happensByItselfWhenAskedFor) {
    ManualClock clock;
    Cache cache(WrappedBackend::memory(clock), clock);
    std::atomic<bool> expired{false};
    cache.setRemovalListener([&](const Removal& removal) {
        if (removal.cause == RemovalCause::expired) {
            expired = true;
            expired.notify_all();
        }
    });
    (void)cache.fetchBlocking("k", {Duration{1s}, true},
                              []() -> LoadResult { return Loaded{Bytes{"v"}}; });
    clock.advance(2s);
    cache.sweepEvery(1ms);
    expired.wait(false);
}

TEST(Stats, countsOfManyThreadsAddUp) {
    Stats stats;
    test::inParallel(80, [&](int) {
        for (int i = 0; i < 1000; ++i) {
            stats.count(Counter::hits);
            stats.count(Counter::evictions, 2);
        }
    });
    EXPECT_EQ(stats.snapshot().hits, 80'000U);
    EXPECT_EQ(stats.snapshot().evictions, 160'000U);
    EXPECT_EQ(stats.snapshot().misses, 0U);
}

}  // namespace
}  // namespace cachescope
