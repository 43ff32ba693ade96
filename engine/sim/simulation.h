// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/sim/data_versions.h"
#include "engine/sim/lane.h"
#include "engine/sim/lane_event.h"
#include "engine/sim/lane_store.h"
#include "engine/sim/scenario.h"
#include "engine/sim/scheduler.h"
#include "engine/sim/session_recorder.h"
#include "engine/sim/workload.h"

namespace cachescope::sim {

/// What a run needs from outside, and who listens to it. Listeners may be empty; they are called on
/// the thread that advances the run.
struct SimulationContext {
    const BackendRegistry* registry = &BackendRegistry::builtin();
    const Clock* stopwatch = nullptr;  ///< null: backend calls cost no time
    std::string runId;                 ///< unlike any other run's that may share a store with it
    std::string scratchDirectory;      ///< exists, belongs to this run
    std::function<void(const Sample&)> onSample;
    std::function<void(LaneEvent)> onEvent;
    std::function<void(const Mark&)> onMark;
};

/// A run: one stream of requests through all lanes, in simulated time.
///
/// Time moves only in advanceTo(), from event to event, as fast as the machine can; who wants real
/// time calls it with a moving target. The same scenario gives the same counts on every run, and
/// the same latencies when no stopwatch is given. Starts at TimePoint{}. One thread.
class Simulation {
public:
    /// Fails only when the scenario's trace cannot be read: a lane whose backend cannot be set up
    /// says so in its state and serves from the origin.
    static Result<std::unique_ptr<Simulation>> create(Scenario scenario, SimulationContext context);
    ~Simulation();

    TimePoint now() const noexcept { return m_clock.now(); }

    /// Advances to `target`, or until `keepGoing`, asked every few hundred events, says no. Returns
    /// whether the target was reached.
    bool advanceTo(TimePoint target, const std::function<bool()>& keepGoing = {});

    /// No more requests; runs until all that are under way are done.
    void drain(const std::function<bool()>& keepGoing = {});

    /// Does something to the run at the present moment.
    void apply(const Action& action);

    /// How often onSample is called, in simulated time; zero for never.
    void setSampleInterval(Duration interval);

    std::vector<LaneState> lanes() const;
    const Scenario& scenario() const noexcept { return m_scenario; }
    /// Present workload and origin, changes by actions included.
    const WorkloadSpec& workload() const noexcept { return m_workload->spec(); }
    const OriginSpec& origin() const noexcept { return m_origin; }
    bool originDown() const noexcept { return m_originDown; }
    const std::string& traceNote() const noexcept { return m_workload->traceNote(); }
    std::uint64_t requests() const noexcept { return m_requests; }
    /// What was asked for lately, as SessionRecorder gives it.
    std::shared_ptr<const Trace> recording() const { return m_recorder.recording(); }

private:
    Simulation(Scenario scenario, SimulationContext context, std::unique_ptr<Workload> workload);
    void runOne(TimePoint time);
    void makeRequest();
    void takeSample();
    LaneContext laneContext();
    Mark perform(const Action& action);
    template <class Change>
    void forLanes(const std::optional<LaneId>& lane, Change change);
    Lane* find(LaneId id);
    LaneId freeId() const;
    void replaceWorkload(const WorkloadSpec& spec, Mark& mark);

    Scenario m_scenario;
    SimulationContext m_context;
    ManualClock m_clock;
    Scheduler m_scheduler;
    std::unique_ptr<Workload> m_workload;
    OriginSpec m_origin;
    bool m_originDown = false;
    DataVersions m_data;
    SessionRecorder m_recorder;
    StoreUsers m_stores;  // before the lanes, which leave it
    std::vector<std::unique_ptr<Lane>> m_lanes;
    std::vector<std::unique_ptr<Lane>> m_removed;  // kept: ends of their calls are still planned
    std::size_t m_nextAction = 0;
    TimePoint m_nextSweep;
    TimePoint m_nextSample = kNever;
    TimePoint m_lastSample{};
    Duration m_sampleInterval{};
    bool m_draining = false;
    std::uint64_t m_requests = 0;
};

}  // namespace cachescope::sim
