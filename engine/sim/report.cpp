// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/backend/backend_url.h"

namespace cachescope::sim {

namespace {

using Json = nlohmann::ordered_json;

double milliseconds(Duration span) {
    return static_cast<double>(span.count()) / 1e6;
}

Json laneToJson(const LaneState& lane) {
    const StatsSnapshot& stats = lane.totals.stats;
    const HistogramSnapshot& latency = lane.totals.latency;
    Json json;
    json["name"] = lane.spec.name;
    json["backend"] = hidePassword(lane.spec.backend);
    json["requests"] = stats.requests();
    json["hits"] = stats.hits;
    json["stale_hits"] = stats.staleHits;
    json["leaks"] = lane.totals.leaks;
    json["misses"] = stats.misses;
    json["coalesced"] = stats.coalesced;
    json["loads"] = stats.loads;
    json["load_failures"] = stats.loadFailures;
    json["expirations"] = stats.expirations;
    json["evictions"] = stats.evictions;
    json["invalidations"] = stats.invalidations;
    json["errors"] = stats.errors;
    json["expired_hits"] = stats.expiredHits;
    json["fallbacks"] = stats.fallbacks;
    json["negative_hits"] = stats.negativeHits;
    json["refreshes"] = stats.refreshes;
    json["timeouts"] = stats.timeouts;
    json["lower_hits"] = stats.lowerHits;
    json["hit_ratio"] = stats.hitRatio();
    json["origin_calls"] = lane.totals.originCalls;
    json["latency_ms"] = {{"mean", milliseconds(latency.mean())},
                          {"p50", milliseconds(latency.percentile(0.50))},
                          {"p95", milliseconds(latency.percentile(0.95))},
                          {"p99", milliseconds(latency.percentile(0.99))},
                          {"max", milliseconds(latency.max())}};
    return json;
}

// Locale-free, and empty where there is no value.
void appendNumber(std::string& line, double value) {
    line += ',';
    if (std::isfinite(value)) {
        line += Json(value).dump();
    }
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        result += c;
        if (c == '"') {
            result += c;
        }
    }
    return result + '"';
}

}  // namespace

std::string reportToJson(const Report& report, int indent) {
    Json json;
    json["scenario"] = report.scenario;
    json["seed"] = report.seed;
    json["duration_s"] = static_cast<double>(report.duration.count()) / 1e9;
    json["requests"] = report.requests;
    json["lanes"] = Json::array();
    for (const LaneState& lane : report.lanes) {
        json["lanes"].push_back(laneToJson(lane));
    }
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string sampleCsvHeader() {
    return "time_s,lane,p50_s,p95_s,p99_s,hit_ratio,stale_ratio,origin_calls_per_s,"
           "failures_per_s,expirations_per_s,expired_ratio,fallback_ratio,negative_ratio,"
           "refreshes_per_s,timeouts_per_s,leaked_ratio\n";
}

std::string sampleCsvLines(const Sample& sample, const std::vector<LaneState>& lanes) {
    std::string text;
    for (const LaneSample& lane : sample.lanes) {
        const auto found = std::find_if(lanes.begin(), lanes.end(),
                                        [&](const LaneState& l) { return l.id == lane.lane; });
        text += Json(static_cast<double>(sample.time.time_since_epoch().count()) / 1e9).dump();
        text += ',' + (found == lanes.end() ? std::to_string(lane.lane) : quoted(found->spec.name));
        for (const double value :
             {lane.p50, lane.p95, lane.p99, lane.hitRatio, lane.staleRatio, lane.originCalls,
              lane.failures, lane.expirations, lane.expiredRatio, lane.fallbackRatio,
              lane.negativeRatio, lane.refreshes, lane.timeouts, lane.leakedRatio}) {
            appendNumber(text, value);
        }
        text += '\n';
    }
    return text;
}

}  // namespace cachescope::sim
