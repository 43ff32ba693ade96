// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

/// A large, faint picture; says nothing that the sentence does not say.
class Ornament : public QWidget {
public:
    explicit Ornament(IconName symbol) : m_symbol(symbol) {
        const int side = fontMetrics().height() * 5 / 2;
        setFixedSize(side, side);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintIcon(painter, rect(), m_symbol, tokensFor(palette()).faint);
    }

private:
    IconName m_symbol;
};

}  // namespace

EmptyState::EmptyState(IconName symbol, const QString& title, const QString& sentence,
                       const QString& action, QWidget* parent)
    : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kHuge);
    layout->setSpacing(space::kSmall);
    layout->addStretch(2);
    layout->addWidget(new Ornament(symbol), 0, Qt::AlignHCenter);
    layout->addSpacing(space::kTiny);
    QLabel* heading = makeLabel(title, TypeSize::large, TextTone::primary, QFont::DemiBold);
    QLabel* text = makeLabel(sentence, TypeSize::body, TextTone::secondary, QFont::Normal, true);
    text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    // Lines of some sixty letters are read at a glance.
    text->setFixedWidth(std::min(fontMetrics().averageCharWidth() * 62,
                                 fontMetrics().horizontalAdvance(sentence) + space::kTiny));
    // The layout asks for the height of its own, larger width, in which the text is shorter.
    text->setMinimumHeight(text->heightForWidth(text->minimumWidth()));
    layout->addWidget(heading, 0, Qt::AlignHCenter);
    // An alignment would take the label's guess of its height for the height at this width.
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(text);
    row->addStretch(1);
    layout->addLayout(row);
    if (!action.isEmpty()) {
        m_button = new QPushButton(action);
        setButtonKind(m_button, ButtonKind::primary);
        layout->addSpacing(space::kSmall);
        layout->addWidget(m_button, 0, Qt::AlignHCenter);
        connect(m_button, &QPushButton::clicked, this, &EmptyState::actionRequested);
    }
    layout->addStretch(3);
    setAccessibleName(title);
    setAccessibleDescription(sentence);
}

}  // namespace cachescope::ui
