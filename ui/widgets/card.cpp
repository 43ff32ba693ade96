// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/theme/style_paint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

Card::Card(QWidget* parent) : QFrame(parent), m_body(new QVBoxLayout(this)) {
    m_body->setContentsMargins(space::kMedium + 2, space::kMedium, space::kMedium + 2,
                               space::kMedium);
    m_body->setSpacing(space::kSmall);
}

void Card::setTitle(const QString& title, const QString& subtitle) {
    if (m_header == nullptr) {
        m_header = new QHBoxLayout;
        m_header->setSpacing(5);
        m_title = makeLabel({}, TypeSize::body, TextTone::primary, QFont::DemiBold);
        m_subtitle = new ElidedLabel;
        m_subtitle->setForegroundRole(QPalette::PlaceholderText);
        m_subtitle->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        // Where there is no room it goes before anything else does.
        m_subtitle->setMinimumWidth(1);
        m_header->addWidget(m_title);
        m_header->addWidget(m_subtitle, 1);
        m_body->insertLayout(0, m_header);
    }
    m_title->setText(title);
    m_subtitle->setText(subtitle);
    setAccessibleName(title);
}

QString Card::title() const {
    return m_title == nullptr ? QString() : m_title->text();
}

QString Card::subtitle() const {
    return m_subtitle == nullptr ? QString() : m_subtitle->text();
}

void Card::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    paintRounded(painter, rect(), tokens.panel, tokens.line, kPanelRadius);
}

}  // namespace cachescope::ui
