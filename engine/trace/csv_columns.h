// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/core/result.h"
#include "engine/trace/csv_fields.h"
#include "engine/trace/trace_reader.h"

namespace cachescope {

/// Where the fields of a CSV file are, once its first line is known.
struct CsvColumns {
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    std::size_t time = kNone;
    std::size_t key = kNone;
    std::size_t size = kNone;
    std::size_t ttl = kNone;
    std::size_t operation = kNone;
    std::size_t nameSpace = kNone;
    std::size_t count = kNone;
    Duration timeUnit = std::chrono::seconds{1};
    Duration ttlUnit = std::chrono::seconds{1};
    bool header = true;   ///< the first line holds names, and no request
    std::string assumed;  ///< what was made of a line that does not say; else empty

    /// One more than the last column that is read.
    std::size_t wanted() const noexcept;
};

/// Finds the columns by `asked`, or by the usual names where that is empty, or by what a first line
/// without names looks like. Error: syntax, with what is needed.
Result<CsvColumns> findCsvColumns(const CsvFields& firstLine, const TraceColumns& asked);

/// Whether a text is a usual name of a column with keys.
bool isKeyColumnName(std::string_view text);

}  // namespace cachescope
