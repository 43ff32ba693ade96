// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/inspect/guard.h"
#include "engine/redis/redis_connection.h"

namespace cachescope::inspect {

/// A connection of its own to an inspected server, for walks, samples and captures: blocking, under
/// the same policy and meter as the session.
///
/// Logged in and in the database of its address. Waits end with `cancelled` on a thread with
/// StoppableWaits. As RedisConnection, it is closed for good after a failure; being refused by the
/// policy is none. One thread at a time, but hangUp().
class GuardedConnection {
public:
    /// As RedisConnection::open(). `guard` is not null. All commands have the reach `granted`.
    static Result<std::unique_ptr<GuardedConnection>> open(
        const RedisAddress& address, std::shared_ptr<Guard> guard, CommandReach granted,
        TimePoint deadline, const Clock& clock = SystemClock::instance());

    GuardedConnection(const GuardedConnection&) = delete;
    GuardedConnection& operator=(const GuardedConnection&) = delete;

    /// All in one round trip, a reply each; error replies are replies. noPermission when one is
    /// refused, and then none is sent; otherwise as RedisConnection::send(), which also says what
    /// `meanwhile` is for.
    Result<std::vector<RedisReply>> ask(std::span<const RedisCommand> commands, TimePoint deadline,
                                        const std::function<void()>& meanwhile = {});

    /// Sends one command and does not wait: SUBSCRIBE, MONITOR.
    Result<void> post(const RedisCommand& command, TimePoint deadline);
    /// All that was said since, perhaps nothing. Does not wait.
    Result<std::vector<RedisReply>> receive();
    /// Waits until there is something to receive or the connection was lost; false at the deadline.
    Result<bool> waitForNews(TimePoint deadline);
    /// The same for two of them.
    static Result<bool> waitForEither(const GuardedConnection& one, const GuardedConnection& other,
                                      TimePoint deadline);

    /// Ends what is under way, from any thread, as long as this is not destroyed meanwhile.
    void hangUp() { m_connection->hangUp(); }
    bool isOpen() const noexcept { return m_connection->isOpen(); }
    Guard& guard() noexcept { return *m_guard; }

private:
    GuardedConnection(std::unique_ptr<RedisConnection> connection, std::shared_ptr<Guard> guard,
                      CommandReach granted)
        : m_connection(std::move(connection)), m_guard(std::move(guard)), m_granted(granted) {}

    const std::unique_ptr<RedisConnection> m_connection;
    const std::shared_ptr<Guard> m_guard;
    const CommandReach m_granted;
    std::vector<CommandPass> m_passes;  // of an ask()
};

}  // namespace cachescope::inspect
