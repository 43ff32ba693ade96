// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/namespace_delegate.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/ttl_axis.h"
#include "ui/model/formats.h"
#include "ui/model/namespace_model.h"
#include "ui/model/tune_presenter.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/value_box.h"

namespace cachescope::ui {

namespace {

constexpr int kGap = 4;  // half of it above a card, half below
constexpr int kSide = 12;
constexpr int kCurveHeight = 36;
constexpr qreal kHandle = 4.5;

QRect cardOf(const QRect& item) {
    return item.adjusted(1, kGap / 2, -1, -kGap / 2);
}

int headHeight(const QFont& font) {
    return QFontMetrics(font).height() + 2 * 3;
}

int footHeight(const QFont& font) {
    return QFontMetrics(sized(font, TypeSize::small)).height();
}

}  // namespace

NamespaceDelegate::NamespaceDelegate(TunePresenter& presenter, QObject* parent)
    : QStyledItemDelegate(parent), m_presenter(presenter) {}

QSize NamespaceDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {option.fontMetrics.averageCharWidth() * 24,
            kGap + 2 * 10 + headHeight(option.font) + kCurveHeight + footHeight(option.font) + 10};
}

QRect NamespaceDelegate::valueRect(const QRect& item, const QFont& font) const {
    const QRect card = cardOf(item);
    const int width = QFontMetrics(font).horizontalAdvance(QStringLiteral("00 min 00 s")) + 16;
    return {card.right() - kSide - width, card.top() + 10, width, headHeight(font)};
}

QRectF NamespaceDelegate::curveRect(const QRect& item, const QFont& font) const {
    const QRect card = cardOf(item);
    return QRectF(card.left() + kSide, card.top() + 10 + headHeight(font) + 5,
                  card.width() - 2 * kSide, kCurveHeight);
}

double NamespaceDelegate::ttlAt(const QRectF& curve, qreal x) const {
    const TuneOutlook& outlook = m_presenter.outlook();
    return TtlAxis(outlook.shortest(), outlook.longest())
        .secondsAt((x - curve.left()) / curve.width());
}

void NamespaceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    const Tokens& tokens = tokensFor(option.palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect card = cardOf(option.rect);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    paintRounded(*painter, card, hovered && !selected ? tokens.hover : tokens.panel,
                 selected ? tokens.accent : tokens.line, kPanelRadius, selected ? 1.5 : 1);

    const QRect value = valueRect(option.rect, option.font);
    paintRounded(*painter, value, tokens.background, tokens.line, kControlRadius);
    const QFont strong = sized(option.font, TypeSize::body, QFont::DemiBold);
    painter->setFont(strong);
    painter->setPen(tokens.text);
    drawFigures(*painter, QRectF(value).adjusted(6, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter,
                formatSpan(index.data(NamespaceModel::ttlRole).toDouble()));

    const QFont small = sized(option.font, TypeSize::small);
    const bool whole = index.row() == 0;
    const QFont name = whole ? strong : monoFont(option.font);
    const QString share =
        whole ? QString() : formatPercent(index.data(NamespaceModel::shareRole).toDouble());
    const qreal shareWidth = figuresWidth(small, share);
    const qreal left = card.left() + kSide;
    const qreal room = value.left() - space::kSmall - left;
    const QFontMetricsF metrics(name);
    const QString text = metrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle,
                                            room - shareWidth - space::kTiny);
    painter->setFont(name);
    painter->drawText(QRectF(left, value.top(), room, value.height()),
                      Qt::AlignVCenter | Qt::TextSingleLine, text);
    painter->setFont(small);
    painter->setPen(tokens.secondary);
    drawFigures(*painter,
                QRectF(left + metrics.horizontalAdvance(text) + space::kSmall, value.top(),
                       shareWidth + 1, value.height()),
                Qt::AlignLeft | Qt::AlignVCenter, share);

    const QRectF curve = curveRect(option.rect, option.font);
    paintCurves(*painter, curve, index, option.palette);
    paintFigures(*painter,
                 QRectF(curve.left(), curve.bottom() + 6, curve.width(), footHeight(option.font)),
                 index, small, option.palette);
    painter->restore();
}

void NamespaceDelegate::paintCurves(QPainter& painter, const QRectF& rect, const QModelIndex& index,
                                    const QPalette& palette) const {
    const TuneOutlook& outlook = m_presenter.outlook();
    if (!outlook.hasCurve()) {
        return;
    }
    const Tokens& tokens = tokensFor(palette);
    const TuneGroup group = NamespaceModel::groupOf(index);
    const TtlAxis axis(outlook.shortest(), outlook.longest());
    const double requests = std::max(outlook.requests(group), 1.0);
    const std::vector<double>& wrong = outlook.stale(group);
    QPolygonF hits;
    QPolygonF stale;
    for (std::size_t point = 0; point < outlook.points(); ++point) {
        const qreal x = rect.left() + axis.positionOf(outlook.ttl(point)) * rect.width();
        const auto at = [&](double share) {
            return QPointF(x, rect.bottom() - std::clamp(share, 0.0, 1.0) * rect.height());
        };
        hits.append(at(outlook.figures(group, point).hitRatio()));
        if (!wrong.empty()) {
            stale.append(at(wrong[point] / requests));
        }
    }
    painter.setPen(QPen(tokens.line, 1));
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());
    painter.setPen(dashedPen(tokens.outcome(Outcome::stale), 1.2, {2, 2}));
    painter.drawPolyline(stale);
    painter.setPen(QPen(tokens.outcome(Outcome::hit), 1.6));
    painter.drawPolyline(hits);
    const qreal x = rect.left() +
                    axis.positionOf(index.data(NamespaceModel::ttlRole).toDouble()) * rect.width();
    painter.setPen(QPen(tokens.accent, 1.2));
    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()));
    painter.setBrush(tokens.panel);
    painter.setPen(QPen(tokens.accent, 1.8));
    painter.drawEllipse(QPointF(x, rect.bottom()), kHandle, kHandle);
}

void NamespaceDelegate::paintFigures(QPainter& painter, const QRectF& rect,
                                     const QModelIndex& index, const QFont& font,
                                     const QPalette& palette) const {
    const Tokens& tokens = tokensFor(palette);
    const QFont strong = sized(font, TypeSize::small, QFont::DemiBold);
    const auto put = [&](const QString& label, const QString& value, const QColor& colour,
                         Qt::AlignmentFlag where) {
        const qreal labelWidth = QFontMetricsF(font).horizontalAdvance(label) + 4;
        const qreal width = labelWidth + figuresWidth(strong, value);
        const qreal left = where == Qt::AlignLeft    ? rect.left()
                           : where == Qt::AlignRight ? rect.right() - width
                                                     : rect.center().x() - width / 2;
        painter.setFont(font);
        painter.setPen(tokens.secondary);
        painter.drawText(QRectF(left, rect.top(), labelWidth, rect.height()), Qt::AlignVCenter,
                         label);
        painter.setFont(strong);
        painter.setPen(colour);
        drawFigures(painter, QRectF(left + labelWidth, rect.top(), width, rect.height()),
                    Qt::AlignLeft | Qt::AlignVCenter, value);
    };
    put(tr("hit"), formatPercent(index.data(NamespaceModel::hitRatioRole).toDouble()),
        tokens.outcomeText(Outcome::hit), Qt::AlignLeft);
    put(tr("stale"), formatPercent(index.data(NamespaceModel::staleShareRole).toDouble()),
        tokens.outcomeText(Outcome::stale), Qt::AlignHCenter);
    put(tr("origin"), formatRate(index.data(NamespaceModel::originRateRole).toDouble()),
        tokens.text, Qt::AlignRight);
}

QWidget* NamespaceDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                         const QModelIndex& index) const {
    const TuneOutlook& outlook = m_presenter.outlook();
    auto* box = new ValueBox(spanFormat(), ValueRange::log(outlook.shortest(), outlook.longest()),
                             index.data(Qt::EditRole).toDouble(), parent);
    box->setDescription(tr("TTL of %1").arg(index.data(Qt::DisplayRole).toString()));
    return box;
}

void NamespaceDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    if (auto* box = qobject_cast<ValueBox*>(editor)) {
        box->setValue(index.data(Qt::EditRole).toDouble());
        box->selectAll();
    }
}

void NamespaceDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                                     const QModelIndex& index) const {
    const auto* box = qobject_cast<ValueBox*>(editor);
    if (box == nullptr) {
        return;
    }
    // Closing by Return comes before the box has taken over what was typed.
    if (const auto typed = parseSpan(box->text()); typed && *typed > 0) {
        model->setData(index, *typed, Qt::EditRole);
    }
}

void NamespaceDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                             const QModelIndex&) const {
    editor->setGeometry(valueRect(option.rect, option.font));
}

}  // namespace cachescope::ui
