// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>
#include <functional>
#include <optional>

#include "ui/charts/ttl_axis.h"

namespace cachescope::ui {

/// A share from 0 to 1 for every pair of a TTL and a capacity, as the depth of one colour.
///
/// Both axes are logarithmic; cells stand at their TTLs and capacities. Cells that are not known
/// yet (NaN) are empty, so rows may come one after the other. One point is "now"; lines go through
/// points of equal cost. A click, a drag or the arrow keys choose a cell. GUI thread.
class HeatMap : public QWidget {
    Q_OBJECT

public:
    explicit HeatMap(QWidget* parent = nullptr);

    /// Both rising; forgets all values.
    void setGrid(const QList<double>& ttls, const QList<double>& capacities);
    /// One value a TTL, of the capacity with this number.
    void setRow(qsizetype capacity, const QList<double>& values);
    /// Points of (TTL, capacity), from left to right.
    void setContours(const QList<QList<QPointF>>& contours);
    void setNow(std::optional<QPointF> ttlAndCapacity);
    /// How a cell is read aloud and shown: "hit ratio 71 %".
    void setValueFormat(std::function<QString(double value)> format);
    void setCapacityFormat(std::function<QString(double capacity)> format);

    double value(qsizetype ttl, qsizetype capacity) const;
    /// The chosen cell's numbers; nothing before one was chosen.
    std::optional<QPoint> chosen() const { return m_chosen; }
    void setChosen(std::optional<QPoint> cell);

    QRectF cellRect(qsizetype ttl, qsizetype capacity) const;
    QString describe(const QPoint& cell) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The person chose a cell.
    void cellChosen(double ttl, double capacity);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF plot() const;
    QPointF pixelOf(double ttl, double capacity) const;
    std::optional<QPoint> cellAt(const QPointF& pixel) const;
    void choose(const QPoint& cell);
    void paintAxes(QPainter& painter, const QRectF& plot) const;

    QList<double> m_ttls;
    QList<double> m_capacities;
    TtlAxis m_across;
    TtlAxis m_up;
    QList<QList<double>> m_rows;
    QList<QList<QPointF>> m_contours;
    std::optional<QPointF> m_now;
    std::optional<QPoint> m_chosen;
    std::function<QString(double)> m_format;
    std::function<QString(double)> m_capacityFormat;
};

}  // namespace cachescope::ui
