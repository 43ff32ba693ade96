// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/trace/trace_reader.h"

namespace cachescope {

/// What a recording looks like at its beginning, for somebody who is to say how to read it.
///
/// Of a text, its first lines as fields; of every format, what reading with these options makes of
/// them. A value type.
struct TracePreview {
    struct Column {
        std::string name;  ///< from the line of names; empty where there is none
        std::string role;  ///< "time", "key", "size", "ttl", "op", "namespace", "count", or empty
    };

    TraceFormat format = TraceFormat::csv;
    Compression compression = Compression::none;
    std::optional<std::uint64_t> fileBytes;
    std::vector<Column> columns;                 ///< of CSV alone
    std::vector<std::vector<std::string>> rows;  ///< of CSV alone, without the line of names
    Duration timeUnit = std::chrono::seconds{1};
    Duration ttlUnit = std::chrono::seconds{1};
    /// The first requests and what is to say of them, or why there are none.
    Result<TraceReading> beginning = Error{ErrorCode::missing};
};

/// Looks at the first 64 KiB of a file, of what is in it where it is compressed. Errors: notFound
/// and the like; syntax where it is no trace. Columns that are not found are no error but the
/// preview's `beginning`. Any thread.
Result<TracePreview> previewTrace(const std::string& path, const TraceReadOptions& options = {},
                                  std::size_t rows = 12);

/// The text that parseTraceColumns() reads back: "time_ms=1,key=2"; empty for no columns.
std::string traceColumnsText(const TraceColumns& columns);

}  // namespace cachescope
