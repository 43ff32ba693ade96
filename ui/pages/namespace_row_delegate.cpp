// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/namespace_row_delegate.h"

#include <QPainter>
#include <algorithm>

#include "ui/model/namespace_tree_model.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kBar = 3;
constexpr int kGap = 3;  // between the text and its bar, and below the bar

}  // namespace

QSize NamespaceRowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    const int line =
        std::max(option.fontMetrics.height(), QFontMetrics(monoFont(option.font)).height());
    return {option.fontMetrics.averageCharWidth() * 12,
            line + static_cast<int>(kBar) + 3 * kGap + space::kTiny};
}

void NamespaceRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const {
    const Tokens& tokens = tokensFor(option.palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, tokens.selection);
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, tokens.hover);
    }
    const bool mirrored = option.direction == Qt::RightToLeft;
    const Qt::Alignment start = mirrored ? Qt::AlignRight : Qt::AlignLeft;
    const Qt::Alignment end = mirrored ? Qt::AlignLeft : Qt::AlignRight;
    const QRectF row = QRectF(option.rect).adjusted(2, 0, -space::kSmall, 0);
    const QRectF line = row.adjusted(0, kGap, 0, -kBar - 2 * kGap);

    const QString figure = index.data(NamespaceTreeModel::figureRole).toString();
    const qreal figureWidth = figuresWidth(option.font, figure);
    painter->setFont(option.font);
    painter->setPen(tokens.secondary);
    drawFigures(*painter, line, end | Qt::AlignVCenter, figure);

    const bool isSpace = index.data(NamespaceTreeModel::kindRole).toInt() ==
                         static_cast<int>(NamespaceTreeModel::Kind::space);
    const QFont face = isSpace ? monoFont(option.font) : option.font;
    const qreal room = line.width() - figureWidth - space::kSmall;
    painter->setFont(face);
    painter->setPen(isSpace ? tokens.text : tokens.secondary);
    painter->drawText(
        mirrored ? line.adjusted(line.width() - room, 0, 0, 0)
                 : line.adjusted(0, 0, room - line.width(), 0),
        static_cast<int>(start | Qt::AlignVCenter) | Qt::TextSingleLine,
        QFontMetricsF(face).elidedText(index.data().toString(), Qt::ElideMiddle, room));

    const double share = std::clamp(index.data(NamespaceTreeModel::shareRole).toDouble(), 0.0, 1.0);
    if (share > 0) {
        const qreal length = std::max(row.width() * share, kBar);
        const QRectF bar(mirrored ? row.right() - length : row.left(), row.bottom() - kGap - kBar,
                         length, kBar);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.accent);
        painter->setOpacity(0.65);
        painter->drawRoundedRect(bar, kBar / 2, kBar / 2);
    }
    painter->restore();
}

}  // namespace cachescope::ui
