// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope::tune {

/// The points of a surface: every capacity with every TTL.
///
/// Values over points lie row by row, a row a capacity. A plain value.
struct SurfaceGrid {
    std::vector<std::uint64_t> capacities;  ///< in entries
    std::vector<Duration> ttls;

    std::size_t rows() const noexcept { return capacities.size(); }
    std::size_t columns() const noexcept { return ttls.size(); }
    std::size_t size() const noexcept { return rows() * columns(); }
    std::size_t at(std::size_t row, std::size_t column) const noexcept {
        return row * columns() + column;
    }

    /// missing without capacities or TTLs, outOfRange for one that is not positive.
    Result<void> check() const;
};

/// 0 to count - 1 in an order in which any beginning is spread over all: both ends first, then what
/// halves the gaps.
std::vector<std::size_t> coarseFirst(std::size_t count);

/// The oldest that a hit may be, in whole ticks, where moments are whole ticks. An entry is alive
/// at its deadline, unless `deadAtDeadline`. `ttl` is positive.
std::uint32_t oldestHit(Duration ttl, Duration tick, bool deadAtDeadline) noexcept;

}  // namespace cachescope::tune
