// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/advice_search.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace cachescope::tune {

namespace {

/// Steps of the exhaustive part: about half a millisecond.
constexpr std::size_t kMostSteps = 50'000;
/// Pairs among so many groups are tried; that is the square of it times the points.
constexpr std::size_t kPairedGroups = 16;
constexpr int kRounds = 8;

using Points = std::vector<ChoicePoint>;

/// Rising in weight, falling in what is spent: the points that no other one is better than.
Points frontierOf(Points points) {
    std::sort(points.begin(), points.end(), [](const ChoicePoint& a, const ChoicePoint& b) {
        return a.weight < b.weight || (a.weight == b.weight && a.spent < b.spent);
    });
    Points frontier;
    for (const ChoicePoint& point : points) {
        if (frontier.empty() || point.spent < frontier.back().spent) {
            frontier.push_back(point);
        }
    }
    return frontier;
}

/// The places in a frontier that are corners of its lower hull.
std::vector<std::size_t> hullOf(const Points& frontier) {
    std::vector<std::size_t> hull;
    for (std::size_t i = 0; i < frontier.size(); ++i) {
        while (hull.size() >= 2) {
            const ChoicePoint& a = frontier[hull[hull.size() - 2]];
            const ChoicePoint& b = frontier[hull.back()];
            const ChoicePoint& c = frontier[i];
            if ((a.spent - b.spent) * (c.weight - b.weight) >
                (b.spent - c.spent) * (b.weight - a.weight)) {
                break;
            }
            hull.pop_back();
        }
        hull.push_back(i);
    }
    return hull;
}

struct Step {
    std::size_t group = 0;
    std::size_t to = 0;  // place in the frontier
    double saved = 0;
    double weight = 0;
    double rate() const noexcept { return saved / weight; }
};

class Search {
public:
    Search(const std::vector<Points>& groups, double budget)
        // Sums of the same numbers in another order may differ in the last digits.
        : m_budget(budget + 1e-12 * std::abs(budget)) {
        m_frontiers.reserve(groups.size());
        for (const Points& points : groups) {
            m_frontiers.push_back(frontierOf(points));
        }
        m_places.resize(groups.size());
    }

    std::optional<Choice> run() {
        measure();
        if (m_weight > m_budget) {
            return std::nullopt;
        }
        walkHulls();
        if (m_spent > m_bound) {
            priceDoubts();
            improve();
            tryOut();
        }
        Choice choice;
        choice.bound = std::min(m_bound, m_spent);
        choice.optimal = m_exhausted || closeEnough();
        for (std::size_t group = 0; group < m_frontiers.size(); ++group) {
            choice.indices.push_back(m_frontiers[group][m_places[group]].index);
        }
        return choice;
    }

private:
    /// A point that could be part of a better choice, and how much dearer it is than its group's
    /// best at the price of the fractional optimum.
    struct Doubt {
        std::size_t place = 0;
        double extra = 0;
    };

    bool closeEnough() const noexcept { return m_spent - m_bound <= 1e-12 * std::abs(m_spent); }

    void measure() {
        m_spent = 0;
        m_weight = 0;
        for (std::size_t group = 0; group < m_frontiers.size(); ++group) {
            const ChoicePoint& point = m_frontiers[group][m_places[group]];
            m_spent += point.spent;
            m_weight += point.weight;
        }
    }

    /// From the lightest points along the hulls, where most is saved for its weight first.
    void walkHulls() {
        std::vector<Step> steps;
        for (std::size_t group = 0; group < m_frontiers.size(); ++group) {
            const Points& points = m_frontiers[group];
            const std::vector<std::size_t> hull = hullOf(points);
            for (std::size_t i = 1; i < hull.size(); ++i) {
                const ChoicePoint& from = points[hull[i - 1]];
                const ChoicePoint& to = points[hull[i]];
                steps.push_back({group, hull[i], from.spent - to.spent, to.weight - from.weight});
            }
        }
        std::stable_sort(steps.begin(), steps.end(),
                         [](const Step& a, const Step& b) { return a.rate() > b.rate(); });
        std::vector<bool> stuck(m_frontiers.size());
        bool whole = true;
        for (const Step& step : steps) {
            if (stuck[step.group]) {
                continue;
            }
            if (m_weight + step.weight > m_budget) {
                if (whole) {
                    whole = false;
                    m_price = step.rate();
                    m_bound = m_spent - m_price * (m_budget - m_weight);
                }
                stuck[step.group] = true;
                continue;
            }
            m_places[step.group] = step.to;
            m_spent -= step.saved;
            m_weight += step.weight;
        }
        measure();
        if (whole) {
            m_bound = m_spent;
        }
    }

    double priced(const ChoicePoint& point) const noexcept {
        return point.spent + m_price * point.weight;
    }

    /// The cheapest of each group at the price, and which groups have doubts close to it.
    void priceDoubts() {
        std::vector<double> closest(m_frontiers.size());
        for (std::size_t group = 0; group < m_frontiers.size(); ++group) {
            double first = std::numeric_limits<double>::infinity();
            double second = first;
            for (const ChoicePoint& point : m_frontiers[group]) {
                const double value = priced(point);
                second = std::min(second, std::max(first, value));
                first = std::min(first, value);
            }
            m_cheapest.push_back(first);
            closest[group] = second - first;
        }
        m_order.resize(m_frontiers.size());
        std::iota(m_order.begin(), m_order.end(), std::size_t{0});
        std::stable_sort(m_order.begin(), m_order.end(),
                         [&](std::size_t a, std::size_t b) { return closest[a] < closest[b]; });
    }

    /// Changes of one group, and of two at a time, as long as they save.
    void improve() {
        bool better = true;
        for (int round = 0; better && round < kRounds; ++round) {
            better = false;
            for (std::size_t group = 0; group < m_frontiers.size(); ++group) {
                better |= moveOne(group);
            }
            const std::size_t paired = std::min(kPairedGroups, m_order.size());
            for (std::size_t a = 0; a < paired; ++a) {
                for (std::size_t b = a + 1; b < paired; ++b) {
                    better |= moveTwo(m_order[a], m_order[b]);
                }
            }
        }
    }

    bool moveOne(std::size_t group) {
        const Points& points = m_frontiers[group];
        const double room = m_budget - m_weight + points[m_places[group]].weight;
        const auto end = std::upper_bound(
            points.begin(), points.end(), room,
            [](double most, const ChoicePoint& point) { return most < point.weight; });
        if (end == points.begin()) {
            return false;
        }
        const auto place = static_cast<std::size_t>(end - points.begin()) - 1;
        if (points[place].spent >= points[m_places[group]].spent) {
            return false;
        }
        m_places[group] = place;
        measure();
        return true;
    }

    bool moveTwo(std::size_t a, std::size_t b) {
        const Points& as = m_frontiers[a];
        const Points& bs = m_frontiers[b];
        const ChoicePoint& atA = as[m_places[a]];
        const ChoicePoint& atB = bs[m_places[b]];
        const double room = m_budget - m_weight + atA.weight + atB.weight;
        double best = atA.spent + atB.spent;
        best -= 1e-12 * std::abs(best);
        bool found = false;
        std::size_t j = bs.size();
        for (std::size_t i = 0; i < as.size(); ++i) {
            while (j > 0 && bs[j - 1].weight > room - as[i].weight) {
                --j;
            }
            if (j == 0) {
                break;
            }
            if (as[i].spent + bs[j - 1].spent < best) {
                best = as[i].spent + bs[j - 1].spent;
                m_places[a] = i;
                m_places[b] = j - 1;
                found = true;
            }
        }
        if (found) {
            measure();
        }
        return found;
    }

    /// All choices that the price does not rule out, in a tree with a level a group.
    void tryOut() {
        const double gap = m_spent - m_bound;
        m_trial = m_places;
        for (const std::size_t group : m_order) {
            std::vector<Doubt> doubts;
            for (std::size_t place = 0; place < m_frontiers[group].size(); ++place) {
                const double extra = priced(m_frontiers[group][place]) - m_cheapest[group];
                if (extra < gap) {
                    doubts.push_back({place, extra});
                }
            }
            if (doubts.empty()) {
                m_exhausted = true;  // no choice at all is better than the present one
                return;
            }
            std::sort(doubts.begin(), doubts.end(),
                      [](const Doubt& a, const Doubt& b) { return a.extra < b.extra; });
            m_doubts.push_back(std::move(doubts));
        }
        m_leastAfter.assign(m_order.size() + 1, 0);
        for (std::size_t level = m_order.size(); level-- > 0;) {
            double least = std::numeric_limits<double>::infinity();
            for (const Doubt& doubt : m_doubts[level]) {
                least = std::min(least, m_frontiers[m_order[level]][doubt.place].weight);
            }
            m_leastAfter[level] = m_leastAfter[level + 1] + least;
        }
        m_exhausted = descend(0, 0, 0, 0);
        measure();
    }

    /// False when the steps are used up.
    bool descend(std::size_t level, double extra, double spent, double weight) {
        if (level == m_order.size()) {
            if (spent < m_spent) {
                m_spent = spent;
                m_places = m_trial;
            }
            return true;
        }
        const std::size_t group = m_order[level];
        for (const Doubt& doubt : m_doubts[level]) {
            if (extra + doubt.extra >= m_spent - m_bound) {
                break;  // and so are those after it
            }
            if (++m_steps > kMostSteps) {
                return false;
            }
            const ChoicePoint& point = m_frontiers[group][doubt.place];
            if (weight + point.weight + m_leastAfter[level + 1] > m_budget) {
                continue;
            }
            m_trial[group] = doubt.place;
            if (!descend(level + 1, extra + doubt.extra, spent + point.spent,
                         weight + point.weight)) {
                return false;
            }
        }
        return true;
    }

    double m_budget;
    std::vector<Points> m_frontiers;
    std::vector<std::size_t> m_places;  // of the best choice so far
    double m_spent = 0;
    double m_weight = 0;
    double m_price = 0;  // of weight, in what is spent
    double m_bound = 0;
    std::vector<double> m_cheapest;    // of each group, at the price
    std::vector<std::size_t> m_order;  // of groups, those in doubt first
    std::vector<std::vector<Doubt>> m_doubts;
    std::vector<double> m_leastAfter;  // weight of the lightest doubts from a level on
    std::vector<std::size_t> m_trial;
    std::size_t m_steps = 0;
    bool m_exhausted = false;
};

}  // namespace

std::optional<Choice> chooseWithin(const std::vector<std::vector<ChoicePoint>>& groups,
                                   double budget) {
    return Search{groups, budget}.run();
}

}  // namespace cachescope::tune
