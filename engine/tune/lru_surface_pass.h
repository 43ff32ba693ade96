// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace cachescope::tune {

/// How many TTLs one pass of an LruSurface tries at one capacity.
inline constexpr std::size_t kSurfaceLanes = 32;

/// What a pass reads: columns of a Timeline and its StackDistances.
struct SurfacePassInput {
    const std::uint32_t* offsets = nullptr;
    const std::uint32_t* times = nullptr;
    const std::uint32_t* distances = nullptr;
    std::size_t keys = 0;
    std::uint32_t capacity = 0;
    std::uint32_t oldest[kSurfaceLanes] = {};  ///< the greatest age of a hit, in ticks
    /// Asked every few ten thousand requests.
    bool (*goesOn)(const void* context) = nullptr;
    const void* context = nullptr;
};

/// Adds the misses of all keys to `misses`, but for the first one of each key. False if `goesOn`
/// said so: then some are missing.
using SurfacePass = bool (*)(const SurfacePassInput& input, std::uint64_t* misses);

/// The passes that this processor can run, the fastest last. They count the same.
struct SurfacePasses {
    SurfacePass passes[3] = {};
    std::size_t count = 0;

    SurfacePass fastest() const noexcept { return passes[count - 1]; }
};
SurfacePasses surfacePasses() noexcept;

}  // namespace cachescope::tune
