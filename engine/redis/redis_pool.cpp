// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_pool.h"

#include <algorithm>
#include <utility>

namespace cachescope {

namespace {

bool lostLogin(const RedisReply& reply) {
    return reply.isError() && redisErrorCode(reply.text) == ErrorCode::authentication;
}

}  // namespace

RedisPool::RedisPool(RedisAddress address, RedisClientOptions options, RedisCommand greeting)
    : m_address(std::move(address)),
      m_subject(m_address.toText()),
      m_options(options),
      m_greeting(std::move(greeting)),
      m_random(options.seed != 0
                   ? options.seed
                   : static_cast<std::uint64_t>(options.clock->now().time_since_epoch().count())) {}

RedisPool::~RedisPool() = default;

Result<RedisReply> RedisPool::call(const RedisCommand& command, RedisRepeat repeat) {
    return call(command, repeat, deadline());
}

Result<RedisReply> RedisPool::call(const RedisCommand& command, RedisRepeat repeat,
                                   TimePoint deadline) {
    auto replies = callAll({&command, 1}, repeat, deadline);
    if (!replies) {
        return replies.error();
    }
    return std::move(replies->front());
}

Result<std::vector<RedisReply>> RedisPool::callAll(std::span<const RedisCommand> commands,
                                                   RedisRepeat repeat) {
    return callAll(commands, repeat, deadline());
}

Result<std::vector<RedisReply>> RedisPool::callAll(std::span<const RedisCommand> commands,
                                                   RedisRepeat repeat, TimePoint deadline) {
    if (commands.empty()) {
        return std::vector<RedisReply>{};
    }
    for (bool again = false;; again = true) {
        auto lease = lend(commands.size(), deadline);
        if (!lease) {
            return lease.error();
        }
        const bool kept = lease->kept;
        auto replies = lease->connection->send(commands, deadline);
        takeBack(std::move(*lease), replies);
        if (replies) {
            return replies;
        }
        const bool died = kept && replies.error().code() == ErrorCode::disconnected;
        if (again || !died || repeat == RedisRepeat::forbidden) {
            return replies.error();
        }
    }
}

Result<RedisPool::Lease> RedisPool::lend(std::size_t commands, TimePoint deadline) {
    return counted(commands, acquire(deadline, true));
}

Result<RedisPool::Lease> RedisPool::lendUnlessBusy(std::size_t commands, TimePoint deadline) {
    return counted(commands, acquire(deadline, false));
}

Result<RedisPool::Lease> RedisPool::counted(std::size_t commands, Result<Lease> lease) {
    if (lease && lease->connection != nullptr) {
        m_commands.fetch_add(commands, std::memory_order_relaxed);
        m_roundTrips.fetch_add(1, std::memory_order_relaxed);
    }
    return lease;
}

void RedisPool::takeBack(Lease lease, const Result<std::vector<RedisReply>>& replies) {
    // A login that the server has taken back does not come back on the same connection.
    if (replies && !std::any_of(replies->begin(), replies->end(), lostLogin)) {
        release(std::move(lease.connection));
        return;
    }
    lease.connection.reset();
    discard(true);
}

RedisCounters RedisPool::counters() const noexcept {
    return {m_commands.load(std::memory_order_relaxed),
            m_roundTrips.load(std::memory_order_relaxed),
            m_connections.load(std::memory_order_relaxed),
            m_failedConnections.load(std::memory_order_relaxed), 0};
}

Result<RedisPool::Lease> RedisPool::acquire(TimePoint deadline, bool waits) {
    const Clock& clock = *m_options.clock;
    std::unique_lock lock(m_mutex);
    for (;;) {
        while (!m_idle.empty()) {
            Lease lease{std::move(m_idle.back()), true};
            m_idle.pop_back();
            // Sent nothing yet, so a death that shows here costs nobody anything.
            if (lease.connection->isQuiet()) {
                return lease;
            }
            --m_open;
        }
        const TimePoint now = clock.now();
        if (m_lastError && now < m_notBefore) {
            return Error{ErrorCode::unavailable, m_subject}.because(*m_lastError);
        }
        if (m_open < m_options.maxConnections) {
            ++m_open;
            break;
        }
        if (!waits) {
            return Lease{};
        }
        if (now >= deadline) {
            return Error{ErrorCode::timedOut, m_subject, "all connections are in use"};
        }
        m_freed.wait_for(lock, deadline - now);
    }
    lock.unlock();
    return connect(deadline);
}

Result<RedisPool::Lease> RedisPool::connect(TimePoint deadline) {
    std::uint64_t attempt = 0;
    {
        const std::lock_guard lock(m_mutex);
        attempt = m_attempt;
    }
    auto made = RedisConnection::open(m_address, deadline, *m_options.clock);
    if (made && !m_greeting.empty()) {
        const auto greeted = (*made)->send({&m_greeting, 1}, deadline);
        if (!greeted || greeted->front().isError()) {
            made = greeted ? redisError(greeted->front(), m_subject) : greeted.error();
        }
    }
    if (!made) {
        recordFailedConnect(made.error(), attempt);
        discard(false);
        return made.error();
    }
    m_connections.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(m_mutex);
    if (m_failures > 0) {
        m_failures = 0;
        ++m_attempt;
    }
    m_lastError.reset();
    return Lease{std::move(*made), false};
}

void RedisPool::recordFailedConnect(const Error& error, std::uint64_t attempt) {
    m_failedConnections.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(m_mutex);
    // Of several threads that failed at the same time, one lengthens the wait.
    if (attempt != m_attempt) {
        return;
    }
    ++m_attempt;
    m_lastError = error;
    Duration wait = m_options.minBackoff;
    for (int i = 0; i < m_failures && wait < m_options.maxBackoff; ++i) {
        wait *= 2;
    }
    wait = std::min(wait, m_options.maxBackoff);
    ++m_failures;
    const double share = 0.5 + m_random.uniform() / 2;
    m_notBefore = m_options.clock->now() +
                  Duration{static_cast<std::int64_t>(static_cast<double>(wait.count()) * share)};
}

void RedisPool::release(std::unique_ptr<RedisConnection> connection) {
    {
        const std::lock_guard lock(m_mutex);
        m_idle.push_back(std::move(connection));
    }
    m_freed.notify_one();
}

void RedisPool::discard(bool allIdle) {
    std::vector<std::unique_ptr<RedisConnection>> dropped;
    {
        const std::lock_guard lock(m_mutex);
        --m_open;
        if (allIdle) {
            // What ended one connection has most likely ended them all.
            dropped.swap(m_idle);
            m_open -= dropped.size();
        }
    }
    m_freed.notify_all();
}

}  // namespace cachescope
