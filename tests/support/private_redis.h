// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/inspect/inspect_link.h"
#include "engine/redis/private_redis_server.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_target.h"

namespace cachescope::test {

/// A real Redis of a test's own behind a Unix socket, for tests of the window and its models. A
/// machine without redis-server has `!isRunning()`: skip aloud then.
class PrivateRedis {
public:
    explicit PrivateRedis(const std::vector<std::string>& arguments = {}) {
        auto server = PrivateRedisServer::start(std::chrono::seconds{20}, arguments);
        if (server) {
            m_server = std::move(*server);
        }
    }

    bool isRunning() const { return m_server != nullptr && m_server->running(); }
    std::string url() const { return m_server->url(); }
    RedisTarget target() const { return RedisTarget::parse(url()).value(); }
    PrivateRedisServer& server() { return *m_server; }

    /// All at once on a new connection, as nobody of the inspecting ones; no replies: it failed.
    std::vector<RedisReply> commands(const std::vector<RedisCommand>& all) const {
        const TimePoint deadline = SystemClock::instance().now() + std::chrono::seconds{20};
        auto connection = RedisConnection::open(target().seeds.front(), deadline);
        if (!connection) {
            return {};
        }
        auto replies = (*connection)->send(std::span<const RedisCommand>{all}, deadline);
        return replies ? std::move(*replies) : std::vector<RedisReply>{};
    }
    RedisReply command(const RedisCommand& one) const {
        auto replies = commands({one});
        return replies.empty() ? RedisReply{} : std::move(replies.front());
    }

    /// Null: it failed.
    std::shared_ptr<inspect::InspectLink> link() const {
        auto link = inspect::InspectLink::connect(
            target(), SystemClock::instance().now() + std::chrono::seconds{20});
        return link ? *link : nullptr;
    }

private:
    std::unique_ptr<PrivateRedisServer> m_server;
};

}  // namespace cachescope::test
