// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_info.h"

#include <charconv>

namespace cachescope {

RedisInfo::RedisInfo(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || line.front() == '#') {
            continue;
        }
        m_fields.insert_or_assign(std::string{line.substr(0, colon)},
                                  std::string{line.substr(colon + 1)});
    }
}

const std::string& RedisInfo::value(std::string_view name) const {
    static const std::string none;
    const auto found = m_fields.find(name);
    return found == m_fields.end() ? none : found->second;
}

std::uint64_t RedisInfo::number(std::string_view name) const {
    const std::string& text = value(name);
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace cachescope
