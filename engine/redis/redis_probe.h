// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_trial.h"

namespace cachescope {

/// Asks the server at a URL whether it is there and what it is: tryRedis() without its steps.
///
/// Returns within `timeout` of real time. Fails as RedisTarget::parse() does, and with the failure
/// of the trial: of connecting, of the log-in, or the server's error to PING (loading,
/// noPermission). Any thread; keeps nothing open.
Result<RedisServerInfo> probeRedis(std::string_view url, Duration timeout,
                                   const Clock& clock = SystemClock::instance());

}  // namespace cachescope
