// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/miss_delegate.h"

#include <QPainter>
#include <algorithm>

#include "ui/model/miss_table_model.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr qreal kBar = 2.5;

QColor barColour(const Tokens& tokens, int column) {
    switch (column) {
        case MissTableModel::hitColumn:
            return tokens.outcome(Outcome::hit);
        case MissTableModel::missColumn:
            return tokens.outcome(Outcome::miss);
        case MissTableModel::expiredColumn:
            return tokens.outcome(Outcome::expired);
        case MissTableModel::removedColumn:
            return tokens.outcome(Outcome::evicted);
        default:
            return tokens.faint;
    }
}

}  // namespace

QSize MissDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const bool isName = index.column() == MissTableModel::nameColumn;
    const QString text = index.data().toString();
    const qreal width = isName ? QFontMetricsF(monoFont(option.font)).horizontalAdvance(text)
                               : figuresWidth(option.font, text);
    return {static_cast<int>(width) + 2 * space::kMedium,
            option.fontMetrics.height() + space::kMedium};
}

void MissDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const Tokens& tokens = tokensFor(option.palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, tokens.selection);
    }
    const QRectF cell = QRectF(option.rect).adjusted(space::kSmall, 0, -space::kSmall, 0);
    const QString text = index.data().toString();
    if (index.column() == MissTableModel::nameColumn) {
        const QFont font = monoFont(option.font);
        painter->setFont(font);
        painter->setPen(tokens.text);
        painter->drawText(cell.adjusted(0, 0, 0, -kBar), Qt::AlignVCenter | Qt::TextSingleLine,
                          QFontMetricsF(font).elidedText(text, Qt::ElideMiddle, cell.width()));
        painter->restore();
        return;
    }
    painter->setFont(option.font);
    painter->setPen(tokens.text);
    drawFigures(*painter, cell.adjusted(0, 0, 0, -kBar), Qt::AlignRight | Qt::AlignVCenter, text);
    const double share = std::clamp(index.data(MissTableModel::shareRole).toDouble(), 0.0, 1.0);
    if (share > 0) {
        const qreal width = std::max(share * cell.width(), kBar);
        painter->setPen(Qt::NoPen);
        painter->setBrush(barColour(tokens, index.column()));
        painter->drawRoundedRect(
            QRectF(cell.right() - width, cell.bottom() - kBar - 1, width, kBar), kBar / 2,
            kBar / 2);
    }
    painter->restore();
}

}  // namespace cachescope::ui
