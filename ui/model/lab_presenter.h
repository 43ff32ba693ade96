// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "engine/sim/live_run.h"
#include "ui/model/event_list_model.h"
#include "ui/model/sample_history.h"

namespace cachescope::ui {

/// The Lab without its widgets: a live run, what it has shown so far, and everything a person can
/// do to it.
///
/// tick() takes what the run has published and says what changed; nothing else touches the run's
/// data. Actions go to the run and show up with a later tick. A scenario that cannot be read
/// changes nothing. GUI thread.
class LabPresenter : public QObject {
    Q_OBJECT

public:
    explicit LabPresenter(sim::LiveRunConfig config, QObject* parent = nullptr);
    ~LabPresenter() override;

    /// Starts this scenario from its beginning, paused.
    void open(const sim::Scenario& scenario);
    /// Adds to the address of a lane what a scenario must not hold: passwords. From then on.
    void setAddressCompleter(std::function<QString(const QString&)> completer);
    /// The same by id or path; the failure, if any, leaves the present run as it is.
    Result<void> openFile(const QString& idOrPath);
    /// Writes the present lanes, requests and origin as a scenario, without the passwords of
    /// backends; whether there were any.
    Result<bool> save(const QString& path);

    /// What a saved file would hold: the opened scenario with what was changed since.
    sim::Scenario present() const;
    const sim::Scenario& openedScenario() const noexcept { return m_scenario; }

    const sim::LiveState& state() const noexcept { return *m_state; }
    const SampleHistory& history() const noexcept { return m_history; }
    EventListModel& events() noexcept { return m_events; }
    const sim::LaneState* lane(sim::LaneId id) const;
    bool running() const { return m_state->phase == sim::RunPhase::running; }
    /// The charts' span: a minute of real time at the present speed.
    Duration window() const;
    double speed() const noexcept { return m_speed; }
    /// A pattern that matches something: the keys of the first namespace, or all.
    QString suggestedPattern() const;

    void run() { m_run.run(); }
    void pause() { m_run.pause(); }
    void toggle();
    void step() { m_run.step(); }
    void reset();
    void setSpeed(double speed);
    void setWatched(bool watched) { m_run.setRelaxed(!watched); }
    void skipTo(TimePoint time) { m_run.skipTo(time); }
    /// What the run was asked for lately, given here later; null where there is none.
    void record(std::function<void(std::shared_ptr<const Trace>)> take);

    void addLane();
    void cloneLane(sim::LaneId id);
    void removeLane(sim::LaneId id);
    /// Another backend moves the lanes along that share a store with it.
    void editLane(sim::LaneId id, const sim::LaneSpec& spec);
    void setOrigin(const sim::OriginSpec& origin);
    void setWorkload(const sim::WorkloadSpec& workload);
    void setRate(double perSecond);

    /// A literal text removes one key, a pattern all that match; without a lane in all lanes.
    void invalidate(const QString& keyOrPattern, std::optional<sim::LaneId> lane);
    void invalidateAll(std::optional<sim::LaneId> lane);
    /// By mark: entries from before it are not served any more.
    void invalidateTag(const QString& tag, std::optional<sim::LaneId> lane);
    void invalidateSpace(const QString& space, std::optional<sim::LaneId> lane);
    void invalidateAllByMark(std::optional<sim::LaneId> lane);
    void setOriginDown(bool down);
    /// A backend that is down fails at once, or, if it hangs, after its time-out.
    void setBackendDown(sim::LaneId id, bool down, bool hangs = false);
    void restartLane(sim::LaneId id);

    /// The last minute's figures of all lanes as CSV.
    QString historyCsv() const;

public Q_SLOTS:
    void tick();

Q_SIGNALS:
    /// A scenario was opened: everything is new.
    void opened();
    /// Phase, speed, outages or a failure changed.
    void phaseChanged();
    /// Lanes were added, removed or edited.
    void lanesChanged();
    /// Workload or origin changed, by hand or by the scenario's timetable.
    void sourcesChanged();
    /// Time went on: figures, samples and marks are new. Not emitted while nothing happens.
    void advanced();
    /// The person's action was carried out; a sentence about it.
    void acted(const QString& sentence, bool failed);

private:
    void showEvents();
    sim::LaneSpec unusedName(sim::LaneSpec spec, sim::LaneId except = 0) const;

    sim::LiveRun m_run;
    sim::Scenario m_scenario;
    std::function<QString(const QString&)> m_completer;
    std::shared_ptr<const sim::LiveState> m_state;
    SampleHistory m_history;
    EventListModel m_events;
    std::vector<sim::LaneEvent> m_pendingEvents;
    int m_ticksSinceEvents = 0;
    double m_speed = 1;
    std::uint64_t m_generation = 0;
};

}  // namespace cachescope::ui
