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

constexpr int kMostValueTicks = 8;

/// Puts the grid lines of an axis onto the ticks; the range runs from `low` to `high`.
void setTicks(QCategoryAxis& axis, const QList<AxisTick>& ticks, double low, double high) {
    for (const QString& label : axis.categoriesLabels()) {
        axis.remove(label);
    }
    // A category ends at its tick; one that starts and ends at the lower edge must have a size.
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
      m_valueAxis(new QCategoryAxis),
      m_labelsItem(new LabelsItem(m_chart)) {
    setChart(m_chart);
    m_chart->legend()->hide();
    m_chart->setBackgroundVisible(false);
    m_chart->setAnimationOptions(QChart::NoAnimation);
    m_chart->addAxis(m_valueAxis, Qt::AlignLeft);
    m_valueAxis->setLabelsVisible(false);
    m_valueAxis->setLineVisible(false);
    m_labelsItem->setZValue(19);
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
    m_valueAxis->setGridLineColor(tokens.grid);
    m_labelsItem->setLook(sized(font(), TypeSize::small), tokens.secondary);
}

void ChartCanvas::layOut() {
    const QFont face = sized(font(), TypeSize::small);
    const QFontMetricsF metrics(face);
    const qreal line = metrics.height();
    // Half of the last label, "now", stands out at the end.
    const qreal end =
        std::ceil(metrics.horizontalAdvance(timeTicks(60, 1, locale()).last().label) / 2) + 1;
    const qreal top = std::ceil(line * 0.7);
    const qreal bottom = std::ceil(line + space::kSmall);
    const QRectF all(viewport()->rect());
    const qreal height = std::max(10.0, all.height() - top - bottom);
    const QList<AxisTick> ticks = valueTicks(height);
    qreal labels = figuresWidth(face, QStringLiteral("100 %"));
    for (const AxisTick& tick : ticks) {
        labels = std::max(labels, figuresWidth(face, tick.label));
    }
    // Letters stand out of their advance by a little.
    const qreal side = std::ceil(labels) + 2 + space::kSmall;
    const QRectF plot(side, top, std::max(10.0, all.width() - side - end), height);
    m_chart->setPlotArea(plot);
    layOutAxes(plot, ticks);
    placeCursor();
}

QList<AxisTick> ChartCanvas::valueTicks(qreal height) const {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    const int most =
        std::clamp(static_cast<int>(height / (metrics.height() * 2.2)), 2, kMostValueTicks);
    return m_scale.ticks(most, m_unit, locale());
}

void ChartCanvas::layOutAxes(const QRectF& plot, const QList<AxisTick>& valueTicks) {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    setTicks(*m_valueAxis, valueTicks, m_scale.low(), m_scale.high());

    QList<LabelsItem::Label> labels;
    const double range = m_scale.high() - m_scale.low();
    const qreal line = metrics.height();
    for (const AxisTick& tick : valueTicks) {
        const qreal y = plot.bottom() - (tick.position - m_scale.low()) / range * plot.height();
        labels.append({QRectF(0, y - line / 2, plot.left() - space::kSmall, line),
                       Qt::AlignRight | Qt::AlignVCenter, tick.label});
    }
    const qreal each = metrics.horizontalAdvance(QStringLiteral("−000 min")) * 1.4;
    const int mostTimes = std::clamp(static_cast<int>(plot.width() / each), 1, 5);
    for (const AxisTick& tick : timeTicks(m_window, mostTimes, locale())) {
        const qreal x = plot.right() + tick.position / m_window * plot.width();
        labels.append({QRectF(x - each, plot.bottom() + space::kTiny + 2, 2 * each, line),
                       Qt::AlignHCenter | Qt::AlignVCenter, tick.label});
    }
    m_labelsItem->set(viewport()->rect(), labels);
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
    m_cursor = secondsAgo;
    m_cursorRows = rows;
    m_cursorValues = values;
    placeCursor();
}

void ChartCanvas::placeCursor() {
    if (!m_cursor || *m_cursor > m_window) {
        m_cursorItem->hideCursor();
        return;
    }
    QList<CursorItem::Dot> dots;
    for (qsizetype i = 0; i < std::min(m_cursorValues.size(), m_curves.size()); ++i) {
        if (std::isfinite(m_cursorValues[i])) {
            dots.append({pixelOf(-*m_cursor, m_cursorValues[i]), m_curves[i].style.colour});
        }
    }
    m_cursorItem->set(plotArea(), pixelOf(-*m_cursor, 0).x(), m_cursorRows, dots,
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
