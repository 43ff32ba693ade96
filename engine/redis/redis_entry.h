// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/backend/backend.h"

namespace cachescope {

/// What stands before the value in a Redis string of ours: 36 bytes, all numbers little-endian.
///
///     0  C5 53 43    mark of a Cachescope entry
///     3  01          version of this layout
///     4  int64       created, nanoseconds on the writer's clock
///    12  int64       expires, the same; the greatest number is "never"
///    20  uint64      version of the origin's data
///    28  int64       load cost in nanoseconds
///
/// The deadline in here decides on life and death of an entry, on the cache's own clock; the
/// server's TTL only returns the memory. Functions without state; any thread.
inline constexpr std::size_t kRedisEntryHeader = 36;

std::string encodeRedisEntry(const Entry& entry);

/// The entry's metadata, without its value; nothing when the bytes do not begin with our header.
std::optional<Entry> decodeRedisEntryHeader(std::string_view stored);

/// The whole entry; nothing when the bytes are not one of ours.
std::optional<Entry> decodeRedisEntry(std::string_view stored);

}  // namespace cachescope
