// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/core/clock.h"
#include "engine/inspect/meter.h"
#include "engine/redis/redis_info.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

/// How long the server took over the data commands of all clients, as LATENCY HISTOGRAM says:
/// how many took at most so many microseconds. Bounds are powers of two. A value type.
struct ServerLatency {
    std::map<std::uint64_t, std::uint64_t> counts;  ///< by bound, not added up

    /// Leaves commands out that ask about the server rather than for data, such as our own.
    static ServerLatency of(const RedisReply& histogram);
    /// What came since `before`; empty where counts have shrunk.
    ServerLatency since(const ServerLatency& before) const;
    std::uint64_t count() const noexcept;
    /// The bound that `share` (0 to 1) of all commands kept; zero when there are none.
    Duration percentile(double share) const noexcept;
};

/// The counters and gauges of a server at one moment, as INFO gives them, beside our own meter.
struct LiveSnapshot {
    TimePoint at{};
    std::string runId, role, replicationId, policy, version;
    std::uint64_t uptimeSeconds = 0;
    // Since the server's start, or the last CONFIG RESETSTAT.
    std::uint64_t hits = 0, misses = 0, commands = 0, expired = 0, evicted = 0;
    std::uint64_t bytesIn = 0, bytesOut = 0, connections = 0, infoCalls = 0;
    // Now.
    std::uint64_t memory = 0, maxMemory = 0, residentMemory = 0;
    std::uint64_t clients = 0, blockedClients = 0, keys = 0, keysWithTtl = 0;
    double staleShare = 0;  ///< of keys with a TTL: dead and not deleted yet, as the server guesses
    std::optional<Duration> ping;  ///< round trip of our own probe
    ServerLatency latency;
    /// Our own: before INFO was sent, and after it was answered.
    Meter::Figures before, after;

    static LiveSnapshot of(const RedisInfo& info, TimePoint at);
    /// Whether no look-up of ours was under way when the server counted.
    bool isExact() const noexcept;
};

/// Why the counters of two snapshots cannot be compared.
enum class LiveBreak : std::uint8_t {
    none,
    restart,     ///< another process
    statsReset,  ///< CONFIG RESETSTAT
};
LiveBreak breakBetween(const LiveSnapshot& earlier, const LiveSnapshot& later) noexcept;

/// What happened between two snapshots of one server.
struct LiveFigures {
    LiveBreak broken = LiveBreak::none;  ///< otherwise all that follows is zero or nothing
    Duration span{};
    /// Look-ups of everybody but us. Exact where both snapshots are; else zero where all of them
    /// may have been ours, and within half of what was under way where not.
    std::uint64_t hits = 0, misses = 0;
    std::optional<double> hitRatio;  ///< nothing without look-ups
    double operationsPerSecond = 0;  ///< without our own
    double bytesInPerSecond = 0, bytesOutPerSecond = 0;
    std::uint64_t expired = 0, evicted = 0, connections = 0;
    ServerLatency latency;
};

/// Pure; any thread. `earlier` came before `later`. Nothing in it is ever negative.
LiveFigures liveFigures(const LiveSnapshot& earlier, const LiveSnapshot& later);

/// Since the server's counters began, ours since `first` left out; `first` is the oldest snapshot
/// with no break up to `later`. Nothing without look-ups.
std::optional<double> lifetimeHitRatio(const LiveSnapshot& first, const LiveSnapshot& later);

}  // namespace cachescope::inspect
