// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/disclosure.h"

#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

Disclosure::Disclosure(const QString& title, QWidget* parent)
    : QWidget(parent),
      m_button(new QToolButton),
      m_content(new QWidget),
      m_layout(new QVBoxLayout(m_content)) {
    m_button->setText(title);
    m_button->setCheckable(true);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setButtonKind(m_button, ButtonKind::quiet);
    m_layout->setContentsMargins({});
    m_layout->setSpacing(space::kSmall);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_button, 0, Qt::AlignLeft);
    layout->addWidget(m_content);
    connect(m_button, &QToolButton::toggled, this, &Disclosure::setOpen);
    setOpen(false);
}

void Disclosure::addWidget(QWidget* widget) {
    m_layout->addWidget(widget);
}

bool Disclosure::isOpen() const {
    return m_button->isChecked();
}

void Disclosure::setOpen(bool open) {
    m_button->setChecked(open);
    m_button->setIcon(
        icon(open ? IconName::chevronDown : IconName::chevronRight, IconTone::secondary));
    m_content->setVisible(open);
}

}  // namespace cachescope::ui
