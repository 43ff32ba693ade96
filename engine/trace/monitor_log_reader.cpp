// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What MONITOR of Redis has printed, a command a line, as redis-cli writes it and memtier reads it.

#include <algorithm>
#include <limits>

#include "engine/trace/line_reader.h"
#include "engine/trace/monitor_requests.h"
#include "engine/trace/record_reader.h"

namespace cachescope {

namespace {

class MonitorLogReader final : public RecordReader {
public:
    explicit MonitorLogReader(InputBuffer& input) : m_lines(input) {}

    bool read(TraceBuilder& builder) override {
        const auto take = [&](const MonitorRequests::Request& request) { add(request, builder); };
        std::string_view line;
        for (std::size_t i = 0; i < kRequestsAtATime; ++i) {
            if (!m_lines.next(line)) {
                m_requests.finish(take);
                return false;
            }
            if (m_lines.tooLong()) {
                builder.skip(m_lines.number(), "the line is longer than a mebibyte");
            } else if (parseMonitorLine(line, m_line)) {
                m_requests.add(m_line, take);
            } else if (line.find_first_not_of(" \t\r") != std::string_view::npos && line != "OK" &&
                       line != "+OK") {
                builder.skip(m_lines.number(), "this is no line of MONITOR");
            }
        }
        return true;
    }

private:
    void add(const MonitorRequests::Request& request, TraceBuilder& builder) {
        const std::string key = monitorKeyText(request.key);
        if (key.empty() || key.size() > KeyTable::kLongestName) {
            builder.skip(m_lines.number(),
                         key.empty() ? "the key is empty" : "the key is longer than 65535 bytes");
            return;
        }
        builder.add(key, {request.time.count(),
                          static_cast<std::uint32_t>(std::min<std::uint64_t>(
                              request.size, std::numeric_limits<std::uint32_t>::max())),
                          request.operation, request.ttl});
    }

    LineReader m_lines;
    MonitorLine m_line;
    MonitorRequests m_requests;
};

}  // namespace

std::unique_ptr<RecordReader> monitorLogReader(InputBuffer& input) {
    return std::make_unique<MonitorLogReader>(input);
}

}  // namespace cachescope
