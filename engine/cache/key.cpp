// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/key.h"

#include <charconv>
#include <cmath>

namespace cachescope {

void KeyWriter::integer(std::int64_t value) {
    m_text += std::to_string(value);
}

void KeyWriter::natural(std::uint64_t value) {
    m_text += std::to_string(value);
}

void KeyWriter::number(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    const std::string_view digits{buffer, static_cast<std::size_t>(end - buffer)};
    m_text += digits;
    // 1.0 must not read as the integer 1.
    if (std::isfinite(value) && digits.find_first_of(".e") == std::string_view::npos) {
        m_text += ".0";
    }
}

void KeyWriter::text(std::string_view value, char quote) {
    static constexpr char kDigits[] = "0123456789abcdef";
    m_text += quote;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == quote || c == '\\') {
            m_text += '\\';
            m_text += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            m_text += "\\x";
            m_text += kDigits[byte >> 4];
            m_text += kDigits[byte & 15];
        } else {
            m_text += c;
        }
    }
    m_text += quote;
}

}  // namespace cachescope
