// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace cachescope {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// Largest first, so that formatting can walk down; "m" before "ms" is settled by the letters read.
constexpr std::array kUnits{
    Unit{"d", 86'400'000'000'000},
    Unit{"h", 3'600'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},
    Unit{"us", 1'000},
    Unit{"ns", 1},
};

std::optional<std::int64_t> unitOf(std::string_view name) {
    if (name.empty()) {
        return 1'000'000'000;
    }
    if (name == "min") {
        name = "m";
    }
    if (name == "µs") {
        name = "us";
    }
    for (const Unit& unit : kUnits) {
        if (unit.name == name) {
            return unit.nanoseconds;
        }
    }
    return std::nullopt;
}

void skipSpaces(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
}

}  // namespace

std::optional<Duration> parseDuration(std::string_view text) {
    skipSpaces(text);
    bool negative = false;
    if (!text.empty() && text.front() == '-') {
        negative = true;
        text.remove_prefix(1);
    }
    long double total = 0;
    bool any = false;
    skipSpaces(text);
    while (!text.empty()) {
        double number = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number,
                                                    std::chars_format::fixed);
        // from_chars takes "nan" and "inf" too.
        if (failure != std::errc{} || !std::isfinite(number) || number < 0) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        skipSpaces(text);
        std::size_t length = 0;
        while (length < text.size() && text[length] != ' ' && text[length] != '.' &&
               text[length] != '-' && (text[length] < '0' || text[length] > '9')) {
            ++length;
        }
        const auto unit = unitOf(text.substr(0, length));
        // A number without a unit stands alone: "1h30" could mean minutes or seconds.
        if (!unit || (length == 0 && (any || !text.empty()))) {
            return std::nullopt;
        }
        text.remove_prefix(length);
        skipSpaces(text);
        total += static_cast<long double>(number) * static_cast<long double>(*unit);
        any = true;
    }
    if (!any || total >= 9.2e18L) {
        return std::nullopt;
    }
    const auto count = static_cast<std::int64_t>(std::llroundl(total));
    return Duration{negative ? -count : count};
}

std::string formatDuration(Duration span) {
    if (span == Duration::zero()) {
        return "0s";
    }
    std::string text = span < Duration::zero() ? "-" : "";
    auto rest = static_cast<std::uint64_t>(span.count());
    if (span < Duration::zero()) {
        rest = 0 - rest;
    }
    for (const Unit& unit : kUnits) {
        const auto size = static_cast<std::uint64_t>(unit.nanoseconds);
        if (rest >= size) {
            text += std::to_string(rest / size);
            text += unit.name;
            rest %= size;
        }
    }
    return text;
}

}  // namespace cachescope
