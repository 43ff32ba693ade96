// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "engine/core/random.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr TimePoint kStart{1'767'225'600s};

/// Timers in plain vectors, and the wheel over them.
struct Timers {
    std::vector<TimerLink> links;
    std::vector<TimePoint> deadlines;
    TimerLink& timerLink(std::uint32_t slot) { return links[slot]; }
    TimePoint timerDeadline(std::uint32_t slot) const { return deadlines[slot]; }
};

class Wheel : private Timers, public TimerWheel<Timers> {
public:
    explicit Wheel(TimePoint start) : TimerWheel<Timers>(static_cast<Timers&>(*this), start) {}
    void grow(std::size_t count) {
        links.resize(count);
        deadlines.resize(count);
    }
    void schedule(Slot slot, TimePoint deadline) {
        deadlines[slot] = deadline;
        TimerWheel<Timers>::schedule(slot);
    }
};

std::vector<Wheel::Slot> fire(Wheel& wheel, TimePoint now, std::size_t limit = kAll) {
    std::vector<Wheel::Slot> fired;
    wheel.advance(
        now, [&](Wheel::Slot slot) { fired.push_back(slot); }, limit);
    return fired;
}

using Slots = std::vector<Wheel::Slot>;

TEST(TimerWheel, firesAfterTheDeadlineAndAtMostOneTickLate) {
    EXPECT_LE(Wheel::kTick, 1ms);
    for (const Duration span : std::initializer_list<Duration>{0ns, 1ns, 1ms, 33ms, 34ms, 5s, 3min,
                                                               3h, 24h * 30, 24h * 365 * 100}) {
        Wheel wheel{kStart};
        wheel.grow(1);
        wheel.schedule(0, kStart + span);
        EXPECT_EQ(fire(wheel, kStart + span), Slots{}) << "an entry lives through its deadline";
        EXPECT_EQ(fire(wheel, kStart + span + Wheel::kTick), Slots{0}) << span.count();
        EXPECT_EQ(wheel.size(), 0u);
    }
}

TEST(TimerWheel, whatIsOverdueWhenScheduledFiresNext) {
    Wheel wheel{kStart};
    wheel.grow(2);
    wheel.schedule(0, TimePoint{});
    wheel.schedule(1, kStart - 1s);
    EXPECT_EQ(wheel.nextWork(), TimePoint::min());
    EXPECT_EQ(fire(wheel, kStart), (Slots{0, 1}));
}

TEST(TimerWheel, neverIsNotScheduled) {
    Wheel wheel{kStart};
    wheel.grow(1);
    wheel.schedule(0, kStart + 1s);
    wheel.schedule(0, kNever);
    EXPECT_FALSE(wheel.isScheduled(0));
    EXPECT_EQ(wheel.nextWork(), kNever);
    EXPECT_EQ(fire(wheel, kNever), Slots{});
}

TEST(TimerWheel, theEndsOfTimeAreOrdinaryMoments) {
    Wheel wheel{TimePoint::min()};
    wheel.grow(4);
    wheel.schedule(0, TimePoint::min());
    wheel.schedule(1, TimePoint{});
    wheel.schedule(2, kNever - 1h);
    wheel.schedule(3, kNever - 1ns);
    EXPECT_EQ(fire(wheel, TimePoint::min()), Slots{});
    EXPECT_EQ(fire(wheel, TimePoint{}), Slots{0});
    EXPECT_EQ(fire(wheel, TimePoint{} + 1ms), Slots{1});
    EXPECT_EQ(fire(wheel, kNever), Slots{2});
}

TEST(TimerWheel, aLimitBoundsTheWorkAndLosesNothing) {
    Wheel wheel{kStart};
    wheel.grow(1000);
    for (Wheel::Slot slot = 0; slot < 1000; ++slot) {
        wheel.schedule(slot, kStart + 1h + slot * 1ms);
    }
    std::size_t calls = 0;
    std::vector<int> fired(1000, 0);
    Wheel::Advanced advanced;
    do {
        std::size_t handled = 0;
        advanced = wheel.advance(
            kStart + 1h + 500ms,
            [&](Wheel::Slot slot) {
                ++fired[slot];
                ++handled;
            },
            10);
        EXPECT_LE(handled, 10u);
        ASSERT_LT(++calls, 2000u);
    } while (advanced.more);
    EXPECT_EQ(std::count(fired.begin(), fired.begin() + 499, 1), 499);
    EXPECT_EQ(std::count(fired.begin() + 501, fired.end(), 0), 499);
    EXPECT_GT(calls, 49u);
}

TEST(TimerWheel, aSinkMayScheduleAndCancel) {
    Wheel wheel{kStart};
    wheel.grow(3);
    for (Wheel::Slot slot = 0; slot < 3; ++slot) {
        wheel.schedule(slot, kStart + 1s);
    }
    Slots fired;
    wheel.advance(
        kStart + 2s,
        [&](Wheel::Slot slot) {
            fired.push_back(slot);
            wheel.cancel(1);
            if (slot == 0) {
                wheel.schedule(0, kStart + 10s);
            }
        },
        kAll);
    EXPECT_EQ(fired, (Slots{0, 2}));
    EXPECT_EQ(fire(wheel, kStart + 11s), Slots{0});
}

// Every operation is done on the wheel and on a plain map; whatever the map says is the truth.
void compareWithOracle(std::uint64_t seed) {
    constexpr std::uint64_t kSlots = 300;
    Random random{seed};
    TimePoint now = kStart;
    Wheel wheel{now};
    wheel.grow(kSlots);
    std::map<Wheel::Slot, TimePoint> oracle;
    // From nanoseconds to years, so that every level is used and crossed.
    const auto span = [&] {
        return Duration{static_cast<std::int64_t>(random.next() >> (10 + random.below(54)))};
    };
    for (int step = 0; step < 20'000; ++step) {
        const auto slot = static_cast<Wheel::Slot>(random.below(kSlots));
        const auto dice = random.below(100);
        if (dice < 55) {
            TimePoint deadline = deadlineAfter(now, span());
            if (random.below(20) == 0) {
                deadline = now - span();
            }
            wheel.schedule(slot, deadline);
            oracle[slot] = deadline;
        } else if (dice < 65) {
            wheel.cancel(slot);
            oracle.erase(slot);
        } else {
            if (random.below(3) != 0) {
                now = std::min(deadlineAfter(now, Duration{span().count() >> 12}),
                               kStart + 24h * 365 * 200);
            }
            const bool limited = random.below(4) == 0;
            bool more = true;
            while (more) {
                const TimePoint workBefore = wheel.nextWork();
                const auto advanced = wheel.advance(
                    now,
                    [&](Wheel::Slot fired) {
                        ASSERT_EQ(oracle.count(fired), 1u);
                        ASSERT_LT(oracle[fired], now) << "fired early";
                        ASSERT_LE(workBefore, now) << "nextWork() promised too much";
                        oracle.erase(fired);
                    },
                    limited ? 3 : kAll);
                more = advanced.more;
            }
            for (const auto& [left, deadline] : oracle) {
                ASSERT_TRUE(deadline >= now - Wheel::kTick) << "lost " << left;
            }
        }
        const auto scheduled = std::count_if(
            oracle.begin(), oracle.end(), [](const auto& timer) { return timer.second != kNever; });
        ASSERT_EQ(wheel.size(), static_cast<std::size_t>(scheduled));
        ASSERT_EQ(wheel.isScheduled(slot), oracle.count(slot) == 1 && oracle[slot] != kNever);
    }
}

TEST(TimerWheel, agreesWithAPlainMapUnderRandomOperationsAndJumps) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        compareWithOracle(seed);
        if (HasFatalFailure()) {
            return;
        }
    }
}

TEST(TimerWheel, firesInTheSameOrderInEveryRun) {
    const auto run = [] {
        Random random{5};
        Wheel wheel{kStart};
        wheel.grow(5000);
        for (Wheel::Slot slot = 0; slot < 5000; ++slot) {
            wheel.schedule(
                slot,
                kStart + Duration{static_cast<std::int64_t>(random.below(3'600'000'000'000))});
        }
        Slots fired;
        for (int minute = 0; minute < 61; ++minute) {
            const Slots more = fire(wheel, kStart + minute * 1min);
            fired.insert(fired.end(), more.begin(), more.end());
        }
        return fired;
    };
    const Slots first = run();
    EXPECT_EQ(first.size(), 5000u);
    EXPECT_EQ(run(), first);
}

}  // namespace
}  // namespace cachescope
