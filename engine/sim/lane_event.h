// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/cache/cache.h"
#include "engine/core/error.h"
#include "engine/sim/scenario.h"

namespace cachescope::sim {

enum class EventKind : std::uint8_t {
    hit,
    lowerHit,           ///< a hit on a lower level of the backend
    staleHit,           ///< served a value older than the origin's
    expiredHit,         ///< served a value past its TTL, while a load refreshes it
    fallback,           ///< served a value past its TTL, because the load failed or is slow
    rememberedAbsence,  ///< a hit: it is known that there is nothing
    miss,               ///< called the origin
    coalesced,          ///< waited for another request's call
    failed,             ///< the origin gave no answer
    rememberedFailure,  ///< answered with an earlier failure
    timedOut,           ///< the load took longer than a request may wait
    refreshed,          ///< a load in the background ended; no request's outcome
    expired,
    evicted,
    invalidated,
};

/// One thing that happened in a lane, with the figures that explain it.
struct LaneEvent {
    TimePoint time{};
    LaneId lane = 0;
    EventKind kind = EventKind::hit;
    std::string key;
    Duration latency{};           ///< of the request, queueing at the origin included
    Duration age{};               ///< of the value served, or of the entry that went
    std::optional<Duration> ttl;  ///< of the lane when a miss stored its value
    bool stored = false;          ///< a miss: whether its value was kept
    bool byOthers = false;        ///< an eviction: by the server or another program
    bool outdated = false;        ///< the origin's data is newer than the value served
    bool leaked = false;          ///< the value served was made for another user
    bool absent = false;          ///< the origin has nothing for the key
    bool background = false;      ///< a load that no request waited for
    std::uint8_t level = 0;       ///< of a hit: on which level of the backend, 0 the first
    StaleReason stale = StaleReason::none;
    /// The time that an entry lasts is not the plain TTL: a miss of a lane with jitter, an entry
    /// that expired with a sliding TTL or after a time of grace.
    bool ttlVaries = false;
};

/// What a request met. `outdated`: the origin has newer data; `remembered`: the failure was known
/// before the request came.
EventKind outcomeOf(const Result<Fetched>& result, bool outdated, bool remembered) noexcept;

/// Something that was done to a run, for the marks on its charts.
struct Mark {
    TimePoint time{};
    Action action;
    std::uint64_t removed = 0;  ///< entries, where the action invalidates
    std::optional<Error> failure;
};

}  // namespace cachescope::sim
