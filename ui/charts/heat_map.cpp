// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_map.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/model/formats.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr qreal kNowRadius = 5.5;

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto part = static_cast<float>(std::clamp(share, 0.0, 1.0));
    const auto mix = [part](float a, float b) { return a + (b - a) * part; };
    return QColor::fromRgbF(mix(from.redF(), to.redF()), mix(from.greenF(), to.greenF()),
                            mix(from.blueF(), to.blueF()));
}

// Halfway to the neighbours, on a logarithmic axis.
std::pair<double, double> edgesOf(const QList<double>& values, qsizetype i) {
    const double here = values[i];
    const double before = i > 0 ? std::sqrt(values[i - 1] * here) : here;
    const double after = i + 1 < values.size() ? std::sqrt(values[i + 1] * here) : here;
    return {before, after};
}

// The axis reaches half a cell beyond the first and the last value.
TtlAxis axisOf(const QList<double>& values) {
    if (values.size() < 2) {
        return values.isEmpty() ? TtlAxis() : TtlAxis(values[0] / 2, values[0] * 2);
    }
    const double low = std::sqrt(values[1] / values[0]);
    const double high = std::sqrt(values.last() / values[values.size() - 2]);
    return {values.first() / low, values.last() * high};
}

}  // namespace

HeatMap::HeatMap(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_format = [](double value) { return formatPercent(value); };
    m_capacityFormat = [](double capacity) { return formatCompact(capacity); };
}

QSize HeatMap::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 44, fontMetrics().height() * 13};
}

QSize HeatMap::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 26, fontMetrics().height() * 8};
}

void HeatMap::setGrid(const QList<double>& ttls, const QList<double>& capacities) {
    m_ttls = ttls;
    m_capacities = capacities;
    m_across = axisOf(ttls);
    m_up = axisOf(capacities);
    m_rows = QList<QList<double>>(capacities.size(), QList<double>(ttls.size(), kNothing));
    m_chosen.reset();
    update();
}

void HeatMap::setRow(qsizetype capacity, const QList<double>& values) {
    if (capacity >= 0 && capacity < m_rows.size() && values.size() == m_ttls.size()) {
        m_rows[capacity] = values;
        update();
    }
}

void HeatMap::setContours(const QList<QList<QPointF>>& contours) {
    m_contours = contours;
    update();
}

void HeatMap::setNow(std::optional<QPointF> ttlAndCapacity) {
    m_now = ttlAndCapacity;
    update();
}

void HeatMap::setValueFormat(std::function<QString(double)> format) {
    m_format = std::move(format);
}

void HeatMap::setCapacityFormat(std::function<QString(double)> format) {
    m_capacityFormat = std::move(format);
    update();
}

double HeatMap::value(qsizetype ttl, qsizetype capacity) const {
    return m_rows.value(capacity).value(ttl, kNothing);
}

void HeatMap::setChosen(std::optional<QPoint> cell) {
    m_chosen = cell;
    setAccessibleDescription(cell ? describe(*cell) : QString());
    update();
}

QString HeatMap::describe(const QPoint& cell) const {
    const double here = value(cell.x(), cell.y());
    return tr("TTL %1, capacity %2: %3")
        .arg(formatSpan(m_ttls.value(cell.x())), m_capacityFormat(m_capacities.value(cell.y())),
             std::isnan(here) ? tr("not known yet") : m_format(here));
}

QRectF HeatMap::plot() const {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    qreal side = 0;
    for (const double capacity : {m_up.shortest(), m_up.longest()}) {
        side = std::max(side, metrics.horizontalAdvance(m_capacityFormat(capacity)));
    }
    side = std::ceil(side) + space::kSmall;
    const qreal bottom = std::ceil(metrics.height()) + space::kSmall;
    const qreal top = std::ceil(metrics.height() / 2);
    return QRectF(rect()).adjusted(side, top, -top, -bottom);
}

QPointF HeatMap::pixelOf(double ttl, double capacity) const {
    const QRectF area = plot();
    return {area.left() + m_across.positionOf(ttl) * area.width(),
            area.bottom() - m_up.positionOf(capacity) * area.height()};
}

QRectF HeatMap::cellRect(qsizetype ttl, qsizetype capacity) const {
    auto [left, right] = edgesOf(m_ttls, ttl);
    auto [low, high] = edgesOf(m_capacities, capacity);
    left = ttl == 0 ? m_across.shortest() : left;
    right = ttl + 1 == m_ttls.size() ? m_across.longest() : right;
    low = capacity == 0 ? m_up.shortest() : low;
    high = capacity + 1 == m_capacities.size() ? m_up.longest() : high;
    return QRectF(pixelOf(left, high), pixelOf(right, low));
}

std::optional<QPoint> HeatMap::cellAt(const QPointF& pixel) const {
    if (m_ttls.isEmpty() || m_capacities.isEmpty()) {
        return std::nullopt;
    }
    const QRectF area = plot();
    const double ttl = m_across.secondsAt((pixel.x() - area.left()) / area.width());
    const double capacity = m_up.secondsAt((area.bottom() - pixel.y()) / area.height());
    const auto nearest = [](const QList<double>& values, double wanted) {
        const auto closer = [wanted](double a, double b) {
            return std::abs(std::log(a / wanted)) < std::abs(std::log(b / wanted));
        };
        return static_cast<int>(std::min_element(values.begin(), values.end(), closer) -
                                values.begin());
    };
    return QPoint(nearest(m_ttls, ttl), nearest(m_capacities, capacity));
}

void HeatMap::paintAxes(QPainter& painter, const QRectF& area) const {
    const QFontMetricsF metrics(painter.font());
    const qreal line = metrics.height();
    const qreal each = metrics.horizontalAdvance(QStringLiteral("00 min")) * 1.5;
    for (const AxisTick& tick : m_across.ticks(each / area.width(), locale())) {
        const qreal x = area.left() + tick.position * area.width();
        QRectF place(x - each, area.bottom() + space::kTiny, 2 * each, line);
        place.moveRight(std::min(place.right(), static_cast<qreal>(width()) + each * 0.6));
        drawFigures(painter, place, Qt::AlignHCenter | Qt::AlignVCenter, tick.label);
    }
    // Powers of ten are round enough for numbers of objects and of bytes.
    for (double capacity = 1; capacity <= m_up.longest(); capacity *= 10) {
        if (capacity >= m_up.shortest()) {
            const qreal y = pixelOf(m_across.shortest(), capacity).y();
            drawFigures(painter, QRectF(0, y - line / 2, area.left() - space::kTiny - 2, line),
                        Qt::AlignRight | Qt::AlignVCenter, m_capacityFormat(capacity));
        }
    }
}

void HeatMap::paintEvent(QPaintEvent*) {
    const Tokens& tokens = tokensFor(palette());
    QPainter painter(this);
    painter.setFont(sized(font(), TypeSize::small));
    const QRectF area = plot();
    for (qsizetype row = 0; row < m_rows.size(); ++row) {
        for (qsizetype column = 0; column < m_ttls.size(); ++column) {
            const double here = m_rows[row][column];
            const QColor colour = std::isnan(here)
                                      ? tokens.panel
                                      : mixed(tokens.grid, tokens.outcome(Outcome::hit), here);
            painter.fillRect(cellRect(column, row).adjusted(0.5, 0.5, -0.5, -0.5), colour);
        }
    }
    painter.setPen(tokens.secondary);
    paintAxes(painter, area);

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(dashedPen(tokens.text, 1.2, {3, 3}));
    for (const QList<QPointF>& contour : m_contours) {
        QPolygonF pixels;
        for (const QPointF& point : contour) {
            pixels.append(pixelOf(point.x(), point.y()));
        }
        painter.drawPolyline(pixels);
    }
    if (m_chosen) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRect(cellRect(m_chosen->x(), m_chosen->y()));
    }
    if (m_now) {
        painter.setBrush(tokens.panel);
        painter.setPen(QPen(tokens.text, 2));
        painter.drawEllipse(pixelOf(m_now->x(), m_now->y()), kNowRadius, kNowRadius);
    }
    if (showsFocus(this) && !m_chosen) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tokens.accent, 1.5));
        painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), 2, 2);
    }
}

void HeatMap::choose(const QPoint& cell) {
    if (m_chosen != cell) {
        setChosen(cell);
        Q_EMIT cellChosen(m_ttls[cell.x()], m_capacities[cell.y()]);
    }
}

bool HeatMap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto cell = cellAt(help->pos());
        if (cell && plot().contains(help->pos())) {
            QToolTip::showText(help->globalPos(), describe(*cell), this,
                               cellRect(cell->x(), cell->y()).toAlignedRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position());
        cell && event->button() == Qt::LeftButton && plot().contains(event->position())) {
        choose(*cell);
    }
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position());
        cell && event->buttons().testFlag(Qt::LeftButton)) {
        choose(*cell);
    }
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
    QPoint step;
    switch (event->key()) {
        case Qt::Key_Left:
            step = {-1, 0};
            break;
        case Qt::Key_Right:
            step = {1, 0};
            break;
        case Qt::Key_Up:
            step = {0, 1};
            break;
        case Qt::Key_Down:
            step = {0, -1};
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    if (m_ttls.isEmpty() || m_capacities.isEmpty()) {
        return;
    }
    const QPoint last(static_cast<int>(m_ttls.size()) - 1,
                      static_cast<int>(m_capacities.size()) - 1);
    const QPoint from = m_chosen.value_or(QPoint(last.x() / 2, last.y() / 2));
    choose({std::clamp(from.x() + step.x(), 0, last.x()),
            std::clamp(from.y() + step.y(), 0, last.y())});
}

}  // namespace cachescope::ui
