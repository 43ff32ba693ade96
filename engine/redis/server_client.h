// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "engine/redis/redis_client.h"
#include "engine/redis/redis_pool.h"

namespace cachescope {

/// The RedisClient of one server: a pool of connections to it. Any thread.
class ServerClient final : public RedisClient {
public:
    /// `target` must be of one server.
    ServerClient(RedisTarget target, RedisClientOptions options);

    using RedisClient::callAll;
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat, TimePoint deadline) override;
    Result<ScanPage> scan(const std::string& cursor, const std::string& match, std::size_t count,
                          TimePoint deadline) override;
    std::string tagFor(std::string_view) const override { return {}; }
    RedisCounters counters() const override { return m_pool.counters(); }

private:
    RedisPool m_pool;
};

/// One SCAN as `ask` has it answered, with cursors of one server. For clients.
Result<RedisClient::ScanPage> scanOnce(
    const std::string& cursor, const std::string& match, std::size_t count,
    const std::string& subject, const std::function<Result<RedisReply>(const RedisCommand&)>& ask);

}  // namespace cachescope
