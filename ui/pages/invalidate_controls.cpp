// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/invalidate_controls.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/core/glob.h"
#include "ui/model/lab_presenter.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

InvalidateControls::InvalidateControls(LabPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_kind(new QComboBox),
      m_pattern(new QLineEdit),
      m_scope(new QComboBox),
      m_matching(new QPushButton),
      m_all(new QPushButton(tr("All"))),
      m_result(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)) {
    m_kind->addItem(tr("A key or a pattern"));
    m_kind->addItem(tr("A tag"));
    m_kind->addItem(tr("A space"));
    m_kind->addItem(tr("Everything, by mark"));
    m_kind->setAccessibleName(tr("What to invalidate"));
    m_kind->setToolTip(
        tr("A mark removes nothing: entries from before it are no longer served. It takes the "
           "same short time however many there are."));
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
    layout->addWidget(m_kind);
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

    connect(m_pattern, &QLineEdit::textChanged, this, &InvalidateControls::refresh);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        // A pattern is no tag: what stands there was meant for another kind.
        m_pattern->setText(kind() == Kind::keys ? m_presenter.suggestedPattern() : QString());
        refresh();
    });
    connect(&m_presenter, &LabPresenter::lanesChanged, this, &InvalidateControls::refresh);
    refresh();
    connect(m_pattern, &QLineEdit::returnPressed, this, &InvalidateControls::invalidate);
    connect(m_matching, &QPushButton::clicked, this, &InvalidateControls::invalidate);
    connect(m_all, &QPushButton::clicked, this, [this] { m_presenter.invalidateAll(lane()); });
    connect(&m_presenter, &LabPresenter::acted, this, [this](const QString& sentence, bool) {
        m_result->setText(tr("Last: %1").arg(sentence));
        m_result->setVisible(true);
    });
    connect(&m_presenter, &LabPresenter::opened, this, [this] {
        m_result->setVisible(false);
        if (!m_pattern->isModified() && kind() == Kind::keys) {
            m_pattern->setText(m_presenter.suggestedPattern());
        }
    });
}

InvalidateControls::Kind InvalidateControls::kind() const {
    return static_cast<Kind>(m_kind->currentIndex());
}

void InvalidateControls::refresh() {
    const auto& lanes = m_presenter.state().lanes;
    const bool marks = std::any_of(lanes.begin(), lanes.end(), [](const auto& lane) {
        return lane.spec.cached() && (lane.spec.options.heedsMarks() || lane.spec.namespaceTags);
    });
    // Until a lane heeds marks there is only one kind, and nothing to choose.
    if (!marks && kind() != Kind::keys) {
        m_kind->setCurrentIndex(0);
    }
    m_kind->setVisible(marks);
    const std::string text = m_pattern->text().toStdString();
    m_pattern->setVisible(kind() != Kind::everything);
    m_all->setVisible(kind() == Kind::keys);
    m_matching->setEnabled(!text.empty() || kind() == Kind::everything);
    switch (kind()) {
        case Kind::keys:
            m_matching->setText(globIsLiteral(text) ? tr("This key") : tr("Matching keys"));
            m_pattern->setAccessibleName(tr("Key or pattern to invalidate"));
            break;
        case Kind::tag:
            m_matching->setText(tr("This tag"));
            m_pattern->setAccessibleName(tr("Tag to invalidate"));
            break;
        case Kind::space:
            m_matching->setText(tr("This space"));
            m_pattern->setAccessibleName(tr("Space to invalidate"));
            break;
        case Kind::everything:
            m_matching->setText(tr("Everything"));
            break;
    }
}

void InvalidateControls::invalidate() {
    const QString text = m_pattern->text();
    if (text.isEmpty() && kind() != Kind::everything) {
        return;
    }
    switch (kind()) {
        case Kind::keys:
            m_presenter.invalidate(text, lane());
            break;
        case Kind::tag:
            m_presenter.invalidateTag(text.trimmed(), lane());
            break;
        case Kind::space:
            m_presenter.invalidateSpace(text.trimmed(), lane());
            break;
        case Kind::everything:
            m_presenter.invalidateAllByMark(lane());
            break;
    }
}

std::optional<sim::LaneId> InvalidateControls::lane() const {
    return m_scope->currentIndex() == 1 ? std::optional(m_selected) : std::nullopt;
}

}  // namespace cachescope::ui
