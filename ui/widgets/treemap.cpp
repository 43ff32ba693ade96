// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/treemap.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kPadding = 5;

// The most and the least of the accent that a tile has: its text stays readable on both.
constexpr double kLeastAccent = 0.10;
constexpr double kMostAccent = 0.34;

QColor blend(const QColor& over, const QColor& under, double part) {
    const auto mix = [part](float a, float b) {
        return static_cast<float>(part * static_cast<double>(a) +
                                  (1 - part) * static_cast<double>(b));
    };
    return QColor::fromRgbF(mix(over.redF(), under.redF()), mix(over.greenF(), under.greenF()),
                            mix(over.blueF(), under.blueF()));
}

// The longest side of an item in proportion to its other one, in a strip of these areas.
double worst(double sum, double least, double most, double side) {
    const double square = side * side;
    const double squareSum = sum * sum;
    return std::max(square * most / squareSum, squareSum / (square * least));
}

}  // namespace

QList<QRectF> squarified(const QList<double>& values, const QRectF& area) {
    QList<QRectF> rects(values.size());
    double total = 0;
    for (const double value : values) {
        total += std::max(value, 0.0);
    }
    if (total <= 0 || area.isEmpty()) {
        return rects;
    }
    const double scale = area.width() * area.height() / total;
    QRectF left = area;
    for (qsizetype begin = 0; begin < values.size() && values[begin] > 0 && !left.isEmpty();) {
        const double side = std::min(left.width(), left.height());
        const double first = values[begin] * scale;
        double sum = first;
        double ratio = worst(sum, first, first, side);
        qsizetype end = begin + 1;
        for (; end < values.size() && values[end] > 0; ++end) {
            const double next = values[end] * scale;
            const double withNext = worst(sum + next, next, first, side);
            if (withNext > ratio) {
                break;
            }
            ratio = withNext;
            sum += next;
        }
        const bool upright = left.width() >= left.height();
        const double thickness = sum / side;
        double at = upright ? left.top() : left.left();
        for (qsizetype i = begin; i < end; ++i) {
            const double length = values[i] * scale / thickness;
            rects[i] = upright ? QRectF(left.left(), at, thickness, length)
                               : QRectF(at, left.top(), length, thickness);
            at += length;
        }
        if (upright) {
            left.setLeft(left.left() + thickness);
        } else {
            left.setTop(left.top() + thickness);
        }
        begin = end;
    }
    return rects;
}

Treemap::Treemap(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void Treemap::setItems(const QList<Item>& items) {
    m_items = items;
    m_items.removeIf([](const Item& item) { return !(item.value > 0); });
    std::stable_sort(m_items.begin(), m_items.end(),
                     [](const Item& a, const Item& b) { return a.value > b.value; });
    const auto count = static_cast<int>(m_items.size());
    m_chosen = m_chosen < count ? m_chosen : -1;
    m_current = m_current < count ? m_current : -1;
    m_hovered = -1;
    QStringList parts;
    for (const Item& item : std::as_const(m_items)) {
        parts.append(describe(item));
    }
    setAccessibleDescription(parts.join(QStringLiteral("; ")));
    arrange();
}

void Treemap::setChosen(int item) {
    m_chosen = item >= 0 && item < static_cast<int>(m_items.size()) ? item : -1;
    update();
}

void Treemap::arrange() {
    QList<double> values;
    for (const Item& item : std::as_const(m_items)) {
        values.append(item.value);
    }
    m_rects = squarified(values, QRectF(rect()));
    update();
}

QString Treemap::describe(const Item& item) const {
    QStringList parts{item.name, item.figure};
    if (!item.detail.isEmpty()) {
        parts.append(item.detail);
    }
    return parts.join(QStringLiteral(", "));
}

QRectF Treemap::itemRect(int item) const {
    return item >= 0 && item < static_cast<int>(m_rects.size()) ? m_rects[item] : QRectF();
}

int Treemap::itemAt(const QPointF& point) const {
    for (int i = 0; i < static_cast<int>(m_rects.size()); ++i) {
        if (m_rects[i].contains(point)) {
            return i;
        }
    }
    return -1;
}

QSize Treemap::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 36, fontMetrics().height() * 16};
}

QSize Treemap::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 18, fontMetrics().height() * 6};
}

void Treemap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < static_cast<int>(m_rects.size()); ++i) {
        paintItem(painter, i);
    }
}

void Treemap::paintItem(QPainter& painter, int item) const {
    // Half the gap on each side; where that leaves nothing, a dot of a pixel.
    const QRectF tile = m_rects[item].adjusted(1, 1, -1, -1);
    if (tile.width() < 0.5 || tile.height() < 0.5) {
        return;
    }
    const Tokens& tokens = tokensFor(palette());
    const Item& what = m_items[item];
    const double part =
        kLeastAccent + (kMostAccent - kLeastAccent) * std::clamp(what.shade, 0.0, 1.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(blend(tokens.accent, tokens.panel, part + (item == m_hovered ? 0.08 : 0)));
    const qreal radius = std::min({3.0, tile.width() / 4, tile.height() / 4});
    painter.drawRoundedRect(tile, radius, radius);
    if (item == m_chosen) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), radius, radius);
    }
    if (item == m_current && showsFocus(this)) {
        drawFocusRing(painter, tile.adjusted(2, 2, -2, -2), palette(), radius);
    }
    const QFont name = sized(monoFont(font()), TypeSize::small);
    const QFontMetricsF metrics(name);
    const QRectF text = tile.adjusted(kPadding, kPadding - 1, -kPadding, -kPadding + 1);
    if (text.height() < metrics.height() ||
        text.width() < metrics.horizontalAdvance(QStringLiteral("mmm…"))) {
        return;
    }
    painter.setFont(name);
    painter.setPen(tokens.text);
    painter.drawText(text, static_cast<int>(Qt::AlignLeft | Qt::AlignTop) | Qt::TextSingleLine,
                     metrics.elidedText(what.name, Qt::ElideMiddle, text.width()));
    const QFont small = sized(font(), TypeSize::small);
    const qreal line = QFontMetricsF(small).height();
    if (text.height() >= metrics.height() + line &&
        figuresWidth(small, what.figure) <= text.width()) {
        painter.setFont(small);
        drawFigures(painter, QRectF(text.left(), text.top() + metrics.height(), text.width(), line),
                    Qt::AlignLeft | Qt::AlignVCenter, what.figure);
    }
}

bool Treemap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int item = itemAt(help->pos());
        if (item < 0) {
            QToolTip::hideText();
        } else {
            // Tooltips guess at markup; escaped, a name with angle brackets stays what it is.
            QToolTip::showText(
                help->globalPos(),
                QStringLiteral("<span>%1</span>").arg(describe(m_items[item]).toHtmlEscaped()),
                this, m_rects[item].toAlignedRect());
        }
        return true;
    }
    return QWidget::event(event);
}

void Treemap::resizeEvent(QResizeEvent*) {
    arrange();
}

void Treemap::mouseMoveEvent(QMouseEvent* event) {
    const int hovered = itemAt(event->position());
    if (std::exchange(m_hovered, hovered) != hovered) {
        update();
    }
}

void Treemap::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void Treemap::choose(int item) {
    if (item < 0) {
        return;
    }
    m_current = item;
    const bool again = std::exchange(m_chosen, item) == item;
    update();
    if (again) {
        Q_EMIT itemEntered(item);
    } else {
        Q_EMIT itemChosen(item);
    }
}

void Treemap::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        choose(itemAt(event->position()));
    }
}

// The first of its two clicks has chosen already.
void Treemap::mouseDoubleClickEvent(QMouseEvent* event) {
    const int item = itemAt(event->position());
    if (event->button() == Qt::LeftButton && item >= 0 && item == m_chosen) {
        Q_EMIT itemEntered(item);
    }
}

void Treemap::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int item = byKey ? m_current : itemAt(event->pos());
    if (item >= 0) {
        Q_EMIT menuRequested(
            item, byKey ? mapToGlobal(m_rects[item].center().toPoint()) : event->globalPos());
    }
}

void Treemap::moveTo(int key) {
    if (m_rects.isEmpty()) {
        return;
    }
    if (m_current < 0) {
        m_current = std::max(m_chosen, 0);
        update();
        return;
    }
    const QPointF from = m_rects[m_current].center();
    int nearest = -1;
    double least = std::numeric_limits<double>::max();
    for (int i = 0; i < static_cast<int>(m_rects.size()); ++i) {
        const QPointF way = m_rects[i].center() - from;
        const double ahead = key == Qt::Key_Left    ? -way.x()
                             : key == Qt::Key_Right ? way.x()
                             : key == Qt::Key_Up    ? -way.y()
                                                    : way.y();
        const bool across = key == Qt::Key_Left || key == Qt::Key_Right;
        const double aside = std::abs(across ? way.y() : way.x());
        // Straight ahead counts more than close by.
        const double distance = ahead + 2 * aside;
        if (i != m_current && ahead > 0.5 && distance < least) {
            least = distance;
            nearest = i;
        }
    }
    if (nearest >= 0) {
        m_current = nearest;
        update();
    }
}

void Treemap::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
            moveTo(event->key());
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            choose(m_current);
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace cachescope::ui
