// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_presenter.h"

#include <cmath>
#include <utility>

namespace cachescope::ui {

namespace {

// So few are advised on between two frames; more of them on a thread.
constexpr std::size_t kAtOnce = 32;
constexpr std::size_t kExactPoints = 32;
constexpr std::size_t kReplayedPoints = 12;  // each is a whole replay
// What a first look at a trace without writes takes for how often data change: a round part of the
// trace that shows an effect, and is there to be changed.
double firstInterval(double span) {
    double interval = 0.1;
    for (const double round : {1.0, 10.0, 60.0, 600.0, 1800.0, 3600.0}) {
        interval = round <= span / 4 ? round : interval;
    }
    return interval;
}

Duration durationOf(double seconds) {
    return Duration{std::llround(seconds * 1e9)};
}

Result<tune::TtlAdvice> adviceFor(const std::vector<tune::GroupCurve>& curves,
                                  const TuneWishes& wishes, const tune::CostModel& model,
                                  double requests, double span) {
    switch (wishes.goal) {
        case TuneGoal::staleBudget:
            break;
        case TuneGoal::originBudget:
            return tune::adviseByOriginBudget(curves, wishes.originCalls * span);
        case TuneGoal::cost: {
            auto advice =
                tune::adviseByCost(curves, model, durationOf(span), durationOf(wishes.load));
            return advice ? Result<tune::TtlAdvice>(std::move(advice->ttls)) : advice.error();
        }
    }
    return tune::adviseByStaleBudget(curves, wishes.staleShare * requests);
}

}  // namespace

TunePresenter::TunePresenter(QObject* parent) : QObject(parent), m_adviser("tune-advice") {
    connect(&m_jobs, &TuneJobs::studied, this, &TunePresenter::take);
    connect(&m_jobs, &TuneJobs::studyFailed, this, &TunePresenter::fail);
    connect(&m_jobs, &TuneJobs::studyEnded, this, &TunePresenter::busyChanged);
    connect(&m_jobs, &TuneJobs::progressed, this, &TunePresenter::progressed);
    connect(&m_jobs, &TuneJobs::surfaced, this, [this](const TuneSurface& surface) {
        m_surface = surface;
        Q_EMIT surfaceChanged();
    });
    connect(&m_jobs, &TuneJobs::surfaceFailed, this, [this](const Error& error) {
        m_surface = {};
        Q_EMIT surfaceChanged();
        Q_EMIT failed(error);
    });
    connect(&m_jobs, &TuneJobs::banded, this, [this](const TuneBand& band) {
        m_band = band;
        Q_EMIT surfaceChanged();
    });
    connect(&m_jobs, &TuneJobs::stampeded, this, [this](const TuneStampede& stampede) {
        m_stampede = stampede;
        Q_EMIT stampedeChanged();
    });
    connect(&m_jobs, &TuneJobs::stampedeFailed, this, &TunePresenter::failed);
}

TunePresenter::~TunePresenter() = default;

void TunePresenter::ask(TuneStudy known) {
    m_jobs.study(std::move(known));
    Q_EMIT busyChanged();
}

void TunePresenter::open(const TuneSource& source) {
    TuneStudy study;
    study.source = source;
    m_untimed.reset();
    study.rule = m_outlook.study().rule;
    study.boundary = m_outlook.study().boundary;
    ask(std::move(study));
}

void TunePresenter::assumeRate(double requestsPerSecond) {
    if (m_untimed) {
        TuneStudy study = *std::exchange(m_untimed, std::nullopt);
        // What was read is not read again.
        study.source.recording = std::exchange(study.trace, nullptr);
        study.source.requestsPerSecond = requestsPerSecond;
        ask(std::move(study));
    }
}

void TunePresenter::stop() {
    m_jobs.stopStudy();
}

void TunePresenter::setRule(tune::TtlRule rule) {
    if (hasStudy() && study().rule != rule) {
        TuneStudy known = study();
        known.rule = rule;
        ask(std::move(known));
    }
}

void TunePresenter::setBoundary(tune::TtlBoundary boundary) {
    if (hasStudy() && study().boundary != boundary) {
        TuneStudy known = study();
        known.boundary = boundary;
        ask(std::move(known));
    }
}

void TunePresenter::setSeparator(const QString& separator) {
    if (hasStudy() && study().source.separator != separator) {
        TuneStudy known = study();
        known.source.separator = separator;
        known.timeline.reset();
        ask(std::move(known));
    }
}

void TunePresenter::take(const TuneStudy& study) {
    const TuneStudy& before = m_outlook.study();
    const bool otherTrace = before.trace != study.trace;
    const bool otherGroups = before.timeline != study.timeline;
    const bool otherQuestion =
        otherGroups || before.rule != study.rule || before.boundary != study.boundary;
    m_outlook.setStudy(study);
    if (otherGroups) {
        m_adviser.cancel();  // on groups that are no more
        m_selected.reset();
        m_follows = true;
        m_ttls.assign(m_outlook.groups(), m_ttl);
        m_advice.reset();
        m_adviceProblem.reset();
    }
    if (otherTrace) {
        m_outlook.setAsRecorded(study.hasWrites());
        m_outlook.setChangeInterval(firstInterval(m_outlook.span()));
        m_capacity.reset();
    }
    if (otherQuestion) {
        m_surface = {};
        m_band.reset();
        m_stampede = {};
    }
    m_point = m_outlook.pointAt(m_ttl);
    m_points.resize(m_outlook.groups());
    for (std::size_t group = 0; group < m_points.size(); ++group) {
        m_points[group] = m_outlook.pointAt(m_ttls[group]);
    }
    Q_EMIT studyChanged();
    if (otherGroups) {
        Q_EMIT selectionChanged();
    }
    // Wait with what needs the machine until the curve is there.
    if (study.ages != nullptr) {
        askSurface();
        askStampede();
    }
    advise();
}

void TunePresenter::fail(const Error& error, const TuneStudy& soFar) {
    if (soFar.trace != nullptr && soFar.trace->times.empty()) {
        m_untimed = soFar;
    }
    Q_EMIT failed(error);
}

void TunePresenter::setAsRecorded(bool asRecorded) {
    m_outlook.setAsRecorded(asRecorded);
    advise();
    Q_EMIT figuresChanged();
}

void TunePresenter::setChangeInterval(TuneGroup group, std::optional<double> seconds) {
    if (group) {
        m_outlook.setChangeInterval(*group, seconds);
    } else if (seconds) {
        m_outlook.setChangeInterval(*seconds);
    }
    advise();
    Q_EMIT figuresChanged();
}

void TunePresenter::setWishes(const TuneWishes& wishes) {
    if (wishes == m_wishes) {
        return;
    }
    const bool otherLoad = wishes.load != m_wishes.load;
    m_wishes = wishes;
    if (otherLoad) {
        askStampede();
    }
    advise();
    Q_EMIT figuresChanged();
}

void TunePresenter::select(TuneGroup group) {
    if (group != m_selected && (!group || *group < m_outlook.groups())) {
        m_selected = group;
        Q_EMIT selectionChanged();
    }
}

void TunePresenter::setTtl(TuneGroup group, double seconds) {
    if (!hasStudy()) {
        return;
    }
    m_follows = false;
    const std::size_t point = m_outlook.pointAt(seconds);
    if (group) {
        m_points[*group] = point;
        m_ttls[*group] = m_outlook.ttl(point);
    } else {
        const bool other = m_point != point;
        m_point = point;
        m_ttl = m_outlook.ttl(point);
        if (other) {
            askStampede();
        }
    }
    Q_EMIT figuresChanged();
}

std::size_t TunePresenter::point(TuneGroup group) const {
    return group ? m_points[*group] : m_point;
}

TtlFigures TunePresenter::together() const {
    TtlFigures sum;
    double ages = 0;
    for (std::size_t group = 0; group < m_points.size(); ++group) {
        const TtlFigures own = planned(group);
        const double hits = own.requests - own.misses;
        sum.requests += own.requests;
        sum.misses += own.misses;
        sum.stale += own.stale;
        sum.objects += own.objects;
        sum.bytes += own.bytes;
        ages += hits > 0 ? own.meanAge * hits : 0;
    }
    const double hits = sum.requests - sum.misses;
    sum.meanAge = hits > 0 ? ages / hits : std::nan("");
    return sum;
}

tune::CostModel TunePresenter::costModel() const {
    tune::CostModel model;
    model.originCall = m_wishes.callPrice;
    model.byteSecond = tune::CostModel::byteSecondAt(m_wishes.gigabyteHourPrice);
    model.staleAnswer = m_wishes.stalePrice;
    model.millisecondWaited = m_wishes.waitPrice;
    return model;
}

tune::Cost TunePresenter::costPerSecond(const TtlFigures& figures) const {
    tune::Usage usage;
    usage.span = durationOf(m_outlook.span());
    usage.originCalls = figures.misses;
    usage.bytes = std::isnan(figures.bytes) ? 0 : figures.bytes;
    usage.staleAnswers = std::isnan(figures.stale) ? 0 : figures.stale;
    usage.waited = durationOf(std::min(figures.misses * m_wishes.load, 9e9));
    return costModel().perSecond(usage);
}

void TunePresenter::advise() {
    if (!hasStudy() || m_outlook.stale({}).empty()) {
        return;
    }
    if (m_outlook.groups() <= kAtOnce) {
        m_adviser.cancel();
        takeAdvised(adviceFor(m_outlook.groupCurves(), m_wishes, costModel(),
                              m_outlook.requests({}), m_outlook.span()));
        return;
    }
    m_adviser.ask([this, outlook = m_outlook, wishes = m_wishes,
                   model = costModel()](const LatestTask::Turn& turn) {
        const auto curves = outlook.groupCurves();
        if (!turn.goOn()) {
            return;
        }
        auto advice = adviceFor(curves, wishes, model, outlook.requests({}), outlook.span());
        turn.tell([this, advice = std::move(advice)] {
            takeAdvised(advice);
            Q_EMIT figuresChanged();
        });
    });
}

void TunePresenter::takeAdvised(Result<tune::TtlAdvice> advice) {
    m_advice.reset();
    m_adviceProblem.reset();
    if (advice) {
        m_advice = std::move(*advice);
    } else {
        m_adviceProblem = advice.error();
    }
    if (m_follows) {
        follow();
    }
    Q_EMIT adviceChanged();
}

void TunePresenter::takeAdvice() {
    m_follows = true;
    follow();
    Q_EMIT figuresChanged();
}

void TunePresenter::follow() {
    if (!m_advice) {
        return;
    }
    const auto seconds = [](Duration span) { return static_cast<double>(span.count()) / 1e9; };
    for (std::size_t group = 0; group < m_points.size(); ++group) {
        m_ttls[group] = seconds(m_advice->groups[group].choice.ttl);
        m_points[group] = m_outlook.pointAt(m_ttls[group]);
    }
    if (m_advice->single) {
        const std::size_t point = m_outlook.pointAt(seconds(m_advice->single->ttl));
        m_ttl = m_outlook.ttl(point);
        if (std::exchange(m_point, point) != point) {
            askStampede();
        }
    }
}

void TunePresenter::setPolicy(const std::string& policy) {
    if (m_policy != policy) {
        m_policy = policy;
        askSurface();
    }
}

void TunePresenter::askSurface() {
    if (!hasStudy()) {
        return;
    }
    m_jobs.surface(study(), m_policy, m_policy == "lru" ? kExactPoints : kReplayedPoints);
    setCapacity(m_capacity);
}

void TunePresenter::setCapacity(std::optional<std::uint64_t> capacity) {
    m_capacity = capacity;
    m_band.reset();
    if (capacity && hasStudy()) {
        std::vector<Duration> ttls;
        const std::size_t step = std::max<std::size_t>(1, m_outlook.points() / 24);
        for (std::size_t point = 0; point < m_outlook.points(); point += step) {
            ttls.push_back(m_outlook.duration(point));
        }
        m_jobs.band(study(), m_policy, *capacity, ttls);
    } else {
        m_jobs.stopBand();
    }
    Q_EMIT surfaceChanged();
}

void TunePresenter::setHottestOnly(bool hottest) {
    if (std::exchange(m_hottestOnly, hottest) != hottest) {
        askStampede();
    }
}

void TunePresenter::askStampede() {
    if (hasStudy() && study().ages != nullptr) {
        m_jobs.stampede(study(), m_outlook.duration(m_point), durationOf(m_wishes.load),
                        m_hottestOnly);
    }
}

}  // namespace cachescope::ui
