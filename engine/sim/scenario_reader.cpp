// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/scenario_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/duration_text.h"
#include "engine/core/json_fields.h"
#include "engine/sim/lane_json.h"
#include "engine/sim/scenario_names.h"
#include "engine/trace/trace_reader.h"

namespace cachescope::sim {

namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kMostKeys = 10'000'000;

const std::vector<std::string_view> kActions{"invalidate", "origin-outage", "backend-outage",
                                             "restart",    "set-ttl",       "set-rate"};

ArrivalSpec readArrivals(const Json& json, const std::string& place,
                         std::optional<Error>& failure) {
    JsonFields fields(json, place, failure);
    ArrivalSpec spec;
    spec.kind = static_cast<ArrivalKind>(fields.choice("kind", kArrivalNames, 0));
    spec.ratePerSecond = fields.number("rate_per_s", spec.ratePerSecond, 0, 1e7);
    fields.finish();
    return spec;
}

std::vector<NamespaceSpec> readNamespaces(const Json& json, const std::string& place,
                                          std::optional<Error>& failure) {
    std::vector<NamespaceSpec> result;
    for (std::size_t i = 0; i < json.size(); ++i) {
        JsonFields fields(json[i], place + '[' + std::to_string(i) + ']', failure);
        fields.require("name", "the text in front of the keys, such as \"product\"");
        NamespaceSpec spec;
        spec.name = fields.text("name", "");
        spec.share = fields.number("share", 1, 0.0001, 1e6);
        fields.finish();
        result.push_back(std::move(spec));
    }
    return result;
}

KeySpec readKeys(const Json& json, const std::string& place, std::optional<Error>& failure) {
    JsonFields fields(json, place, failure);
    KeySpec spec;
    spec.kind = static_cast<PopularityKind>(fields.choice("kind", kPopularityNames, 0));
    spec.count = fields.whole("count", spec.count, 1, kMostKeys);
    spec.exponent = fields.number("exponent", spec.exponent, 0, 5);
    spec.hotKeys = fields.number("hot_keys", spec.hotKeys, 0, 1);
    spec.hotTraffic = fields.number("hot_traffic", spec.hotTraffic, 0, 1);
    if (const Json* list = fields.array("namespaces")) {
        spec.namespaces = readNamespaces(*list, fields.placeOf("namespaces"), failure);
        if (spec.namespaces.empty()) {
            fields.fail(ErrorCode::outOfRange, fields.placeOf("namespaces"),
                        "at least one namespace, or no such field");
        }
    }
    fields.finish();
    return spec;
}

WorkloadSpec readWorkload(const Json& json, std::optional<Error>& failure) {
    JsonFields fields(json, "workload", failure);
    WorkloadSpec spec;
    if (const Json* arrivals = fields.object("arrivals")) {
        spec.arrivals = readArrivals(*arrivals, fields.placeOf("arrivals"), failure);
    }
    if (const Json* keys = fields.object("keys")) {
        spec.keys = readKeys(*keys, fields.placeOf("keys"), failure);
    }
    spec.updateInterval = fields.duration("update_interval", spec.updateInterval, 0s, kLongestSpan);
    spec.valueBytes =
        static_cast<std::uint32_t>(fields.whole("value_bytes", spec.valueBytes, 0, 64ULL << 20));
    spec.users = static_cast<std::uint32_t>(fields.whole("users", spec.users, 1, kMostUsers));
    if (const Json* trace = fields.object("trace")) {
        JsonFields inner(*trace, fields.placeOf("trace"), failure);
        inner.require("file", "the path of a trace");
        TraceSpec result;
        result.file = inner.text("file", "");
        result.loop = inner.boolean("loop", true);
        result.speed = inner.number("speed", 1, 1e-6, 1e6);
        result.sizes = inner.boolean("sizes", true);
        result.format = inner.text("format", "");
        if (!result.format.empty() && !traceFormatNamed(result.format) && !failure) {
            failure = Error{ErrorCode::unknownName, inner.placeOf("format"),
                            "auto, csv, keys, oraclegeneral or twr"};
        }
        result.columns = inner.text("columns", "");
        if (const auto columns = parseTraceColumns(result.columns);
            !result.columns.empty() && !columns && !failure) {
            failure = columns.error().about(inner.placeOf("columns"));
        }
        inner.finish();
        spec.trace = std::move(result);
    }
    fields.finish();
    return spec;
}

OriginSpec readOrigin(const Json& json, std::optional<Error>& failure) {
    JsonFields fields(json, "origin", failure);
    OriginSpec spec;
    if (const Json* latency = fields.object("latency")) {
        JsonFields inner(*latency, fields.placeOf("latency"), failure);
        LatencySpec& result = spec.latency;
        result.kind = static_cast<LatencyKind>(inner.choice("kind", kLatencyNames, 1));
        result.median = inner.duration("median", result.median, 0s, 1h);
        result.sigma = inner.number("sigma", result.sigma, 0, 3);
        result.slow = inner.duration("slow", result.slow, 0s, 1h);
        result.slowShare = inner.number("slow_share", result.slowShare, 0, 1);
        inner.finish();
    }
    spec.concurrency =
        static_cast<std::uint32_t>(fields.whole("concurrency", spec.concurrency, 0, 1'000'000));
    spec.failureRatio = fields.number("failure_ratio", spec.failureRatio, 0, 1);
    spec.absentRatio = fields.number("absent_ratio", spec.absentRatio, 0, 1);
    spec.ownTtlRatio = fields.number("own_ttl_ratio", spec.ownTtlRatio, 0, 1);
    spec.ownTtl = fields.duration("own_ttl", spec.ownTtl, 0s, kLongestSpan);
    spec.unstoredRatio = fields.number("unstored_ratio", spec.unstoredRatio, 0, 1);
    spec.personalRatio = fields.number("personal_ratio", spec.personalRatio, 0, 1);
    fields.finish();
    return spec;
}

std::optional<LaneId> readLaneName(JsonFields& fields, const std::vector<LaneSpec>& lanes) {
    if (!fields.has("lane")) {
        (void)fields.text("lane", "");
        return std::nullopt;
    }
    const std::string name = fields.text("lane", "");
    std::string known;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (lanes[i].name == name) {
            return static_cast<LaneId>(i + 1);
        }
        known += (i == 0 ? "\"" : ", \"") + lanes[i].name + '"';
    }
    fields.fail(ErrorCode::unknownName, fields.placeOf("lane"), "one of " + known);
    return std::nullopt;
}

// What is invalidated is named in one way at most.
Action readInvalidation(JsonFields& fields, const std::optional<LaneId>& lane) {
    const std::string key = fields.text("key", "");
    const std::string pattern = fields.text("pattern", "");
    const std::string tag = fields.text("tag", "");
    const std::string space = fields.text("space", "");
    const bool byMark = fields.boolean("by_mark", false);
    std::string first;
    for (const char* name : {"key", "pattern", "tag", "space", "by_mark"}) {
        if (!fields.has(name)) {
            continue;
        }
        if (!first.empty()) {
            fields.fail(ErrorCode::outOfRange, fields.placeOf(name),
                        "\"" + first + "\" or \"" + name + "\", not both");
        }
        first = name;
    }
    for (const auto& [name, text] : {std::pair{"tag", &tag}, std::pair{"space", &space}}) {
        if (first == name && text->empty()) {
            fields.fail(ErrorCode::outOfRange, fields.placeOf(name), "a text that is not empty");
        }
    }
    if (first == "key") {
        return InvalidateKey{lane, key};
    }
    if (first == "pattern") {
        return InvalidateMatching{lane, pattern};
    }
    if (first == "tag") {
        return InvalidateTag{lane, tag};
    }
    if (first == "space") {
        return InvalidateSpace{lane, space};
    }
    return byMark ? Action{InvalidateAllByMark{lane}} : Action{InvalidateAll{lane}};
}

TimedAction readAction(const Json& json, const std::string& place,
                       const std::vector<LaneSpec>& lanes, std::optional<Error>& failure) {
    JsonFields fields(json, place, failure);
    TimedAction timed;
    fields.require("at", "when it happens, such as \"30s\"");
    fields.require("action", "what happens, such as \"invalidate\"");
    timed.at = fields.duration("at", 0s, 0s, kLongestSpan);
    const std::size_t kind = fields.choice("action", kActions, 0);
    const bool aboutLane = kind != 1 && kind != 5;
    const auto lane = aboutLane ? readLaneName(fields, lanes) : std::nullopt;
    switch (kind) {
        case 0:
            timed.action = readInvalidation(fields, lane);
            break;
        case 1:
            timed.action = OriginOutage{fields.boolean("down", true)};
            break;
        case 2:
            timed.action =
                BackendOutage{lane, fields.boolean("down", true), fields.boolean("hangs", false)};
            break;
        case 3:
            timed.action = RestartLane{lane};
            break;
        case 4:
            fields.require("ttl", "the new TTL, such as \"30s\"");
            timed.action = SetTtl{lane, fields.optionalDuration("ttl", 0s, 0s, kLongestSpan)};
            break;
        default:
            fields.require("rate_per_s", "requests a second");
            timed.action = SetRate{fields.number("rate_per_s", 0, 0, 1e7)};
    }
    fields.finish();
    return timed;
}

void readLanes(const Json& list, Scenario& scenario, std::optional<Error>& failure) {
    if (list.empty() || list.size() > kMaxLanes) {
        failure = Error{
            ErrorCode::outOfRange, "lanes",
            "1 to " + std::to_string(kMaxLanes) + " lanes, not " + std::to_string(list.size())};
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = "lanes[" + std::to_string(i) + ']';
        LaneSpec lane = readLane(list[i], place, failure);
        const bool taken = std::any_of(scenario.lanes.begin(), scenario.lanes.end(),
                                       [&](const LaneSpec& l) { return l.name == lane.name; });
        if (taken && !failure) {
            failure = Error{ErrorCode::outOfRange, place + ".name", "a name no other lane has"};
        }
        scenario.lanes.push_back(std::move(lane));
    }
}

Scenario readScenario(const Json& json, std::optional<Error>& failure) {
    JsonFields fields(json, "", failure);
    Scenario scenario;
    (void)fields.whole("format", 1, 1, 1);
    scenario.name = fields.text("name", scenario.name);
    scenario.description = fields.text("description", "");
    scenario.seed = fields.whole("seed", scenario.seed, 0, ~std::uint64_t{0});
    scenario.duration = fields.duration("duration", scenario.duration, 1ms, kLongestSpan);
    scenario.timing = static_cast<Timing>(fields.choice("timing", kTimingNames, 0));
    if (const Json* workload = fields.object("workload")) {
        scenario.workload = readWorkload(*workload, failure);
    }
    if (const Json* origin = fields.object("origin")) {
        scenario.origin = readOrigin(*origin, failure);
    }
    fields.require("lanes", "a list of lanes");
    if (const Json* lanes = fields.array("lanes")) {
        readLanes(*lanes, scenario, failure);
    }
    if (const Json* actions = fields.array("events")) {
        for (std::size_t i = 0; i < actions->size(); ++i) {
            scenario.actions.push_back(readAction(
                (*actions)[i], "events[" + std::to_string(i) + ']', scenario.lanes, failure));
        }
    }
    fields.finish();
    std::stable_sort(scenario.actions.begin(), scenario.actions.end(),
                     [](const TimedAction& a, const TimedAction& b) { return a.at < b.at; });
    return scenario;
}

std::string lineAndColumn(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto lastBreak = before.rfind('\n');
    const auto column = before.size() - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1);
    return "line " + std::to_string(line) + ", column " +
           std::to_string(std::max<std::size_t>(column, 1));
}

}  // namespace

Result<Scenario> scenarioFromJson(std::string_view text, const std::string& origin) {
    Json json;
    try {
        json = Json::parse(text.begin(), text.end(), nullptr, true, /*ignore_comments=*/true);
    } catch (const Json::parse_error& failure) {
        return Error{ErrorCode::syntax, origin + ": " + lineAndColumn(text, failure.byte),
                     "JSON; a comma, quote or bracket may be missing or too many just before"};
    } catch (const Json::exception&) {
        return Error{ErrorCode::outOfRange, origin + ": the document",
                     "numbers from -1.8e308 to 1.8e308"};
    }
    std::optional<Error> failure;
    Scenario scenario;
    try {
        scenario = readScenario(json, failure);
    } catch (const Json::exception& thrown) {
        failure = Error{ErrorCode::wrongType, "the document", thrown.what()};
    }
    if (failure) {
        return failure->about(origin + ": " + failure->subject());
    }
    return scenario;
}

}  // namespace cachescope::sim
