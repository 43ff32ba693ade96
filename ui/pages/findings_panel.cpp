// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/findings_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/model/inspect_text.h"
#include "ui/model/keyspace_presenter.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr std::size_t kMost = 50;

}  // namespace

FindingsPanel::FindingsPanel(KeyspacePresenter& keyspace, QWidget* parent)
    : QScrollArea(parent), m_keyspace(keyspace), m_layout(new QVBoxLayout) {
    auto* content = new QWidget;
    content->setLayout(m_layout);
    m_layout->setContentsMargins({});
    m_layout->setSpacing(space::kSmall);
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(&m_keyspace, &KeyspacePresenter::keyspaceChanged, this, &FindingsPanel::refresh);
    refresh();
}

void FindingsPanel::refresh() {
    const auto& keyspace = m_keyspace.keyspace();
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const int before = std::exchange(
        m_count, keyspace != nullptr ? static_cast<int>(keyspace->findings.size()) : 0);
    if (m_count == 0) {
        m_layout->addWidget(makeLabel(
            keyspace == nullptr
                ? tr("What is odd about TTLs is said as soon as some keys were looked at.")
                : tr("Nothing odd about the TTLs of these keys: no namespace has some keys without "
                     "one, and none expire together at whole minutes, hours or days."),
            TypeSize::body, TextTone::secondary, QFont::Normal, true));
    }
    for (std::size_t i = 0; keyspace != nullptr && i < keyspace->findings.size() && i < kMost;
         ++i) {
        const inspect::TtlFinding& finding = keyspace->findings[i];
        auto* card = new Card;
        auto* text = new QVBoxLayout;
        text->setSpacing(space::kTiny);
        text->addWidget(makeLabel(findingTitle(finding), TypeSize::body, TextTone::primary,
                                  QFont::DemiBold, true));
        text->addWidget(makeLabel(findingDetail(finding), TypeSize::body, TextTone::secondary,
                                  QFont::Normal, true));
        auto* show = new QPushButton(tr("Show its keys"));
        setButtonKind(show, ButtonKind::quiet);
        connect(
            show, &QPushButton::clicked, this,
            [this, prefix = finding.space.empty() ? std::string{}
                                                  : finding.space + keyspace->view.separator()] {
                Q_EMIT namespaceChosen(prefix);
            });
        auto* row = new QHBoxLayout;
        row->addLayout(text, 1);
        row->addWidget(show, 0, Qt::AlignTop);
        card->body()->addLayout(row);
        m_layout->addWidget(card);
    }
    m_layout->addStretch(1);
    if (before != m_count) {
        Q_EMIT countChanged(m_count);
    }
}

}  // namespace cachescope::ui
