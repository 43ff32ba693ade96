// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "engine/core/clock.h"

namespace cachescope {

/// The columns of a trace as a replay sees them: a view, owned by the Trace.
///
/// Keys are renumbered 0, 1, 2 …, so that a replay has arrays where a cache has a hash table. Times
/// never run backwards. The optional columns are empty or as long as `keys`.
struct ReplayRequests {
    std::span<const std::uint32_t> keys;  ///< below `keyCount`
    std::size_t keyCount = 0;
    std::span<const Duration> times;       ///< since the first request; needed where TTLs are
    std::span<const std::uint32_t> sizes;  ///< bytes; needed for a capacity in bytes
    std::span<const Duration> ttls;        ///< of single requests; zero: none
};

struct ReplayOptions {
    std::uint64_t capacity = 0;
    bool capacityInBytes = false;
    /// One TTL for all entries, instead of the trace's own; nothing: `ReplayRequests::ttls` count.
    std::optional<Duration> ttl;
    /// Entries leave the cache just after their deadline instead of when they are asked for. Needs
    /// `ttl`: where it is nothing, this means nothing.
    bool removeAtDeadline = false;
    /// Called now and then with the number of requests done; returning false stops the replay.
    std::function<bool(std::size_t)> progress;
};

struct ReplayCounts {
    std::uint64_t requests = 0;
    std::uint64_t misses = 0;  ///< absent or expired
    /// Part of misses: present, but past its deadline. With removeAtDeadline, entries that left so.
    std::uint64_t expirations = 0;
    std::uint64_t evictions = 0;

    double missRatio() const noexcept {
        return requests == 0 ? 0.0 : static_cast<double>(misses) / static_cast<double>(requests);
    }
};

/// Runs all requests through an empty cache of one policy and counts.
///
/// Every record is a request for its key, whatever its operation. A miss stores the object. A
/// deadline is set when an object is stored and is not moved by a hit; an object is alive up to
/// and including its deadline; an expired one keeps its place until it is asked for or evicted, and
/// an access to it removes it and stores it anew (but see removeAtDeadline). With a capacity in
/// bytes, an object counts with the size of the request that stored it, and one larger than the
/// capacity is not stored.
using ReplayFunction = ReplayCounts (*)(const ReplayRequests& requests,
                                        const ReplayOptions& options);

}  // namespace cachescope
