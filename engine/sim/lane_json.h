// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/core/error.h"
#include "engine/sim/scenario.h"

namespace cachescope::sim {

/// The longest span that a scenario may name.
inline constexpr Duration kLongestSpan = std::chrono::hours{24 * 365};

/// Reads one lane of a scenario; what is wrong goes to `failure`, unless there is one already.
/// `place` is where it stands, such as "lanes[1]". Options that exclude each other are refused.
LaneSpec readLane(const nlohmann::json& json, const std::string& place,
                  std::optional<Error>& failure);

/// The lane as readLane() reads it back. Options that are as they are by default are left out.
nlohmann::ordered_json writeLane(const LaneSpec& lane);

/// "never" where there is none.
std::string ttlText(const std::optional<Duration>& ttl);

}  // namespace cachescope::sim
