// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/advice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "engine/tune/advice_search.h"

namespace cachescope::tune {

namespace {

using Column = std::vector<double> GroupCurve::*;

bool areCounts(const std::vector<double>& column) {
    return std::all_of(column.begin(), column.end(),
                       [](double value) { return std::isfinite(value) && value >= 0; });
}

Result<void> check(std::span<const GroupCurve> curves) {
    if (curves.empty()) {
        return Error{ErrorCode::missing, "groups"};
    }
    for (const GroupCurve& curve : curves) {
        if (curve.ttls.empty()) {
            return Error{ErrorCode::missing, curve.name, "ttls"};
        }
        const std::size_t size = curve.ttls.size();
        if (curve.misses.size() != size || curve.staleHits.size() != size ||
            (!curve.bytes.empty() && curve.bytes.size() != size)) {
            return Error{ErrorCode::wrongType, curve.name, "columns of unlike lengths"};
        }
        if (!std::is_sorted(curve.ttls.begin(), curve.ttls.end(), std::less_equal<>{})) {
            return Error{ErrorCode::outOfRange, curve.name, "ttls do not rise"};
        }
        if (!areCounts(curve.misses) || !areCounts(curve.staleHits) || !areCounts(curve.bytes)) {
            return Error{ErrorCode::outOfRange, curve.name, "not a count"};
        }
    }
    return {};
}

/// The TTLs that all curves have.
std::vector<Duration> commonTtls(std::span<const GroupCurve> curves) {
    std::vector<Duration> common = curves.front().ttls;
    std::vector<Duration> next;
    for (const GroupCurve& curve : curves.subspan(1)) {
        next.clear();
        std::set_intersection(common.begin(), common.end(), curve.ttls.begin(), curve.ttls.end(),
                              std::back_inserter(next));
        common.swap(next);
    }
    return common;
}

/// What one TTL for all does, for each of `ttls`, which all curves have. A curve without the column
/// adds nothing.
std::vector<double> summed(std::span<const GroupCurve> curves, const std::vector<Duration>& ttls,
                           Column column) {
    std::vector<double> sums(ttls.size());
    for (const GroupCurve& curve : curves) {
        if ((curve.*column).empty()) {
            continue;
        }
        std::size_t at = 0;
        for (std::size_t i = 0; i < ttls.size(); ++i) {
            while (curve.ttls[at] < ttls[i]) {
                ++at;
            }
            sums[i] += (curve.*column)[at];
        }
    }
    return sums;
}

TtlChoice choiceOf(const GroupCurve& curve, std::size_t point) {
    return {curve.ttls[point], curve.misses[point], curve.staleHits[point]};
}

TtlAdvice adviceOf(std::span<const GroupCurve> curves, const std::vector<std::size_t>& points,
                   const std::optional<TtlChoice>& single) {
    TtlAdvice advice;
    advice.single = single;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        GroupAdvice group{curves[i].name, choiceOf(curves[i], points[i]), {}};
        if (single) {
            const auto& ttls = curves[i].ttls;
            const auto at = std::lower_bound(ttls.begin(), ttls.end(), single->ttl);
            group.single = choiceOf(curves[i], static_cast<std::size_t>(at - ttls.begin()));
        }
        advice.originCalls += group.choice.originCalls;
        advice.staleHits += group.choice.staleHits;
        advice.groups.push_back(std::move(group));
    }
    return advice;
}

std::optional<TtlChoice> bestSingle(std::span<const GroupCurve> curves, Column spent, Column weight,
                                    double budget) {
    const std::vector<Duration> ttls = commonTtls(curves);
    const std::vector<double> spents = summed(curves, ttls, spent);
    const std::vector<double> weights = summed(curves, ttls, weight);
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < ttls.size(); ++i) {
        if (weights[i] > budget) {
            continue;
        }
        if (!best || spents[i] < spents[*best] ||
            (spents[i] == spents[*best] && weights[i] < weights[*best])) {
            best = i;
        }
    }
    if (!best) {
        return std::nullopt;
    }
    const bool callsAreSpent = spent == &GroupCurve::misses;
    return TtlChoice{ttls[*best], callsAreSpent ? spents[*best] : weights[*best],
                     callsAreSpent ? weights[*best] : spents[*best]};
}

Error overBudget(std::span<const GroupCurve> curves, Column weight) {
    double least = 0;
    for (const GroupCurve& curve : curves) {
        least += *std::min_element((curve.*weight).begin(), (curve.*weight).end());
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", least);
    return Error{ErrorCode::outOfRange, "budget", text};
}

Result<TtlAdvice> advise(std::span<const GroupCurve> curves, Column spent, Column weight,
                         double budget) {
    if (const Result<void> checked = check(curves); !checked) {
        return checked.error();
    }
    std::vector<std::vector<ChoicePoint>> groups;
    groups.reserve(curves.size());
    for (const GroupCurve& curve : curves) {
        std::vector<ChoicePoint>& points = groups.emplace_back();
        for (std::size_t i = 0; i < curve.ttls.size(); ++i) {
            points.push_back({(curve.*spent)[i], (curve.*weight)[i], i});
        }
    }
    const std::optional<Choice> choice = chooseWithin(groups, budget);
    if (!choice) {
        return overBudget(curves, weight);
    }
    const std::optional<TtlChoice> single = bestSingle(curves, spent, weight, budget);
    TtlAdvice advice = adviceOf(curves, choice->indices, single);
    advice.bound = choice->bound;
    advice.optimal = choice->optimal;
    return advice;
}

struct Pricing {
    const CostModel& model;
    Duration span;
    Duration originLatency;

    Cost operator()(double misses, double staleHits, double bytes) const noexcept {
        Usage usage;
        usage.span = span;
        usage.originCalls = misses;
        usage.staleAnswers = staleHits;
        usage.bytes = bytes;
        // All waiting together may be longer than a Duration holds; one call's share is not.
        Cost cost = model.perSecond(usage);
        usage.waited = originLatency;
        cost.waiting = model.perSecond(usage).waiting * misses;
        return cost;
    }
};

}  // namespace

double TtlAdvice::originCallsSaved() const noexcept {
    return single && single->originCalls > 0 ? 1 - originCalls / single->originCalls : 0;
}

Result<TtlAdvice> adviseByStaleBudget(std::span<const GroupCurve> curves, double budget) {
    return advise(curves, &GroupCurve::misses, &GroupCurve::staleHits, budget);
}

Result<TtlAdvice> adviseByOriginBudget(std::span<const GroupCurve> curves, double budget) {
    return advise(curves, &GroupCurve::staleHits, &GroupCurve::misses, budget);
}

Result<CostAdvice> adviseByCost(std::span<const GroupCurve> curves, const CostModel& model,
                                Duration span, Duration originLatency) {
    if (const Result<void> checked = check(curves); !checked) {
        return checked.error();
    }
    if (span <= Duration::zero()) {
        return Error{ErrorCode::outOfRange, "span"};
    }
    const Pricing costOf{model, span, originLatency};
    std::vector<std::size_t> points;
    double misses = 0;
    double staleHits = 0;
    double bytes = 0;
    for (const GroupCurve& curve : curves) {
        std::size_t best = 0;
        double least = 0;
        for (std::size_t i = 0; i < curve.ttls.size(); ++i) {
            const double kept = curve.bytes.empty() ? 0 : curve.bytes[i];
            const double total = costOf(curve.misses[i], curve.staleHits[i], kept).total();
            if (i == 0 || total < least) {
                best = i;
                least = total;
            }
        }
        points.push_back(best);
        misses += curve.misses[best];
        staleHits += curve.staleHits[best];
        bytes += curve.bytes.empty() ? 0 : curve.bytes[best];
    }
    const std::vector<Duration> ttls = commonTtls(curves);
    const std::vector<double> allMisses = summed(curves, ttls, &GroupCurve::misses);
    const std::vector<double> allStale = summed(curves, ttls, &GroupCurve::staleHits);
    const std::vector<double> allBytes = summed(curves, ttls, &GroupCurve::bytes);
    std::optional<TtlChoice> single;
    CostAdvice advice;
    for (std::size_t i = 0; i < ttls.size(); ++i) {
        const Cost cost = costOf(allMisses[i], allStale[i], allBytes[i]);
        if (!single || cost.total() < advice.singlePerSecond->total()) {
            single = TtlChoice{ttls[i], allMisses[i], allStale[i]};
            advice.singlePerSecond = cost;
        }
    }
    advice.ttls = adviceOf(curves, points, single);
    advice.perSecond = costOf(misses, staleHits, bytes);
    advice.ttls.bound = advice.perSecond.total();
    advice.ttls.optimal = true;
    return advice;
}

}  // namespace cachescope::tune
