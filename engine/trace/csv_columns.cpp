// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/csv_columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>

#include "engine/trace/number_text.h"

namespace cachescope {

namespace {

using Names = std::span<const std::string_view>;
using Text = std::string_view;

constexpr std::array kTimeNames{Text{"time"}, Text{"timestamp"}, Text{"ts"}, Text{"op_time"},
                                Text{"date"}};
constexpr std::array kKeyNames{Text{"key"},       Text{"id"},  Text{"obj_id"}, Text{"object"},
                               Text{"object_id"}, Text{"lbn"}, Text{"key_id"}};
constexpr std::array kSizeNames{Text{"size"}, Text{"value_size"}, Text{"obj_size"},
                                Text{"object_size"}, Text{"bytes"}};
constexpr std::array kTtlNames{Text{"ttl"}};
constexpr std::array kOperationNames{Text{"op"}, Text{"operation"}, Text{"command"}};
constexpr std::array kNamespaceNames{Text{"namespace"}, Text{"ns"}};

std::string lowered(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

// Cuts "_ms" and the like off a name; a second where there is nothing to cut.
Duration takeUnit(std::string& name) {
    struct Unit {
        std::string_view ending;
        Duration worth;
    };
    static constexpr std::array kUnits{
        Unit{"_ms", std::chrono::milliseconds{1}}, Unit{"_us", std::chrono::microseconds{1}},
        Unit{"_ns", std::chrono::nanoseconds{1}}, Unit{"_s", std::chrono::seconds{1}}};
    for (const Unit& unit : kUnits) {
        if (name.size() > unit.ending.size() && name.ends_with(unit.ending)) {
            name.resize(name.size() - unit.ending.size());
            return unit.worth;
        }
    }
    return std::chrono::seconds{1};
}

bool isOneOf(std::string_view name, Names names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void take(std::size_t& column, std::size_t index) {
    if (column == CsvColumns::kNone) {
        column = index;
    }
}

CsvColumns usualColumns(const CsvFields& names) {
    CsvColumns columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string full = lowered(names[i]);
        std::string name = full;
        const Duration unit = takeUnit(name);
        if (isOneOf(name, kTimeNames) && columns.time == CsvColumns::kNone) {
            columns.time = i;
            columns.timeUnit = unit;
        } else if (isOneOf(name, kTtlNames) && columns.ttl == CsvColumns::kNone) {
            columns.ttl = i;
            columns.ttlUnit = unit;
        } else if (isOneOf(full, kKeyNames)) {
            take(columns.key, i);
        } else if (isOneOf(full, kSizeNames)) {
            take(columns.size, i);
        } else if (isOneOf(full, kOperationNames)) {
            take(columns.operation, i);
        } else if (isOneOf(full, kNamespaceNames)) {
            take(columns.nameSpace, i);
        }
    }
    return columns;
}

bool isTime(std::string_view text) {
    std::int64_t time = 0;
    return parseTime(text, std::chrono::seconds{1}, time) == nullptr;
}

bool isWhole(std::string_view text) {
    std::uint64_t number = 0;
    return !text.empty() && parseWhole(text, UINT64_MAX, number) == nullptr;
}

Error noColumns(const std::string& what) {
    return Error{ErrorCode::syntax, "line 1", what};
}

// A first line without names: at least a time and a key.
Result<CsvColumns> guessedColumns(const CsvFields& fields) {
    if (fields.size() < 2 || !isTime(fields[0])) {
        return noColumns(
            "a line of column names with a key, such as \"time,key,size\", or told columns, such "
            "as time=1,key=2");
    }
    CsvColumns columns;
    columns.header = false;
    columns.time = 0;
    columns.key = 1;
    columns.assumed = "no line of column names: column 1 is taken as the time, 2 as the key";
    if (isWhole(fields[2])) {
        columns.size = 2;
        columns.assumed += ", 3 as the size";
    }
    return columns;
}

bool isPosition(const std::string& asked) {
    return !asked.empty() && std::all_of(asked.begin(), asked.end(),
                                         [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string joined(const CsvFields& names) {
    constexpr std::size_t kShown = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
        text += (i == 0 ? "" : ", ") + std::string{names[i].substr(0, 40)};
    }
    return names.size() > kShown ? text + " …" : text;
}

// Places asked for by name or number, and whether any was by name.
class AskedColumns {
public:
    explicit AskedColumns(const CsvFields& firstLine) : m_names(firstLine) {}

    // True where the column was asked for.
    bool find(const std::string& asked, std::size_t& column) {
        if (asked.empty()) {
            return false;
        }
        std::size_t number = 0;
        const auto* const end = asked.data() + asked.size();
        if (isPosition(asked)) {
            if (std::from_chars(asked.data(), end, number).ec != std::errc{} || number == 0 ||
                number > m_names.size()) {
                fail("at least " + asked + " columns; there are " + std::to_string(m_names.size()));
            }
            column = number - 1;
            return true;
        }
        m_byName = true;
        const std::string name = lowered(asked);
        for (std::size_t i = 0; i < m_names.size(); ++i) {
            if (lowered(m_names[i]) == name) {
                column = i;
                return true;
            }
        }
        fail("a column named " + asked + "; there are: " + joined(m_names));
        return true;
    }
    void findWithUnit(const std::string& asked, Duration askedUnit, std::size_t& column,
                      Duration& unit) {
        if (find(asked, column)) {
            std::string name = lowered(asked);
            unit = askedUnit > Duration::zero() ? askedUnit : takeUnit(name);
        }
    }
    bool byName() const noexcept { return m_byName; }
    const std::optional<Error>& failure() const noexcept { return m_failure; }

private:
    void fail(const std::string& expected) {
        if (!m_failure) {
            m_failure = noColumns(expected);
        }
    }

    const CsvFields& m_names;
    bool m_byName = false;
    std::optional<Error> m_failure;
};

// Whether a line has names where requests have numbers.
bool holdsNames(const CsvFields& line, const CsvColumns& columns) {
    for (const std::size_t column : {columns.time, columns.size, columns.ttl, columns.count}) {
        if (column != CsvColumns::kNone) {
            return !line[column].empty() && !isTime(line[column]);
        }
    }
    return isKeyColumnName(line[columns.key]);
}

}  // namespace

bool isKeyColumnName(std::string_view text) {
    return isOneOf(lowered(text), kKeyNames);
}

std::size_t CsvColumns::wanted() const noexcept {
    std::size_t wanted = 0;
    for (const std::size_t column : {time, key, size, ttl, operation, nameSpace, count}) {
        if (column != kNone) {
            wanted = std::max(wanted, column + 1);
        }
    }
    return wanted;
}

Result<CsvColumns> findCsvColumns(const CsvFields& firstLine, const TraceColumns& asked) {
    if (asked.empty()) {
        CsvColumns columns = usualColumns(firstLine);
        return columns.key != CsvColumns::kNone ? Result<CsvColumns>{std::move(columns)}
                                                : guessedColumns(firstLine);
    }
    CsvColumns columns;
    AskedColumns places(firstLine);
    places.findWithUnit(asked.time, asked.timeUnit, columns.time, columns.timeUnit);
    places.findWithUnit(asked.ttl, asked.ttlUnit, columns.ttl, columns.ttlUnit);
    places.find(asked.key, columns.key);
    places.find(asked.size, columns.size);
    places.find(asked.operation, columns.operation);
    places.find(asked.nameSpace, columns.nameSpace);
    places.find(asked.count, columns.count);
    if (places.failure()) {
        return *places.failure();
    }
    if (columns.key == CsvColumns::kNone) {
        return noColumns("a column with the key, such as key=2");
    }
    columns.header = places.byName() || holdsNames(firstLine, columns);
    return columns;
}

}  // namespace cachescope
