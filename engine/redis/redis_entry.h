// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/backend/backend.h"

namespace cachescope {

/// What stands before the value in a Redis string of ours, all numbers little-endian.
///
///     0  C5 53 43    mark of a Cachescope entry
///     3  01 or 02    version of this layout
///     4  int64       created, nanoseconds on the writer's clock
///    12  int64       expires, the same; the greatest number is "never"
///    20  uint64      version of the origin's data
///    28  int64       load cost in nanoseconds
///    36  uint32      only in version 2: length of the notes, which follow
///
/// An entry without notes is written as version 1, which earlier releases read as well. The
/// deadline in here decides on life and death of an entry, on the cache's own clock; the server's
/// TTL only returns the memory. Functions without state; any thread.
inline constexpr std::size_t kRedisEntryHeader = 36;
inline constexpr std::size_t kRedisDeadlineAt = 12;
/// So many bytes tell all that decodeRedisEntryHeader() wants to know.
inline constexpr std::size_t kRedisEntryLongestHeader = kRedisEntryHeader + 4;

/// How many bytes the stored entry has beside its value.
std::size_t redisEntryOverhead(const Entry& entry) noexcept;

std::string encodeRedisEntry(const Entry& entry);

/// A moment as the eight bytes that stand for it in the header.
std::string encodeRedisMoment(TimePoint moment);

struct RedisEntryHeader {
    Entry entry;               ///< without value and notes
    std::size_t overhead = 0;  ///< bytes before the value, notes included
};

/// Nothing when the bytes do not begin with a header of ours. What follows it is not looked at, so
/// that a part of the stored entry is enough.
std::optional<RedisEntryHeader> decodeRedisEntryHeader(std::string_view stored);

/// The whole entry; nothing when the bytes are not one of ours, or cut off.
std::optional<Entry> decodeRedisEntry(std::string_view stored);

}  // namespace cachescope
