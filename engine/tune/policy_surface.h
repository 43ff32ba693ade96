// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/core/result.h"
#include "engine/policy/policy_kind.h"
#include "engine/trace/trace.h"
#include "engine/tune/surface_grid.h"
#include "engine/tune/timeline.h"

namespace cachescope::tune {

/// A number of misses, exact or from samples.
struct MissEstimate {
    double misses = 0;
    /// Half of the interval that is to hold the true number in 95 of 100 cases; zero for an exact
    /// one.
    double error = 0;
};

/// One point of a surface. Real caches that remove expired entries now and then lie between its
/// two estimates, which are the band to draw.
struct SurfacePoint {
    std::size_t row = 0;
    std::size_t column = 0;
    bool sampled = false;
    MissEstimate lazy;        ///< an expired entry keeps its place until asked for or evicted
    MissEstimate atDeadline;  ///< an expired entry leaves at once; equal to `lazy` where not wanted
};

struct PolicySurfaceOptions {
    bool atDeadline = true;  ///< replay this too, which doubles the time
    /// Traces of about so many requests are replayed whole; of longer ones, keys with so many,
    /// once together and once in eighths.
    std::uint64_t requestsPerReplay = 500'000;
    std::size_t threads = 2;  ///< the calling one is among them
    std::uint64_t seed = 1;   ///< of the samples
    /// Called with each point as soon as it is known, coarse ones first; one call at a time, from
    /// any of the threads.
    std::function<void(const SurfacePoint&)> onPoint;
    /// Asked from all threads at once, every few milliseconds.
    std::function<bool()> goOn;
};

/// The misses of any policy at every capacity with every TTL of a grid, by replaying requests.
///
/// Points come coarse grid first, so that a picture can be drawn early and refined. In a long trace
/// a point is estimated from a sample of keys: replayed through a cache that is smaller by as much,
/// it says how many misses the bound on entries adds to those of an unbounded cache, which are
/// known exactly for all keys. So keys that are asked for often, whose misses TTLs decide, add no
/// error where they are not evicted. Eighths of the sample, replayed by themselves, tell the error,
/// that of chance and that of small caches. Where an eighth would have less than 32 entries, the
/// sample is larger, up to the whole. Writes are no requests, and moments are ticks, as in a
/// Timeline. Does not know sizes. A value type.
struct PolicySurface {
    SurfaceGrid grid;
    std::uint64_t requests = 0;
    std::vector<SurfacePoint> points;  ///< at grid.at(row, column)

    /// `timeline` is that of `trace`; damaged where it is not. The errors of SurfaceGrid::check(),
    /// outOfRange for a TTL below a tick, tooLarge without memory; cancelled. Needs 12 bytes a
    /// request of a sample, and as many a request where the trace has writes or finer times.
    static Result<PolicySurface> of(const Trace& trace, const Timeline& timeline,
                                    ReplayFunction replay, const SurfaceGrid& grid,
                                    const PolicySurfaceOptions& options = {});
};

}  // namespace cachescope::tune
