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
    // Marked up by us, so that no name in it can be.
    setToolTip(items.isEmpty() ? QString()
                               : QStringLiteral("<span>%1</span>")
                                     .arg(names.join(u'\n').toHtmlEscaped().replace(
                                         u'\n', QStringLiteral("<br>"))));
    updateGeometry();
    update();
}

qreal Legend::widthOf(const Item& item) const {
    return kSample + kGap + QFontMetricsF(font()).horizontalAdvance(item.name);
}

qsizetype Legend::shownItems() const {
    qreal wanted = 0;
    for (const Item& item : m_items) {
        wanted += widthOf(item) + space::kMedium;
    }
    qsizetype count = m_items.size();
    qreal rest = -space::kMedium;
    while (count > 0 && wanted + rest > width() + 0.5) {
        --count;
        wanted -= widthOf(m_items[count]) + space::kMedium;
        rest = moreWidth(m_items.size() - count);
    }
    return count;
}

qreal Legend::moreWidth(qsizetype items) const {
    return QFontMetricsF(font()).horizontalAdvance(moreText(items));
}

QString Legend::moreText(qsizetype items) {
    return QStringLiteral("+%1").arg(items);
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
    const auto place = [&](qreal from) { return mirrored ? this->width() - from : from; };
    const qsizetype count = shownItems();
    for (const Item& item : m_items.first(count)) {
        const qreal width = widthOf(item);
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
    if (const qsizetype rest = m_items.size() - count; rest > 0) {
        const qreal width = moreWidth(rest);
        painter.setPen(tokens.secondary);
        painter.drawText(QRectF(mirrored ? place(x + width) : x, 0, width + 1, height()),
                         Qt::AlignVCenter | Qt::TextSingleLine, moreText(rest));
    }
}

}  // namespace cachescope::ui
