// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QGraphicsItem>
#include <QLineF>
#include <QPalette>
#include <QPen>

#include "ui/charts/chart_canvas.h"

namespace cachescope::ui {

/// Curves and marks of a chart, already in pixels. Paints and nothing else. GUI thread.
class CurvesItem : public QGraphicsItem {
public:
    struct Strokes {
        QPen pen;
        QList<QLineF> lines;
    };
    struct Mark {
        qreal x;
        QColor colour;
    };

    explicit CurvesItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    void set(const QRectF& plot, QList<Strokes> curves, QList<Mark> marks);
    const QList<Strokes>& curves() const { return m_curves; }

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

private:
    QRectF m_plot;
    QList<Strokes> m_curves;
    QList<Mark> m_marks;
};

/// The texts along both axes.
class LabelsItem : public QGraphicsItem {
public:
    struct Label {
        QRectF rect;
        Qt::Alignment alignment;
        QString text;
    };

    explicit LabelsItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    void setLook(const QFont& font, const QColor& colour);
    void set(const QRectF& bounds, QList<Label> labels);

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

private:
    QRectF m_bounds;
    QList<Label> m_labels;
    QFont m_font;
    QColor m_colour;
};

/// The crosshair: a hairline, a dot on each curve and a panel with the values beside it.
class CursorItem : public QGraphicsItem {
public:
    explicit CursorItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    struct Dot {
        QPointF at;
        QColor colour;
    };
    /// Shows nothing while `plot` is empty.
    void set(const QRectF& plot, qreal x, QList<ReadoutRow> rows, QList<Dot> dots,
             const QFont& font, const QPalette& palette);
    void hideCursor();

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

private:
    QRectF m_plot;
    QRectF m_bounds;
    QRectF m_panel;
    qreal m_x = 0;
    QList<ReadoutRow> m_rows;
    QList<Dot> m_dots;
    QFont m_font;
    QPalette m_palette;
};

}  // namespace cachescope::ui
