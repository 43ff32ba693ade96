// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What happens when the origin fails or is slow, marks, and options together, with a clock that the
// test moves and loads that end when it says so.

#include "engine/cache/cache_options.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "tests/engine/cache_fixture.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

struct CacheProtectionTest : test::CacheFixture {};

TEST_F(CacheProtectionTest, failSafeServesTheStaleValueWhenTheLoadFails) {
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

TEST_F(CacheProtectionTest, failSafeEndsWithItsSpan) {
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

TEST_F(CacheProtectionTest, aSoftTimeOutServesTheStaleValueAndTheLoadGoesOn) {
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

TEST_F(CacheProtectionTest, aSoftTimeOutWithoutAStaleValueWaits) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .softTimeout = 500ms};
    const auto answer = ask("k", options);
    timers.advance(10s);
    EXPECT_EQ(valueOf(answer), "(waits)");
    finish("v");
    EXPECT_EQ(valueOf(answer), "v");
    EXPECT_EQ(cache->stats().timeouts, 0U);
}

TEST_F(CacheProtectionTest, aHardTimeOutAnswersInTimeAndKeepsWhatComesLate) {
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

TEST_F(CacheProtectionTest, aHardTimeOutServesTheStaleValueWhereThereIsOne) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .hardTimeout = 1s};
    fill("k", options, "old");
    clock.advance(20s);
    const auto answer = ask("k", options);
    timers.advance(1s);
    EXPECT_EQ(valueOf(answer), "old");
}

TEST_F(CacheProtectionTest, aTagVoidsWhatWasLoadedUnderItAndNothingElse) {
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

TEST_F(CacheProtectionTest, whoLoadsMayAddTags) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    finish(Loaded{.value = Bytes{"v"}, .tags = {"user:7"}});
    clock.advance(1s);
    ASSERT_TRUE(cache->invalidateTag("user:7").ok());
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheProtectionTest, aSpaceAndEverythingAreVoidedByOneMarkEach) {
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

TEST_F(CacheProtectionTest, aLoadThatBeganBeforeTheMarkIsDeliveredToItsOwnWaitersOnly) {
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

TEST_F(CacheProtectionTest, whoAsksAfterAnInvalidationDoesNotWaitForALoadFromBefore) {
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

TEST_F(CacheProtectionTest, aFallbackThatWasInvalidatedMeanwhileIsNotServed) {
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

TEST_F(CacheProtectionTest, whoLoadsMayChooseTheTtlOrNotToStore) {
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

TEST_F(CacheProtectionTest, everyThingAtOnceStillServesOneValueALoad) {
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

TEST_F(CacheProtectionTest, eventsSayWhereAnAnswerCameFrom) {
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

TEST_F(CacheProtectionTest, aCacheThatIsGoneIsNotTouchedByWhatComesLate) {
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
