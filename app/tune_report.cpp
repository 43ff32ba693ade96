// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tune_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/table_text.h"
#include "engine/core/duration_text.h"
#include "ui/model/key_text.h"
#include "ui/model/printable_text.h"

namespace cachescope::app {

namespace {

using Json = nlohmann::ordered_json;

std::string rounded(double number) {
    return count(static_cast<std::uint64_t>(std::llround(number)));
}

std::string spanText(Duration span) {
    return text(ui::formatSpan(seconds(span)));
}

std::string groupText(const std::string& name) {
    return name.empty() ? "(no group)" : text(ui::keyText(name));
}

// Of three digits: the rest is nobody's business in a table.
std::string ageText(double age) {
    const double step = std::pow(10.0, std::floor(std::log10(std::max(age, 1e-9))) - 2);
    return text(ui::formatSpan(std::round(age / step) * step));
}

// Ticks as seconds, without losing what is beyond 32 bits of them.
double inSeconds(double ticks, Duration tick) {
    return ticks * seconds(tick);
}

void printAdvice(std::ostream& out, const tune::TtlAdvice& advice, double budget) {
    out << "\nat most " << percent(budget) << " stale:\n\n";
    std::size_t width = 12;
    for (const tune::GroupAdvice& group : advice.groups) {
        width = std::max(width, groupText(group.name).size());
    }
    const auto row = [&](const std::string& name, const std::string& ttl, double calls,
                         double stale) {
        out << cell(name, width, true) << cell(ttl, 15) << cell(rounded(calls), 14)
            << cell(rounded(stale), 12) << '\n';
    };
    out << cell("group", width, true) << cell("TTL", 15) << cell("origin calls", 14)
        << cell("stale hits", 12) << '\n';
    for (const tune::GroupAdvice& group : advice.groups) {
        row(groupText(group.name), spanText(group.choice.ttl), group.choice.originCalls,
            group.choice.staleHits);
    }
    row("together", "", advice.originCalls, advice.staleHits);
    if (advice.single) {
        row("one for all", spanText(advice.single->ttl), advice.single->originCalls,
            advice.single->staleHits);
        out << "\nsaved: " << percent(advice.originCallsSaved()) << " of the origin calls\n";
    } else {
        out << "\nno single TTL keeps that\n";
    }
}

Json adviceJson(const tune::TtlAdvice& advice) {
    Json json;
    json["single_ttl_s"] = advice.single ? Json(seconds(advice.single->ttl)) : Json(nullptr);
    json["single_origin_calls"] = advice.single ? Json(advice.single->originCalls) : Json(nullptr);
    json["groups"] = Json::array();
    for (const tune::GroupAdvice& group : advice.groups) {
        json["groups"].push_back({{"name", group.name},
                                  {"ttl_s", seconds(group.choice.ttl)},
                                  {"origin_calls", group.choice.originCalls},
                                  {"stale_hits", group.choice.staleHits}});
    }
    json["origin_calls_saved_ratio"] = advice.originCallsSaved();
    return json;
}

}  // namespace

void TuneReport::print(std::ostream& out) const {
    const tune::TtlCurve& curve = findings.curve;
    out << text(ui::printableText(file)) << ", " << count(curve.requests()) << " requests for "
        << count(findings.keys) << " keys in " << spanText(findings.span);
    if (!separator.empty()) {
        out << ", " << count(findings.groupNames.size()) << " groups";
    }
    out << "\n\n"
        << cell("TTL", 15) << cell("misses", 13) << cell("hit ratio", 10) << cell("stale hits", 12)
        << cell("mean age", 15) << cell("objects", 12) << '\n';
    const double span = std::max(seconds(findings.span), 1e-9);
    for (std::size_t point = 0; point < curve.size(); ++point) {
        const tune::TtlCounts& counts = curve.whole(point);
        const bool noHits = counts.misses == curve.requests();
        out << cell(spanText(findings.tick * curve.ttls()[point]), 15)
            << cell(count(counts.misses), 13) << cell(percent(curve.hitRatio(point)), 10)
            << cell(findings.stale.empty() ? "-" : rounded(findings.stale[point]), 12)
            << cell(noHits ? "-" : ageText(inSeconds(curve.meanHitAge(point), findings.tick)), 15)
            << cell(rounded(inSeconds(static_cast<double>(counts.liveTicks), findings.tick) / span),
                    12)
            << '\n';
    }
    if (findings.advice) {
        printAdvice(out, *findings.advice, *staleBudget);
    }
}

std::string TuneReport::toJson() const {
    const tune::TtlCurve& curve = findings.curve;
    Json json;
    json["trace"] = file;
    json["requests"] = curve.requests();
    json["keys"] = findings.keys;
    json["span_s"] = seconds(findings.span);
    json["points"] = Json::array();
    for (std::size_t point = 0; point < curve.size(); ++point) {
        const tune::TtlCounts& counts = curve.whole(point);
        json["points"].push_back(
            {{"ttl_s", seconds(findings.tick * curve.ttls()[point])},
             {"misses", counts.misses},
             {"hit_ratio", curve.hitRatio(point)},
             {"stale_hits", findings.stale.empty() ? Json(nullptr) : Json(findings.stale[point])},
             {"mean_age_s", inSeconds(curve.meanHitAge(point), findings.tick)},
             {"live_object_seconds",
              inSeconds(static_cast<double>(counts.liveTicks), findings.tick)}});
    }
    if (findings.advice) {
        json["advice"] = adviceJson(*findings.advice);
    }
    // A path need not be UTF-8, and neither need the names of groups.
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cachescope::app
