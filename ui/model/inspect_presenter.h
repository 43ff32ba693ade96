// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <optional>

#include "engine/core/error.h"
#include "engine/inspect/inspect_link.h"
#include "ui/model/capture_presenter.h"
#include "ui/model/change_presenter.h"
#include "ui/model/key_mark_book.h"
#include "ui/model/key_table_model.h"
#include "ui/model/keyspace_presenter.h"
#include "ui/model/latest_task.h"
#include "ui/model/live_board.h"
#include "ui/model/miss_presenter.h"
#include "ui/model/namespace_tree_model.h"
#include "ui/model/open_key.h"
#include "ui/model/server_panels_presenter.h"

namespace cachescope::ui {

/// The inspected cache as the window knows it: connects, hands the link to everybody who shows
/// something of it, and connects anew, again and again, when a server was replaced.
///
/// Connects only when told to, and then keeps the connection while the page is hidden, but asks
/// nothing meanwhile. Locked until setUnlocked(). GUI thread.
class InspectPresenter : public QObject {
    Q_OBJECT

public:
    enum class State { disconnected, connecting, connected, failed };

    explicit InspectPresenter(QObject* parent = nullptr);
    ~InspectPresenter() override;

    /// `url` with its passwords; `name` is what a person calls it, or empty.
    void connectTo(const QString& url, const QString& name = {});
    void disconnectFromCache();
    /// Once more, with the same address.
    void reconnect();

    State state() const noexcept { return m_state; }
    /// Why it failed.
    const std::optional<Error>& failure() const noexcept { return m_failure; }
    /// Null while it is not connected.
    const std::shared_ptr<const inspect::InspectLink>& link() const noexcept { return m_link; }
    /// Of the connection; the address without secrets where nobody named it.
    QString name() const;
    /// Without secrets.
    QString address() const;
    /// As connectTo() was told it, with its passwords.
    const QString& url() const noexcept { return m_url; }

    bool isUnlocked() const { return m_link != nullptr && m_link->isUnlocked(); }
    void setUnlocked(bool unlocked);
    /// Whether the page can be seen.
    void setWatched(bool isWatched);
    /// Whether slow log, clients and configuration are looked at, on a page that can be seen.
    void setPanelsShown(bool shown);
    /// Once a second: what counts down.
    void tick();

    LiveBoard& live() noexcept { return m_live; }
    const LiveBoard& live() const noexcept { return m_live; }
    KeyspacePresenter& keyspace() noexcept { return m_keyspace; }
    const KeyspacePresenter& keyspace() const noexcept { return m_keyspace; }
    KeyTableModel& keys() noexcept { return m_keys; }
    KeyMarkBook& marks() noexcept { return m_marks; }
    NamespaceTreeModel& namespaces() noexcept { return m_namespaces; }
    OpenKey& openKey() noexcept { return m_openKey; }
    ServerPanelsPresenter& panels() noexcept { return m_panels; }
    MissPresenter& misses() noexcept { return m_misses; }
    ChangePresenter& changes() noexcept { return m_changes; }
    CapturePresenter& capture() noexcept { return m_capture; }
    /// The keys that the table shows, for a change of all of them.
    ChangeScope shownScope(const QString& phrase) const;
    /// All keys below a namespace, that the table's keyspace has.
    ChangeScope prefixScope(const std::string& prefix) const;
    static ChangeScope keysScope(const QList<KeyRef>& keys);
    /// The rules that the server's user lacks, "+memory|usage", as far as was noticed.
    QStringList missingRules() const;

Q_SIGNALS:
    void stateChanged();
    void lockChanged();

private:
    void connectNow();
    /// A database that was empty when it was read need not stay so.
    void sampleWhatCameIn();
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    void setState(State state);
    void seeOpenKey();

    QString m_url;
    QString m_name;
    State m_state = State::disconnected;
    std::optional<Error> m_failure;
    std::shared_ptr<const inspect::InspectLink> m_link;
    LiveBoard m_live;
    KeyspacePresenter m_keyspace;
    KeyMarkBook m_marks;
    KeyTableModel m_keys;
    NamespaceTreeModel m_namespaces;
    OpenKey m_openKey;
    ServerPanelsPresenter m_panels;
    MissPresenter m_misses;
    ChangePresenter m_changes;
    CapturePresenter m_capture;
    bool m_capturing = false;
    bool m_watched = false;
    bool m_panelsShown = false;
    QTimer m_retry;
    LatestTask m_connecting;
};

}  // namespace cachescope::ui
