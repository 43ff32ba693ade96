// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/surface_grid.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace cachescope::tune {

Result<void> SurfaceGrid::check() const {
    if (capacities.empty() || ttls.empty()) {
        return Error{ErrorCode::missing, capacities.empty() ? "capacities" : "ttls"};
    }
    if (std::count(capacities.begin(), capacities.end(), 0U) != 0) {
        return Error{ErrorCode::outOfRange, "capacities"};
    }
    if (*std::min_element(ttls.begin(), ttls.end()) <= Duration::zero()) {
        return Error{ErrorCode::outOfRange, "ttls"};
    }
    return {};
}

std::vector<std::size_t> coarseFirst(std::size_t count) {
    std::vector<std::size_t> order;
    std::vector<bool> taken(count);
    const auto take = [&](std::size_t i) {
        if (!taken[i]) {
            taken[i] = true;
            order.push_back(i);
        }
    };
    if (count > 0) {
        take(0);
        take(count - 1);
    }
    for (std::size_t stride = std::bit_floor(count); stride > 0; stride /= 2) {
        for (std::size_t i = 0; i < count; i += stride) {
            take(i);
        }
    }
    return order;
}

std::uint32_t oldestHit(Duration ttl, Duration tick, bool deadAtDeadline) noexcept {
    const bool wholeTicks = ttl % tick == Duration::zero();
    const Duration::rep oldest = ttl / tick - (deadAtDeadline && wholeTicks ? 1 : 0);
    return static_cast<std::uint32_t>(
        std::min<Duration::rep>(oldest, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace cachescope::tune
