// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/sim/simulation.h"
#include "engine/sim/workload.h"
#include "engine/tune/stampede_model.h"
#include "tune_surface_fixture.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

Timeline oneKey(const std::vector<Duration>& times) {
    Trace trace;
    trace.names.append(std::uint64_t{1});
    trace.times = times;
    trace.keys.assign(times.size(), 0);
    return Timeline::of(trace, "").value();
}

StampedeOptions hotKeyOptions(Protection protection) {
    StampedeOptions options;
    options.protection = protection;
    options.ttl = 60s;
    options.load = 2s;
    options.hit = 200us;
    options.stale = 30s;
    return options;
}

StampedeOutcome outcomeOf(const Timeline& timeline, const StampedeOptions& options) {
    return StampedeOutcome::of(timeline, options).value();
}

/// One key for an hour with 50 requests a second, 2 s a load, a TTL of 60 s: a table of this was
/// measured once. Other arrivals of the same kind must agree within what chance allows.
class StampedeModelTable : public testing::TestWithParam<std::uint64_t> {
protected:
    static Timeline hotKey(std::uint64_t seed) {
        Random random{seed};
        std::vector<Duration> times;
        for (double now = random.exponential() / 50; now < 3600; now += random.exponential() / 50) {
            times.push_back(Duration{static_cast<std::int64_t>(now * 1e3)} * 1'000'000);
        }
        return oneKey(times);
    }
    StampedeOutcome outcome(Protection protection) const {
        return outcomeOf(hotKey(GetParam()), hotKeyOptions(protection));
    }
};

TEST_P(StampedeModelTable, withoutProtectionEveryExpiryIsAStampede) {
    const StampedeOutcome outcome = this->outcome(Protection::none);
    EXPECT_NEAR(static_cast<double>(outcome.originCalls), 5726, 4 * std::sqrt(2 * 5726.0));
    EXPECT_NEAR(static_cast<double>(outcome.mostConcurrent), 119, 20);
    EXPECT_NEAR(seconds(outcome.mean), 0.0636, 0.005);
    EXPECT_EQ(outcome.p99, 2s);
    EXPECT_EQ(outcome.p999, 2s);
    EXPECT_EQ(outcome.servedExpired, 0U);
}

TEST_P(StampedeModelTable, singleFlightLoadsOnceATtl) {
    const StampedeOutcome outcome = this->outcome(Protection::singleFlight);
    EXPECT_EQ(outcome.originCalls, 59U);
    EXPECT_EQ(outcome.mostConcurrent, 1U);
    EXPECT_NEAR(seconds(outcome.mean), 0.0339, 0.002);
    EXPECT_NEAR(seconds(outcome.p99), 1.413, 0.06);
    EXPECT_NEAR(seconds(outcome.p999), 1.959, 0.04);
    EXPECT_EQ(outcome.longest, 2s);
    EXPECT_EQ(outcome.servedExpired, 0U);
}

TEST_P(StampedeModelTable, xfetchLoadsAheadAndCannotCureTheColdStart) {
    const StampedeOutcome outcome = this->outcome(Protection::xfetch);
    EXPECT_NEAR(static_cast<double>(outcome.originCalls), 288, 4 * std::sqrt(2 * 288.0));
    EXPECT_NEAR(static_cast<double>(outcome.mostConcurrent), 118, 40);
    EXPECT_NEAR(seconds(outcome.mean), 0.0034, 0.001);
    EXPECT_EQ(outcome.p99, 200us);
    EXPECT_EQ(outcome.p999, 2s);
}

TEST_P(StampedeModelTable, whatHasExpiredIsServedWhileOneLoads) {
    const StampedeOutcome outcome = this->outcome(Protection::staleWhileRevalidate);
    EXPECT_EQ(outcome.originCalls, 59U);
    EXPECT_EQ(outcome.mostConcurrent, 1U);
    EXPECT_NEAR(seconds(outcome.mean), 0.0009, 0.0003);
    EXPECT_EQ(outcome.p99, 200us);
    EXPECT_EQ(outcome.p999, 200us);
    EXPECT_NEAR(static_cast<double>(outcome.servedExpired) / static_cast<double>(outcome.requests),
                0.0326, 4 * std::sqrt(2 * 0.0326 / 180'000));
}

INSTANTIATE_TEST_SUITE_P(Arrivals, StampedeModelTable, testing::Values(1, 2, 3, 4, 5));

/// The program's own simulation of the same, on the same arrivals.
TEST(StampedeModelTest, equalsTheSimulation) {
    sim::Scenario scenario;
    scenario.seed = 5;
    scenario.duration = 20min;
    scenario.workload.arrivals = {sim::ArrivalKind::poisson, 50};
    scenario.workload.keys.count = 1;
    scenario.origin.latency.kind = sim::LatencyKind::constant;
    scenario.origin.latency.median = 2s;
    scenario.lanes = {
        {.name = "none", .options = {.ttl = 60s, .singleFlight = false}},
        {.name = "single-flight", .options = {.ttl = 60s}},
        {.name = "xfetch", .options = {.ttl = 60s, .singleFlight = false, .xfetchBeta = 1}},
        {.name = "revalidate", .options = {.ttl = 60s, .staleWhileRevalidate = 30s}},
    };
    sim::SimulationContext context;
    context.runId = "stampede";
    auto simulation = sim::Simulation::create(scenario, context).value();
    simulation->advanceTo(TimePoint{scenario.duration});
    simulation->drain();
    auto workload = sim::Workload::create(scenario.workload, scenario.seed, TimePoint{}).value();
    std::vector<Duration> times;
    for (; workload->peek().time <= TimePoint{scenario.duration}; workload->pop()) {
        times.push_back(workload->peek().time.time_since_epoch());
    }
    // Moments to the nanosecond, where ticks of a Timeline are milliseconds.
    Timeline timeline = oneKey(times);
    timeline.tick = 1us;
    for (std::size_t i = 0; i < times.size(); ++i) {
        timeline.times[i] = static_cast<std::uint32_t>(times[i] / 1us);
    }
    timeline.span = timeline.times.back();
    const auto lanes = simulation->lanes();
    constexpr Protection kProtections[] = {Protection::none, Protection::singleFlight,
                                           Protection::xfetch, Protection::staleWhileRevalidate};
    for (std::size_t lane = 0; lane < 4; ++lane) {
        StampedeOptions options = hotKeyOptions(kProtections[lane]);
        options.hit = 0s;
        const StampedeOutcome outcome = outcomeOf(timeline, options);
        const auto& totals = lanes[lane].totals;
        EXPECT_EQ(outcome.requests, times.size());
        if (kProtections[lane] == Protection::xfetch) {
            const auto calls = static_cast<double>(totals.originCalls);
            EXPECT_NEAR(static_cast<double>(outcome.originCalls), calls, 4 * std::sqrt(2 * calls));
            continue;
        }
        EXPECT_EQ(outcome.originCalls, totals.originCalls) << lane;
        EXPECT_EQ(outcome.servedExpired, totals.stats.expiredHits) << lane;
        EXPECT_NEAR(seconds(outcome.mean), seconds(totals.latency.mean()),
                    0.01 * seconds(outcome.mean) + 1e-5)
            << lane;
    }
}

TEST(StampedeModelTest, aValueIsThereFromTheEndOfItsLoadUpToItsDeadline) {
    StampedeOptions options = hotKeyOptions(Protection::none);
    options.hit = 0s;
    // Loaded from 0 to 2 s, and again until 3,999 ms, so fresh up to and at 63,999 ms.
    const StampedeOutcome alone = outcomeOf(oneKey({0s, 1'999ms, 2s, 63'999ms, 64s}), options);
    EXPECT_EQ(alone.originCalls, 3U);
    EXPECT_EQ(alone.mostConcurrent, 2U);
    EXPECT_EQ(alone.mean, 6'000ms / 5);
    // With one load, up to and at 62 s.
    options.protection = Protection::singleFlight;
    const StampedeOutcome joined = outcomeOf(oneKey({0s, 1'999ms, 2s, 62s, 62'001ms}), options);
    EXPECT_EQ(joined.originCalls, 2U);
    EXPECT_EQ(joined.mostConcurrent, 1U);
    EXPECT_EQ(joined.mean, 4'001'000us / 5);
    EXPECT_EQ(joined.longest, 2s);
    EXPECT_EQ(joined.p99, 2s);
}

TEST(StampedeModelTest, whatIsTooStaleIsWaitedFor) {
    StampedeOptions options = hotKeyOptions(Protection::staleWhileRevalidate);
    options.hit = 0s;
    const StampedeOutcome served = outcomeOf(oneKey({0s, 92s}), options);
    EXPECT_EQ(served.servedExpired, 1U);
    EXPECT_EQ(served.originCalls, 2U);
    EXPECT_EQ(served.mean, 1s);
    const StampedeOutcome late = outcomeOf(oneKey({0s, 92'001ms}), options);
    EXPECT_EQ(late.servedExpired, 0U);
    EXPECT_EQ(late.mean, 2s);
}

TEST(StampedeModelTest, callsOfAllKeysMeetAtTheOrigin) {
    Trace trace;
    for (std::uint32_t key = 0; key < 10; ++key) {
        trace.names.append(std::uint64_t{key});
        trace.keys.push_back(key);
        trace.times.emplace_back(500ms * static_cast<int>(key));
    }
    const Timeline timeline = Timeline::of(trace, "").value();
    const StampedeOutcome outcome = outcomeOf(timeline, hotKeyOptions(Protection::singleFlight));
    EXPECT_EQ(outcome.originCalls, 10U);
    EXPECT_EQ(outcome.mostConcurrentKey, 1U);
    EXPECT_EQ(outcome.mostConcurrent, 4U) << "the fifth begins as the first ends";
}

TEST(StampedeModelTest, withoutLeadXfetchIsNoProtection) {
    const Timeline timeline =
        Timeline::of(test::zipfTraceWithTimes(8, 20'000, 300, 0.9, 20ms), "").value();
    StampedeOptions options = hotKeyOptions(Protection::xfetch);
    options.beta = 0;
    const StampedeOutcome without = outcomeOf(timeline, hotKeyOptions(Protection::none));
    const StampedeOutcome lucky = outcomeOf(timeline, options);
    EXPECT_EQ(lucky.originCalls, without.originCalls);
    EXPECT_EQ(lucky.mostConcurrent, without.mostConcurrent);
    EXPECT_EQ(lucky.mean, without.mean);
}

TEST(StampedeModelTest, xfetchIsDecidedByItsSeed) {
    const Timeline timeline =
        Timeline::of(test::zipfTraceWithTimes(9, 50'000, 30, 0.9, 20ms), "").value();
    StampedeOptions options = hotKeyOptions(Protection::xfetch);
    const StampedeOutcome first = outcomeOf(timeline, options);
    EXPECT_EQ(outcomeOf(timeline, options).originCalls, first.originCalls);
    options.seed = 2;
    EXPECT_NE(outcomeOf(timeline, options).originCalls, first.originCalls);
}

TEST(StampedeModelTest, aTtlAboveAllTimesIsForever) {
    StampedeOptions options = hotKeyOptions(Protection::none);
    options.ttl = Duration::max();
    EXPECT_EQ(outcomeOf(oneKey({0s, 10s, std::chrono::hours{24 * 365}}), options).originCalls, 1U);
}

TEST(StampedeModelTest, optionsThatMeanNothingAreRefused) {
    const Timeline timeline = oneKey({0s, 1s});
    const auto codeOf = [&](const std::function<void(StampedeOptions&)>& change) {
        StampedeOptions options = hotKeyOptions(Protection::xfetch);
        change(options);
        const auto outcome = StampedeOutcome::of(timeline, options);
        return outcome.ok() ? std::string{} : outcome.error().toLogLine();
    };
    EXPECT_EQ(codeOf([](StampedeOptions&) {}), "");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.ttl = 0s; }), "outOfRange: ttl");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.load = 0s; }), "outOfRange: load");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.load = Duration::max(); }), "outOfRange: load");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.hit = -1s; }), "outOfRange: hit");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.stale = -1s; }), "outOfRange: stale");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.beta = -1; }), "outOfRange: beta");
    EXPECT_EQ(codeOf([](StampedeOptions& o) { o.goOn = [] { return false; }; }), "cancelled");
    const auto empty = StampedeOutcome::of(Timeline{}, hotKeyOptions(Protection::none));
    EXPECT_FALSE(empty.ok());
}

}  // namespace
}  // namespace cachescope::tune
