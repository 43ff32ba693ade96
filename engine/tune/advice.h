// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/tune/cost_model.h"

namespace cachescope::tune {

/// What each TTL of a grid does to one group of keys: what advice is made from.
///
/// All columns have the length of `ttls`, `bytes` may be empty. Nothing needs to rise or fall, as
/// sampled curves do neither. A plain value.
struct GroupCurve {
    std::string name;
    std::vector<Duration> ttls;     ///< rising
    std::vector<double> misses;     ///< calls of the origin
    std::vector<double> staleHits;  ///< hits that a write had made wrong
    std::vector<double> bytes;      ///< kept on average; or empty
};

/// One TTL and what it does, to a group or to all of them together.
struct TtlChoice {
    Duration ttl{};
    double originCalls = 0;
    double staleHits = 0;
};

/// The TTL for one group, and what the best single TTL would do to it, where there is one.
struct GroupAdvice {
    std::string name;
    TtlChoice choice;
    std::optional<TtlChoice> single;
};

/// TTLs per group, beside the best that one TTL for all groups could do under the same bound.
///
/// A plain value; any thread.
struct TtlAdvice {
    std::vector<GroupAdvice> groups;  ///< in the order of the curves
    double originCalls = 0;           ///< of all groups
    double staleHits = 0;
    /// Nothing where no TTL that all curves have keeps the bound.
    std::optional<TtlChoice> single;
    /// What even the fractional optimum needs of that which is spent least: no choice needs less.
    double bound = 0;
    /// Whether it is known that no choice of TTLs from the curves spends less.
    bool optimal = false;

    /// The part of the origin calls of the single TTL that is saved; zero without a single TTL.
    double originCallsSaved() const noexcept;
};

/// The TTLs that call the origin least often while at most `budget` hits are stale, in all groups
/// together. Up to rounding in the last digits, no choice is over the budget.
///
/// Finds the optimum of the fractional problem and searches from there, for a bounded time: ten
/// groups of 128 points take less than a millisecond, a thousand groups some tens. Where the search
/// is cut short, `optimal` is false and `bound` says how much could be left. outOfRange where no
/// choice keeps the budget, with the least that any needs as the detail; wrongType for columns of
/// unlike lengths; missing without groups or points. Any thread.
Result<TtlAdvice> adviseByStaleBudget(std::span<const GroupCurve> curves, double budget);

/// The reverse: the TTLs with the fewest stale hits while the origin is called at most `budget`
/// times. The same promises and errors.
Result<TtlAdvice> adviseByOriginBudget(std::span<const GroupCurve> curves, double budget);

/// The TTLs that cost least, and what they cost beside the best single TTL. The bound in `ttls` is
/// the cost itself. A plain value; any thread.
struct CostAdvice {
    TtlAdvice ttls;
    Cost perSecond;                       ///< with the TTLs of the groups
    std::optional<Cost> singlePerSecond;  ///< with the best single TTL
};

/// Chooses by price, where `span` is the time that the curves were counted over and a miss waits
/// for `originLatency`. Always optimal, because groups share nothing here. The errors of columns
/// and of missing groups as above, and outOfRange for a span that is not positive.
Result<CostAdvice> adviseByCost(std::span<const GroupCurve> curves, const CostModel& model,
                                Duration span, Duration originLatency = {});

}  // namespace cachescope::tune
