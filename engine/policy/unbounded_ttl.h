// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/core/clock.h"
#include "engine/policy/replay.h"

namespace cachescope {

/// What one TTL does to a trace when nothing is ever evicted.
///
/// A miss stores the object, whose deadline is then a TTL away and, but for `missesIfSliding`, not
/// moved by hits. Exact; only the sums are floating point numbers, which hold whole seconds exactly
/// up to four billion of them and round beyond that, in the sixteenth digit.
struct UnboundedTtlCounts {
    using Sum = std::chrono::duration<double, Duration::period>;

    std::uint64_t requests = 0;
    std::uint64_t misses = 0;                  ///< an object is alive up to and at its deadline
    std::uint64_t missesIfDeadAtDeadline = 0;  ///< the other rule, of memcached for one
    std::uint64_t missesIfSliding = 0;         ///< if every hit moved the deadline
    Sum sumOfHitAges{};                        ///< how old what was served was, over all hits
    Sum sumOfLives{};  ///< time that objects were alive, until the last request: memory times time
};

/// Needs `times`. One pass over the requests. Any thread.
UnboundedTtlCounts countUnboundedTtl(const ReplayRequests& requests, Duration ttl);

}  // namespace cachescope
