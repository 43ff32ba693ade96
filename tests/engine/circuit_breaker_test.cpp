// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/circuit_breaker.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <vector>

#include "tests/engine/backend_conformance.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/in_parallel.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::FaultyBackend;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public ::testing::Test {
protected:
    CircuitBreakerTest() {
        auto lower = std::make_unique<FaultyBackend>(m_clock);
        m_lower = lower.get();
        CircuitBreakerOptions options;
        options.failures = 3;
        options.openFor = 10s;
        options.maxOpenFor = 35s;
        options.clock = &m_clock;
        m_breaker = std::make_unique<CircuitBreaker>(std::move(lower), options);
        m_breaker->setListener([this](const CircuitBreaker::Change& change) {
            EXPECT_EQ(m_breaker->state(), change.to);
            m_changes.push_back(change);
        });
    }
    ErrorCode failGet(ErrorCode code) {
        m_lower->fail(code);
        const auto found = m_breaker->get("k");
        m_lower->fail({});
        return found.ok() ? ErrorCode::cancelled : found.error().code();
    }
    void trip() {
        for (int i = 0; i < 3; ++i) {
            failGet(ErrorCode::timedOut);
        }
        ASSERT_EQ(m_breaker->state(), State::open);
    }
    bool passesOn() {
        const int before = m_lower->calls;
        (void)m_breaker->get("k");
        return m_lower->calls != before;
    }

    ManualClock m_clock{TimePoint{1000s}};
    FaultyBackend* m_lower = nullptr;
    std::unique_ptr<CircuitBreaker> m_breaker;
    std::vector<CircuitBreaker::Change> m_changes;
};

TEST_F(CircuitBreakerTest, opensAfterSoManyFailuresInARow) {
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::disconnected);
    EXPECT_TRUE(passesOn()) << "a success ends the row";
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::unreachable);
    EXPECT_EQ(m_breaker->state(), State::closed);
    EXPECT_EQ(failGet(ErrorCode::io), ErrorCode::io) << "the failure itself is handed on";
    EXPECT_EQ(m_breaker->state(), State::open);
    EXPECT_FALSE(passesOn());
    const auto refused = m_breaker->set("k", {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::unavailable);
    ASSERT_NE(refused.error().cause(), nullptr);
    EXPECT_EQ(refused.error().cause()->code(), ErrorCode::io);
    EXPECT_EQ(refused.error().subject(), "faulty:");
    EXPECT_EQ(m_breaker->counters().failures, 5u);
    EXPECT_EQ(m_breaker->counters().rejected, 2u);
    EXPECT_EQ(m_breaker->counters().opened, 1u);
}

TEST_F(CircuitBreakerTest, everyKindOfCallCountsAndIsHeldBack) {
    const std::vector<std::function<bool()>> kinds = {
        [&] { return m_breaker->get("k").ok(); },
        [&] { return m_breaker->set("k", {}).ok(); },
        [&] { return m_breaker->erase("k").ok(); },
        [&] { return m_breaker->clear().ok(); },
        [&] { return m_breaker->scan("", "*", 1).ok(); },
        [&] { return m_breaker->eraseMatching("*").ok(); },
        [&] { return m_breaker->touch("k", kNever).ok(); },
        [&] { return m_breaker->acquireLease("k", 1s).ok(); },
        [&] { return m_breaker->setAndRelease("k", {}, 1).ok(); },
        [&] { return m_breaker->releaseLease("k", 1).ok(); },
        [&] { return m_breaker->flush().ok(); },
        [&] { return m_breaker->check().ok(); },
    };
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        m_lower->fail(ErrorCode::timedOut);
        for (int n = 0; n < 3; ++n) {
            EXPECT_FALSE(kinds[i]()) << i;
        }
        ASSERT_EQ(m_breaker->state(), State::open) << i;
        m_lower->fail({});
        const int before = m_lower->calls;
        EXPECT_FALSE(kinds[i]()) << i;
        EXPECT_EQ(m_lower->calls, before) << i;
        m_clock.advance(10s);
        EXPECT_TRUE(kinds[i]()) << i;
        ASSERT_TRUE(passesOn());
        ASSERT_EQ(m_breaker->state(), State::closed) << i;
    }
}

TEST_F(CircuitBreakerTest, failuresThatDoNotSpeakOfTheBackendDoNotOpenIt) {
    for (const ErrorCode code :
         {ErrorCode::tooLarge, ErrorCode::syntax, ErrorCode::unsupported, ErrorCode::outOfRange,
          ErrorCode::noPermission, ErrorCode::readOnly, ErrorCode::outOfMemory,
          ErrorCode::serverError, ErrorCode::damaged, ErrorCode::diskFull}) {
        for (int i = 0; i < 10; ++i) {
            failGet(code);
        }
        EXPECT_EQ(m_breaker->state(), State::closed) << errorCodeName(code);
    }
    EXPECT_EQ(m_breaker->counters().failures, 0u);
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::tooLarge);
    failGet(ErrorCode::timedOut);
    EXPECT_EQ(m_breaker->state(), State::open) << "a call that shows nothing ends no row";
}

TEST_F(CircuitBreakerTest, oneProbeGoesThroughAndClosesIt) {
    ASSERT_NO_FATAL_FAILURE(trip());
    m_clock.advance(10s - 1ns);
    EXPECT_FALSE(passesOn());
    m_clock.advance(1ns);
    EXPECT_TRUE(passesOn());
    EXPECT_EQ(m_breaker->state(), State::closed);
    ASSERT_EQ(m_changes.size(), 3u);
    EXPECT_EQ(m_changes[0].from, State::closed);
    EXPECT_EQ(m_changes[0].to, State::open);
    EXPECT_EQ(m_changes[0].until, m_changes[0].at + 10s);
    EXPECT_EQ(m_changes[0].failure->code(), ErrorCode::timedOut);
    EXPECT_EQ(m_changes[1].to, State::halfOpen);
    EXPECT_EQ(m_changes[2].from, State::halfOpen);
    EXPECT_EQ(m_changes[2].to, State::closed);
    EXPECT_FALSE(m_changes[2].failure.has_value());
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::timedOut);
    EXPECT_EQ(m_breaker->state(), State::closed) << "the row begins anew";
}

TEST_F(CircuitBreakerTest, aFailedProbeOpensItForTwiceAsLongUpToABound) {
    ASSERT_NO_FATAL_FAILURE(trip());
    m_clock.advance(10s);
    for (const Duration span : {20s, 35s, 35s}) {
        EXPECT_EQ(failGet(ErrorCode::unreachable), ErrorCode::unreachable);
        EXPECT_EQ(m_breaker->state(), State::open);
        m_clock.advance(span - 1ns);
        EXPECT_FALSE(passesOn());
        m_clock.advance(1ns);
    }
    EXPECT_TRUE(passesOn());
    ASSERT_NO_FATAL_FAILURE(trip());
    m_clock.advance(10s);
    EXPECT_TRUE(passesOn()) << "after a recovery the first span again";
    EXPECT_EQ(m_breaker->counters().probes, 5u);
    EXPECT_EQ(m_breaker->counters().opened, 5u);
}

TEST_F(CircuitBreakerTest, aProbeThatShowsNothingLeavesItToTheNext) {
    ASSERT_NO_FATAL_FAILURE(trip());
    m_clock.advance(10s);
    failGet(ErrorCode::tooLarge);
    EXPECT_EQ(m_breaker->state(), State::halfOpen);
    failGet(ErrorCode::noPermission);
    EXPECT_EQ(m_breaker->state(), State::closed) << "a server that refuses is there";
}

TEST_F(CircuitBreakerTest, whileAProbeIsUnderWayOthersFailAtOnce) {
    ASSERT_NO_FATAL_FAILURE(trip());
    m_clock.advance(10s);
    int inside = 0;
    m_lower->before = [&](std::string_view, std::string_view) {
        ++inside;
        EXPECT_EQ(m_breaker->state(), State::halfOpen);
        EXPECT_EQ(m_breaker->get("other").error().code(), ErrorCode::unavailable);
    };
    EXPECT_TRUE(m_breaker->get("k").ok());
    EXPECT_EQ(inside, 1);
    EXPECT_EQ(m_breaker->state(), State::closed);
}

TEST_F(CircuitBreakerTest, aCallFromBeforeTheChangeHasNoSay) {
    std::mutex mutex;
    std::condition_variable changed;
    bool entered = false;
    bool go = false;
    m_lower->before = [&](std::string_view, std::string_view key) {
        if (key == "slow") {
            std::unique_lock lock(mutex);
            entered = true;
            changed.notify_all();
            changed.wait_for(lock, 20s, [&] { return go; });
        }
    };
    test::TestThread slow([&] { (void)m_breaker->get("slow"); });
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, 20s, [&] { return entered; }));
    }
    ASSERT_NO_FATAL_FAILURE(trip());
    {
        const std::lock_guard lock(mutex);
        go = true;
        changed.notify_all();
    }
    slow.join();
    EXPECT_EQ(m_breaker->state(), State::open) << "its success is old news";
}

TEST_F(CircuitBreakerTest, sweepingNeitherProbesNorProves) {
    failGet(ErrorCode::timedOut);
    failGet(ErrorCode::timedOut);
    EXPECT_TRUE(m_breaker->removeExpired(10).ok());
    failGet(ErrorCode::timedOut);
    ASSERT_EQ(m_breaker->state(), State::open);
    const int before = m_lower->calls;
    m_clock.advance(10s);
    EXPECT_EQ(m_breaker->removeExpired(10).value(), 0u);
    EXPECT_EQ(m_lower->calls, before);
    EXPECT_EQ(m_breaker->state(), State::open);
    EXPECT_TRUE(m_breaker->stat().ok());
}

TEST_F(CircuitBreakerTest, threadsThatFailTogetherOpenItOnceAndProbeOnce) {
    m_lower->fail(ErrorCode::timedOut);
    test::inParallel(4, [&](int) {
        for (int i = 0; i < 200; ++i) {
            (void)m_breaker->get("k");
        }
    });
    EXPECT_EQ(m_breaker->counters().opened, 1u);
    m_clock.advance(10s);
    test::inParallel(4, [&](int) {
        for (int i = 0; i < 200; ++i) {
            (void)m_breaker->get("k");
        }
    });
    EXPECT_EQ(m_breaker->counters().probes, 1u);
    EXPECT_EQ(m_breaker->counters().opened, 2u);
    EXPECT_EQ(m_changes.size(), 3u);
}

}  // namespace

namespace test {
namespace {

struct BreakerStore {
    std::string unavailable() const { return {}; }
    ConformanceLimits limits() const { return {}; }
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        CircuitBreakerOptions options;
        options.clock = config.clock;
        auto lower = BackendRegistry::builtin().create("memory:", config);
        return std::unique_ptr<Backend>{
            std::make_unique<CircuitBreaker>(std::move(lower).value(), options)};
    }
};
INSTANTIATE_TYPED_TEST_SUITE_P(CircuitBreaker, BackendConformance, BreakerStore);

}  // namespace
}  // namespace test
}  // namespace cachescope
