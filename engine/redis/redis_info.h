// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace cachescope {

/// The fields of an INFO reply of Redis, by name, without its section titles.
///
/// Lines that are no `name:value` are left out; of a name that comes twice, the last one counts. A
/// value type; any thread.
class RedisInfo {
public:
    /// Takes the text of one or several INFO replies, one behind the other.
    explicit RedisInfo(std::string_view text);

    /// The value, or an empty text for a field that the server does not give.
    const std::string& value(std::string_view name) const;
    /// The value as a number; 0 for a field that is absent or no whole number.
    std::uint64_t number(std::string_view name) const;

private:
    std::map<std::string, std::string, std::less<>> m_fields;
};

}  // namespace cachescope
