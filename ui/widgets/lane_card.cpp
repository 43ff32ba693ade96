// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/lane_card.h"

#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr int kSide = space::kMedium - 2;

int chipSide(const QFontMetrics& metrics) {
    return metrics.height() + 2;
}

QFont smallFace(const QFont& base) {
    return sized(base, TypeSize::small);
}

}  // namespace

LaneCard::LaneCard(const LaneCardContent& content, QWidget* parent)
    : QAbstractButton(parent), m_content(content) {
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    updateAccessibleName();
}

void LaneCard::setContent(const LaneCardContent& content) {
    const bool resized = content.troubleText != m_content.troubleText ||
                         content.detail.isEmpty() != m_content.detail.isEmpty();
    const bool renamed = content.name != m_content.name || content.figure != m_content.figure ||
                         content.summary != m_content.summary ||
                         content.detail != m_content.detail || content.lane != m_content.lane;
    m_content = content;
    if (resized) {
        updateGeometry();
    }
    if (resized || renamed) {
        updateAccessibleName();
        update();
    }
}

void LaneCard::updateAccessibleName() {
    const QString figure = m_content.figure.isEmpty() ? tr("no hit ratio") : m_content.figure;
    setText(m_content.name);
    setAccessibleName(tr("Lane %1: %2, %3").arg(m_content.lane + 1).arg(m_content.name, figure));
    QStringList parts{m_content.summary, m_content.detail, m_content.troubleText};
    parts.removeAll(QString());
    setAccessibleDescription(parts.join(QStringLiteral(". ")));
    // The lines are cut where there is no room. Tooltips guess at markup, hence the escaping.
    const QString whole = m_content.summary.toHtmlEscaped() +
                          (m_content.detail.isEmpty() ? QString() : QStringLiteral("<br>")) +
                          m_content.detail.toHtmlEscaped();
    setToolTip(QStringLiteral("<span>%1</span>").arg(whole));
}

int LaneCard::troubleHeight(int width) const {
    if (m_content.troubleText.isEmpty()) {
        return 0;
    }
    const QFontMetrics metrics(smallFace(font()));
    const int room = std::max(40, width - 2 * kSide - metrics.height() - space::kSmall);
    return metrics.boundingRect(QRect(0, 0, room, 1000), Qt::TextWordWrap, m_content.troubleText)
               .height() +
           space::kSmall;
}

int LaneCard::heightForWidth(int width) const {
    return 2 * kSide + chipSide(fontMetrics()) + space::kTiny +
           QFontMetrics(smallFace(font())).height() * (m_content.detail.isEmpty() ? 1 : 2) +
           troubleHeight(width);
}

QSize LaneCard::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 34;
    return {width, heightForWidth(width)};
}

QSize LaneCard::minimumSizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 18;
    return {width, heightForWidth(std::max(width, this->width()))};
}

void LaneCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = tokensFor(palette());
    const LaneStyle style = laneStyle(tokens, m_content.lane);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const auto place = [&](qreal x, qreal y, qreal w, qreal h) {
        return mirrored ? QRectF(width() - x - w, y, w, h) : QRectF(x, y, w, h);
    };
    const Qt::Alignment start =
        (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::AlignAbsolute;
    const Qt::Alignment end =
        (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter | Qt::AlignAbsolute;

    const QColor fill = underMouse() && isEnabled() && !isChecked() ? tokens.hover : tokens.panel;
    paintRounded(painter, rect(), fill, isChecked() ? tokens.accent : tokens.line, kPanelRadius,
                 isChecked() ? 1.5 : 1);

    const qreal chip = chipSide(fontMetrics());
    const QRectF chipRect = place(kSide, kSide, chip, chip);
    painter.setPen(Qt::NoPen);
    painter.setBrush(style.chip);
    painter.drawRoundedRect(chipRect, 4, 4);
    painter.setFont(sized(font(), TypeSize::small, QFont::Bold));
    painter.setPen(style.onChip);
    painter.drawText(chipRect, Qt::AlignCenter, locale().toString(m_content.lane + 1));

    const QFont bold = sized(font(), TypeSize::body, QFont::DemiBold);
    painter.setFont(bold);
    const QString figure = m_content.figure.isEmpty() ? QStringLiteral("—") : m_content.figure;
    const qreal figureWidth = figuresWidth(bold, figure);
    painter.setPen(tokens.text);
    drawFigures(painter, place(width() - kSide - figureWidth, kSide, figureWidth, chip), end,
                figure);
    const qreal textStart = kSide + chip + space::kSmall;
    const qreal nameWidth = width() - textStart - kSide - figureWidth - space::kSmall;
    painter.drawText(place(textStart, kSide, nameWidth, chip),
                     static_cast<int>(start) | Qt::TextSingleLine,
                     QFontMetricsF(bold).elidedText(m_content.name, Qt::ElideRight, nameWidth));

    const QFont small = smallFace(font());
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    qreal y = kSide + chip + space::kTiny;
    const QRectF sample = place(kSide, y, chip, metrics.height());
    painter.setPen(style.pen(2));
    painter.drawLine(QPointF(sample.left(), std::round(sample.center().y())),
                     QPointF(sample.right(), std::round(sample.center().y())));
    painter.setPen(tokens.secondary);
    const qreal summaryWidth = width() - textStart - kSide;
    painter.drawText(place(textStart, y, summaryWidth, metrics.height()),
                     static_cast<int>(start) | Qt::TextSingleLine,
                     metrics.elidedText(m_content.summary, Qt::ElideRight, summaryWidth));
    if (!m_content.detail.isEmpty()) {
        y += metrics.height();
        painter.drawText(place(textStart, y, summaryWidth, metrics.height()),
                         static_cast<int>(start) | Qt::TextSingleLine,
                         metrics.elidedText(m_content.detail, Qt::ElideRight, summaryWidth));
    }
    y += metrics.height() + space::kSmall;

    if (!m_content.troubleText.isEmpty()) {
        const bool error = m_content.trouble == LaneCardContent::Trouble::error;
        const QColor colour = tokens.outcomeText(error ? Outcome::error : Outcome::miss);
        const qreal side = metrics.height();
        paintIcon(painter, place(kSide, y, side, side), error ? IconName::error : IconName::warning,
                  colour);
        painter.setPen(colour);
        const qreal indent = kSide + side + space::kSmall;
        painter.drawText(place(indent, y, width() - indent - kSide, height() - y),
                         static_cast<int>(Qt::AlignLeft) | Qt::TextWordWrap, m_content.troubleText);
    }
    if (showsFocus(this)) {
        drawFocusRing(painter, rect(), palette(), kPanelRadius - 1);
    }
}

void LaneCard::contextMenuEvent(QContextMenuEvent* event) {
    Q_EMIT menuRequested(event->reason() == QContextMenuEvent::Mouse
                             ? event->globalPos()
                             : mapToGlobal(rect().center()));
}

bool LaneCard::event(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LocaleChange) {
        updateGeometry();
    }
    return QAbstractButton::event(event);
}

}  // namespace cachescope::ui
