// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cachescope {

/// Cuts a line of CSV into fields.
///
/// A field in double quotes may hold the delimiter and doubled quotes, but no line feed; of others
/// the spaces around them are left out. One thread.
class CsvFields {
public:
    explicit CsvFields(char delimiter) : m_delimiter(delimiter) {}

    /// Null, or what is wrong. Fields after the first `wanted` are not looked at.
    const char* split(std::string_view line, std::size_t wanted);

    /// Empty where the line has fewer fields. Valid until the next split(), and while the line is.
    std::string_view operator[](std::size_t column) const noexcept {
        return column < m_fields.size() ? m_fields[column] : std::string_view{};
    }
    std::size_t size() const noexcept { return m_fields.size(); }

    /// The delimiter that a first line most likely has: a comma, a semicolon or a tab; a comma
    /// where there is none of them.
    static char delimiterOf(std::string_view line) noexcept;

private:
    std::string_view trimmed(std::string_view field) const noexcept;
    std::size_t unquote(std::string_view line, std::size_t at);

    char m_delimiter;
    std::vector<std::string_view> m_fields;
    std::string m_unquoted;  // as long as the line, so that it does not move
};

}  // namespace cachescope
