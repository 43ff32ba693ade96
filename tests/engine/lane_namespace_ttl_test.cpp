// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TTLs of a lane by the namespace of the keys, in virtual time.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/sim/simulation.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

struct NamespaceTtlTest : testing::Test {
    Scenario scenario;
    std::vector<LaneEvent> events;
    std::unique_ptr<Simulation> simulation;

    NamespaceTtlTest() {
        scenario.workload.arrivals.ratePerSecond = 500;
        scenario.workload.keys.count = 60;
        scenario.workload.keys.namespaces = {{"prices", 1}, {"static", 1}, {"other", 1}};
        scenario.origin.latency = {.kind = LatencyKind::constant, .median = 1ms};
        scenario.lanes = {{.name = "a", .options = {.ttl = 30s}}};
        lane().namespaceTtls = {{"prices", 6s}, {"static", 15s}};
    }
    LaneSpec& lane() { return scenario.lanes.front(); }

    void run(Duration span) {
        if (!simulation) {
            SimulationContext context;
            context.onEvent = [this](LaneEvent event) { events.push_back(std::move(event)); };
            simulation = Simulation::create(scenario, context).value();
        }
        simulation->advanceTo(simulation->now() + span);
    }
    // By namespace, the ages at which entries expired.
    std::map<std::string, std::set<Duration>> agesAtExpiry() const {
        std::map<std::string, std::set<Duration>> ages;
        for (const LaneEvent& event : events) {
            if (event.kind == EventKind::expired) {
                ages[event.key.substr(0, event.key.find(':'))].insert(event.age);
            }
        }
        return ages;
    }
    std::map<std::string, std::set<std::optional<Duration>>> ttlsOfMisses() const {
        std::map<std::string, std::set<std::optional<Duration>>> ttls;
        for (const LaneEvent& event : events) {
            if (event.kind == EventKind::miss && event.stored) {
                ttls[event.key.substr(0, event.key.find(':'))].insert(event.ttl);
            }
        }
        return ttls;
    }
};

using Ages = std::map<std::string, std::set<Duration>>;
using Ttls = std::map<std::string, std::set<std::optional<Duration>>>;

TEST_F(NamespaceTtlTest, theKeysOfEachNamespaceExpireAtTheirOwnTtlAndOthersAtTheLanes) {
    run(2min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {6s}}, {"static", {15s}}, {"other", {30s}}}));
}

TEST_F(NamespaceTtlTest, eventsTellTheTtlThatTheEntryGot) {
    run(2min);
    EXPECT_EQ(ttlsOfMisses(), (Ttls{{"prices", {6s}}, {"static", {15s}}, {"other", {30s}}}));
}

TEST_F(NamespaceTtlTest, namespacesExpireAlsoWhereTheLaneNeverDoes) {
    lane().options.ttl = std::nullopt;
    run(2min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {6s}}, {"static", {15s}}}));
}

TEST_F(NamespaceTtlTest, aTtlOfZeroStoresNothingOfThatNamespace) {
    lane().namespaceTtls = {{"prices", 0s}};
    run(10s);
    EXPECT_EQ(ttlsOfMisses(), (Ttls{{"static", {30s}}, {"other", {30s}}}));
}

TEST_F(NamespaceTtlTest, jitterShortensThemAsAnyTtl) {
    lane().options.jitter = 0.5;
    run(2min);
    const auto ages = agesAtExpiry();
    EXPECT_GT(ages.at("prices").size(), 10U);
    EXPECT_GE(*ages.at("prices").begin(), 3s);
    EXPECT_LE(*ages.at("prices").rbegin(), 6s);
    EXPECT_GE(*ages.at("static").begin(), 7500ms);
    EXPECT_LE(*ages.at("static").rbegin(), 15s);
}

TEST_F(NamespaceTtlTest, hitsDoNotMoveThemWhereTheLanesTtlSlides) {
    lane().options.sliding = true;
    run(2min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {6s}}, {"static", {15s}}}));
}

TEST_F(NamespaceTtlTest, theMaximumAgeOfASlidingTtlBoundsThem) {
    lane().namespaceTtls.push_back({"other", 10min});
    lane().options.sliding = true;
    lane().options.maxAge = 31s;
    run(2min);
    EXPECT_EQ(agesAtExpiry().at("other"), std::set<Duration>{31s});
    EXPECT_EQ(ttlsOfMisses().at("other"), std::set<std::optional<Duration>>{31s});
}

TEST_F(NamespaceTtlTest, theAbsenceTtlRulesEmptyAnswersOfAllNamespaces) {
    scenario.origin.absentRatio = 1;
    lane().options.negativeTtl = 2s;
    run(1min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {2s}}, {"static", {2s}}, {"other", {2s}}}));
}

TEST_F(NamespaceTtlTest, theyWinOverTheTtlThatAnAnswerComesWith) {
    scenario.origin.ownTtlRatio = 1;
    scenario.origin.ownTtl = 3s;
    run(2min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {6s}}, {"static", {15s}}, {"other", {3s}}}));
    EXPECT_EQ(ttlsOfMisses(), (Ttls{{"prices", {6s}}, {"static", {15s}}, {"other", {3s}}}));
}

TEST_F(NamespaceTtlTest, theMaximumAgeBoundsTheTtlThatAnAnswerComesWith) {
    scenario.origin.ownTtlRatio = 1;
    scenario.origin.ownTtl = 10min;
    lane().options.sliding = true;
    lane().options.maxAge = 31s;
    run(2min);
    EXPECT_EQ(agesAtExpiry().at("other"), std::set<Duration>{31s});
    EXPECT_EQ(ttlsOfMisses().at("other"), std::set<std::optional<Duration>>{31s});
}

TEST_F(NamespaceTtlTest, anAnswerThatIsNotToBeStoredIsNot) {
    scenario.origin.unstoredRatio = 1;
    run(10s);
    EXPECT_EQ(ttlsOfMisses(), Ttls{});
    EXPECT_EQ(simulation->lanes().front().entries, 0U);
}

TEST_F(NamespaceTtlTest, theEmptyNameIsOfKeysWithoutTheSeparator) {
    lane().separator = "/";
    lane().namespaceTtls = {{"", 4s}, {"prices", 6s}};
    run(1min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {4s}}, {"static", {4s}}, {"other", {4s}}}));
}

TEST_F(NamespaceTtlTest, anotherSeparatorPartsTheSameKeysElsewhere) {
    lane().separator = "s:";
    lane().namespaceTtls = {{"price", 6s}, {"static", 15s}};
    run(2min);
    EXPECT_EQ(agesAtExpiry(), (Ages{{"prices", {6s}}, {"static", {30s}}, {"other", {30s}}}));
}

TEST_F(NamespaceTtlTest, anEditAppliesToWhatIsLoadedFromThenOn) {
    run(3s);
    LaneSpec edited = lane();
    edited.namespaceTtls = {{"other", 10s}};
    simulation->apply(EditLane{1, edited});
    run(100s);
    EXPECT_EQ(agesAtExpiry(),
              (Ages{{"prices", {6s, 30s}}, {"static", {15s, 30s}}, {"other", {10s, 30s}}}));
}

TEST_F(NamespaceTtlTest, anotherTtlOfTheLaneLeavesThoseOfNamespacesAlone) {
    run(1ms);
    simulation->apply(SetTtl{std::nullopt, 9s});
    run(1min);
    EXPECT_EQ(agesAtExpiry().at("prices"), std::set<Duration>{6s});
    EXPECT_EQ(agesAtExpiry().at("other"), std::set<Duration>{9s});
}

TEST_F(NamespaceTtlTest, aLaneWithTtlsThatCannotBeIsRefused) {
    run(1s);
    for (const auto& wrong : std::vector<std::vector<NamespaceTtl>>{
             {{"a:b", 1s}}, {{"a", 1s}, {"a", 2s}}, {{"a", -1s}}, {{"a", 366 * 24h}}}) {
        LaneSpec spec = lane();
        spec.namespaceTtls = wrong;
        const auto valid = validate(spec);
        ASSERT_FALSE(valid.ok());
        EXPECT_EQ(valid.error().subject(), "namespace_ttls");
        simulation->apply(EditLane{1, spec});
        simulation->apply(AddLane{spec});
        ASSERT_EQ(simulation->lanes().size(), 1U);
        EXPECT_EQ(simulation->lanes()[0].spec, lane());
    }
}

}  // namespace
}  // namespace cachescope::sim
