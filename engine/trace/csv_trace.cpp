// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unordered_map>

#include "engine/core/file_error.h"
#include "engine/trace/trace.h"

namespace cachescope {

namespace {

constexpr std::size_t kLongestLine = 1 << 20;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Columns {
    std::size_t time = kNone;
    std::size_t key = kNone;
    std::size_t size = kNone;
    std::size_t operation = kNone;
    std::size_t nameSpace = kNone;
    double secondsPerUnit = 1;
};

std::string lowered(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    return text;
}

// Fields in quotes may hold commas and doubled quotes (RFC 4180); `unquoted` owns such texts.
void splitLine(std::string_view line, std::vector<std::string_view>& fields,
               std::vector<std::string>& unquoted) {
    fields.clear();
    unquoted.clear();
    unquoted.reserve(16);
    std::size_t at = 0;
    while (true) {
        if (at < line.size() && line[at] == '"' && unquoted.size() < unquoted.capacity()) {
            std::string text;
            ++at;
            while (at < line.size()) {
                if (line[at] == '"') {
                    if (at + 1 < line.size() && line[at + 1] == '"') {
                        ++at;
                    } else {
                        break;
                    }
                }
                text += line[at++];
            }
            unquoted.push_back(std::move(text));
            fields.push_back(unquoted.back());
            at = std::min(line.find(',', at), line.size());
        } else {
            const std::size_t end = std::min(line.find(',', at), line.size());
            fields.push_back(trimmed(line.substr(at, end - at)));
            at = end;
        }
        if (at >= line.size()) {
            return;
        }
        ++at;
    }
}

Columns findColumns(const std::vector<std::string_view>& names) {
    Columns columns;
    const auto isOneOf = [](const std::string& name, auto... options) {
        return ((name == options) || ...);
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = lowered(names[i]);
        if (columns.time == kNone &&
            isOneOf(name, "time", "timestamp", "time_s", "ts", "op_time")) {
            columns.time = i;
        } else if (columns.time == kNone && isOneOf(name, "time_ms", "timestamp_ms")) {
            columns.time = i;
            columns.secondsPerUnit = 1e-3;
        } else if (columns.key == kNone &&
                   isOneOf(name, "key", "id", "obj_id", "object", "object_id", "lbn")) {
            columns.key = i;
        } else if (columns.size == kNone && isOneOf(name, "size", "value_size", "bytes")) {
            columns.size = i;
        } else if (columns.operation == kNone && isOneOf(name, "op", "operation")) {
            columns.operation = i;
        } else if (columns.nameSpace == kNone && isOneOf(name, "namespace", "ns")) {
            columns.nameSpace = i;
        }
    }
    return columns;
}

bool isWrite(std::string_view operation) {
    static constexpr std::array kWrites{"set",    "put",  "write", "update",  "delete", "del",
                                        "add",    "cas",  "incr",  "decr",    "append", "prepend",
                                        "remove", "post", "store", "replace", "unlink", "w"};
    const std::string name = lowered(operation);
    return std::find(kWrites.begin(), kWrites.end(), name) != kWrites.end();
}

template <class Number>
bool parseNumber(std::string_view text, Number& value) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && end == text.data() + text.size();
}

class Builder {
public:
    explicit Builder(Columns columns) : m_columns(columns) {}

    // Nothing when the line went in, otherwise why not.
    std::optional<std::string> add(const std::vector<std::string_view>& fields) {
        if (fields.size() <= std::max(m_columns.time, m_columns.key)) {
            return "too few columns";
        }
        double seconds = 0;
        if (!parseNumber(fields[m_columns.time], seconds) || !std::isfinite(seconds)) {
            return "the time is not a number";
        }
        seconds *= m_columns.secondsPerUnit;
        if (seconds < 0 || seconds > 9e9) {
            return "the time is negative or too large";
        }
        if (!m_start) {
            m_start = seconds;
        }
        std::uint32_t size = 0;
        if (m_columns.size < fields.size()) {
            std::uint64_t bytes = 0;
            if (!parseNumber(fields[m_columns.size], bytes)) {
                return "the size is not a whole number";
            }
            size = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, UINT32_MAX));
        }
        Trace& trace = reading.trace;
        Duration time{std::llround(std::max(0.0, seconds - *m_start) * 1e9)};
        if (!trace.times.empty()) {
            time = std::max(time, trace.times.back());
        }
        trace.times.push_back(time);
        trace.sizes.push_back(size);
        trace.operations.push_back(m_columns.operation < fields.size() &&
                                           isWrite(fields[m_columns.operation])
                                       ? TraceOperation::write
                                       : TraceOperation::read);
        trace.keys.push_back(numberOf(fields));
        return std::nullopt;
    }

    TraceReading reading;

private:
    std::uint32_t numberOf(const std::vector<std::string_view>& fields) {
        m_name.clear();
        if (m_columns.nameSpace < fields.size()) {
            m_name.append(fields[m_columns.nameSpace]).append(":");
        }
        m_name.append(fields[m_columns.key]);
        const auto [found, fresh] =
            m_numbers.try_emplace(m_name, static_cast<std::uint32_t>(m_numbers.size()));
        if (fresh) {
            reading.trace.keyNames.push_back(m_name);
        }
        return found->second;
    }

    Columns m_columns;
    std::optional<double> m_start;
    std::unordered_map<std::string, std::uint32_t> m_numbers;
    std::string m_name;
};

}  // namespace

Result<TraceReading> readCsvTrace(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return fileError(EISDIR, path);
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fileError(errno == 0 ? EIO : errno, path);
    }
    std::string line;
    std::vector<std::string_view> fields;
    std::vector<std::string> unquoted;
    if (!std::getline(file, line)) {
        return Error{ErrorCode::missing, path, "the file is empty"};
    }
    splitLine(line, fields, unquoted);
    const Columns columns = findColumns(fields);
    if (columns.time == kNone || columns.key == kNone) {
        return Error{ErrorCode::syntax, path + ": line 1",
                     "a line of column names with a time and a key, such as \"time,key,size\""};
    }
    Builder builder(columns);
    TraceReading& reading = builder.reading;
    std::uint64_t number = 1;
    while (std::getline(file, line)) {
        ++number;
        if (trimmed(line).empty()) {
            continue;
        }
        std::optional<std::string> reason;
        if (line.size() > kLongestLine) {
            reason = "the line is longer than a mebibyte";
        } else {
            splitLine(line, fields, unquoted);
            reason = builder.add(fields);
        }
        if (reason) {
            if (reading.skipped++ == 0) {
                reading.firstSkipped = number;
                reading.firstReason = *reason;
            }
        }
    }
    if (reading.trace.size() == 0) {
        return Error{ErrorCode::missing, path,
                     reading.skipped == 0
                         ? "no request after the column names"
                         : "no usable line; line " + std::to_string(reading.firstSkipped) + ": " +
                               reading.firstReason};
    }
    return std::move(reading);
}

}  // namespace cachescope
