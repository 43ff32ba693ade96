// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/clock.h"

namespace cachescope {

/// Reads "90s", "1h30m", "250ms", "1.5 s", "2d", "10us", "5ns"; a bare number is seconds. A leading
/// minus is understood. Nothing on anything else, and on more than 292 years.
std::optional<Duration> parseDuration(std::string_view text);

/// The shortest text that parseDuration() reads back to the same span: "1h30m", "250ms", "0s".
std::string formatDuration(Duration span);

}  // namespace cachescope
