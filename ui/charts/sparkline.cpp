// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/sparkline.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/strokes.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

void paintSparkline(QPainter& painter, const QRectF& rect, const QList<double>& values,
                    const QColor& colour, qreal width) {
    double low = 0;
    double high = 0;
    bool any = false;
    for (const double value : values) {
        if (std::isfinite(value)) {
            low = any ? std::min(low, value) : value;
            high = any ? std::max(high, value) : value;
            any = true;
        }
    }
    if (!any || values.size() < 2) {
        return;
    }
    const double least = 0.05 * std::max(std::abs(low), std::abs(high));
    if (high - low < least) {
        const double middle = (low + high) / 2;
        low = middle - least / 2;
        high = middle + least / 2;
    }
    const double range = high > low ? high - low : 1;
    QList<QPointF> points;
    points.reserve(values.size());
    const qreal step = rect.width() / static_cast<qreal>(values.size() - 1);
    for (qsizetype i = 0; i < values.size(); ++i) {
        const double value = std::isfinite(values[i]) ? values[i] : std::nan("");
        points.append({rect.left() + static_cast<qreal>(i) * step,
                       rect.bottom() - (value - low) / range * rect.height()});
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap));
    painter.drawLines(strokesOf(thinned(points), {}, 0));
    painter.restore();
}

Sparkline::Sparkline(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Sparkline::setValues(const QList<double>& values) {
    m_values = values;
    update();
}

void Sparkline::setColour(const QColor& colour) {
    m_colour = colour;
    update();
}

QSize Sparkline::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 10, fontMetrics().height()};
}

void Sparkline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintSparkline(painter, QRectF(rect()).adjusted(1, 2, -1, -2), m_values,
                   m_colour.isValid() ? m_colour : tokensFor(palette()).accent);
}

}  // namespace cachescope::ui
