// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

class GuardedConnection;

/// What a server knows beyond what every version does.
enum class ServerAbility : std::uint8_t {
    memoryUsage,        ///< MEMORY USAGE (4.0)
    unlink,             ///< UNLINK (4.0)
    absoluteExpiry,     ///< PEXPIRETIME (7.0)
    conditionalExpiry,  ///< EXPIRE with NX, XX, GT, LT (7.0)
    latencyHistogram,   ///< LATENCY HISTOGRAM (7.0)
    tracking,           ///< CLIENT TRACKING (6.0)
    noTouch,            ///< CLIENT NO-TOUCH (7.2)
    hashFieldTtl,       ///< HPTTL (7.4, Valkey 9.0)
};

struct DatabaseFigures {
    int number = 0;
    std::uint64_t keys = 0;     ///< dead ones that are still there included
    std::uint64_t expires = 0;  ///< with a TTL
    Duration averageTtl{};      ///< as the server estimates; 0: it does not
};

/// What a server says about itself, asked for once when a connection is made.
///
/// What may not be asked for is empty, and named in `missingRules`. A value; any thread.
struct ServerFacts {
    std::string product;  ///< "Redis", "Valkey"; empty: not known
    std::string version;  ///< "7.0.15"
    std::string runId;    ///< another one after each start of the server
    std::string role;     ///< "master", "slave"
    std::string maxmemoryPolicy;
    std::uint64_t maxmemory = 0;  ///< 0: no bound
    std::uint64_t usedMemory = 0;
    std::uint64_t uptimeSeconds = 0;
    bool inCluster = false;
    std::vector<DatabaseFigures> databases;  ///< that have keys
    std::optional<std::uint64_t> keys;       ///< of the connection's database
    std::uint64_t hits = 0;                  ///< keyspace_hits and misses, everybody's
    std::uint64_t misses = 0;
    double stalePercent = 0;  ///< of the keys with a TTL that are dead and still there
    bool knowsClock = false;  ///< servers from 7.0 on say what time it is for them
    Duration clockAhead{};    ///< of the server's clock before ours; 0: not known
    std::vector<ServerAbility> abilities;
    std::vector<std::string> missingRules;  ///< "+info"

    bool has(ServerAbility ability) const noexcept;
    bool evictsOnlyVolatile() const { return maxmemoryPolicy.starts_with("volatile-"); }
    bool usesFrequency() const { return maxmemoryPolicy.ends_with("-lfu"); }
    const DatabaseFigures* database(int number) const noexcept;
    /// A moment of our clock, as milliseconds on the server's.
    std::int64_t serverTime(TimePoint ours) const noexcept;
};

/// The commands that ask for the facts: all `observe`, none looks up a key.
std::vector<RedisCommand> factQuestions();
/// What their replies say. `asked` and `answered` are moments of our clock.
ServerFacts factsFrom(std::span<const RedisReply> replies, TimePoint asked, TimePoint answered);
/// Both, on a connection. Fails as GuardedConnection::ask().
Result<ServerFacts> readServerFacts(GuardedConnection& connection, TimePoint deadline,
                                    const Clock& clock = SystemClock::instance());

/// How many keys of a database are dead and still there, as the server estimates; 0 where it does
/// not say.
std::uint64_t deadButResident(const ServerFacts& facts, int database) noexcept;

}  // namespace cachescope::inspect
