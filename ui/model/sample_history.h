// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <deque>

#include "engine/sim/lane_event.h"
#include "engine/sim/lane_metrics.h"

namespace cachescope::ui {

/// What a chart can show of a lane.
enum class Metric {
    p50,
    p95,
    p99,
    hitRatio,
    staleRatio,
    originCalls,
    failures,
    expirations,
    leakedRatio
};

/// The last samples and marks of a run, cut to what charts can show.
///
/// Points are thinned to one a pixel column or so, with gaps as not-a-number points. GUI thread.
class SampleHistory {
public:
    void clear();
    void append(const std::vector<sim::Sample>& samples);
    void append(const std::vector<sim::Mark>& marks);

    /// Points of one lane: x in seconds before `now` (at most 0, at least -window), y in the
    /// metric's unit (seconds, ratio from 0 to 1, or a second).
    QList<QPointF> points(sim::LaneId lane, Metric metric, TimePoint now, Duration window) const;

    const std::deque<sim::Sample>& samples() const noexcept { return m_samples; }
    const std::deque<sim::Mark>& marks() const noexcept { return m_marks; }

private:
    std::deque<sim::Sample> m_samples;
    std::deque<sim::Mark> m_marks;
};

}  // namespace cachescope::ui
