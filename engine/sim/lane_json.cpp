// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_json.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include "engine/core/duration_text.h"
#include "engine/core/json_fields.h"

namespace cachescope::sim {

namespace {

using namespace std::chrono_literals;
using OrderedJson = nlohmann::ordered_json;

constexpr Duration kLongestWait = 1h;
// A share of the TTL: all of it would be no refresh.
constexpr double kLatestRefresh = 0.99;
constexpr double kLargestBeta = 10;
constexpr std::uint64_t kMostBreakerFailures = 1000;
constexpr Duration kLongestPause = 1h;

// Present or absent; unlike a TTL there is no "never" to write.
std::optional<Duration> optionalSpan(JsonFields& fields, const char* name,
                                     std::optional<Duration> fallback, Duration low) {
    const bool given = fields.has(name);
    const Duration span = fields.duration(name, low, low, kLongestSpan);
    return given ? std::optional(span) : fallback;
}

CacheOptions readOptions(JsonFields& fields, CacheOptions options) {
    options.ttl = fields.optionalDuration("ttl", options.ttl, 0s, kLongestSpan);
    options.sliding = fields.boolean("sliding", options.sliding);
    options.maxAge = optionalSpan(fields, "max_age", options.maxAge, 1ms);
    options.jitter = fields.number("jitter", options.jitter, 0, 1);
    options.negativeTtl = optionalSpan(fields, "negative_ttl", options.negativeTtl, 0s);
    options.errorTtl = fields.duration("error_ttl", options.errorTtl, 0s, kLongestSpan);
    options.singleFlight = fields.boolean("single_flight", options.singleFlight);
    options.lease = fields.duration("lease", options.lease, 0s, kLongestWait);
    options.staleWhileRevalidate =
        fields.duration("stale_while_revalidate", options.staleWhileRevalidate, 0s, kLongestSpan);
    options.refreshAfter = fields.number("refresh_after", options.refreshAfter, 0, kLatestRefresh);
    options.xfetchBeta = fields.number("xfetch_beta", options.xfetchBeta, 0, kLargestBeta);
    options.staleIfError =
        fields.duration("stale_if_error", options.staleIfError, 0s, kLongestSpan);
    options.retryAfter = fields.duration("retry_after", options.retryAfter, 0s, kLongestSpan);
    options.softTimeout = fields.duration("soft_timeout", options.softTimeout, 0s, kLongestWait);
    options.hardTimeout = fields.duration("hard_timeout", options.hardTimeout, 0s, kLongestWait);
    options.tags = fields.texts("tags", options.tags);
    options.space = fields.text("space", options.space);
    options.marked = fields.boolean("marked", options.marked);
    return options;
}

void writeOptions(const CacheOptions& options, OrderedJson& json) {
    const CacheOptions plain;
    const auto put = [&json](const char* name, const auto& value, const auto& usual) {
        if (value != usual) {
            json[name] = value;
        }
    };
    const auto span = [&json](const char* name, const std::optional<Duration>& value,
                              const std::optional<Duration>& usual) {
        if (value && value != usual) {
            json[name] = formatDuration(*value);
        }
    };
    json["single_flight"] = options.singleFlight;
    put("sliding", options.sliding, plain.sliding);
    span("max_age", options.maxAge, plain.maxAge);
    put("jitter", options.jitter, plain.jitter);
    span("negative_ttl", options.negativeTtl, plain.negativeTtl);
    span("error_ttl", options.errorTtl, plain.errorTtl);
    span("lease", options.lease, plain.lease);
    span("stale_while_revalidate", options.staleWhileRevalidate, plain.staleWhileRevalidate);
    put("refresh_after", options.refreshAfter, plain.refreshAfter);
    put("xfetch_beta", options.xfetchBeta, plain.xfetchBeta);
    span("stale_if_error", options.staleIfError, plain.staleIfError);
    span("retry_after", options.retryAfter, plain.retryAfter);
    span("soft_timeout", options.softTimeout, plain.softTimeout);
    span("hard_timeout", options.hardTimeout, plain.hardTimeout);
    put("tags", options.tags, plain.tags);
    put("space", options.space, plain.space);
    put("marked", options.marked, plain.marked);
}

// It becomes part of keys and of a folder's name.
bool isStoreName(std::string_view name) {
    constexpr std::size_t kLongestName = 64;
    return name.size() <= kLongestName && !name.starts_with('.') &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
                      c == '.';
           });
}

}  // namespace

std::string ttlText(const std::optional<Duration>& ttl) {
    return ttl ? formatDuration(*ttl) : "never";
}

Result<void> validate(const LaneSpec& spec) {
    if (auto valid = cachescope::validate(spec.options); !valid) {
        return valid;
    }
    std::set<std::string_view> names;
    for (const NamespaceTtl& each : spec.namespaceTtls) {
        std::string expected;
        if (!spec.separator.empty() && each.name.find(spec.separator) != std::string::npos) {
            expected = "names without the separator";
        } else if (!names.insert(each.name).second) {
            expected = "each name once; \"" + each.name + "\" is there twice";
        } else if (each.ttl < Duration::zero() || each.ttl > kLongestSpan) {
            expected = "durations from 0s to 365d";
        }
        if (!expected.empty()) {
            return Error{ErrorCode::outOfRange, "namespace_ttls", expected};
        }
    }
    if (!isStoreName(spec.store)) {
        return Error{ErrorCode::outOfRange, "store",
                     "up to 64 letters, digits, dots, hyphens and underscores, no dot in front"};
    }
    return {};
}

LaneSpec readLane(const nlohmann::json& json, const std::string& place,
                  std::optional<Error>& failure) {
    JsonFields fields(json, place, failure);
    LaneSpec spec;
    fields.require("name", "the name of the lane");
    spec.name = fields.text("name", "");
    spec.backend = fields.text("backend", spec.backend);
    if (spec.backend.empty()) {
        fields.fail(ErrorCode::outOfRange, fields.placeOf("backend"),
                    R"("none" or a backend's address, such as "memory:")");
    }
    spec.options = readOptions(fields, spec.options);
    spec.capacity = fields.whole("capacity", spec.capacity, 0, 1'000'000'000);
    spec.policy = fields.text("policy", "");
    spec.namespaceTags = fields.boolean("namespace_tags", spec.namespaceTags);
    spec.breaker = fields.boolean("breaker", spec.breaker);
    spec.breakerFailures =
        static_cast<int>(fields.whole("breaker_failures", 5, 1, kMostBreakerFailures));
    spec.breakerPause = fields.duration("breaker_pause", spec.breakerPause, 1ms, kLongestPause);
    spec.breakerMaxPause =
        fields.duration("breaker_max_pause", spec.breakerMaxPause, 1ms, kLongestPause);
    spec.recovery = fields.boolean("recovery", spec.recovery);
    spec.separator = fields.text("namespace_separator", spec.separator);
    for (auto& [name, ttl] : fields.durations("namespace_ttls", 0s, kLongestSpan)) {
        spec.namespaceTtls.push_back({std::move(name), ttl});
    }
    spec.store = fields.text("store", "");
    spec.varyByUser = fields.boolean("vary_by_user", spec.varyByUser);
    fields.finish();
    if (const auto valid = validate(spec); !valid) {
        fields.fail(valid.error().code(), fields.placeOf(valid.error().subject()),
                    valid.error().detail());
    }
    return spec;
}

OrderedJson writeLane(const LaneSpec& lane) {
    OrderedJson json{{"name", lane.name},
                     {"backend", lane.backend},
                     {"ttl", ttlText(lane.options.ttl)},
                     {"capacity", lane.capacity},
                     {"policy", lane.policy}};
    writeOptions(lane.options, json);
    for (const auto& [name, on] :
         {std::pair{"namespace_tags", lane.namespaceTags}, std::pair{"breaker", lane.breaker},
          std::pair{"recovery", lane.recovery}, std::pair{"vary_by_user", lane.varyByUser}}) {
        if (on) {
            json[name] = true;
        }
    }
    const LaneSpec usual;
    if (lane.breakerFailures != usual.breakerFailures) {
        json["breaker_failures"] = lane.breakerFailures;
    }
    if (lane.breakerPause != usual.breakerPause) {
        json["breaker_pause"] = formatDuration(lane.breakerPause);
    }
    if (lane.breakerMaxPause != usual.breakerMaxPause) {
        json["breaker_max_pause"] = formatDuration(lane.breakerMaxPause);
    }
    for (const NamespaceTtl& each : lane.namespaceTtls) {
        json["namespace_ttls"][each.name] = formatDuration(each.ttl);
    }
    if (lane.separator != LaneSpec{}.separator) {
        json["namespace_separator"] = lane.separator;
    }
    if (!lane.store.empty()) {
        json["store"] = lane.store;
    }
    return json;
}

}  // namespace cachescope::sim
