// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_key_space.h"

#include <utility>

#include "engine/core/glob.h"

namespace cachescope {

namespace {

RedisCommand readHeader(std::string fullKey) {
    static const std::string lastByte = std::to_string(kRedisEntryLongestHeader - 1);
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
    std::string match = globEscape(m_prefix);
    match += pattern;
    auto found = m_client.scan(cursor, match, count, deadline);
    if (!found) {
        return found.error();
    }
    Page page;
    page.next = std::move(found->next);
    for (const std::string& full : found->keys) {
        // Checked here as well: nothing a server answers may lead out of the prefix.
        if (full.starts_with(m_prefix)) {
            std::string key = full.substr(m_prefix.size());
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
        auto header = headerFrom((*replies)[step * i]);
        if (!header) {
            return header.error();
        }
        if (!*header) {
            continue;
        }
        if (sizes == Sizes::yes) {
            const RedisReply& length = (*replies)[step * i + 1];
            if (length.isError() && !isWrongType(length)) {
                return redisError(length, m_client.subject());
            }
            // A key may go away, or change its kind, between the two commands.
            const auto overhead = (*header)->overhead;
            if (length.integer < static_cast<std::int64_t>(overhead)) {
                continue;
            }
            headers[i].bytes = static_cast<std::uint64_t>(length.integer) - overhead;
        }
        headers[i].entry = std::move((*header)->entry);
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
                                                                const std::string& also,
                                                                TimePoint deadline) {
    const std::string full = fullKey(key);
    std::vector<RedisCommand> commands;
    if (!also.empty()) {
        commands.push_back({"UNLINK", also});
    }
    commands.push_back(readHeader(full));
    commands.push_back({"UNLINK", full});
    const auto replies = m_client.callAll(commands, RedisRepeat::allowed, deadline);
    if (!replies) {
        return replies.error();
    }
    for (const std::size_t i : {std::size_t{0}, replies->size() - 1}) {
        const bool removal = i != 0 || !also.empty();
        if (removal && !(*replies)[i].isInteger()) {
            return unexpectedReply((*replies)[i], m_client.subject());
        }
    }
    const auto header = headerFrom((*replies)[replies->size() - 2]);
    if (!header) {
        return header.error();
    }
    return Unlinked{*header ? std::optional{(*header)->entry} : std::nullopt,
                    replies->back().integer > 0};
}

Result<std::optional<Entry>> RedisKeySpace::touch(std::string_view key, const Touch& touch,
                                                  TimePoint deadline) {
    // Numbers of 64 bits are compared in halves, because those of Lua have 53. The offsets count
    // from 0 in SETRANGE and from 1 in Lua.
    static const std::string script = R"(local h = redis.pcall('GETRANGE', KEYS[1], 0, 39)
if type(h) ~= 'string' then
  if string.find(h.err, 'WRONGTYPE', 1, true) then return false end
  return h
end
local layout = string.byte(h, 4)
if #h < 36 or string.sub(h, 1, 3) ~= '\197SC' or layout < 1 or layout > 2 then return false end
local low, high = struct.unpack('<I4i4', string.sub(h, 13, 20))
local nowLow, nowHigh = struct.unpack('<I4i4', ARGV[1])
if high > nowHigh or (high == nowHigh and low >= nowLow) then
  redis.call('SETRANGE', KEYS[1], 12, ARGV[2])
  if ARGV[3] == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
  end
end
return h)";
    const auto reply =
        m_client.call({"EVAL", script, "1", fullKey(key), encodeRedisMoment(touch.now),
                       encodeRedisMoment(touch.expires),
                       touch.serverTtl ? std::to_string(*touch.serverTtl) : std::string{}},
                      RedisRepeat::allowed, deadline);
    if (!reply) {
        return reply.error();
    }
    if (reply->isNil()) {
        return std::optional<Entry>{};
    }
    if (!reply->isBulk()) {
        return redisScriptError(*reply, m_client.subject());
    }
    auto header = decodeRedisEntryHeader(reply->text);
    return header ? std::optional{std::move(header->entry)} : std::nullopt;
}

Result<std::optional<RedisEntryHeader>> RedisKeySpace::headerFrom(const RedisReply& reply) const {
    if (!reply.isBulk() && !isWrongType(reply)) {
        return unexpectedReply(reply, m_client.subject());
    }
    return reply.isBulk() ? decodeRedisEntryHeader(reply.text) : std::optional<RedisEntryHeader>{};
}

}  // namespace cachescope
