// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_jobs.h"

#include <QFile>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/policy/policy_registry.h"
#include "engine/tune/lru_surface.h"
#include "engine/tune/policy_surface.h"
#include "ui/model/error_text.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

using namespace std::chrono_literals;
using tune::Timeline;
using tune::TtlCurve;

constexpr std::size_t kFirstPoints = 32;  // as many as one pass over the requests takes anyway
constexpr std::size_t kMostPoints = 144;
constexpr double kTolerance = 0.004;  // of the requests: about a pixel of a chart
constexpr std::size_t kMostGroups = 1000;
constexpr std::size_t kThreads = 2;
constexpr Duration kNewsInterval = 100ms;

// A sentence now and then about work that may take a second or a minute.
class News {
public:
    News(const LatestTask::Turn& turn, TuneJobs& jobs) : m_turn(turn), m_jobs(jobs) {}

    bool tell(const QString& what, double done) {
        const TimePoint now = SystemClock::instance().now();
        if (now >= m_next) {
            m_next = now + kNewsInterval;
            m_turn.tell([jobs = &m_jobs, what, done] { Q_EMIT jobs->progressed(what, done); });
        }
        return m_turn.goOn();
    }

private:
    const LatestTask::Turn& m_turn;
    TuneJobs& m_jobs;
    TimePoint m_next{};
};

Result<std::shared_ptr<const Trace>> traceOf(const TuneSource& source, QString& note, News& news) {
    std::shared_ptr<Trace> own;
    if (source.recording == nullptr) {
        TraceReadOptions options = source.reading;
        options.progress = [&news](const TraceProgress& progress) {
            const auto total = static_cast<double>(progress.totalBytes.value_or(0));
            return news.tell(TuneJobs::tr("Reading the trace"),
                             total > 0 ? static_cast<double>(progress.bytes) / total : -1);
        };
        auto reading = readTrace(QFile::encodeName(source.path).toStdString(), options);
        if (!reading) {
            return reading.error();
        }
        note = printableText(reading->note());
        own = std::make_shared<Trace>(std::move(reading->trace));
        // No curve looks at the TTLs that were recorded, and they are the widest column.
        std::vector<Duration>().swap(own->ttls);
    } else if (!source.recording->times.empty()) {
        return source.recording;
    } else {
        own = std::make_shared<Trace>(*source.recording);
    }
    if (own->times.empty() && source.requestsPerSecond > 0) {
        tune::assumeRate(*own, source.requestsPerSecond);
    }
    return std::shared_ptr<const Trace>(std::move(own));
}

// The key that is asked for most, as a timeline of its own.
Timeline hottestOf(const Timeline& timeline, std::uint32_t& key) {
    std::size_t place = 0;
    const auto count = [&](std::size_t i) { return timeline.offsets[i + 1] - timeline.offsets[i]; };
    for (std::size_t i = 1; i < timeline.keyCount(); ++i) {
        place = count(i) > count(place) ? i : place;
    }
    key = timeline.keys[place];
    const auto part = [&](const std::vector<std::uint32_t>& column) {
        std::vector<std::uint32_t> own;
        if (!column.empty()) {
            own.assign(column.begin() + timeline.offsets[place],
                       column.begin() + timeline.offsets[place + 1]);
        }
        return own;
    };
    Timeline one;
    one.offsets = {0, count(place)};
    one.times = part(timeline.times);
    one.written = part(timeline.written);
    one.keys = {key};
    one.groups = {0};
    one.groupNames = {std::string()};
    one.tick = timeline.tick;
    one.span = timeline.span;
    return one;
}

std::vector<double> unknown(std::size_t count) {
    return std::vector<double>(count, std::numeric_limits<double>::quiet_NaN());
}

double hitRatio(double misses, std::uint64_t requests) {
    return requests == 0 ? 0 : std::clamp(1 - misses / static_cast<double>(requests), 0.0, 1.0);
}

// The same TTLs made easier to read, as far as they stay apart from each other and from `known`.
// Where neighbours are as good as the same, a step lies between them that no TTL makes smaller, as
// where a trace counts in whole seconds: nothing more is tried there.
std::vector<std::uint32_t> readable(const std::vector<std::uint32_t>& ttls,
                                    const std::vector<std::uint32_t>& known, Duration tick) {
    constexpr double kApart = 1.01;
    std::vector<std::uint32_t> result;
    for (const std::uint32_t ttl : ttls) {
        const auto above = std::upper_bound(known.begin(), known.end(), ttl);
        std::uint32_t low = above == known.begin() ? 0 : *(above - 1);
        const std::uint32_t high = above == known.end() ? Timeline::kNoWrite : *above;
        low = result.empty() ? low : std::max(low, result.back());
        const std::uint32_t easier = tune::readableTtl(ttl, tick, low, high);
        if (easier >= kApart * low && high >= kApart * easier) {
            result.push_back(easier);
        }
    }
    return result;
}

// Replays keep an entry alive at its deadline; where it is to be dead there, it gets a tick less.
std::vector<Duration> replayedTtls(std::vector<Duration> ttls, const TuneStudy& study) {
    if (study.boundary == tune::TtlBoundary::deadAtDeadline) {
        for (Duration& ttl : ttls) {
            ttl = std::max(ttl - study.timeline->tick, study.timeline->tick);
        }
    }
    return ttls;
}

// Entries from a few to all keys in equal ratios, each once.
std::vector<std::uint64_t> capacitiesFor(std::size_t keys, std::size_t points) {
    const double most = static_cast<double>(std::max<std::size_t>(keys, 1));
    const double least = std::max(1.0, most / 1000);
    std::vector<std::uint64_t> capacities;
    for (std::size_t i = 0; i < points; ++i) {
        const double part = points == 1 ? 1 : static_cast<double>(i) / double(points - 1);
        const auto capacity = std::uint64_t(std::llround(least * std::pow(most / least, part)));
        if (capacities.empty() || capacity > capacities.back()) {
            capacities.push_back(capacity);
        }
    }
    return capacities;
}

// Of the curve's TTLs, so that what stands at one of both charts is the same TTL.
std::vector<Duration> surfaceTtls(const TuneStudy& study, std::size_t points) {
    const std::vector<std::uint32_t>& all = study.curve->ttls();
    std::vector<Duration> ttls;
    const double low = std::log(all.front());
    const double high = std::log(all.back());
    for (std::size_t i = 0; i < points; ++i) {
        const double wished =
            points == 1 ? high : low + (high - low) * static_cast<double>(i) / double(points - 1);
        const auto nearest =
            std::min_element(all.begin(), all.end(), [wished](std::uint32_t a, std::uint32_t b) {
                return std::abs(std::log(a) - wished) < std::abs(std::log(b) - wished);
            });
        const Duration ttl = study.timeline->tick * *nearest;
        if (ttls.empty() || ttl > ttls.back()) {
            ttls.push_back(ttl);
        }
    }
    return ttls;
}

}  // namespace

std::vector<std::uint32_t> studyTtls(const Timeline& timeline, std::size_t points) {
    // What people write, in seconds.
    constexpr std::array kWritten{
        0.01,     0.02,     0.05,     0.1,       0.2,      0.5,     1.0,     2.0,
        3.0,      5.0,      10.0,     15.0,      20.0,     30.0,    45.0,    60.0,
        90.0,     120.0,    180.0,    300.0,     600.0,    900.0,   1200.0,  1800.0,
        2700.0,   3600.0,   5400.0,   7200.0,    10800.0,  21600.0, 43200.0, 86400.0,
        172800.0, 259200.0, 604800.0, 1209600.0, 2592000.0};
    const double tick = static_cast<double>(timeline.tick.count()) / 1e9;
    const double span = std::max(timeline.span * tick, 10 * tick);
    const double shortest = std::max(tick, span >= 600 ? 1.0 : span / 600);
    const std::uint32_t from = tune::ticksOf(Duration{std::llround(shortest * 1e9)}, timeline.tick);
    const std::uint32_t to = std::max(timeline.span, 10 * from);
    std::vector<std::uint32_t> ttls = readable(tune::ttlGrid(from, to, points), {}, timeline.tick);
    for (const double seconds : kWritten) {
        if (seconds >= shortest && seconds <= to * tick) {
            ttls.push_back(tune::ticksOf(Duration{std::llround(seconds * 1e9)}, timeline.tick));
        }
    }
    std::sort(ttls.begin(), ttls.end());
    ttls.erase(std::unique(ttls.begin(), ttls.end()), ttls.end());
    return ttls;
}

TuneJobs::TuneJobs(QObject* parent)
    : QObject(parent),
      m_study("tune-study"),
      m_surface("tune-surface"),
      m_band("tune-band"),
      m_stampede("tune-stampede") {
    connect(&m_study, &LatestTask::busyChanged, this, [this](bool busy) {
        if (!busy) {
            Q_EMIT studyEnded();
        }
    });
}

TuneJobs::~TuneJobs() = default;

void TuneJobs::study(TuneStudy known) {
    m_study.ask(
        [this, known = std::move(known)](const LatestTask::Turn& turn) { work(turn, known); });
}

void TuneJobs::stopStudy() {
    m_study.cancel();
}

void TuneJobs::work(const LatestTask::Turn& turn, TuneStudy study) {
    News news(turn, *this);
    const auto fail = [&](const Error& error) {
        turn.tell([this, error, study] { Q_EMIT studyFailed(error, study); });
    };
    const auto publish = [&] { turn.tell([this, study] { Q_EMIT studied(study); }); };
    if (study.trace == nullptr) {
        auto trace = traceOf(study.source, study.note, news);
        if (!trace) {
            return fail(trace.error());
        }
        study.trace = std::move(*trace);
    }
    if (study.timeline == nullptr) {
        auto timeline = Timeline::of(
            *study.trace, study.source.separator.toStdString(), kMostGroups,
            [&news] { return news.tell(TuneJobs::tr("Sorting requests by key"), -1); });
        if (!timeline) {
            return fail(timeline.error());
        }
        if (timeline->requests() == 0) {
            return fail(
                Error{ErrorCode::missing, study.source.name.toStdString(), "a request that reads"});
        }
        study.timeline = std::make_shared<const Timeline>(std::move(*timeline));
    }
    tune::TtlSweepOptions options;
    options.rule = study.rule;
    options.boundary = study.boundary;
    options.bytes = !study.timeline->bytes.empty();
    options.threads = kThreads;
    options.progress = [&news](double done) {
        return news.tell(TuneJobs::tr("Trying every TTL"), done);
    };
    auto curve = TtlCurve::of(*study.timeline, studyTtls(*study.timeline, kFirstPoints), options);
    while (curve) {
        std::vector<std::uint32_t> next;
        if (curve->size() < kMostPoints) {
            next = readable(
                curve->refinements(kTolerance, std::min(kFirstPoints, kMostPoints - curve->size())),
                curve->ttls(), study.timeline->tick);
        }
        study.curve = std::make_shared<const TtlCurve>(*curve);
        study.refined = next.empty();
        publish();
        if (study.refined) {
            break;
        }
        if (auto more = TtlCurve::of(*study.timeline, std::move(next), options); more) {
            curve->merge(*more);
        } else {
            curve = more.error();
        }
    }
    if (!curve) {
        return fail(curve.error());
    }
    options.progress = [&news](double done) {
        return news.tell(TuneJobs::tr("Counting how old answers are"), done);
    };
    auto ages = tune::AgeTable::of(*study.timeline, study.curve->ttls(), options);
    if (!ages) {
        return fail(ages.error());
    }
    study.ages = std::make_shared<const tune::AgeTable>(std::move(*ages));
    publish();
}

void TuneJobs::surface(const TuneStudy& study, const std::string& policy, std::size_t points) {
    m_surface.ask([this, study, policy, points](const LatestTask::Turn& turn) {
        TuneSurface surface;
        surface.policy = policy;
        surface.grid = {capacitiesFor(study.timeline->keyCount(), points),
                        surfaceTtls(study, points)};
        surface.hitRatios = unknown(surface.grid.size());
        turn.tell([this, surface] { Q_EMIT surfaced(surface); });
        if (policy == "lru") {
            lruSurface(turn, study, std::move(surface));
        } else {
            policySurface(turn, study, std::move(surface));
        }
    });
}

void TuneJobs::stopSurface() {
    m_surface.cancel();
}

void TuneJobs::lruSurface(const LatestTask::Turn& turn, const TuneStudy& study,
                          TuneSurface surface) {
    const auto goOn = [&turn] { return turn.goOn(); };
    const auto fail = [&](const Error& error) {
        turn.tell([this, error] { Q_EMIT surfaceFailed(error); });
    };
    if (m_distances.timeline != study.timeline) {
        m_distances = {};
        auto distances = tune::StackDistances::of(*study.trace, *study.timeline, goOn);
        if (!distances) {
            return fail(distances.error());
        }
        m_distances = {study.timeline,
                       std::make_shared<const tune::StackDistances>(std::move(*distances))};
    }
    tune::LruSurfaceOptions options;
    options.deadAtDeadline = study.boundary == tune::TtlBoundary::deadAtDeadline;
    options.threads = kThreads;
    options.goOn = goOn;
    options.onRow = [&](std::size_t row, std::span<const std::uint64_t> misses) {
        for (std::size_t column = 0; column < misses.size(); ++column) {
            surface.hitRatios[surface.grid.at(row, column)] =
                hitRatio(static_cast<double>(misses[column]), study.timeline->requests());
        }
        turn.tell([this, surface] { Q_EMIT surfaced(surface); });
    };
    const auto found =
        tune::LruSurface::of(*study.timeline, *m_distances.distances, surface.grid, options);
    if (!found) {
        return fail(found.error());
    }
    surface.done = true;
    turn.tell([this, surface] { Q_EMIT surfaced(surface); });
}

void TuneJobs::policySurface(const LatestTask::Turn& turn, const TuneStudy& study,
                             TuneSurface surface) {
    const PolicyKind* kind = PolicyRegistry::builtin().find(surface.policy);
    if (kind == nullptr) {
        return;
    }
    tune::PolicySurfaceOptions options;
    options.atDeadline = false;
    options.threads = kThreads;
    options.goOn = [&turn] { return turn.goOn(); };
    TimePoint next{};
    const std::uint64_t requests = study.timeline->requests();
    options.onPoint = [&](const tune::SurfacePoint& point) {
        surface.hitRatios[surface.grid.at(point.row, point.column)] =
            hitRatio(point.lazy.misses, requests);
        surface.error = std::max(surface.error, point.lazy.error / static_cast<double>(requests));
        if (const TimePoint now = SystemClock::instance().now(); now >= next) {
            next = now + kNewsInterval;
            turn.tell([this, surface] { Q_EMIT surfaced(surface); });
        }
    };
    const auto found = tune::PolicySurface::of(
        *study.trace, *study.timeline, kind->replay,
        {surface.grid.capacities, replayedTtls(surface.grid.ttls, study)}, options);
    if (!found) {
        turn.tell([this, error = found.error()] { Q_EMIT surfaceFailed(error); });
        return;
    }
    surface.done = true;
    turn.tell([this, surface] { Q_EMIT surfaced(surface); });
}

void TuneJobs::band(const TuneStudy& study, const std::string& policy, std::uint64_t capacity,
                    const std::vector<Duration>& ttls) {
    const PolicyKind* kind = PolicyRegistry::builtin().find(policy);
    if (kind == nullptr) {
        return;
    }
    m_band.ask([this, study, replay = kind->replay, capacity, ttls](const LatestTask::Turn& turn) {
        tune::PolicySurfaceOptions options;
        options.threads = 1;  // the surface may be under way
        options.goOn = [&turn] { return turn.goOn(); };
        const auto found =
            tune::PolicySurface::of(*study.trace, *study.timeline, replay,
                                    {{capacity}, replayedTtls(ttls, study)}, options);
        if (!found) {
            return;  // the surface says why
        }
        TuneBand band{capacity, ttls, {}, {}, 0};
        for (const tune::SurfacePoint& point : found->points) {
            band.lazy.push_back(hitRatio(point.lazy.misses, found->requests));
            band.atDeadline.push_back(hitRatio(point.atDeadline.misses, found->requests));
            band.error =
                std::max({band.error, point.lazy.error / static_cast<double>(found->requests),
                          point.atDeadline.error / static_cast<double>(found->requests)});
        }
        turn.tell([this, band] { Q_EMIT banded(band); });
    });
}

void TuneJobs::stampede(const TuneStudy& study, Duration ttl, Duration load, bool hottest) {
    m_stampede.ask([this, study, ttl, load, hottest](const LatestTask::Turn& turn) {
        TuneStampede result{ttl, load, {}, {}};
        Timeline one;
        if (hottest) {
            std::uint32_t key = 0;
            one = hottestOf(*study.timeline, key);
            result.key = keyText(study.trace->names.name(key));
        }
        for (const auto protection :
             {tune::Protection::none, tune::Protection::singleFlight, tune::Protection::xfetch,
              tune::Protection::staleWhileRevalidate}) {
            tune::StampedeOptions options;
            options.protection = protection;
            options.ttl = ttl;
            options.load = load;
            options.stale = ttl;
            options.goOn = [&turn] { return turn.goOn(); };
            const auto outcome =
                tune::StampedeOutcome::of(hottest ? one : *study.timeline, options);
            if (!outcome) {
                turn.tell([this, error = outcome.error()] { Q_EMIT stampedeFailed(error); });
                return;
            }
            result.outcomes.push_back(*outcome);
        }
        turn.tell([this, result] { Q_EMIT stampeded(result); });
    });
}

}  // namespace cachescope::ui
