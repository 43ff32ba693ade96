// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/stacked_bars.h"

#include <QAction>
#include <QClipboard>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPolygonF>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/model/formats.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr int kValueTicks = 4;
constexpr double kSteps[] = {10,   15,   30,     60,     120,    300,    600,     900,    1800,
                             3600, 7200, 10'800, 21'600, 43'200, 86'400, 172'800, 604'800};

QString ahead(double seconds) {
    return QStringLiteral("+") + formatSpan(seconds);
}

// Marked up by us, so that no name in it can be.
QString tip(const QString& text) {
    return QStringLiteral("<span>%1</span>")
        .arg(text.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
}

QString quoted(QString text) {
    if (text.contains(u',') || text.contains(u'"') || text.contains(u'\n')) {
        text.replace(QStringLiteral("\""), QStringLiteral("\"\""));
        return u'"' + text + u'"';
    }
    return text;
}

}  // namespace

StackedBars::StackedBars(const QString& name, QWidget* parent)
    : QWidget(parent), m_name(name), m_format([](double value) { return formatCompact(value); }) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(name);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto add = [this](const QString& text, const QKeySequence& key,
                            void (StackedBars::*slot)()) {
        auto* action = new QAction(icon(IconName::copy), text, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    add(tr("Copy picture"), QKeySequence::Copy, &StackedBars::copyPicture);
    add(tr("Copy data as CSV"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
        &StackedBars::copyData);
}

QSize StackedBars::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 70, minimumSizeHint().height()};
}

QSize StackedBars::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 40, fontMetrics().height() * 6};
}

void StackedBars::setBars(const QList<Part>& parts, double seconds, double first) {
    m_parts = parts;
    m_seconds = seconds;
    m_over = std::clamp(first, 0.0, 1.0);
    if (m_cursor && *m_cursor >= bars()) {
        m_cursor.reset();
    }
    fit();
}

void StackedBars::setLine(const QList<double>& values, const QString& name) {
    m_line = values;
    m_lineName = name;
    fit();
}

void StackedBars::setCallout(const std::optional<Callout>& callout) {
    m_callout = callout;
    update();
}

void StackedBars::setValueFormat(std::function<QString(double)> format) {
    m_format = std::move(format);
    update();
}

void StackedBars::setEmptyText(const QString& text) {
    m_empty = text;
    update();
}

void StackedBars::fit() {
    double highest = 0;
    for (qsizetype bar = 0; bar < bars(); ++bar) {
        highest = std::max({highest, total(bar), m_line.value(bar)});
    }
    m_scale.fit(0, highest);
    const double all = [this] {
        double sum = 0;
        for (qsizetype bar = 0; bar < bars(); ++bar) {
            sum += total(bar);
        }
        return sum;
    }();
    setAccessibleDescription(
        bars() == 0 ? m_empty
                    : tr("%1 in the next %2")
                          .arg(m_format(all), formatSpan(m_seconds * static_cast<double>(bars()))));
    update();
}

qsizetype StackedBars::bars() const {
    return m_parts.isEmpty() ? 0 : m_parts.first().values.size();
}

double StackedBars::total(qsizetype bar) const {
    double sum = 0;
    for (const Part& part : m_parts) {
        sum += part.values.value(bar);
    }
    return sum;
}

QString StackedBars::spanText(qsizetype bar) const {
    const double from = (static_cast<double>(bar) - m_over) * m_seconds;
    return formatAhead(from, from + m_seconds);
}

QString StackedBars::describe(qsizetype bar) const {
    QStringList lines{tr("%1, %2").arg(m_format(total(bar)), spanText(bar))};
    for (const Part& part : m_parts) {
        if (part.values.value(bar) > 0) {
            lines.append(QStringLiteral("%1  %2").arg(m_format(part.values.value(bar)), part.name));
        }
    }
    if (bar < m_line.size()) {
        lines.append(QStringLiteral("%1  %2").arg(m_format(m_line[bar]), m_lineName));
    }
    return lines.join(u'\n');
}

QString StackedBars::csv() const {
    QString csv = QStringLiteral("from_s,to_s");
    for (const Part& part : m_parts) {
        csv += u',' + quoted(part.name);
    }
    if (!m_line.isEmpty()) {
        csv += u',' + quoted(m_lineName);
    }
    csv += QStringLiteral("\r\n");
    for (qsizetype bar = 0; bar < bars(); ++bar) {
        const double from = (static_cast<double>(bar) - m_over) * m_seconds;
        csv += QString::number(std::max(0.0, from), 'g', 10) + u',' +
               QString::number(from + m_seconds, 'g', 10);
        for (const Part& part : m_parts) {
            csv += u',' + QString::number(part.values.value(bar), 'g', 10);
        }
        if (!m_line.isEmpty()) {
            csv += u',' + QString::number(m_line.value(bar), 'g', 10);
        }
        csv += QStringLiteral("\r\n");
    }
    return csv;
}

void StackedBars::copyPicture() {
    QGuiApplication::clipboard()->setPixmap(grab());
}

void StackedBars::copyData() {
    QGuiApplication::clipboard()->setText(csv());
}

QRectF StackedBars::plot() const {
    const QFontMetricsF metrics(sized(font(), TypeSize::small));
    qreal side = 0;
    for (const AxisTick& tick : m_scale.ticks(kValueTicks, {}, locale())) {
        side =
            std::max(side, figuresWidth(sized(font(), TypeSize::small), m_format(tick.position)));
    }
    const qreal top = std::ceil(metrics.height() / 2);
    return QRectF(rect()).adjusted(std::ceil(side) + space::kSmall, top, -space::kSmall,
                                   -std::ceil(metrics.height()) - space::kSmall);
}

qreal StackedBars::heightOf(double value, const QRectF& area) const {
    return m_scale.high() > 0 ? std::min(value / m_scale.high(), 1.0) * area.height() : 0;
}

QRectF StackedBars::barRect(qsizetype bar) const {
    const QRectF area = plot();
    const qreal width = area.width() / static_cast<qreal>(std::max<qsizetype>(bars(), 1));
    const qreal left = area.left() + width * (static_cast<qreal>(bar) - m_over);
    return QRectF(left, area.top(), width, area.height()).intersected(area);
}

void StackedBars::paintAxes(QPainter& painter, const QRectF& area) const {
    const Tokens& tokens = tokensFor(palette());
    const QFontMetricsF metrics(painter.font());
    for (const AxisTick& tick : m_scale.ticks(kValueTicks, {}, locale())) {
        const qreal y = area.bottom() - heightOf(tick.position, area);
        painter.setPen(tokens.grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(tokens.secondary);
        drawFigures(
            painter,
            QRectF(0, y - metrics.height() / 2, area.left() - space::kSmall, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, m_format(tick.position));
    }
    const double whole = m_seconds * static_cast<double>(bars());
    const qreal room = metrics.horizontalAdvance(QStringLiteral("+00 min")) * 2;
    const double least = whole * room / std::max(area.width(), 1.0);
    const auto* found = std::find_if(std::begin(kSteps), std::end(kSteps),
                                     [least](double step) { return step >= least; });
    const double step = found == std::end(kSteps) ? whole : *found;
    for (double at = 0; at <= whole * 1.0001; at += step) {
        const qreal x = area.left() + area.width() * at / whole;
        QRectF place(x - room, area.bottom() + space::kTiny, 2 * room, metrics.height());
        Qt::Alignment alignment = Qt::AlignHCenter;
        if (at == 0) {
            place.setLeft(x);
            alignment = Qt::AlignLeft;
        } else if (x > area.right() - room / 2) {
            place.setRight(area.right());
            alignment = Qt::AlignRight;
        }
        drawFigures(painter, place, alignment | Qt::AlignVCenter, at == 0 ? tr("now") : ahead(at));
    }
}

void StackedBars::paintBars(QPainter& painter, const QRectF& area) const {
    const Tokens& tokens = tokensFor(palette());
    for (qsizetype bar = 0; bar < bars(); ++bar) {
        const QRectF column = barRect(bar);
        if (column.isEmpty()) {
            continue;
        }
        // A gap of a pixel where there is room for one.
        const qreal gap = column.width() > 3 ? 1 : 0;
        qreal bottom = area.bottom();
        for (const Part& part : m_parts) {
            const qreal height = heightOf(part.values.value(bar), area);
            if (height > 0) {
                painter.fillRect(
                    QRectF(column.left(), bottom - height, column.width() - gap, height),
                    part.colour);
                bottom -= height;
            }
        }
    }
    if (m_cursor) {
        painter.setPen(QPen(tokens.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(barRect(*m_cursor).adjusted(-0.5, 0, 0.5, 0));
    }
    if (!m_line.isEmpty()) {
        QPolygonF line;
        for (qsizetype bar = 0; bar < m_line.size() && bar < bars(); ++bar) {
            const QRectF column = barRect(bar);
            const qreal y = area.bottom() - heightOf(m_line[bar], area);
            line << QPointF(column.left(), y) << QPointF(column.right(), y);
        }
        painter.setPen(QPen(tokens.text, 1.5));
        painter.drawPolyline(line);
    }
}

void StackedBars::paintCallout(QPainter& painter, const QRectF& area) const {
    if (!m_callout || m_callout->bar >= bars()) {
        return;
    }
    const Tokens& tokens = tokensFor(palette());
    const QFont bold = sized(font(), TypeSize::small, QFont::DemiBold);
    const QFont plain = sized(font(), TypeSize::small);
    const QFontMetricsF metrics(bold);
    const qreal width =
        std::max(figuresWidth(bold, m_callout->text), figuresWidth(plain, m_callout->detail));
    const QRectF column = barRect(m_callout->bar);
    const qreal top = area.bottom() - heightOf(total(m_callout->bar), area);
    const bool right = column.right() + space::kHuge + width <= area.right();
    const qreal height = metrics.height() * (m_callout->detail.isEmpty() ? 1 : 2);
    QRectF text(right ? column.right() + space::kHuge : column.left() - space::kHuge - width,
                std::max(top - metrics.height() / 2, area.top()), width, height);
    text.moveLeft(std::max(text.left(), area.left()));
    QColor behind = tokens.panel;
    behind.setAlphaF(0.85F);
    painter.fillRect(text.adjusted(-space::kTiny, 0, space::kTiny, 0), behind);
    painter.setPen(QPen(tokens.secondary, 1));
    const qreal y = text.top() + metrics.height() / 2;
    painter.drawLine(QPointF(right ? column.right() : column.left(), std::max(top, area.top())),
                     QPointF(right ? text.left() - space::kTiny : text.right() + space::kTiny, y));
    painter.setPen(tokens.text);
    painter.setFont(bold);
    drawFigures(painter, text, Qt::AlignLeft | Qt::AlignTop, m_callout->text);
    painter.setFont(plain);
    painter.setPen(tokens.secondary);
    drawFigures(painter, text.adjusted(0, metrics.height(), 0, 0), Qt::AlignLeft | Qt::AlignTop,
                m_callout->detail);
}

void StackedBars::paintEvent(QPaintEvent*) {
    const Tokens& tokens = tokensFor(palette());
    QPainter painter(this);
    if (bars() == 0) {
        painter.setPen(tokens.secondary);
        painter.setFont(sized(font(), TypeSize::body));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_empty);
        return;
    }
    painter.setFont(sized(font(), TypeSize::small));
    const QRectF area = plot();
    paintAxes(painter, area);
    paintBars(painter, area);
    paintCallout(painter, area);
    if (showsFocus(this)) {
        drawFocusRing(painter, rect(), palette(), 2);
    }
}

void StackedBars::setCursorBar(std::optional<qsizetype> bar) {
    if (m_cursor != bar) {
        m_cursor = bar;
        if (bar) {
            setAccessibleDescription(describe(*bar));
        }
        update();
    }
}

bool StackedBars::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        return true;  // said while the pointer moves
    }
    return QWidget::event(event);
}

void StackedBars::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = plot();
    if (bars() == 0 || !area.contains(event->position())) {
        setCursorBar(std::nullopt);
        QToolTip::hideText();
        return;
    }
    const auto bar = static_cast<qsizetype>((event->position().x() - area.left()) / area.width() *
                                                static_cast<double>(bars()) +
                                            m_over);
    setCursorBar(std::clamp<qsizetype>(bar, 0, bars() - 1));
    QToolTip::showText(event->globalPosition().toPoint(), tip(describe(*m_cursor)), this);
}

void StackedBars::leaveEvent(QEvent* event) {
    setCursorBar(std::nullopt);
    QWidget::leaveEvent(event);
}

void StackedBars::focusOutEvent(QFocusEvent* event) {
    setCursorBar(std::nullopt);
    QWidget::focusOutEvent(event);
}

void StackedBars::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (step == 0 || bars() == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const qsizetype from = m_cursor.value_or(step > 0 ? -1 : bars());
    setCursorBar(std::clamp<qsizetype>(from + step, 0, bars() - 1));
    QToolTip::showText(mapToGlobal(barRect(*m_cursor).center().toPoint()), tip(describe(*m_cursor)),
                       this);
}

}  // namespace cachescope::ui
