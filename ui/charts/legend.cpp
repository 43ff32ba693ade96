// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend.h"

#include <QPainter>
#include <cmath>

#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kSample = 18;
constexpr qreal kGap = 5;

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent) {
    setFont(sized(font(), TypeSize::small));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Legend::setItems(const QList<Item>& items) {
    m_items = items;
    QStringList names;
    for (const Item& item : items) {
        names.append(item.name);
    }
    setAccessibleName(names.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

qreal Legend::widthOf(const Item& item) const {
    return kSample + kGap + QFontMetricsF(font()).horizontalAdvance(item.name);
}

QSize Legend::sizeHint() const {
    qreal width = 0;
    for (const Item& item : m_items) {
        width += (width > 0 ? space::kMedium : 0) + widthOf(item);
    }
    return {static_cast<int>(std::ceil(width)), fontMetrics().height()};
}

QSize Legend::minimumSizeHint() const {
    return {0, fontMetrics().height()};
}

void Legend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& tokens = tokensFor(palette());
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const qreal middle = std::round(height() / 2.0) + 0.5;
    qreal x = 0;
    for (const Item& item : m_items) {
        const qreal width = widthOf(item);
        if (x + width > this->width() + 0.5) {
            break;
        }
        const auto place = [&](qreal from) { return mirrored ? this->width() - from : from; };
        painter.setPen(dashedPen(item.colour, 1.8, item.dashes));
        painter.drawLine(QPointF(place(x), middle), QPointF(place(x + kSample), middle));
        painter.setPen(tokens.secondary);
        const qreal textWidth = width - kSample - kGap;
        const qreal textLeft = x + kSample + kGap;
        painter.drawText(
            QRectF(mirrored ? place(textLeft + textWidth) : textLeft, 0, textWidth + 1, height()),
            Qt::AlignVCenter | Qt::TextSingleLine, item.name);
        x += width + space::kMedium;
    }
}

}  // namespace cachescope::ui
