// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <optional>

#include "engine/tune/advice.h"
#include "ui/model/latest_task.h"
#include "ui/model/tune_jobs.h"
#include "ui/model/tune_outlook.h"

namespace cachescope::ui {

enum class TuneGoal {
    staleBudget,   ///< the fewest calls of the origin with so many stale answers
    originBudget,  ///< the fewest stale answers with so many calls of the origin
    cost           ///< whatever costs least
};

/// What a person wants from TTLs, and what things cost. A value type.
struct TuneWishes {
    TuneGoal goal = TuneGoal::staleBudget;
    double staleShare = 0.02;  ///< of all requests
    double originCalls = 10;   ///< a second
    double load = 0.04;        ///< seconds that a call of the origin takes
    double callPrice = 0.0001;
    double gigabyteHourPrice = 0.02;
    double stalePrice = 0.0001;
    double waitPrice = 0;  ///< of a millisecond

    bool operator==(const TuneWishes&) const = default;
};

/// Tune without its widgets: a study, what is assumed and wished, a TTL for all keys beside one for
/// each namespace, and advice.
///
/// What a slider moves is counted at once, by look-ups; what needs the requests again is asked of
/// TuneJobs, and the latest question wins. TTLs follow the advice until the person moves one. A
/// source that cannot be read leaves the present study as it is. GUI thread.
class TunePresenter : public QObject {
    Q_OBJECT

public:
    explicit TunePresenter(QObject* parent = nullptr);
    ~TunePresenter() override;

    void open(const TuneSource& source);
    /// Ends reading; what was there before stays.
    void stop();
    bool busy() const { return m_jobs.studying(); }

    bool hasStudy() const { return m_outlook.hasCurve(); }
    const TuneStudy& study() const { return m_outlook.study(); }
    const TuneOutlook& outlook() const { return m_outlook; }

    // Needs the requests again.
    void setRule(tune::TtlRule rule);
    void setBoundary(tune::TtlBoundary boundary);
    void setSeparator(const QString& separator);
    /// Whether the last source could be read but has no times, so that a rate would help.
    bool needsRate() const { return m_untimed.has_value(); }
    /// Opens that source with so many requests a second.
    void assumeRate(double requestsPerSecond);

    // Look-ups.
    void setAsRecorded(bool asRecorded);
    void setChangeInterval(TuneGroup group, std::optional<double> seconds);
    const TuneWishes& wishes() const { return m_wishes; }
    void setWishes(const TuneWishes& wishes);

    TuneGroup selected() const { return m_selected; }
    void select(TuneGroup group);

    /// Held to the TTLs of the curve. Without a group, the one for all keys.
    void setTtl(TuneGroup group, double seconds);
    std::size_t point(TuneGroup group) const;
    TtlFigures planned(TuneGroup group) const { return m_outlook.figures(group, point(group)); }
    /// All namespaces together, each with its own TTL.
    TtlFigures together() const;
    bool followsAdvice() const { return m_follows; }
    void takeAdvice();

    const std::optional<tune::TtlAdvice>& advice() const { return m_advice; }
    /// Why there is none.
    const std::optional<Error>& adviceProblem() const { return m_adviceProblem; }
    /// Of what stands in together(), in the unit of the prices, a second.
    tune::Cost costPerSecond(const TtlFigures& figures) const;
    tune::CostModel costModel() const;

    // TTL × capacity.
    const std::string& policy() const { return m_policy; }
    void setPolicy(const std::string& policy);
    const TuneSurface& surface() const { return m_surface; }
    bool surfacing() const { return m_jobs.surfacing(); }
    std::optional<std::uint64_t> capacity() const { return m_capacity; }
    void setCapacity(std::optional<std::uint64_t> capacity);
    const std::optional<TuneBand>& band() const { return m_band; }

    // Stampede.
    bool hottestOnly() const { return m_hottestOnly; }
    void setHottestOnly(bool hottest);
    const TuneStampede& stampede() const { return m_stampede; }

Q_SIGNALS:
    /// Another study, or more of it is known.
    void studyChanged();
    /// Other assumptions or wishes: figures are new, and TTLs may be.
    void figuresChanged();
    void selectionChanged();
    void adviceChanged();
    void surfaceChanged();
    void stampedeChanged();
    void progressed(const QString& what, double done);
    void busyChanged();
    void failed(const cachescope::Error& error);

private:
    void ask(TuneStudy known);
    void take(const TuneStudy& study);
    void fail(const Error& error, const TuneStudy& soFar);
    void advise();
    void takeAdvised(Result<tune::TtlAdvice> advice);
    void follow();
    void askSurface();
    void askStampede();

    TuneOutlook m_outlook;
    std::optional<TuneStudy> m_untimed;
    TuneWishes m_wishes;
    TuneGroup m_selected;
    std::vector<std::size_t> m_points;  // of the groups
    std::size_t m_point = 0;            // of all keys
    std::vector<double> m_ttls;         // the same in seconds, as the curve gets more of them
    double m_ttl = 60;
    bool m_follows = true;
    std::optional<tune::TtlAdvice> m_advice;
    std::optional<Error> m_adviceProblem;
    std::string m_policy = "lru";
    TuneSurface m_surface;
    std::optional<std::uint64_t> m_capacity;
    std::optional<TuneBand> m_band;
    bool m_hottestOnly = true;
    TuneStampede m_stampede;
    TuneJobs m_jobs;
    LatestTask m_adviser;
};

}  // namespace cachescope::ui
