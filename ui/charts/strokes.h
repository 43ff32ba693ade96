// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QList>
#include <QPointF>

namespace cachescope::ui {

/// Turns curves into plain line segments, which the raster engine draws ten times faster than
/// wide or dashed polylines.
///
/// Points are in pixels, ordered by x; a point whose y is NaN breaks the curve. Pure functions;
/// any thread.

/// Thins a curve with more than two points a pixel column out to the first, lowest, highest and
/// last point of each column, so that no spike is lost. Shorter curves are returned as they are.
QList<QPointF> thinned(const QList<QPointF>& points);

/// The segments of a curve. With `dashes` (on, off, … in pixels) the curve is cut along its length;
/// `phase` is how far into the pattern it starts. `lengths`, when given, receives the distance
/// along the curve of each point, so that the pattern can be carried on in the next frame.
QList<QLineF> strokesOf(const QList<QPointF>& points, const QList<qreal>& dashes, qreal phase,
                        QList<qreal>* lengths = nullptr);

}  // namespace cachescope::ui
