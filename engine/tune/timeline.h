// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/trace/trace.h"

namespace cachescope::tune {

/// The requests of a trace in the order of their keys, and of time within a key: what every sweep
/// over TTLs reads, once from the front to the back.
///
/// Made once after an import. Reads are requests; a write is none, it makes what was loaded before
/// it stale, and so stands as a moment beside the reads after it. Keys belong to groups, whose
/// results add up to those of the whole. Moments are ticks since the first request. A value type;
/// reading it from several threads is safe.
struct Timeline {
    static constexpr std::uint32_t kNoWrite = std::numeric_limits<std::uint32_t>::max();
    static constexpr const char* kOtherGroups = "…";  ///< the group of all that are too small

    std::vector<std::uint32_t> offsets;   ///< of each key's first request, and the end: keys + 1
    std::vector<std::uint32_t> times;     ///< of each request, in ticks
    std::vector<std::uint32_t> written;   ///< its key's last write before it, or kNoWrite; or empty
    std::vector<std::uint32_t> keys;      ///< of each place in `offsets`, its number in the trace
    std::vector<std::uint32_t> bytes;     ///< of each key's value; or empty
    std::vector<std::uint32_t> groups;    ///< of each key, below groupNames.size()
    std::vector<std::string> groupNames;  ///< at least one
    Duration tick{};                      ///< a millisecond, or as much more as the span needs
    std::uint32_t span = 0;               ///< ticks from the first record to the last

    std::size_t requests() const noexcept { return times.size(); }
    std::size_t keyCount() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }

    /// Keys belong to the group that their name begins with, up to the first `separator`; those
    /// without one, and an empty separator, to the group "". Groups are in the order of their
    /// requests, most first; beyond `mostGroups` the small ones are one group, kOtherGroups.
    /// missing where the trace has no times; cancelled as soon as `goOn` says false.
    static Result<Timeline> of(const Trace& trace, const std::string& separator,
                               std::size_t mostGroups = 1000,
                               const std::function<bool()>& goOn = {});
};

/// Gives a trace without times so many requests a second, evenly. The rate is positive.
void assumeRate(Trace& trace, double requestsPerSecond);

}  // namespace cachescope::tune
