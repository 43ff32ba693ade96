// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_live.h"

#include <QFile>
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/policy/policy_registry.h"
#include "engine/trace/trace_preview.h"
#include "ui/model/formats.h"
#include "ui/model/lab_presenter.h"
#include "ui/model/tune_presenter.h"

namespace cachescope::ui {

namespace {

constexpr double kWatchableSeconds = 90;  // a run longer than this is sped up

double originShareOf(const sim::LaneState& lane) {
    const StatsSnapshot& stats = lane.totals.stats;
    const auto requests = static_cast<double>(stats.hits + stats.misses);
    return requests > 0 ? static_cast<double>(stats.loads) / requests : std::nan("");
}

// The requests of a study as a file that the Lab replays.
sim::WorkloadSpec workloadOf(const TuneStudy& study) {
    sim::WorkloadSpec workload;
    sim::TraceSpec trace;
    trace.file = QFile::encodeName(study.source.path).toStdString();
    trace.loop = false;
    trace.format = traceFormatName(study.source.reading.format);
    if (study.source.reading.format == TraceFormat::automatic) {
        trace.format.clear();
    }
    trace.columns = traceColumnsText(study.source.reading.columns);
    workload.trace = trace;
    if (study.source.requestsPerSecond > 0) {
        workload.arrivals.ratePerSecond = study.source.requestsPerSecond;
    }
    return workload;
}

}  // namespace

sim::Scenario tuneScenario(const TunePresenter& tune, const std::optional<sim::Scenario>& base) {
    const TuneStudy& study = tune.study();
    const TuneOutlook& outlook = tune.outlook();
    sim::Scenario scenario = base.value_or(sim::Scenario{});
    if (!base) {
        scenario.workload = workloadOf(study);
        scenario.origin.latency.kind = sim::LatencyKind::constant;
        scenario.origin.latency.median =
            Duration{std::llround(std::max(tune.wishes().load, 1e-6) * 1e9)};
        if (!outlook.asRecorded()) {
            scenario.workload.updateInterval =
                Duration{std::llround(outlook.changeInterval({}) * 1e9)};
        }
    }
    scenario.name = TuneLive::tr("Advice for %1").arg(study.source.name).toStdString();
    scenario.description.clear();
    scenario.duration = study.timeline->tick * study.timeline->span;
    scenario.actions.clear();
    scenario.lanes.clear();
    sim::LaneSpec one;
    one.name = TuneLive::tr("One TTL for all").toStdString();
    one.options = CacheOptions{.ttl = outlook.duration(tune.point({}))};
    one.options.sliding = study.rule == tune::TtlRule::sliding;
    one.capacity = tune.capacity().value_or(0);
    if (const PolicyKind* kind = PolicyRegistry::builtin().find(tune.policy());
        kind != nullptr && kind->worksInBackends()) {
        one.policy = tune.policy();
    }
    sim::LaneSpec each = one;
    each.name = TuneLive::tr("A TTL for each namespace").toStdString();
    each.separator = study.source.separator.toStdString();
    for (std::size_t group = 0; group < outlook.groups(); ++group) {
        const std::string& name = study.timeline->groupNames[group];
        const Duration ttl = outlook.duration(tune.point(group));
        if (name == tune::Timeline::kOtherGroups) {
            each.options.ttl = ttl;
        } else {
            each.namespaceTtls.push_back({name, ttl});
        }
    }
    scenario.lanes = {one};
    if (outlook.groups() > 1) {
        scenario.lanes.push_back(each);
    }
    return scenario;
}

TuneLive::TuneLive(TunePresenter& tune, LabPresenter& lab, QObject* parent)
    : QObject(parent), m_tune(tune), m_lab(lab) {
    connect(&m_lab, &LabPresenter::opened, this, [this] {
        // The same one from its beginning is still the same requests.
        if (m_lab.openedScenario().name != m_scenario) {
            m_running.reset();
            m_ownLanes = false;
            m_base.reset();
            m_scenario.clear();
            Q_EMIT measuredChanged();
        }
    });
    connect(&m_lab, &LabPresenter::advanced, this, [this] {
        if (runsStudy()) {
            Q_EMIT measuredChanged();
        }
    });
    connect(&m_tune, &TunePresenter::studyChanged, this, [this] {
        // The Lab's own requests, seen here, are what its lanes are measured with.
        if (m_tune.study().source.recording != nullptr &&
            m_tune.study().source.recording == m_taken) {
            m_running = m_tune.study().timeline;
        }
        Q_EMIT measuredChanged();
    });
}

void TuneLive::takeLab() {
    const sim::Scenario base = m_lab.present();
    m_lab.record([this, base](const std::shared_ptr<const Trace>& recording) {
        if (recording == nullptr || recording->size() == 0) {
            Q_EMIT labIsEmpty();
            return;
        }
        m_taken = recording;
        m_base = base;
        m_scenario = base.name;
        m_ownLanes = false;
        TuneWishes wishes = m_tune.wishes();
        wishes.load = seconds(base.origin.latency.median);
        m_tune.setWishes(wishes);
        TuneSource source;
        source.name = tr("The Lab: %1").arg(QString::fromStdString(base.name));
        source.recording = recording;
        m_tune.open(source);
    });
}

Result<void> TuneLive::runInLab() {
    if (!m_tune.hasStudy()) {
        return Error{ErrorCode::missing, "a trace"};
    }
    const bool ofLab = m_taken != nullptr && m_tune.study().source.recording == m_taken;
    if (!ofLab && m_tune.study().source.path.isEmpty()) {
        return Error{ErrorCode::missing, "a trace", "a file that the Lab can replay"};
    }
    const auto scenario = tuneScenario(m_tune, ofLab ? m_base : std::nullopt);
    m_scenario = scenario.name;
    m_lab.open(scenario);
    m_running = m_tune.study().timeline;
    m_ownLanes = true;
    m_predictedOne = 1 - m_tune.planned({}).hitRatio();
    m_predictedEach = 1 - m_tune.together().hitRatio();
    m_lab.setSpeed(
        std::clamp(m_tune.outlook().span() / kWatchableSeconds, 1.0, sim::LiveRun::kFastest));
    m_lab.run();
    Q_EMIT measuredChanged();
    return {};
}

bool TuneLive::runsStudy() const {
    return m_running != nullptr && m_running == m_tune.study().timeline;
}

QList<MeasuredTtl> TuneLive::measured() const {
    QList<MeasuredTtl> points;
    if (!runsStudy()) {
        return points;
    }
    for (const sim::LaneState& lane : m_lab.state().lanes) {
        const double share = originShareOf(lane);
        if (lane.spec.cached() && lane.spec.options.ttl && lane.spec.namespaceTtls.empty() &&
            !std::isnan(share)) {
            points.append({seconds(*lane.spec.options.ttl), share,
                           tr("measured live: %1 call the origin").arg(formatPercent(share))});
        }
    }
    return points;
}

QString TuneLive::comparison() const {
    const auto& lanes = m_lab.state().lanes;
    if (!m_ownLanes || !runsStudy() || lanes.empty() || m_lab.state().requests == 0) {
        return {};
    }
    const double done =
        std::min(1.0, seconds(m_lab.state().time.time_since_epoch()) / m_tune.outlook().span());
    QStringList parts;
    const auto add = [&](const sim::LaneState& lane, double predicted) {
        parts.append(tr("%1: predicted %2, measured %3")
                         .arg(QString::fromStdString(lane.spec.name), formatPercent(predicted),
                              formatPercent(originShareOf(lane))));
    };
    add(lanes[0], m_predictedOne);
    if (lanes.size() > 1) {
        add(lanes[1], m_predictedEach);
    }
    return tr("Requests that call the origin, in the Lab after %1 of them. %2.")
        .arg(formatPercent(done), parts.join(QStringLiteral("; ")));
}

}  // namespace cachescope::ui
