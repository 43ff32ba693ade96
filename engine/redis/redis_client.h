// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_reply.h"
#include "engine/redis/redis_target.h"

namespace cachescope {

struct RedisClientOptions {
    Duration timeout = std::chrono::milliseconds{500};    ///< of a call, connecting included
    std::size_t maxConnections = 4;                       ///< to one server; at least 1
    Duration minBackoff = std::chrono::milliseconds{50};  ///< after the first failed connect
    Duration maxBackoff = std::chrono::seconds{5};        ///< after many of them
    const Clock* clock = &SystemClock::instance();  ///< runs in real time; outlives the client
    std::uint64_t seed = 0;                         ///< of the jitter; 0: from the clock
};

/// Whether commands may be sent a second time when the first may have reached the server.
enum class RedisRepeat : std::uint8_t {
    allowed,    ///< idempotent: twice is as good as once
    forbidden,  ///< the effect of a second time would differ
};

/// What a client has done so far. Commands and round trips are those of the callers; logging in is
/// counted as a connection alone.
struct RedisCounters {
    std::uint64_t commands = 0;
    std::uint64_t roundTrips = 0;
    std::uint64_t connections = 0;
    std::uint64_t failedConnections = 0;
    std::uint64_t redirections = 0;  ///< commands that another server of a cluster had to serve
};

/// Of both, added.
RedisCounters sumOf(const RedisCounters& one, const RedisCounters& other) noexcept;

/// Many threads' blocking way to the data of a RedisTarget: a server, whatever primary sentinels
/// name, or a cluster.
///
/// Each call does its I/O on the calling thread, within a deadline on the client's clock, and ends
/// in replies or in an Error; an error reply is a reply. A lost connection, a failover and a moved
/// slot are mended by the client: the commands of a call that may be repeated are sent again, the
/// others are not once they may have reached a server. While a server cannot be reached, calls for
/// it fail at once with `unavailable`, whose cause is the last failure, until the next attempt is
/// due. All calls may come from any thread; none may be under way when the client is destroyed.
class RedisClient {
public:
    /// Connects to nothing yet.
    static std::unique_ptr<RedisClient> create(RedisTarget target, RedisClientOptions options = {});

    virtual ~RedisClient() = default;
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    /// One command. Fails as RedisConnection::open() and send() do, and with unavailable.
    Result<RedisReply> call(const RedisCommand& command, RedisRepeat repeat = RedisRepeat::allowed);
    Result<RedisReply> call(const RedisCommand& command, RedisRepeat repeat, TimePoint deadline);

    /// All commands, as many replies, in their order. One server does them in one round trip and in
    /// their order; in a cluster, commands for the same key keep theirs, and each server involved
    /// has one round trip at the same time as the others. An Error is that of the first command
    /// without a reply; others may have been done.
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat = RedisRepeat::allowed);
    virtual Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                                    RedisRepeat repeat, TimePoint deadline) = 0;
    /// The same, and what came of each: of the servers of a cluster, some may fail. The default is
    /// callAll(), whose failure is that of each.
    virtual std::vector<Result<RedisReply>> callEach(std::span<const RedisCommand> commands,
                                                     RedisRepeat repeat, TimePoint deadline);

    struct ScanPage {
        std::vector<std::string> keys;
        std::string next;  ///< cursor of the next page, empty at the end
    };
    /// One SCAN of one server, from `cursor` on (empty: from the start), that looks at about
    /// `count` keys; in a cluster the cursor goes through the primaries. outOfRange for a cursor
    /// that no page gave.
    virtual Result<ScanPage> scan(const std::string& cursor, const std::string& match,
                                  std::size_t count, TimePoint deadline) = 0;

    /// What to put into the name of another key, in braces and as its first, so that it lies where
    /// `key` does: empty where all keys lie together.
    virtual std::string tagFor(std::string_view key) const = 0;

    virtual RedisCounters counters() const = 0;

    /// The moment, on the client's clock, by which a call that starts now has ended. For several
    /// round trips that share one time-out.
    TimePoint deadline() const noexcept {
        return deadlineAfter(m_options.clock->now(), m_options.timeout);
    }
    const RedisTarget& target() const noexcept { return m_target; }
    /// The target as text, without user and password: the subject of errors.
    const std::string& subject() const noexcept { return m_subject; }
    const RedisClientOptions& options() const noexcept { return m_options; }

protected:
    RedisClient(RedisTarget target, RedisClientOptions options);

private:
    const RedisTarget m_target;
    const std::string m_subject;
    const RedisClientOptions m_options;
};

}  // namespace cachescope
