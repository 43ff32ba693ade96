// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The scenarios that come with the program to show one option each, run in virtual time: each has
// to show what its description says.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/sim/scenario_json.h"
#include "engine/sim/simulation.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

struct OptionScenario : testing::Test {
    test::TemporaryDirectory folder;
    std::map<std::string, LaneState> lanes;
    std::map<std::size_t, double> mostExpirations;  // a second, by the lane's place

    void run(const std::string& id) {
        auto scenario = loadScenario(std::string(CACHESCOPE_SOURCE_DIR) + "/resources/scenarios/" +
                                     id + ".json");
        ASSERT_TRUE(scenario.ok()) << scenario.error().toLogLine();
        SimulationContext context;
        context.runId = "options";
        context.scratchDirectory = folder.path().string();
        context.onSample = [this](const Sample& sample) {
            for (std::size_t i = 0; i < sample.lanes.size(); ++i) {
                double& most = mostExpirations[i];
                most = std::max(most, sample.lanes[i].expirations);
            }
        };
        auto simulation = Simulation::create(*scenario, context).value();
        simulation->setSampleInterval(200ms);
        simulation->advanceTo(TimePoint{scenario->duration});
        simulation->drain();
        for (LaneState& lane : simulation->lanes()) {
            const std::string name = lane.spec.name;
            lanes[name] = std::move(lane);
        }
    }
    const StatsSnapshot& stats(const std::string& lane) { return lanes.at(lane).totals.stats; }
    double calls(const std::string& lane) {
        return static_cast<double>(lanes.at(lane).totals.originCalls);
    }
    double staleShare(const std::string& lane) {
        return static_cast<double>(stats(lane).staleHits) /
               static_cast<double>(stats(lane).requests());
    }
    Duration latency(const std::string& lane, double share) {
        return lanes.at(lane).totals.latency.percentile(share);
    }
};

TEST_F(OptionScenario, slidingKeepsWhatIsUsedAndTheLongestAgeBoundsHowOldItGets) {
    run("sliding-ttl");
    EXPECT_LT(calls("Sliding"), 0.6 * calls("TTL 10 s"));
    EXPECT_GT(staleShare("Sliding"), 1.5 * staleShare("Sliding, at most 40 s"));
    EXPECT_LT(calls("Sliding, at most 40 s"), calls("TTL 10 s"));
}

TEST_F(OptionScenario, jitterSpreadsTheLoadThatExpiresTogether) {
    run("jitter");
    EXPECT_LT(mostExpirations[1], 0.4 * mostExpirations[0]);
}

TEST_F(OptionScenario, anEmptyAnswerThatIsRememberedSavesItsLoads) {
    run("negative-ttl");
    EXPECT_EQ(stats("Not remembered").negativeHits, 0U);
    EXPECT_LT(calls("For 5 seconds"), 0.6 * calls("Not remembered"));
    EXPECT_LT(calls("As any other"), calls("For 5 seconds"));
}

TEST_F(OptionScenario, aRememberedFailureSparesTheOrigin) {
    run("error-ttl");
    EXPECT_LT(static_cast<double>(stats("Failures for 2 s").loadFailures),
              0.7 * static_cast<double>(stats("Each request tries").loadFailures));
    EXPECT_GT(stats("Failures for 2 s").negativeHits, 0U);
}

TEST_F(OptionScenario, staleWhileRevalidateTakesTheWaitAwayAndServesOldValuesForIt) {
    run("stale-while-revalidate");
    EXPECT_GT(latency("TTL 5 s", 0.95), 100ms);
    EXPECT_LT(latency("And 30 s of grace", 0.95), 1ms);
    EXPECT_GT(stats("And 30 s of grace").expiredHits, 0U);
}

TEST_F(OptionScenario, refreshAheadLeavesHardlyAMiss) {
    run("refresh-ahead");
    EXPECT_LT(static_cast<double>(stats("Refreshed after 80 %").misses),
              0.5 * static_cast<double>(stats("TTL 10 s").misses));
    EXPECT_EQ(stats("Refreshed after 80 %").expiredHits, 0U);
}

TEST_F(OptionScenario, xfetchSavesMostOfAStampede) {
    run("xfetch");
    EXPECT_LT(calls("XFetch"), 0.5 * calls("Everyone loads"));
    EXPECT_LT(lanes.at("XFetch").totals.latency.mean(),
              lanes.at("Everyone loads").totals.latency.mean());
}

TEST_F(OptionScenario, failSafeServesThroughAnOutage) {
    run("fail-safe");
    EXPECT_GT(stats("TTL 10 s").loadFailures, 1000U);
    EXPECT_GT(stats("Stale if it fails").fallbacks, 1000U);
    EXPECT_LT(stats("Stale if it fails").loadFailures, stats("TTL 10 s").loadFailures);
}

TEST_F(OptionScenario, aSoftTimeOutCutsTheTailWithoutAFailure) {
    run("soft-time-out");
    EXPECT_GT(latency("Waits", 0.99), 2s);
    EXPECT_LT(latency("For 250 ms at most", 0.99), 400ms);
    EXPECT_GT(stats("For 250 ms at most").timeouts, 0U);
    EXPECT_EQ(stats("For 250 ms at most").loadFailures, 0U);
}

TEST_F(OptionScenario, aHardTimeOutBoundsEveryWait) {
    run("hard-time-out");
    EXPECT_GT(latency("Waits", 0.999), 4s);
    EXPECT_LE(latency("For 1 s at most", 1), 1100ms);
    EXPECT_GT(stats("For 1 s at most").timeouts, 0U);
}

TEST_F(OptionScenario, aTagVoidsWhatIsMeantAndNothingElse) {
    run("tags");
    EXPECT_LT(calls("By tag"), 0.8 * calls("Everything"));
    EXPECT_GT(stats("By tag").invalidations, 50U);
}

TEST_F(OptionScenario, aCircuitBreakerSparesRequestsTheTimeOut) {
    run("circuit-breaker");
    EXPECT_GT(latency("Asks each time", 0.9), 240ms);
    EXPECT_LT(latency("With a breaker", 0.9), 200ms);
}

TEST_F(OptionScenario, twoLevelsHitAsOftenAsTheLowerOneAlone) {
    run("two-levels");
    EXPECT_FALSE(lanes.at("Memory over file").trouble.has_value());
    EXPECT_EQ(stats("Memory over file").hits, stats("File").hits);
    EXPECT_EQ(stats("Memory over file").errors, 0U);
    EXPECT_GT(stats("File").hits, 10'000U);
}

TEST_F(OptionScenario, aRecoveryQueueMakesUpForMissedInvalidations) {
    run("recovery-queue");
    EXPECT_LT(staleShare("Made up for"), 0.8 * staleShare("Missed"));
    EXPECT_GT(stats("Missed").errors, 0U);
}

}  // namespace
}  // namespace cachescope::sim
