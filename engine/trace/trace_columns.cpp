// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "engine/trace/trace_preview.h"
#include "engine/trace/trace_reader.h"

namespace cachescope {

namespace {

struct Unit {
    std::string_view ending;
    Duration worth;
};
constexpr std::array kUnits{
    Unit{"_s", std::chrono::seconds{1}}, Unit{"_ms", std::chrono::milliseconds{1}},
    Unit{"_us", std::chrono::microseconds{1}}, Unit{"_ns", std::chrono::nanoseconds{1}}};

// Null for a role that there is not.
std::string* columnFor(std::string_view role, TraceColumns& columns) noexcept {
    return role == "time"        ? &columns.time
           : role == "key"       ? &columns.key
           : role == "size"      ? &columns.size
           : role == "ttl"       ? &columns.ttl
           : role == "op"        ? &columns.operation
           : role == "namespace" ? &columns.nameSpace
           : role == "count"     ? &columns.count
                                 : nullptr;
}

// Sets the column of a role such as "time" or "ttl_ms". False where there is no such role.
bool setColumn(std::string_view role, std::string_view column, TraceColumns& columns) {
    if (std::string* const found = columnFor(role, columns)) {
        *found = column;
        return true;
    }
    for (const Unit& unit : kUnits) {
        if (!role.ends_with(unit.ending)) {
            continue;
        }
        const std::string_view bare = role.substr(0, role.size() - unit.ending.size());
        if (bare == "time") {
            columns.time = column;
            columns.timeUnit = unit.worth;
            return true;
        }
        if (bare == "ttl") {
            columns.ttl = column;
            columns.ttlUnit = unit.worth;
            return true;
        }
    }
    return false;
}

}  // namespace

bool TraceColumns::empty() const noexcept {
    for (const std::string* column : {&time, &key, &size, &ttl, &operation, &nameSpace, &count}) {
        if (!column->empty()) {
            return false;
        }
    }
    return true;
}

Result<TraceColumns> parseTraceColumns(std::string_view text) {
    TraceColumns columns;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos || equals + 1 == part.size()) {
            return Error{ErrorCode::syntax, std::string{part}, "a pair such as key=2 or key=id"};
        }
        const std::string_view role = part.substr(0, equals);
        if (!setColumn(role, part.substr(equals + 1), columns)) {
            return Error{ErrorCode::unknownName, std::string{role},
                         "time, key, size, ttl, op, namespace or count"};
        }
    }
    if (columns.key.empty()) {
        return Error{ErrorCode::missing, "the key's column", "key=2 or key=id, for example"};
    }
    return columns;
}

std::string traceColumnsText(const TraceColumns& columns) {
    std::string text;
    const auto add = [&text](std::string_view role, const std::string& column, Duration unit) {
        if (column.empty()) {
            return;
        }
        text += text.empty() ? "" : ",";
        text += role;
        for (const Unit& known : kUnits) {
            text += unit == known.worth ? known.ending : std::string_view{};
        }
        text += '=' + column;
    };
    add("time", columns.time, columns.timeUnit);
    add("key", columns.key, {});
    add("size", columns.size, {});
    add("ttl", columns.ttl, columns.ttlUnit);
    add("op", columns.operation, {});
    add("namespace", columns.nameSpace, {});
    add("count", columns.count, {});
    return text;
}

}  // namespace cachescope
