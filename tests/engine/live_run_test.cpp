// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/live_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>

#include "tests/support/eventually.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

Scenario small() {
    Scenario scenario;
    scenario.workload.arrivals.ratePerSecond = 1000;
    scenario.origin.latency.median = 50ms;
    scenario.lanes = {{.name = "a", .options = {.ttl = 5s}}, {.name = "none", .backend = "none"}};
    return scenario;
}

struct LiveRunTest : testing::Test {
    test::TemporaryDirectory folder;

    LiveRunConfig config() const {
        LiveRunConfig config;
        config.runId = "test";
        config.scratchDirectory = folder.path().string();
        return config;
    }
    // Polls until the condition holds; the test's own time-out ends what never comes.
    static LiveUpdate until(LiveRun& run, const std::function<bool(const LiveState&)>& condition) {
        LiveUpdate all;
        for (;;) {
            run.waitForNews(100ms);
            LiveUpdate update = run.poll();
            all.state = update.state;
            all.samples.insert(all.samples.end(), update.samples.begin(), update.samples.end());
            all.marks.insert(all.marks.end(), update.marks.begin(), update.marks.end());
            all.events.insert(all.events.end(), update.events.begin(), update.events.end());
            if (condition(*update.state)) {
                return all;
            }
        }
    }
};

TEST_F(LiveRunTest, startsPausedRunsAndPausesWhereAsked) {
    LiveRun run(small(), config());
    auto update = until(run, [](const auto& s) { return s.phase == RunPhase::paused; });
    EXPECT_EQ(update.state->time, TimePoint{});
    run.setSpeed(100);
    run.pauseAt(TimePoint{30s});
    run.run();
    update = until(
        run, [](const auto& s) { return s.phase == RunPhase::paused && s.time >= TimePoint{30s}; });
    EXPECT_EQ(update.state->time, TimePoint{30s});
    EXPECT_NEAR(static_cast<double>(update.state->requests), 30'000, 1500);
    EXPECT_FALSE(update.events.empty());
}

TEST_F(LiveRunTest, stepsOneSampleAtATime) {
    LiveRun run(small(), config());
    run.step();
    run.step();
    const auto update = until(run, [](const auto& s) { return s.time >= TimePoint{400ms}; });
    EXPECT_EQ(update.state->time, TimePoint{400ms});
    EXPECT_EQ(update.samples.size(), 2U);
    EXPECT_EQ(update.state->phase, RunPhase::paused);
}

TEST_F(LiveRunTest, actionsAndResetTakeEffectInOrder) {
    LiveRun run(small(), config());
    run.skipTo(TimePoint{10s});
    run.apply(AddLane{{.name = "b", .options = {.ttl = 1s}}});
    run.apply(SetRate{5});
    auto update =
        until(run, [](const auto& s) { return s.time >= TimePoint{10s} && s.lanes.size() == 3; });
    EXPECT_EQ(update.marks.size(), 2U);
    EXPECT_EQ(update.state->workload.arrivals.ratePerSecond, 5);
    run.reset(small());
    update = until(run, [](const auto& s) { return s.generation == 2 && s.lanes.size() == 2; });
    EXPECT_EQ(update.state->time, TimePoint{});
    EXPECT_EQ(update.state->requests, 0U);
}

TEST_F(LiveRunTest, skippingCountsLikeAnyOtherWayThere) {
    LiveRun run(small(), config());
    run.skipTo(TimePoint{60s});
    const auto update = until(
        run, [](const auto& s) { return s.phase == RunPhase::paused && s.time >= TimePoint{60s}; });
    SimulationContext context;
    context.runId = "other";
    const auto simulation = Simulation::create(small(), context).value();
    simulation->advanceTo(TimePoint{60s});
    EXPECT_EQ(update.state->requests, simulation->requests());
    EXPECT_EQ(update.state->lanes[0].totals.stats.hits, simulation->lanes()[0].totals.stats.hits);
    EXPECT_EQ(update.samples.size(), 300U);
}

TEST_F(LiveRunTest, anUnreadableTraceIsAFailureThatAResetCures) {
    Scenario scenario = small();
    scenario.workload.trace = TraceSpec{"/nowhere.csv"};
    LiveRun run(scenario, config());
    auto update = until(run, [](const auto& s) { return s.phase == RunPhase::failed; });
    EXPECT_EQ(update.state->failure->code(), ErrorCode::notFound);
    run.run();
    run.step();
    run.apply(InvalidateAll{});
    run.reset(small());
    update = until(run, [](const auto& s) { return s.phase == RunPhase::paused; });
    EXPECT_FALSE(update.state->failure.has_value());
}

// The recording that a run hands over, once it does.
struct AskedRecording {
    std::promise<std::shared_ptr<const Trace>> promise;
    std::future<std::shared_ptr<const Trace>> answer = promise.get_future();

    RecordingDone done() {
        return [this](auto recording) { promise.set_value(std::move(recording)); };
    }
};

TEST_F(LiveRunTest, aRecordingIsMadeWhereItIsAskedForAlsoOfAPausedRun) {
    LiveRun run(small(), config());
    AskedRecording before;
    AskedRecording after;
    AskedRecording anew;
    run.requestRecording(before.done());
    run.skipTo(TimePoint{10s});
    const auto update = until(
        run, [](const auto& s) { return s.phase == RunPhase::paused && s.time >= TimePoint{10s}; });
    run.requestRecording(after.done());
    run.reset(small());
    run.requestRecording(anew.done());
    EXPECT_EQ(before.answer.get()->size(), 0U);
    const auto recording = after.answer.get();
    EXPECT_EQ(recording->size(), update.state->requests);
    EXPECT_GT(recording->span(), 9s);
    EXPECT_EQ(anew.answer.get()->size(), 0U);
}

TEST_F(LiveRunTest, theRecordingOfAFailedRunIsEmpty) {
    Scenario scenario = small();
    scenario.workload.trace = TraceSpec{"/nowhere.csv"};
    LiveRun run(scenario, config());
    AskedRecording asked;
    run.requestRecording(asked.done());
    const auto recording = asked.answer.get();
    ASSERT_NE(recording, nullptr);
    EXPECT_EQ(recording->size(), 0U);
}

// Stands still, so that a run with something to do looks for commands no more.
class StandingClock final : public Clock {
public:
    TimePoint now() const noexcept override {
        m_asked.store(true);
        return {};
    }
    std::optional<Duration> realTime(Duration) const noexcept override { return std::nullopt; }
    bool asked() const { return m_asked.load(); }

private:
    mutable std::atomic<bool> m_asked{false};
};

TEST_F(LiveRunTest, aRunThatEndsAnswersWhoWaitsForARecordingWithNothing) {
    const StandingClock clock;
    LiveRunConfig standing = config();
    standing.realClock = &clock;
    Scenario scenario = small();
    scenario.timing = Timing::simulated;
    auto run = std::make_unique<LiveRun>(scenario, standing);
    run->skipTo(TimePoint{24h * 365});
    ASSERT_TRUE(test::eventually([&] { return clock.asked(); }));
    AskedRecording first;
    AskedRecording second;
    run->requestRecording(first.done());
    run->requestRecording(second.done());
    run.reset();
    EXPECT_EQ(first.answer.get(), nullptr);
    EXPECT_EQ(second.answer.get(), nullptr);
}

TEST_F(LiveRunTest, tooFastForTheMachineIsSaidNotHidden) {
    Scenario scenario = small();
    scenario.workload.arrivals.ratePerSecond = 200'000;
    LiveRun run(scenario, config());
    run.setSpeed(1000);
    run.run();
    const auto update = until(run, [](const auto& s) { return s.reachedSpeed < 0.5 * s.speed; });
    EXPECT_GT(update.state->requests, 0U);
    EXPECT_EQ(update.state->speed, 1000);
}

TEST_F(LiveRunTest, endsAtAnyMoment) {
    for (int moment = 0; moment < 20; ++moment) {
        Scenario scenario = small();
        scenario.lanes.push_back({.name = "file", .backend = "file:"});
        LiveRun run(scenario, config());
        run.setSpeed(1000);
        run.run();
        for (int i = 0; i < moment; ++i) {
            run.waitForNews(5ms);
            (void)run.poll();
        }
        if (moment % 3 == 0) {
            run.reset(scenario);
        }
    }
}

}  // namespace
}  // namespace cachescope::sim
