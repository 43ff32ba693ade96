// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/tune/advice.h"

namespace cachescope::tune {

// Advice in forms to read, to compute with and to paste into a program or a server.
//
// Names of groups come from recordings and may hold anything. Where a line of code or of a terminal
// could be made of them, they stand in double quotes with every byte as \xHH that is a control
// character, not valid UTF-8, or changes the direction or the line of a text. Numbers and decimal
// points are the same in all languages. Nothing is translated. Any thread.

/// A table for a fixed-width font: groups, their TTLs, origin calls and stale hits, then the sums
/// and what the best single TTL would do.
std::string adviceAsText(const TtlAdvice& advice);

/// RFC 4180 with a header line, a line a group, times in seconds. Names are as they were recorded:
/// one that begins with "=" is a formula to a spreadsheet.
std::string adviceAsCsv(const TtlAdvice& advice);

/// A line "@cache(ttl=…)" a group, with its name as a comment.
std::string adviceAsDecorators(const TtlAdvice& advice);

/// For each group how an entry is stored, and how one that is there gets its TTL. Keys are the
/// group's name, `separator` and a place for the rest; those of group "" are the rest alone.
/// Milliseconds where a TTL is no number of seconds.
std::string adviceAsRedisCommands(const TtlAdvice& advice, std::string_view separator = ":");

/// The lines of redis.conf that bound a server to `bytes` and let it evict by the policy nearest to
/// the one of that name here, with a comment where Redis has none like it.
std::string redisMemoryLines(std::uint64_t bytes, std::string_view policy);

}  // namespace cachescope::tune
