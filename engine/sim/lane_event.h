// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/core/error.h"
#include "engine/sim/scenario.h"

namespace cachescope::sim {

enum class EventKind : std::uint8_t {
    hit,
    staleHit,   ///< served a value older than the origin's
    miss,       ///< called the origin
    coalesced,  ///< waited for another request's call
    failed,     ///< the origin gave no answer
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
};

/// Something that was done to a run, for the marks on its charts.
struct Mark {
    TimePoint time{};
    Action action;
    std::uint64_t removed = 0;  ///< entries, where the action invalidates
    std::optional<Error> failure;
};

}  // namespace cachescope::sim
