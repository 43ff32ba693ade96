// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// What a server says about itself to somebody who wants to connect.
struct RedisServerInfo {
    bool infoPermitted = false;   ///< INFO is allowed; without it, only the round trip is known
    std::string version;          ///< "7.0.15"
    std::string mode;             ///< "standalone", "cluster", "sentinel"
    std::string role;             ///< "master", "slave", "sentinel"
    std::string maxmemoryPolicy;  ///< "allkeys-lru", "noeviction"
    std::uint64_t maxmemory = 0;  ///< bytes; 0: no bound
    Duration roundTrip{};         ///< of one PING on the open connection
};

/// Asks the server at a URL whether it is there and what it is: log-in, PING and INFO, no key.
///
/// Returns within `timeout` of real time. Fails as RedisTarget::parse() and
/// RedisConnection::open() do, and with the server's error to PING (loading, noPermission). Any
/// thread; keeps nothing open.
Result<RedisServerInfo> probeRedis(std::string_view url, Duration timeout,
                                   const Clock& clock = SystemClock::instance());

}  // namespace cachescope
