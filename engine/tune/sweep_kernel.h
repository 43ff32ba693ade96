// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace cachescope::tune {

/// How many TTLs one pass over the requests tries.
inline constexpr std::size_t kSweepLanes = 64;

/// What a pass reads. `times` and `written` are of a Timeline, which `first` and `last` of a pass
/// index as keys.
struct SweepInput {
    const std::uint32_t* offsets = nullptr;
    const std::uint32_t* times = nullptr;
    const std::uint32_t* written = nullptr;  ///< null: nothing is ever stale
    std::uint32_t end = 0;                   ///< when objects stop to be counted as alive
    std::size_t lanes = 0;                   ///< that are wanted; the others may be swept too
    std::uint32_t ttls[kSweepLanes] = {};
    std::uint32_t oldest[kSweepLanes] = {};  ///< the greatest age of a hit: the TTL, or one less
    /// Asked between a few ten thousand requests; null: goes on.
    bool (*goesOn)(void* context) = nullptr;
    void* context = nullptr;
};

/// What one pass adds up for each TTL. In ticks.
struct SweepSums {
    std::uint64_t misses[kSweepLanes] = {};
    std::uint64_t staleHits[kSweepLanes] = {};
    std::uint64_t hitAges[kSweepLanes] = {};
    std::uint64_t lives[kSweepLanes] = {};
};

/// A pass over the keys from `first` up to, not including, `last`; adds to `sums`. False if
/// `goesOn` said so: then some requests are missing in them. Any thread.
using SweepPass = bool (*)(const SweepInput& input, std::size_t first, std::size_t last,
                           SweepSums& sums);

struct SweepMode {
    bool sliding = false;  ///< a hit moves the deadline
    bool ages = false;     ///< fill in `hitAges`
    bool stale = false;    ///< fill in `staleHits`; needs `written`

    std::size_t number() const noexcept { return (sliding ? 4U : 0U) + (ages ? 2U : 0U) + stale; }
};
inline constexpr std::size_t kSweepModes = 8;

/// The instruction sets that the pass is compiled for. All of them count the same; `plain` is what
/// every processor of its kind has.
enum class SweepCode : std::uint8_t { plain, avx2, avx512 };

/// Whether this build and this processor have it.
bool canRun(SweepCode code) noexcept;
SweepCode fastestSweepCode() noexcept;
/// Only for code that can run.
SweepPass sweepPass(SweepCode code, SweepMode mode) noexcept;

namespace detail {
extern const SweepPass kPlainPasses[kSweepModes];
extern const SweepPass kAvx2Passes[kSweepModes];
extern const SweepPass kAvx512Passes[kSweepModes];
}  // namespace detail

}  // namespace cachescope::tune
