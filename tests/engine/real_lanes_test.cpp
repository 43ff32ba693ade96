// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lanes on real backends: three kinds at once behind the requests of a recorded trace, and what
// each kind of trouble does to a lane.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/sim/report.h"
#include "engine/sim/simulation.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

struct RealLanes : testing::Test {
    test::TemporaryDirectory folder;

    std::unique_ptr<Simulation> make(const Scenario& scenario) const {
        SimulationContext context;
        context.runId = "test";
        context.scratchDirectory = folder.path().string();
        context.stopwatch =
            scenario.timing == Timing::measured ? &SystemClock::instance() : nullptr;
        return Simulation::create(scenario, std::move(context)).value();
    }
    static Scenario oneLane(std::string backend) {
        Scenario scenario;
        scenario.duration = 5s;
        scenario.workload.keys.count = 100;
        scenario.workload.valueBytes = 2000;
        scenario.origin.latency.median = 20ms;
        scenario.lanes = {{.name = "lane", .backend = std::move(backend)}};
        return scenario;
    }
    // Runs five seconds, or until something is wrong, and expects every request served; returns
    // what the lane says is wrong.
    std::optional<ErrorCode> troubleOf(const Scenario& scenario, int seconds = 5) const {
        auto simulation = make(scenario);
        for (int second = 1; second <= seconds && !simulation->lanes()[0].trouble; ++second) {
            simulation->advanceTo(TimePoint{std::chrono::seconds{second}});
        }
        const auto trouble = simulation->lanes()[0].trouble;
        simulation->drain();
        const LaneState lane = simulation->lanes()[0];
        EXPECT_EQ(lane.totals.latency.count(), simulation->requests());
        EXPECT_EQ(lane.totals.stats.loadFailures, 0U);
        EXPECT_EQ(lane.totals.stats.requests(), simulation->requests());
        if (!trouble) {
            return std::nullopt;
        }
        return trouble->code() == ErrorCode::unavailable && trouble->cause() != nullptr
                   ? trouble->cause()->code()
                   : trouble->code();
    }
};

// The trace that the repository does not hold is looked for beside it.
std::string recordedTrace() {
    return CACHESCOPE_SOURCE_DIR "/../shared/traces/cloudPhysicsIO.csv";
}

TEST_F(RealLanes, threeBackendsServeARecordedTraceAlike) {
    CACHESCOPE_NEEDS_REDIS();
    if (!std::filesystem::exists(recordedTrace())) {
        GTEST_SKIP() << "the recorded trace is not here: " << recordedTrace();
    }
    test::RedisServer server;
    Scenario scenario;
    scenario.workload.trace = TraceSpec{recordedTrace(), false, 1, /*sizes=*/false};
    scenario.workload.valueBytes = 64;
    scenario.origin.latency = {LatencyKind::constant, 10ms};
    scenario.timing = Timing::measured;
    scenario.duration = 2h;
    scenario.lanes = {
        {.name = "memory", .options = {.ttl = 10min}},
        {.name = "file", .backend = "file:?timeout=30s", .options = {.ttl = 10min}},
        {.name = "redis", .backend = server.url({}, "timeout=30s"), .options = {.ttl = 10min}}};
    auto simulation = make(scenario);
    simulation->advanceTo(kNever - 1ns, [&] { return simulation->requests() < 113'872; });
    simulation->drain();
    const auto lanes = simulation->lanes();
    EXPECT_EQ(simulation->requests(), 113'872U);
    const StatsSnapshot& memory = lanes[0].totals.stats;
    for (const LaneState& lane : lanes) {
        const StatsSnapshot& stats = lane.totals.stats;
        EXPECT_EQ(lane.trouble, std::nullopt) << lane.spec.name;
        EXPECT_EQ(stats.errors, 0U) << lane.spec.name;
        EXPECT_EQ(stats.requests(), 113'872U) << lane.spec.name;
        EXPECT_EQ(stats.hits, memory.hits) << lane.spec.name;
        EXPECT_EQ(stats.loads, memory.loads) << lane.spec.name;
        EXPECT_EQ(stats.evictions, 0U) << lane.spec.name;
        EXPECT_GT(lane.totals.latency.percentile(0.5), Duration::zero()) << "measured for real";
    }
    EXPECT_GT(memory.hits, 30'000U);
}

TEST_F(RealLanes, aRedisLaneLeavesOtherKeysAloneAndItsOwnAreGoneAfterwards) {
    CACHESCOPE_NEEDS_REDIS();
    test::RedisServer server;
    for (int i = 0; i < 50; ++i) {
        (void)server.command({"SET", "product:" + std::to_string(i), "precious"});
        (void)server.command({"SET", "cachescope:" + std::to_string(i), "precious"});
    }
    {
        Scenario scenario = oneLane(server.url({}, "prefix=product:"));
        auto simulation = make(scenario);
        simulation->advanceTo(TimePoint{5s});
        EXPECT_GT(server.command({"DBSIZE"}).integer, 150);
        simulation->apply(InvalidateAll{});
        EXPECT_EQ(server.command({"DBSIZE"}).integer, 100);
        simulation->advanceTo(TimePoint{8s});
    }
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 100);
    EXPECT_EQ(server.command({"GET", "product:1"}).text, "precious");
}

TEST_F(RealLanes, expirationsOfRedisAreCountedOnTimeWithoutReads) {
    CACHESCOPE_NEEDS_REDIS();
    test::RedisServer server;
    Scenario scenario = oneLane(server.url());
    scenario.lanes[0].options.ttl = 1s;
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{2s});
    simulation->apply(SetRate{0});
    const auto before = simulation->lanes()[0].totals.stats;
    simulation->advanceTo(TimePoint{10s});
    const auto after = simulation->lanes()[0].totals.stats;
    EXPECT_EQ(after.expirations, after.fills);
    EXPECT_GT(after.expirations, before.expirations);
    EXPECT_EQ(after.requests(), before.requests());
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 0);
}

TEST_F(RealLanes, aServerThatDiesAndComesBackIsUsedAgain) {
    CACHESCOPE_NEEDS_REDIS();
    test::RedisServer server;
    Scenario scenario = oneLane(server.url());
    auto simulation = make(scenario);
    simulation->advanceTo(TimePoint{3s});
    EXPECT_GT(simulation->lanes()[0].totals.stats.hits, 0U);
    server.kill();
    simulation->advanceTo(TimePoint{4s});
    EXPECT_TRUE(simulation->lanes()[0].trouble.has_value());
    server.restart();
    // The client's pause before its next attempt is real time, the run's is not.
    const auto hitsBefore = simulation->lanes()[0].totals.stats.hits;
    for (int second = 5; simulation->lanes()[0].totals.stats.hits < hitsBefore + 50; ++second) {
        simulation->advanceTo(TimePoint{std::chrono::seconds{second}});
        ASSERT_LT(second, 5'000'000);
    }
    simulation->drain();
}

TEST_F(RealLanes, whatIsWrongWithAServerIsSaidAndTheOriginServes) {
    CACHESCOPE_NEEDS_REDIS();
    test::RedisServer locked({.password = "secret"});
    EXPECT_EQ(troubleOf(oneLane("redis+unix:" + locked.address().unixPath)),
              ErrorCode::authentication);

    test::RedisServer full(
        {.arguments = {"--maxmemory", "1mb", "--maxmemory-policy", "noeviction"}});
    EXPECT_EQ(troubleOf(oneLane(full.url())), ErrorCode::outOfMemory);

    test::RedisServer primary({.tcp = true});
    test::RedisServer replica({.tcp = true});
    (void)replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.address().port)});
    EXPECT_EQ(troubleOf(oneLane(replica.url())), ErrorCode::readOnly);

    test::ScriptedServer http(std::string("HTTP/1.1 400 Bad Request\r\n\r\n"));
    EXPECT_EQ(troubleOf(oneLane(http.url())), ErrorCode::notThisProtocol);

    EXPECT_EQ(troubleOf(oneLane("redis://127.0.0.1:" + std::to_string(test::freePort()))),
              ErrorCode::unreachable);
}

TEST_F(RealLanes, whatIsWrongWithAFolderIsSaidAndTheOriginServes) {
    std::ofstream(folder / "file") << "in the way";
    EXPECT_TRUE(troubleOf(oneLane("file:" + (folder / "file").string())).has_value());
    EXPECT_TRUE(troubleOf(oneLane("dir:" + (folder / "file").string())).has_value());
    EXPECT_TRUE(troubleOf(oneLane("file:/proc/1/nowhere")).has_value());
    EXPECT_EQ(troubleOf(oneLane("file:" + (folder / "fine").string())), std::nullopt);
}

TEST_F(RealLanes, aFullDiskIsSaidAndTheOriginServes) {
    const auto fillDisk = [&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100'000, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto trouble = troubleOf(oneLane("file:" + (folder / "full").string()), 100'000);
        std::_Exit(trouble == ErrorCode::diskFull && !testing::Test::HasFailure() ? 0 : 1);
    };
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(fillDisk(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace cachescope::sim
