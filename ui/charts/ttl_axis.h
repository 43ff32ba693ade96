// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/axis_scale.h"

namespace cachescope::ui {

/// A logarithmic axis of spans such as TTLs, from `shortest` to `longest` seconds.
///
/// Positions run from 0 to 1. A value type; one thread.
class TtlAxis {
public:
    TtlAxis() = default;
    /// Both above 0; the longest is made larger than the shortest where it is not.
    TtlAxis(double shortest, double longest);

    double shortest() const { return m_shortest; }
    double longest() const { return m_longest; }

    /// Held inside the axis.
    double positionOf(double seconds) const;
    double secondsAt(double position) const;

    /// Round spans, from left to right, no closer than `least` of the axis to each other; where
    /// there is not room for all, the rounder ones stay ("1 s", "1 min", "1 h" before "10 s").
    QList<AxisTick> ticks(double least, const QLocale& locale = QLocale()) const;

private:
    double m_shortest = 1;
    double m_longest = 86400;
};

}  // namespace cachescope::ui
