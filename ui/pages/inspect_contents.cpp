// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspect_contents.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/model/inspect_presenter.h"
#include "ui/model/key_text.h"
#include "ui/model/node_table_model.h"
#include "ui/pages/findings_panel.h"
#include "ui/pages/key_panel.h"
#include "ui/pages/miss_panel.h"
#include "ui/pages/namespace_panel.h"
#include "ui/pages/server_panel.h"
#include "ui/pages/value_panel.h"
#include "ui/pages/walk_bar.h"
#include "ui/theme/tokens.h"

namespace cachescope::ui {

namespace {

// In widths of a letter, so that the columns grow with the text.
constexpr int kNamespaceLetters = 34;
constexpr int kValueLetters = 46;
constexpr int kFoldBelowLetters = 150;
constexpr int kLeastLines = 12;

// What a tab or the open key asks for must not move what stands above it: not by its hint, and not
// by the height that its width would need.
class SteadyPages : public QStackedWidget {
public:
    SteadyPages() {
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
        setMinimumHeight(fontMetrics().height() * kLeastLines);
    }
    bool hasHeightForWidth() const override { return false; }
};

// A page of the stack with nothing around what it holds.
QWidget* pageWith(QWidget* content) {
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    if (content != nullptr) {
        layout->addWidget(content);
    }
    return page;
}

}  // namespace

InspectContents::InspectContents(InspectPresenter& presenter, QWidget* parent)
    : QWidget(parent),
      m_presenter(presenter),
      m_tabs(new QTabBar),
      m_pages(new SteadyPages),
      m_walk(new WalkBar(presenter.keyspace())),
      m_keys(new KeyPanel(presenter.keys())),
      m_namespaces(new NamespacePanel(presenter.namespaces())),
      m_value(new ValuePanel(presenter.openKey())),
      m_findings(new FindingsPanel(presenter.keyspace())),
      m_valueColumn(pageWith(m_value)),
      m_valuePage(pageWith(nullptr)) {
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("What is shown of the cache"));
    const auto add = [this](const QString& name, QWidget* page) {
        m_tabs->addTab(name);
        m_pages->addWidget(page);
    };
    add(tr("Keys"), makeKeys());
    add(tr("Value"), m_valuePage);
    add(tr("Misses"), new MissPanel(presenter.misses()));
    add(tr("Findings"), m_findings);
    add(tr("Server"), new ServerPanel(presenter.panels()));
    add(tr("Nodes"), makeNodes());
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kLarge);
    head->addWidget(m_tabs);
    head->addWidget(m_walk, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addLayout(head);
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &InspectContents::showTab);
    connect(m_keys, &KeyPanel::opened, this, &InspectContents::showKey);
    connect(m_keys, &KeyPanel::walkRequested, m_walk, &WalkBar::walk);
    connect(m_keys, &KeyPanel::readAgainRequested, &presenter.keyspace(),
            &KeyspacePresenter::readAgain);
    connect(m_keys, &KeyPanel::prefixRemoved, m_namespaces, &NamespacePanel::clearChoice);
    connect(m_namespaces, &NamespacePanel::prefixChosen, this,
            [this](const std::string& prefix, bool direct) {
                m_keys->setPrefix(keyText(prefix), prefix, direct);
            });
    connect(m_findings, &FindingsPanel::countChanged, this, &InspectContents::refreshTabs);
    connect(m_findings, &FindingsPanel::namespaceChosen, this,
            [this](const std::string& prefix) { showNamespace(prefix, prefix.empty()); });
    connect(&presenter, &InspectPresenter::stateChanged, this, &InspectContents::refreshTabs);
    refreshTabs();
    fold();
}

QWidget* InspectContents::makeKeys() {
    const int letter = fontMetrics().averageCharWidth();
    m_namespaces->setFixedWidth(letter * kNamespaceLetters);
    m_valueColumn->setFixedWidth(letter * kValueLetters);
    auto* page = new QWidget;
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_namespaces);
    layout->addWidget(m_keys, 1);
    layout->addWidget(m_valueColumn);
    return page;
}

QWidget* InspectContents::makeNodes() {
    auto* nodes = new QTableView;
    nodes->setModel(new NodeTableModel(m_presenter.live(), m_presenter.keyspace(), nodes));
    nodes->setSelectionBehavior(QAbstractItemView::SelectRows);
    nodes->verticalHeader()->hide();
    nodes->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    nodes->horizontalHeader()->setSectionResizeMode(NodeTableModel::nameColumn,
                                                    QHeaderView::Stretch);
    nodes->setShowGrid(false);
    nodes->setAccessibleName(tr("Servers"));
    return nodes;
}

void InspectContents::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < fontMetrics().averageCharWidth() * kFoldBelowLetters;
    if (narrow != m_folded) {
        m_folded = narrow;
        fold();
    }
}

void InspectContents::fold() {
    (m_folded ? m_valuePage : m_valueColumn)->layout()->addWidget(m_value);
    m_valueColumn->setVisible(!m_folded);
    m_tabs->setTabVisible(valueTab, m_folded);
    if (!m_folded && m_tabs->currentIndex() == valueTab) {
        m_tabs->setCurrentIndex(keysTab);
    }
}

void InspectContents::refreshTabs() {
    const auto& link = m_presenter.link();
    m_tabs->setTabText(findingsTab, m_findings->count() > 0
                                        ? tr("Findings (%1)").arg(m_findings->count())
                                        : tr("Findings"));
    m_tabs->updateGeometry();  // a wider text alone does not
    const bool isMany = link != nullptr && link->size() > 1;
    m_tabs->setTabVisible(nodesTab, isMany);
    if (!isMany && m_tabs->currentIndex() == nodesTab) {
        m_tabs->setCurrentIndex(keysTab);
    }
}

void InspectContents::showTab(int tab) {
    m_pages->setCurrentIndex(tab);
    m_presenter.setPanelsShown(tab == serverTab);
}

void InspectContents::showKey(const KeyRef& key) {
    m_presenter.openKey().open(key);
    if (m_folded) {
        m_tabs->setCurrentIndex(valueTab);
    }
}

void InspectContents::showNamespace(const std::string& prefix, bool direct) {
    m_tabs->setCurrentIndex(keysTab);
    m_keys->setPrefix(keyText(prefix), prefix, direct);
}

void InspectContents::walk() {
    m_walk->walk();
}

void InspectContents::tick() {
    m_value->refreshTick();
}

}  // namespace cachescope::ui
