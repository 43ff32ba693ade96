// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_key_space.h"

#include <charconv>
#include <utility>

#include "engine/core/glob.h"
#include "engine/redis/redis_entry.h"

namespace cachescope {

namespace {

RedisCommand readHeader(std::string fullKey) {
    static const std::string lastByte = std::to_string(kRedisEntryHeader - 1);
    return {"GETRANGE", std::move(fullKey), "0", lastByte};
}

}  // namespace

std::string RedisKeySpace::fullKey(std::string_view key) const {
    std::string full;
    full.reserve(m_prefix.size() + key.size());
    full += m_prefix;
    full += key;
    return full;
}

Result<RedisKeySpace::Page> RedisKeySpace::scan(const std::string& cursor, std::string_view pattern,
                                                std::size_t count, TimePoint deadline) {
    std::uint64_t position = 0;
    const char* const end = cursor.data() + cursor.size();
    const auto parsed = std::from_chars(cursor.data(), end, position);
    if (!cursor.empty() && (parsed.ec != std::errc{} || parsed.ptr != end)) {
        return Error{ErrorCode::outOfRange, m_client.subject(), "cursor"};
    }
    std::string match = globEscape(m_prefix);
    match += pattern;
    auto reply = m_client.call({"SCAN", std::to_string(position), "MATCH", std::move(match),
                                "COUNT", std::to_string(count)},
                               RedisRepeat::allowed, deadline);
    if (!reply) {
        return reply.error();
    }
    if (!reply->isArray() || reply->elements.size() != 2 || !reply->elements[0].isBulk() ||
        !reply->elements[1].isArray()) {
        return unexpectedReply(*reply, m_client.subject());
    }
    Page page;
    page.next = reply->elements[0].text == "0" ? std::string{} : reply->elements[0].text;
    for (const RedisReply& found : reply->elements[1].elements) {
        // Checked here as well: nothing a server answers may lead out of the prefix.
        if (found.text.starts_with(m_prefix)) {
            std::string key = found.text.substr(m_prefix.size());
            if (globMatches(pattern, key)) {
                page.keys.push_back(std::move(key));
            }
        }
    }
    return page;
}

Result<std::vector<RedisKeySpace::Header>> RedisKeySpace::readHeaders(
    const std::vector<std::string>& keys, Sizes sizes, TimePoint deadline) {
    const std::size_t step = sizes == Sizes::yes ? 2 : 1;
    std::vector<RedisCommand> commands;
    commands.reserve(step * keys.size());
    for (const std::string& key : keys) {
        commands.push_back(readHeader(fullKey(key)));
        if (sizes == Sizes::yes) {
            commands.push_back({"STRLEN", fullKey(key)});
        }
    }
    const auto replies = m_client.callAll(commands, RedisRepeat::allowed, deadline);
    if (!replies) {
        return replies.error();
    }
    std::vector<Header> headers(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto entry = headerFrom((*replies)[step * i]);
        if (!entry) {
            return entry.error();
        }
        if (!*entry) {
            continue;
        }
        if (sizes == Sizes::yes) {
            const RedisReply& length = (*replies)[step * i + 1];
            if (length.isError() && !isWrongType(length)) {
                return redisError(length, m_client.subject());
            }
            // A key may go away, or change its kind, between the two commands.
            if (length.integer < static_cast<std::int64_t>(kRedisEntryHeader)) {
                continue;
            }
            headers[i].bytes = static_cast<std::uint64_t>(length.integer) - kRedisEntryHeader;
        }
        headers[i].entry = std::move(*entry);
    }
    return headers;
}

Result<std::vector<bool>> RedisKeySpace::unlink(const std::vector<std::string>& keys,
                                                TimePoint deadline) {
    std::vector<RedisCommand> commands;
    commands.reserve(keys.size());
    for (const std::string& key : keys) {
        commands.push_back({"UNLINK", fullKey(key)});
    }
    const auto replies = m_client.callAll(commands, RedisRepeat::allowed, deadline);
    if (!replies) {
        return replies.error();
    }
    std::vector<bool> removed;
    removed.reserve(keys.size());
    for (const RedisReply& reply : *replies) {
        if (!reply.isInteger()) {
            return unexpectedReply(reply, m_client.subject());
        }
        removed.push_back(reply.integer > 0);
    }
    return removed;
}

Result<RedisKeySpace::Unlinked> RedisKeySpace::unlinkWithHeader(std::string_view key,
                                                                TimePoint deadline) {
    const std::string full = fullKey(key);
    const RedisCommand commands[] = {readHeader(full), {"UNLINK", full}};
    const auto replies = m_client.callAll(commands, RedisRepeat::allowed, deadline);
    if (!replies) {
        return replies.error();
    }
    const RedisReply& removed = (*replies)[1];
    if (!removed.isInteger()) {
        return unexpectedReply(removed, m_client.subject());
    }
    auto entry = headerFrom((*replies)[0]);
    if (!entry) {
        return entry.error();
    }
    return Unlinked{std::move(*entry), removed.integer > 0};
}

Result<std::optional<Entry>> RedisKeySpace::headerFrom(const RedisReply& reply) const {
    if (!reply.isBulk() && !isWrongType(reply)) {
        return unexpectedReply(reply, m_client.subject());
    }
    return reply.isBulk() ? decodeRedisEntryHeader(reply.text) : std::optional<Entry>{};
}

}  // namespace cachescope
