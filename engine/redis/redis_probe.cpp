// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_probe.h"

#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_info.h"
#include "engine/redis/redis_target.h"

namespace cachescope {

Result<RedisServerInfo> probeRedis(std::string_view url, Duration timeout, const Clock& clock) {
    const TimePoint deadline = deadlineAfter(clock.now(), timeout);
    const auto target = RedisTarget::parse(url);
    if (!target) {
        return target.error();
    }
    const RedisAddress& address = target->seeds.front();
    const auto connection = RedisConnection::open(address, deadline, clock);
    if (!connection) {
        return connection.error();
    }
    const RedisCommand ping{"PING"};
    const TimePoint sent = clock.now();
    const auto pong = (*connection)->send({&ping, 1}, deadline);
    if (!pong) {
        return pong.error();
    }
    if (pong->front().isError()) {
        return redisError(pong->front(), address.toText());
    }
    RedisServerInfo server;
    server.roundTrip = clock.now() - sent;

    // One section each: before 7.0, INFO takes no more than one.
    const RedisCommand sections[] = {
        {"INFO", "server"}, {"INFO", "replication"}, {"INFO", "memory"}};
    const auto replies = (*connection)->send(sections, deadline);
    if (!replies) {
        return replies.error();
    }
    std::string text;
    for (const RedisReply& reply : *replies) {
        server.infoPermitted = server.infoPermitted || reply.isBulk();
        text += reply.isBulk() ? reply.text + '\n' : std::string{};
    }
    const RedisInfo info{text};
    server.version = info.value("redis_version");
    server.mode = info.value("redis_mode");
    server.role = info.value("role");
    server.maxmemoryPolicy = info.value("maxmemory_policy");
    server.maxmemory = info.number("maxmemory");
    return server;
}

}  // namespace cachescope
