// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/rail.h"

#include <QAbstractButton>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme/style.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

namespace {

class RailButton : public QAbstractButton {
public:
    RailButton(IconName symbol, const QString& text, bool checkable) : m_symbol(symbol) {
        setText(text);
        setAccessibleName(text);
        setCheckable(checkable);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    QSize sizeHint() const override {
        const QFontMetrics metrics(face());
        const int width = std::max(metrics.horizontalAdvance(text()) + 2 * space::kSmall,
                                   metrics.height() * 7 / 2);
        return {width, iconSide() + metrics.height() + 2 * space::kSmall + space::kTiny};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const Tokens& tokens = tokensFor(palette());
        if (isChecked() || (underMouse() && isEnabled())) {
            paintRounded(painter, rect(), isChecked() ? tokens.selection : tokens.hover, {},
                         kPanelRadius);
        }
        const QColor colour = isChecked() ? tokens.accentText : tokens.secondary;
        const int side = iconSide();
        paintIcon(painter, QRectF((width() - side) / 2, space::kSmall, side, side), m_symbol,
                  colour);
        painter.setFont(face());
        painter.setPen(colour);
        painter.drawText(
            QRectF(0, space::kSmall + side + space::kTiny, width(), painter.fontMetrics().height()),
            Qt::AlignCenter, text());
        if (showsFocus(this)) {
            drawFocusRing(painter, rect(), palette(), kPanelRadius - 1);
        }
    }

private:
    QFont face() const {
        return sized(font(), TypeSize::small, isChecked() ? QFont::DemiBold : QFont::Medium);
    }
    int iconSide() const { return fontMetrics().height() + space::kTiny; }

    IconName m_symbol;
};

}  // namespace

Rail::Rail(QWidget* parent)
    : QWidget(parent),
      m_layout(new QVBoxLayout(this)),
      m_items(new QButtonGroup(this)),
      m_actions(new QButtonGroup(this)) {
    m_layout->setContentsMargins(6, space::kMedium, 7, space::kSmall);
    m_layout->setSpacing(space::kTiny);
    m_layout->addStretch(1);
    m_items->setExclusive(true);
    m_actions->setExclusive(false);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Workspaces"));
    connect(m_items, &QButtonGroup::idClicked, this, &Rail::chosen);
    connect(m_actions, &QButtonGroup::idClicked, this, &Rail::triggered);
}

void Rail::addItem(int id, IconName symbol, const QString& text, const QString& shortcut) {
    auto* button = new RailButton(symbol, text, true);
    button->setToolTip(shortcut.isEmpty() ? QString() : tr("%1 (%2)").arg(text, shortcut));
    m_items->addButton(button, id);
    m_layout->insertWidget(m_itemCount++, button);
    if (m_itemCount == 1) {
        button->setChecked(true);
    }
}

void Rail::addAction(int id, IconName symbol, const QString& text) {
    auto* button = new RailButton(symbol, text, false);
    m_actions->addButton(button, id);
    m_layout->addWidget(button);
}

void Rail::setCurrent(int id) {
    if (QAbstractButton* item = m_items->button(id)) {
        item->setChecked(true);
    }
}

QAbstractButton* Rail::button(int id) const {
    QAbstractButton* item = m_items->button(id);
    return item != nullptr ? item : m_actions->button(id);
}

void Rail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(rect(), tokens.panel);
    const int edge = layoutDirection() == Qt::RightToLeft ? 0 : width() - 1;
    painter.fillRect(QRect(edge, 0, 1, height()), tokens.line);
}

}  // namespace cachescope::ui
