// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "engine/tune/advice.h"
#include "engine/tune/stack_distance.h"
#include "ui/model/latest_task.h"
#include "ui/model/tune_study.h"

namespace cachescope::ui {

/// Everything about a trace that takes longer than a frame, on threads of its own: reading it, its
/// curves, the surface over capacities, the stampede.
///
/// Each kind of question has its own thread, on which the latest one wins; answers come as signals,
/// the first ones coarse, and never after a newer question of their kind. GUI thread.
class TuneJobs : public QObject {
    Q_OBJECT

public:
    explicit TuneJobs(QObject* parent = nullptr);
    ~TuneJobs() override;

    /// Reads, lays out and sweeps. What `known` has of the same source is not done again: a trace,
    /// or a trace and a timeline.
    void study(TuneStudy known);
    void stopStudy();
    bool studying() const { return m_study.busy(); }

    /// Of an exact curve for LRU, of replays for all other policies.
    void surface(const TuneStudy& study, const std::string& policy, std::size_t points);
    void stopSurface();
    bool surfacing() const { return m_surface.busy(); }
    void band(const TuneStudy& study, const std::string& policy, std::uint64_t capacity,
              const std::vector<Duration>& ttls);
    void stopBand() { m_band.cancel(); }
    /// `hottest`: of the key that is asked for most, not of all.
    void stampede(const TuneStudy& study, Duration ttl, Duration load, bool hottest);

Q_SIGNALS:
    /// `done` is a share from 0 to 1, or below 0 where nobody knows.
    void progressed(const QString& what, double done);
    void studied(const cachescope::ui::TuneStudy& study);
    void studyFailed(const cachescope::Error& error, const cachescope::ui::TuneStudy& soFar);
    void studyEnded();
    void surfaced(const cachescope::ui::TuneSurface& surface);
    void surfaceFailed(const cachescope::Error& error);
    void banded(const cachescope::ui::TuneBand& band);
    void stampeded(const cachescope::ui::TuneStampede& stampede);
    void stampedeFailed(const cachescope::Error& error);

private:
    // Of the timeline that was asked about last; the surface's thread alone.
    struct Distances {
        std::shared_ptr<const tune::Timeline> timeline;
        std::shared_ptr<const tune::StackDistances> distances;
    };

    void work(const LatestTask::Turn& turn, TuneStudy study);
    void lruSurface(const LatestTask::Turn& turn, const TuneStudy& study, TuneSurface surface);
    void policySurface(const LatestTask::Turn& turn, const TuneStudy& study, TuneSurface surface);

    Distances m_distances;
    LatestTask m_study;
    LatestTask m_surface;
    LatestTask m_band;
    LatestTask m_stampede;
};

/// The TTLs that a study starts with: those that people write, and others between them in equal
/// ratios, in ticks.
std::vector<std::uint32_t> studyTtls(const tune::Timeline& timeline, std::size_t points);

}  // namespace cachescope::ui
