// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/primary_finder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/redis/redis_connection.h"

namespace cachescope {

namespace {

constexpr std::size_t kMostSentinels = 64;

std::optional<int> portIn(const std::string& text) {
    int port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool valid = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() &&
                       port > 0 && port <= 65535;
    return valid ? std::optional{port} : std::nullopt;
}

}  // namespace

PrimaryFinder::PrimaryFinder(const RedisTarget& target, const Clock& clock)
    : m_name(target.primaryName),
      m_servers(target.seeds.front()),
      m_common(target.seeds.front()),
      m_clock(clock) {
    m_common.user = target.sentinelUser;
    m_common.password = target.sentinelPassword;
    m_common.database = 0;
    for (const RedisAddress& seed : target.seeds) {
        RedisAddress sentinel = m_common;
        sentinel.host = seed.host;
        sentinel.port = seed.port;
        m_sentinels.push_back(std::move(sentinel));
    }
}

Result<RedisAddress> PrimaryFinder::find(TimePoint deadline) {
    std::optional<Error> failure;
    const auto asked = m_sentinels;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const TimePoint now = m_clock.now();
        if (now >= deadline) {
            break;
        }
        // A share of the time that is left, so that one who is silent does not take it all.
        const auto left = static_cast<std::int64_t>(std::min<std::size_t>(asked.size() - i, 3));
        const TimePoint until = left == 1 ? deadline : now + (deadline - now) / left;
        auto found = askOne(asked[i], until);
        if (found) {
            const auto place = std::find(m_sentinels.begin(), m_sentinels.end(), asked[i]);
            std::rotate(m_sentinels.begin(), place, std::next(place));
            return found;
        }
        failure = found.error();
    }
    return failure ? *failure : Error{ErrorCode::timedOut, asked.front().toText(), "SENTINEL"};
}

Result<RedisAddress> PrimaryFinder::askOne(const RedisAddress& sentinel, TimePoint deadline) {
    auto opened = RedisConnection::open(sentinel, deadline, m_clock);
    if (!opened) {
        return opened.error();
    }
    const std::array<RedisCommand, 2> questions{
        RedisCommand{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", m_name},
        RedisCommand{"SENTINEL", "SENTINELS", m_name}};
    const auto replies = (*opened)->send(questions, deadline);
    if (!replies) {
        return replies.error();
    }
    const RedisReply& named = replies->front();
    if (named.isNil()) {
        return Error{ErrorCode::notFound, sentinel.toText(), m_name};
    }
    if (!named.isArray() || named.elements.size() != 2 || !portIn(named.elements[1].text)) {
        return unexpectedReply(named, sentinel.toText());
    }
    RedisAddress primary = m_servers;
    primary.host = named.elements[0].text;
    primary.port = *portIn(named.elements[1].text);
    if (auto is = checkRole(primary, deadline); !is) {
        return is.error();
    }
    learn(replies->back());
    return primary;
}

Result<void> PrimaryFinder::checkRole(const RedisAddress& primary, TimePoint deadline) const {
    auto opened = RedisConnection::open(primary, deadline, m_clock);
    if (!opened) {
        return opened.error();
    }
    const RedisCommand question{"ROLE"};
    const auto replies = (*opened)->send({&question, 1}, deadline);
    if (!replies) {
        return replies.error();
    }
    const RedisReply& role = replies->front();
    if (role.isError()) {
        const ErrorCode code = redisErrorCode(role.text);
        const bool passes = code != ErrorCode::noPermission && code != ErrorCode::serverError;
        return passes ? Result<void>{redisError(role, primary.toText())} : Result<void>{};
    }
    const bool says = role.isArray() && !role.elements.empty();
    if (!says || role.elements.front().text != "master") {
        return Error{ErrorCode::readOnly, primary.toText(), "named as the primary, but is none"};
    }
    return {};
}

// One array of names and values a sentinel.
void PrimaryFinder::learn(const RedisReply& others) {
    for (const RedisReply& other : others.elements) {
        RedisAddress sentinel = m_common;
        std::optional<int> port;
        sentinel.host.clear();
        for (std::size_t i = 0; i + 1 < other.elements.size(); i += 2) {
            const std::string& name = other.elements[i].text;
            if (name == "ip") {
                sentinel.host = other.elements[i + 1].text;
            } else if (name == "port") {
                port = portIn(other.elements[i + 1].text);
            }
        }
        if (sentinel.host.empty() || !port || m_sentinels.size() >= kMostSentinels) {
            continue;
        }
        sentinel.port = *port;
        if (std::find(m_sentinels.begin(), m_sentinels.end(), sentinel) == m_sentinels.end()) {
            m_sentinels.push_back(std::move(sentinel));
        }
    }
}

}  // namespace cachescope
