// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ttl_canvas.h"

#include <QCategoryAxis>
#include <QChart>
#include <QEvent>
#include <QFontMetricsF>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart_items.h"
#include "ui/charts/strokes.h"
#include "ui/charts/ttl_items.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr int kMostTicks = 6;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TtlCanvas::TtlCanvas(QWidget* parent)
    : QChartView(parent),
      m_chart(new QChart),
      m_grid(new QCategoryAxis),
      m_labels(new LabelsItem(m_chart)),
      m_rightLabels(new LabelsItem(m_chart)) {
    setChart(m_chart);
    m_chart->legend()->hide();
    m_chart->setBackgroundVisible(false);
    m_chart->setAnimationOptions(QChart::NoAnimation);
    m_chart->addAxis(m_grid, Qt::AlignLeft);
    m_grid->setLabelsVisible(false);
    m_grid->setLineVisible(false);
    m_shade = new TtlShadeItem(m_chart);
    m_curves = new CurvesItem(m_chart);
    m_marker = new TtlMarkerItem(m_chart);
    m_readout = new CursorItem(m_chart);
    int layer = 18;
    for (QGraphicsItem* item : std::initializer_list<QGraphicsItem*>{
             m_shade, m_labels, m_rightLabels, m_curves, m_marker, m_readout}) {
        item->setZValue(layer++);
    }
    m_readout->setVisible(false);
    m_left.fit(0, 1);

    setFrameShape(NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    viewport()->setAutoFillBackground(false);
    setMinimumSize(fontMetrics().averageCharWidth() * 30, fontMetrics().height() * 8);
}

void TtlCanvas::setAxis(const TtlAxis& axis) {
    m_axis = axis;
    layOut();
}

bool TtlCanvas::hasRight() const {
    return std::any_of(m_lines.begin(), m_lines.end(),
                       [](const TtlCurveLine& line) { return line.right; });
}

void TtlCanvas::setLines(const QList<double>& ttls, const QList<TtlCurveLine>& lines) {
    m_ttls = ttls;
    m_lines = lines;
    double largest = 0.01;
    for (const TtlCurveLine& line : m_lines) {
        for (qsizetype i = 0; line.right && i < line.values.size(); ++i) {
            largest = std::max(largest, line.values[i]);
        }
    }
    m_right.fit(0, largest * 100);
    layOut();
}

void TtlCanvas::setPoints(const QList<TtlPoint>& points) {
    m_points = points;
    placeMarker();
}

void TtlCanvas::setLimit(std::optional<double> ttl, const QString& label) {
    m_limit = ttl;
    m_limitLabel = label;
    placeCurves();
}

void TtlCanvas::setMarker(std::optional<double> ttl, const QList<ReadoutRow>& rows,
                          const QList<QPair<double, bool>>& values) {
    m_markerTtl = ttl;
    m_rows = rows;
    m_markerValues = values;
    placeMarker();
}

void TtlCanvas::setReadoutShown(bool shown) {
    m_showsReadout = shown;
    placeMarker();
}

QRectF TtlCanvas::plotArea() const {
    return m_chart->plotArea();
}

QPointF TtlCanvas::pixelOf(double ttl, double value, bool right) const {
    const QRectF plot = plotArea();
    const double share = right ? value * 100 / m_right.high() : value;
    return {plot.left() + m_axis.positionOf(ttl) * plot.width(),
            std::isfinite(share) ? plot.bottom() - std::clamp(share, 0.0, 1.0) * plot.height()
                                 : kNothing};
}

void TtlCanvas::layOut() {
    const Tokens& tokens = tokensFor(palette());
    const QFont face = sized(font(), TypeSize::small);
    const QFontMetricsF metrics(face);
    const qreal line = metrics.height();
    const qreal side = std::ceil(figuresWidth(face, QStringLiteral("100 %"))) + space::kSmall;
    const qreal right = hasRight() ? side : std::ceil(side / 2);
    const QRectF all(viewport()->rect());
    const QRectF plot(side, std::ceil(line * 0.7), std::max(10.0, all.width() - side - right),
                      std::max(10.0, all.height() - std::ceil(line * 0.7) - std::ceil(line + 14)));
    m_chart->setPlotArea(plot);

    m_grid->setGridLineColor(tokens.grid);
    for (const QString& label : m_grid->categoriesLabels()) {
        m_grid->remove(label);
    }
    m_grid->setRange(-1e-6, 1);
    m_grid->setStartValue(-1e-6);
    const int most = std::clamp(static_cast<int>(plot.height() / (line * 2.2)), 2, kMostTicks);
    QList<LabelsItem::Label> labels;
    for (const AxisTick& tick : m_left.ticks(most, {}, locale())) {
        m_grid->append(tick.label, tick.position);
        const qreal y = plot.bottom() - tick.position * plot.height();
        labels.append({QRectF(0, y - line / 2, plot.left() - space::kSmall, line),
                       Qt::AlignRight | Qt::AlignVCenter, tick.label});
    }
    const qreal each = metrics.horizontalAdvance(QStringLiteral("00 min")) * 1.5;
    for (const AxisTick& tick : m_axis.ticks(each / plot.width(), locale())) {
        const qreal x = plot.left() + tick.position * plot.width();
        labels.append({QRectF(x - each, plot.bottom() + space::kSmall + 2, 2 * each, line),
                       Qt::AlignHCenter | Qt::AlignVCenter, tick.label});
    }
    m_labels->setLook(face, tokens.secondary);
    m_labels->set(all, labels);

    QList<LabelsItem::Label> rightLabels;
    if (hasRight()) {
        for (const AxisTick& tick : m_right.ticks(most, QStringLiteral("%"), locale())) {
            const qreal y = plot.bottom() - tick.position / m_right.high() * plot.height();
            rightLabels.append({QRectF(plot.right() + space::kSmall, y - line / 2, right, line),
                                Qt::AlignLeft | Qt::AlignVCenter, tick.label});
        }
    }
    m_rightLabels->setLook(face, tokens.outcomeText(Outcome::stale));
    m_rightLabels->set(all, rightLabels);
    placeCurves();
    placeMarker();
}

void TtlCanvas::placeCurves() {
    const QRectF plot = plotArea();
    QList<CurvesItem::Strokes> strokes;
    QList<TtlShadeItem::Band> bands;
    for (const TtlCurveLine& line : m_lines) {
        QList<QPointF> pixels;
        for (qsizetype i = 0; i < std::min(m_ttls.size(), line.values.size()); ++i) {
            pixels.append(pixelOf(m_ttls[i], line.values[i], line.right));
        }
        QPen pen(line.colour, line.width);
        pen.setCapStyle(Qt::FlatCap);
        strokes.append({pen, strokesOf(pixels, line.dashes, 0)});
        if (line.lowest.size() == m_ttls.size() && line.highest.size() == m_ttls.size()) {
            QPolygonF outline;
            for (qsizetype i = 0; i < m_ttls.size(); ++i) {
                outline.append(pixelOf(m_ttls[i], line.highest[i], line.right));
            }
            for (qsizetype i = m_ttls.size(); i-- > 0;) {
                outline.append(pixelOf(m_ttls[i], line.lowest[i], line.right));
            }
            bands.append({outline, line.colour});
        }
    }
    m_curves->set(plot, strokes, {});
    QRectF shade;
    if (m_limit && *m_limit < m_axis.longest()) {
        shade = plot;
        shade.setLeft(pixelOf(*m_limit, 0).x());
    }
    m_shade->set(plot, shade, m_limitLabel, bands, sized(font(), TypeSize::small), palette());
}

void TtlCanvas::placeMarker() {
    const QRectF plot = plotArea();
    const QFont face = sized(font(), TypeSize::small);
    QList<TtlMarkerItem::Dot> dots;
    for (const TtlPoint& point : m_points) {
        dots.append({pixelOf(point.ttl, point.value), point.colour, point.label, true});
    }
    std::optional<qreal> x;
    if (m_markerTtl) {
        x = pixelOf(*m_markerTtl, 0).x();
        for (qsizetype i = 0; i < std::min(m_markerValues.size(), m_lines.size()); ++i) {
            const auto& [value, right] = m_markerValues[i];
            const QPointF at = pixelOf(*m_markerTtl, value, right);
            if (std::isfinite(at.y())) {
                dots.append({at, m_lines[i].colour, {}, false});
            }
        }
    }
    m_marker->set(plot, x, dots, face, palette());
    if (x && m_showsReadout && !m_rows.isEmpty()) {
        m_readout->set(plot, *x, m_rows, {}, face, palette());
    } else {
        m_readout->hideCursor();
    }
}

void TtlCanvas::drag(const QPointF& pixel) {
    const QRectF plot = plotArea();
    Q_EMIT dragged(m_axis.secondsAt((pixel.x() - plot.left()) / plot.width()));
}

void TtlCanvas::changeEvent(QEvent* event) {
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        layOut();
    }
}

void TtlCanvas::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    layOut();
}

// QChartView would zoom and move; here a press takes the marker along.
void TtlCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_markerTtl) {
        drag(event->position());
        event->accept();
        return;
    }
    event->ignore();
}

void TtlCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton) && m_markerTtl) {
        drag(event->position());
    }
    const QRectF plot = plotArea();
    const bool near =
        m_markerTtl && std::abs(pixelOf(*m_markerTtl, 0).x() - event->position().x()) < 8;
    setCursor(near                               ? Qt::SizeHorCursor
              : plot.contains(event->position()) ? Qt::PointingHandCursor
                                                 : Qt::ArrowCursor);
}

void TtlCanvas::enterEvent(QEnterEvent*) {
    setReadoutShown(true);
}

void TtlCanvas::leaveEvent(QEvent*) {
    setReadoutShown(false);
}

void TtlCanvas::wheelEvent(QWheelEvent* event) {
    event->ignore();
}

}  // namespace cachescope::ui
