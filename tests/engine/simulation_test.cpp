// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/simulation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "engine/sim/report.h"
#include "engine/sim/scenario_json.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

Scenario threeLanes() {
    Scenario scenario;
    scenario.seed = 7;
    scenario.duration = 60s;
    scenario.workload.arrivals.ratePerSecond = 200;
    scenario.workload.keys.count = 500;
    scenario.workload.keys.namespaces = {{"product", 2}, {"user", 1}};
    scenario.workload.updateInterval = 30s;
    scenario.origin.latency.median = 500ms;
    scenario.lanes = {{.name = "none", .backend = "none"},
                      {.name = "short", .options = {.ttl = 5s}, .capacity = 500},
                      {.name = "long", .options = {.ttl = 60s}, .capacity = 100}};
    return scenario;
}

struct SimulationTest : testing::Test {
    test::TemporaryDirectory folder;
    std::vector<LaneEvent> events;
    std::vector<Mark> marks;
    std::vector<Sample> samples;

    SimulationContext context() {
        SimulationContext context;
        context.runId = "test";
        context.scratchDirectory = folder.path().string();
        context.onEvent = [this](LaneEvent event) { events.push_back(std::move(event)); };
        context.onMark = [this](const Mark& mark) { marks.push_back(mark); };
        context.onSample = [this](const Sample& sample) { samples.push_back(sample); };
        return context;
    }
    std::unique_ptr<Simulation> make(const Scenario& scenario) {
        return Simulation::create(scenario, context()).value();
    }
    Report run(const Scenario& scenario) {
        auto simulation = make(scenario);
        simulation->advanceTo(TimePoint{scenario.duration});
        simulation->drain();
        return {scenario.name, scenario.seed, scenario.duration, simulation->requests(),
                simulation->lanes()};
    }
};

TEST_F(SimulationTest, theSameSeedGivesTheSameNumbersAndAnotherSeedOthers) {
    const Scenario scenario = threeLanes();
    const std::string first = reportToJson(run(scenario));
    EXPECT_EQ(reportToJson(run(scenario)), first);
    Scenario other = scenario;
    other.seed = 8;
    EXPECT_NE(reportToJson(run(other)), first);
}

TEST_F(SimulationTest, theSameNumbersComeHoweverTheRunIsCutIntoSteps) {
    const Scenario scenario = threeLanes();
    const std::string whole = reportToJson(run(scenario));
    auto simulation = make(scenario);
    Random random(3);
    TimePoint at{};
    while (at < TimePoint{scenario.duration}) {
        at = std::min(at + Duration{static_cast<std::int64_t>(random.below(900'000'000))},
                      TimePoint{scenario.duration});
        simulation->advanceTo(at);
    }
    simulation->drain();
    EXPECT_EQ(reportToJson({scenario.name, scenario.seed, scenario.duration, simulation->requests(),
                            simulation->lanes()}),
              whole);
}

TEST_F(SimulationTest, everyLaneSeesEveryRequestAndTheCountsAddUp) {
    const Report report = run(threeLanes());
    EXPECT_NEAR(static_cast<double>(report.requests), 12'000, 600);
    for (const LaneState& lane : report.lanes) {
        const StatsSnapshot& stats = lane.totals.stats;
        EXPECT_EQ(stats.requests(), report.requests) << lane.spec.name;
        EXPECT_EQ(stats.misses, stats.loads + stats.coalesced) << lane.spec.name;
        EXPECT_EQ(lane.totals.originCalls, stats.loads) << lane.spec.name;
        EXPECT_EQ(lane.totals.latency.count(), report.requests) << "nobody is left out";
        EXPECT_LE(stats.staleHits, stats.hits);
        EXPECT_EQ(stats.errors, 0U);
    }
    const auto& none = report.lanes[0].totals;
    EXPECT_EQ(none.stats.hits, 0U);
    EXPECT_EQ(none.originCalls, report.requests);
    const auto& shortLane = report.lanes[1].totals.stats;
    const auto& longLane = report.lanes[2].totals.stats;
    EXPECT_GT(shortLane.expirations, 0U);
    EXPECT_EQ(shortLane.evictions, 0U);
    EXPECT_GT(longLane.evictions, 0U) << "500 keys do not fit into 100";
    EXPECT_GT(longLane.staleHits, 0U);
    EXPECT_GT(shortLane.hitRatio(), 0.3);
    EXPECT_EQ(shortLane.fills, shortLane.loads);
}

// Poisson requests of rate l on one key and a TTL of T hit with probability lT / (1 + lT), as long
// as loading takes no time.
TEST_F(SimulationTest, theHitRatioOfOneKeyIsThatOfTheTheory) {
    Scenario scenario;
    scenario.duration = 400'000s;
    scenario.workload.arrivals.ratePerSecond = 2;
    scenario.workload.keys.count = 1;
    scenario.workload.updateInterval = 20s;
    scenario.origin.latency = {LatencyKind::constant, Duration{0}};
    scenario.lanes = {{.name = "one", .options = {.ttl = 7s}}};
    const Report report = run(scenario);
    const StatsSnapshot& stats = report.lanes[0].totals.stats;
    EXPECT_NEAR(stats.hitRatio(), 14.0 / 15.0, 0.001);
    // Stale share of requests: l (T - (1 - e^{-mT}) / m) / (1 + lT), updates of rate m.
    const double m = 1.0 / 20;
    const double expected = 2 * (7 - (1 - std::exp(-m * 7)) / m) / 15;
    EXPECT_NEAR(static_cast<double>(stats.staleHits) / static_cast<double>(stats.requests()),
                expected, 0.004);
}

TEST_F(SimulationTest, singleFlightShieldsTheOriginFromAStampede) {
    Scenario scenario;
    scenario.duration = 60s;
    scenario.workload.arrivals = {ArrivalKind::constant, 50};
    scenario.workload.keys.count = 1;
    scenario.origin.latency = {LatencyKind::constant, 2s};
    scenario.lanes = {{.name = "all", .options = {.ttl = 10s, .singleFlight = false}},
                      {.name = "one", .options = {.ttl = 10s}}};
    const Report report = run(scenario);
    EXPECT_EQ(report.lanes[1].totals.originCalls, 5U);
    EXPECT_GE(report.lanes[0].totals.originCalls, 5U * 99);
    EXPECT_EQ(report.lanes[0].totals.stats.coalesced, 0U);
    EXPECT_EQ(report.lanes[1].totals.latency.max(), 2s);
}

TEST_F(SimulationTest, aRestartEmptiesMemoryButNotAFile) {
    Scenario scenario = threeLanes();
    scenario.duration = 40s;
    scenario.workload.updateInterval = {};
    scenario.origin.latency = {LatencyKind::constant, 1ms};
    scenario.lanes = {{.name = "memory", .options = {.ttl = 10min}},
                      {.name = "file", .backend = "file:", .options = {.ttl = 10min}}};
    scenario.actions = {{20s, RestartLane{}}};
    const Report report = run(scenario);
    const auto& memory = report.lanes[0].totals.stats;
    const auto& file = report.lanes[1].totals.stats;
    EXPECT_EQ(report.lanes[1].trouble, std::nullopt) << report.lanes[1].trouble->toLogLine();
    EXPECT_LE(file.loads, 500U);
    EXPECT_GT(memory.loads, file.loads + 200);
    EXPECT_EQ(memory.requests(), report.requests) << "counts go on through a restart";
}

TEST_F(SimulationTest, aRestartFailsTheLoadsUnderWay) {
    Scenario scenario = threeLanes();
    scenario.lanes.erase(scenario.lanes.begin());
    scenario.origin.latency = {LatencyKind::constant, 10s};
    scenario.duration = 5s;
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{5s});
    simulation->apply(RestartLane{LaneId{1}});
    const auto lanes = simulation->lanes();
    EXPECT_EQ(lanes[0].running, 0U);
    EXPECT_EQ(lanes[0].totals.stats.loadFailures, lanes[0].totals.stats.loads);
    EXPECT_GT(lanes[1].running, 0U) << "another lane is not touched";
    simulation->drain();
}

TEST_F(SimulationTest, invalidationRemovesWhatItNamesAndLeavesAMark) {
    Scenario scenario = threeLanes();
    scenario.workload.updateInterval = {};
    scenario.origin.latency = {LatencyKind::constant, 1ms};
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{4s});
    const std::uint64_t before = simulation->lanes()[1].entries;
    simulation->apply(InvalidateMatching{LaneId{2}, "product:*"});
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_GT(marks[0].removed, 0U);
    EXPECT_EQ(marks[0].time, TimePoint{4s});
    EXPECT_EQ(simulation->lanes()[1].entries, before - marks[0].removed);
    EXPECT_EQ(simulation->lanes()[1].totals.stats.invalidations, marks[0].removed);
    EXPECT_EQ(simulation->lanes()[2].totals.stats.invalidations, 0U);
    simulation->apply(InvalidateAll{});
    EXPECT_EQ(simulation->lanes()[1].entries, 0U);
    EXPECT_EQ(simulation->lanes()[2].entries, 0U);
    simulation->apply(InvalidateKey{{}, "product:1"});
    EXPECT_EQ(marks[2].removed, 0U);
}

TEST_F(SimulationTest, outagesOfOriginAndBackendAreServedAsWellAsCanBe) {
    Scenario scenario = threeLanes();
    scenario.workload.updateInterval = {};
    scenario.origin.latency = {LatencyKind::constant, 1ms};
    scenario.lanes = {{.name = "a", .options = {.ttl = 60s}}};
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{10s});
    simulation->apply(BackendOutage{{}, true});
    const auto before = simulation->lanes()[0].totals.stats;
    simulation->advanceTo(TimePoint{11s});
    const auto during = simulation->lanes()[0].totals.stats.since(before);
    EXPECT_EQ(during.hits, 0U);
    EXPECT_GT(during.loads, 0U);
    EXPECT_EQ(during.errors, during.requests() + during.loads);
    EXPECT_TRUE(simulation->lanes()[0].backendDown);
    simulation->apply(BackendOutage{{}, false});
    simulation->apply(OriginOutage{true});
    const auto back = simulation->lanes()[0].totals.stats;
    simulation->advanceTo(TimePoint{12s});
    const auto outage = simulation->lanes()[0].totals.stats.since(back);
    EXPECT_GT(outage.hits, 0U) << "what was stored is still there";
    EXPECT_EQ(outage.loadFailures, outage.loads);
}

TEST_F(SimulationTest, aLaneWithoutAUsableBackendSaysWhyAndServesFromTheOrigin) {
    Scenario scenario = threeLanes();
    scenario.duration = 2s;
    scenario.lanes = {{.name = "typo", .backend = "memroy:"},
                      {.name = "policy", .policy = "nosuch"},
                      {.name = "down", .backend = "redis+unix:/nowhere/redis.sock"},
                      {.name = "folder", .backend = "file:/proc/nowhere"},
                      {.name = "fine"}};
    const Report report = run(scenario);
    EXPECT_EQ(report.lanes[0].trouble->code(), ErrorCode::unknownName);
    EXPECT_EQ(report.lanes[1].trouble->code(), ErrorCode::unknownName);
    EXPECT_TRUE(report.lanes[2].trouble.has_value());
    EXPECT_TRUE(report.lanes[3].trouble.has_value());
    EXPECT_FALSE(report.lanes[4].trouble.has_value());
    for (const LaneState& lane : report.lanes) {
        EXPECT_EQ(lane.totals.latency.count(), report.requests) << lane.spec.name;
        EXPECT_EQ(lane.totals.stats.loadFailures, 0U) << lane.spec.name;
    }
}

TEST_F(SimulationTest, lanesAreAddedEditedAndRemovedWhileItRuns) {
    auto simulation = make(threeLanes());
    simulation->advanceTo(TimePoint{5s});
    simulation->apply(RemoveLane{2});
    simulation->apply(AddLane{{.name = "new", .options = {.ttl = 1s}}});
    EXPECT_EQ(simulation->lanes()[2].id, 2U) << "the free number is used again";
    LaneSpec edited = simulation->lanes()[1].spec;
    edited.options.ttl = 1s;
    const auto entries = simulation->lanes()[1].entries;
    simulation->apply(EditLane{3, edited});
    EXPECT_EQ(simulation->lanes()[1].entries, entries) << "another TTL loses nothing";
    edited.capacity = 50;
    simulation->apply(EditLane{3, edited});
    EXPECT_EQ(simulation->lanes()[1].entries, 0U) << "another capacity is another cache";
    simulation->advanceTo(TimePoint{10s});
    EXPECT_LE(simulation->lanes()[1].entries, 50U);
    simulation->drain();
}

TEST_F(SimulationTest, workloadAndOriginChangeWhileItRuns) {
    auto simulation = make(threeLanes());
    simulation->advanceTo(TimePoint{5s});
    WorkloadSpec workload = simulation->workload();
    workload.keys.count = 10;
    workload.arrivals.ratePerSecond = 1000;
    simulation->apply(SetWorkload{workload});
    OriginSpec origin = simulation->origin();
    origin.latency = {LatencyKind::constant, 1ms};
    simulation->apply(SetOrigin{origin});
    const auto before = simulation->requests();
    simulation->advanceTo(TimePoint{10s});
    EXPECT_NEAR(static_cast<double>(simulation->requests() - before), 5000, 400);
    workload.trace = TraceSpec{"/nowhere.csv"};
    simulation->apply(SetWorkload{workload});
    EXPECT_EQ(marks.back().failure->code(), ErrorCode::notFound);
    simulation->advanceTo(TimePoint{11s});
    EXPECT_GT(simulation->requests(), before + 5500) << "a failed change changes nothing";
}

TEST_F(SimulationTest, samplesComeAtTheirIntervalWithWindowedFigures) {
    Scenario scenario = threeLanes();
    auto simulation = make(scenario);
    simulation->setSampleInterval(200ms);
    simulation->advanceTo(TimePoint{30s});
    ASSERT_EQ(samples.size(), 150U);
    EXPECT_EQ(samples[9].time, TimePoint{2s});
    const LaneSample& none = samples.back().lanes[0];
    EXPECT_TRUE(std::isnan(none.hitRatio));
    EXPECT_NEAR(none.originCalls, 200, 80);
    EXPECT_NEAR(none.p50, 0.5, 0.1);
    const LaneSample& cachedLane = samples.back().lanes[2];
    EXPECT_GT(cachedLane.hitRatio, 0.4);
    EXPECT_LT(cachedLane.originCalls, none.originCalls);
}

TEST_F(SimulationTest, eventsExplainRequestsAndRemovals) {
    Scenario scenario = threeLanes();
    scenario.lanes = {{.name = "a", .options = {.ttl = 1s}, .capacity = 50}};
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{20s});
    simulation->apply(InvalidateAll{});
    std::map<EventKind, int> kinds;
    for (const LaneEvent& event : events) {
        ++kinds[event.kind];
        EXPECT_NE(event.key.find(':'), std::string::npos);
        EXPECT_EQ(event.lane, 1U);
    }
    for (const EventKind kind : {EventKind::hit, EventKind::miss, EventKind::coalesced,
                                 EventKind::expired, EventKind::evicted, EventKind::invalidated}) {
        EXPECT_GT(kinds[kind], 0) << static_cast<int>(kind);
    }
    const auto stats = simulation->lanes()[0].totals.stats;
    EXPECT_EQ(static_cast<std::uint64_t>(kinds[EventKind::expired]), stats.expirations);
    EXPECT_EQ(static_cast<std::uint64_t>(kinds[EventKind::evicted]), stats.evictions);
}

TEST_F(SimulationTest, aFileLaneStaysInAFolderOfItsOwnThatGoesWithIt) {
    Scenario scenario = threeLanes();
    const std::filesystem::path given = folder / "given";
    std::filesystem::create_directories(given);
    scenario.lanes = {{.name = "scratch", .backend = "file:"},
                      {.name = "given", .backend = "file:" + given.string()},
                      {.name = "plain", .backend = "dir:" + given.string()}};
    const auto names = [&] {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(given)) {
            found.insert(entry.path().filename().string());
        }
        return found;
    };
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{2s});
    EXPECT_EQ(names(),
              (std::set<std::string>{"cachescope-lab-test-lane-2", "cachescope-lab-test-lane-3"}));
    simulation->apply(RemoveLane{2});
    EXPECT_EQ(names(), (std::set<std::string>{"cachescope-lab-test-lane-3"}));
    simulation.reset();
    EXPECT_TRUE(names().empty());
    EXPECT_TRUE(std::filesystem::exists(given)) << "which was there before";
}

TEST(Report, writesPasswordsNowhere) {
    Report report;
    LaneState lane;
    lane.spec.backend = "redis://me:secret@host";
    report.lanes.push_back(lane);
    EXPECT_EQ(reportToJson(report).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace cachescope::sim
