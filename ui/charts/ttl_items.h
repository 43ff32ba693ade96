// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QGraphicsItem>
#include <QPalette>
#include <QPolygonF>
#include <optional>

namespace cachescope::ui {

/// What lies behind the curves of a TtlChart, already in pixels: the shade beyond a limit and bands
/// around curves. Paints and nothing else. GUI thread.
class TtlShadeItem : public QGraphicsItem {
public:
    struct Band {
        QPolygonF outline;
        QColor colour;
    };

    explicit TtlShadeItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    /// `shade` may be empty.
    void set(const QRectF& plot, const QRectF& shade, QString label, QList<Band> bands,
             const QFont& font, const QPalette& palette);

    QRectF boundingRect() const override { return m_plot; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

private:
    QRectF m_plot;
    QRectF m_shade;
    QString m_label;
    QList<Band> m_bands;
    QFont m_font;
    QPalette m_palette;
};

/// The marker of a TtlChart, a line with a handle to drag and a dot on each curve, and points that
/// stand by themselves. GUI thread.
class TtlMarkerItem : public QGraphicsItem {
public:
    struct Dot {
        QPointF at;
        QColor colour;
        QString label;        // beside it
        bool hollow = false;  // stands by itself
    };

    explicit TtlMarkerItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    /// Without `x` there is no line.
    void set(const QRectF& plot, std::optional<qreal> x, QList<Dot> dots, const QFont& font,
             const QPalette& palette);

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

private:
    QRectF m_plot;
    std::optional<qreal> m_x;
    QList<Dot> m_dots;
    QFont m_font;
    QPalette m_palette;
};

}  // namespace cachescope::ui
