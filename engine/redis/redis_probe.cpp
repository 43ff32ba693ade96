// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_probe.h"

#include <utility>

namespace cachescope {

Result<RedisServerInfo> probeRedis(std::string_view url, Duration timeout, const Clock& clock) {
    const auto target = RedisTarget::parse(url);
    if (!target) {
        return target.error();
    }
    RedisTrial trial = tryRedis(*target, timeout, clock);
    if (trial.failure) {
        return *trial.failure;
    }
    return std::move(*trial.server);
}

}  // namespace cachescope
