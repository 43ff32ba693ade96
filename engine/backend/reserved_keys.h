// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/core/glob.h"

namespace cachescope {

/// What the keys begin with under which the cache in front keeps its own notes between the entries:
/// the marks of MarkTable. No name of a handler begins with a control character.
///
/// An entry under such a key is not one of those that people store. No pattern means it:
/// eraseMatching() and scan() of every backend leave it out. A bound evicts it last, when nothing
/// is left that it could say something about. get(), set(), erase() and clear() treat it as any
/// other.
inline constexpr std::string_view kReservedPrefix = "\x01mark:";

inline bool isReservedKey(std::string_view key) noexcept {
    return key.starts_with(kReservedPrefix);
}

/// Whether a Redis glob means this key.
inline bool patternMeans(std::string_view pattern, std::string_view key) noexcept {
    return !isReservedKey(key) && globMatches(pattern, key);
}

}  // namespace cachescope
