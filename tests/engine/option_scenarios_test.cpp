// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The scenarios that come with the program to show one option each, run in virtual time: each has
// to show what its description says.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/backend/backend_registry.h"
#include "engine/backend/tiered_backend.h"
#include "engine/sim/lane_backend.h"
#include "engine/sim/scenario_json.h"
#include "engine/sim/simulation.h"
#include "tests/support/redis_server.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

/// A store each of whose calls takes a millisecond on a stopwatch of the test's own.
class SlowStore final : public Backend {
public:
    static ManualClock& stopwatch() {
        static ManualClock clock;
        return clock;
    }
    /// The kinds of the program, but for files, whose place a slow store takes.
    static const BackendRegistry& registry() {
        static const BackendRegistry kinds = [] {
            BackendRegistry filled;
            filled.add(*BackendRegistry::builtin().find("memory"));
            BackendKind file = *BackendRegistry::builtin().find("file");
            file.make = [](const BackendUrl&, const BackendConfig& config) {
                return Result<std::unique_ptr<Backend>>{std::make_unique<SlowStore>(
                    BackendRegistry::builtin().create("memory:", config).value())};
            };
            filled.add(std::move(file));
            filled.add(tieredBackendKind(&SlowStore::registry));
            return filled;
        }();
        return kinds;
    }

    explicit SlowStore(std::unique_ptr<Backend> memory) : m_memory(std::move(memory)) {}

    std::string url() const override { return "file:"; }
    BackendCapabilities capabilities() const override { return m_memory->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override { return slow().get(key); }
    Result<void> set(std::string_view key, const Entry& entry) override {
        return slow().set(key, entry);
    }
    Result<bool> erase(std::string_view key) override { return slow().erase(key); }
    Result<std::uint64_t> clear() override { return slow().clear(); }
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override {
        return slow().scan(cursor, pattern, limit);
    }
    Result<BackendStat> stat() override { return m_memory->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override {
        return m_memory->removeExpired(limit);
    }
    void setRemovalListener(RemovalListener listener) override {
        m_memory->setRemovalListener(std::move(listener));
    }

private:
    Backend& slow() {
        stopwatch().advance(1ms);
        return *m_memory;
    }

    std::unique_ptr<Backend> m_memory;
};

struct OptionScenario : testing::Test {
    test::TemporaryDirectory folder;
    std::map<std::string, LaneState> lanes;
    std::map<std::size_t, double> mostExpirations;  // a second, by the lane's place

    SimulationContext context;

    static Scenario load(const std::string& id) {
        return loadScenario(std::string(CACHESCOPE_SOURCE_DIR) + "/resources/scenarios/" + id +
                            ".json")
            .value();
    }
    void run(const std::string& id) { run(load(id)); }
    void run(const Scenario& scenario) {
        lanes.clear();
        context.runId = "options";
        context.scratchDirectory = folder.path().string();
        context.onSample = [this](const Sample& sample) {
            for (std::size_t i = 0; i < sample.lanes.size(); ++i) {
                double& most = mostExpirations[i];
                most = std::max(most, sample.lanes[i].expirations);
            }
        };
        auto simulation = Simulation::create(scenario, context).value();
        simulation->setSampleInterval(200ms);
        simulation->advanceTo(TimePoint{scenario.duration});
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

TEST_F(OptionScenario, aLongerTtlHitsMoreAndIsWrongMoreOften) {
    run("ttl-too-long");
    EXPECT_GT(calls("TTL 2 s"), 3 * calls("TTL 30 s"));
    EXPECT_GT(calls("TTL 30 s"), 3 * calls("TTL 10 min"));
    EXPECT_LT(staleShare("TTL 2 s"), 0.1);
    EXPECT_GT(staleShare("TTL 30 s"), 0.2);
    EXPECT_GT(staleShare("TTL 10 min"), 1.5 * staleShare("TTL 30 s"));
}

TEST_F(OptionScenario, aKeyWithoutTheUserServesWhatIsAnothers) {
    run("user-data");
    const LaneState& shared = lanes.at("One key for all");
    const LaneState& apart = lanes.at("A key for each user");
    EXPECT_NEAR(
        static_cast<double>(shared.totals.leaks) / static_cast<double>(shared.totals.stats.hits),
        39.0 / 40, 0.01);
    EXPECT_EQ(apart.totals.leaks, 0U);
    EXPECT_GT(apart.totals.stats.hitRatio(), 0.7) << "and still it is worth while";
    EXPECT_LT(apart.totals.stats.hitRatio(), shared.totals.stats.hitRatio() - 0.05);
}

TEST_F(OptionScenario, theLimitsOfABreakerAreTheLanesOwn) {
    Scenario scenario = load("circuit-breaker");
    LaneSpec& usual = scenario.lanes.at(1);
    ASSERT_TRUE(usual.breaker);
    LaneSpec patient = usual;
    patient.name = "A thousand";
    patient.breakerFailures = 1000;
    LaneSpec late = usual;
    late.name = "Late to return";
    late.breakerPause = 60s;
    late.breakerMaxPause = 1s;  // a first pause that is longer counts
    const std::string name = usual.name;
    scenario.lanes.push_back(patient);
    scenario.lanes.push_back(late);
    run(scenario);
    EXPECT_GT(latency("A thousand", 0.98), 240ms) << "each of them costs its time-out";
    EXPECT_LT(latency(name, 0.98), 200ms);
    EXPECT_LT(stats("Late to return").hits, stats(name).hits - 1000U);
    EXPECT_LT(latency("Late to return", 0.9), 200ms);
}

TEST_F(OptionScenario, singleFlightKeepsTheOriginFromBeingBuried) {
    run("stampede");
    EXPECT_LT(calls("Single-flight"), 0.1 * calls("Everyone loads"));
    EXPECT_GT(stats("Single-flight").coalesced, 0U);
    EXPECT_EQ(stats("Everyone loads").coalesced, 0U);
    EXPECT_GT(latency("Everyone loads", 0.95), 10 * latency("Single-flight", 0.95));
}

TEST_F(OptionScenario, aTtlForEachNamespaceIsNeitherTooLongNorTooShort) {
    run("namespace-ttls");
    EXPECT_LT(calls("By namespace"), 0.6 * calls("TTL 5 s"));
    EXPECT_LT(staleShare("By namespace"), 0.5 * staleShare("TTL 5 min"));
}

TEST_F(OptionScenario, whatTheHandlerSaysOfItsAnswerRulesAboveTheTtlOfTheLane) {
    Scenario scenario = load("chosen-ttl");
    run(scenario);
    const double chosen = calls("TTL 10 min");
    const double chosenStale = staleShare("TTL 10 min");
    EXPECT_LT(static_cast<double>(stats("TTL 10 min").fills),
              static_cast<double>(stats("TTL 10 min").loads));
    scenario.origin.unstoredRatio = 0;
    run(scenario);
    EXPECT_EQ(stats("TTL 10 min").fills, stats("TTL 10 min").loads);
    EXPECT_LT(calls("TTL 10 min"), chosen);
    scenario.origin.ownTtlRatio = 0;
    run(scenario);
    EXPECT_EQ(calls("TTL 10 min"), 300) << "each key once, where nothing else is said";
    EXPECT_GT(staleShare("TTL 10 min"), 1.2 * chosenStale);
}

TEST_F(OptionScenario, withLeasesOneOfTwoProgramsLoads) {
    CACHESCOPE_NEEDS_REDIS();
    const test::RedisServer server;
    Scenario scenario = load("leases");
    for (LaneSpec& lane : scenario.lanes) {
        lane.backend = server.url();
    }
    run(scenario);
    for (const auto& [name, lane] : lanes) {
        EXPECT_FALSE(lane.trouble.has_value()) << name;
    }
    const double without = calls("One program") + calls("Another");
    const double with = calls("One with leases") + calls("Another with leases");
    EXPECT_LT(with, 0.65 * without);
    EXPECT_GT(stats("One with leases").hits + stats("Another with leases").hits, 1000U);
    EXPECT_LE(server.command({"DBSIZE"}).integer, 1) << "tokens of leases never repeat";
}

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

TEST_F(OptionScenario, aPauseBetweenTriesSparesTheOriginAndDelaysWhatIsNew) {
    run("retry-after");
    const auto failures = [this](const char* lane) {
        return static_cast<double>(stats(lane).loadFailures);
    };
    EXPECT_LT(failures("After 1 s"), 0.8 * failures("At once"));
    EXPECT_LT(failures("After 15 s"), 0.3 * failures("After 1 s"));
    EXPECT_GT(stats("After 15 s").fallbacks, stats("After 1 s").fallbacks);
    EXPECT_GT(stats("At once").fallbacks, 1000U);
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

TEST_F(OptionScenario, spacesAndMarksReachThoseThatHeedThem) {
    run("marks");
    EXPECT_EQ(stats("Heeds no mark").invalidations, 0U);
    EXPECT_GT(stats("Marked").invalidations, 100U);
    EXPECT_GT(stats("In the space").invalidations, stats("Marked").invalidations + 100U);
    EXPECT_LT(staleShare("Marked"), 0.9 * staleShare("Heeds no mark"));
    EXPECT_LT(staleShare("In the space"), 0.9 * staleShare("Marked"));
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

TEST_F(OptionScenario, mostHitsOfTwoLevelsAreCopiesAndCostNoCallBelow) {
    context.registry = &SlowStore::registry();
    context.stopwatch = &SlowStore::stopwatch();
    run("two-levels");
    const StatsSnapshot& levels = stats("Memory over file");
    EXPECT_TRUE(lanes.at("Memory over file").guards.levels);
    EXPECT_GT(levels.lowerHits, 0U) << "copies end after ten seconds";
    EXPECT_LT(levels.lowerHits, levels.hits / 2);
    EXPECT_EQ(stats("File").lowerHits, 0U);
    EXPECT_EQ(levels.hits, stats("File").hits);
    EXPECT_GE(latency("File", 0.5), 990us);
    EXPECT_LT(latency("Memory over file", 0.5), 1us);
}

TEST_F(OptionScenario, aRecoveryQueueMakesUpForMissedInvalidations) {
    run("recovery-queue");
    EXPECT_LT(staleShare("Made up for"), 0.8 * staleShare("Missed"));
    EXPECT_GT(stats("Missed").errors, 0U);
}

}  // namespace
}  // namespace cachescope::sim
