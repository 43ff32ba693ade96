// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/clock.h"

namespace cachescope {

/// A number of units of time that is not negative, as nanoseconds: "12", "12.5", "1.2e3".
///
/// Plain decimals are exact to the nanosecond. Returns null, or what is wrong, as the end of a
/// sentence about the number: "is not a number", "is negative", "is too large".
const char* parseTime(std::string_view text, Duration unit, std::int64_t& nanoseconds) noexcept;

/// The same for a whole number up to `most`; where there is no text it is zero.
const char* parseWhole(std::string_view text, std::uint64_t most, std::uint64_t& number) noexcept;

}  // namespace cachescope
