// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>

namespace cachescope::ui {

/// One curve over TTLs, and how it looks. A value type.
struct TtlCurveLine {
    QString name;
    QColor colour;
    QList<qreal> dashes;
    qreal width = 1.8;
    bool right = false;    ///< on the axis at the right
    QList<double> values;  ///< one a TTL: 0 to 1
    QList<double> lowest;  ///< with `highest` a band around the curve; or empty
    QList<double> highest;
};

/// Something that stands at one TTL, such as what was measured. A value type.
struct TtlPoint {
    double ttl = 0;
    double value = 0;
    QString label;
    QColor colour;
};

}  // namespace cachescope::ui
