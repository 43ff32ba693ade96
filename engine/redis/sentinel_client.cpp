// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/sentinel_client.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/redis/server_client.h"

namespace cachescope {

namespace {

constexpr Duration kRetryAfter = std::chrono::milliseconds{50};

bool mayPass(const Error& error) {
    const ErrorCode code = error.code();
    // To wait for the next attempt is of use if that may end in another way.
    if (code == ErrorCode::unavailable && error.cause() != nullptr) {
        return mayPass(*error.cause());
    }
    return code == ErrorCode::unreachable || code == ErrorCode::disconnected ||
           code == ErrorCode::timedOut || code == ErrorCode::unavailable ||
           code == ErrorCode::loading || code == ErrorCode::readOnly;
}

// Whether nothing can have been sent.
bool cameTooSoon(ErrorCode code) {
    return code == ErrorCode::unreachable || code == ErrorCode::unavailable;
}

// What a server says that is no primary, or not yet, instead of doing the command.
bool isRefusal(const RedisReply& reply) {
    const std::string_view text = reply.text;
    return reply.isError() && (text.starts_with("READONLY") || text.starts_with("LOADING") ||
                               text.starts_with("MASTERDOWN"));
}

}  // namespace

SentinelClient::SentinelClient(RedisTarget target, RedisClientOptions options)
    : RedisClient(std::move(target), options), m_finder(this->target(), *this->options().clock) {}

Result<std::vector<RedisReply>> SentinelClient::callAll(std::span<const RedisCommand> commands,
                                                        RedisRepeat repeat, TimePoint deadline) {
    std::vector<RedisReply> done;
    while (done.size() < commands.size()) {
        const auto rest = commands.subspan(done.size());
        const auto pool = primary(deadline);
        if (!pool) {
            return pool.error();
        }
        auto replies = (*pool)->callAll(rest, repeat, deadline);
        if (!replies) {
            const bool passes = mayPass(replies.error());
            const bool again =
                repeat == RedisRepeat::allowed || cameTooSoon(replies.error().code());
            if (passes) {
                doubt(*pool);
            }
            if (!passes || !again || !waitForAnother(deadline)) {
                return replies.error();
            }
            continue;
        }
        const auto refused = std::find_if(replies->begin(), replies->end(), isRefusal);
        if (refused != replies->end()) {
            doubt(*pool);
            const bool all = std::all_of(refused, replies->end(), isRefusal);
            if ((all || repeat == RedisRepeat::allowed) && waitForAnother(deadline)) {
                // In their order, as if those after it had not been sent.
                replies->erase(refused, replies->end());
            }
        }
        std::move(replies->begin(), replies->end(), std::back_inserter(done));
    }
    return done;
}

Result<SentinelClient::Pool> SentinelClient::primary(TimePoint deadline) {
    const Clock& clock = *options().clock;
    std::unique_lock lock(m_mutex);
    for (;;) {
        const TimePoint now = clock.now();
        if (m_pool != nullptr && (!m_doubted || m_asking)) {
            return m_pool;
        }
        if (!m_asking && m_asked && now < deadlineAfter(*m_asked, kAskEvery)) {
            return m_pool != nullptr ? Result<Pool>{m_pool} : *m_failure;
        }
        if (!m_asking) {
            break;
        }
        if (now >= deadline) {
            return Error{ErrorCode::timedOut, subject(), "SENTINEL"};
        }
        m_changed.wait_for(lock, deadline - now);
    }
    m_asking = true;
    lock.unlock();
    auto found = m_finder.find(deadline);
    lock.lock();
    m_asking = false;
    m_asked = clock.now();
    m_failure = found ? std::nullopt : std::optional{found.error()};
    if (found) {
        m_doubted = false;
        if (m_pool == nullptr || m_pool->address() != *found) {
            m_gone = m_pool != nullptr ? sumOf(m_gone, m_pool->counters()) : m_gone;
            m_pool = std::make_shared<RedisPool>(std::move(*found), options());
        }
    }
    m_changed.notify_all();
    return m_pool != nullptr ? Result<Pool>{m_pool} : *m_failure;
}

void SentinelClient::doubt(const Pool& pool) {
    const std::lock_guard lock(m_mutex);
    m_doubted = m_doubted || pool == m_pool;
}

// False when there is no time for that.
bool SentinelClient::waitForAnother(TimePoint deadline) {
    const Clock& clock = *options().clock;
    std::unique_lock lock(m_mutex);
    const TimePoint until = deadlineAfter(clock.now(), kRetryAfter);
    if (until >= deadline) {
        return false;
    }
    const Pool before = m_pool;
    for (TimePoint now = clock.now(); now < until && m_pool == before; now = clock.now()) {
        m_changed.wait_for(lock, until - now);
    }
    return true;
}

Result<RedisClient::ScanPage> SentinelClient::scan(const std::string& cursor,
                                                   const std::string& match, std::size_t count,
                                                   TimePoint deadline) {
    return scanOnce(cursor, match, count, subject(), [&](const RedisCommand& command) {
        return call(command, RedisRepeat::allowed, deadline);
    });
}

RedisCounters SentinelClient::counters() const {
    const std::lock_guard lock(m_mutex);
    return m_pool != nullptr ? sumOf(m_gone, m_pool->counters()) : m_gone;
}

}  // namespace cachescope
