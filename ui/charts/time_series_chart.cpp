// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/time_series_chart.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "ui/charts/chart_canvas.h"
#include "ui/charts/chart_table.h"
#include "ui/model/formats.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Screen readers are told at most this often.
constexpr std::chrono::milliseconds kDescribeEvery{1000};

/// Steps of the cursor from edge to edge.
constexpr double kCursorSteps = 60;

}  // namespace

TimeSeriesChart::TimeSeriesChart(const QString& title, const QString& subtitle, QWidget* parent)
    : Card(parent), m_canvas(new ChartCanvas), m_readout(makeLabel({})), m_empty(makeLabel({})) {
    setTitle(title, subtitle);
    m_readout->setForegroundRole(QPalette::PlaceholderText);
    header()->addWidget(m_readout);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    body()->setSpacing(space::kTiny);
    // What is around decides how high it is, down to what can still be read.
    m_canvas->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    // In one place and of one size, so that nothing around moves when the first values come.
    m_plot = new QStackedLayout;
    m_plot->addWidget(m_empty);
    m_plot->addWidget(m_canvas);
    body()->addLayout(m_plot, 1);
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    addActions();
    setEmptyText(tr("Waiting for the first values"));

    connect(m_canvas, &ChartCanvas::hovered, this, [this](std::optional<double> at) {
        setCursor(at);
        Q_EMIT cursorMoved(at);
    });
    m_describe.setSingleShot(true);
    m_describe.setInterval(kDescribeEvery);
    connect(&m_describe, &QTimer::timeout, this, &TimeSeriesChart::updateAccessibleDescription);
}

void TimeSeriesChart::addActions() {
    const auto add = [this](const QString& text, IconName symbol, const QKeySequence& key,
                            void (TimeSeriesChart::*slot)()) {
        auto* action = new QAction(icon(symbol), text, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    add(tr("Copy picture"), IconName::copy, QKeySequence::Copy, &TimeSeriesChart::copyPicture);
    add(tr("Copy data as CSV"), IconName::copy, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
        &TimeSeriesChart::copyData);
    add(tr("Show as table"), IconName::inspect, QKeySequence(Qt::Key_T),
        &TimeSeriesChart::showTable);
}

void TimeSeriesChart::setValueAxis(ValueAxisKind kind, const QString& unit) {
    m_scale = AxisScale(kind);
    m_unit = unit;
    m_canvas->setUnit(unit);
    m_canvas->setScale(m_scale);
}

void TimeSeriesChart::setValueFormat(std::function<QString(double)> format) {
    m_format = std::move(format);
}

void TimeSeriesChart::setSeries(const QList<ChartSeries>& series) {
    m_series = series;
    m_points.clear();
    m_points.resize(series.size());
    applyStyles();
    for (qsizetype i = 0; i < series.size(); ++i) {
        m_canvas->setPoints(i, {});
    }
}

void TimeSeriesChart::applyStyles() {
    QList<ChartSeries> resolved = m_series;
    const Tokens& tokens = tokensFor(palette());
    for (ChartSeries& series : resolved) {
        if (!series.colour.isValid()) {
            const LaneStyle style = laneStyle(tokens, series.group);
            series.colour = style.colour;
            series.dashes = style.dashes;
        }
    }
    m_canvas->setStyles(resolved);
}

void TimeSeriesChart::setPoints(qsizetype series, const QList<QPointF>& points) {
    if (series >= 0 && series < m_points.size()) {
        m_points[series] = points;
        m_canvas->setPoints(series, points);
    }
}

void TimeSeriesChart::setMarks(const QList<ChartMark>& marks) {
    m_marks = marks;
    m_canvas->setMarks(marks);
}

void TimeSeriesChart::setWindow(double seconds) {
    if (seconds > 0 && seconds != m_window) {
        m_window = seconds;
        m_canvas->setWindow(seconds);
    }
}

void TimeSeriesChart::setNow(double seconds) {
    m_canvas->setNow(seconds);
}

void TimeSeriesChart::setGap(double seconds) {
    m_gap = seconds;
    m_canvas->setGap(seconds);
}

void TimeSeriesChart::setEmptyText(const QString& text) {
    m_empty->setText(text);
}

bool TimeSeriesChart::hasPoints() const {
    return std::any_of(m_points.begin(), m_points.end(), [](const QList<QPointF>& points) {
        return std::any_of(points.begin(), points.end(),
                           [](const QPointF& point) { return std::isfinite(point.y()); });
    });
}

void TimeSeriesChart::refresh() {
    const bool any = hasPoints();
    m_plot->setCurrentWidget(any ? static_cast<QWidget*>(m_canvas) : m_empty);
    if (any) {
        double low = kNothing;
        double high = kNothing;
        for (const QList<QPointF>& points : m_points) {
            for (const QPointF& point : points) {
                const double y = point.y();
                const bool drawable =
                    std::isfinite(y) && (m_scale.kind() != ValueAxisKind::logTime || y > 0);
                if (drawable && point.x() >= -m_window) {
                    low = std::isnan(low) ? y : std::min(low, y);
                    high = std::isnan(high) ? y : std::max(high, y);
                }
            }
        }
        if (m_scale.fit(low, high)) {
            m_canvas->setScale(m_scale);
        }
        m_canvas->rebuild();
    }
    if (m_cursor) {
        updateReadout();
    }
    if (!m_describe.isActive()) {
        m_describe.start();
    }
}

double TimeSeriesChart::valueAt(qsizetype series, double secondsAgo) const {
    const QList<QPointF>& points = m_points.value(series);
    const auto after =
        std::lower_bound(points.begin(), points.end(), -secondsAgo,
                         [](const QPointF& point, double x) { return point.x() < x; });
    auto nearest = after;
    if (after == points.end() || (after != points.begin() &&
                                  -secondsAgo - std::prev(after)->x() <= after->x() + secondsAgo)) {
        if (points.isEmpty()) {
            return kNothing;
        }
        nearest = std::prev(after);
    }
    const double reach = m_gap > 0 ? m_gap : m_window / 20;
    return std::abs(nearest->x() + secondsAgo) <= reach ? nearest->y() : kNothing;
}

QString TimeSeriesChart::formatted(double value) const {
    if (m_format) {
        return m_format(value);
    }
    switch (m_scale.kind()) {
        case ValueAxisKind::percent:
            return formatPercent(value, locale());
        case ValueAxisKind::logTime:
            return formatLatency(value, locale());
        case ValueAxisKind::linear:
            break;
    }
    if (m_unit == u"/s") {
        return formatRate(value, locale());
    }
    const QString number =
        std::abs(value) >= 1000 ? formatCompact(value, locale()) : formatNumber(value, locale());
    return m_unit.isEmpty() || !std::isfinite(value) ? number : number + QChar(0x00a0) + m_unit;
}

void TimeSeriesChart::setCursor(std::optional<double> secondsAgo) {
    if (secondsAgo && (*secondsAgo < 0 || *secondsAgo > m_window)) {
        secondsAgo.reset();
    }
    m_cursor = secondsAgo;
    updateReadout();
}

void TimeSeriesChart::updateReadout() {
    if (!m_cursor) {
        m_readout->clear();
        m_canvas->setCursorAt(std::nullopt, {}, {});
        return;
    }
    m_readout->setText(formatAgo(*m_cursor, locale()));
    const Tokens& tokens = tokensFor(palette());
    QList<ReadoutRow> rows;
    QList<double> values;
    // What was done at this moment heads the panel: marks are read by pointing at them.
    for (const ChartMark& mark : m_marks) {
        if (!mark.label.isEmpty() && std::abs(mark.at + *m_cursor) < m_window / 80) {
            rows.append({{}, {}, mark.label});
        }
    }
    int group = -1;
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        const ChartSeries& series = m_series[i];
        values.append(valueAt(i, *m_cursor));
        const QString text = formatted(values.last());
        const QString part = series.part.isEmpty() ? text : series.part + u' ' + text;
        if (series.group == group && !series.part.isEmpty()) {
            rows.last().text += QStringLiteral("   ") + part;
            continue;
        }
        group = series.group;
        const LaneStyle style = laneStyle(tokens, series.group);
        const bool ofLane = !series.colour.isValid();
        rows.append(
            {ofLane ? style.colour : series.colour, ofLane ? style.dashes : series.dashes, part});
    }
    m_canvas->setCursorAt(m_cursor, rows, values);
}

QString TimeSeriesChart::readoutText() const {
    return m_readout->text();
}

QList<ChartColumn> TimeSeriesChart::columns() const {
    QList<ChartColumn> columns;
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        columns.append({m_series[i].name, m_points[i]});
    }
    return columns;
}

QString TimeSeriesChart::csv() const {
    return chartCsv(columns());
}

QWidget* TimeSeriesChart::plot() const {
    return m_canvas->viewport();
}

QPointF TimeSeriesChart::pixelOf(double secondsAgo, double value) const {
    return m_canvas->pixelOf(-secondsAgo, value);
}

qsizetype TimeSeriesChart::strokeCount(qsizetype series) const {
    return m_canvas->strokeCount(series);
}

void TimeSeriesChart::copyPicture() {
    QGuiApplication::clipboard()->setPixmap(grab());
}

void TimeSeriesChart::copyData() {
    QGuiApplication::clipboard()->setText(csv());
}

void TimeSeriesChart::showTable() {
    auto* dialog = new ChartTableDialog(
        title(), columns(), [this](double value) { return formatted(value); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void TimeSeriesChart::updateAccessibleDescription() {
    QStringList parts;
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        if (!m_points[i].isEmpty()) {
            parts += tr("%1: %2").arg(m_series[i].name, formatted(m_points[i].last().y()));
        }
    }
    const QString text = parts.isEmpty() ? m_empty->text() : parts.join(QStringLiteral("; "));
    if (text != accessibleDescription()) {
        setAccessibleDescription(text);
    }
}

void TimeSeriesChart::changeEvent(QEvent* event) {
    Card::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        applyStyles();
        m_canvas->rebuild();
        updateReadout();
    }
}

void TimeSeriesChart::keyPressEvent(QKeyEvent* event) {
    std::optional<double> to = m_cursor;
    const double step = m_window / kCursorSteps;
    switch (event->key()) {
        case Qt::Key_Left:
            to = m_cursor ? std::min(*m_cursor + step, m_window) : 0;
            break;
        case Qt::Key_Right:
            to = m_cursor ? std::max(*m_cursor - step, 0.0) : 0;
            break;
        case Qt::Key_Home:
            to = m_window;
            break;
        case Qt::Key_End:
            to = 0;
            break;
        case Qt::Key_Escape:
            if (!m_cursor) {
                Card::keyPressEvent(event);
                return;
            }
            to.reset();
            break;
        default:
            Card::keyPressEvent(event);
            return;
    }
    setCursor(to);
    Q_EMIT cursorMoved(to);
}

void TimeSeriesChart::focusOutEvent(QFocusEvent* event) {
    Card::focusOutEvent(event);
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) {
        setCursor(std::nullopt);
        Q_EMIT cursorMoved(std::nullopt);
    }
    update();
}

void TimeSeriesChart::paintEvent(QPaintEvent* event) {
    Card::paintEvent(event);
    if (showsFocus(this)) {
        QPainter painter(this);
        drawFocusRing(painter, rect(), palette(), kPanelRadius - 1);
    }
}

}  // namespace cachescope::ui
