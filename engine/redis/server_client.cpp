// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/server_client.h"

#include <charconv>
#include <utility>

namespace cachescope {

ServerClient::ServerClient(RedisTarget target, RedisClientOptions options)
    : RedisClient(std::move(target), options),
      m_pool(this->target().seeds.front(), this->options()) {}

Result<std::vector<RedisReply>> ServerClient::callAll(std::span<const RedisCommand> commands,
                                                      RedisRepeat repeat, TimePoint deadline) {
    return m_pool.callAll(commands, repeat, deadline);
}

Result<RedisClient::ScanPage> ServerClient::scan(const std::string& cursor,
                                                 const std::string& match, std::size_t count,
                                                 TimePoint deadline) {
    return scanOnce(cursor, match, count, subject(), [&](const RedisCommand& command) {
        return m_pool.call(command, RedisRepeat::allowed, deadline);
    });
}

Result<RedisClient::ScanPage> scanOnce(
    const std::string& cursor, const std::string& match, std::size_t count,
    const std::string& subject, const std::function<Result<RedisReply>(const RedisCommand&)>& ask) {
    std::uint64_t position = 0;
    const char* const end = cursor.data() + cursor.size();
    const auto parsed = std::from_chars(cursor.data(), end, position);
    if (!cursor.empty() && (parsed.ec != std::errc{} || parsed.ptr != end)) {
        return Error{ErrorCode::outOfRange, subject, "cursor"};
    }
    auto reply =
        ask({"SCAN", std::to_string(position), "MATCH", match, "COUNT", std::to_string(count)});
    if (!reply) {
        return reply.error();
    }
    if (!reply->isArray() || reply->elements.size() != 2 || !reply->elements[0].isBulk() ||
        !reply->elements[1].isArray()) {
        return unexpectedReply(*reply, subject);
    }
    RedisClient::ScanPage page;
    page.next = reply->elements[0].text == "0" ? std::string{} : reply->elements[0].text;
    page.keys.reserve(reply->elements[1].elements.size());
    for (RedisReply& found : reply->elements[1].elements) {
        page.keys.push_back(std::move(found.text));
    }
    return page;
}

}  // namespace cachescope
