// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/bar_list.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kBar = 7;

}  // namespace

BarList::BarList(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void BarList::setBars(const QList<Bar>& bars) {
    m_bars = bars;
    QStringList parts;
    for (const Bar& bar : bars) {
        parts.append(QStringLiteral("%1: %2, %3").arg(bar.name, bar.figure, bar.detail));
    }
    setAccessibleDescription(parts.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize BarList::sizeHint() const {
    const int small = QFontMetrics(sized(font(), TypeSize::small)).height();
    const int row = fontMetrics().height() + small + static_cast<int>(kBar) + 2 * space::kTiny;
    return {fontMetrics().averageCharWidth() * 36,
            static_cast<int>(std::max<qsizetype>(m_bars.size(), 4)) * row};
}

QSize BarList::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 20, sizeHint().height()};
}

void BarList::paintEvent(QPaintEvent*) {
    if (m_bars.isEmpty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = tokensFor(palette());
    const QFont small = sized(font(), TypeSize::small);
    const QFontMetricsF details(small);
    const qreal line = fontMetrics().height();
    const qreal step = static_cast<qreal>(height()) / static_cast<qreal>(m_bars.size());
    double most = 0;
    for (const Bar& bar : std::as_const(m_bars)) {
        most = std::max(most, bar.value);
    }
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment start = mirrored ? Qt::AlignRight : Qt::AlignLeft;
    const Qt::Alignment end = mirrored ? Qt::AlignLeft : Qt::AlignRight;
    for (qsizetype i = 0; i < m_bars.size(); ++i) {
        const Bar& bar = m_bars[i];
        const qreal top = step * static_cast<qreal>(i);
        painter.setFont(font());
        painter.setPen(tokens.text);
        painter.drawText(QRectF(0, top, width(), line), static_cast<int>(start | Qt::AlignVCenter),
                         bar.name);
        drawFigures(painter, QRectF(0, top, width(), line), end | Qt::AlignVCenter, bar.figure);
        const QRectF track(0, top + line + 2, width(), kBar);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tokens.grid);
        painter.drawRoundedRect(track, kBar / 2, kBar / 2);
        if (most > 0 && bar.value > 0) {
            const qreal length = std::max(track.width() * bar.value / most, kBar);
            painter.setBrush(bar.colour);
            painter.drawRoundedRect(
                QRectF(mirrored ? track.right() - length : 0, track.top(), length, kBar), kBar / 2,
                kBar / 2);
        }
        painter.setFont(small);
        painter.setPen(tokens.secondary);
        painter.drawText(QRectF(0, track.bottom() + 2, width(), details.height()),
                         static_cast<int>(start | Qt::AlignVCenter),
                         details.elidedText(bar.detail, Qt::ElideRight, width()));
    }
}

}  // namespace cachescope::ui
