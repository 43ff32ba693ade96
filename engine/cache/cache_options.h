// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// How one kind of request is cached. Each option works alone and together with every other; what
/// is left alone costs nothing. docs/options.md shows what each does. A value type.
///
///     load ends          fresh until                  expires
///        │── ttl, less jitter ──│── staleWhileRevalidate ──│
///        │                      │── staleIfError ──────────────│
///
/// Within its TTL a value is fresh. Past it, it may still be served as stale where an option below
/// says so; its backend keeps it for the longer of the two spans.
struct CacheOptions {
    // --- How long a value is fresh ---

    /// Counted from the end of the load. Nothing: for ever. Zero: it is not stored.
    std::optional<Duration> ttl;
    /// The TTL begins anew with every hit. Needs a ttl.
    bool sliding = false;
    /// With `sliding`: no value is served as fresh for longer than this after its load.
    std::optional<Duration> maxAge;
    /// Each TTL is shortened by a random share up to this, so that what was loaded together does
    /// not expire together. 0 to 1.
    double jitter = 0;
    /// The TTL of an empty result (Loaded::absent). Nothing: as any other.
    std::optional<Duration> negativeTtl;
    /// For how long a failed load is remembered and answered with the same failure, where there is
    /// no stale value to serve instead. Zero: the next request loads again.
    Duration errorTtl{};

    // --- One load at a time ---

    /// Whether requests that miss a key while it is being loaded wait for that load.
    bool singleFlight = true;
    /// The same across processes, where the backend has leases (Redis): a load takes a lease of
    /// this span, and who does not get it waits for the other's value as long as that. Zero: off.
    Duration lease{};

    // --- Refreshing without a wait ---

    /// For this long past its TTL a value is served at once, while one load in the background
    /// refreshes it (RFC 5861).
    Duration staleWhileRevalidate{};
    /// A hit past this share of the TTL starts a refresh in the background. 0: off; below 1.
    double refreshAfter = 0;
    /// XFetch: the nearer the end of the TTL and the costlier the load was, the likelier a hit
    /// loads anew, by the time it took times this times -ln(random). 0: off; 1 as in A. Vattani et
    /// al., "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
    double xfetchBeta = 0;

    // --- When the origin fails or is slow ---

    /// Fail-safe: for this long past its TTL a value is served if the load fails.
    Duration staleIfError{};
    /// After a failed load, a stale value is served without another try for this long.
    Duration retryAfter = std::chrono::seconds{1};
    /// A request that has a stale value (within staleIfError) waits this long for the load, is then
    /// served the stale one, and the load goes on in the background. Zero: it waits.
    Duration softTimeout{};
    /// No request waits longer than this; it gets the stale value, or timedOut. The load goes on in
    /// the background. Zero: it waits.
    Duration hardTimeout{};

    // --- Invalidation by mark ---

    /// Names that invalidateTag() takes. Whoever loads may add more.
    std::vector<std::string> tags{};
    /// The name that invalidateSpace() takes: a group that all entries of one kind are in.
    std::string space{};
    /// Entries heed invalidateAllByMark() even without a tag or a space.
    bool marked = false;

    /// How long past its TTL a value is kept.
    Duration grace() const noexcept {
        return staleWhileRevalidate > staleIfError ? staleWhileRevalidate : staleIfError;
    }
    bool heedsMarks() const noexcept { return marked || !tags.empty() || !space.empty(); }
    /// Whether a load may go on after the request that began it was served.
    bool loadsInBackground() const noexcept {
        return staleWhileRevalidate > Duration::zero() || refreshAfter > 0 ||
               softTimeout > Duration::zero() || hardTimeout > Duration::zero() ||
               lease > Duration::zero();
    }
    /// Whether a plain entry needs more than a look at its deadline.
    bool looksAtHits() const noexcept { return sliding || refreshAfter > 0 || xfetchBeta > 0; }

    bool operator==(const CacheOptions&) const = default;
};

/// outOfRange when an option is not allowed; the subject is its name as scenarios spell it.
Result<void> validate(const CacheOptions& options);

}  // namespace cachescope
