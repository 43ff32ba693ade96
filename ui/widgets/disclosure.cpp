// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/disclosure.h"

#include <QFont>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

Disclosure::Disclosure(const QString& title, QWidget* parent)
    : QWidget(parent),
      m_button(new QToolButton),
      m_summary(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_content(new QWidget),
      m_layout(new QVBoxLayout(m_content)) {
    m_button->setText(title);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setButtonKind(m_button, ButtonKind::quiet);
    m_layout->setSpacing(space::kSmall);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_button, 0, Qt::AlignLeft);
    layout->addWidget(m_summary);
    layout->addWidget(m_content);
    // Below the title's text, which stands behind the chevron.
    m_summary->setContentsMargins(m_button->iconSize().width() + space::kTiny, 0, 0, 0);
    m_layout->setContentsMargins(0, space::kSmall, 0, space::kSmall);
    connect(m_button, &QToolButton::clicked, this, [this] { setOpen(!m_open); });
    setOpen(false);
}

void Disclosure::addWidget(QWidget* widget) {
    m_layout->addWidget(widget);
}

void Disclosure::setSummary(const QString& summary) {
    m_summary->setText(summary);
    setOpen(m_open);
}

void Disclosure::setOpen(bool open) {
    m_open = open;
    m_button->setIcon(
        icon(open ? IconName::chevronDown : IconName::chevronRight, IconTone::secondary));
    // The title of what stands below it, among controls.
    QFont weight;  // and nothing else of a font: the rest follows the application
    weight.setWeight(open ? QFont::DemiBold : QFont::Normal);
    m_button->setFont(weight);
    const QString summary = m_summary->text();
    m_button->setAccessibleDescription(open                ? tr("unfolded")
                                       : summary.isEmpty() ? tr("folded")
                                                           : tr("folded: %1").arg(summary));
    m_summary->setVisible(!open && !summary.isEmpty());
    m_content->setVisible(open);
}

}  // namespace cachescope::ui
