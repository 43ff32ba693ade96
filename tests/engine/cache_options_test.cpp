// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Each option of the front alone, and pairs that could be at odds, with a clock that the test moves
// and loads that end when it says so.

#include "engine/cache/cache_options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "engine/cache/cache.h"
#include "tests/support/manual_timers.h"
#include "tests/support/wrapped_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::ManualTimers;
using test::WrappedBackend;

struct CacheOptionsTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    WrappedBackend* backend = nullptr;
    std::unique_ptr<Cache> cache;
    std::deque<LoadDone> pending;  // loads under way, the oldest first

    void SetUp() override {
        auto made = WrappedBackend::memory(clock);
        backend = made.get();
        cache = std::make_unique<Cache>(std::move(made), clock, &timers, 1);
    }

    /// Asks; the answer is there once its load has ended.
    std::shared_ptr<std::optional<Result<Fetched>>> ask(std::string_view key,
                                                        const CacheOptions& options) {
        auto answer = std::make_shared<std::optional<Result<Fetched>>>();
        cache->fetch(
            key, options, [this](LoadDone done) { pending.push_back(std::move(done)); },
            [answer](const Result<Fetched>& result) {
                EXPECT_FALSE(answer->has_value()) << "served twice";
                *answer = result;
            });
        return answer;
    }
    void finish(LoadResult outcome) {
        ASSERT_FALSE(pending.empty());
        const LoadDone done = std::move(pending.front());
        pending.pop_front();
        done(std::move(outcome));
    }
    void finish(std::string_view value) { finish(Loaded{Bytes{value}}); }
    void fail() { finish(Error{ErrorCode::loadFailed, "origin", "broken"}); }

    /// Loads `value` in no time.
    void fill(std::string_view key, const CacheOptions& options, std::string_view value = "v") {
        const auto answer = ask(key, options);
        ASSERT_FALSE(answer->has_value()) << "was there already";
        finish(value);
    }
    std::string valueOf(const std::shared_ptr<std::optional<Result<Fetched>>>& answer) {
        if (!answer->has_value()) {
            return "(waits)";
        }
        return (*answer)->ok() ? (**answer)->entry.value.toString()
                               : errorCodeName((*answer)->error().code());
    }
    StaleReason reasonOf(const std::shared_ptr<std::optional<Result<Fetched>>>& answer) {
        return (**answer)->stale;
    }
};

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

TEST_F(CacheOptionsTest, failSafeServesTheStaleValueWhenTheLoadFails) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .retryAfter = 5s};
    fill("k", options, "old");
    clock.advance(30s);
    const auto first = ask("k", options);
    const auto second = ask("k", options);
    EXPECT_EQ(valueOf(first), "(waits)") << "the origin is asked first";
    fail();
    EXPECT_EQ(valueOf(first), "old");
    EXPECT_EQ(valueOf(second), "old");
    EXPECT_EQ(reasonOf(first), StaleReason::loadFailed);
    const auto throttled = ask("k", options);
    EXPECT_EQ(valueOf(throttled), "old");
    EXPECT_TRUE(pending.empty()) << "no try before retryAfter";
    clock.advance(5s);
    const auto retried = ask("k", options);
    EXPECT_EQ(valueOf(retried), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(retried), "new");
    EXPECT_EQ(cache->stats().fallbacks, 3U);
}

TEST_F(CacheOptionsTest, failSafeEndsWithItsSpan) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s};
    fill("k", options);
    clock.advance(69s);
    const auto answer = ask("k", options);
    clock.advance(2s);
    fail();
    EXPECT_EQ(valueOf(answer), "loadFailed") << "too old by the time the load failed";
    clock.advance(10s);
    const auto later = ask("k", options);
    fail();
    EXPECT_EQ(valueOf(later), "loadFailed");
}

TEST_F(CacheOptionsTest, aSoftTimeOutServesTheStaleValueAndTheLoadGoesOn) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .softTimeout = 500ms};
    fill("k", options, "old");
    clock.advance(20s);
    const auto answer = ask("k", options);
    timers.advance(499ms);
    EXPECT_EQ(valueOf(answer), "(waits)");
    timers.advance(1ms);
    EXPECT_EQ(valueOf(answer), "old");
    EXPECT_EQ(reasonOf(answer), StaleReason::slowLoad);
    finish("new");
    EXPECT_EQ(valueOf(ask("k", options)), "new");
    EXPECT_EQ(cache->stats().timeouts, 1U);
}

TEST_F(CacheOptionsTest, aSoftTimeOutWithoutAStaleValueWaits) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .softTimeout = 500ms};
    const auto answer = ask("k", options);
    timers.advance(10s);
    EXPECT_EQ(valueOf(answer), "(waits)");
    finish("v");
    EXPECT_EQ(valueOf(answer), "v");
    EXPECT_EQ(cache->stats().timeouts, 0U);
}

TEST_F(CacheOptionsTest, aHardTimeOutAnswersInTimeAndKeepsWhatComesLate) {
    const CacheOptions options{.ttl = 10s, .hardTimeout = 1s};
    const auto answer = ask("k", options);
    timers.advance(600ms);
    const auto joined = ask("k", options);
    timers.advance(400ms);
    EXPECT_EQ(valueOf(answer), "timedOut");
    EXPECT_EQ(valueOf(joined), "(waits)") << "each has its own second";
    finish("v");
    EXPECT_EQ(valueOf(joined), "v");
    EXPECT_EQ(valueOf(ask("k", options)), "v");
    timers.advance(5s);
    EXPECT_EQ(cache->stats().timeouts, 1U);
}

TEST_F(CacheOptionsTest, aHardTimeOutServesTheStaleValueWhereThereIsOne) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .hardTimeout = 1s};
    fill("k", options, "old");
    clock.advance(20s);
    const auto answer = ask("k", options);
    timers.advance(1s);
    EXPECT_EQ(valueOf(answer), "old");
}

TEST_F(CacheOptionsTest, aTagVoidsWhatWasLoadedUnderItAndNothingElse) {
    const CacheOptions blue{.ttl = 60s, .tags = {"blue", "round"}};
    const CacheOptions red{.ttl = 60s, .tags = {"red"}};
    fill("b", blue);
    fill("r", red);
    ASSERT_TRUE(cache->invalidateTag("blue").ok());
    EXPECT_EQ(valueOf(ask("r", red)), "v");
    const auto again = ask("b", blue);
    EXPECT_EQ(valueOf(again), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(ask("b", blue)), "new") << "what is loaded after the mark is good, at once";
    EXPECT_EQ(cache->stats().invalidations, 1U);
}

TEST_F(CacheOptionsTest, whoLoadsMayAddTags) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    finish(Loaded{.value = Bytes{"v"}, .tags = {"user:7"}});
    clock.advance(1s);
    ASSERT_TRUE(cache->invalidateTag("user:7").ok());
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheOptionsTest, aSpaceAndEverythingAreVoidedByOneMarkEach) {
    const CacheOptions shop{.ttl = 60s, .space = "shop"};
    const CacheOptions other{.ttl = 60s, .marked = true};
    const CacheOptions plain{.ttl = 60s};
    fill("s", shop);
    fill("o", other);
    fill("p", plain);
    ASSERT_TRUE(cache->invalidateTag("shop").ok());
    EXPECT_EQ(valueOf(ask("s", shop)), "v") << "a space is no tag";
    ASSERT_TRUE(cache->invalidateSpace("shop").ok());
    EXPECT_EQ(valueOf(ask("s", shop)), "(waits)");
    EXPECT_EQ(valueOf(ask("o", other)), "v");
    ASSERT_TRUE(cache->invalidateAllByMark().ok());
    EXPECT_EQ(valueOf(ask("o", other)), "(waits)");
    EXPECT_EQ(valueOf(ask("p", plain)), "v") << "it was not asked to heed marks";
}

TEST_F(CacheOptionsTest, aLoadThatBeganBeforeTheMarkIsDeliveredToItsOwnWaitersOnly) {
    const CacheOptions options{.ttl = 60s, .tags = {"t"}};
    const auto before = ask("k", options);
    ASSERT_TRUE(cache->invalidateTag("t").ok());
    const auto after = ask("k", options);
    ASSERT_EQ(pending.size(), 2U) << "who asks after the mark must not wait for an old load";
    finish("old");
    EXPECT_EQ(valueOf(before), "old");
    EXPECT_EQ(valueOf(after), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(after), "new");
    EXPECT_EQ(valueOf(ask("k", options)), "new");
}

TEST_F(CacheOptionsTest, whoAsksAfterAnInvalidationDoesNotWaitForALoadFromBefore) {
    const CacheOptions options{.ttl = 60s};
    const auto before = ask("k", options);
    ASSERT_TRUE(cache->invalidate("k").ok());
    const auto after = ask("k", options);
    ASSERT_EQ(pending.size(), 2U);
    finish("old");
    finish("new");
    EXPECT_EQ(valueOf(before), "old");
    EXPECT_EQ(valueOf(after), "new");
    EXPECT_EQ(valueOf(ask("k", options)), "new");
}

TEST_F(CacheOptionsTest, aFallbackThatWasInvalidatedMeanwhileIsNotServed) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .tags = {"t"}};
    fill("k", options);
    fill("m", options);
    clock.advance(20s);
    const auto byKey = ask("k", options);
    const auto byMark = ask("m", options);
    ASSERT_TRUE(cache->invalidate("k").ok());
    fail();
    EXPECT_EQ(valueOf(byKey), "loadFailed");
    ASSERT_TRUE(cache->invalidateTag("t").ok());
    fail();
    EXPECT_EQ(valueOf(byMark), "loadFailed");
}

TEST_F(CacheOptionsTest, whoLoadsMayChooseTheTtlOrNotToStore) {
    const CacheOptions options{.ttl = 60s, .sliding = true};
    ask("own", options);
    finish(Loaded{.value = Bytes{"v"}, .ttl = 5s});
    clock.advance(4s);
    EXPECT_EQ(valueOf(ask("own", options)), "v");
    clock.advance(1s + 1ns);
    EXPECT_EQ(valueOf(ask("own", options)), "(waits)") << "a TTL of its own does not slide";
    pending.clear();

    const auto first = ask("never", options);
    finish(Loaded{.value = Bytes{"v"}, .store = false});
    EXPECT_EQ(valueOf(first), "v");
    EXPECT_FALSE((**first)->kept);
    EXPECT_EQ(valueOf(ask("never", options)), "(waits)");
}

TEST_F(CacheOptionsTest, everyThingAtOnceStillServesOneValueALoad) {
    const CacheOptions options{.ttl = 10s,
                               .sliding = true,
                               .maxAge = 60s,
                               .jitter = 0.1,
                               .negativeTtl = 1s,
                               .errorTtl = 1s,
                               .staleWhileRevalidate = 5s,
                               .refreshAfter = 0.9,
                               .xfetchBeta = 1,
                               .staleIfError = 30s,
                               .softTimeout = 100ms,
                               .hardTimeout = 1s,
                               .tags = {"t"},
                               .space = "s",
                               .marked = true};
    ASSERT_TRUE(validate(options).ok());
    fill("k", options, "1");
    EXPECT_EQ(valueOf(ask("k", options)), "1");
    clock.advance(12s);
    EXPECT_EQ(valueOf(ask("k", options)), "1");
    finish("2");
    EXPECT_EQ(valueOf(ask("k", options)), "2");
    clock.advance(30s);
    const auto slow = ask("k", options);
    timers.advance(100ms);
    EXPECT_EQ(valueOf(slow), "2");
    finish("3");
    EXPECT_EQ(valueOf(ask("k", options)), "3");
    ASSERT_TRUE(cache->invalidateSpace("s").ok());
    const auto last = ask("k", options);
    timers.advance(1s);
    EXPECT_EQ(valueOf(last), "timedOut");
}

TEST_F(CacheOptionsTest, eventsSayWhereAnAnswerCameFrom) {
    std::vector<std::string> seen;
    cache->setEventListener([&](const CacheEvent& event) {
        switch (event.kind) {
            case CacheEventKind::served:
                seen.push_back(event.stale == StaleReason::revalidating ? "stale"
                               : event.source == Source::stored         ? "stored"
                               : event.source == Source::loaded         ? "loaded"
                                                                        : "waited");
                break;
            case CacheEventKind::loadBegan:
                seen.push_back(event.cause == LoadCause::refresh ? "refresh" : "load");
                break;
            default:
                break;
        }
    });
    const CacheOptions options{.ttl = 10s, .staleWhileRevalidate = 5s};
    ask("k", options);
    ask("k", options);
    finish("v");
    ask("k", options);
    clock.advance(11s);
    ask("k", options);
    EXPECT_EQ(seen,
              (std::vector<std::string>{"load", "loaded", "waited", "stored", "stale", "refresh"}));
}

TEST_F(CacheOptionsTest, aCacheThatIsGoneIsNotTouchedByWhatComesLate) {
    const CacheOptions options{.ttl = 10s, .hardTimeout = 5s};
    ask("k", options);
    LoadDone late = std::move(pending.front());
    cache.reset();
    late(Loaded{Bytes{"v"}});
    timers.advance(10s);
}

TEST(CacheOptionsValidation, whatCannotWorkIsNamed) {
    const auto refused = [](const CacheOptions& options) {
        const auto valid = validate(options);
        return valid.ok() ? std::string("allowed") : valid.error().subject();
    };
    EXPECT_EQ(refused({}), "allowed");
    EXPECT_EQ(refused({.ttl = -1s}), "ttl");
    EXPECT_EQ(refused({.sliding = true}), "sliding");
    EXPECT_EQ(refused({.ttl = 10s, .maxAge = 5s}), "max_age");
    EXPECT_EQ(refused({.ttl = 10s, .jitter = 1.5}), "jitter");
    EXPECT_EQ(refused({.jitter = std::numeric_limits<double>::quiet_NaN()}), "jitter");
    EXPECT_EQ(refused({.negativeTtl = -1s}), "negative_ttl");
    EXPECT_EQ(refused({.errorTtl = -1s}), "error_ttl");
    EXPECT_EQ(refused({.lease = -1s}), "lease");
    EXPECT_EQ(refused({.staleWhileRevalidate = -1s}), "stale_while_revalidate");
    EXPECT_EQ(refused({.refreshAfter = 1}), "refresh_after");
    EXPECT_EQ(refused({.xfetchBeta = -0.5}), "xfetch_beta");
    EXPECT_EQ(refused({.staleIfError = -1s}), "stale_if_error");
    EXPECT_EQ(refused({.retryAfter = -1s}), "retry_after");
    EXPECT_EQ(refused({.softTimeout = 2s, .hardTimeout = 1s}), "soft_timeout");
    EXPECT_EQ(refused({.hardTimeout = -1s}), "hard_timeout");
}

}  // namespace
}  // namespace cachescope
