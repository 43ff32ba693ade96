// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "engine/sim/simulation.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

LaneSpec sharing(const std::string& name, const std::string& backend, const std::string& store) {
    LaneSpec spec;
    spec.name = name;
    spec.backend = backend;
    spec.options.ttl = 10min;
    spec.store = store;
    return spec;
}

struct SharedStore : testing::Test {
    test::TemporaryDirectory folder;
    std::unique_ptr<Simulation> simulation;

    void begin(std::vector<LaneSpec> lanes) {
        Scenario scenario;
        scenario.workload.keys.count = 50;
        scenario.origin.latency.median = 1s;
        scenario.lanes = std::move(lanes);
        SimulationContext context;
        context.runId = "run";
        context.scratchDirectory = folder.path().string();
        simulation = Simulation::create(scenario, context).value();
    }
    std::string backend() { return "file:" + folder.path().string(); }
    std::filesystem::path place(const std::string& store) {
        return folder / ("cachescope-lab-run-store-" + store);
    }
    LaneState lane(std::size_t index) { return simulation->lanes().at(index); }
    void advance(Duration span) { simulation->advanceTo(simulation->now() + span); }
};

TEST_F(SharedStore, whatOneLaneStoresAnotherServes) {
    begin({sharing("a", backend(), "shop"), sharing("alone", backend(), "")});
    advance(60s);
    const std::uint64_t known = lane(0).entries;
    ASSERT_GT(known, 45U);
    simulation->apply(AddLane{sharing("b", backend(), "shop")});
    EXPECT_EQ(lane(2).entries, known);
    advance(60s);
    EXPECT_LE(lane(2).totals.originCalls, 50 - known) << "what is there is not loaded again";
    EXPECT_GT(lane(2).totals.stats.hits, 1000U);
    EXPECT_FALSE(lane(2).trouble.has_value());
}

TEST_F(SharedStore, onlyTheLastToLeaveEmptiesIt) {
    begin({sharing("a", backend(), "shop"), sharing("b", backend(), "shop")});
    advance(60s);
    ASSERT_GT(lane(1).entries, 45U);
    EXPECT_TRUE(std::filesystem::exists(place("shop")));
    simulation->apply(RemoveLane{1});
    EXPECT_GT(lane(0).entries, 45U);
    simulation->apply(EditLane{2, sharing("b", backend(), "other")});
    EXPECT_EQ(lane(0).entries, 0U);
    EXPECT_FALSE(std::filesystem::exists(place("shop")));
    EXPECT_TRUE(std::filesystem::exists(place("other")));
    simulation.reset();
    EXPECT_FALSE(std::filesystem::exists(place("other")));
}

TEST_F(SharedStore, aRestartLeavesItAsItIs) {
    begin({sharing("a", backend(), "shop")});
    advance(60s);
    const std::uint64_t known = lane(0).entries;
    simulation->apply(RestartLane{1});
    EXPECT_EQ(lane(0).entries, known);
}

TEST(StoreUsers, aPlaceIsItsNameAndWhereItLies) {
    StoreUsers users;
    const auto one = users.join(sharing("a", "redis://h:1?timeout=1s", "shop"));
    EXPECT_TRUE(StoreUsers::isLast(one));
    const auto copies = users.join(sharing("b", "tiered:redis://h:1?upper_ttl=5s", "shop"));
    EXPECT_EQ(one, copies);
    EXPECT_FALSE(StoreUsers::isLast(one));
    EXPECT_NE(one, users.join(sharing("c", "redis://h:2", "shop")));
    EXPECT_NE(one, users.join(sharing("d", "redis://h:1?db=2", "shop")));
    EXPECT_NE(one, users.join(sharing("e", "redis://h:1", "shop2")));
    EXPECT_TRUE(StoreUsers::isLast(nullptr));
}

}  // namespace
}  // namespace cachescope::sim
