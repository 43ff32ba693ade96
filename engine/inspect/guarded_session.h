// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "engine/inspect/guard.h"
#include "engine/redis/redis_session.h"

namespace cachescope::inspect {

/// A RedisSession to an inspected server that sends only what the policy allows, and counts it.
///
/// Each request names the reach that its caller was granted; what is beyond it, not on the list, or
/// a change while changes are locked ends with noPermission and is not sent. So do commands that
/// need a connection of their own (GuardedConnection). Otherwise as RedisSession, whose promises
/// about callbacks hold here too. Any thread.
class GuardedSession {
public:
    struct Request {
        RedisCommand command;
        CommandReach granted = CommandReach::observe;
        TimePoint deadline{};  ///< on the session's clock
        RedisPriority priority = RedisPriority::interactive;
        std::shared_ptr<RedisUse> use;  ///< not null
        RedisSession::Reply reply;      ///< not empty
    };

    /// `guard` is not null. Connects when first asked.
    GuardedSession(RedisAddress address, std::shared_ptr<Guard> guard,
                   RedisSessionOptions options = {});
    /// Ends all requests with `closed`. No ask() may be under way.
    ~GuardedSession();
    GuardedSession(const GuardedSession&) = delete;
    GuardedSession& operator=(const GuardedSession&) = delete;

    /// A request that is refused ends before this returns, on the calling thread.
    void submit(Request request);
    void submitAll(std::vector<Request> requests);

    /// All commands, and waits for a reply each, in their order; error replies are replies. For
    /// threads that may wait; never from a callback. When one is refused, none is sent. Otherwise
    /// the first failure of any; `cancelled` soon after `stop` was requested.
    Result<std::vector<RedisReply>> ask(std::vector<RedisCommand> commands, CommandReach granted,
                                        RedisPriority priority, TimePoint deadline,
                                        const std::stop_token& stop = {});

    void sweepCancelled() { m_session.sweepCancelled(); }
    RedisSession::Status status() const { return m_session.status(); }

    Guard& guard() noexcept { return *m_guard; }
    const Guard& guard() const noexcept { return *m_guard; }
    const std::shared_ptr<Guard>& sharedGuard() const noexcept { return m_guard; }
    const RedisAddress& address() const noexcept { return m_address; }
    const Clock& clock() const noexcept { return *m_clock; }

private:
    const RedisAddress m_address;
    const std::shared_ptr<Guard> m_guard;
    const Clock* const m_clock;
    RedisSession m_session;  // last: its callbacks use the others
};

}  // namespace cachescope::inspect
