// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CSV: a line a request, with a line of column names first or without one. csv_columns.h finds the
// columns, csv_fields.h cuts a line into its fields.

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "engine/trace/csv_columns.h"
#include "engine/trace/csv_fields.h"
#include "engine/trace/line_reader.h"
#include "engine/trace/number_text.h"
#include "engine/trace/record_reader.h"

namespace cachescope {

namespace {

constexpr std::uint64_t kMostRepeats = 1'000'000;

bool isBlank(std::string_view line) noexcept {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool isWrite(std::string_view operation) {
    static constexpr std::array<std::string_view, 19> kWrites{
        "set",   "put",     "write",  "update", "delete",   "del",    "add",
        "cas",   "incr",    "decr",   "append", "prepend",  "remove", "post",
        "store", "replace", "unlink", "w",      "set_lease"};
    std::string name{operation};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(kWrites.begin(), kWrites.end(), name) != kWrites.end();
}

class CsvReader final : public RecordReader {
public:
    CsvReader(LineReader lines, CsvFields fields, CsvColumns columns, std::string firstLine)
        : m_lines(lines),
          m_fields(std::move(fields)),
          m_columns(std::move(columns)),
          m_wanted(m_columns.wanted()),
          m_firstLine(std::move(firstLine)) {}

    bool read(TraceBuilder& builder) override {
        if (!m_columns.header) {
            m_columns.header = true;
            take(m_firstLine, builder);
        }
        const std::size_t enough = builder.size() + kRequestsAtATime;
        std::string_view line;
        // Lines that give no request count as well, so that progress is told now and then.
        for (std::size_t i = 0; i < kRequestsAtATime && builder.size() < enough; ++i) {
            if (!m_lines.next(line)) {
                return false;
            }
            take(line, builder);
        }
        return true;
    }

private:
    void take(std::string_view line, TraceBuilder& builder) {
        const char* wrong = m_lines.tooLong() ? "the line is longer than a mebibyte" : nullptr;
        if (wrong == nullptr) {
            if (line.empty() || (line.front() <= ' ' && isBlank(line))) {
                return;
            }
            wrong = m_fields.split(line, m_wanted);
        }
        if (wrong == nullptr) {
            wrong = understand(builder);
        }
        if (wrong != nullptr) {
            std::string reason = m_subject == nullptr ? wrong : m_subject + std::string{wrong};
            builder.skip(m_lines.number(), reason);
        }
        m_subject = nullptr;
    }

    const char* understand(TraceBuilder& builder) {
        if (m_columns.key >= m_fields.size() ||
            (m_columns.time != CsvColumns::kNone && m_columns.time >= m_fields.size())) {
            return "too few columns";
        }
        TraceBuilder::Request request;
        std::uint64_t repeats = 1;
        if (const char* wrong = numbers(request, repeats)) {
            return wrong;
        }
        const std::string_view key = name();
        m_subject = "the key ";
        if (key.empty()) {
            return "is empty";
        }
        if (key.size() > KeyTable::kLongestName) {
            return "is longer than 65535 bytes";
        }
        if (key.find('\0') != std::string_view::npos) {
            return "has a zero byte";
        }
        m_subject = nullptr;
        for (std::uint64_t i = 0; i < repeats; ++i) {
            builder.add(key, request);
        }
        return nullptr;
    }

    const char* numbers(TraceBuilder::Request& request, std::uint64_t& repeats) {
        if (m_columns.time != CsvColumns::kNone) {
            m_subject = "the time ";
            if (const char* wrong =
                    parseTime(m_fields[m_columns.time], m_columns.timeUnit, request.time)) {
                return wrong;
            }
        }
        if (m_columns.size != CsvColumns::kNone) {
            m_subject = "the size ";
            std::uint64_t size = 0;
            if (const char* wrong = parseWhole(m_fields[m_columns.size], UINT64_MAX, size)) {
                return wrong;
            }
            request.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, UINT32_MAX));
        }
        const std::string_view ttl = m_fields[m_columns.ttl];
        // A negative one is how some write that there is none.
        if (!ttl.empty() && ttl.front() != '-') {
            m_subject = "the TTL ";
            std::int64_t span = 0;
            if (const char* wrong = parseTime(ttl, m_columns.ttlUnit, span)) {
                return wrong;
            }
            request.ttl = Duration{span};
        }
        if (const std::string_view count = m_fields[m_columns.count]; !count.empty()) {
            m_subject = "the count ";
            if (const char* wrong = parseWhole(count, kMostRepeats, repeats)) {
                return wrong;
            }
        }
        if (const std::string_view operation = m_fields[m_columns.operation];
            operation != m_operation) {
            m_operation = operation;
            m_write = isWrite(operation);
        }
        request.operation = m_write ? TraceOperation::write : TraceOperation::read;
        m_subject = nullptr;
        return nullptr;
    }

    std::string_view name() {
        const std::string_view key = m_fields[m_columns.key];
        if (m_columns.nameSpace == CsvColumns::kNone || key.empty()) {
            return key;
        }
        m_name.assign(m_fields[m_columns.nameSpace]).append(":").append(key);
        return m_name;
    }

    LineReader m_lines;
    CsvFields m_fields;
    CsvColumns m_columns;
    std::size_t m_wanted;
    std::string m_firstLine;
    std::string m_name;
    std::string m_operation;  // of the last line that had another one than its predecessor
    bool m_write = false;
    const char* m_subject = nullptr;
};

}  // namespace

Result<std::unique_ptr<RecordReader>> csvReader(InputBuffer& input, const TraceColumns& columns,
                                                TraceBuilder& builder) {
    LineReader lines(input);
    std::string_view line;
    do {
        if (!lines.next(line)) {
            return Error{ErrorCode::syntax, {}, "lines with requests; the file has none"};
        }
    } while (!lines.tooLong() && isBlank(line));
    CsvFields fields(CsvFields::delimiterOf(line));
    if (const char* wrong = fields.split(line, line.size() + 1)) {
        return Error{ErrorCode::syntax, "line " + std::to_string(lines.number()),
                     std::string{"a line of column names; in this one "} + wrong};
    }
    auto found = findCsvColumns(fields, columns);
    if (!found) {
        return found.error().about("line " + std::to_string(lines.number()));
    }
    if (found->time == CsvColumns::kNone) {
        builder.leaveOutTimes();
        if (found->ttl != CsvColumns::kNone) {
            found->assumed = "no column with the time: TTLs do not count";
        }
    }
    builder.assume(found->assumed);
    return std::unique_ptr<RecordReader>{std::make_unique<CsvReader>(
        lines, std::move(fields), std::move(*found), std::string{line})};
}

}  // namespace cachescope
