// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/json_fields.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/duration_text.h"

namespace cachescope {

namespace {

std::string typeName(const nlohmann::json& value) {
    switch (value.type()) {
        case nlohmann::json::value_t::null:
            return "null";
        case nlohmann::json::value_t::object:
            return "an object";
        case nlohmann::json::value_t::array:
            return "a list";
        case nlohmann::json::value_t::boolean:
            return value.get<bool>() ? "true" : "false";
        case nlohmann::json::value_t::string: {
            const auto text = value.get<std::string>();
            return '"' + (text.size() <= 40 ? text : text.substr(0, 37) + "...") + '"';
        }
        default:
            return value.dump();
    }
}

std::string shortNumber(double value) {
    if (std::abs(value) < 1e15 && value == std::floor(value)) {
        return std::to_string(static_cast<long long>(value));
    }
    return nlohmann::json(value).dump();
}

// Levenshtein's distance, for "did you mean".
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string place,
                       std::optional<Error>& failure)
    : m_object(object), m_place(std::move(place)), m_failure(failure) {
    if (!m_object.is_object()) {
        fail(ErrorCode::wrongType, m_place.empty() ? "the document" : m_place,
             "an object {…}, not " + typeName(m_object));
    }
}

std::string JsonFields::placeOf(std::string_view name) const {
    return m_place.empty() ? std::string{name} : m_place + '.' + std::string{name};
}

void JsonFields::fail(ErrorCode code, std::string place, std::string expected) {
    if (!m_failure) {
        m_failure = Error{code, std::move(place), std::move(expected)};
    }
}

const nlohmann::json* JsonFields::find(const char* name) {
    m_known.insert(name);
    if (!m_object.is_object()) {
        return nullptr;
    }
    const auto found = m_object.find(name);
    return found == m_object.end() ? nullptr : &*found;
}

bool JsonFields::has(const char* name) const {
    return m_object.is_object() && m_object.contains(name);
}

void JsonFields::require(const char* name, const std::string& expected) {
    if (find(name) == nullptr) {
        fail(ErrorCode::missing, placeOf(name), expected);
    }
}

std::string JsonFields::text(const char* name, std::string fallback) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_string()) {
        fail(ErrorCode::wrongType, placeOf(name), "a text in quotes, not " + typeName(*value));
        return fallback;
    }
    return value->get<std::string>();
}

std::vector<std::string> JsonFields::texts(const char* name, std::vector<std::string> fallback) {
    const auto* list = array(name);
    if (list == nullptr) {
        return fallback;
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto& value = (*list)[i];
        const std::string place = placeOf(name) + '[' + std::to_string(i) + ']';
        if (!value.is_string()) {
            fail(ErrorCode::wrongType, place, "a text in quotes, not " + typeName(value));
            return fallback;
        }
        result.push_back(value.get<std::string>());
        if (result.back().empty()) {
            fail(ErrorCode::outOfRange, place, "a text that is not empty");
            return fallback;
        }
    }
    return result;
}

bool JsonFields::boolean(const char* name, bool fallback) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_boolean()) {
        fail(ErrorCode::wrongType, placeOf(name), "true or false, not " + typeName(*value));
        return fallback;
    }
    return value->get<bool>();
}

double JsonFields::number(const char* name, double fallback, double low, double high) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    const std::string expected = "a number from " + shortNumber(low) + " to " + shortNumber(high) +
                                 ", not " + typeName(*value);
    if (!value->is_number()) {
        fail(ErrorCode::wrongType, placeOf(name), expected);
        return fallback;
    }
    const double result = value->get<double>();
    if (!(result >= low && result <= high)) {
        fail(ErrorCode::outOfRange, placeOf(name), expected);
        return fallback;
    }
    return result;
}

std::uint64_t JsonFields::whole(const char* name, std::uint64_t fallback, std::uint64_t low,
                                std::uint64_t high) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    const std::string expected = "a whole number from " + std::to_string(low) + " to " +
                                 std::to_string(high) + ", not " + typeName(*value);
    if (!value->is_number_integer()) {
        fail(ErrorCode::wrongType, placeOf(name), expected);
        return fallback;
    }
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() < low ||
        value->get<std::uint64_t>() > high) {
        fail(ErrorCode::outOfRange, placeOf(name), expected);
        return fallback;
    }
    return value->get<std::uint64_t>();
}

std::optional<Duration> JsonFields::readDuration(std::string_view name, const nlohmann::json& value,
                                                 Duration low, Duration high,
                                                 const std::string& expected) {
    std::optional<Duration> span;
    if (value.is_string()) {
        span = parseDuration(value.get<std::string>());
    } else if (value.is_number() && std::abs(value.get<double>()) < 9e9) {
        span = Duration{std::llround(value.get<double>() * 1e9)};
    }
    const std::string detail = expected + " from " + formatDuration(low) + " to " +
                               formatDuration(high) + ", not " + typeName(value);
    if (!span) {
        fail(ErrorCode::wrongType, placeOf(name), detail);
    } else if (*span < low || *span > high) {
        fail(ErrorCode::outOfRange, placeOf(name), detail);
        span.reset();
    }
    return span;
}

Duration JsonFields::duration(const char* name, Duration fallback, Duration low, Duration high) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    return readDuration(name, *value, low, high, "a duration such as \"90s\"").value_or(fallback);
}

std::optional<Duration> JsonFields::optionalDuration(const char* name,
                                                     std::optional<Duration> fallback, Duration low,
                                                     Duration high) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    if (value->is_null() || *value == "never") {
        return std::nullopt;
    }
    const auto span =
        readDuration(name, *value, low, high, R"("never" or a duration such as "90s")");
    return span ? span : fallback;
}

std::vector<std::pair<std::string, Duration>> JsonFields::durations(const char* name, Duration low,
                                                                    Duration high) {
    const auto* members = object(name);
    if (members == nullptr) {
        return {};
    }
    JsonFields inner(*members, placeOf(name), m_failure);
    std::vector<std::pair<std::string, Duration>> result;
    for (const auto& [key, value] : members->items()) {
        const auto span = inner.readDuration(key, value, low, high, "a duration such as \"90s\"");
        if (!span) {
            return {};
        }
        result.emplace_back(key, *span);
    }
    return result;
}

std::size_t JsonFields::choice(const char* name, const std::vector<std::string_view>& names,
                               std::size_t fallback) {
    const auto* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (*value == names[i]) {
            return i;
        }
    }
    std::string expected = "one of";
    for (std::size_t i = 0; i < names.size(); ++i) {
        expected += (i == 0 ? " \"" : ", \"") + std::string{names[i]} + '"';
    }
    fail(value->is_string() ? ErrorCode::unknownName : ErrorCode::wrongType, placeOf(name),
         expected + ", not " + typeName(*value));
    return fallback;
}

const nlohmann::json* JsonFields::object(const char* name) {
    const auto* value = find(name);
    if (value != nullptr && !value->is_object()) {
        fail(ErrorCode::wrongType, placeOf(name), "an object {…}, not " + typeName(*value));
        return nullptr;
    }
    return value;
}

const nlohmann::json* JsonFields::array(const char* name) {
    const auto* value = find(name);
    if (value != nullptr && !value->is_array()) {
        fail(ErrorCode::wrongType, placeOf(name), "a list […], not " + typeName(*value));
        return nullptr;
    }
    return value;
}

void JsonFields::finish() {
    if (!m_object.is_object() || m_failure) {
        return;
    }
    for (const auto& [name, value] : m_object.items()) {
        if (m_known.contains(name)) {
            continue;
        }
        std::string nearest;
        std::size_t best = 3;
        std::string all;
        for (const std::string& known : m_known) {
            all += (all.empty() ? "" : ", ") + known;
            if (const std::size_t distance = editDistance(name, known); distance < best) {
                best = distance;
                nearest = known;
            }
        }
        fail(ErrorCode::unknownName, placeOf(name),
             nearest.empty() ? "one of: " + all : "\"" + nearest + "\"");
        return;
    }
}

}  // namespace cachescope
