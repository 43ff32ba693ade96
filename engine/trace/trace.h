// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

enum class TraceOperation : std::uint8_t { read, write };

/// A recorded stream of requests as columns, with keys renumbered 0, 1, 2 … in order of first use.
///
/// Times count from the first request and never run backwards. A value type, filled by a reader;
/// reading it from several threads is safe.
struct Trace {
    std::vector<Duration> times;
    std::vector<std::uint32_t> keys;
    std::vector<std::uint32_t> sizes;  ///< bytes; 0 where the recording has none
    std::vector<TraceOperation> operations;
    std::vector<std::string> keyNames;

    std::size_t size() const noexcept { return keys.size(); }
    /// From the first request to the last.
    Duration span() const noexcept { return times.empty() ? Duration{} : times.back(); }
};

/// A trace and what was left out of it.
struct TraceReading {
    Trace trace;
    std::uint64_t skipped = 0;       ///< lines that could not be understood
    std::uint64_t firstSkipped = 0;  ///< the number of the first of them, counted from 1
    std::string firstReason;         ///< why, in the words of an Error's detail
};

/// Reads a CSV file with a line of column names first.
///
/// Columns are found by name, in any order and case: a time (`time`, `timestamp`, `time_s`, `ts`,
/// `op_time` in seconds; `time_ms`, `timestamp_ms` in milliseconds), a key (`key`, `id`, `obj_id`,
/// `object`, `lbn`), and if present a size (`size`, `value_size`), an operation (`op`: set, put,
/// write, update, delete, add, replace, incr and the like are writes) and a `namespace`, which is
/// put before the key with a colon. A line that cannot be understood is skipped and counted; a time
/// before its predecessor's is taken as the predecessor's. Errors: notFound and the like; syntax
/// without the needed columns; missing when no line was usable.
Result<TraceReading> readCsvTrace(const std::string& path);

}  // namespace cachescope
