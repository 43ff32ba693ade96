// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/event_delegate.h"

#include <QPainter>

#include "ui/model/event_list_model.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

Outcome outcomeOf(int kind) {
    switch (static_cast<sim::EventKind>(kind)) {
        case sim::EventKind::hit:
        case sim::EventKind::lowerHit:
        case sim::EventKind::rememberedAbsence:
            return Outcome::hit;
        case sim::EventKind::staleHit:
        case sim::EventKind::expiredHit:
        case sim::EventKind::fallback:
            return Outcome::stale;
        case sim::EventKind::miss:
        case sim::EventKind::refreshed:  // the origin ran, as for a miss
            return Outcome::miss;
        case sim::EventKind::coalesced:
            return Outcome::coalesced;
        case sim::EventKind::failed:
        case sim::EventKind::rememberedFailure:
        case sim::EventKind::timedOut:
            return Outcome::error;
        case sim::EventKind::expired:
            return Outcome::expired;
        case sim::EventKind::evicted:
            return Outcome::evicted;
        case sim::EventKind::invalidated:
            return Outcome::invalidated;
    }
    return Outcome::miss;
}

}  // namespace

QSize EventDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    const QFontMetrics body(option.font);
    const QFontMetrics small(sized(option.font, TypeSize::small));
    return {body.averageCharWidth() * 20, body.height() + small.height() + 2 * space::kTiny};
}

void EventDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
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
    const auto place = [&](const QRect& rect) {
        return mirrored ? QStyle::visualRect(option.direction, option.rect, rect) : rect;
    };
    const int alignment = static_cast<int>(Qt::AlignVCenter) |
                          static_cast<int>(mirrored ? Qt::AlignRight : Qt::AlignLeft);
    const QFont body = option.font;
    const QFont small = sized(body, TypeSize::small);
    QFont strong = body;
    strong.setWeight(QFont::DemiBold);
    const QFont mono = monoFont(body);
    const QFontMetrics bodyMetrics(body);
    const int line = bodyMetrics.height();
    const int top = option.rect.top() + space::kTiny;
    int x = option.rect.left() + space::kTiny;

    painter->setFont(small);
    painter->setPen(tokens.secondary);
    const int timeWidth =
        static_cast<int>(figuresWidth(small, QStringLiteral("0000.00"))) + space::kTiny;
    drawFigures(*painter, place(QRect(x, top, timeWidth, line)), Qt::AlignLeft | Qt::AlignVCenter,
                index.data(EventListModel::timeRole).toString());
    x += timeWidth + space::kTiny;

    const int lane = index.data(EventListModel::laneRole).toInt();
    const LaneStyle laneLook = laneStyle(tokens, lane - 1);
    const QRect chip = place(QRect(x, top + 1, line - 2, line - 2));
    painter->setPen(Qt::NoPen);
    painter->setBrush(laneLook.chip);
    painter->drawRoundedRect(chip, 4, 4);
    QFont chipFont = small;
    chipFont.setWeight(QFont::Bold);
    painter->setFont(chipFont);
    painter->setPen(laneLook.onChip);
    painter->drawText(chip, Qt::AlignCenter, QString::number(lane));
    x += line + space::kSmall;

    const int right = option.rect.right() - space::kTiny;
    const QString kind = index.data(EventListModel::kindNameRole).toString();
    painter->setFont(strong);
    painter->setPen(tokens.outcomeText(outcomeOf(index.data(EventListModel::kindRole).toInt())));
    const int kindWidth = QFontMetrics(strong).horizontalAdvance(kind);
    painter->drawText(place(QRect(x, top, right - x, line)), alignment, kind);
    const int keyLeft = x + kindWidth + space::kSmall;
    painter->setFont(mono);
    painter->setPen(tokens.text);
    painter->drawText(place(QRect(keyLeft, top, right - keyLeft, line)), alignment,
                      QFontMetrics(mono).elidedText(index.data(EventListModel::keyRole).toString(),
                                                    Qt::ElideMiddle, right - keyLeft));

    painter->setFont(small);
    painter->setPen(tokens.secondary);
    const QFontMetrics smallMetrics(small);
    painter->drawText(place(QRect(x, top + line, right - x, smallMetrics.height())), alignment,
                      smallMetrics.elidedText(index.data(EventListModel::detailRole).toString(),
                                              Qt::ElideRight, right - x));
    painter->restore();
}

}  // namespace cachescope::ui
