// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/trace/byte_source.h"
#include "engine/trace/key_index.h"
#include "engine/trace/trace.h"

namespace cachescope {

enum class TraceFormat : std::uint8_t {
    automatic,      ///< found by the file's name and content
    csv,            ///< a line a request, fields apart by commas, semicolons or tabs
    keys,           ///< a key a line and nothing else
    monitor,        ///< what MONITOR of Redis prints
    oracleGeneral,  ///< records of 24 bytes
    twr,            ///< records of 20 bytes, with TTLs
};

/// "csv", "keys", "monitor", "oraclegeneral", "twr"; "auto" for automatic.
std::string_view traceFormatName(TraceFormat format) noexcept;
std::optional<TraceFormat> traceFormatNamed(std::string_view name) noexcept;

/// Which column of a CSV file means what, each by its name or by its number, counted from 1.
///
/// With all of them empty the columns are found by their usual names. As soon as one is given, only
/// those that are given are read. Text and nothing more: a value type.
struct TraceColumns {
    std::string time, key, size, ttl, operation, nameSpace;
    std::string count;    ///< how often the request came; never found by itself
    Duration timeUnit{};  ///< zero: what the column's name ends with (_ms, _us, _ns), or a second
    Duration ttlUnit{};

    bool empty() const noexcept;
};

/// Reads "time=1,key=2,ttl_ms=ttl": roles time, key, size, ttl, op, namespace and count; time and
/// ttl also with _s, _ms, _us and _ns. Errors: unknownName, syntax, missing without a key.
Result<TraceColumns> parseTraceColumns(std::string_view text);

struct TraceProgress {
    std::uint64_t bytes = 0;  ///< of the file as it lies on the disk
    std::optional<std::uint64_t> totalBytes;
    std::uint64_t requests = 0;
};

struct TraceReadOptions {
    TraceFormat format = TraceFormat::automatic;
    TraceColumns columns{};
    /// Called now and then; returning false ends the reading with the error `cancelled`.
    std::function<bool(const TraceProgress&)> progress{};
    std::uint64_t mostKeys = KeyIndex::kMostKeys;
    std::uint64_t mostBytes = 0;  ///< of memory; 0: what the machine has to spare
};

/// A trace and what was left out of it.
struct TraceReading {
    Trace trace;
    TraceFormat format = TraceFormat::automatic;
    Compression compression = Compression::none;
    std::uint64_t skipped = 0;       ///< lines or records that could not be understood
    std::uint64_t firstSkipped = 0;  ///< the number of the first of them, counted from 1
    std::string firstReason;         ///< why, in the words of an Error's detail
    std::uint64_t backwards = 0;     ///< requests that were given their predecessor's time
    std::string brokenOff;           ///< why the file could not be read to its end
    std::string assumed;             ///< what the reader made of a file that does not say

    /// All of that in a few words, such as "2 lines skipped, first line 7: …"; empty when there is
    /// nothing to say.
    std::string note() const;
};

/// Reads a recording in any format that is known, also where it is compressed with gzip or zstd.
///
/// A line or record that cannot be understood is skipped and counted; a time before its
/// predecessor's is taken as the predecessor's and counted; a file that breaks off in the middle
/// gives what came before. Every record is a request, whatever its operation. Only the columns are
/// kept, never the text. May be called from any thread; each call works for itself. Errors:
/// notFound and the like; syntax where it is no trace, or not of the given format, with what it
/// looks like as the detail; tooLarge where it does not fit into memory; cancelled.
Result<TraceReading> readTrace(const std::string& path, const TraceReadOptions& options = {});

/// The same of any source; `name` stands for it in errors, and its ending hints at the format.
Result<TraceReading> readTrace(std::unique_ptr<ByteSource> source, const std::string& name,
                               const TraceReadOptions& options = {});

}  // namespace cachescope
