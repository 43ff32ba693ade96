// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

namespace cachescope::ui {

/// The values that an input accepts, and how a slider walks through them.
///
/// A slider stops at round values only (linear: multiples of `step`; logarithmic: 1, 1.2, 1.5, 2,
/// … in each decade; or exactly `stops`); a typed value need not be one of them. A logarithmic
/// range starts above 0; with `zero` its left end is 0 itself, "off". Pure value, any thread.
struct ValueRange {
    double minimum = 0;
    double maximum = 1;
    bool logarithmic = false;
    bool zero = false;
    double step = 0;      ///< linear only; 0: a hundredth of the range
    QList<double> stops;  ///< ascending; overrides the rule

    bool contains(double value) const;
    /// Where a value lies along the slider, from 0 to 1.
    double share(double value) const;
    /// The round value nearest to a place along the slider.
    double valueAt(double share) const;
    /// The next round value in a direction (+1 or −1), or the end of the range.
    double next(double value, int direction) const;

    /// Round spans for a slider of time in seconds: 1, 2, 5, 10, 15, 30 s, 1, 2, 5 min, 1 h, 1 d, …
    /// between the two, both included.
    static ValueRange spans(double minimum, double maximum, bool zero = false);
    static ValueRange linear(double minimum, double maximum, double step = 0);
    static ValueRange log(double minimum, double maximum, bool zero = false);

private:
    QList<double> allStops() const;
};

}  // namespace cachescope::ui
