// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/sim/report.h"
#include "engine/sim/scheduler.h"
#include "engine/sim/simulation.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

Fetched fetched(Source source, StaleReason stale = StaleReason::none) {
    Fetched result;
    result.source = source;
    result.stale = stale;
    return result;
}

TEST(LaneOutcome, namesWhatARequestMet) {
    EXPECT_EQ(outcomeOf(fetched(Source::stored), false, false), EventKind::hit);
    EXPECT_EQ(outcomeOf(fetched(Source::stored), true, false), EventKind::staleHit);
    EXPECT_EQ(outcomeOf(fetched(Source::loaded), false, false), EventKind::miss);
    EXPECT_EQ(outcomeOf(fetched(Source::waited), false, false), EventKind::coalesced);
    Fetched lower = fetched(Source::stored);
    lower.entry.level = 1;
    EXPECT_EQ(outcomeOf(lower, false, false), EventKind::lowerHit);
    EXPECT_EQ(outcomeOf(lower, true, false), EventKind::staleHit) << "the age matters more";
}

TEST(LaneOutcome, aValuePastItsTtlIsNamedByTheReason) {
    for (const bool outdated : {false, true}) {
        EXPECT_EQ(outcomeOf(fetched(Source::stored, StaleReason::revalidating), outdated, false),
                  EventKind::expiredHit);
        EXPECT_EQ(outcomeOf(fetched(Source::stored, StaleReason::loadFailed), outdated, false),
                  EventKind::fallback);
        EXPECT_EQ(outcomeOf(fetched(Source::waited, StaleReason::slowLoad), outdated, false),
                  EventKind::fallback);
    }
}

TEST(LaneOutcome, rememberedAnswersAreToldFromNewOnes) {
    Fetched absent = fetched(Source::stored);
    absent.absent = true;
    EXPECT_EQ(outcomeOf(absent, false, false), EventKind::rememberedAbsence);
    absent.source = Source::loaded;
    EXPECT_EQ(outcomeOf(absent, false, false), EventKind::miss);
    const Error failure{ErrorCode::loadFailed, "origin"};
    EXPECT_EQ(outcomeOf(failure, false, false), EventKind::failed);
    EXPECT_EQ(outcomeOf(failure, false, true), EventKind::rememberedFailure);
    EXPECT_EQ(outcomeOf(Error{ErrorCode::timedOut, "product:1"}, false, false),
              EventKind::timedOut);
}

TEST(LaneMetrics, figuresOfTheOptionsAreWindowed) {
    LaneMetrics metrics;
    LaneTotals totals;
    totals.stats.hits = 60;
    totals.stats.misses = 40;
    totals.stats.expiredHits = 20;
    totals.stats.fallbacks = 10;
    totals.stats.negativeHits = 5;
    totals.stats.refreshes = 4;
    totals.stats.timeouts = 2;
    LaneSample sample = metrics.take(1, true, totals, 200ms);
    EXPECT_DOUBLE_EQ(sample.expiredRatio, 0.2);
    EXPECT_DOUBLE_EQ(sample.fallbackRatio, 0.1);
    EXPECT_DOUBLE_EQ(sample.negativeRatio, 0.05);
    EXPECT_DOUBLE_EQ(sample.refreshes, 20);
    EXPECT_DOUBLE_EQ(sample.timeouts, 10);
    for (std::size_t i = 0; i <= LaneMetrics::kRatioWindow; ++i) {
        totals.stats.hits += 100;
        sample = metrics.take(1, true, totals, 200ms);
    }
    EXPECT_EQ(sample.expiredRatio, 0);
    EXPECT_EQ(sample.refreshes, 0);
}

TEST(Scheduler, keepsTheTimersOfACacheInOrder) {
    Scheduler scheduler;
    Timers& timers = scheduler;
    std::string order;
    timers.at(TimePoint{2s}, [&] { order += 'b'; });
    timers.at(TimePoint{1s}, [&] { order += 'a'; });
    timers.at(TimePoint{2s}, [&] { order += 'c'; });
    while (scheduler.nextTime() != kNever) {
        scheduler.runNext();
    }
    EXPECT_EQ(order, "abc");
}

struct LaneOptionsTest : testing::Test {
    test::TemporaryDirectory folder;
    std::vector<LaneEvent> events;
    std::vector<Mark> marks;

    std::unique_ptr<Simulation> make(const Scenario& scenario) {
        SimulationContext context;
        context.runId = "test";
        context.scratchDirectory = folder.path().string();
        context.onEvent = [this](LaneEvent event) { events.push_back(std::move(event)); };
        context.onMark = [this](const Mark& mark) { marks.push_back(mark); };
        return Simulation::create(scenario, std::move(context)).value();
    }
    static Scenario steady() {
        Scenario scenario;
        scenario.workload.arrivals = {ArrivalKind::constant, 100};
        scenario.workload.keys.count = 200;
        scenario.workload.keys.kind = PopularityKind::uniform;
        scenario.origin.latency = {LatencyKind::constant, 20ms};
        scenario.lanes = {{.name = "a", .options = {.ttl = 60s}}};
        return scenario;
    }
};

TEST_F(LaneOptionsTest, someKeysHaveNoDataTheSameInEveryLane) {
    Scenario scenario = steady();
    scenario.origin.absentRatio = 0.25;
    scenario.lanes = {{.name = "one", .backend = "none"}, {.name = "two", .backend = "none"}};
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{60s});
    simulation->drain();
    std::map<LaneId, std::set<std::string>> absent;
    std::set<std::string> asked;
    for (const LaneEvent& event : events) {
        if (event.kind == EventKind::miss) {
            asked.insert(event.key);
            if (event.absent) {
                absent[event.lane].insert(event.key);
            }
        }
    }
    EXPECT_EQ(asked.size(), 200U);
    EXPECT_EQ(absent[1], absent[2]);
    EXPECT_NEAR(static_cast<double>(absent[2].size()), 50, 15);
    EXPECT_EQ(simulation->lanes()[0].totals.stats.loadFailures, 0U) << "nothing is an answer";
}

TEST_F(LaneOptionsTest, aBackendThatHangsCostsItsTimeOutACall) {
    Scenario scenario = steady();
    scenario.lanes.push_back({.name = "other", .options = {.ttl = 60s}});
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{10s});
    const auto before = simulation->lanes();
    simulation->apply(BackendOutage{LaneId{1}, true, true});
    simulation->advanceTo(TimePoint{12s});
    const auto during = simulation->lanes();
    EXPECT_TRUE(during[0].backendDown);
    EXPECT_TRUE(during[0].backendHangs);
    EXPECT_FALSE(during[1].backendDown);
    EXPECT_EQ(during[0].trouble->code(), ErrorCode::timedOut);
    const auto latency = during[0].totals.latency.since(before[0].totals.latency);
    EXPECT_GE(latency.percentile(0), 490ms) << "one call to look, one to store";
    EXPECT_LE(during[1].totals.latency.max(), 40ms);

    simulation->apply(BackendOutage{LaneId{1}, false});
    const auto back = simulation->lanes()[0].totals.latency;
    simulation->advanceTo(TimePoint{14s});
    EXPECT_FALSE(simulation->lanes()[0].backendDown);
    EXPECT_EQ(simulation->lanes()[0].totals.latency.since(back).percentile(0.2), 0ns);
    simulation->drain();
}

TEST_F(LaneOptionsTest, everyRequestIsAnsweredOnceWhenALaneEnds) {
    Scenario scenario = steady();
    scenario.origin.latency.median = 10s;
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{5s});
    simulation->apply(RestartLane{});
    EXPECT_EQ(simulation->lanes()[0].totals.latency.count(), simulation->requests());
    simulation->advanceTo(TimePoint{30s});
    simulation->drain();
    EXPECT_EQ(simulation->lanes()[0].totals.latency.count(), simulation->requests());
    for (const LaneEvent& event : events) {
        EXPECT_FALSE(event.background) << "somebody waited for each load";
    }
}

TEST_F(LaneOptionsTest, aLaneWithoutACacheHasNothingToMark) {
    Scenario scenario = steady();
    scenario.lanes = {{.name = "none", .backend = "none"}};
    auto simulation = make(scenario);
    simulation->apply(InvalidateTag{{}, "product"});
    simulation->apply(InvalidateSpace{{}, "shop"});
    simulation->apply(InvalidateAllByMark{});
    ASSERT_EQ(marks.size(), 3U);
    for (const Mark& mark : marks) {
        EXPECT_EQ(mark.failure, std::nullopt);
        EXPECT_EQ(mark.removed, 0U);
    }
}

TEST_F(LaneOptionsTest, optionsThatDoNotGoTogetherNeverReachALane) {
    auto simulation = make(steady());
    const LaneSpec before = simulation->lanes()[0].spec;
    LaneSpec wrong = before;
    wrong.options.ttl = -1s;
    simulation->apply(EditLane{1, wrong});
    simulation->apply(AddLane{wrong});
    simulation->apply(SetTtl{{}, -1s});
    ASSERT_EQ(marks.size(), 3U);
    for (const Mark& mark : marks) {
        ASSERT_TRUE(mark.failure.has_value());
        EXPECT_EQ(mark.failure->subject(), "ttl");
    }
    ASSERT_EQ(simulation->lanes().size(), 1U);
    EXPECT_EQ(simulation->lanes()[0].spec, before);
    simulation->apply(SetTtl{{}, 5s});
    EXPECT_EQ(simulation->lanes()[0].spec.options.ttl, 5s);
}

TEST(Report, countsWhatTheOptionsDid) {
    Report report;
    LaneState lane;
    lane.totals.stats.expiredHits = 11;
    lane.totals.stats.fallbacks = 12;
    lane.totals.stats.negativeHits = 13;
    lane.totals.stats.refreshes = 14;
    lane.totals.stats.timeouts = 15;
    report.lanes.push_back(lane);
    const std::string json = reportToJson(report, -1);
    for (const char* part : {R"("expired_hits":11)", R"("fallbacks":12)", R"("negative_hits":13)",
                             R"("refreshes":14)", R"("timeouts":15)"}) {
        EXPECT_NE(json.find(part), std::string::npos) << part;
    }
}

TEST(Report, everyCsvLineHasAValueAColumn) {
    Sample sample;
    LaneSample lane;
    lane.refreshes = 3.5;
    sample.lanes = {lane};
    const auto commas = [](const std::string& line) {
        return std::count(line.begin(), line.end(), ',');
    };
    const std::string line = sampleCsvLines(sample, {});
    EXPECT_EQ(commas(line), commas(sampleCsvHeader()));
    EXPECT_NE(line.find(",3.5,"), std::string::npos);
}

}  // namespace
}  // namespace cachescope::sim
