// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/session_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/sim/simulation.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTtl = 10s;

// Requests at whole milliseconds, so that ticks round no request.
Scenario steady() {
    Scenario scenario;
    scenario.seed = 11;
    scenario.workload.arrivals = {ArrivalKind::constant, 1000};
    scenario.workload.keys.count = 300;
    scenario.workload.keys.namespaces = {{"product", 2}, {"user", 1}};
    scenario.workload.updateInterval = 8s;
    scenario.origin.latency = {.kind = LatencyKind::constant, .median = 1ns};
    scenario.lanes = {{.name = "a", .options = {.ttl = kTtl}}};
    return scenario;
}

std::unique_ptr<Simulation> simulationOf(const Scenario& scenario) {
    return Simulation::create(scenario, {}).value();
}

tune::TtlCounts countsOf(const Trace& trace, Duration ttl) {
    const auto timeline = tune::Timeline::of(trace, ":").value();
    const auto curve =
        tune::TtlCurve::of(timeline, {tune::ticksOf(ttl, timeline.tick)}, {}).value();
    return curve.whole(0);
}

// Ticks of a millisecond become ticks of less of the run.
Trace stretched(Trace trace, int factor) {
    for (Duration& time : trace.times) {
        time *= factor;
    }
    return trace;
}

std::size_t writesIn(const Trace& trace) {
    return static_cast<std::size_t>(
        std::count(trace.operations.begin(), trace.operations.end(), TraceOperation::write));
}

std::vector<std::string> namesOf(const Trace& trace) {
    std::vector<std::string> names;
    for (const std::uint32_t key : trace.keys) {
        names.push_back(trace.names.name(key));
    }
    return names;
}

struct Asked {
    std::uint32_t key;
    int second;
    bool write = false;
};

Request requestOf(const Asked& asked) {
    return {TimePoint{asked.second * 1s}, 0, asked.key, 100 + asked.key, asked.write};
}

std::shared_ptr<const KeySpace> keys(std::uint64_t count, const std::string& name = "k") {
    KeySpec spec;
    spec.count = count;
    spec.namespaces = {{name, 1}};
    return std::make_shared<const KeySpace>(spec);
}

TEST(SessionRecorderTest, aTtlCurveOfTheRecordingCountsWhatTheLaneCounted) {
    const auto simulation = simulationOf(steady());
    simulation->advanceTo(TimePoint{120s});
    simulation->drain();
    const StatsSnapshot lane = simulation->lanes()[0].totals.stats;
    const auto trace = simulation->recording();
    ASSERT_EQ(trace->size() - writesIn(*trace), simulation->requests());
    ASSERT_GT(lane.staleHits, 10'000U);

    // Ticks of 0.1 us: only an update between the begin and the end of a load, a nanosecond apart,
    // could make a difference.
    constexpr int kFactor = 10'000;
    const auto exact = countsOf(stretched(*trace, kFactor), kTtl * kFactor);
    EXPECT_EQ(exact.misses, lane.misses);
    EXPECT_EQ(exact.staleHits, lane.staleHits);

    // An update in the millisecond of a fill counts as before it.
    const auto coarse = countsOf(*trace, kTtl);
    EXPECT_EQ(coarse.misses, lane.misses);
    EXPECT_LE(coarse.staleHits, lane.staleHits);
    EXPECT_NEAR(static_cast<double>(coarse.staleHits), static_cast<double>(lane.staleHits),
                static_cast<double>(lane.staleHits) * 0.005);
}

TEST(SessionRecorderTest, aRunWithoutUpdatesIsReadsAlone) {
    Scenario scenario = steady();
    scenario.workload.updateInterval = {};
    const auto simulation = simulationOf(scenario);
    simulation->advanceTo(TimePoint{5s});
    const auto trace = simulation->recording();
    EXPECT_EQ(trace->size(), 5000U);
    EXPECT_TRUE(trace->operations.empty());
    EXPECT_EQ(trace->times.front(), 0s);
    EXPECT_EQ(trace->times.back(), 4999ms);
    EXPECT_EQ(trace->sizes.front(), scenario.workload.valueBytes);
}

TEST(SessionRecorderTest, updatesAreKnownWhateverTheLanesAskFor) {
    Scenario scenario = steady();
    const auto asked = simulationOf(scenario);
    scenario.lanes.clear();
    const auto unasked = simulationOf(scenario);
    asked->advanceTo(TimePoint{60s});
    unasked->advanceTo(TimePoint{60s});
    EXPECT_GT(writesIn(*asked->recording()), 1000U);
    EXPECT_EQ(unasked->recording()->times, asked->recording()->times);
    EXPECT_EQ(unasked->recording()->keys, asked->recording()->keys);
}

TEST(SessionRecorderTest, updatesComeInTheOrderOfTimeAndBeforeWhoAsksThen) {
    SessionRecorder recorder(keys(3));
    recorder.request(requestOf({1, 10}));
    recorder.request(requestOf({0, 20}));
    recorder.request(requestOf({1, 30}));
    recorder.update(0, TimePoint{25s});
    recorder.request(requestOf({0, 40}));
    recorder.update(1, TimePoint{50s});
    recorder.request(requestOf({1, 50}));
    recorder.update(2, TimePoint{15s});  // nobody asked for it before
    recorder.request(requestOf({2, 60}));
    const auto trace = recorder.recording();
    EXPECT_EQ(namesOf(*trace),
              (std::vector<std::string>{"k:2", "k:1", "k:1", "k:2", "k:1", "k:2", "k:2", "k:3"}));
    EXPECT_EQ(trace->keys, (std::vector<std::uint32_t>{0, 1, 1, 0, 1, 0, 0, 2}));
    EXPECT_EQ(trace->times, (std::vector<Duration>{0s, 10s, 15s, 20s, 30s, 40s, 40s, 50s}));
    EXPECT_EQ(trace->sizes, (std::vector<std::uint32_t>{101, 100, 0, 101, 100, 0, 101, 102}));
    const auto read = TraceOperation::read;
    const auto write = TraceOperation::write;
    EXPECT_EQ(trace->operations,
              (std::vector<TraceOperation>{read, read, write, read, read, write, read, read}));
}

TEST(SessionRecorderTest, keepsTheLatestRequestsOnly) {
    SessionRecorder recorder(keys(10), 4);
    for (std::uint32_t i = 0; i < 10; ++i) {
        recorder.request(requestOf({i, static_cast<int>(i)}));
        const auto trace = recorder.recording();
        ASSERT_EQ(trace->size(), std::min<std::size_t>(i + 1, 4));
        EXPECT_EQ(namesOf(*trace).back(), "k:" + std::to_string(i + 1));
        EXPECT_EQ(trace->times.front(), 0s);
        EXPECT_EQ(trace->span(), std::chrono::seconds{std::min(i, 3U)});
        EXPECT_EQ(trace->names.size(), trace->size());
    }
}

TEST(SessionRecorderTest, writesOfATraceStayWritesAndKeepTheirBytes) {
    SessionRecorder recorder(keys(2));
    recorder.request(requestOf({0, 1}));
    recorder.request(requestOf({0, 1, true}));
    recorder.request(requestOf({0, 1}));
    const auto trace = recorder.recording();
    EXPECT_EQ(trace->operations,
              (std::vector<TraceOperation>{TraceOperation::read, TraceOperation::write,
                                           TraceOperation::read}));
    EXPECT_EQ(trace->sizes, (std::vector<std::uint32_t>{100, 100, 100}));
}

TEST(SessionRecorderTest, moreOrFewerKeysOfTheSameNamesGoOnAndOthersBeginAnew) {
    SessionRecorder recorder(keys(4));
    recorder.request(requestOf({3, 1}));
    recorder.changeKeys(keys(2));
    recorder.request(requestOf({1, 2}));
    recorder.changeKeys(keys(6));
    recorder.request(requestOf({5, 3}));
    EXPECT_EQ(namesOf(*recorder.recording()), (std::vector<std::string>{"k:4", "k:2", "k:6"}));
    recorder.changeKeys(keys(3, "other"));
    EXPECT_EQ(recorder.recording()->size(), 0U);
    recorder.update(5, TimePoint{4s});  // the end of a load of a key that is gone
    recorder.request(requestOf({2, 5}));
    EXPECT_EQ(namesOf(*recorder.recording()), (std::vector<std::string>{"other:3"}));
}

TEST(SessionRecorderTest, anotherWorkloadOfARunIsRecordedWithItsOwnNames) {
    const auto simulation = simulationOf(steady());
    simulation->advanceTo(TimePoint{10s});
    WorkloadSpec same = simulation->workload();
    same.keys.count = 100;
    same.keys.kind = PopularityKind::uniform;
    simulation->apply(SetWorkload{same});
    simulation->advanceTo(TimePoint{20s});
    EXPECT_EQ(simulation->recording()->span(), 20s - 1ms);
    WorkloadSpec other = same;
    other.keys.namespaces = {{"basket", 1}};
    simulation->apply(SetWorkload{other});
    simulation->advanceTo(TimePoint{25s});
    const auto trace = simulation->recording();
    EXPECT_EQ(trace->span(), 5s - 1ms);
    for (std::uint32_t key = 0; key < trace->names.size(); ++key) {
        EXPECT_EQ(trace->names.name(key).rfind("basket:", 0), 0U);
    }
}

}  // namespace
}  // namespace cachescope::sim
