// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace cachescope::bench {

/// Nanoseconds a command, by the server's own tool with one client, `pipeline` commands in flight,
/// 2000 keys and values of 256 bytes; nothing without the tool. `command` is "get" or "set".
inline std::optional<double> redisBenchmark(const std::string& socket, const std::string& command,
                                            std::uint64_t operations, int pipeline = 1) {
    const std::string call = "redis-benchmark -s '" + socket + "' -c 1 -P " +
                             std::to_string(pipeline) + " -n " + std::to_string(operations) +
                             " -d 256 -r 2000 -t " + command + " --csv 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(call.c_str(), "r"), pclose);
    std::string output;
    std::array<char, 4096> part{};
    while (pipe && std::fgets(part.data(), part.size(), pipe.get()) != nullptr) {
        output += part.data();
    }
    // "test","rps",… and then "GET","54321.0",…
    double perSecond = 0;
    const std::size_t line = output.rfind("\n\"");
    if (line == std::string::npos ||
        std::sscanf(output.c_str() + line, "\n\"%*[^\"]\",\"%lf\"", &perSecond) != 1 ||
        perSecond <= 0) {
        return std::nullopt;
    }
    return 1e9 / perSecond;
}

/// The name of the tool's key number `i`, of 2000.
inline std::string redisBenchmarkKey(std::uint64_t i) {
    const std::string number = std::to_string(i);
    return "key:" + std::string(12 - number.size(), '0') + number;
}

}  // namespace cachescope::bench
