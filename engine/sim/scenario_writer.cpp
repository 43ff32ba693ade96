// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "engine/core/duration_text.h"
#include "engine/sim/lane_json.h"
#include "engine/sim/scenario_json.h"
#include "engine/sim/scenario_names.h"

namespace cachescope::sim {

namespace {

using OrderedJson = nlohmann::ordered_json;

// Null for what is done by hand only and has no place in a timetable.
OrderedJson actionToJson(const TimedAction& timed, const std::vector<LaneSpec>& lanes) {
    OrderedJson json;
    json["at"] = formatDuration(timed.at);
    const auto begin = [&](const char* action, const std::optional<LaneId>& lane) {
        json["action"] = action;
        if (lane && *lane >= 1 && *lane <= lanes.size()) {
            json["lane"] = lanes[*lane - 1].name;
        }
    };
    if (const auto* a = std::get_if<InvalidateKey>(&timed.action)) {
        begin("invalidate", a->lane);
        json["key"] = a->key;
    } else if (const auto* m = std::get_if<InvalidateMatching>(&timed.action)) {
        begin("invalidate", m->lane);
        json["pattern"] = m->pattern;
    } else if (const auto* all = std::get_if<InvalidateAll>(&timed.action)) {
        begin("invalidate", all->lane);
    } else if (const auto* tag = std::get_if<InvalidateTag>(&timed.action)) {
        begin("invalidate", tag->lane);
        json["tag"] = tag->tag;
    } else if (const auto* space = std::get_if<InvalidateSpace>(&timed.action)) {
        begin("invalidate", space->lane);
        json["space"] = space->space;
    } else if (const auto* marked = std::get_if<InvalidateAllByMark>(&timed.action)) {
        begin("invalidate", marked->lane);
        json["by_mark"] = true;
    } else if (const auto* origin = std::get_if<OriginOutage>(&timed.action)) {
        begin("origin-outage", std::nullopt);
        json["down"] = origin->down;
    } else if (const auto* backend = std::get_if<BackendOutage>(&timed.action)) {
        begin("backend-outage", backend->lane);
        json["down"] = backend->down;
        if (backend->hangs) {
            json["hangs"] = true;
        }
    } else if (const auto* restart = std::get_if<RestartLane>(&timed.action)) {
        begin("restart", restart->lane);
    } else if (const auto* ttl = std::get_if<SetTtl>(&timed.action)) {
        begin("set-ttl", ttl->lane);
        json["ttl"] = ttlText(ttl->ttl);
    } else if (const auto* rate = std::get_if<SetRate>(&timed.action)) {
        begin("set-rate", std::nullopt);
        json["rate_per_s"] = rate->ratePerSecond;
    } else {
        return {};
    }
    return json;
}

OrderedJson workloadToJson(const WorkloadSpec& spec) {
    OrderedJson json;
    json["arrivals"] = {{"kind", kArrivalNames[static_cast<std::size_t>(spec.arrivals.kind)]},
                        {"rate_per_s", spec.arrivals.ratePerSecond}};
    OrderedJson keys = {{"kind", kPopularityNames[static_cast<std::size_t>(spec.keys.kind)]},
                        {"count", spec.keys.count},
                        {"exponent", spec.keys.exponent},
                        {"hot_keys", spec.keys.hotKeys},
                        {"hot_traffic", spec.keys.hotTraffic}};
    for (const NamespaceSpec& part : spec.keys.namespaces) {
        keys["namespaces"].push_back(OrderedJson{{"name", part.name}, {"share", part.share}});
    }
    json["keys"] = std::move(keys);
    json["update_interval"] = formatDuration(spec.updateInterval);
    json["value_bytes"] = spec.valueBytes;
    if (spec.users != WorkloadSpec{}.users) {
        json["users"] = spec.users;
    }
    if (spec.trace) {
        json["trace"] = {{"file", spec.trace->file},
                         {"loop", spec.trace->loop},
                         {"speed", spec.trace->speed},
                         {"sizes", spec.trace->sizes}};
        if (!spec.trace->format.empty()) {
            json["trace"]["format"] = spec.trace->format;
        }
        if (!spec.trace->columns.empty()) {
            json["trace"]["columns"] = spec.trace->columns;
        }
    }
    return json;
}

OrderedJson originToJson(const OriginSpec& spec) {
    OrderedJson json;
    json["latency"] = {{"kind", kLatencyNames[static_cast<std::size_t>(spec.latency.kind)]},
                       {"median", formatDuration(spec.latency.median)},
                       {"sigma", spec.latency.sigma},
                       {"slow", formatDuration(spec.latency.slow)},
                       {"slow_share", spec.latency.slowShare}};
    json["concurrency"] = spec.concurrency;
    json["failure_ratio"] = spec.failureRatio;
    if (spec.absentRatio != 0) {
        json["absent_ratio"] = spec.absentRatio;
    }
    if (spec.ownTtlRatio != 0) {
        json["own_ttl_ratio"] = spec.ownTtlRatio;
        json["own_ttl"] = formatDuration(spec.ownTtl);
    }
    if (spec.unstoredRatio != 0) {
        json["unstored_ratio"] = spec.unstoredRatio;
    }
    if (spec.personalRatio != OriginSpec{}.personalRatio) {
        json["personal_ratio"] = spec.personalRatio;
    }
    return json;
}

}  // namespace

std::string scenarioToJson(const Scenario& scenario) {
    OrderedJson json;
    json["format"] = 1;
    json["name"] = scenario.name;
    json["description"] = scenario.description;
    json["seed"] = scenario.seed;
    json["duration"] = formatDuration(scenario.duration);
    json["timing"] = kTimingNames[static_cast<std::size_t>(scenario.timing)];
    json["workload"] = workloadToJson(scenario.workload);
    json["origin"] = originToJson(scenario.origin);
    json["lanes"] = OrderedJson::array();
    for (const LaneSpec& lane : scenario.lanes) {
        json["lanes"].push_back(writeLane(lane));
    }
    json["events"] = OrderedJson::array();
    for (const TimedAction& timed : scenario.actions) {
        if (OrderedJson action = actionToJson(timed, scenario.lanes); !action.is_null()) {
            json["events"].push_back(std::move(action));
        }
    }
    // Names may hold any bytes; what is no UTF-8 is replaced rather than thrown at.
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
}

}  // namespace cachescope::sim
