// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_strip.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

FigureStrip::FigureStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void FigureStrip::setFigures(const QList<Figure>& figures) {
    m_figures = figures;
    QStringList parts;
    for (const Figure& figure : figures) {
        parts.append(QStringLiteral("%1 %2").arg(figure.name, figure.value));
    }
    setAccessibleName(parts.join(QStringLiteral(", ")));
    setToolTip(QStringLiteral("<span>%1</span>")
                   .arg(parts.join(QLatin1Char('\n'))
                            .toHtmlEscaped()
                            .replace(QLatin1Char('\n'), QStringLiteral("<br>"))));
    updateGeometry();
    update();
}

QSize FigureStrip::sizeHint() const {
    const QFontMetrics small(sized(font(), TypeSize::small));
    return {static_cast<int>(m_figures.size()) * small.averageCharWidth() * 14,
            small.height() + fontMetrics().height() + 2};
}

QSize FigureStrip::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 12, sizeHint().height()};
}

void FigureStrip::paintEvent(QPaintEvent*) {
    if (m_figures.isEmpty()) {
        return;
    }
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    const QFont small = sized(font(), TypeSize::small);
    const QFont strong = sized(font(), TypeSize::body, QFont::DemiBold);
    const QFontMetricsF names(small);
    QList<qreal> widths;
    qreal taken = 0;
    for (const Figure& figure : std::as_const(m_figures)) {
        const qreal own =
            std::max(names.horizontalAdvance(figure.name), figuresWidth(strong, figure.value));
        if (taken + own > width() && !widths.isEmpty()) {
            break;
        }
        widths.append(own);
        taken += own + space::kLarge;
    }
    taken -= space::kLarge;
    const qsizetype gaps = std::max<qsizetype>(widths.size() - 1, 1);
    // Where there is much room, the figures stay together.
    const qreal gap = space::kLarge + std::min((width() - taken) / static_cast<qreal>(gaps),
                                               static_cast<qreal>(2 * space::kHuge));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    qreal x = 0;
    for (qsizetype i = 0; i < widths.size(); ++i) {
        const qreal step = widths[i] + 1;
        const qreal left = mirrored ? width() - x - step : x;
        x += widths[i] + gap;
        const QRectF name(left, 0, step, names.height());
        painter.setFont(small);
        painter.setPen(tokens.secondary);
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, m_figures[i].name);
        painter.setFont(strong);
        painter.setPen(m_figures[i].colour.isValid() ? m_figures[i].colour : tokens.text);
        drawFigures(painter, QRectF(left, names.height() + 2, step, height() - names.height() - 2),
                    Qt::AlignLeft | Qt::AlignVCenter, m_figures[i].value);
    }
}

}  // namespace cachescope::ui
