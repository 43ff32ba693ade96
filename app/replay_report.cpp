// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/table_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

void ReplayReport::print(std::ostream& out) const {
    const Trace& trace = reading.trace;
    out << text(ui::printableText(file)) << ", " << traceFormatName(reading.format) << ", "
        << count(trace.size()) << " requests for " << count(trace.names.size()) << " keys";
    if (!trace.times.empty()) {
        out << " in " << text(ui::formatLatency(seconds(trace.span())));
    }
    out << (ownTtls ? ", with TTLs\n\n" : "\n\n");

    std::size_t width = 6;
    for (const ReplayTask& task : done) {
        width = std::max(width, task.policy->title.size());
    }
    out << cell("policy", width, true) << cell("capacity", 13) << cell("TTL", 11)
        << cell("misses", 13) << cell("miss ratio", 10) << cell("expired", 11)
        << cell("evicted", 13) << cell("requests/s", 12) << '\n';
    for (const ReplayTask& task : done) {
        out << cell(task.policy->title, width, true)
            << cell(inBytes ? text(ui::formatBytes(static_cast<double>(task.capacity)))
                            : count(task.capacity),
                    13)
            << cell(task.ttl  ? text(ui::formatSpan(seconds(*task.ttl)))
                    : ownTtls ? "recorded"
                              : "-",
                    11)
            << cell(count(task.counts.misses), 13) << cell(percent(task.counts.missRatio()), 10)
            << cell(count(task.counts.expirations), 11) << cell(count(task.counts.evictions), 13)
            << cell(text(ui::formatCompact(task.requestsPerSecond)), 12) << '\n';
    }
}

std::string ReplayReport::toJson() const {
    Json json;
    json["trace"] = file;
    json["requests"] = reading.trace.size();
    json["keys"] = reading.trace.names.size();
    json["format"] = traceFormatName(reading.format);
    json["unit"] = inBytes ? "bytes" : "objects";
    json["recorded_ttls"] = ownTtls;
    json["skipped"] = reading.skipped;
    json["backwards"] = reading.backwards;
    json["note"] = reading.note();
    json["results"] = Json::array();
    for (const ReplayTask& task : done) {
        json["results"].push_back({{"policy", task.policy->name},
                                   {"capacity", task.capacity},
                                   {"ttl_s", task.ttl ? Json(seconds(*task.ttl)) : Json(nullptr)},
                                   {"misses", task.counts.misses},
                                   {"miss_ratio", task.counts.missRatio()},
                                   {"expirations", task.counts.expirations},
                                   {"evictions", task.counts.evictions},
                                   {"requests_per_s", task.requestsPerSecond}});
    }
    // A path need not be UTF-8, and neither need what a broken file says.
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cachescope::app
