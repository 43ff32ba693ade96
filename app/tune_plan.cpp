// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tune_plan.h"

#include <QLocale>
#include <QString>
#include <algorithm>

#include "app/trace_input.h"
#include "engine/core/duration_text.h"
#include "engine/tune/age_table.h"
#include "ui/model/formats.h"

namespace cachescope::app {

namespace {

using tune::AgeTable;
using tune::StaleHits;
using tune::Timeline;
using tune::TtlCurve;

// Advice is only as fine as the TTLs that it chooses from.
constexpr std::size_t kAdvicePoints = 128;

std::optional<Duration> spanOf(const std::string& text) {
    const auto span = parseDuration(text);
    return span && *span > Duration::zero() ? span : std::nullopt;
}

Error notARange(const std::string& text) {
    return Error{ErrorCode::outOfRange, "--ttl \"" + text + '"',
                 "two durations, the shorter first, such as 1s..1h"};
}

Result<void> readTtls(const std::string& text, TunePlan& plan) {
    if (text.empty()) {
        return {};
    }
    const std::size_t dots = text.find("..");
    plan.shortest = spanOf(text.substr(0, dots));
    plan.longest = dots == std::string::npos ? plan.shortest : spanOf(text.substr(dots + 2));
    if (!plan.shortest || !plan.longest || *plan.shortest > *plan.longest) {
        return notARange(text);
    }
    return {};
}

Result<void> readUpdates(const std::vector<std::string>& texts, TunePlan& plan) {
    for (const std::string& text : texts) {
        const std::size_t equals = text.rfind('=');
        const auto every = spanOf(equals == std::string::npos ? text : text.substr(equals + 1));
        if (!every) {
            return Error{ErrorCode::outOfRange, "--update-every \"" + text + '"',
                         "a duration, such as 6h, or prices=60s for one group"};
        }
        if (equals == std::string::npos) {
            plan.updateEvery = every;
        } else {
            plan.updateGroupsEvery[text.substr(0, equals)] = *every;
        }
    }
    return {};
}

Result<void> readBudget(const std::string& text, TunePlan& plan) {
    if (text.empty()) {
        return {};
    }
    const QString shown = QString::fromStdString(text);
    const auto share =
        shown.endsWith(QLatin1Char('%')) ? ui::parsePercent(shown, QLocale::c()) : std::nullopt;
    if (!share || !(*share >= 0) || *share > 1) {
        return Error{ErrorCode::outOfRange, "--stale-budget \"" + text + '"',
                     "a part of the requests, such as 1%"};
    }
    plan.staleBudget = *share;
    return {};
}

// TTLs that people would write: of three digits where that is fine enough.
std::vector<std::uint32_t> gridOf(std::uint32_t shortest, std::uint32_t longest, std::size_t points,
                                  Duration tick) {
    std::vector<std::uint32_t> grid = tune::ttlGrid(shortest, longest, points);
    for (std::uint32_t& ttl : grid) {
        if (ttl == shortest || ttl == longest) {
            continue;
        }
        Duration::rep step = 1;
        while (ttl * tick.count() / step >= 1000) {
            step *= 10;
        }
        const Duration nice{(ttl * tick.count() + step / 2) / step * step};
        ttl = std::clamp(tune::ticksOf(nice, tick), shortest, longest);
    }
    return grid;
}

// The stale hits of each group at each TTL, or nothing where nobody knows them.
Result<std::vector<std::vector<double>>> staleHitsOf(const TunePlan& plan, const Timeline& timeline,
                                                     const TtlCurve& curve) {
    std::vector<std::vector<double>> stale;
    if (plan.hasUpdates()) {
        const auto table = AgeTable::of(timeline, curve.ttls(), plan.sweep);
        if (!table) {
            return table.error();
        }
        for (std::size_t group = 0; group < table->groupCount(); ++group) {
            const auto own = plan.updateGroupsEvery.find(timeline.groupNames[group]);
            const auto every = own == plan.updateGroupsEvery.end() ? plan.updateEvery : own->second;
            stale.push_back(
                table->staleHits(group, every ? static_cast<double>(timeline.tick.count()) /
                                                    static_cast<double>(every->count())
                                              : 0.0));
        }
    } else if (curve.hasStaleHits()) {
        for (std::size_t group = 0; group < curve.groupCount(); ++group) {
            stale.emplace_back();
            for (std::size_t point = 0; point < curve.size(); ++point) {
                stale.back().push_back(static_cast<double>(curve.group(group, point).staleHits));
            }
        }
    }
    return stale;
}

Result<tune::TtlAdvice> advise(const TunePlan& plan, const Timeline& timeline,
                               const std::vector<std::uint32_t>& ttls) {
    const auto curve = TtlCurve::of(timeline, ttls, plan.sweep);
    if (!curve) {
        return curve.error();
    }
    auto stale = staleHitsOf(plan, timeline, *curve);
    if (!stale) {
        return stale.error();
    }
    if (stale->empty()) {
        return Error{ErrorCode::missing, "writes",
                     "--update-every, how often data changes, such as 10m"};
    }
    std::vector<tune::GroupCurve> groups(curve->groupCount());
    for (std::size_t group = 0; group < groups.size(); ++group) {
        groups[group].name = timeline.groupNames[group];
        groups[group].staleHits = std::move((*stale)[group]);
        for (std::size_t point = 0; point < curve->size(); ++point) {
            groups[group].ttls.push_back(timeline.tick * curve->ttls()[point]);
            groups[group].misses.push_back(static_cast<double>(curve->group(group, point).misses));
        }
    }
    return tune::adviseByStaleBudget(groups,
                                     *plan.staleBudget * static_cast<double>(timeline.requests()));
}

}  // namespace

Result<TunePlan> TunePlan::of(const TuneVerbOptions& options) {
    TunePlan plan;
    plan.points = options.points;
    plan.separator = options.groupBy;
    plan.rate = options.rate;
    plan.sweep.rule = options.rule == "sliding" ? tune::TtlRule::sliding : tune::TtlRule::fill;
    plan.sweep.boundary = options.atDeadline == "dead" ? tune::TtlBoundary::deadAtDeadline
                                                       : tune::TtlBoundary::aliveAtDeadline;
    for (const Result<void>& read :
         {readTtls(options.ttls, plan), readUpdates(options.updateEvery, plan),
          readBudget(options.staleBudget, plan)}) {
        if (!read) {
            return read.error();
        }
    }
    auto reading = traceReadOptions(options.format, options.columns);
    if (!reading) {
        return reading.error();
    }
    plan.reading = std::move(*reading);
    return plan;
}

Result<TuneFindings> TunePlan::find(Trace trace) const {
    if (rate > 0) {
        tune::assumeRate(trace, rate);
    }
    if (trace.times.empty()) {
        return Error{ErrorCode::missing, "column \"time\"",
                     "one, for CSV with --columns time=…, or say with --rate how many requests "
                     "came in a second"};
    }
    const auto timeline = Timeline::of(trace, separator, 1000,
                                       [this] { return !sweep.progress || sweep.progress(0); });
    if (!timeline) {
        return timeline.error();
    }
    trace = {};
    for (const auto& [name, every] : updateGroupsEvery) {
        if (std::find(timeline->groupNames.begin(), timeline->groupNames.end(), name) ==
            timeline->groupNames.end()) {
            return Error{ErrorCode::unknownName, "--update-every: group \"" + name + '"',
                         "a group of the trace; see --group-by"};
        }
    }
    const std::uint32_t from =
        tune::ticksOf(shortest.value_or(std::chrono::seconds{1}), timeline->tick);
    const std::uint32_t to =
        longest ? tune::ticksOf(*longest, timeline->tick) : std::max(timeline->span, from);
    auto curve = TtlCurve::of(*timeline, gridOf(from, to, points, timeline->tick), sweep);
    if (!curve) {
        return curve.error();
    }
    auto stale = staleHitsOf(*this, *timeline, *curve);
    if (!stale) {
        return stale.error();
    }
    TuneFindings findings;
    if (staleBudget) {
        auto advice = advise(*this, *timeline,
                             gridOf(from, to, std::max(points, kAdvicePoints), timeline->tick));
        if (!advice) {
            return advice.error();
        }
        findings.advice = std::move(*advice);
    }
    findings.tick = timeline->tick;
    findings.span = timeline->tick * timeline->span;
    findings.keys = timeline->keyCount();
    findings.groupNames = timeline->groupNames;
    findings.curve = std::move(*curve);
    findings.staleOfGroups = std::move(*stale);
    findings.stale.assign(findings.staleOfGroups.empty() ? 0 : findings.curve.size(), 0.0);
    for (const std::vector<double>& group : findings.staleOfGroups) {
        for (std::size_t point = 0; point < group.size(); ++point) {
            findings.stale[point] += group[point];
        }
    }
    return findings;
}

}  // namespace cachescope::app
