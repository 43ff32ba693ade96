// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/error.h"

namespace cachescope {

/// Reads the fields of one JSON object and remembers the first thing that is wrong, with its place.
///
/// Each reader returns the field's value, or the default where the field is absent or wrong. Ask
/// finish() at the end: it also refuses fields that nobody asked for, and suggests the name that
/// was meant. Readers of nested objects share the failure. One thread; lives shorter than the
/// document.
class JsonFields {
public:
    JsonFields(const nlohmann::json& object, std::string place, std::optional<Error>& failure);

    bool has(const char* name) const;
    std::string text(const char* name, std::string fallback);
    /// A list of texts, none of them empty.
    std::vector<std::string> texts(const char* name, std::vector<std::string> fallback);
    bool boolean(const char* name, bool fallback);
    double number(const char* name, double fallback, double low, double high);
    std::uint64_t whole(const char* name, std::uint64_t fallback, std::uint64_t low,
                        std::uint64_t high);
    /// A duration as text ("90s") or as a number of seconds.
    Duration duration(const char* name, Duration fallback, Duration low, Duration high);
    /// As duration(); null and "never" are nothing.
    std::optional<Duration> optionalDuration(const char* name, std::optional<Duration> fallback,
                                             Duration low, Duration high);
    /// An object of durations, each with its name; empty where absent or wrong.
    std::vector<std::pair<std::string, Duration>> durations(const char* name, Duration low,
                                                            Duration high);
    /// The position of the field's text in `names`.
    std::size_t choice(const char* name, const std::vector<std::string_view>& names,
                       std::size_t fallback);
    /// Null where absent; a failure where it is something else.
    const nlohmann::json* object(const char* name);
    const nlohmann::json* array(const char* name);

    std::string placeOf(std::string_view name) const;
    void fail(ErrorCode code, std::string place, std::string expected);
    /// A required field.
    void require(const char* name, const std::string& expected);
    void finish();

private:
    const nlohmann::json* find(const char* name);
    std::optional<Duration> readDuration(std::string_view name, const nlohmann::json& value,
                                         Duration low, Duration high, const std::string& expected);

    const nlohmann::json& m_object;
    std::string m_place;
    std::optional<Error>& m_failure;
    std::set<std::string, std::less<>> m_known;
};

}  // namespace cachescope
