// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace_preview.h"

#include <algorithm>
#include <new>

#include "engine/trace/csv_columns.h"
#include "engine/trace/csv_fields.h"
#include "engine/trace/input_buffer.h"
#include "engine/trace/line_reader.h"
#include "engine/trace/trace_format.h"

namespace cachescope {

namespace {

constexpr std::size_t kLookedAt = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark{"\xef\xbb\xbf"};
constexpr std::size_t kMostColumns = 64;
constexpr std::size_t kLongestField = 200;

// A line that the 64 KiB end in the middle of would be understood wrongly.
std::string_view wholeLines(std::string_view text, bool complete) {
    const auto end = text.rfind('\n');
    return complete || end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::vector<std::string> fieldsOf(const CsvFields& fields) {
    std::vector<std::string> row;
    for (std::size_t i = 0; i < std::min(fields.size(), kMostColumns); ++i) {
        row.emplace_back(fields[i].substr(0, kLongestField));
    }
    return row;
}

void giveRoles(TracePreview& preview, const CsvColumns& found) {
    const auto give = [&preview](std::size_t column, const char* role) {
        if (column < preview.columns.size()) {
            preview.columns[column].role = role;
        }
    };
    give(found.time, "time");
    give(found.key, "key");
    give(found.size, "size");
    give(found.ttl, "ttl");
    give(found.operation, "op");
    give(found.nameSpace, "namespace");
    give(found.count, "count");
    preview.timeUnit = found.timeUnit;
    preview.ttlUnit = found.ttlUnit;
}

void lookAtLines(TracePreview& preview, std::string_view text, const TraceColumns& asked,
                 std::size_t rows) {
    const auto source = readMemory(text);
    InputBuffer buffer(*source, text.size() + 1);
    LineReader lines(buffer);
    std::string_view line;
    if (!lines.next(line)) {
        return;
    }
    CsvFields fields(CsvFields::delimiterOf(line));
    if (fields.split(line, kMostColumns) != nullptr) {
        return;
    }
    std::vector<std::string> first = fieldsOf(fields);
    preview.columns.resize(first.size());
    const auto found = findCsvColumns(fields, asked);
    // Where nothing is found the line is most likely data, and is seen as such.
    if (found) {
        giveRoles(preview, *found);
    }
    if (found && found->header) {
        for (std::size_t i = 0; i < first.size(); ++i) {
            preview.columns[i].name = std::move(first[i]);
        }
    } else {
        preview.rows.push_back(std::move(first));
    }
    while (preview.rows.size() < rows && lines.next(line)) {
        if (!line.empty() && fields.split(line, kMostColumns) == nullptr) {
            preview.rows.push_back(fieldsOf(fields));
        }
    }
}

Result<TracePreview> look(Decompressed file, const std::string& path,
                          const TraceReadOptions& options, std::size_t rows) {
    TracePreview preview;
    preview.compression = file.compression;
    preview.fileBytes = file.source->fileSize();
    InputBuffer input(*file.source, kLookedAt);
    std::string_view beginning = input.peek(kLookedAt);
    if (beginning.empty()) {
        return Error{ErrorCode::syntax, path,
                     input.failure() ? input.failure()->detail() : "requests; the file is empty"};
    }
    const TraceFormat asked = options.format == TraceFormat::automatic && !options.columns.empty()
                                  ? TraceFormat::csv
                                  : options.format;
    const auto format = decideTraceFormat(beginning, path, asked);
    if (!format) {
        return format.error().about(path);
    }
    preview.format = *format;
    const bool text = *format == TraceFormat::csv || *format == TraceFormat::keys ||
                      *format == TraceFormat::monitor;
    if (text) {
        beginning.remove_prefix(beginning.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
        beginning = wholeLines(beginning, beginning.size() < kLookedAt);
    }
    if (*format == TraceFormat::csv) {
        lookAtLines(preview, beginning, options.columns, rows);
    }
    TraceReadOptions reading = options;
    reading.format = *format;
    reading.progress = {};
    preview.beginning = readTrace(readMemory(beginning), path, reading);
    if (preview.beginning.ok() && !text) {
        // The 64 KiB end in the middle of a record, the file does not.
        preview.beginning->brokenOff.clear();
    }
    return preview;
}

}  // namespace

Result<TracePreview> previewTrace(const std::string& path, const TraceReadOptions& options,
                                  std::size_t rows) {
    auto file = openFile(path);
    if (!file) {
        return file.error();
    }
    try {
        auto plain = decompress(std::move(*file));
        if (!plain) {
            return plain.error().about(path);
        }
        return look(std::move(*plain), path, options, rows);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, path, "there is not enough memory for it"};
    }
}

}  // namespace cachescope
