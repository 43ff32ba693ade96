// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/bounded_ring.h"
#include "engine/core/worker.h"
#include "engine/sim/lane_event.h"
#include "engine/sim/scenario.h"
#include "engine/sim/simulation.h"

namespace cachescope::sim {

/// How a live run is placed in the world.
struct LiveRunConfig {
    const BackendRegistry* registry = &BackendRegistry::builtin();
    const Clock* realClock = &SystemClock::instance();
    std::string runId;
    std::string scratchDirectory;
};

enum class RunPhase : std::uint8_t {
    opening,  ///< backends and trace are being set up
    paused,
    running,
    skipping,  ///< on the way to skipTo()
    failed,    ///< LiveState::failure says why; reset() starts again
};

/// The condition of a run at one moment: a whole value, replaced, never changed.
struct LiveState {
    RunPhase phase = RunPhase::opening;
    TimePoint time{};
    double speed = 1;
    double reachedSpeed = 1;       ///< what the machine managed lately; below speed when it cannot
    std::uint64_t generation = 0;  ///< one more after every reset()
    std::uint64_t requests = 0;
    bool originDown = false;
    OriginSpec origin;
    WorkloadSpec workload;
    std::vector<LaneState> lanes;
    std::string traceNote;
    std::optional<Error> failure;
};

/// Takes what a run was asked for lately.
using RecordingDone = std::function<void(std::shared_ptr<const Trace>)>;

/// What came since the last poll.
struct LiveUpdate {
    std::shared_ptr<const LiveState> state;  ///< never null
    std::vector<Sample> samples;
    std::vector<Mark> marks;
    std::vector<LaneEvent> events;
    std::uint64_t droppedEvents = 0;  ///< in all, since the last reset
};

/// A simulation paced by real time times a speed, on a thread of its own.
///
/// Everything asked for takes effect between two events of the run, in the order of the calls; no
/// call waits for the run. If the machine cannot keep the speed, time simply goes slower and
/// reachedSpeed says so; no request is left out or moved. Requests are sampled for events as far as
/// somebody polls. All calls from any thread; poll() from one at a time.
class LiveRun {
public:
    static constexpr double kSlowest = 0.1;
    static constexpr double kFastest = 1000;

    LiveRun(Scenario scenario, LiveRunConfig config);
    ~LiveRun();
    LiveRun(const LiveRun&) = delete;
    LiveRun& operator=(const LiveRun&) = delete;

    void run();
    void pause();
    /// Advances a paused run to its next sample.
    void step();
    /// Clamped to kSlowest … kFastest.
    void setSpeed(double speed);
    void apply(Action action);
    /// Starts from the beginning, paused, with this scenario.
    void reset(Scenario scenario);
    /// Stops by itself at this moment of the run; kNever for not at all.
    void pauseAt(TimePoint time);
    /// Goes to this moment of the run as fast as the machine can, and pauses there unless run() is
    /// called meanwhile. Samples are taken
    /// as at the present speed; events of the last seconds only.
    void skipTo(TimePoint time);
    /// Fewer, larger steps: for a window that nobody sees.
    void setRelaxed(bool relaxed);

    /// Hands over what was asked for lately, as SessionRecorder gives it, on the run's thread,
    /// which waits meanwhile. Empty where the run failed, null where it ends before that.
    void requestRecording(RecordingDone done);

    LiveUpdate poll();

    /// Waits until something new can be polled or `timeout` of real time is over. For the command
    /// line; never call it where a person waits.
    void waitForNews(Duration timeout);

private:
    using Command = std::function<void()>;

    void work(Worker& self, const std::stop_token& stop);
    void post(Command command);
    bool runCommands();
    void open(Scenario scenario);
    void skip(const std::stop_token& stop);
    /// Whether the run is where it should be by now.
    bool advance(const std::stop_token& stop);
    void anchor();
    void publish();
    Duration sampleInterval() const;

    const LiveRunConfig m_config;

    // The run's own thread only:
    std::unique_ptr<Simulation> m_simulation;
    RunPhase m_phase = RunPhase::opening;
    double m_speed = 1;
    double m_reachedSpeed = 1;
    bool m_relaxed = false;
    TimePoint m_pauseAt = kNever;
    TimePoint m_skipTo{};
    bool m_runAfterSkip = false;
    std::uint64_t m_generation = 0;
    std::optional<Error> m_failure;
    TimePoint m_anchorReal{};
    TimePoint m_anchorRun{};
    TimePoint m_measureReal{};
    TimePoint m_measureRun{};

    // Shared:
    std::mutex m_mutex;
    std::condition_variable m_news;
    bool m_hasNews = false;
    std::vector<Command> m_commands;
    std::shared_ptr<const LiveState> m_state;
    std::vector<Sample> m_samples;
    std::vector<Mark> m_marks;
    BoundedRing<LaneEvent> m_events;
    std::uint64_t m_droppedBefore = 0;

    Worker m_worker;  // last: it uses everything above
};

}  // namespace cachescope::sim
