// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "engine/inspect/inspect_link.h"
#include "engine/inspect/server_panels.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

enum class ServerTab { slowLog, clients, configuration };

/// What a server said of one thing: the rows of its last answer, and why there is no newer one.
template <class Row>
struct ServerReading {
    std::vector<Row> rows;
    bool isKnown = false;          ///< there was an answer
    std::optional<Error> failure;  ///< of the last attempt
    TimePoint asked{};
};

/// Slow log, clients and configuration of the inspected servers, one server and one of the three at
/// a time.
///
/// Only what is shown is asked for, on a thread of its own: at once when it is chosen, and again
/// every few seconds while it is watched. Each stands alone: what this user may not ask for leaves
/// the others as they are. Changes nothing. GUI thread.
class ServerPanelsPresenter : public QObject {
    Q_OBJECT

public:
    explicit ServerPanelsPresenter(QObject* parent = nullptr,
                                   const Clock& clock = SystemClock::instance());
    ~ServerPanelsPresenter() override;

    /// Forgets everything, and goes to the first server.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    void setWatched(bool watched);
    void setServer(int number);
    void setTab(ServerTab tab);
    /// Asks now.
    void refresh();

    const std::shared_ptr<const inspect::InspectLink>& link() const { return m_link; }
    QStringList serverNames() const;
    int server() const { return m_server; }
    ServerTab tab() const { return m_tab; }
    bool busy() const { return m_task.busy(); }
    TimePoint now() const { return m_clock.now(); }
    /// Of the server that is chosen; an empty one without a link.
    const inspect::ServerFacts& facts() const;

    const ServerReading<inspect::SlowCommand>& slowLog() const { return m_slowLog; }
    const ServerReading<inspect::ClientEntry>& clients() const { return m_clients; }
    const ServerReading<inspect::ConfigurationValue>& configuration() const {
        return m_configuration;
    }
    /// From which time on commands are logged as slow; negative: none. Nothing: not known.
    std::optional<Duration> slowThreshold() const;

Q_SIGNALS:
    void serversChanged();
    void tabChanged();
    /// What is known of the server, or busy().
    void changed();

private:
    struct Answer;

    void clear();
    void ask();
    void take(Answer answer);
    void plan();
    Duration interval() const;
    TimePoint lastAsked() const;

    const Clock& m_clock;
    std::shared_ptr<const inspect::InspectLink> m_link;
    bool m_watched = false;
    int m_server = 0;
    ServerTab m_tab = ServerTab::slowLog;
    ServerReading<inspect::SlowCommand> m_slowLog;
    ServerReading<inspect::ClientEntry> m_clients;
    ServerReading<inspect::ConfigurationValue> m_configuration;
    QTimer m_next;
    LatestTask m_task{"server-panels"};
};

}  // namespace cachescope::ui
