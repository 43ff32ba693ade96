// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <vector>

namespace cachescope::ui {

/// Lines of equal value through a grid, such as those of equal cost: `values` row by row, a row for
/// each of `ys`, NaN where nothing is known, through which no line goes.
///
/// Places between two points are found evenly over the logarithms of the axes. Each line is joined
/// as far as it goes. Pure function (marching squares).
QList<QList<QPointF>> equalLines(const QList<double>& xs, const QList<double>& ys,
                                 const std::vector<double>& values, double level);

/// Up to `count` levels in equal ratios strictly between the smallest and the largest value; none
/// where the values hardly differ.
QList<double> levelsOf(const std::vector<double>& values, int count);

}  // namespace cachescope::ui
