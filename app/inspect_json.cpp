// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/inspect_report.h"
#include "app/table_text.h"
#include "ui/model/key_text.h"

namespace cachescope::app {

namespace {

using Json = nlohmann::ordered_json;
using namespace inspect;

// A name as it is where JSON can hold that, and escaped otherwise.
Json nameJson(const std::string& name) {
    Json json = name;
    try {
        (void)json.dump();
    } catch (const Json::exception&) {
        json = ui::keyText(name).toStdString();
    }
    return json;
}

std::uint64_t whole(double number) {
    return static_cast<std::uint64_t>(std::llround(std::max(number, 0.0)));
}

Json shareJson(const Share& share) {
    return {{"value", share.value}, {"low", share.low}, {"high", share.high}};
}

Json serverJson(const InspectFindings& findings) {
    const ServerFacts& facts = findings.nodes.front().facts;
    Json json;
    json["product"] = facts.product;
    json["version"] = facts.version;
    json["role"] = facts.role;
    json["policy"] = facts.maxmemoryPolicy;
    std::uint64_t used = 0;
    std::uint64_t most = 0;
    for (const auto& node : findings.nodes) {
        used += node.facts.usedMemory;
        most += node.facts.maxmemory;
    }
    json["used_memory"] = used;
    json["maxmemory"] = most;
    json["uptime_s"] = facts.uptimeSeconds;
    json["nodes"] = Json::array();
    for (const auto& node : findings.nodes) {
        json["nodes"].push_back(
            {{"address", node.address},
             {"keys", findings.walked ? node.keys : node.facts.keys.value_or(0)},
             {"version", node.facts.version},
             {"used_memory", node.facts.usedMemory}});
    }
    return json;
}

Json namespacesJson(const KeyFigures& figures, double scale) {
    Json json = Json::array();
    for (const KeyGroup& group : figures.namespaces) {
        json.push_back({{"name", nameJson(group.name)},
                        {"keys", whole(group.allKeys)},
                        {"bytes", whole(group.allBytes)},
                        {"no_ttl", whole(static_cast<double>(group.noTtl) * scale)},
                        {"share", shareJson(group.share)}});
    }
    return json;
}

Json histogramJson(const KeyFigures& figures, double scale) {
    Json json = Json::array();
    for (const FigureBucket& bucket : figures.ttls) {
        const bool open = bucket.to == std::numeric_limits<std::uint64_t>::max();
        json.push_back({{"from_s", bucket.from},
                        {"to_s", open ? Json(nullptr) : Json(bucket.to)},
                        {"keys", whole(static_cast<double>(bucket.keys) * scale)},
                        {"bytes", whole(static_cast<double>(bucket.bytes) * scale)}});
    }
    return json;
}

// Seconds from now on, which for the bucket that has begun is 0.
double ahead(std::int64_t moment, std::int64_t now) {
    return std::max(static_cast<double>(moment - now) / 1000.0, 0.0);
}

Json forecastJson(const InspectFindings& findings) {
    const ForecastWindow& window = findings.forecast;
    const auto step = std::chrono::duration_cast<std::chrono::milliseconds>(window.bucket).count();
    Json json = Json::array();
    for (std::size_t i = 0; i < window.buckets.size(); ++i) {
        const std::int64_t from = window.from + static_cast<std::int64_t>(i) * step;
        json.push_back({{"at_s", ahead(from, findings.now)},
                        {"keys", whole(window.buckets[i].keys)},
                        {"bytes", whole(window.buckets[i].bytes)}});
    }
    return json;
}

Json stormsJson(const InspectFindings& findings) {
    Json json = Json::array();
    for (const ExpiryStorm& storm : findings.forecast.storms) {
        json.push_back({{"at_s", ahead(storm.from, findings.now)},
                        {"keys", whole(storm.due.keys)},
                        {"bytes", whole(storm.due.bytes)},
                        {"usual_keys", whole(storm.usual)},
                        {"namespace", nameJson(storm.space)},
                        {"namespace_keys", whole(storm.ofSpace.keys)},
                        {"keys_with_10_percent_jitter", whole(storm.calmed)}});
    }
    return json;
}

Json lintJson(const InspectFindings& findings, double scale) {
    constexpr const char* kKinds[] = {"mixed", "never_evicted", "rounded"};
    Json json = Json::array();
    for (const TtlFinding& each : findings.lint) {
        Json finding{{"kind", kKinds[static_cast<std::size_t>(each.kind)]},
                     {"namespace", nameJson(each.space)},
                     {"keys", whole(static_cast<double>(each.keys) * scale)},
                     {"of", whole(static_cast<double>(each.of) * scale)},
                     {"bytes", whole(static_cast<double>(each.bytes) * scale)}};
        if (each.kind == TtlFinding::Kind::rounded) {
            finding["step_s"] = seconds(each.step);
        }
        json.push_back(std::move(finding));
    }
    return json;
}

Json bigKeysJson(const InspectFindings& findings) {
    Json json = Json::array();
    for (const BigKey& key : findings.figures.bigKeys) {
        const bool ends = key.expiry != kNoExpiry && key.expiry != kExpiryUnknown;
        json.push_back({{"name", nameJson(key.name)},
                        {"type", key.type},
                        {"bytes", key.bytes},
                        {"ttl_s", ends ? Json(ahead(key.expiry, findings.now)) : Json(nullptr)}});
    }
    return json;
}

}  // namespace

std::string InspectReport::toJson() const {
    const KeyFigures& figures = findings.figures;
    const double scale =
        figures.sampled > 0 && figures.databaseKeys > 0
            ? static_cast<double>(figures.databaseKeys) / static_cast<double>(figures.sampled)
            : 1.0;
    Json json;
    json["target"] = target;
    json["server"] = serverJson(findings);
    json["keys"] = figures.databaseKeys;
    json["sampled"] = figures.sampled;
    json["exact"] = figures.exact;
    json["complete"] = findings.complete;
    json["bytes"] = figures.knowsSize ? Json(whole(figures.allBytes)) : Json(nullptr);
    json["types"] = Json::object();
    for (const KeyGroup& type : figures.types) {
        json["types"][type.name.empty() ? "unknown" : type.name] = whole(type.allKeys);
    }
    json["no_ttl"] = figures.knowsTtl ? Json(whole(static_cast<double>(figures.noTtlKeys) * scale))
                                      : Json(nullptr);
    json["no_ttl_share"] = figures.knowsTtl ? shareJson(figures.noTtl) : Json(nullptr);
    json["namespaces"] = namespacesJson(figures, scale);
    json["more_namespaces"] = figures.moreNamespaces;
    json["ttl_histogram"] = histogramJson(figures, scale);
    json["forecast"] = forecastJson(findings);
    json["storms"] = stormsJson(findings);
    json["ttl_lint"] = lintJson(findings, scale);
    json["dead_but_resident"] = whole(findings.deadButResident);
    json["big_keys"] = bigKeysJson(findings);
    json["hit_ratio"] = findings.hitRatio ? Json(*findings.hitRatio) : Json(nullptr);
    json["took_s"] = seconds(findings.took);
    json["own"] = {{"commands", findings.commands},
                   {"hits_added", findings.lookUps.hits},
                   {"misses_added", findings.lookUps.misses},
                   {"bytes_sent", findings.bytesSent},
                   {"bytes_received", findings.bytesReceived},
                   {"server_ms", findings.serverTime ? Json(seconds(*findings.serverTime) * 1000)
                                                     : Json(nullptr)}};
    json["missing_rules"] = findings.missingRules;
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cachescope::app
