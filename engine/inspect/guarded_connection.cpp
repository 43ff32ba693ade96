// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/guarded_connection.h"

#include <optional>
#include <utility>

namespace cachescope::inspect {

Result<std::unique_ptr<GuardedConnection>> GuardedConnection::open(const RedisAddress& address,
                                                                   std::shared_ptr<Guard> guard,
                                                                   CommandReach granted,
                                                                   TimePoint deadline,
                                                                   const Clock& clock) {
    auto opened = RedisConnection::open(address, deadline, clock);
    if (!opened) {
        return opened.error();
    }
    return std::unique_ptr<GuardedConnection>{
        new GuardedConnection(std::move(*opened), std::move(guard), granted)};
}

Result<std::vector<RedisReply>> GuardedConnection::ask(std::span<const RedisCommand> commands,
                                                       TimePoint deadline,
                                                       const std::function<void()>& meanwhile) {
    m_passes.clear();
    bool looksUp = false;
    for (const RedisCommand& command : commands) {
        auto pass = m_guard->admit(command, m_granted);
        if (!pass) {
            return pass.error();
        }
        looksUp = looksUp || pass->keys > 0;
        m_passes.push_back(*pass);
    }
    std::optional<LookUpGate::Passage> passage;
    if (looksUp) {
        passage.emplace(m_guard->lookUpGate());
    }
    Meter& meter = m_guard->meter();
    for (std::size_t i = 0; i < commands.size(); ++i) {
        meter.countSent(m_passes[i], wireBytes(commands[i]));
    }
    auto replies = m_connection->send(commands, deadline, meanwhile);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (replies) {
            const RedisReply& reply = (*replies)[i];
            meter.countReply(m_passes[i], lookUpsOf(m_passes[i], reply, &commands[i]),
                             wireBytes(reply));
        } else {
            meter.countLost(m_passes[i]);
        }
    }
    return replies;
}

Result<void> GuardedConnection::post(const RedisCommand& command, TimePoint deadline) {
    const auto pass = m_guard->admit(command, m_granted);
    if (!pass) {
        return pass.error();
    }
    m_guard->meter().countSent(*pass, wireBytes(command));
    return m_connection->post(command, deadline);
}

Result<std::vector<RedisReply>> GuardedConnection::receive() {
    auto replies = m_connection->receive();
    if (replies) {
        for (const RedisReply& reply : *replies) {
            m_guard->meter().countHeard(wireBytes(reply));
        }
    }
    return replies;
}

Result<bool> GuardedConnection::waitForNews(TimePoint deadline) {
    return RedisConnection::waitForEither(*m_connection, *m_connection, deadline);
}

Result<bool> GuardedConnection::waitForEither(const GuardedConnection& one,
                                              const GuardedConnection& other, TimePoint deadline) {
    return RedisConnection::waitForEither(*one.m_connection, *other.m_connection, deadline);
}

}  // namespace cachescope::inspect
