// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/csv_fields.h"

#include <algorithm>
#include <array>

namespace cachescope {

char CsvFields::delimiterOf(std::string_view line) noexcept {
    constexpr std::string_view kDelimiters = ",;\t";
    std::array<std::size_t, kDelimiters.size()> counts{};
    bool quoted = false;
    for (const char c : line) {
        quoted = quoted != (c == '"');
        const std::size_t which = quoted ? std::string_view::npos : kDelimiters.find(c);
        if (which != std::string_view::npos) {
            ++counts[which];
        }
    }
    return kDelimiters[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                                counts.begin())];
}

std::string_view CsvFields::trimmed(std::string_view field) const noexcept {
    const auto isSpace = [this](char c) { return c == ' ' || (c == '\t' && m_delimiter != '\t'); };
    while (!field.empty() && isSpace(field.back())) {
        field.remove_suffix(1);
    }
    while (!field.empty() && isSpace(field.front())) {
        field.remove_prefix(1);
    }
    return field;
}

// The place behind the closing quote; npos where there is none.
std::size_t CsvFields::unquote(std::string_view line, std::size_t at) {
    const std::size_t begin = m_unquoted.size();
    for (++at;; ++at) {
        const std::size_t quote = line.find('"', at);
        if (quote == std::string_view::npos) {
            return quote;
        }
        m_unquoted.append(line, at, quote - at);
        if (quote + 1 == line.size() || line[quote + 1] != '"') {
            m_fields.push_back(std::string_view{m_unquoted}.substr(begin));
            return quote + 1;
        }
        m_unquoted += '"';
        at = quote + 1;
    }
}

const char* CsvFields::split(std::string_view line, std::size_t wanted) {
    m_fields.clear();
    m_unquoted.clear();
    std::size_t at = 0;
    while (m_fields.size() < wanted) {
        if (at < line.size() && line[at] == '"') {
            m_unquoted.reserve(line.size());
            at = unquote(line, at);
            if (at == std::string_view::npos) {
                return "a quote is not closed";
            }
            if (at < line.size() && line[at] != m_delimiter) {
                return "there is text behind a closing quote";
            }
        } else {
            const std::size_t end = std::min(line.find(m_delimiter, at), line.size());
            m_fields.push_back(trimmed(line.substr(at, end - at)));
            at = end;
        }
        if (at >= line.size()) {
            break;
        }
        ++at;
    }
    return nullptr;
}

}  // namespace cachescope
