// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/lab_presenter.h"

#include <QFile>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/backend/backend_url.h"
#include "engine/core/glob.h"
#include "engine/sim/report.h"
#include "engine/sim/scenario_json.h"
#include "ui/model/lane_text.h"
#include "ui/model/scenario_library.h"

namespace cachescope::ui {

namespace {

// The event list changes a few times a second, however fast frames come: it is to be read.
constexpr int kTicksPerEventUpdate = 5;
constexpr std::size_t kMostPendingEvents = 2000;

bool sameLanes(const std::vector<sim::LaneState>& a, const std::vector<sim::LaneState>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.id == y.id && x.spec == y.spec;
    });
}

// What the controls show of workload and origin, compared by the text a file would hold.
std::string sourcesText(const sim::LiveState& state) {
    sim::Scenario scenario;
    scenario.workload = state.workload;
    scenario.origin = state.origin;
    return sim::scenarioToJson(scenario);
}

}  // namespace

LabPresenter::LabPresenter(sim::LiveRunConfig config, QObject* parent)
    : QObject(parent),
      m_run(sim::Scenario{}, std::move(config)),
      m_state(std::make_shared<sim::LiveState>()) {}

LabPresenter::~LabPresenter() = default;

void LabPresenter::open(const sim::Scenario& scenario) {
    m_scenario = scenario;
    if (m_completer) {
        for (sim::LaneSpec& lane : m_scenario.lanes) {
            lane.backend = m_completer(QString::fromStdString(lane.backend)).toStdString();
        }
    }
    m_run.reset(m_scenario);
}

void LabPresenter::setAddressCompleter(std::function<QString(const QString&)> completer) {
    m_completer = std::move(completer);
}

Result<void> LabPresenter::openFile(const QString& idOrPath) {
    auto scenario = ScenarioLibrary::load(idOrPath);
    if (!scenario) {
        return scenario.error();
    }
    open(*scenario);
    return {};
}

Result<bool> LabPresenter::save(const QString& path) {
    sim::Scenario scenario = present();
    bool hadPasswords = false;
    for (sim::LaneSpec& lane : scenario.lanes) {
        const std::string without = removePassword(lane.backend);
        hadPasswords |= without != lane.backend;
        lane.backend = without;
    }
    if (const auto saved = sim::saveScenario(scenario, QFile::encodeName(path).toStdString());
        !saved) {
        return saved.error();
    }
    return hadPasswords;
}

sim::Scenario LabPresenter::present() const {
    sim::Scenario scenario = m_scenario;
    if (m_state->generation == 0 || m_state->lanes.empty()) {
        return scenario;
    }
    scenario.workload = m_state->workload;
    scenario.origin = m_state->origin;
    scenario.lanes.clear();
    std::map<sim::LaneId, sim::LaneId> newNumbers;
    for (const sim::LaneState& lane : m_state->lanes) {
        scenario.lanes.push_back(lane.spec);
        newNumbers[lane.id] = static_cast<sim::LaneId>(scenario.lanes.size());
    }
    // The timetable follows its lanes to their new numbers; what was meant for a lane that is gone
    // has nobody left to happen to.
    std::erase_if(scenario.actions, [&](sim::TimedAction& timed) {
        return std::visit(
            [&](auto& action) {
                if constexpr (requires { action.lane.has_value(); }) {
                    if (action.lane) {
                        const auto found = newNumbers.find(*action.lane);
                        if (found == newNumbers.end()) {
                            return true;
                        }
                        action.lane = found->second;
                    }
                }
                return false;
            },
            timed.action);
    });
    return scenario;
}

const sim::LaneState* LabPresenter::lane(sim::LaneId id) const {
    const auto found = std::find_if(m_state->lanes.begin(), m_state->lanes.end(),
                                    [id](const auto& lane) { return lane.id == id; });
    return found == m_state->lanes.end() ? nullptr : &*found;
}

Duration LabPresenter::window() const {
    return Duration{std::llround(60e9 * m_speed)};
}

QString LabPresenter::suggestedPattern() const {
    const sim::WorkloadSpec& workload = m_scenario.workload;
    return workload.trace ? QStringLiteral("*")
                          : QString::fromStdString(workload.keys.namespaces.front().name) +
                                QStringLiteral(":*");
}

void LabPresenter::record(std::function<void(std::shared_ptr<const Trace>)> take) {
    m_run.requestRecording(
        [this, take = std::move(take)](const std::shared_ptr<const Trace>& trace) {
            QMetaObject::invokeMethod(
                this, [take, trace] { take(trace); }, Qt::QueuedConnection);
        });
}

void LabPresenter::toggle() {
    if (running()) {
        pause();
    } else {
        run();
    }
}

void LabPresenter::reset() {
    const bool wasRunning = running();
    m_run.reset(present());
    if (wasRunning) {
        m_run.run();
    }
}

void LabPresenter::setSpeed(double speed) {
    m_speed = std::clamp(speed, sim::LiveRun::kSlowest, sim::LiveRun::kFastest);
    m_run.setSpeed(m_speed);
    Q_EMIT phaseChanged();
}

sim::LaneSpec LabPresenter::unusedName(sim::LaneSpec spec, sim::LaneId except) const {
    const std::string base = spec.name;
    for (int copy = 2;; ++copy) {
        const bool taken = std::any_of(
            m_state->lanes.begin(), m_state->lanes.end(),
            [&](const auto& lane) { return lane.id != except && lane.spec.name == spec.name; });
        if (!taken) {
            return spec;
        }
        spec.name = base + ' ' + std::to_string(copy);
    }
}

void LabPresenter::addLane() {
    sim::LaneSpec spec;
    spec.capacity = 500;
    spec.name = LaneText::suggestedName(spec).toStdString();
    m_run.apply(sim::AddLane{unusedName(spec)});
}

void LabPresenter::cloneLane(sim::LaneId id) {
    if (const sim::LaneState* original = lane(id)) {
        m_run.apply(sim::AddLane{unusedName(original->spec)});
    }
}

void LabPresenter::removeLane(sim::LaneId id) {
    m_run.apply(sim::RemoveLane{id});
}

void LabPresenter::editLane(sim::LaneId id, const sim::LaneSpec& spec) {
    const sim::LaneState* edited = lane(id);
    if (edited != nullptr && !spec.store.empty() && spec.store == edited->spec.store &&
        spec.backend != edited->spec.backend) {
        for (const sim::LaneState& other : state().lanes) {
            if (other.id != id && other.spec.store == spec.store &&
                other.spec.backend == edited->spec.backend) {
                sim::LaneSpec moved = other.spec;
                moved.backend = spec.backend;
                m_run.apply(sim::EditLane{other.id, moved});
            }
        }
    }
    m_run.apply(sim::EditLane{id, unusedName(spec, id)});
}

void LabPresenter::setOrigin(const sim::OriginSpec& origin) {
    m_run.apply(sim::SetOrigin{origin});
}

void LabPresenter::setWorkload(const sim::WorkloadSpec& workload) {
    m_run.apply(sim::SetWorkload{workload});
}

void LabPresenter::setRate(double perSecond) {
    m_run.apply(sim::SetRate{perSecond});
}

void LabPresenter::invalidate(const QString& keyOrPattern, std::optional<sim::LaneId> lane) {
    const std::string text = keyOrPattern.toStdString();
    if (globIsLiteral(text)) {
        m_run.apply(sim::InvalidateKey{lane, globLiteralPrefix(text)});
    } else {
        m_run.apply(sim::InvalidateMatching{lane, text});
    }
}

void LabPresenter::invalidateAll(std::optional<sim::LaneId> lane) {
    m_run.apply(sim::InvalidateAll{lane});
}

void LabPresenter::invalidateTag(const QString& tag, std::optional<sim::LaneId> lane) {
    m_run.apply(sim::InvalidateTag{lane, tag.toStdString()});
}

void LabPresenter::invalidateSpace(const QString& space, std::optional<sim::LaneId> lane) {
    m_run.apply(sim::InvalidateSpace{lane, space.toStdString()});
}

void LabPresenter::invalidateAllByMark(std::optional<sim::LaneId> lane) {
    m_run.apply(sim::InvalidateAllByMark{lane});
}

void LabPresenter::setOriginDown(bool down) {
    m_run.apply(sim::OriginOutage{down});
}

void LabPresenter::setBackendDown(sim::LaneId id, bool down, bool hangs) {
    m_run.apply(sim::BackendOutage{id, down, hangs});
}

void LabPresenter::restartLane(sim::LaneId id) {
    m_run.apply(sim::RestartLane{id});
}

QString LabPresenter::historyCsv() const {
    std::string csv = sim::sampleCsvHeader();
    for (const sim::Sample& sample : m_history.samples()) {
        csv += sim::sampleCsvLines(sample, m_state->lanes);
    }
    return QString::fromStdString(csv);
}

// In portions of half a second of real time, as they would have come one by one: after a skip there
// is more than one.
void LabPresenter::showEvents() {
    auto events = std::exchange(m_pendingEvents, {});
    const Duration portion = window() / 120;
    auto begin = events.begin();
    while (begin != events.end()) {
        const TimePoint end = begin->time + portion;
        const auto next = std::find_if(begin, events.end(),
                                       [end](const auto& event) { return event.time >= end; });
        m_events.add({std::make_move_iterator(begin), std::make_move_iterator(next)});
        begin = next;
    }
}

void LabPresenter::tick() {
    sim::LiveUpdate update = m_run.poll();
    if (update.state == m_state && update.samples.empty() && update.marks.empty() &&
        update.events.empty() && m_pendingEvents.empty()) {
        return;  // a paused run: nothing to draw again
    }
    const auto before = std::exchange(m_state, std::move(update.state));
    const bool isNew = m_state->generation != m_generation;
    if (isNew) {
        m_generation = m_state->generation;
        m_history.clear();
        m_events.clear();
        m_pendingEvents.clear();
    }
    m_history.append(update.samples);
    m_history.append(update.marks);
    m_pendingEvents.insert(m_pendingEvents.end(), std::make_move_iterator(update.events.begin()),
                           std::make_move_iterator(update.events.end()));
    if (m_pendingEvents.size() > kMostPendingEvents) {
        m_pendingEvents.erase(m_pendingEvents.begin(), m_pendingEvents.end() - kMostPendingEvents);
    }
    if (++m_ticksSinceEvents >= kTicksPerEventUpdate || !running()) {
        m_ticksSinceEvents = 0;
        showEvents();
    }

    if (isNew) {
        Q_EMIT opened();
    }
    if (isNew || !sameLanes(before->lanes, m_state->lanes)) {
        Q_EMIT lanesChanged();
    }
    if (isNew || sourcesText(*before) != sourcesText(*m_state)) {
        Q_EMIT sourcesChanged();
    }
    if (isNew || before->phase != m_state->phase || before->originDown != m_state->originDown) {
        Q_EMIT phaseChanged();
    }
    for (const sim::Mark& mark : update.marks) {
        Q_EMIT acted(LaneText::mark(mark), mark.failure.has_value());
    }
    Q_EMIT advanced();
}

}  // namespace cachescope::ui
