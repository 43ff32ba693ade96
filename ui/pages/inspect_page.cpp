// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspect_page.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "ui/charts/time_series_chart.h"
#include "ui/dialogs/capture_dialog.h"
#include "ui/dialogs/change_dialog.h"
#include "ui/dialogs/connection_dialog.h"
#include "ui/dialogs/unlock_question.h"
#include "ui/model/error_text.h"
#include "ui/model/inspect_presenter.h"
#include "ui/model/inspect_text.h"
#include "ui/model/key_text.h"
#include "ui/pages/forecast_panel.h"
#include "ui/pages/inspect_contents.h"
#include "ui/pages/inspect_toolbar.h"
#include "ui/pages/key_filter_bar.h"
#include "ui/pages/key_panel.h"
#include "ui/pages/live_panel.h"
#include "ui/pages/namespace_panel.h"
#include "ui/pages/undo_bar.h"
#include "ui/pages/value_panel.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/hairline.h"
#include "ui/widgets/inline_message.h"

namespace cachescope::ui {

namespace {

using Kind = inspect::KeyChange::Kind;

constexpr int kFramesPerSecond = 10;
constexpr Duration kUsualTtl = std::chrono::hours{1};

}  // namespace

InspectPage::InspectPage(InspectServices services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_message(new InlineMessage),
      m_undo(new UndoBar(services.presenter.changes())),
      m_stack(new QStackedWidget) {
    InspectPresenter& presenter = m_services.presenter;
    auto* toolbar = new InspectToolbar(presenter, m_services.settings);
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
    layout->addWidget(m_undo);
    layout->addWidget(m_stack, 1);
    connect(empty, &EmptyState::actionRequested, this, &InspectPage::openConnection);
    connect(toolbar, &InspectToolbar::connectRequested, this, &InspectPage::openConnection);
    connect(toolbar, &InspectToolbar::editRequested, this, &InspectPage::editConnection);
    connect(toolbar, &InspectToolbar::lockRequested, this, &InspectPage::toggleLock);
    connect(toolbar, &InspectToolbar::captureRequested, this, &InspectPage::openCapture);
    connect(m_message, &InlineMessage::actionRequested, this, &InspectPage::takeOffer);
    connect(m_undo, &UndoBar::undoRequested, this, &InspectPage::undoChange);
    connect(&presenter, &InspectPresenter::stateChanged, this, &InspectPage::refreshState);
    connect(&presenter.live(), &LiveBoard::advanced, this, &InspectPage::refreshState);
    connect(&presenter.misses(), &MissPresenter::flagsLeft, this, [this](const QString& sentence) {
        m_message->showMessage(InlineMessage::Kind::warning, sentence);
    });
    connect(&presenter.capture(), &CapturePresenter::captured, this, &InspectPage::tuneWanted);
    connectParts();
    refreshState();
}

QWidget* InspectPage::makeContent() {
    m_live = new LivePanel(m_services.presenter, this);
    m_forecast = new ForecastPanel(m_services.presenter);
    m_contents = new InspectContents(m_services.presenter);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(space::kSmall);
    upper->addWidget(m_forecast, 3);
    upper->addWidget(m_live->chart(), 2);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_live->tiles());
    layout->addLayout(upper, 3);
    layout->addWidget(m_contents, 5);
    return content;
}

void InspectPage::connectParts() {
    InspectPresenter& presenter = m_services.presenter;
    KeyPanel& keys = m_contents->keys();
    NamespacePanel& namespaces = m_contents->namespaces();
    ValuePanel& value = m_contents->value();
    connect(&keys, &KeyPanel::removeRequested, this, [this](const QList<KeyRef>& chosen) {
        openChange(InspectPresenter::keysScope(chosen), Kind::remove);
    });
    connect(&keys, &KeyPanel::ttlRequested, this, [this](const QList<KeyRef>& chosen) {
        openChange(InspectPresenter::keysScope(chosen), Kind::expireIn);
    });
    connect(&keys, &KeyPanel::changeAllRequested, this, [this, &presenter, &keys] {
        if (hasAllKeys()) {
            openChange(presenter.shownScope(keys.filters()->pattern()->text()), Kind::remove);
        }
    });
    connect(&namespaces, &NamespacePanel::removeRequested, this,
            [this, &presenter](const std::string& prefix) {
                if (hasAllKeys()) {
                    openChange(presenter.prefixScope(prefix), Kind::remove);
                }
            });
    connect(&namespaces, &NamespacePanel::ttlRequested, this,
            [this, &presenter](const std::string& prefix) {
                if (hasAllKeys()) {
                    openChange(presenter.prefixScope(prefix), Kind::expireIn);
                }
            });
    connect(&value, &ValuePanel::removeRequested, this, [this](const KeyRef& key) {
        openChange(InspectPresenter::keysScope({key}), Kind::remove);
    });
    connect(&value, &ValuePanel::ttlRequested, this, [this](const KeyRef& key) {
        openChange(InspectPresenter::keysScope({key}), Kind::expireIn);
    });
}

void InspectPage::tick() {
    if (!isVisible() || ++m_frames % kFramesPerSecond != 0) {
        return;
    }
    m_services.presenter.tick();
    m_forecast->refresh();
    m_contents->tick();
}

void InspectPage::refreshState() {
    using State = InspectPresenter::State;
    InspectPresenter& presenter = m_services.presenter;
    if (presenter.link() != nullptr) {
        m_stack->setCurrentIndex(1);
    } else if (presenter.state() != State::connecting) {
        m_stack->setCurrentIndex(0);
    }
    const auto failure = presenter.state() == State::failed ? presenter.failure()
                         : presenter.link() != nullptr      ? presenter.live().failure()
                                                            : std::nullopt;
    if (failure) {
        showFailure(*failure);
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

void InspectPage::showFailure(const Error& failure) {
    const InspectPresenter& presenter = m_services.presenter;
    const bool mends = mendsByItself(failure);
    m_offer = mends ? Offer::reconnect : Offer::edit;
    const QString text = ErrorText(failure).oneLine();
    // One that was there is tried again by itself.
    const bool wasLinked = presenter.link() != nullptr;
    m_message->showMessage(InlineMessage::Kind::error,
                           wasLinked ? tr("%1 What is shown here is from before.").arg(text) : text,
                           !mends       ? tr("Edit connection…")
                           : !wasLinked ? tr("Try again")
                                        : QString(),
                           false);
}

void InspectPage::takeOffer() {
    switch (m_offer) {
        case Offer::walk:
            m_offer = Offer::reconnect;
            m_message->hide();
            m_contents->walk();
            break;
        case Offer::edit:
            editConnection();
            break;
        case Offer::reconnect:
            m_services.presenter.reconnect();
            break;
    }
}

void InspectPage::openConnection() {
    askForConnection({});
}

void InspectPage::editConnection() {
    askForConnection(m_services.presenter.url());
}

void InspectPage::askForConnection(const QString& url) {
    auto* dialog = new ConnectionDialog(m_services.connections, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setForInspecting(inspectPromise());
    if (!url.isEmpty()) {
        dialog->setUrl(url);
    }
    connect(dialog, &ConnectionDialog::accepted, this, [this, dialog] {
        m_services.presenter.connectTo(dialog->url(), dialog->connectionName());
    });
    dialog->open();
}

void InspectPage::toggleLock() {
    InspectPresenter& presenter = m_services.presenter;
    if (presenter.isUnlocked()) {
        presenter.setUnlocked(false);
        return;
    }
    askToUnlock(this, presenter.name(), &presenter, [&presenter] { presenter.setUnlocked(true); });
}

void InspectPage::undoChange() {
    InspectPresenter& presenter = m_services.presenter;
    if (presenter.isUnlocked()) {
        presenter.changes().undo();
        return;
    }
    askToUnlock(this, presenter.name(), &presenter, [&presenter] {
        presenter.setUnlocked(true);
        presenter.changes().undo();
    });
}

void InspectPage::openCapture() {
    auto* dialog = new CaptureDialog(m_services.presenter.capture(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

bool InspectPage::hasAllKeys() {
    const auto& keyspace = m_services.presenter.keys().keyspace();
    if (keyspace != nullptr && keyspace->complete) {
        return true;
    }
    m_offer = Offer::walk;
    m_message->showMessage(
        InlineMessage::Kind::warning,
        tr("Only some of the keys were read, so a change of all of them would leave most as they "
           "are. Walk all keys first; keys that you select can be changed now."),
        tr("Walk all keys"));
    return false;
}

void InspectPage::openChange(const ChangeScope& scope, Kind kind) {
    ChangePresenter& changes = m_services.presenter.changes();
    if (changes.running()) {
        m_message->showMessage(InlineMessage::Kind::info,
                               tr("A change is under way. Wait for its end, or stop it."));
        return;
    }
    changes.preview(scope, kind == Kind::expireIn ? inspect::KeyChange::expireIn(kUsualTtl)
                                                  : inspect::KeyChange::remove());
    auto* dialog = new ChangeDialog(changes, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_undo->setHeld(true);
    connect(dialog, &QDialog::finished, m_undo, [this] { m_undo->setHeld(false); });
    dialog->open();
}

}  // namespace cachescope::ui
