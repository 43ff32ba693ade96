// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/number_text.h"

#include <charconv>
#include <cmath>

namespace cachescope {

namespace {

constexpr const char* kNoNumber = "is not a number";
constexpr const char* kNegative = "is negative";
constexpr const char* kTooLarge = "is too large";
// 285 years; a little more can be added to it.
constexpr std::int64_t kLongest = 9'000'000'000'000'000'000;

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

const char* parseAnyTime(std::string_view text, Duration unit, std::int64_t& nanoseconds) noexcept {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || std::isnan(number) ||
        failure == std::errc::invalid_argument) {
        return kNoNumber;
    }
    if (text.front() == '-') {
        return kNegative;
    }
    // Out of range is also what is too close to zero; that is no time of a recording either.
    if (failure == std::errc::result_out_of_range) {
        return kTooLarge;
    }
    number *= static_cast<double>(unit.count());
    if (number >= static_cast<double>(kLongest)) {
        return kTooLarge;
    }
    nanoseconds = std::llround(number);
    return nullptr;
}

}  // namespace

const char* parseTime(std::string_view text, Duration unit, std::int64_t& nanoseconds) noexcept {
    constexpr std::size_t kSafeDigits = 18;
    if (text.empty()) {
        return kNoNumber;
    }
    std::size_t at = 0;
    std::int64_t whole = 0;
    while (at < text.size() && isDigit(text[at]) && at < kSafeDigits) {
        whole = 10 * whole + (text[at++] - '0');
    }
    std::int64_t fraction = 0;
    if (at != 0 && at < text.size() && text[at] == '.') {
        ++at;
        for (std::int64_t worth = unit.count() / 10; at < text.size() && isDigit(text[at]);
             worth /= 10) {
            fraction += worth * (text[at++] - '0');
        }
    }
    if (at != text.size() || text.front() == '.') {
        return parseAnyTime(text, unit, nanoseconds);
    }
    std::int64_t product = 0;
    if (__builtin_mul_overflow(whole, unit.count(), &product) ||
        __builtin_add_overflow(product, fraction, &nanoseconds) || nanoseconds > kLongest) {
        return kTooLarge;
    }
    return nullptr;
}

const char* parseWhole(std::string_view text, std::uint64_t most, std::uint64_t& number) noexcept {
    number = 0;
    if (text.empty()) {
        return nullptr;
    }
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || failure == std::errc::invalid_argument) {
        return text.front() == '-' ? kNegative : "is not a whole number";
    }
    return failure == std::errc{} && number <= most ? nullptr : kTooLarge;
}

}  // namespace cachescope
