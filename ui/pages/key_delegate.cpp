// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/key_delegate.h"

#include <QAbstractItemView>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/model/key_table_model.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

constexpr int kFocusMark = 3;

QColor colourOf(const QModelIndex& index, KeyTableModel::Column column, bool isGone,
                const Tokens& tokens) {
    switch (column) {
        case KeyTableModel::keyColumn:
        case KeyTableModel::sizeColumn:
            return isGone ? tokens.secondary : tokens.text;
        case KeyTableModel::ttlColumn:
            switch (index.data(KeyTableModel::ttlStateRole).toInt()) {
                case KeyTableModel::noExpiry:
                    return tokens.outcomeText(Outcome::miss);
                case KeyTableModel::expired:
                    return tokens.outcomeText(Outcome::expired);
                case KeyTableModel::unknownTtl:
                case KeyTableModel::removed:
                case KeyTableModel::vanished:
                    return tokens.secondary;
                default:
                    return tokens.text;
            }
        case KeyTableModel::typeColumn:
        case KeyTableModel::idleColumn:
        case KeyTableModel::serverColumn:
            return tokens.secondary;
    }
    return tokens.text;
}

// By hand, since pieces of a number are drawn one by one.
void strikeOut(QPainter& painter, const QRect& words) {
    const QFontMetricsF metrics(painter.font());
    const qreal y = words.top() + metrics.ascent() - metrics.strikeOutPos();
    QPen pen = painter.pen();
    pen.setWidthF(std::max(metrics.lineWidth(), 1.0));
    painter.setPen(pen);
    painter.drawLine(QPointF(words.left(), y), QPointF(words.right() + 1, y));
}

}  // namespace

int KeyDelegate::rowHeight(const QFont& font) {
    return std::max(QFontMetrics(font).height(), QFontMetrics(monoFont(font)).height()) +
           space::kSmall;
}

QSize KeyDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {option.fontMetrics.averageCharWidth() * 8, rowHeight(option.font)};
}

void KeyDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const Tokens& tokens = tokensFor(option.palette);
    const auto* model = qobject_cast<const KeyTableModel*>(index.model());
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    if (model == nullptr) {
        return;
    }
    const KeyTableModel::Column column = model->columnAt(index.column());
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, tokens.selection);
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, tokens.hover);
    }
    const bool mirrored = option.direction == Qt::RightToLeft;
    if (index.column() == 0 && view != nullptr && view->hasFocus() &&
        view->currentIndex().row() == index.row()) {
        painter->fillRect(QStyle::visualRect(option.direction, option.rect,
                                             QRect(option.rect.left(), option.rect.top(),
                                                   kFocusMark, option.rect.height())),
                          tokens.accent);
    }
    const QRect text = option.rect.adjusted(space::kSmall, 0, -space::kSmall, 0);
    const QString shown = index.data().toString();
    const bool isGone = index.data(KeyTableModel::goneRole).toBool();
    painter->setPen(colourOf(index, column, isGone, tokens));
    const Qt::Alignment start = mirrored ? Qt::AlignRight : Qt::AlignLeft;
    const Qt::Alignment end = mirrored ? Qt::AlignLeft : Qt::AlignRight;
    switch (column) {
        case KeyTableModel::ttlColumn:
        case KeyTableModel::sizeColumn:
        case KeyTableModel::idleColumn:
            painter->setFont(option.font);
            drawFigures(*painter, text, end | Qt::AlignVCenter, shown);
            // The word that says what happened is to be read.
            if (isGone && column != KeyTableModel::ttlColumn) {
                const int width = static_cast<int>(std::ceil(figuresWidth(option.font, shown)));
                const QRect words =
                    QStyle::alignedRect(Qt::LeftToRight, end | Qt::AlignVCenter,
                                        QSize(width, painter->fontMetrics().height()), text);
                strikeOut(*painter, words);
            }
            break;
        default: {
            if (m_base != option.font || m_mono == QFont()) {
                m_base = option.font;
                m_mono = monoFont(option.font);
            }
            const QFont& face = column == KeyTableModel::keyColumn ? m_mono : option.font;
            const QFontMetrics metrics(face);
            const QString cut = metrics.elidedText(shown, Qt::ElideMiddle, text.width());
            painter->setFont(face);
            painter->drawText(text, static_cast<int>(start | Qt::AlignVCenter) | Qt::TextSingleLine,
                              cut);
            if (isGone) {
                const QSize size(metrics.horizontalAdvance(cut), metrics.height());
                strikeOut(*painter, QStyle::alignedRect(Qt::LeftToRight, start | Qt::AlignVCenter,
                                                        size, text));
            }
        }
    }
    painter->restore();
}

}  // namespace cachescope::ui
