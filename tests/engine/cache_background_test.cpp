// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Loads that go on while nobody waits for them, in real time and on the cache's own threads; and
// the parts that make them possible.

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <vector>

#include "engine/cache/cached.h"
#include "engine/cache/mark_table.h"
#include "engine/core/call_gate.h"
#include "engine/core/job_pool.h"
#include "engine/core/thread_timers.h"
#include "tests/support/in_parallel.h"
#include "tests/support/manual_timers.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/turnstile.h"
#include "tests/support/wrapped_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::ManualTimers;
using test::Turnstile;
using test::WrappedBackend;

struct BackgroundTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    WrappedBackend* backend = nullptr;
    std::shared_ptr<Cache> cache;

    void SetUp() override {
        auto made = WrappedBackend::memory(clock);
        backend = made.get();
        cache = std::make_shared<Cache>(std::move(made), clock, &timers);
    }
    CachedOptions named(CacheOptions options) const {
        return {.name = "f", .options = std::move(options), .state = "test", .cache = cache};
    }
    void awaitFills(std::uint64_t count) {
        while (cache->stats().fills < count) {
            std::this_thread::yield();
        }
    }
};

TEST_F(BackgroundTest, aStaleResultIsReturnedWhileTheHandlerRunsOnAnotherThread) {
    Turnstile turnstile;
    std::atomic<int> calls{0};
    std::atomic<bool> elsewhere{false};
    const auto here = std::this_thread::get_id();
    auto f = cached(
                 [&](int) {
                     if (++calls > 1) {
                         elsewhere = std::this_thread::get_id() != here;
                         turnstile.pass();
                     }
                     return calls.load();
                 },
                 named({.ttl = 10s, .staleWhileRevalidate = 60s}))
                 .value();
    EXPECT_EQ(f(7), 1);
    clock.advance(20s);
    EXPECT_EQ(f(7), 1);
    turnstile.awaitArrivals(1);
    EXPECT_EQ(f(7), 1);
    turnstile.open(1);
    awaitFills(2);
    EXPECT_EQ(f(7), 2);
    EXPECT_TRUE(elsewhere);
    EXPECT_EQ(calls, 2);
}

TEST_F(BackgroundTest, aHardTimeOutFreesTheCallerAndKeepsTheResult) {
    Turnstile turnstile;
    auto f = cached(
                 [&](const std::string& text) {
                     turnstile.pass();
                     return text + "!";
                 },
                 named({.ttl = 10s, .hardTimeout = 1s}))
                 .value();
    std::optional<Error> said;
    {
        Worker caller("caller", [&](Worker&, const std::stop_token&) {
            try {
                // The argument is gone when the handler goes on: it must have its own.
                (void)f(std::string(100, 'a'));
            } catch (const NotServed& failure) {
                said = failure.error();
            }
        });
        turnstile.awaitArrivals(1);
        timers.advance(1s);
    }
    ASSERT_TRUE(said.has_value());
    EXPECT_EQ(said->code(), ErrorCode::timedOut);
    turnstile.open(1);
    awaitFills(1);
    EXPECT_EQ(f(std::string(100, 'a')), std::string(100, 'a') + "!");
}

TEST_F(BackgroundTest, theCacheWaitsForLoadsOnItsThreadsBeforeItEnds) {
    Turnstile turnstile;
    std::atomic<bool> ended{false};
    {
        auto f = cached(
                     [&](int n) {
                         if (n == 2) {
                             turnstile.pass();
                             ended = true;
                         }
                         return n;
                     },
                     {.name = "f",
                      .options = {.ttl = 10s, .refreshAfter = 0.5},
                      .state = "test",
                      .cache = std::make_shared<Cache>(WrappedBackend::memory(clock), clock)})
                     .value();
        turnstile.open(1);
        (void)f(2);
        clock.advance(6s);
        ended = false;
        (void)f(2);
        turnstile.awaitArrivals(2);
        turnstile.open(1);
    }
    EXPECT_TRUE(ended);
}

TEST_F(BackgroundTest, aHandlerMayChooseItsTtlAndTags) {
    std::atomic<int> calls{0};
    auto f = cached(
                 [&](int n) {
                     ++calls;
                     return Cacheable<std::string>{
                         .value = "v" + std::to_string(n),
                         .ttl = n == 1 ? std::optional<Duration>(1s) : std::nullopt,
                         .tags = {"user:" + std::to_string(n)},
                         .store = n != 3};
                 },
                 named({.ttl = 60s}))
                 .value();
    static_assert(std::is_same_v<decltype(f(1)), std::string>);
    EXPECT_EQ(f(1), "v1");
    EXPECT_EQ(f(2), "v2");
    clock.advance(2s);
    EXPECT_EQ(f(1), "v1");
    EXPECT_EQ(f(2), "v2");
    EXPECT_EQ(calls, 3) << "the first one's TTL was over";
    (void)f(3);
    (void)f(3);
    EXPECT_EQ(calls, 5) << "not to be stored";
    ASSERT_TRUE(cache->invalidateTag("user:2").ok());
    (void)f(1);
    (void)f(2);
    EXPECT_EQ(calls, 6);
}

TEST_F(BackgroundTest, aHandlerWithAResultMayChooseToo) {
    auto f = cached(
                 [](int n) -> Result<Cacheable<int>> {
                     if (n < 0) {
                         return Error{ErrorCode::outOfRange, "n"};
                     }
                     return Cacheable<int>{.value = 2 * n};
                 },
                 named({.ttl = 60s}))
                 .value();
    static_assert(std::is_same_v<decltype(f(1)), Result<int>>);
    EXPECT_EQ(*f(4), 8);
    EXPECT_EQ(*f(4), 8);
    EXPECT_EQ(f.stats().hits, 1U);
    EXPECT_EQ(f(-1).error().code(), ErrorCode::outOfRange);
}

TEST_F(BackgroundTest, anOptionalWithoutAValueIsAnEmptyAnswer) {
    std::atomic<int> calls{0};
    auto f = cached(
                 [&](int n) {
                     ++calls;
                     return n > 0 ? std::optional<int>(n) : std::nullopt;
                 },
                 named({.ttl = 60s, .negativeTtl = 1s}))
                 .value();
    EXPECT_FALSE(f(0).has_value());
    EXPECT_FALSE(f(0).has_value());
    EXPECT_EQ(f(1), 1);
    EXPECT_EQ(calls, 2);
    clock.advance(2s);
    (void)f(0);
    (void)f(1);
    EXPECT_EQ(calls, 3);
}

TEST_F(BackgroundTest, aRememberedFailureIsThrownAsSuch) {
    std::atomic<int> calls{0};
    auto f = cached(
                 [&](int) -> int {
                     ++calls;
                     throw std::runtime_error("the database is away");
                 },
                 named({.ttl = 60s, .errorTtl = 5s}))
                 .value();
    EXPECT_THROW((void)f(1), std::runtime_error);
    try {
        (void)f(1);
        ADD_FAILURE() << "should have thrown";
    } catch (const NotServed& failure) {
        EXPECT_NE(std::string(failure.what()).find("the database is away"), std::string::npos);
    }
    EXPECT_EQ(calls, 1);
    clock.advance(6s);
    EXPECT_THROW((void)f(1), std::runtime_error);
    EXPECT_EQ(calls, 2);
}

TEST(MarkTableTest, anotherProcessFollowsAMarkWithinTheSpanThatItIsBelieved) {
    const test::TemporaryDirectory folder;
    ManualClock clock{TimePoint{1h}};
    const auto open = [&] {
        BackendConfig config;
        config.clock = &clock;
        return std::make_unique<Cache>(
            BackendRegistry::builtin()
                .create("file:" + (folder.path() / "cache").string(), config)
                .value(),
            clock);
    };
    const auto one = open();
    const auto other = open();
    int loads = 0;
    const auto fetch = [&](Cache& cache) {
        const auto fetched = cache.fetchBlocking(
            "k", {.ttl = 60s, .tags = {"t"}},
            [&]() -> LoadResult { return Loaded{Bytes{std::to_string(++loads)}}; });
        EXPECT_TRUE(cache.backend().flush().ok());
        return fetched->entry.value.toString();
    };
    EXPECT_EQ(fetch(*one), "1");
    EXPECT_EQ(fetch(*other), "1");
    clock.advance(1s);
    ASSERT_TRUE(one->invalidateTag("t").ok());
    ASSERT_TRUE(one->backend().flush().ok());
    clock.advance(MarkTable::kBelieved + 1ns);
    EXPECT_EQ(fetch(*other), "2");
    clock.advance(MarkTable::kBelieved + 1ns);
    EXPECT_EQ(fetch(*one), "2");
}

TEST(MarkTableTest, aMarkIsNeverSetBeforeALoadThatWasSeen) {
    // The other process's clock is a minute ahead.
    ManualClock clock{TimePoint{1h}};
    auto backend = WrappedBackend::memory(clock);
    MarkTable marks(*backend, clock);
    const std::string name = "tt";
    EntryNotes notes;
    notes.tags = {name};
    Entry ahead;
    ahead.created = clock.now() + 60s;
    EXPECT_FALSE(marks.voids(ahead, notes));
    ASSERT_TRUE(marks.set(name).ok());
    EXPECT_TRUE(marks.voids(ahead, notes));
    EXPECT_GT(marks.loadBegins(), ahead.created);
}

TEST(MarkTableTest, aMarkVoidsALoadThatBeganAheadOfTheClock) {
    ManualClock clock{TimePoint{1h}};
    auto backend = WrappedBackend::memory(clock);
    MarkTable marks(*backend, clock);
    EntryNotes notes;
    notes.marked = true;
    ASSERT_TRUE(marks.set("tt").ok());
    Entry entry;
    entry.created = marks.loadBegins();
    ASSERT_GT(entry.created, clock.now()) << "after the mark, whatever the clock says";
    ASSERT_TRUE(marks.set(MarkTable::kEverything).ok());
    EXPECT_TRUE(marks.voids(entry, notes));
}

TEST(MarkTableTest, aHundredThousandTagsTakeNoMoreThanTheirShareOfMemory) {
    ManualClock clock{TimePoint{1h}};
    auto backend = WrappedBackend::memory(clock);
    MarkTable marks(*backend, clock);
    EntryNotes notes;
    const std::string name = "tmine";
    notes.tags = {name};
    Entry old;
    old.created = clock.now();
    clock.advance(1s);
    ASSERT_TRUE(marks.set(name).ok());
    for (int i = 0; i < 150'000; ++i) {
        clock.advance(1ms);
        ASSERT_TRUE(marks.set("t" + std::to_string(i)).ok());
    }
    EXPECT_TRUE(marks.voids(old, notes)) << "forgotten marks must not bring anything back";
    Entry young;
    young.created = clock.now() + 1ms;
    EXPECT_FALSE(marks.voids(young, notes));
}

TEST(EntryNotesTest, whatIsEncodedIsDecodedAndAnythingElseIsSeenToBeDamaged) {
    const std::string tag(300, 'x');
    EntryNotes notes;
    notes.grace = 5s;
    notes.until = TimePoint{-7s};
    notes.absent = true;
    notes.marked = true;
    notes.tags = {"t", std::string_view("a\0b", 3), tag};
    const SharedBytes bytes = notes.encode();
    const EntryNotes back = EntryNotes::decode(bytes.view());
    EXPECT_FALSE(back.damaged);
    EXPECT_EQ(back.grace, 5s);
    EXPECT_EQ(back.until, notes.until);
    EXPECT_TRUE(back.absent);
    EXPECT_FALSE(back.failure);
    EXPECT_TRUE(back.marked);
    EXPECT_EQ(back.tags, notes.tags);
    EXPECT_TRUE(EntryNotes{}.encode().empty());
    for (std::size_t size = 1; size < bytes.view().size(); ++size) {
        const EntryNotes cut = EntryNotes::decode(bytes.view().substr(0, size));
        EXPECT_TRUE(cut.damaged || cut.tags.size() < notes.tags.size()) << size;
    }
    EXPECT_TRUE(EntryNotes::decode("\xff").damaged);
}

TEST(JobPoolTest, noJobWaitsBehindAnother) {
    Turnstile turnstile;
    JobPool pool("test", 2);
    ASSERT_TRUE(pool.run([&] { turnstile.pass(); }));
    ASSERT_TRUE(pool.run([&] { turnstile.pass(); }));
    turnstile.awaitArrivals(2);
    EXPECT_FALSE(pool.run([] {})) << "both threads are busy";
    turnstile.open(2);
    std::atomic<bool> ran{false};
    while (!pool.run([&] { ran = true; })) {
        std::this_thread::yield();
    }
    pool.close();
    EXPECT_TRUE(ran) << "what was taken is done, even at the end";
    EXPECT_FALSE(pool.run([] {}));
}

TEST(ThreadTimersTest, actionsRunInOrderOfTheirTime) {
    ThreadTimers timers;
    std::latch all(3);
    std::vector<int> order;
    const TimePoint now = SystemClock::instance().now();
    timers.at(now + 20ms, [&] {
        order.push_back(2);
        all.count_down();
    });
    timers.at(now + 1ms, [&] {
        order.push_back(1);
        all.count_down();
    });
    timers.at(now + 20ms, [&] {
        order.push_back(3);
        all.count_down();
    });
    all.wait();
    EXPECT_GE(SystemClock::instance().now(), now + 20ms);
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(ThreadTimersTest, whatIsNotDueAtTheEndIsForgotten) {
    std::atomic<bool> ran{false};
    {
        ThreadTimers timers;
        timers.at(SystemClock::instance().now() + 1h, [&] { ran = true; });
    }
    EXPECT_FALSE(ran);
}

TEST(CallGateTest, closingWaitsForThoseInsideAndLetsNobodyInAfterwards) {
    CallGate gate;
    Turnstile turnstile;
    std::atomic<bool> left{false};
    Worker visitor("visitor", [&](Worker&, const std::stop_token&) {
        const auto pass = gate.enter();
        EXPECT_TRUE(static_cast<bool>(pass));
        EXPECT_TRUE(static_cast<bool>(gate.enter())) << "again, while inside";
        turnstile.pass();
        left = true;
    });
    turnstile.awaitArrivals(1);
    turnstile.open(1);
    gate.close();
    EXPECT_TRUE(left);
    EXPECT_FALSE(static_cast<bool>(gate.enter()));
}

}  // namespace
}  // namespace cachescope
