// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/glob.h"

namespace cachescope {

namespace {

constexpr std::string_view kSpecial = "*?[\\";

// Consumes one pattern element that stands for a single byte; returns whether it matches.
bool elementMatches(std::string_view pattern, std::size_t& at, char byte) noexcept {
    const char head = pattern[at];
    if (head == '?') {
        ++at;
        return true;
    }
    if (head == '\\' && at + 1 < pattern.size()) {
        at += 2;
        return pattern[at - 1] == byte;
    }
    if (head != '[') {
        ++at;
        return head == byte;
    }
    ++at;
    bool negated = false;
    if (at < pattern.size() && pattern[at] == '^') {
        negated = true;
        ++at;
    }
    bool found = false;
    while (at < pattern.size() && pattern[at] != ']') {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) {
            ++at;
            found |= pattern[at] == byte;
        } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
            auto low = static_cast<unsigned char>(pattern[at]);
            auto high = static_cast<unsigned char>(pattern[at + 2]);
            if (low > high) {
                std::swap(low, high);
            }
            const auto value = static_cast<unsigned char>(byte);
            found |= low <= value && value <= high;
            at += 2;
        } else {
            found |= pattern[at] == byte;
        }
        ++at;
    }
    if (at < pattern.size()) {
        ++at;  // the closing bracket; Redis forgives a missing one
    }
    return found != negated;
}

}  // namespace

bool globMatches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t afterStar = std::string_view::npos;
    std::size_t starText = 0;
    // Only the latest star is ever retried: an earlier one that matched less could not help, and
    // this keeps hostile patterns from taking exponential time.
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            afterStar = ++p;
            starText = t;
            continue;
        }
        if (p < pattern.size() && elementMatches(pattern, p, text[t])) {
            ++t;
            continue;
        }
        if (afterStar == std::string_view::npos) {
            return false;
        }
        p = afterStar;
        t = ++starText;
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

std::string globEscape(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        if (kSpecial.find(c) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

std::string globLiteralPrefix(std::string_view pattern) {
    std::string prefix;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            prefix += pattern[++i];
        } else if (kSpecial.find(pattern[i]) != std::string_view::npos && pattern[i] != '\\') {
            break;
        } else {  // a backslash at the very end stands for itself
            prefix += pattern[i];
        }
    }
    return prefix;
}

bool globIsLiteral(std::string_view pattern) noexcept {
    return pattern.find_first_of("*?[") == std::string_view::npos;
}

}  // namespace cachescope
