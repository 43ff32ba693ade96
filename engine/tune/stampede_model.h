// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/tune/timeline.h"

namespace cachescope::tune {

/// What keeps many requests for one missing value from loading it many times.
enum class Protection : std::uint8_t {
    none,                 ///< everybody who finds nothing fresh calls the origin
    singleFlight,         ///< one calls, the others wait for it
    xfetch,               ///< each request may load early, the more likely the nearer the deadline
    staleWhileRevalidate  ///< as singleFlight, but what has expired is served meanwhile
};

struct StampedeOptions {
    Protection protection = Protection::none;
    Duration ttl{};          ///< from the end of a load; positive
    Duration load{};         ///< how long a call of the origin takes; positive
    Duration hit{};          ///< how long an answer from the cache takes
    Duration stale{};        ///< how long beyond the TTL staleWhileRevalidate serves
    double beta = 1;         ///< of xfetch: above one loads earlier, zero never
    std::uint64_t seed = 1;  ///< of xfetch
    /// Asked about every millisecond.
    std::function<bool()> goOn;
};

/// What the requests of a trace cost when loads take time, under one protection and one TTL.
///
/// Nothing is ever evicted. Every key is looked at by itself: a value is there from the end of its
/// load, fresh up to and at its deadline; requests while a load is under way find it or do not, as
/// the protection says. Without protection and with xfetch, who calls the origin waits for it.
/// Exact, but for two things: xfetch draws its luck from the seed, the key and the request, and
/// percentiles are rounded up by at most a 65,536th of a load. A plain value.
struct StampedeOutcome {
    std::uint64_t requests = 0;
    std::uint64_t originCalls = 0;
    std::uint64_t servedExpired = 0;      ///< answers from beyond the TTL
    std::uint64_t mostConcurrent = 0;     ///< calls of the origin at a time, of all keys together
    std::uint64_t mostConcurrentKey = 0;  ///< of one key
    Duration mean{};                      ///< of the time that requests wait
    Duration p99{};
    Duration p999{};
    Duration longest{};

    /// outOfRange for a TTL or a load that is not positive, a negative time or beta, or 73 years;
    /// missing for a timeline without requests; tooLarge without memory; cancelled. Needs 8 bytes a
    /// call of the origin. One thread.
    static Result<StampedeOutcome> of(const Timeline& timeline, const StampedeOptions& options);
};

}  // namespace cachescope::tune
