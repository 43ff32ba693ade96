// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/inline_message.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "ui/theme/icons.h"
#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

/// The tint of a kind over the panel: enough to be seen, not enough to cost contrast.
constexpr float kTint = 0.09F;

QColor colourOf(InlineMessage::Kind kind, const Tokens& tokens) {
    switch (kind) {
        case InlineMessage::Kind::warning:
            return tokens.outcome(Outcome::miss);
        case InlineMessage::Kind::error:
            return tokens.outcome(Outcome::error);
        case InlineMessage::Kind::info:
            break;
    }
    return tokens.accent;
}

}  // namespace

InlineMessage::InlineMessage(QWidget* parent)
    : QWidget(parent),
      m_text(makeLabel({}, TypeSize::body, TextTone::primary, QFont::Normal, true)),
      m_button(new QPushButton),
      m_close(new QToolButton) {
    auto* layout = new QHBoxLayout(this);
    const int symbol = fontMetrics().height() + 2;
    layout->setContentsMargins(space::kMedium, space::kSmall, space::kSmall, space::kSmall);
    layout->addSpacing(symbol + space::kTiny);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    layout->addWidget(m_close);
    m_close->setIcon(icon(IconName::close, IconTone::secondary));
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setToolTip(tr("Dismiss"));
    m_close->setAutoRaise(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_button, &QPushButton::clicked, this, &InlineMessage::actionRequested);
    hide();
}

void InlineMessage::showMessage(Kind kind, const QString& text, const QString& action,
                                bool closable) {
    m_kind = kind;
    m_text->setText(text);
    m_button->setText(action);
    m_button->setVisible(!action.isEmpty());
    m_close->setVisible(closable);
    setAccessibleName(text);
    show();
    update();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString InlineMessage::text() const {
    return m_text->text();
}

void InlineMessage::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    const QColor colour = colourOf(m_kind, tokens);
    paintRounded(painter, rect(), tokens.panel, {}, kControlRadius);
    QColor fill = colour;
    fill.setAlphaF(kTint);
    QColor line = colour;
    line.setAlphaF(0.45F);
    paintRounded(painter, rect(), fill, line, kControlRadius);
    const int side = fontMetrics().height() + 2;
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const qreal x = mirrored ? width() - space::kMedium - side : space::kMedium;
    const IconName symbol = m_kind == Kind::info      ? IconName::info
                            : m_kind == Kind::warning ? IconName::warning
                                                      : IconName::error;
    const Outcome tone = m_kind == Kind::warning ? Outcome::miss : Outcome::error;
    paintIcon(painter, QRectF(x, (height() - side) / 2.0, side, side), symbol,
              m_kind == Kind::info ? tokens.accentText : tokens.outcomeText(tone));
}

}  // namespace cachescope::ui
