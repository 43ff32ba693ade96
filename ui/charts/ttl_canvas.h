// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QList>
#include <optional>

#include "ui/charts/axis_scale.h"
#include "ui/charts/chart_canvas.h"
#include "ui/charts/ttl_axis.h"
#include "ui/charts/ttl_curves.h"

class QCategoryAxis;
class QChart;

namespace cachescope::ui {

class CurvesItem;
class LabelsItem;
class CursorItem;
class TtlMarkerItem;
class TtlShadeItem;

/// The plot of a TtlChart: QtCharts has the scene, the plot area and the grid; items of our own
/// draw curves, bands, labels and the marker that the person drags. GUI thread.
class TtlCanvas : public QChartView {
    Q_OBJECT

public:
    explicit TtlCanvas(QWidget* parent = nullptr);

    void setAxis(const TtlAxis& axis);
    const TtlAxis& axis() const { return m_axis; }
    void setLines(const QList<double>& ttls, const QList<TtlCurveLine>& lines);
    void setPoints(const QList<TtlPoint>& points);
    /// All to the right of it is shaded, with the label.
    void setLimit(std::optional<double> ttl, const QString& label);
    void setMarker(std::optional<double> ttl, const QList<ReadoutRow>& rows,
                   const QList<QPair<double, bool>>& values);
    void setReadoutShown(bool shown);

    QRectF plotArea() const;
    QPointF pixelOf(double ttl, double value, bool right = false) const;

Q_SIGNALS:
    void dragged(double ttl);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void layOut();
    void placeCurves();
    void placeMarker();
    void drag(const QPointF& pixel);
    bool hasRight() const;

    QChart* m_chart;
    QCategoryAxis* m_grid;
    LabelsItem* m_labels;
    LabelsItem* m_rightLabels;
    CurvesItem* m_curves;
    TtlShadeItem* m_shade;
    TtlMarkerItem* m_marker;
    CursorItem* m_readout;
    TtlAxis m_axis;
    AxisScale m_left{ValueAxisKind::percent};
    AxisScale m_right;  // in percent
    QList<double> m_ttls;
    QList<TtlCurveLine> m_lines;
    QList<TtlPoint> m_points;
    std::optional<double> m_limit;
    QString m_limitLabel;
    std::optional<double> m_markerTtl;
    QList<ReadoutRow> m_rows;
    QList<QPair<double, bool>> m_markerValues;
    bool m_showsReadout = false;
};

}  // namespace cachescope::ui
