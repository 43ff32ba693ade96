// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_client.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/redis/cluster_client.h"
#include "engine/redis/sentinel_client.h"
#include "engine/redis/server_client.h"

namespace cachescope {

namespace {

RedisClientOptions checked(RedisClientOptions options) {
    options.maxConnections = std::max<std::size_t>(options.maxConnections, 1);
    return options;
}

}  // namespace

std::unique_ptr<RedisClient> RedisClient::create(RedisTarget target, RedisClientOptions options) {
    switch (target.kind) {
        case RedisTarget::Kind::cluster:
            return std::make_unique<ClusterClient>(std::move(target), options);
        case RedisTarget::Kind::sentinel:
            return std::make_unique<SentinelClient>(std::move(target), options);
        case RedisTarget::Kind::server:
            break;
    }
    return std::make_unique<ServerClient>(std::move(target), options);
}

RedisCounters sumOf(const RedisCounters& one, const RedisCounters& other) noexcept {
    RedisCounters sum = one;
    sum.commands += other.commands;
    sum.roundTrips += other.roundTrips;
    sum.connections += other.connections;
    sum.failedConnections += other.failedConnections;
    sum.redirections += other.redirections;
    return sum;
}

RedisClient::RedisClient(RedisTarget target, RedisClientOptions options)
    : m_target(std::move(target)), m_subject(m_target.toText()), m_options(checked(options)) {}

Result<RedisReply> RedisClient::call(const RedisCommand& command, RedisRepeat repeat) {
    return call(command, repeat, deadline());
}

Result<RedisReply> RedisClient::call(const RedisCommand& command, RedisRepeat repeat,
                                     TimePoint deadline) {
    auto replies = callAll({&command, 1}, repeat, deadline);
    if (!replies) {
        return replies.error();
    }
    return std::move(replies->front());
}

Result<std::vector<RedisReply>> RedisClient::callAll(std::span<const RedisCommand> commands,
                                                     RedisRepeat repeat) {
    return callAll(commands, repeat, deadline());
}

std::vector<Result<RedisReply>> RedisClient::callEach(std::span<const RedisCommand> commands,
                                                      RedisRepeat repeat, TimePoint deadline) {
    auto replies = callAll(commands, repeat, deadline);
    if (!replies) {
        return std::vector<Result<RedisReply>>(commands.size(), replies.error());
    }
    return {std::make_move_iterator(replies->begin()), std::make_move_iterator(replies->end())};
}

}  // namespace cachescope
