// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_items.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>
#include <algorithm>

#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {
constexpr qreal kDiamond = 4.5;
constexpr qreal kSwatch = 16;
constexpr qreal kPanelGap = 10;
}  // namespace

void CurvesItem::set(const QRectF& plot, QList<Strokes> curves, QList<Mark> marks) {
    if (plot != m_plot) {
        prepareGeometryChange();
        m_plot = plot;
    }
    m_curves = std::move(curves);
    m_marks = std::move(marks);
    update();
}

QRectF CurvesItem::boundingRect() const {
    return m_plot.adjusted(-kDiamond - 2, -kDiamond - 2, kDiamond + 2, kDiamond + 2);
}

void CurvesItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    for (const Mark& mark : m_marks) {
        painter->setPen(dashedPen(mark.colour, 1, {3, 2}));
        painter->drawLine(QPointF(mark.x, m_plot.top()), QPointF(mark.x, m_plot.bottom()));
    }
    painter->save();
    // Half a pen of slack, so that a line along the edge is not halved.
    painter->setClipRect(m_plot.adjusted(-1, -1.5, 1, 1.5));
    for (const Strokes& curve : m_curves) {
        painter->setPen(curve.pen);
        painter->drawLines(curve.lines);
    }
    painter->restore();
    painter->setPen(Qt::NoPen);
    for (const Mark& mark : m_marks) {
        painter->setBrush(mark.colour);
        const QPointF top(mark.x, m_plot.top());
        painter->drawPolygon(QPolygonF({top + QPointF(0, -kDiamond), top + QPointF(kDiamond, 0),
                                        top + QPointF(0, kDiamond), top + QPointF(-kDiamond, 0)}));
    }
    painter->restore();
}

void LabelsItem::setLook(const QFont& font, const QColor& colour) {
    m_font = font;
    m_colour = colour;
    update();
}

void LabelsItem::set(const QRectF& bounds, QList<Label> labels) {
    prepareGeometryChange();
    m_bounds = bounds;
    m_labels = std::move(labels);
    update();
}

void LabelsItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) {
    painter->save();
    painter->setFont(m_font);
    painter->setPen(m_colour);
    for (const Label& label : m_labels) {
        // Frames redraw the plot only; the labels beside it need not be set again.
        if (option->exposedRect.intersects(label.rect)) {
            drawFigures(*painter, label.rect, label.alignment, label.text);
        }
    }
    painter->restore();
}

void CursorItem::set(const QRectF& plot, qreal x, QList<ReadoutRow> rows, QList<Dot> dots,
                     const QFont& font, const QPalette& palette) {
    prepareGeometryChange();
    m_plot = plot;
    m_x = x;
    m_rows = std::move(rows);
    m_dots = std::move(dots);
    m_font = font;
    m_palette = palette;
    const QFontMetricsF metrics(font);
    qreal width = 0;
    for (const ReadoutRow& row : m_rows) {
        width = std::max(width, figuresWidth(font, row.text) +
                                    (row.colour.isValid() ? kSwatch + space::kSmall : 0));
    }
    m_panel = QRectF();
    if (!m_rows.isEmpty()) {
        const qreal height = metrics.height() * 1.2 * static_cast<qreal>(m_rows.size());
        m_panel = QRectF(0, 0, width + 2 * space::kSmall, height + 2 * space::kTiny);
        // Beside the line, on the side with more room, and never outside of the plot.
        const bool rightSide = x - plot.left() < plot.width() / 2;
        m_panel.moveLeft(rightSide ? x + kPanelGap : x - kPanelGap - m_panel.width());
        m_panel.moveLeft(std::clamp(m_panel.left(), plot.left(),
                                    std::max(plot.left(), plot.right() - m_panel.width())));
        m_panel.moveTop(std::max(plot.top(), plot.center().y() - m_panel.height() / 2));
    }
    m_bounds = QRectF(x - 5, plot.top() - 5, 10, plot.height() + 10)
                   .united(m_panel.adjusted(-1, -1, 1, 1));
    setVisible(true);
    update();
}

void CursorItem::hideCursor() {
    setVisible(false);
}

void CursorItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const Tokens& tokens = tokensFor(m_palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setPen(QPen(tokens.faint, 1));
    painter->drawLine(QPointF(m_x, m_plot.top()), QPointF(m_x, m_plot.bottom()));
    painter->setRenderHint(QPainter::Antialiasing);
    for (const Dot& dot : m_dots) {
        painter->setPen(QPen(tokens.panel, 1.5));
        painter->setBrush(dot.colour);
        painter->drawEllipse(dot.at, 3.5, 3.5);
    }
    if (!m_rows.isEmpty()) {
        QColor fill = tokens.panel;
        fill.setAlphaF(0.94F);
        paintRounded(*painter, m_panel, fill, tokens.line, kControlRadius);
        const QFontMetricsF metrics(m_font);
        painter->setFont(m_font);
        QRectF line = m_panel.adjusted(space::kSmall, space::kTiny, -space::kSmall, 0);
        line.setHeight(metrics.height() * 1.2);
        for (const ReadoutRow& row : m_rows) {
            qreal indent = 0;
            if (row.colour.isValid()) {
                painter->setPen(dashedPen(row.colour, 2, row.dashes));
                painter->drawLine(QPointF(line.left(), line.center().y()),
                                  QPointF(line.left() + kSwatch, line.center().y()));
                indent = kSwatch + space::kSmall;
            }
            painter->setPen(row.colour.isValid() ? tokens.text : tokens.secondary);
            constexpr Qt::Alignment kStart = Qt::AlignLeft | Qt::AlignVCenter;
            if (row.colour.isValid()) {
                drawFigures(*painter, line.adjusted(indent, 0, 0, 0), kStart, row.text);
            } else {
                painter->drawText(line, static_cast<int>(kStart) | Qt::TextSingleLine, row.text);
            }
            line.translate(0, line.height());
        }
    }
    painter->restore();
}

}  // namespace cachescope::ui
