// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace cachescope::tune {

/// One of the points that a group may be set to: what it spends, and its share of the budget.
struct ChoicePoint {
    double spent = 0;
    double weight = 0;
    std::size_t index = 0;  ///< for the caller
};

/// A choice of one point a group, and what is known about how good it is.
struct Choice {
    std::vector<std::size_t> indices;  ///< of the chosen points, one a group
    double bound = 0;                  ///< no choice spends less
    bool optimal = false;              ///< this one is known to spend least
};

/// Chooses a point a group so that the sum of weights is at most `budget` and the sum spent is as
/// small as it can be found in a bounded time; nothing where no choice fits.
///
/// The fractional optimum comes from the lower hulls of the groups. Its price of weight then tells
/// which points can still be in a better whole choice; these are tried out, dearest doubts last,
/// until none is left or the time is up. Every group has at least one point. Any thread.
std::optional<Choice> chooseWithin(const std::vector<std::vector<ChoicePoint>>& groups,
                                   double budget);

}  // namespace cachescope::tune
