// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_leases.h"

#include <algorithm>

#include "engine/core/glob.h"
#include "engine/redis/redis_key_space.h"
#include "engine/redis/slot_map.h"

namespace cachescope {

namespace {

const std::string kAcquire = R"(if redis.call('EXISTS', KEYS[1]) == 1 then return false end
if redis.call('EXISTS', KEYS[2]) == 0 then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000000 + time[2]))
end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], string.format('%.0f', token), 'PX', ARGV[1])
return token)";

// The lease goes last: where the server has no room for the value, it is still held afterwards.
const std::string kStore = R"(if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if #ARGV == 1 then
  redis.call('DEL', KEYS[2])
elseif #ARGV == 2 then
  redis.call('SET', KEYS[2], ARGV[2])
else
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
redis.call('DEL', KEYS[1])
return 1)";

const std::string kRelease =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

}  // namespace

RedisLeases::RedisLeases(RedisClient& client, std::string prefix)
    : m_client(client),
      m_prefix(prefix),
      m_tagged(tagOfPrefix(prefix) == PrefixTag::none && !client.tagFor(prefix).empty()),
      m_leasePrefix(prefix + std::string{kMark} + "lease:"),
      m_counter(std::move(prefix) + std::string{kMark} + "leases") {}

std::string RedisLeases::tagOf(std::string_view key) const {
    return m_tagged ? '{' + m_client.tagFor(m_prefix + std::string{key}) + '}' : std::string{};
}

std::string RedisLeases::leaseKey(std::string_view key) const {
    return m_leasePrefix + tagOf(key) + std::string{key};
}

Result<std::optional<std::uint64_t>> RedisLeases::acquire(std::string_view key, Duration span,
                                                          TimePoint deadline) {
    const auto milliseconds =
        std::max<std::int64_t>(1, std::chrono::floor<std::chrono::milliseconds>(span).count());
    // Not twice: the second time would find the lease taken, by us, with a token lost on the way.
    const auto reply = m_client.call({"EVAL", kAcquire, "2", leaseKey(key), m_counter + tagOf(key),
                                      std::to_string(milliseconds)},
                                     RedisRepeat::forbidden, deadline);
    if (!reply) {
        return reply.error();
    }
    if (reply->isNil()) {
        return std::optional<std::uint64_t>{};
    }
    if (!reply->isInteger()) {
        return redisScriptError(*reply, m_client.subject());
    }
    return std::optional{static_cast<std::uint64_t>(reply->integer)};
}

Result<bool> RedisLeases::store(std::string_view key, std::uint64_t token, const Store& store,
                                TimePoint deadline) {
    RedisCommand command{"EVAL", kStore, "2", leaseKey(key), store.fullKey, std::to_string(token)};
    if (store.stored) {
        command.push_back(*store.stored);
        if (store.serverTtl) {
            command.push_back(std::to_string(*store.serverTtl));
        }
    }
    // Not twice: the second time would not find the lease and say that nothing was stored.
    const auto reply = m_client.call(command, RedisRepeat::forbidden, deadline);
    if (!reply) {
        return reply.error();
    }
    if (!reply->isInteger()) {
        return redisScriptError(*reply, m_client.subject());
    }
    return reply->integer == 1;
}

Result<void> RedisLeases::release(std::string_view key, std::uint64_t token, TimePoint deadline) {
    const auto reply = m_client.call({"EVAL", kRelease, "1", leaseKey(key), std::to_string(token)},
                                     RedisRepeat::allowed, deadline);
    if (!reply) {
        return reply.error();
    }
    if (!reply->isInteger()) {
        return redisScriptError(*reply, m_client.subject());
    }
    return {};
}

Result<bool> RedisLeases::everUsed(TimePoint deadline) {
    if (m_tagged) {
        return true;  // a counter a slot: to ask for them all costs more than to look
    }
    const auto reply = m_client.call({"EXISTS", m_counter}, RedisRepeat::allowed, deadline);
    if (!reply) {
        return reply.error();
    }
    if (!reply->isInteger()) {
        return unexpectedReply(*reply, m_client.subject());
    }
    return reply->integer > 0;
}

Result<void> RedisLeases::removeMatching(std::string_view pattern, std::size_t page) {
    const auto used = everUsed(m_client.deadline());
    if (!used) {
        return used.error();
    }
    if (!*used) {
        return {};
    }
    RedisKeySpace leases{m_client, m_leasePrefix};
    const std::string tagged = (m_tagged ? "{*}" : "") + std::string{pattern};
    std::string cursor;
    do {
        const TimePoint deadline = m_client.deadline();
        auto found = leases.scan(cursor, tagged, page, deadline);
        if (!found) {
            return found.error();
        }
        if (m_tagged) {
            // A tag has no brace, so what follows the first one is the key.
            std::erase_if(found->keys, [&](const std::string& name) {
                return !globMatches(pattern, std::string_view{name}.substr(name.find('}') + 1));
            });
        }
        if (const auto removed = leases.unlink(found->keys, deadline); !removed) {
            return removed.error();
        }
        cursor = found->next;
    } while (!cursor.empty());
    return {};
}

}  // namespace cachescope
