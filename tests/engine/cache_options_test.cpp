// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long a value is fresh and who refreshes it: each option alone, with a clock that the test
// moves.

#include "engine/cache/cache_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/cache_fixture.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

struct CacheOptionsTest : test::CacheFixture {};

TEST_F(CacheOptionsTest, aSlidingTtlBeginsAnewWithEveryHit) {
    const CacheOptions options{.ttl = 10s, .sliding = true};
    fill("k", options);
    for (int i = 0; i < 5; ++i) {
        clock.advance(8s);
        EXPECT_EQ(valueOf(ask("k", options)), "v");
    }
    clock.advance(10s + 1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, aSlidingTtlEndsAtTheMaxAge) {
    const CacheOptions options{.ttl = 10s, .sliding = true, .maxAge = 25s};
    fill("k", options);
    for (int i = 0; i < 3; ++i) {
        clock.advance(8s);
        EXPECT_EQ(valueOf(ask("k", options)), "v");
    }
    clock.advance(1s);
    EXPECT_EQ(valueOf(ask("k", options)), "v") << "25 s is within";
    clock.advance(1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, jitterSpreadsTheEndsOfTtlsOverItsShare) {
    const CacheOptions options{.ttl = 100s, .jitter = 0.2};
    const TimePoint start = clock.now();
    double sum = 0;
    Duration least = 1000s;
    Duration most{};
    constexpr int kKeys = 1000;
    for (int i = 0; i < kKeys; ++i) {
        const auto answer = ask("k" + std::to_string(i), options);
        finish("v");
        const Duration ttl = (**answer)->entry.expires - start;
        least = std::min(least, ttl);
        most = std::max(most, ttl);
        sum += static_cast<double>(ttl.count());
    }
    EXPECT_GE(least, 80s);
    EXPECT_LE(most, 100s);
    EXPECT_LT(least, 81s);
    EXPECT_GT(most, 99s);
    EXPECT_NEAR(sum / kKeys / 1e9, 90, 1);
}

TEST_F(CacheOptionsTest, anEmptyResultHasATtlOfItsOwn) {
    const CacheOptions options{.ttl = 60s, .negativeTtl = 5s};
    const auto first = ask("k", options);
    finish(Loaded{.value = Bytes{}, .absent = true});
    EXPECT_TRUE((**first)->absent);
    const auto again = ask("k", options);
    EXPECT_TRUE((**again)->absent) << "what was not there is remembered as such";
    EXPECT_EQ(cache->stats().negativeHits, 1U);
    clock.advance(5s + 1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, withoutANegativeTtlAnEmptyResultLivesAsLongAsAnyOther) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    finish(Loaded{.value = Bytes{}, .absent = true});
    clock.advance(60s);
    EXPECT_TRUE((**ask("k", options))->absent);
}

TEST_F(CacheOptionsTest, aFailureIsRememberedForTheErrorTtl) {
    const CacheOptions options{.ttl = 60s, .errorTtl = 2s};
    ask("k", options);
    fail();
    const auto again = ask("k", options);
    ASSERT_TRUE(again->has_value());
    EXPECT_EQ((*again)->error().code(), ErrorCode::loadFailed);
    EXPECT_EQ((*again)->error().detail(), "broken");
    EXPECT_EQ(cache->stats().loads, 1U);
    clock.advance(2s + 1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, aFailureIsNotRememberedByDefault) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    fail();
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, aStaleValueIsServedAtOnceWhileOneLoadRefreshesIt) {
    const CacheOptions options{.ttl = 10s, .staleWhileRevalidate = 5s};
    fill("k", options, "old");
    clock.advance(12s);
    const auto first = ask("k", options);
    EXPECT_EQ(valueOf(first), "old");
    EXPECT_EQ(reasonOf(first), StaleReason::revalidating);
    EXPECT_EQ(valueOf(ask("k", options)), "old");
    EXPECT_EQ(pending.size(), 1U) << "one refresh, however many ask";
    finish("new");
    const auto after = ask("k", options);
    EXPECT_EQ(valueOf(after), "new");
    EXPECT_EQ(reasonOf(after), StaleReason::none);
    const StatsSnapshot stats = cache->stats();
    EXPECT_EQ(stats.expiredHits, 2U);
    EXPECT_EQ(stats.refreshes, 1U);
    EXPECT_EQ(stats.hits, 3U);
    EXPECT_EQ(stats.misses, 1U);
}

TEST_F(CacheOptionsTest, pastTheSpanOfStaleWhileRevalidateARequestWaits) {
    const CacheOptions options{.ttl = 10s, .staleWhileRevalidate = 5s};
    fill("k", options);
    clock.advance(15s);
    EXPECT_EQ(valueOf(ask("k", options)), "v");
    pending.clear();
    clock.advance(1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, aHitLateInTheTtlRefreshesInTheBackground) {
    const CacheOptions options{.ttl = 10s, .refreshAfter = 0.8};
    fill("k", options, "old");
    clock.advance(8s);
    EXPECT_EQ(valueOf(ask("k", options)), "old");
    EXPECT_TRUE(pending.empty());
    clock.advance(1ns);
    const auto late = ask("k", options);
    EXPECT_EQ(valueOf(late), "old");
    EXPECT_EQ(reasonOf(late), StaleReason::none) << "it is fresh still";
    finish("new");
    clock.advance(8s);
    EXPECT_EQ(valueOf(ask("k", options)), "new") << "its TTL began with the refresh";
}

TEST_F(CacheOptionsTest, aRefreshThatFailsKeepsTheValueAndIsNotTriedAgainAtOnce) {
    const CacheOptions options{.ttl = 10s, .refreshAfter = 0.5, .retryAfter = 2s};
    fill("k", options, "old");
    clock.advance(6s);
    EXPECT_EQ(valueOf(ask("k", options)), "old");
    fail();
    EXPECT_EQ(valueOf(ask("k", options)), "old");
    EXPECT_TRUE(pending.empty());
    clock.advance(2s);
    EXPECT_EQ(valueOf(ask("k", options)), "old");
    EXPECT_EQ(pending.size(), 1U);
}

TEST_F(CacheOptionsTest, xfetchLoadsEarlyWithTheChanceThatItsFormulaGives) {
    // At x before the end, the chance is e^(-x / (cost * beta)).
    const CacheOptions options{.ttl = 100s, .singleFlight = false, .xfetchBeta = 1};
    ask("k", options);
    clock.advance(2s);
    finish("v");
    clock.advance(97s);
    constexpr int kAsked = 20'000;
    int early = 0;
    for (int i = 0; i < kAsked; ++i) {
        early += ask("k", options)->has_value() ? 0 : 1;
    }
    const double expected = kAsked * std::exp(-3.0 / 2.0);
    EXPECT_NEAR(early, expected, 4 * std::sqrt(expected));
}

TEST_F(CacheOptionsTest, whoLoadsEarlyServesOthersTheFreshValueMeanwhile) {
    const CacheOptions options{.ttl = 10s, .xfetchBeta = 10};
    ask("k", options);
    clock.advance(5s);
    finish("old");
    clock.advance(9s);
    std::shared_ptr<std::optional<Result<Fetched>>> early;
    for (int i = 0; i < 200 && pending.empty(); ++i) {
        early = ask("k", options);
    }
    ASSERT_EQ(pending.size(), 1U);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(valueOf(ask("k", options)), "old");
    }
    EXPECT_EQ(pending.size(), 1U);
    fail();
    EXPECT_EQ(valueOf(early), "old") << "and the value stands in when the early load fails";
    EXPECT_EQ(reasonOf(early), StaleReason::none);
    EXPECT_EQ(cache->stats().fallbacks, 0U);
}

}  // namespace
}  // namespace cachescope
