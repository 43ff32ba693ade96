// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/inspect/guard.h"
#include "engine/redis/redis_address.h"
#include "engine/trace/monitor_line.h"

namespace cachescope::inspect {

struct MonitorBurstOptions {
    Duration most = std::chrono::seconds{10};
    std::uint64_t mostBytes = std::uint64_t{64} << 20;  ///< of what the server sends
    Duration timeout = std::chrono::seconds{2};         ///< to connect, and of each probe
    unsigned probesBefore = 20;
    Duration probeEvery = std::chrono::milliseconds{50};
    double worst = 2;  ///< how many times the latency of before it may be
    /// A latency before that is smaller counts as this: what a busy machine adds by itself.
    Duration leastLatency = std::chrono::microseconds{250};
    /// Called after each probe with the median latency of before and of the last five.
    std::function<void(Duration before, Duration now)> probed{};
    std::vector<std::string>
        leaveOut{};  ///< clients whose commands are not handed out, as in lines
    const Clock* clock = &SystemClock::instance();  ///< runs in real time
};

enum class BurstEnd : std::uint8_t {
    elapsed,  ///< the time that was asked for
    bytes,
    latency,  ///< the server answered more slowly than is allowed
    stopped,
    lost,  ///< the connection; `failure` says how
};

struct BurstReport {
    BurstEnd end = BurstEnd::elapsed;
    std::optional<Error> failure;
    Duration span{};
    std::uint64_t lines = 0;       ///< handed out
    std::uint64_t leftOut = 0;     ///< of clients that were to be
    std::uint64_t unreadable = 0;  ///< no lines of MONITOR
    std::uint64_t bytes = 0;
    Duration latencyBefore{};  ///< median of the probes
    Duration latencyAtEnd{};   ///< of the last five
};

/// Listens to all commands of a server for a bounded time, by MONITOR.
///
/// Costs the server about a seventh of its throughput while it lasts, and the network all that
/// clients send. It ends after a time or a number of bytes, or as soon as the median of five PINGs
/// on a connection beside it is over `worst` times what it was before. `take` gets each line in its
/// order, on the calling thread, and must keep up. Waits, on a thread without StoppableWaits; ends
/// soon after `stop` was requested. Errors are those before anything was heard: of connecting, and
/// noPermission with "+monitor".
Result<BurstReport> runMonitorBurst(const RedisAddress& address,
                                    const std::shared_ptr<Guard>& guard,
                                    const MonitorBurstOptions& options,
                                    const std::function<void(const MonitorLine&)>& take,
                                    const std::stop_token& stop);

}  // namespace cachescope::inspect
