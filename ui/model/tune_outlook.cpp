// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/tune_outlook.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TuneOutlook::TuneOutlook(TuneStudy study) {
    setStudy(std::move(study));
}

void TuneOutlook::setStudy(TuneStudy study) {
    m_study = std::move(study);
    forget();
}

void TuneOutlook::forget() {
    m_stale.assign(groups(), {});
    m_wholeStale.clear();
}

double TuneOutlook::ttl(std::size_t point) const {
    return point < points() ? static_cast<double>(duration(point).count()) / 1e9 : 0;
}

Duration TuneOutlook::duration(std::size_t point) const {
    return m_study.timeline->tick * m_study.curve->ttls()[point];
}

std::size_t TuneOutlook::pointAt(double seconds) const {
    if (points() == 0) {
        return 0;
    }
    const double ticks =
        std::max(seconds * 1e9 / static_cast<double>(m_study.timeline->tick.count()), 1e-9);
    const std::vector<std::uint32_t>& ttls = m_study.curve->ttls();
    const auto above = std::lower_bound(
        ttls.begin(), ttls.end(), ticks,
        [](std::uint32_t ttl, double wished) { return static_cast<double>(ttl) < wished; });
    const auto place = static_cast<std::size_t>(above - ttls.begin());
    if (place == 0 || above == ttls.end()) {
        return std::min(place, ttls.size() - 1);
    }
    return *above / ticks < ticks / ttls[place - 1] ? place : place - 1;
}

double TuneOutlook::span() const {
    const tune::Timeline& timeline = *m_study.timeline;
    return static_cast<double>(timeline.tick.count()) / 1e9 * std::max(timeline.span, 1U);
}

QString TuneOutlook::groupName(std::size_t group) const {
    return keyText(m_study.timeline->groupNames[group]);
}

double TuneOutlook::requests(TuneGroup group) const {
    return static_cast<double>(group ? m_study.curve->requestsOf(*group)
                                     : m_study.curve->requests());
}

void TuneOutlook::setChangeInterval(double seconds) {
    m_interval = seconds;
    forget();
}

void TuneOutlook::setChangeInterval(std::size_t group, std::optional<double> seconds) {
    const QString name = groupName(group);
    if (seconds) {
        m_ownIntervals[name] = *seconds;
    } else {
        m_ownIntervals.erase(name);
    }
    // The others' counts stay true, and the sum is made of them where they are there.
    m_stale[group].clear();
    m_wholeStale.clear();
}

double TuneOutlook::changeInterval(TuneGroup group) const {
    if (group && hasCurve()) {
        if (const auto own = m_ownIntervals.find(groupName(*group)); own != m_ownIntervals.end()) {
            return own->second;
        }
    }
    return m_interval;
}

bool TuneOutlook::hasOwnInterval(std::size_t group) const {
    return m_ownIntervals.contains(groupName(group));
}

void TuneOutlook::setAsRecorded(bool asRecorded) {
    m_asRecorded = asRecorded;
    forget();
}

double TuneOutlook::rate(double seconds) const {
    return seconds > 0 ? static_cast<double>(m_study.timeline->tick.count()) / 1e9 / seconds : 0;
}

const tune::TtlCounts& TuneOutlook::counts(TuneGroup group, std::size_t point) const {
    return group ? m_study.curve->group(*group, point) : m_study.curve->whole(point);
}

const std::vector<double>& TuneOutlook::stale(TuneGroup group) const {
    static const std::vector<double> kNobodyKnows;
    const bool recorded = asRecorded();
    // The table is of a curve, which may have got more TTLs since.
    if (!recorded && (m_study.ages == nullptr || m_study.ages->ttls() != m_study.curve->ttls())) {
        return kNobodyKnows;
    }
    if (!group && !recorded) {
        return wholeStale();
    }
    std::vector<double>& known = group ? m_stale[*group] : m_wholeStale;
    if (known.empty() && recorded) {
        known.resize(points());
        for (std::size_t point = 0; point < known.size(); ++point) {
            known[point] = static_cast<double>(counts(group, point).staleHits);
        }
    } else if (known.empty()) {
        known = m_study.ages->staleHits(*group, rate(changeInterval(group)));
    }
    return known;
}

const std::vector<double>& TuneOutlook::wholeStale() const {
    if (!m_wholeStale.empty()) {
        return m_wholeStale;
    }
    // One look at the sum of all groups, put right for those that have a rate of their own.
    m_wholeStale = m_study.ages->wholeStaleHits(rate(m_interval));
    if (!m_ownIntervals.empty()) {
        for (std::size_t group = 0; group < groups(); ++group) {
            if (!hasOwnInterval(group)) {
                continue;
            }
            const std::vector<double> common = m_study.ages->staleHits(group, rate(m_interval));
            const std::vector<double>& own = stale(group);
            for (std::size_t point = 0; point < m_wholeStale.size(); ++point) {
                m_wholeStale[point] =
                    std::max(0.0, m_wholeStale[point] + own[point] - common[point]);
            }
        }
    }
    return m_wholeStale;
}

TtlFigures TuneOutlook::figures(TuneGroup group, std::size_t point) const {
    const tune::TtlCounts& counted = counts(group, point);
    const double tick = static_cast<double>(m_study.timeline->tick.count()) / 1e9;
    const double ticks = std::max(m_study.timeline->span, 1U);
    TtlFigures figures;
    figures.ttl = ttl(point);
    figures.requests = requests(group);
    figures.misses = static_cast<double>(counted.misses);
    const std::vector<double>& wrong = stale(group);
    figures.stale = wrong.empty() ? kUnknown : wrong[point];
    const double hits = figures.requests - figures.misses;
    figures.meanAge = hits > 0 ? static_cast<double>(counted.hitAges) / hits * tick : kUnknown;
    figures.objects = static_cast<double>(counted.liveTicks) / ticks;
    figures.bytes = m_study.curve->hasBytes() ? counted.liveByteTicks / ticks : kUnknown;
    return figures;
}

double TuneOutlook::age(TuneGroup group, std::size_t point, double share) const {
    if (m_study.ages == nullptr || m_study.ages->ttls() != m_study.curve->ttls()) {
        return kUnknown;
    }
    const double ticks = group ? m_study.ages->agePercentile(*group, point, share)
                               : m_study.ages->wholeAgePercentile(point, share);
    return ticks * static_cast<double>(m_study.timeline->tick.count()) / 1e9;
}

std::vector<tune::GroupCurve> TuneOutlook::groupCurves() const {
    std::vector<tune::GroupCurve> curves(groups());
    for (std::size_t group = 0; group < curves.size(); ++group) {
        tune::GroupCurve& curve = curves[group];
        curve.name = m_study.timeline->groupNames[group];
        curve.staleHits = stale(group);
        for (std::size_t point = 0; point < points(); ++point) {
            const tune::TtlCounts& counted = counts(group, point);
            curve.ttls.push_back(duration(point));
            curve.misses.push_back(static_cast<double>(counted.misses));
            if (m_study.curve->hasBytes()) {
                curve.bytes.push_back(counted.liveByteTicks / std::max(m_study.timeline->span, 1U));
            }
        }
    }
    return curves;
}

}  // namespace cachescope::ui
