// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>

#include "engine/inspect/value_parsing.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kABytes = 16;
constexpr std::string_view kDigits = "0123456789abcdef";

void appendHex(std::string& text, std::uint64_t number, unsigned digits) {
    for (unsigned i = digits; i-- > 0;) {
        text += kDigits[(number >> (4 * i)) & 0xfU];
    }
}

}  // namespace

std::string hexDump(std::string_view bytes, std::size_t most, bool& isCut) {
    // Offset, two spaces, three a byte and one in the middle, a space, the characters, the end.
    constexpr std::size_t kLine = 8 + 2 + 3 * kABytes + 1 + 1 + kABytes + 1;
    const std::size_t lines = (bytes.size() + kABytes - 1) / kABytes;
    const std::size_t shown = std::min(lines, most / kLine);
    isCut = shown < lines;
    std::string text;
    text.reserve(shown * kLine);
    for (std::size_t line = 0; line < shown; ++line) {
        const std::string_view row = bytes.substr(line * kABytes, kABytes);
        appendHex(text, line * kABytes, 8);
        text += ' ';
        for (std::size_t i = 0; i < kABytes; ++i) {
            text += i == kABytes / 2 ? "  " : " ";
            if (i < row.size()) {
                appendHex(text, static_cast<unsigned char>(row[i]), 2);
            } else {
                text += "  ";
            }
        }
        text += "  ";
        for (const char byte : row) {
            text += byte >= ' ' && byte <= '~' ? byte : '.';
        }
        text += '\n';
    }
    return text;
}

std::string numberText(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

}  // namespace cachescope::inspect
