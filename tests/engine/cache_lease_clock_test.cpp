// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Single-flight across processes on a clock that the test moves: two caches over one store whose
// leases go by that clock.

#include <gtest/gtest.h>

#include <deque>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cache.h"
#include "tests/support/chaos_backend.h"
#include "tests/support/manual_timers.h"
#include "tests/support/shared_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::ChaosBackend;
using test::ManualTimers;
using test::SharedBackend;

struct CacheLeaseClockTest : testing::Test {
    /// A cache, and the loads of it that are under way.
    struct Process {
        std::unique_ptr<Cache> cache;
        std::deque<LoadDone> loads;
        std::vector<Result<Fetched>> answers;
    };
    static constexpr Duration kBetweenLooks = 50ms;  // at most

    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    std::shared_ptr<ChaosBackend> store = makeStore();
    Process one = process();
    Process other = process();
    const CacheOptions leased{.ttl = 1h, .lease = 10s};

    std::shared_ptr<ChaosBackend> makeStore() const {
        BackendConfig config;
        config.clock = &clock;
        return std::make_shared<ChaosBackend>(
            BackendRegistry::builtin().create("memory:", config).value(), clock,
            ChaosBackend::Options{.shared = true, .remote = true});
    }
    Process process() {
        return {std::make_unique<Cache>(std::make_unique<SharedBackend>(store), clock, &timers),
                {},
                {}};
    }
    static void ask(Process& process, const CacheOptions& options) {
        process.cache->fetch(
            "k", options, [&](LoadDone done) { process.loads.push_back(std::move(done)); },
            [&](const Result<Fetched>& result) { process.answers.push_back(result); });
    }
    static void end(Process& process, LoadResult outcome) {
        ASSERT_FALSE(process.loads.empty());
        const LoadDone done = std::move(process.loads.front());
        process.loads.pop_front();
        done(std::move(outcome));
    }
    static void end(Process& process, std::string_view value) {
        end(process, LoadResult{Loaded{Bytes{value}}});
    }
    static std::string told(const Process& process) {
        if (process.answers.empty()) {
            return "(waits)";
        }
        const auto& last = process.answers.back();
        return last.ok() ? last->entry.value.toString() : errorCodeName(last.error().code());
    }
    std::string stored() { return store->get("k").value()->value.toString(); }
};

TEST_F(CacheLeaseClockTest, whoComesLaterLooksForTheValueAndLoadsNothing) {
    ask(one, leased);
    ask(other, leased);
    ask(other, leased);
    timers.advance(3s);
    EXPECT_EQ(told(other), "(waits)");
    end(one, "v");
    EXPECT_TRUE(one.answers.back()->kept);
    EXPECT_EQ(told(other), "(waits)") << "nobody tells the other process";
    timers.advance(kBetweenLooks);
    ASSERT_EQ(other.answers.size(), 2U);
    EXPECT_EQ(told(other), "v");
    EXPECT_EQ(other.answers.front()->source, Source::waited);
    EXPECT_TRUE(other.loads.empty());
    EXPECT_EQ(other.cache->stats().loads, 0U);
}

TEST_F(CacheLeaseClockTest, afterTheSpanOfTheLeaseTheNextOneLoads) {
    ask(one, leased);  // whose process dies
    ask(other, leased);
    timers.advance(leased.lease - 1ms);
    EXPECT_TRUE(other.loads.empty());
    timers.advance(kBetweenLooks);
    ASSERT_EQ(other.loads.size(), 1U);
    end(other, "v");
    EXPECT_EQ(told(other), "v");
    EXPECT_EQ(other.answers.back()->source, Source::loaded);
    EXPECT_TRUE(other.answers.back()->kept);
}

TEST_F(CacheLeaseClockTest, whoseSpanIsOverStoresNothingAnyMore) {
    ask(one, leased);
    ask(other, leased);
    timers.advance(leased.lease + kBetweenLooks);
    end(other, "newer");
    end(one, "older");
    EXPECT_EQ(told(one), "older") << "who waited for it gets it";
    EXPECT_FALSE(one.answers.back()->kept);
    EXPECT_EQ(stored(), "newer");
    EXPECT_EQ(one.cache->stats().fills, 0U);
}

TEST_F(CacheLeaseClockTest, whoseSpanIsOverStoresNothingWhileTheNextOneLoads) {
    ask(one, leased);
    ask(other, leased);
    timers.advance(leased.lease + kBetweenLooks);
    end(one, "older");
    EXPECT_FALSE(one.answers.back()->kept);
    EXPECT_FALSE(store->get("k").value().has_value());
    EXPECT_EQ(told(other), "(waits)");
    end(other, "newer");
    EXPECT_EQ(stored(), "newer");
}

TEST_F(CacheLeaseClockTest, aLeaseIsGivenBackWhenTheLoadFails) {
    ask(one, leased);
    ask(other, leased);
    timers.advance(1s);
    end(one, Error{ErrorCode::loadFailed, "origin"});
    EXPECT_EQ(told(one), errorCodeName(ErrorCode::loadFailed));
    EXPECT_TRUE(other.loads.empty());
    timers.advance(kBetweenLooks);
    ASSERT_EQ(other.loads.size(), 1U) << "nine seconds before the span is over";
    end(other, "v");
    EXPECT_EQ(stored(), "v");
}

TEST_F(CacheLeaseClockTest, aLeaseIsGivenBackWithAResultThatIsNotStored) {
    ask(one, leased);
    ask(other, leased);
    Loaded unstored{Bytes{"mine"}};
    unstored.store = false;
    end(one, LoadResult{unstored});
    EXPECT_EQ(told(one), "mine");
    timers.advance(kBetweenLooks);
    EXPECT_EQ(other.loads.size(), 1U);
}

TEST_F(CacheLeaseClockTest, anInvalidationEndsTheLeaseAndTheLoadStoresNothing) {
    ask(one, leased);
    ASSERT_TRUE(other.cache->invalidate("k").ok());
    ask(other, leased);
    ASSERT_EQ(other.loads.size(), 1U) << "nobody holds it";
    end(one, "before");
    EXPECT_FALSE(one.answers.back()->kept);
    end(other, "after");
    EXPECT_EQ(stored(), "after");
}

TEST_F(CacheLeaseClockTest, aTimeOutHoldsWhileAnotherProcessLoads) {
    CacheOptions hurried = leased;
    hurried.hardTimeout = 1s;
    ask(one, leased);
    ask(other, hurried);
    timers.advance(1s);
    EXPECT_EQ(told(other), errorCodeName(ErrorCode::timedOut));
    end(one, "v");
    timers.advance(kBetweenLooks);
    ask(other, hurried);
    EXPECT_EQ(told(other), "v");
    EXPECT_EQ(other.cache->stats().loads, 0U) << "its flight found the value, too";
}

TEST_F(CacheLeaseClockTest, withoutLeasesToBeHadEveryProcessLoads) {
    store->breakDown(clock.now() + 1h);
    ask(one, leased);
    ask(other, leased);
    timers.advance(kBetweenLooks);
    end(one, "1");
    end(other, "2");
    EXPECT_EQ(told(one), "1");
    EXPECT_EQ(told(other), "2");
}

}  // namespace
}  // namespace cachescope
