// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QPointF>
#include <QString>
#include <functional>

namespace cachescope::ui {

/// How one curve of a chart looks.
///
/// With an invalid `colour` the curve wears the style of lane `group`, in whichever theme is on:
/// colour and dashes then need not be set again when the theme changes.
struct ChartSeries {
    QString name;         ///< "TTL 5 s, p99", in the read-out, the table and the CSV
    int group = 0;        ///< the lane, from 0; series of one group share a row of the read-out
    QString part;         ///< within the group: "p99"; empty when there is one series a group
    qreal width = 1.5;    ///< logical pixels
    QColor colour;        ///< invalid: of the lane
    QList<qreal> dashes;  ///< logical pixels, on and off; only with a colour
};

/// Something that was done at one moment: an invalidation, an outage, another TTL.
struct ChartMark {
    double at = 0;  ///< seconds relative to now, 0 or less
    QString label;  ///< plain text
    QColor colour;  ///< invalid: the accent
};

/// One curve with its points, as the table and the CSV show it. x: seconds relative to now.
struct ChartColumn {
    QString name;
    QList<QPointF> points;
};

/// CSV (RFC 4180, point as decimal separator, lines ended by \r\n): the first column is
/// `seconds_ago`, then one column a curve; a moment at which a curve has no value is left empty.
QString chartCsv(const QList<ChartColumn>& columns);

}  // namespace cachescope::ui
