// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/tune/stack_distance.h"
#include "engine/tune/surface_grid.h"
#include "engine/tune/timeline.h"

namespace cachescope::tune {

struct LruSurfaceOptions {
    bool deadAtDeadline = false;  ///< as in memcached; otherwise alive at the deadline, as in Redis
    std::size_t threads = 2;      ///< the calling one is among them
    /// Called with a row's number and its misses as soon as they are known, coarse rows first; one
    /// call at a time, from any of the threads.
    std::function<void(std::size_t row, std::span<const std::uint64_t> misses)> onRow;
    /// Asked from all threads at once, about every millisecond.
    std::function<bool()> goOn;
};

/// The misses of an LRU cache at every capacity with every TTL of a grid: exact, to the last miss.
///
/// A TTL counts from when the value was stored, hits do not move it, and an expired entry keeps its
/// place until it is asked for or evicted. Then TTLs do not change what the cache holds, and a
/// request is a hit if its stack distance is within the capacity and its entry not too old. Misses
/// fall in both directions of the grid. Moments are ticks of the timeline. Does not know sizes, nor
/// caches that remove entries at their deadline: for these see PolicySurface. A value type.
struct LruSurface {
    SurfaceGrid grid;
    std::uint64_t requests = 0;
    std::vector<std::uint64_t> misses;  ///< at grid.at(row, column)

    /// The errors of SurfaceGrid::check(); damaged where the distances are of another timeline;
    /// cancelled. Beside the result it needs no memory to speak of.
    static Result<LruSurface> of(const Timeline& timeline, const StackDistances& distances,
                                 const SurfaceGrid& grid, const LruSurfaceOptions& options = {});
};

}  // namespace cachescope::tune
