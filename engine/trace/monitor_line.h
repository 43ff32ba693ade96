// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope {

/// One command as Redis tells it to whoever asked for MONITOR:
/// `1700000000.123456 [0 127.0.0.1:40000] "SET" "key" "value"`.
///
/// Words are the bytes that the client sent; of one longer than kLongestWord only its beginning is
/// kept, and `sizes` has the length of each. A value type, to be parsed into again and again.
struct MonitorLine {
    static constexpr std::size_t kLongestWord = std::size_t{68} << 10;

    Duration time{};  ///< since 1970, by the server's clock
    int database = 0;
    std::string client;              ///< "127.0.0.1:40000", "[::1]:40000", "unix:/path", "lua"
    std::vector<std::string> words;  ///< at least one
    std::vector<std::uint64_t> sizes;

    /// Whether a script of the server ran it.
    bool isScript() const noexcept { return client == "lua"; }
};

/// False for anything but such a line, with or without the plus sign of the protocol before it and
/// the end of the line behind it; `line` has no meaning then. Pure; any thread.
bool parseMonitorLine(std::string_view text, MonitorLine& line);

}  // namespace cachescope
