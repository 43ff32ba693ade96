// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Answers that are made for the one who asks, behind caches that know it and caches that do not.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/sim/answer_mark.h"
#include "engine/sim/report.h"
#include "engine/sim/simulation.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kUsers = 10;

Scenario personal() {
    Scenario scenario;
    scenario.seed = 5;
    scenario.duration = 60s;
    scenario.workload.arrivals.ratePerSecond = 200;
    scenario.workload.keys.count = 20;
    scenario.workload.updateInterval = {};
    scenario.workload.users = kUsers;
    scenario.origin.latency = {LatencyKind::constant, 1ms};
    scenario.lanes = {{.name = "none", .backend = "none"},
                      {.name = "shared", .options = {.ttl = 30s}},
                      {.name = "apart", .options = {.ttl = 30s}, .varyByUser = true}};
    return scenario;
}

struct LaneUsers : testing::Test {
    std::vector<LaneEvent> events;
    std::vector<Mark> marks;
    std::unique_ptr<Simulation> simulation;

    std::vector<LaneState> run(const Scenario& scenario) {
        SimulationContext context;
        context.runId = "test";
        context.onEvent = [this](LaneEvent event) { events.push_back(std::move(event)); };
        context.onMark = [this](const Mark& mark) { marks.push_back(mark); };
        simulation = Simulation::create(scenario, context).value();
        simulation->advanceTo(TimePoint{scenario.duration});
        return simulation->lanes();
    }
    static double leaked(const LaneState& lane) {
        return static_cast<double>(lane.totals.leaks) /
               static_cast<double>(std::max<std::uint64_t>(lane.totals.stats.requests(), 1));
    }
};

TEST_F(LaneUsers, aKeyThatSaysNothingOfWhoAsksLeaksToAllTheOthers) {
    const auto lanes = run(personal());
    EXPECT_EQ(lanes[0].totals.leaks, 0U) << "without a cache";
    const LaneState& shared = lanes[1];
    // Of the hits on an entry one in ten is its owner's.
    const double share =
        static_cast<double>(shared.totals.leaks) / static_cast<double>(shared.totals.stats.hits);
    EXPECT_NEAR(share, 0.9, 0.02);
    EXPECT_EQ(lanes[2].totals.leaks, 0U);
    EXPECT_GT(shared.totals.stats.hitRatio(), lanes[2].totals.stats.hitRatio() + 0.01);
    EXPECT_EQ(shared.entries, 20U);
    EXPECT_GT(lanes[2].entries, 150U);
    EXPECT_LE(lanes[2].entries, 20U * kUsers);
    for (const LaneEvent& event : events) {
        const bool served = event.kind == EventKind::hit || event.kind == EventKind::coalesced;
        EXPECT_TRUE(!event.leaked || (event.lane == 2 && served));
    }
    const auto told = std::count_if(events.begin(), events.end(),
                                    [](const LaneEvent& event) { return event.leaked; });
    EXPECT_EQ(static_cast<std::uint64_t>(told), shared.totals.leaks);
}

TEST_F(LaneUsers, whoWaitsForTheLoadOfAnotherGetsTheAnswerOfTheOther) {
    Scenario scenario = personal();
    scenario.workload.keys.count = 1;
    scenario.origin.latency = {LatencyKind::constant, 1s};
    scenario.duration = 900ms;
    scenario.lanes = {{.name = "shared", .options = {.ttl = 30s}}};
    const auto before = run(scenario);
    EXPECT_EQ(before[0].totals.leaks, 0U) << "nobody was answered yet";
    simulation->advanceTo(TimePoint{5s});
    const auto after = simulation->lanes();
    EXPECT_GT(after[0].totals.stats.coalesced, 100U);
    const auto waited = std::count_if(events.begin(), events.end(), [](const LaneEvent& event) {
        return event.kind == EventKind::coalesced && event.leaked;
    });
    EXPECT_NEAR(static_cast<double>(waited) / static_cast<double>(after[0].totals.stats.coalesced),
                0.9, 0.1);
}

TEST_F(LaneUsers, answersForEverybodyLeakToNobody) {
    Scenario scenario = personal();
    scenario.origin.personalRatio = 0;
    EXPECT_EQ(run(scenario)[1].totals.leaks, 0U);
    scenario.origin.personalRatio = 0.5;
    const double half = leaked(run(scenario)[1]);
    EXPECT_GT(half, 0.2);
    EXPECT_LT(half, 0.8);
}

TEST_F(LaneUsers, theRequestsAreTheSameForAnyNumberOfUsers) {
    Scenario one = personal();
    one.workload.users = 1;
    Scenario many = personal();
    auto single = Workload::create(one.workload, 3, TimePoint{}).value();
    auto several = Workload::create(many.workload, 3, TimePoint{}).value();
    std::set<std::uint32_t> users;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(single->peek().time, several->peek().time);
        ASSERT_EQ(single->peek().key, several->peek().key);
        ASSERT_EQ(single->peek().user, Request::kNobody);
        ASSERT_LT(several->peek().user, kUsers);
        users.insert(several->peek().user);
        single->pop();
        several->pop();
    }
    EXPECT_EQ(users.size(), kUsers);
    // One user has nobody to be told apart from.
    const auto lanes = run(one);
    EXPECT_EQ(lanes[1].totals.leaks, 0U);
    EXPECT_EQ(lanes[1].totals.stats.hits, lanes[2].totals.stats.hits);
    EXPECT_EQ(lanes[2].entries, 20U);
}

TEST_F(LaneUsers, aKeyIsInvalidatedForAllUsersAndForNoOtherKey) {
    Scenario scenario = personal();
    const auto lanes = run(scenario);
    std::set<std::string> ofOne;
    std::string key;
    for (const LaneEvent& event : events) {
        const std::size_t end = event.key.find('{');
        if (event.lane == 3 && event.kind == EventKind::miss) {
            ASSERT_NE(end, std::string::npos) << event.key;
            key = key.empty() ? event.key.substr(0, end) : key;
            if (event.key.substr(0, end) == key &&
                event.time > TimePoint{scenario.duration - 30s}) {
                ofOne.insert(event.key);
            }
        }
    }
    ASSERT_GT(ofOne.size(), 3U);
    simulation->apply(InvalidateKey{LaneId{3}, key});
    ASSERT_FALSE(marks.empty());
    EXPECT_EQ(marks.back().removed, ofOne.size());
    EXPECT_EQ(simulation->lanes()[2].entries, lanes[2].entries - ofOne.size());
    // What belongs to a namespace still does.
    simulation->apply(InvalidateMatching{LaneId{3}, key.substr(0, key.find(':')) + ":*"});
    EXPECT_EQ(simulation->lanes()[2].entries, 0U);
}

TEST_F(LaneUsers, staleAnswersAreStillSeen) {
    Scenario scenario = personal();
    scenario.workload.updateInterval = 10s;
    const auto lanes = run(scenario);
    Scenario alone = scenario;
    alone.workload.users = 1;
    const auto without = run(alone);
    EXPECT_GT(lanes[1].totals.stats.staleHits, 1000U);
    EXPECT_EQ(lanes[1].totals.stats.staleHits, without[1].totals.stats.staleHits);
}

TEST(AnswerMarkTest, keepsBothNumbers) {
    for (const std::uint64_t version : {std::uint64_t{1}, std::uint64_t{1} << 40}) {
        EXPECT_EQ(AnswerMark{version}.pack(), version);
        for (const std::uint32_t user : {0U, 7U, kMostUsers - 1}) {
            const AnswerMark mark = AnswerMark::unpack(AnswerMark{version, user}.pack());
            EXPECT_EQ(mark.version, version);
            EXPECT_EQ(mark.user, user);
        }
        EXPECT_EQ(AnswerMark::unpack(version).user, Request::kNobody);
    }
}

}  // namespace
}  // namespace cachescope::sim
