// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ttl_items.h"

#include <QFontMetricsF>
#include <QPainter>
#include <utility>

#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kHandle = 6.5;
constexpr qreal kDot = 4.5;
constexpr float kShade = 0.08F;
constexpr float kBand = 0.16F;

}  // namespace

void TtlShadeItem::set(const QRectF& plot, const QRectF& shade, QString label, QList<Band> bands,
                       const QFont& font, const QPalette& palette) {
    prepareGeometryChange();
    m_plot = plot;
    m_shade = shade;
    m_label = std::move(label);
    m_bands = std::move(bands);
    m_font = font;
    m_palette = palette;
    update();
}

void TtlShadeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const Tokens& tokens = tokensFor(m_palette);
    painter->save();
    painter->setPen(Qt::NoPen);
    if (!m_shade.isEmpty()) {
        QColor fill = tokens.outcome(Outcome::stale);
        fill.setAlphaF(kShade);
        painter->fillRect(m_shade, fill);
    }
    painter->setRenderHint(QPainter::Antialiasing);
    for (const Band& band : m_bands) {
        QColor fill = band.colour;
        fill.setAlphaF(kBand);
        painter->setBrush(fill);
        painter->drawPolygon(band.outline);
    }
    const QFontMetricsF metrics(m_font);
    if (!m_label.isEmpty() &&
        metrics.horizontalAdvance(m_label) + space::kSmall < m_shade.width()) {
        painter->setFont(m_font);
        painter->setPen(tokens.outcomeText(Outcome::stale));
        painter->drawText(m_shade.adjusted(space::kSmall, space::kTiny, 0, 0),
                          Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine, m_label);
    }
    painter->restore();
}

void TtlMarkerItem::set(const QRectF& plot, std::optional<qreal> x, QList<Dot> dots,
                        const QFont& font, const QPalette& palette) {
    prepareGeometryChange();
    m_plot = plot;
    m_x = x;
    m_dots = std::move(dots);
    m_font = font;
    m_palette = palette;
    update();
}

QRectF TtlMarkerItem::boundingRect() const {
    return m_plot.adjusted(-kHandle - 2, -kHandle - 2, kHandle + 2, kHandle + 2);
}

void TtlMarkerItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const Tokens& tokens = tokensFor(m_palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (m_x) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawLine(QPointF(*m_x, m_plot.top()), QPointF(*m_x, m_plot.bottom()));
    }
    const QFontMetricsF metrics(m_font);
    painter->setFont(m_font);
    for (const Dot& dot : m_dots) {
        painter->setPen(dot.hollow ? QPen(dot.colour, 2) : QPen(tokens.panel, 1.5));
        painter->setBrush(dot.hollow ? tokens.panel : dot.colour);
        painter->drawEllipse(dot.at, kDot, kDot);
        if (dot.label.isEmpty()) {
            continue;
        }
        const qreal width = metrics.horizontalAdvance(dot.label);
        const bool toLeft = dot.at.x() - width - 2 * space::kSmall > m_plot.left();
        QRectF place(0, 0, width + 2, metrics.height());
        place.moveCenter(dot.at);
        place.moveLeft(toLeft ? dot.at.x() - width - space::kSmall - kDot
                              : dot.at.x() + space::kSmall + kDot);
        painter->setPen(tokens.secondary);
        drawFigures(*painter, place, Qt::AlignLeft | Qt::AlignVCenter, dot.label);
    }
    if (m_x) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->setBrush(tokens.panel);
        painter->drawEllipse(QPointF(*m_x, m_plot.bottom()), kHandle, kHandle);
    }
    painter->restore();
}

}  // namespace cachescope::ui
