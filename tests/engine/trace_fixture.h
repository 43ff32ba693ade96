// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/trace_reader.h"

namespace cachescope::test {

/// What tests of trace readers share: reading from memory, and records put together byte by byte.
inline Result<TraceReading> readBytes(std::string_view bytes, const std::string& name = "trace",
                                      const TraceReadOptions& options = {}) {
    return readTrace(readMemory(bytes), name, options);
}

inline TraceReadOptions inFormat(TraceFormat format) {
    TraceReadOptions options;
    options.format = format;
    return options;
}

inline TraceReadOptions withColumns(std::string_view columns) {
    TraceReadOptions options;
    options.columns = parseTraceColumns(columns).value();
    return options;
}

inline std::string little(std::uint64_t number, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
        text += static_cast<char>(number >> (8 * i) & 0xff);
    }
    return text;
}

inline std::string oracleRecord(std::uint32_t time, std::uint64_t key, std::uint32_t size,
                                std::int64_t next = -1) {
    return little(time, 4) + little(key, 8) + little(size, 4) +
           little(static_cast<std::uint64_t>(next), 8);
}

inline std::string twrRecord(std::uint32_t time, std::uint64_t key, std::uint32_t keySize,
                             std::uint32_t valueSize, std::uint32_t operation, std::uint32_t ttl) {
    return little(time, 4) + little(key, 8) + little(keySize << 22 | valueSize, 4) +
           little(operation << 24 | ttl, 4);
}

inline std::vector<std::string> namesIn(const Trace& trace) {
    std::vector<std::string> names;
    for (std::size_t key = 0; key < trace.names.size(); ++key) {
        names.push_back(trace.names.name(static_cast<std::uint32_t>(key)));
    }
    return names;
}

/// Recordings that are too large, or not ours, to be part of the sources.
inline std::filesystem::path sharedTrace(std::string_view name) {
    return std::filesystem::path{CACHESCOPE_SOURCE_DIR} / "../shared/traces" / name;
}

}  // namespace cachescope::test
