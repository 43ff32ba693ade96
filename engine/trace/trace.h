// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/clock.h"
#include "engine/policy/replay.h"
#include "engine/trace/key_table.h"

namespace cachescope {

enum class TraceOperation : std::uint8_t { read, write };

/// A recorded stream of requests as columns, with keys renumbered 0, 1, 2 … in order of first use.
///
/// Every column but `keys` is either as long as it, or empty where the recording does not say, or
/// says the same of all. Times count from the first request and never run backwards. A value type,
/// filled by a reader; reading it from several threads is safe.
struct Trace {
    std::vector<std::uint32_t> keys;  ///< below `names.size()`
    std::vector<Duration> times;
    std::vector<std::uint32_t> sizes;        ///< bytes, up to the largest 32-bit number
    std::vector<Duration> ttls;              ///< zero: none
    std::vector<TraceOperation> operations;  ///< empty: all are reads
    KeyTable names;

    std::size_t size() const noexcept { return keys.size(); }
    /// From the first request to the last.
    Duration span() const noexcept { return times.empty() ? Duration{} : times.back(); }
};

/// The columns that a replay looks at. TTLs are left out where there are no times, as they mean
/// nothing then. Valid as long as the trace is, and unchanged.
ReplayRequests replayRequests(const Trace& trace) noexcept;

/// What a cache would hold that holds everything: each key with the size it has in its first
/// request. Zero without sizes.
std::uint64_t distinctBytes(const Trace& trace);

}  // namespace cachescope
