// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What another thread may do while the front is in the middle of a call of its backend: steps that
// tests/engine/chaos_test.cpp found to matter, one by one.

#include <gtest/gtest.h>

#include <deque>

#include "engine/cache/cache.h"
#include "tests/support/chaos_backend.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/manual_timers.h"
#include "tests/support/wrapped_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::ChaosBackend;
using test::FaultyBackend;
using test::ManualTimers;
using test::WrappedBackend;

using Answer = std::shared_ptr<std::optional<Result<Fetched>>>;

struct CacheRacesTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    FaultyBackend* backend = nullptr;
    std::unique_ptr<Cache> cache;
    std::deque<LoadDone> pending;
    struct Step {
        std::string_view call;
        std::function<void()> what;
    };
    std::optional<Step> step;

    void SetUp() override {
        auto made = std::make_unique<FaultyBackend>(clock);
        backend = made.get();
        backend->before = [this](std::string_view call, std::string_view) {
            if (step && step->call == call) {
                const auto what = std::move(step->what);
                step.reset();
                what();
            }
        };
        cache = std::make_unique<Cache>(std::move(made), clock, &timers, 1);
    }
    Answer ask(std::string_view key, const CacheOptions& options) {
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
    /// Does `what` in the middle of the next call of this name.
    void during(std::string_view name, std::function<void()> what) {
        step = Step{name, std::move(what)};
    }
    static std::string valueOf(const Answer& answer) {
        if (!answer->has_value()) {
            return "(waits)";
        }
        return (*answer)->ok() ? (**answer)->entry.value.toString()
                               : errorCodeName((*answer)->error().code());
    }
};

TEST_F(CacheRacesTest, aLoadThatTurnsOutToBeUnderAVoidedTagIsNotGivenToWhoAskedAfterwards) {
    const CacheOptions options{.ttl = 60s};
    const auto before = ask("k", options);
    ASSERT_TRUE(cache->invalidateTag("t").ok());
    const auto after = ask("k", options);
    finish(Loaded{.value = Bytes{"old"}, .tags = {"t"}});
    EXPECT_EQ(valueOf(before), "old");
    EXPECT_EQ(valueOf(after), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(after), "new");
}

TEST_F(CacheRacesTest, aSoftTimeOutWhoseStaleValueWasVoidedIsNone) {
    const CacheOptions options{.ttl = 10s, .staleIfError = 60s, .softTimeout = 1s, .tags = {"t"}};
    ask("k", options);
    finish("old");
    clock.advance(11s);
    const auto answer = ask("k", options);
    ASSERT_TRUE(cache->invalidateTag("t").ok());
    timers.advance(1s);
    EXPECT_EQ(valueOf(answer), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(answer), "new");
    EXPECT_EQ(cache->stats().timeouts, 0U);
}

TEST_F(CacheRacesTest, aFailureDoesNotTakeThePlaceOfAValueThatCouldNotBeRead) {
    const CacheOptions options{.ttl = 60s, .errorTtl = 10s};
    ask("k", options);
    finish("v");
    backend->fail(ErrorCode::unreachable);
    const auto answer = ask("k", options);
    backend->fail(std::nullopt);
    fail();
    EXPECT_EQ(valueOf(answer), "loadFailed");
    EXPECT_EQ(valueOf(ask("k", options)), "v");
}

TEST_F(CacheRacesTest, aFailureDoesNotTakeThePlaceOfWhatAnotherLoadGave) {
    const CacheOptions options{.ttl = 60s, .errorTtl = 10s, .singleFlight = false};
    ask("k", options);
    ask("k", options);
    finish("v");
    fail();
    EXPECT_EQ(valueOf(ask("k", options)), "v");
}

TEST_F(CacheRacesTest, nobodyIsServedAnInvalidatedValueBeforeItIsRemovedAgain) {
    const CacheOptions options{.ttl = 60s};
    const auto first = ask("k", options);
    Answer meanwhile;
    during("set", [&] {
        ASSERT_TRUE(cache->invalidate("k").ok());
        // Stored after the invalidation, and not yet removed.
        during("erase", [&] { meanwhile = ask("k", options); });
    });
    finish("old");
    EXPECT_EQ(valueOf(first), "old");
    ASSERT_TRUE(meanwhile);
    EXPECT_EQ(valueOf(meanwhile), "(waits)");
    finish("new");
    EXPECT_EQ(valueOf(meanwhile), "new");
    EXPECT_EQ(valueOf(ask("k", options)), "new");
}

TEST_F(CacheRacesTest, anInvalidatedValueThatCannotBeRemovedIsNotServed) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    during("set", [&] {
        ASSERT_TRUE(cache->invalidate("k").ok());
        during("erase", [&] { backend->fail(ErrorCode::unreachable); });
    });
    finish("old");
    backend->fail(std::nullopt);
    ASSERT_EQ(backend->valueOf("k"), "old");
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
    EXPECT_EQ(backend->valueOf("k"), "(absent)") << "tried again";
    finish("new");
    EXPECT_EQ(valueOf(ask("k", options)), "new");
}

TEST_F(CacheRacesTest, whatCouldNotBeRemovedGoesWithWhatHasExpired) {
    const CacheOptions options{.ttl = 60s};
    ask("k", options);
    during("set", [&] {
        ASSERT_TRUE(cache->invalidate("k").ok());
        during("erase", [&] { backend->fail(ErrorCode::unreachable); });
    });
    finish("old");
    backend->fail(std::nullopt);
    ASSERT_TRUE(cache->removeExpired(10).ok());
    EXPECT_EQ(backend->valueOf("k"), "(absent)");
}

TEST_F(CacheRacesTest, aHitOnItsWayDoesNotProlongWhatWasStoredMeanwhile) {
    const CacheOptions options{.ttl = 60s, .sliding = true, .negativeTtl = 1s};
    ask("k", options);
    finish("v");
    clock.advance(30s);
    during("touch", [&] {
        ASSERT_TRUE(cache->invalidate("k").ok());
        ask("k", options);
        finish(Loaded{.value = Bytes{}, .absent = true});
    });
    EXPECT_EQ(valueOf(ask("k", options)), "v");
    clock.advance(1s);
    EXPECT_TRUE((**ask("k", options))->absent);
    clock.advance(1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheRacesTest, aMaxAgeHoldsForATtlOfTheLoadsOwnToo) {
    const CacheOptions options{.ttl = 10s, .sliding = true, .maxAge = 20s};
    ask("k", options);
    finish(Loaded{.value = Bytes{"v"}, .ttl = 60s});
    clock.advance(20s);
    EXPECT_EQ(valueOf(ask("k", options)), "v");
    clock.advance(1ns);
    EXPECT_EQ(valueOf(ask("k", options)), "(waits)");
}

TEST_F(CacheRacesTest, aBackendThatCannotTouchIsNotAskedTo) {
    auto chaos = std::make_unique<ChaosBackend>(WrappedBackend::memory(clock), clock,
                                                ChaosBackend::Options{.touches = false});
    cache = std::make_unique<Cache>(std::move(chaos), clock, &timers, 1);
    const CacheOptions options{.ttl = 60s, .sliding = true};
    ask("k", options);
    finish("v");
    clock.advance(30s);
    EXPECT_EQ(valueOf(ask("k", options)), "v");
    EXPECT_EQ(cache->stats().errors, 0U);
    EXPECT_FALSE(cache->trouble().has_value());
}

}  // namespace
}  // namespace cachescope
