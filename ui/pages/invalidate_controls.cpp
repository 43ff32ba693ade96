// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate_controls.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/core/glob.h"
#include "ui/model/lab_presenter.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

InvalidateControls::InvalidateControls(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_pattern(new QLineEdit),
      m_scope(new QComboBox),
      m_matching(new QPushButton),
      m_all(new QPushButton(tr("All"))),
      m_result(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)) {
    m_pattern->setFont(monoFont(font()));
    m_pattern->setAccessibleName(tr("Key or pattern to invalidate"));
    m_pattern->setToolTip(
        tr("A key such as product:17, or a pattern: * any text, ? one character, [ab] a set"));
    m_scope->addItem(tr("on all lanes"));
    m_scope->addItem(tr("on the selected lane"));
    m_scope->setAccessibleName(tr("Lanes to invalidate on"));
    m_all->setToolTip(tr("Invalidate everything on these lanes"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_pattern);
    layout->addWidget(m_scope);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kSmall);
    row->addWidget(m_matching);
    row->addWidget(m_all);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addWidget(m_result);
    m_result->setVisible(false);

    const auto updateButton = [this] {
        const std::string text = m_pattern->text().toStdString();
        m_matching->setEnabled(!text.empty());
        m_matching->setText(globIsLiteral(text) ? tr("This key") : tr("Matching keys"));
    };
    connect(m_pattern, &QLineEdit::textChanged, this, updateButton);
    updateButton();
    const auto invalidate = [this] {
        if (!m_pattern->text().isEmpty()) {
            m_presenter.invalidate(m_pattern->text(), lane());
        }
    };
    connect(m_pattern, &QLineEdit::returnPressed, this, invalidate);
    connect(m_matching, &QPushButton::clicked, this, invalidate);
    connect(m_all, &QPushButton::clicked, this, [this] { m_presenter.invalidateAll(lane()); });
    connect(&m_presenter, &LabPresenter::acted, this, [this](const QString& sentence, bool) {
        m_result->setText(tr("Last: %1").arg(sentence));
        m_result->setVisible(true);
    });
    connect(&m_presenter, &LabPresenter::opened, this, [this] {
        m_result->setVisible(false);
        if (!m_pattern->isModified()) {
            m_pattern->setText(m_presenter.suggestedPattern());
        }
    });
}

std::optional<sim::LaneId> InvalidateControls::lane() const {
    return m_scope->currentIndex() == 1 ? std::optional(m_selected) : std::nullopt;
}

}  // namespace cachescope::ui
