// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspect_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/charts/time_series_chart.h"
#include "ui/dialogs/connection_dialog.h"
#include "ui/model/error_text.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/model/node_table_model.h"
#include "ui/pages/findings_panel.h"
#include "ui/pages/forecast_panel.h"
#include "ui/pages/inspect_toolbar.h"
#include "ui/pages/live_panel.h"
#include "ui/pages/walk_bar.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/hairline.h"
#include "ui/widgets/inline_message.h"

namespace cachescope::ui {

namespace {

constexpr int kFramesPerSecond = 10;

}  // namespace

InspectPage::InspectPage(InspectServices services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_message(new InlineMessage),
      m_stack(new QStackedWidget) {
    InspectPresenter& presenter = m_services.presenter;
    auto* toolbar = new InspectToolbar(presenter);
    auto* empty = new EmptyState(
        IconName::inspect, tr("Look into a live Redis without harming it"),
        tr("What is in it, what expires when, what it hits and misses, and what to invalidate: "
           "live figures, a forecast of expirations, every key with its TTL and size, and its "
           "value.") +
            QStringLiteral("\n\n") + inspectPromise().join(u'\n'),
        tr("Connect…"));
    m_stack->addWidget(empty);
    m_stack->addWidget(makeContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(toolbar);
    layout->addWidget(hairline(QFrame::HLine));
    layout->addWidget(m_message);
    layout->addWidget(m_stack, 1);
    connect(empty, &EmptyState::actionRequested, this, &InspectPage::openConnection);
    connect(toolbar, &InspectToolbar::connectRequested, this, &InspectPage::openConnection);
    connect(m_message, &InlineMessage::actionRequested, &presenter, &InspectPresenter::reconnect);
    connect(&presenter, &InspectPresenter::stateChanged, this, &InspectPage::refreshState);
    connect(&presenter.live(), &LiveBoard::advanced, this, &InspectPage::refreshState);
    refreshState();
}

QWidget* InspectPage::makeContent() {
    m_live = new LivePanel(m_services.presenter, this);
    m_forecast = new ForecastPanel(m_services.presenter);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(space::kMedium);
    upper->addWidget(m_forecast, 3);
    upper->addWidget(m_live->chart(), 2);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_live->tiles());
    layout->addLayout(upper, 2);
    layout->addWidget(makeLower(), 3);
    return content;
}

QWidget* InspectPage::makeLower() {
    KeyspacePresenter& keyspace = m_services.presenter.keyspace();
    m_tabs = new QTabBar;
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_lower = new QStackedWidget;
    m_walk = new WalkBar(keyspace);
    m_findings = new FindingsPanel(keyspace);
    auto* nodes = new QTableView;
    nodes->setModel(new NodeTableModel(m_services.presenter.live(), keyspace, nodes));
    nodes->setSelectionBehavior(QAbstractItemView::SelectRows);
    nodes->verticalHeader()->hide();
    nodes->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    nodes->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    nodes->setShowGrid(false);
    nodes->setAccessibleName(tr("Servers"));
    const auto add = [this](const QString& name, QWidget* page) {
        m_tabs->addTab(name);
        m_lower->addWidget(page);
    };
    add(tr("Findings"), m_findings);
    add(tr("Servers"), nodes);
    connect(m_tabs, &QTabBar::currentChanged, m_lower, &QStackedWidget::setCurrentIndex);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kLarge);
    head->addWidget(m_tabs);
    head->addWidget(m_walk, 1);
    auto* lower = new QWidget;
    auto* layout = new QVBoxLayout(lower);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    layout->addLayout(head);
    layout->addWidget(m_lower, 1);
    return lower;
}

void InspectPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
}

void InspectPage::tick() {
    if (!isVisible() || ++m_frames % kFramesPerSecond != 0) {
        return;
    }
    m_forecast->refresh();
}

void InspectPage::refreshState() {
    using State = InspectPresenter::State;
    InspectPresenter& presenter = m_services.presenter;
    if (presenter.link() != nullptr) {
        m_stack->setCurrentIndex(1);
    } else if (presenter.state() == State::disconnected) {
        m_stack->setCurrentIndex(0);
    }
    const auto failure = presenter.state() == State::failed ? presenter.failure()
                         : presenter.link() != nullptr      ? presenter.live().failure()
                                                            : std::nullopt;
    if (failure) {
        const QString text = ErrorText(*failure).oneLine();
        m_message->showMessage(
            InlineMessage::Kind::error,
            presenter.link() != nullptr ? tr("%1 What is shown here is from before.").arg(text)
                                        : text,
            presenter.state() == State::failed ? tr("Try again") : QString(), false);
    } else if (const QString missing = missingText(presenter); missing != m_missing) {
        // Once for each set of rules, so that it can be closed.
        m_missing = missing;
        m_message->setVisible(!missing.isEmpty());
        if (!missing.isEmpty()) {
            m_message->showMessage(InlineMessage::Kind::info, missing);
        }
    } else if (m_failed) {
        m_message->hide();
    }
    m_failed = failure.has_value();
}

void InspectPage::openConnection() {
    auto* dialog = new ConnectionDialog(m_services.connections, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setForInspecting(inspectPromise());
    connect(dialog, &ConnectionDialog::accepted, this, [this, dialog] {
        m_services.presenter.connectTo(dialog->url(), dialog->connectionName());
    });
    dialog->open();
}

}  // namespace cachescope::ui
