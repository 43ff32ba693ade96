// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QList>
#include <QPointF>
#include <optional>

#include "ui/charts/axis_scale.h"
#include "ui/charts/chart_series.h"

class QCategoryAxis;
class QChart;

namespace cachescope::ui {

class CursorItem;
class CurvesItem;
class LabelsItem;

/// One line of the read-out at the cursor; a row without a colour is a heading.
struct ReadoutRow {
    QColor colour;
    QList<qreal> dashes;
    QString text;
};

/// The plot of a TimeSeriesChart: QtCharts has the scene, the plot area and the grid of the value
/// axis; items of our own draw curves, labels and cursor into it.
///
/// The curves are not QLineSeries because 24 of them, mostly dashed, with 300 points each take
/// 31 ms of processor time a frame there (Qt 6.4, software raster), twice the budget, and cannot
/// have gaps. Here they are cut into plain segments once per refresh: 9 ms with all the rest, see
/// tests/bench/chart_refresh_bench.cpp. The labels are not the axis's because those are
/// left out when they would cross its end, and their digits are not tabular. Knows no product
/// terms. GUI thread.
class ChartCanvas : public QChartView {
    Q_OBJECT

public:
    explicit ChartCanvas(QWidget* parent = nullptr);

    /// Styles with resolved colours, in drawing order.
    void setStyles(const QList<ChartSeries>& styles);
    void setPoints(qsizetype series, const QList<QPointF>& points);
    void setMarks(const QList<ChartMark>& marks);
    /// Where "now" lies on the caller's time line in seconds; keeps dashes fixed to the data.
    void setNow(double seconds) { m_now = seconds; }
    void setWindow(double seconds);
    void setUnit(const QString& unit);
    /// Consecutive points further apart than this, in seconds, are not joined; 0: always joined.
    void setGap(double seconds) { m_gap = seconds; }
    void setScale(const AxisScale& scale);
    const AxisScale& scale() const { return m_scale; }

    /// Draws what was set since; once per frame.
    void rebuild();

    void setCursorAt(std::optional<double> secondsAgo, const QList<ReadoutRow>& rows,
                     const QList<double>& values);

    /// Plot coordinates of the viewport.
    QRectF plotArea() const;
    QPointF pixelOf(double x, double value) const;
    /// Nothing outside of the plot.
    std::optional<double> secondsAgoAt(QPointF pixel) const;
    /// The number of segments drawn for a series, for tests of gaps and dashes.
    qsizetype strokeCount(qsizetype series) const;

Q_SIGNALS:
    void hovered(std::optional<double> secondsAgo);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    struct Curve {
        ChartSeries style;
        QList<QPointF> points;
        // A moment on the caller's time line and how far into the dashes the curve is there.
        std::optional<double> anchor;
        qreal anchorPhase = 0;
    };

    void updateColours();
    void layOut();
    QList<AxisTick> valueTicks(qreal height) const;
    void layOutAxes(const QRectF& plot, const QList<AxisTick>& valueTicks);
    void placeCursor();
    QList<QLineF> strokesFor(Curve& curve) const;

    QChart* m_chart;
    QCategoryAxis* m_valueAxis;
    LabelsItem* m_labelsItem;
    CurvesItem* m_curvesItem;
    CursorItem* m_cursorItem;
    QList<Curve> m_curves;
    QList<ChartMark> m_marks;
    AxisScale m_scale;
    QString m_unit;
    double m_window = 60;
    double m_gap = 0;
    double m_now = 0;
    std::optional<double> m_cursor;
    QList<ReadoutRow> m_cursorRows;
    QList<double> m_cursorValues;
};

}  // namespace cachescope::ui
