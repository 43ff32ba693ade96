// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stat_tile.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <chrono>
#include <cmath>

#include "ui/charts/sparkline.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kSquare = 8;
constexpr std::chrono::milliseconds kDescribeEvery{1000};

QString shown(const StatRow& row) {
    return row.figure.isEmpty() ? QStringLiteral("—") : row.figure;
}

}  // namespace

StatTile::StatTile(const QString& title, QWidget* parent) : Card(parent), m_name(title) {
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_describe.setSingleShot(true);
    m_describe.setInterval(kDescribeEvery);
    connect(&m_describe, &QTimer::timeout, this, [this] {
        if (const QString text = describe(); text != accessibleDescription()) {
            setAccessibleDescription(text);
        }
    });
}

void StatTile::setNote(const QString& note) {
    m_note = note;
    update();
}

void StatTile::setRows(const QList<StatRow>& rows) {
    const bool resized = rows.size() != m_rows.size();
    m_rows = rows;
    if (resized) {
        updateGeometry();
        setAccessibleDescription(describe());
    }
    if (!m_describe.isActive()) {
        m_describe.start();
    }
    update();
}

void StatTile::setChoosable() {
    m_choosable = true;
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
}

void StatTile::setChosen(bool isChosen) {
    if (m_chosen != isChosen) {
        m_chosen = isChosen;
        update();
    }
}

void StatTile::mousePressEvent(QMouseEvent* event) {
    if (m_choosable && event->button() == Qt::LeftButton) {
        Q_EMIT chosen();
    } else {
        Card::mousePressEvent(event);
    }
}

void StatTile::keyPressEvent(QKeyEvent* event) {
    const bool presses = event->key() == Qt::Key_Space || event->key() == Qt::Key_Return ||
                         event->key() == Qt::Key_Enter;
    if (m_choosable && presses) {
        Q_EMIT chosen();
    } else {
        Card::keyPressEvent(event);
    }
}

QString StatTile::describe() const {
    QStringList parts;
    for (const StatRow& row : m_rows) {
        parts += row.name.isEmpty() ? shown(row) : tr("%1: %2").arg(row.name, shown(row));
    }
    return parts.join(QStringLiteral("; "));
}

QFont StatTile::figureFont() const {
    return sized(font(), isCompact() ? TypeSize::body : TypeSize::large, QFont::DemiBold);
}

qreal StatTile::rowHeight() const {
    return std::ceil(QFontMetricsF(figureFont()).height() * (isCompact() ? 1.05 : 1.12));
}

QSize StatTile::sizeHint() const {
    const auto rows = static_cast<qreal>(std::max<qsizetype>(1, m_rows.size()));
    const qreal height =
        2 * space::kMedium + fontMetrics().height() + space::kTiny + rows * rowHeight();
    return {fontMetrics().averageCharWidth() * 26, static_cast<int>(std::ceil(height))};
}

QSize StatTile::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 16, sizeHint().height()};
}

void StatTile::paintEvent(QPaintEvent* event) {
    Card::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = tokensFor(palette());
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF inner =
        QRectF(rect()).adjusted(space::kMedium, space::kMedium, -space::kMedium, -space::kMedium);
    const auto place = [&](qreal x, qreal y, qreal width, qreal height) {
        return mirrored ? QRectF(inner.right() - x - width, y, width, height)
                        : QRectF(inner.left() + x, y, width, height);
    };
    const Qt::Alignment start =
        (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::AlignAbsolute;
    const Qt::Alignment end =
        (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter | Qt::AlignAbsolute;

    const qreal titleHeight = fontMetrics().height();
    const qreal nameWidth = fontMetrics().horizontalAdvance(m_name) + space::kSmall;
    const qreal noteWidth = fontMetrics().horizontalAdvance(m_note);
    painter.setPen(tokens.secondary);
    painter.drawText(
        place(0, inner.top(), inner.width(), titleHeight),
        static_cast<int>(start) | Qt::TextSingleLine,
        fontMetrics().elidedText(m_name, Qt::ElideRight, static_cast<int>(inner.width())));
    // Half of it would say nothing, and without its name the figure means nothing.
    if (nameWidth + noteWidth <= inner.width()) {
        painter.drawText(place(inner.width() - noteWidth, inner.top(), noteWidth, titleHeight),
                         static_cast<int>(end) | Qt::TextSingleLine, m_note);
    }

    const QFont face = figureFont();
    painter.setFont(face);
    // One column for the lines of all tiles of a size: it does not move with the digits.
    const qreal figures = std::max(figuresWidth(face, QStringLiteral("0000.0 ms")) + space::kSmall,
                                   inner.width() * 0.5);
    qreal y = inner.top() + titleHeight + space::kTiny;
    const qreal height = rowHeight();
    for (const StatRow& row : m_rows) {
        const bool ofLane = !row.colour.isValid();
        const QColor colour = ofLane ? laneStyle(tokens, row.lane).colour : row.colour;
        if (ofLane) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(colour);
            painter.drawRoundedRect(place(0, y + (height - kSquare) / 2, kSquare, kSquare), 2, 2);
        }
        painter.setPen(row.figure.isEmpty() ? tokens.secondary : tokens.text);
        const qreal indent = ofLane ? kSquare + space::kSmall : 0;
        drawFigures(painter, place(indent, y, inner.width() - indent, height), start, shown(row));
        const qreal rest = inner.width() - indent - figures;
        if (rest > 24 && !row.figure.isEmpty()) {
            // Time runs to the right in every script, so the line itself is not mirrored.
            paintSparkline(painter,
                           place(inner.width() - rest, y + height * 0.22, rest, height * 0.56),
                           row.history, colour);
        }
        y += height;
    }
    if (m_chosen) {
        painter.setPen(QPen(tokens.accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75), kPanelRadius,
                                kPanelRadius);
    }
    if (showsFocus(this)) {
        drawFocusRing(painter, rect(), palette(), kPanelRadius);
    }
}

}  // namespace cachescope::ui
