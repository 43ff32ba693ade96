// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/server_panels_presenter.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "ui/model/printable_text.h"

namespace cachescope::ui {

using namespace std::chrono_literals;
using inspect::ClientEntry;
using inspect::ConfigurationValue;
using inspect::SlowCommand;

namespace {

constexpr Duration kInterval = 5s;
constexpr Duration kConfigurationInterval = 30s;
constexpr Duration kTimeout = 5s;
constexpr std::size_t kMostSlowCommands = 500;

template <class Row>
void put(ServerReading<Row>& reading, std::optional<Result<std::vector<Row>>> answer,
         TimePoint asked) {
    if (!answer) {
        return;
    }
    reading.asked = asked;
    if (*answer) {
        reading.rows = std::move(**answer);
        reading.isKnown = true;
        reading.failure.reset();
    } else {
        reading.failure = answer->error();
        if (reading.failure->code() == ErrorCode::noPermission ||
            reading.failure->code() == ErrorCode::unsupported) {
            // It stays so: what was told before would only get older.
            reading.rows.clear();
            reading.isKnown = false;
        }
    }
}

}  // namespace

struct ServerPanelsPresenter::Answer {
    TimePoint asked{};
    std::optional<Result<std::vector<SlowCommand>>> slowLog;
    std::optional<Result<std::vector<ClientEntry>>> clients;
    std::optional<Result<std::vector<ConfigurationValue>>> configuration;
};

ServerPanelsPresenter::ServerPanelsPresenter(QObject* parent, const Clock& clock)
    : QObject(parent), m_clock(clock) {
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &ServerPanelsPresenter::ask);
    connect(&m_task, &LatestTask::busyChanged, this, [this](bool busy) {
        if (!busy) {
            plan();
        }
        Q_EMIT changed();
    });
}

ServerPanelsPresenter::~ServerPanelsPresenter() = default;

void ServerPanelsPresenter::setLink(std::shared_ptr<const inspect::InspectLink> link) {
    clear();
    m_link = std::move(link);
    m_server = 0;
    plan();
    Q_EMIT serversChanged();
    Q_EMIT changed();
}

void ServerPanelsPresenter::clear() {
    m_next.stop();
    m_slowLog = {};
    m_clients = {};
    m_configuration = {};
    m_task.cancel();
}

void ServerPanelsPresenter::setWatched(bool watched) {
    m_watched = watched;
    plan();
}

void ServerPanelsPresenter::setServer(int number) {
    if (m_link == nullptr || number < 0 || number >= static_cast<int>(m_link->size()) ||
        number == m_server) {
        return;
    }
    clear();
    m_server = number;
    plan();
    Q_EMIT serversChanged();
    Q_EMIT changed();
}

void ServerPanelsPresenter::setTab(ServerTab tab) {
    if (std::exchange(m_tab, tab) == tab) {
        return;
    }
    if (m_task.busy()) {
        m_task.cancel();
    }
    plan();
    Q_EMIT tabChanged();
    Q_EMIT changed();
}

void ServerPanelsPresenter::refresh() {
    if (m_link != nullptr && !m_task.busy()) {
        ask();
    }
}

QStringList ServerPanelsPresenter::serverNames() const {
    QStringList names;
    if (m_link != nullptr) {
        for (const inspect::InspectLink::Server& each : m_link->servers()) {
            names += printableText(each.address.toText());
        }
    }
    return names;
}

const inspect::ServerFacts& ServerPanelsPresenter::facts() const {
    static const inspect::ServerFacts kNone;
    return m_link == nullptr ? kNone : m_link->server(static_cast<std::size_t>(m_server)).facts;
}

std::optional<Duration> ServerPanelsPresenter::slowThreshold() const {
    for (const ConfigurationValue& each : m_configuration.rows) {
        if (each.id == inspect::ConfigurationId::slowLogSlowerThan) {
            return std::chrono::microseconds{std::strtoll(each.value.c_str(), nullptr, 10)};
        }
    }
    return std::nullopt;
}

Duration ServerPanelsPresenter::interval() const {
    return m_tab == ServerTab::configuration ? kConfigurationInterval : kInterval;
}

TimePoint ServerPanelsPresenter::lastAsked() const {
    switch (m_tab) {
        case ServerTab::slowLog:
            return m_slowLog.asked;
        case ServerTab::clients:
            return m_clients.asked;
        case ServerTab::configuration:
            break;
    }
    return m_configuration.asked;
}

// When what is shown is asked for next: by then it is as old as it may get.
void ServerPanelsPresenter::plan() {
    if (m_link == nullptr || !m_watched) {
        m_next.stop();
        return;
    }
    if (!m_task.busy()) {
        const Duration left = interval() - (m_clock.now() - lastAsked());
        m_next.start(std::chrono::duration_cast<std::chrono::milliseconds>(
            std::clamp<Duration>(left, 0ms, interval())));
    }
}

void ServerPanelsPresenter::ask() {
    m_next.stop();
    const TimePoint now = m_clock.now();
    // The threshold of the slow log stands in the configuration.
    const bool wantsConfiguration =
        m_tab == ServerTab::configuration ||
        (m_tab == ServerTab::slowLog && now - m_configuration.asked >= kConfigurationInterval);
    m_task.ask([this, link = m_link, number = static_cast<std::size_t>(m_server), tab = m_tab,
                wantsConfiguration, now](const LatestTask::Turn& turn) {
        const std::stop_token& stop = turn.stopToken();
        inspect::GuardedSession& session = *link->server(number).session;
        auto answer = std::make_shared<Answer>();
        answer->asked = now;
        if (tab == ServerTab::slowLog) {
            answer->slowLog = readSlowLog(session, kMostSlowCommands, kTimeout, stop);
        } else if (tab == ServerTab::clients) {
            answer->clients = readClients(session, kTimeout, stop);
        }
        if (wantsConfiguration) {
            answer->configuration = readConfiguration(session, kTimeout, stop);
        }
        turn.tell([this, answer] { take(std::move(*answer)); });
    });
}

void ServerPanelsPresenter::take(Answer answer) {
    put(m_slowLog, std::move(answer.slowLog), answer.asked);
    put(m_clients, std::move(answer.clients), answer.asked);
    put(m_configuration, std::move(answer.configuration), answer.asked);
    Q_EMIT changed();
}

}  // namespace cachescope::ui
