// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "engine/backend/circuit_breaker.h"

namespace cachescope {

/// What a circuit breaker has done so far, and what it does at this moment. Plain numbers, that
/// cost no call of the backend behind it.
struct BreakerFigures {
    CircuitBreaker::State state = CircuitBreaker::State::closed;
    std::uint64_t opened = 0;
    std::uint64_t rejected = 0;  ///< calls that were not passed on

    bool operator==(const BreakerFigures&) const = default;
};

/// What waits in a recovery queue at this moment, and what it had to give up so far. Plain numbers,
/// that cost no call of the backend behind it.
struct RecoveryFigures {
    std::uint64_t waiting = 0;  ///< changes at present
    std::uint64_t dropped = 0;  ///< that had to make room

    bool operator==(const RecoveryFigures&) const = default;
};

/// What the guards in front of a store do: the circuit breaker and the recovery queue, where there
/// are any, and whether there are two levels.
///
/// Where a kind of guard stands twice, as before and below two levels, counts are sums and the
/// state is the worse one. Plain numbers.
struct GuardFigures {
    bool levels = false;
    std::optional<BreakerFigures> breaker;
    std::optional<RecoveryFigures> recovery;

    bool operator==(const GuardFigures&) const = default;
};

/// Looks at `backend` and all that it stands in front of (Backend::below()). Any thread; no call
/// reaches a store.
GuardFigures guardFigures(Backend& backend);

}  // namespace cachescope
