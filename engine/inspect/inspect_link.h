// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/inspect/guarded_session.h"
#include "engine/inspect/key_sample.h"
#include "engine/inspect/server_facts.h"
#include "engine/redis/redis_target.h"

namespace cachescope::inspect {

/// One inspected cache: the servers that it consists of, each with its guard, the session that all
/// panels share, and what it said of itself when this was made.
///
/// Which servers there are, and their facts, never change: after a restart, a failover or a move of
/// slots a new link is made, which takes the guards of the old one over, so that what was counted
/// and unlocked stays. Share it: whoever works with a session keeps the link. Locked at first. Any
/// thread.
class InspectLink {
public:
    struct Server {
        RedisAddress address;
        std::shared_ptr<Guard> guard;             ///< not null
        std::unique_ptr<GuardedSession> session;  ///< not null
        ServerFacts facts;
    };

    /// What all servers together were asked.
    struct Own {
        std::uint64_t commands = 0;
        std::uint64_t refused = 0;  ///< not sent, because the policy forbids them
        std::uint64_t bytes = 0;    ///< sent and received
        LookUps lookUps;
    };

    /// Finds the servers and asks each for its facts. Waits, on a thread that may. Fails as
    /// InspectedServers::find() and GuardedConnection do.
    static Result<std::shared_ptr<InspectLink>> connect(
        const RedisTarget& target, TimePoint deadline, const InspectLink* before = nullptr,
        const Clock& clock = SystemClock::instance());

    InspectLink(const InspectLink&) = delete;
    InspectLink& operator=(const InspectLink&) = delete;

    std::size_t size() const noexcept { return m_servers.size(); }
    const Server& server(std::size_t number) const { return m_servers.at(number); }
    const std::vector<Server>& servers() const noexcept { return m_servers; }
    const RedisTarget& target() const noexcept { return m_target; }
    int database() const noexcept { return m_target.seeds.front().database; }

    /// For takeSample() and KeyWalk.
    std::vector<GuardedServer> guarded() const;

    bool isUnlocked() const noexcept;
    /// Changes, at all servers.
    void setUnlocked(bool unlocked) const noexcept;

    Own own() const;

    /// A moment of our clock, as milliseconds on the clock of the first server.
    std::int64_t serverTime(TimePoint ours) const noexcept {
        return m_servers.front().facts.serverTime(ours);
    }

private:
    explicit InspectLink(RedisTarget target) : m_target(std::move(target)) {}

    RedisTarget m_target;
    std::vector<Server> m_servers;
};

}  // namespace cachescope::inspect
