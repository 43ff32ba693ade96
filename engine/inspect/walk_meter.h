// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "engine/core/clock.h"

namespace cachescope::inspect {

/// How much of a hash table a cursor of SCAN has behind it, from 0 to 1; 1 for "0", where a walk
/// ends. The cursor counts with its bits reversed, so this holds for a table of any size, and also
/// when the table grows meanwhile. Nothing for what is no number.
std::optional<double> fractionBehind(std::string_view cursor) noexcept;

/// Tells how long a walk will take on by what it did in the last seconds. One thread.
class RemainingTime {
public:
    void note(Duration active, double fraction);
    /// Nothing in the first moments, and while nothing moves.
    std::optional<Duration> estimate() const;

private:
    struct Point {
        Duration active{};
        double fraction = 0;
    };
    std::deque<Point> m_points;
};

}  // namespace cachescope::inspect
