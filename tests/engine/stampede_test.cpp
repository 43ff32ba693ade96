// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One hot key behind a slow origin: 50 requests a second for an hour, 2 s a load, a TTL of 60 s.
// The front's protections next to the few lines of arithmetic that say what each must cost, on the
// same arrivals.

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <vector>

#include "engine/sim/simulation.h"
#include "engine/sim/workload.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kHour = 1h;
constexpr Duration kLoad = 2s;
constexpr Duration kTtl = 60s;
constexpr Duration kStale = 30s;

enum LaneNumber : std::size_t { kNone, kSingleFlight, kXfetch, kRevalidate };

Scenario hotKey() {
    Scenario scenario;
    scenario.seed = 11;
    scenario.duration = kHour;
    scenario.workload.arrivals = {ArrivalKind::poisson, 50};
    scenario.workload.keys.count = 1;
    scenario.origin.latency.kind = LatencyKind::constant;
    scenario.origin.latency.median = kLoad;
    scenario.lanes = {
        {.name = "none", .options = {.ttl = kTtl, .singleFlight = false}},
        {.name = "single-flight", .options = {.ttl = kTtl}},
        {.name = "xfetch", .options = {.ttl = kTtl, .singleFlight = false, .xfetchBeta = 1}},
        {.name = "revalidate", .options = {.ttl = kTtl, .staleWhileRevalidate = kStale}},
    };
    return scenario;
}

std::vector<TimePoint> arrivals(const Scenario& scenario) {
    auto workload = Workload::create(scenario.workload, scenario.seed, TimePoint{}).value();
    std::vector<TimePoint> times;
    for (; workload->peek().time <= TimePoint{scenario.duration}; workload->pop()) {
        times.push_back(workload->peek().time);
    }
    return times;
}

struct Expected {
    std::uint64_t originCalls = 0;
    std::uint64_t servedExpired = 0;
    Duration waited{};
};

/// Everybody who finds nothing fresh calls the origin.
Expected withoutProtection(const std::vector<TimePoint>& times) {
    Expected expected;
    std::deque<TimePoint> ready;  // of calls under way
    TimePoint freshUntil{-1s};
    for (const TimePoint now : times) {
        for (; !ready.empty() && ready.front() <= now; ready.pop_front()) {
            freshUntil = ready.front() + kTtl;
        }
        if (now > freshUntil) {
            ++expected.originCalls;
            expected.waited += kLoad;
            ready.push_back(now + kLoad);
        }
    }
    return expected;
}

/// One call at a time; who comes meanwhile waits for it, or, within `stale`, does not.
Expected withOneCall(const std::vector<TimePoint>& times, Duration stale) {
    Expected expected;
    TimePoint ready{-1h};
    TimePoint freshUntil{-1h};
    bool running = false;
    for (const TimePoint now : times) {
        if (running && ready <= now) {
            running = false;
            freshUntil = ready + kTtl;
        }
        if (now <= freshUntil) {
            continue;
        }
        if (!running) {
            running = true;
            ready = now + kLoad;
            ++expected.originCalls;
        }
        if (now <= freshUntil + stale) {
            ++expected.servedExpired;
        } else {
            expected.waited += ready - now;
        }
    }
    return expected;
}

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

struct StampedeTest : testing::Test {
    Scenario scenario = hotKey();
    std::vector<TimePoint> times = arrivals(scenario);
    std::vector<LaneState> lanes;

    void SetUp() override {
        SimulationContext context;
        context.runId = "stampede";
        auto simulation = Simulation::create(scenario, context).value();
        simulation->advanceTo(TimePoint{scenario.duration});
        simulation->drain();
        lanes = simulation->lanes();
        ASSERT_EQ(simulation->requests(), times.size());
    }
    double meanWait(const Expected& expected) const {
        return seconds(expected.waited) / static_cast<double>(times.size());
    }
    void expectExactly(LaneNumber lane, const Expected& expected) {
        EXPECT_EQ(lanes[lane].totals.originCalls, expected.originCalls);
        EXPECT_EQ(lanes[lane].totals.stats.expiredHits, expected.servedExpired);
        EXPECT_NEAR(seconds(lanes[lane].totals.latency.mean()), meanWait(expected),
                    0.01 * meanWait(expected) + 1e-5);
    }
};

TEST_F(StampedeTest, withoutProtectionEveryoneCallsTheOrigin) {
    const Expected expected = withoutProtection(times);
    expectExactly(kNone, expected);
    // The published row, on other arrivals of the same kind: 5726 calls, 63.6 ms.
    EXPECT_NEAR(static_cast<double>(expected.originCalls), 5726, 4 * std::sqrt(5726.0));
    EXPECT_NEAR(meanWait(expected), 0.0636, 0.004);
}

TEST_F(StampedeTest, singleFlightCallsItOnceATtl) {
    const Expected expected = withOneCall(times, Duration{});
    expectExactly(kSingleFlight, expected);
    EXPECT_EQ(expected.originCalls, 59U);
    EXPECT_NEAR(meanWait(expected), 0.0339, 0.003);
}

TEST_F(StampedeTest, staleWhileRevalidateCallsItAsOftenAndLetsNobodyWait) {
    const Expected expected = withOneCall(times, kStale);
    expectExactly(kRevalidate, expected);
    EXPECT_EQ(expected.originCalls, 59U);
    EXPECT_NEAR(static_cast<double>(expected.servedExpired) / static_cast<double>(times.size()),
                0.0326, 0.003);
    EXPECT_LT(meanWait(expected), 0.002) << "only the first two seconds had nothing to serve";
}

TEST_F(StampedeTest, xfetchSpreadsTheLoadsOverTheEndOfTheTtl) {
    // 288 published, 118 of them at the cold start, when it cannot help.
    const double cold = 2 * 50;
    const auto calls = static_cast<double>(lanes[kXfetch].totals.originCalls);
    EXPECT_NEAR(calls, 288, 4 * std::sqrt(288.0));
    EXPECT_GT(calls, cold);
    EXPECT_LT(lanes[kXfetch].totals.latency.percentile(0.99), 1ms) << "hardly anybody waits";
    EXPECT_NEAR(seconds(lanes[kXfetch].totals.latency.mean()), 0.0034, 0.001);
}

TEST_F(StampedeTest, aHundredMissesAtOnceMakeOneLoad) {
    Scenario burst = hotKey();
    burst.duration = 1s;
    burst.workload.arrivals = {ArrivalKind::constant, 100};
    burst.lanes = {{.name = "one", .options = {.ttl = kTtl}}};
    SimulationContext context;
    context.runId = "burst";
    auto simulation = Simulation::create(burst, context).value();
    simulation->advanceTo(TimePoint{1s - 1ns});
    simulation->drain();
    const StatsSnapshot stats = simulation->lanes().front().totals.stats;
    EXPECT_EQ(stats.loads, 1U);
    EXPECT_EQ(stats.coalesced, simulation->requests() - 1);
    EXPECT_GE(simulation->requests(), 99U);
}

}  // namespace
}  // namespace cachescope::sim
