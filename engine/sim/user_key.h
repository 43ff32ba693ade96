// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/glob.h"

namespace cachescope::sim {

/// The key of one user's entry, with the user where and as varyBy of a cached function writes it.
inline std::string userKey(std::string_view key, std::uint32_t user) {
    return std::string{key} + "{\"user\":" + std::to_string(user) + '}';
}

/// Matches the entries that all users have of this key.
inline std::string userKeysPattern(std::string_view key) {
    return globEscape(key) + "{\"user\":*}";
}

}  // namespace cachescope::sim
