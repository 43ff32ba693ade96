// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/inspect_presenter.h"

#include <utility>

#include "engine/redis/stoppable_waits.h"

namespace cachescope::ui {

namespace {

using inspect::InspectLink;
using inspect::LiveMark;

constexpr Duration kPatience = std::chrono::seconds{10};
constexpr int kRetryMilliseconds = 1000;

}  // namespace

InspectPresenter::InspectPresenter(QObject* parent)
    : QObject(parent), m_connecting("inspect-connect") {
    m_retry.setSingleShot(true);
    m_retry.setInterval(kRetryMilliseconds);
    connect(&m_retry, &QTimer::timeout, this, &InspectPresenter::connectNow);
    connect(&m_live, &LiveBoard::replaced, this, [this] {
        m_keyspace.setOutdated();
        reconnect();
    });
    connect(&m_keyspace, &KeyspacePresenter::keyspaceChanged, this, [this] {
        m_keys.setKeyspace(m_keyspace.keyspace());
        m_namespaces.setKeyspace(m_keyspace.keyspace());
    });
    connect(&m_keyspace, &KeyspacePresenter::walkBegan, this,
            [this] { m_live.mark(LiveMark::Kind::walkBegan); });
    connect(&m_keyspace, &KeyspacePresenter::walkEnded, this,
            [this] { m_live.mark(LiveMark::Kind::walkEnded); });
}

InspectPresenter::~InspectPresenter() = default;

void InspectPresenter::connectTo(const QString& url, const QString& name) {
    setLink(nullptr);
    m_url = url;
    m_name = name;
    connectNow();
}

void InspectPresenter::disconnectFromCache() {
    m_retry.stop();
    m_connecting.cancel();
    m_failure.reset();
    setLink(nullptr);
    setState(State::disconnected);
}

void InspectPresenter::reconnect() {
    if (!m_url.isEmpty()) {
        connectNow();
    }
}

void InspectPresenter::connectNow() {
    m_retry.stop();
    m_connecting.ask([this, url = m_url.toStdString(),
                      before = m_link](const LatestTask::Turn& turn) {
        const StoppableWaits stoppable(turn.stopToken());
        const auto target = RedisTarget::parse(url);
        if (!target) {
            turn.tell([this, error = target.error()] {
                m_failure = error;
                setState(State::failed);
            });
            return;
        }
        auto link =
            InspectLink::connect(*target, SystemClock::instance().now() + kPatience, before.get());
        turn.tell([this, link = std::move(link)] {
            if (!link) {
                // What was read before stays to be looked at; the board says that nobody answers.
                m_failure = link.error();
                setState(State::failed);
                if (m_link != nullptr) {
                    m_retry.start();
                }
                return;
            }
            m_failure.reset();
            setLink(*link);
            setState(State::connected);
        });
    });
    setState(State::connecting);
}

void InspectPresenter::setLink(std::shared_ptr<const InspectLink> link) {
    m_link = std::move(link);
    m_live.setLink(m_link, m_keyspace.dueBetween());
    m_openKey.setLink(m_link);
    m_panels.setLink(m_link);
    m_keyspace.setLink(m_link);
    Q_EMIT lockChanged();
}

void InspectPresenter::setState(State state) {
    m_state = state;
    Q_EMIT stateChanged();
}

QString InspectPresenter::address() const {
    const auto target = RedisTarget::parse(m_url.toStdString());
    return target ? QString::fromStdString(target->toText()) : QString();
}

QString InspectPresenter::name() const {
    return m_name.isEmpty() ? address() : m_name;
}

QStringList InspectPresenter::missingRules() const {
    QStringList rules = m_live.missingRules();
    const auto add = [&rules](const std::vector<std::string>& more) {
        for (const std::string& rule : more) {
            rules.append(QString::fromStdString(rule));
        }
    };
    if (m_link != nullptr) {
        for (const InspectLink::Server& server : m_link->servers()) {
            add(server.facts.missingRules);
        }
    }
    if (m_keyspace.keyspace() != nullptr) {
        add(m_keyspace.keyspace()->missingRules);
    }
    rules.removeDuplicates();
    return rules;
}

void InspectPresenter::setUnlocked(bool unlocked) {
    if (m_link != nullptr && m_link->isUnlocked() != unlocked) {
        m_link->setUnlocked(unlocked);
        Q_EMIT lockChanged();
    }
}

void InspectPresenter::setWatched(bool isWatched) {
    m_live.setWatched(isWatched);
    m_keyspace.setWatched(isWatched);
    m_openKey.setWatched(isWatched);
}

}  // namespace cachescope::ui
