// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/random.h"
#include "engine/core/result.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_reply.h"

namespace cachescope {

/// Many threads' connections to one Redis server: made when needed, and again after a failure.
///
/// Each call takes a connection of its own from a small pool for one round trip, or opens one, or
/// waits for one, all within the time-out. When a kept connection turns out to be dead, because the
/// server was restarted, a call that may be repeated is sent once more on a new one. When no
/// connection can be made, the next attempt waits twice as long as the one before, between half and
/// all of minBackoff·2ⁿ up to maxBackoff; until then calls fail at once with `unavailable`, whose
/// cause is the last failure. All calls may come from any thread; none may be under way when the
/// pool is destroyed.
class RedisPool {
public:
    /// `greeting` is said on every new connection, whose reply must not be an error.
    explicit RedisPool(RedisAddress address, RedisClientOptions options = {},
                       RedisCommand greeting = {});
    ~RedisPool();
    RedisPool(const RedisPool&) = delete;
    RedisPool& operator=(const RedisPool&) = delete;

    /// One command, one round trip. An error reply is a reply. Fails as RedisConnection::open() and
    /// send() do, and with unavailable.
    Result<RedisReply> call(const RedisCommand& command, RedisRepeat repeat = RedisRepeat::allowed);
    Result<RedisReply> call(const RedisCommand& command, RedisRepeat repeat, TimePoint deadline);

    /// All commands in one round trip; as many replies, in their order.
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat = RedisRepeat::allowed);
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat, TimePoint deadline);

    /// A connection on loan, for one round trip that somebody else makes.
    struct Lease {
        std::unique_ptr<RedisConnection> connection;
        bool kept = false;  ///< used before, so that it may have died since
    };
    /// For `commands` commands. Fails as call() before anything was sent.
    Result<Lease> lend(std::size_t commands, TimePoint deadline);
    /// The same, but without a connection where another thread would have to give one back first.
    Result<Lease> lendUnlessBusy(std::size_t commands, TimePoint deadline);
    /// Ends every loan, with what came of it.
    void takeBack(Lease lease, const Result<std::vector<RedisReply>>& replies);

    /// The moment, on the pool's clock, by which a call that starts now has ended. For several
    /// round trips that share one time-out.
    TimePoint deadline() const noexcept {
        return deadlineAfter(m_options.clock->now(), m_options.timeout);
    }

    RedisCounters counters() const noexcept;
    const RedisAddress& address() const noexcept { return m_address; }
    /// The address as text, without user and password: the subject of errors.
    const std::string& subject() const noexcept { return m_subject; }
    const RedisClientOptions& options() const noexcept { return m_options; }

private:
    Result<Lease> acquire(TimePoint deadline, bool waits);
    Result<Lease> counted(std::size_t commands, Result<Lease> lease);
    Result<Lease> connect(TimePoint deadline);
    void release(std::unique_ptr<RedisConnection> connection);
    void discard(bool allIdle);
    void recordFailedConnect(const Error& error, std::uint64_t attempt);

    const RedisAddress m_address;
    const std::string m_subject;
    const RedisClientOptions m_options;
    const RedisCommand m_greeting;

    std::mutex m_mutex;
    std::condition_variable m_freed;
    std::vector<std::unique_ptr<RedisConnection>> m_idle;
    std::size_t m_open = 0;  // idle, lent or being opened
    Random m_random;
    int m_failures = 0;                // failed attempts to connect since the last success
    std::uint64_t m_attempt = 0;       // grows with every change of m_failures
    TimePoint m_notBefore{};           // no attempt to connect before this
    std::optional<Error> m_lastError;  // of the last failed attempt

    std::atomic<std::uint64_t> m_commands{0};
    std::atomic<std::uint64_t> m_roundTrips{0};
    std::atomic<std::uint64_t> m_connections{0};
    std::atomic<std::uint64_t> m_failedConnections{0};
};

}  // namespace cachescope
