// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "engine/tune/advice.h"
#include "ui/model/tune_study.h"

namespace cachescope::ui {

/// What one TTL does to some keys. Counts over the whole trace; NaN where nobody knows.
struct TtlFigures {
    double ttl = 0;  ///< seconds
    double requests = 0;
    double misses = 0;   ///< calls of the origin
    double stale = 0;    ///< answers that a change had made wrong
    double meanAge = 0;  ///< of hits, in seconds
    double objects = 0;  ///< alive on average
    double bytes = 0;

    double hitRatio() const { return requests > 0 ? 1 - misses / requests : 0; }
    double staleShare() const { return requests > 0 ? stale / requests : 0; }
};

/// A study together with what is assumed of the data behind it: how often they change.
///
/// Answers at the speed of a slider: what a change makes wrong is counted anew when it is asked
/// for, a group at a time. TTLs are those of the study's curve, by their place. GUI thread.
class TuneOutlook {
public:
    TuneOutlook() = default;
    explicit TuneOutlook(TuneStudy study);

    /// A newer version of the same study, or another one: assumptions of groups are kept by name.
    void setStudy(TuneStudy study);
    const TuneStudy& study() const { return m_study; }
    bool hasCurve() const { return m_study.curve != nullptr; }

    std::size_t points() const { return hasCurve() ? m_study.curve->size() : 0; }
    double ttl(std::size_t point) const;  ///< seconds
    Duration duration(std::size_t point) const;
    std::size_t pointAt(double ttl) const;  ///< the nearest one on a logarithmic axis
    double shortest() const { return ttl(0); }
    double longest() const { return ttl(points() - 1); }
    double span() const;  ///< seconds from the first request to the last, never 0
    std::size_t groups() const { return hasCurve() ? m_study.curve->groupCount() : 0; }
    QString groupName(std::size_t group) const;
    double requests(TuneGroup group) const;

    /// Seconds between changes of a key's data, 0 for never: of all groups without one of their
    /// own.
    void setChangeInterval(double seconds);
    void setChangeInterval(std::size_t group, std::optional<double> seconds);
    double changeInterval(TuneGroup group) const;
    bool hasOwnInterval(std::size_t group) const;
    /// Whether the writes of the trace say what is stale, instead; only where it has any.
    void setAsRecorded(bool asRecorded);
    bool asRecorded() const { return m_asRecorded && m_study.hasWrites(); }
    bool knowsStale() const { return asRecorded() || m_study.ages != nullptr; }

    TtlFigures figures(TuneGroup group, std::size_t point) const;
    /// The age that `share` of the hits are not above, in seconds; NaN where not known yet.
    double age(TuneGroup group, std::size_t point, double share) const;
    /// Stale answers by TTL; empty where nobody knows.
    const std::vector<double>& stale(TuneGroup group) const;
    std::vector<tune::GroupCurve> groupCurves() const;

private:
    double rate(double seconds) const;
    const std::vector<double>& wholeStale() const;
    const tune::TtlCounts& counts(TuneGroup group, std::size_t point) const;
    void forget();

    TuneStudy m_study;
    double m_interval = 3600;
    std::map<QString, double> m_ownIntervals;
    bool m_asRecorded = true;
    mutable std::vector<std::vector<double>> m_stale;  // by group; empty: not counted
    mutable std::vector<double> m_wholeStale;
};

}  // namespace cachescope::ui
