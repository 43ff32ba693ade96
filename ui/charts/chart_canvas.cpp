// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_canvas.h"

#include <QCategoryAxis>
#include <QChart>
#include <QEvent>
#include <QFontMetricsF>
#include <QLineSeries>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart_items.h"
#include "ui/charts/strokes.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

/// Replaces the labels of an axis; the range runs from `low` to `high`.
void setTicks(QCategoryAxis& axis, const QList<AxisTick>& ticks, double low, double high) {
    for (const QString& label : axis.categoriesLabels()) {
        axis.remove(label);
    }
    // A category ends at its label; one that starts and ends at the lower edge must have a size.
    const double sliver = (high - low) * 1e-6;
    axis.setRange(low - sliver, high);
    axis.setStartValue(low - sliver);
    for (const AxisTick& tick : ticks) {
        axis.append(tick.label, tick.position);
    }
}

}  // namespace

ChartCanvas::ChartCanvas(QWidget* parent)
    : QChartView(parent),
      m_chart(new QChart),
      m_timeAxis(new QCategoryAxis),
      m_valueAxis(new QCategoryAxis) {
    setChart(m_chart);
    m_chart->legend()->hide();
    m_chart->setBackgroundVisible(false);
    m_chart->setAnimationOptions(QChart::NoAnimation);
    m_chart->addAxis(m_timeAxis, Qt::AlignBottom);
    m_chart->addAxis(m_valueAxis, Qt::AlignLeft);
    for (QCategoryAxis* axis : {m_timeAxis, m_valueAxis}) {
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        axis->setTruncateLabels(false);
        axis->setLineVisible(false);
        axis->setMinorGridLineVisible(false);
    }
    m_timeAxis->setGridLineVisible(false);
    m_curvesItem = new CurvesItem(m_chart);
    m_curvesItem->setZValue(20);
    m_cursorItem = new CursorItem(m_chart);
    m_cursorItem->setZValue(21);
    m_cursorItem->setVisible(false);

    setFrameShape(NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    viewport()->setAutoFillBackground(false);
    setMinimumSize(fontMetrics().averageCharWidth() * 24, fontMetrics().height() * 5);
    updateColours();
}

void ChartCanvas::setStyles(const QList<ChartSeries>& styles) {
    m_curves.resize(styles.size());
    for (qsizetype i = 0; i < styles.size(); ++i) {
        m_curves[i].style = styles[i];
        m_curves[i].anchor.reset();
    }
}

void ChartCanvas::setPoints(qsizetype series, const QList<QPointF>& points) {
    m_curves[series].points = points;
}

void ChartCanvas::setMarks(const QList<ChartMark>& marks) {
    m_marks = marks;
}

void ChartCanvas::setWindow(double seconds) {
    m_window = seconds;
    layOut();
}

void ChartCanvas::setUnit(const QString& unit) {
    m_unit = unit;
    layOut();
}

void ChartCanvas::setScale(const AxisScale& scale) {
    m_scale = scale;
    layOut();
}

void ChartCanvas::updateColours() {
    const Tokens& tokens = tokensFor(palette());
    const QFont face = sized(font(), TypeSize::small);
    for (QCategoryAxis* axis : {m_timeAxis, m_valueAxis}) {
        axis->setLabelsBrush(tokens.secondary);
        axis->setLabelsFont(face);
        axis->setGridLineColor(tokens.grid);
    }
}

void ChartCanvas::updateTimeAxis() {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    const qreal each = metrics.horizontalAdvance(QStringLiteral("−000 min")) * 1.3;
    const int most = std::clamp(static_cast<int>(m_chart->plotArea().width() / each), 1, 6);
    setTicks(*m_timeAxis, timeTicks(m_window, most, locale()), -m_window, 0);
}

void ChartCanvas::updateValueAxis() {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    const int most =
        std::clamp(static_cast<int>(m_chart->plotArea().height() / (metrics.height() * 1.8)), 2, 8);
    setTicks(*m_valueAxis, m_scale.ticks(most, m_unit, locale()), m_scale.low(), m_scale.high());
}

void ChartCanvas::layOut() {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    const qreal line = metrics.height();
    qreal labels = metrics.horizontalAdvance(QStringLiteral("100 %"));
    for (const AxisTick& tick : m_scale.ticks(8, m_unit, locale())) {
        labels = std::max(labels, metrics.horizontalAdvance(tick.label));
    }
    const qreal side = std::ceil(labels) + space::kMedium;
    // Half of "now" stands out at the end.
    const qreal end = std::ceil(metrics.horizontalAdvance(timeTicks(60, 1).last().label) / 2) + 2;
    const QRectF all(viewport()->rect());
    const QRectF plot(side, std::ceil(line * 0.7), std::max(10.0, all.width() - side - end),
                      std::max(10.0, all.height() - std::ceil(line * 0.7) - std::ceil(line * 1.7)));
    m_chart->setPlotArea(plot);
    updateTimeAxis();
    updateValueAxis();
}

QRectF ChartCanvas::plotArea() const {
    return m_chart->plotArea();
}

QPointF ChartCanvas::pixelOf(double x, double value) const {
    const QRectF plot = plotArea();
    const auto position = m_scale.position(value);
    const double share = position ? (*position - m_scale.low()) / (m_scale.high() - m_scale.low())
                                  : std::numeric_limits<double>::quiet_NaN();
    return {plot.right() + x / m_window * plot.width(), plot.bottom() - share * plot.height()};
}

std::optional<double> ChartCanvas::secondsAgoAt(QPointF pixel) const {
    const QRectF plot = plotArea();
    if (pixel.x() < plot.left() - 1 || pixel.x() > plot.right() + 1) {
        return std::nullopt;
    }
    return std::clamp((plot.right() - pixel.x()) / plot.width() * m_window, 0.0, m_window);
}

qsizetype ChartCanvas::strokeCount(qsizetype series) const {
    return m_curvesItem->curves().value(series).lines.size();
}

QList<QLineF> ChartCanvas::strokesFor(Curve& curve) const {
    QList<QPointF> pixels;
    pixels.reserve(curve.points.size() + 8);
    double previous = std::numeric_limits<double>::quiet_NaN();
    for (const QPointF& point : curve.points) {
        if (point.x() < -m_window * 1.05) {
            continue;
        }
        if (m_gap > 0 && point.x() - previous > m_gap) {
            pixels.append({pixelOf(point.x(), 0).x(), std::numeric_limits<double>::quiet_NaN()});
        }
        pixels.append(pixelOf(point.x(), point.y()));
        previous = point.x();
    }
    pixels = thinned(pixels);
    if (curve.style.dashes.isEmpty() || pixels.isEmpty()) {
        return strokesOf(pixels, {}, 0);
    }
    // Dashes are fixed to the data: at the anchor, a moment that the curve has passed, the pattern
    // stands where it stood in the frame before.
    const QRectF plot = plotArea();
    const auto momentOf = [&](const QPointF& pixel) {
        return m_now + (pixel.x() - plot.right()) / plot.width() * m_window;
    };
    QList<qreal> lengths;
    qreal phase = 0;
    if (curve.anchor && *curve.anchor >= momentOf(pixels.first())) {
        qreal along = 0;
        qsizetype i = 1;
        const qreal x = plot.right() + (*curve.anchor - m_now) / m_window * plot.width();
        for (; i < pixels.size() && pixels[i].x() <= x; ++i) {
            const QPointF step = pixels[i] - pixels[i - 1];
            along += std::isnan(step.y()) ? 0 : std::hypot(step.x(), step.y());
        }
        phase = curve.anchorPhase - along;
    } else {
        curve.anchor.reset();
    }
    QList<QLineF> strokes = strokesOf(pixels, curve.style.dashes, phase, &lengths);
    if (!curve.anchor) {
        curve.anchor = momentOf(pixels.last());
        curve.anchorPhase = lengths.last() + phase;
    }
    return strokes;
}

void ChartCanvas::rebuild() {
    const Tokens& tokens = tokensFor(palette());
    QList<CurvesItem::Strokes> strokes;
    strokes.reserve(m_curves.size());
    for (Curve& curve : m_curves) {
        const Qt::PenCapStyle cap = curve.style.dashes.isEmpty() ? Qt::SquareCap : Qt::FlatCap;
        strokes.append(
            {QPen(curve.style.colour, curve.style.width, Qt::SolidLine, cap), strokesFor(curve)});
    }
    QList<CurvesItem::Mark> marks;
    for (const ChartMark& mark : m_marks) {
        if (mark.at >= -m_window && mark.at <= 0) {
            marks.append(
                {pixelOf(mark.at, 0).x(), mark.colour.isValid() ? mark.colour : tokens.accent});
        }
    }
    m_curvesItem->set(plotArea(), std::move(strokes), std::move(marks));
}

void ChartCanvas::setCursorAt(std::optional<double> secondsAgo, const QList<ReadoutRow>& rows,
                              const QList<double>& values) {
    if (!secondsAgo || *secondsAgo > m_window) {
        m_cursorItem->hideCursor();
        return;
    }
    QList<CursorItem::Dot> dots;
    for (qsizetype i = 0; i < std::min(values.size(), m_curves.size()); ++i) {
        if (std::isfinite(values[i])) {
            dots.append({pixelOf(-*secondsAgo, values[i]), m_curves[i].style.colour});
        }
    }
    m_cursorItem->set(plotArea(), pixelOf(-*secondsAgo, 0).x(), rows, dots,
                      sized(font(), TypeSize::small), palette());
}

void ChartCanvas::changeEvent(QEvent* event) {
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateColours();
        layOut();
    }
}

void ChartCanvas::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    layOut();
    rebuild();
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event) {
    Q_EMIT hovered(secondsAgoAt(event->position()));
    event->ignore();
}

// Clicks belong to the panel around the plot: focus, context menu.
void ChartCanvas::mousePressEvent(QMouseEvent* event) {
    event->ignore();
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event) {
    event->ignore();
}

void ChartCanvas::leaveEvent(QEvent* event) {
    QChartView::leaveEvent(event);
    Q_EMIT hovered(std::nullopt);
}

void ChartCanvas::wheelEvent(QWheelEvent* event) {
    event->ignore();
}

}  // namespace cachescope::ui
