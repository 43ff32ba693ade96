// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "engine/core/random.h"
#include "engine/tune/advice.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

using Curves = std::vector<GroupCurve>;

/// As Poisson requests at `rate` a second for an hour give it, with Poisson writes.
GroupCurve poissonCurve(std::string name, double rate, double writesPerSecond,
                        const std::vector<Duration>& ttls) {
    GroupCurve curve;
    curve.name = std::move(name);
    curve.ttls = ttls;
    for (const Duration ttl : ttls) {
        const double t = std::chrono::duration<double>(ttl).count();
        const double requests = rate * 3600;
        const double aged = t - (1 - std::exp(-writesPerSecond * t)) / writesPerSecond;
        curve.misses.push_back(std::round(requests / (1 + rate * t)));
        curve.staleHits.push_back(requests * rate * aged / (1 + rate * t));
    }
    return curve;
}

std::vector<Duration> logTtls(std::size_t count, double most = 3600) {
    std::vector<Duration> ttls;
    for (std::size_t i = 0; i < count; ++i) {
        const double exponent = static_cast<double>(i) / static_cast<double>(count - 1);
        ttls.push_back(std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(std::pow(most, exponent))));
    }
    return ttls;
}

Curves randomPoisson(std::uint64_t seed, std::size_t groups, std::size_t points) {
    Random random{seed};
    Curves curves;
    for (std::size_t i = 0; i < groups; ++i) {
        curves.push_back(poissonCurve("g" + std::to_string(i), std::exp(random.uniform() * 6 - 3),
                                      std::exp(random.uniform() * -6 - 2), logTtls(points)));
    }
    return curves;
}

/// Steps of any size, some of them backwards, as curves of few keys or of samples have.
Curves randomSteps(std::uint64_t seed, std::size_t groups, std::size_t points) {
    Random random{seed};
    Curves curves;
    for (std::size_t i = 0; i < groups; ++i) {
        GroupCurve curve;
        curve.ttls = logTtls(points);
        double misses = 1000;
        double stale = 0;
        for (std::size_t j = 0; j < points; ++j) {
            misses = std::max(1.0, misses - std::floor(random.uniform() * 300 - 20));
            stale += std::floor(random.uniform() * 100 - 5);
            curve.misses.push_back(misses);
            curve.staleHits.push_back(std::max(0.0, stale));
        }
        curves.push_back(std::move(curve));
    }
    return curves;
}

/// The least of `spent` over all choices with at most `budget` of `weight`.
double bruteForce(const Curves& curves, std::vector<double> GroupCurve::*spent,
                  std::vector<double> GroupCurve::*weight, double budget) {
    double best = std::numeric_limits<double>::infinity();
    const std::function<void(std::size_t, double, double)> descend =
        [&](std::size_t group, double spentSoFar, double weightSoFar) {
            if (weightSoFar > budget) {
                return;
            }
            if (group == curves.size()) {
                best = std::min(best, spentSoFar);
                return;
            }
            for (std::size_t i = 0; i < curves[group].ttls.size(); ++i) {
                descend(group + 1, spentSoFar + (curves[group].*spent)[i],
                        weightSoFar + (curves[group].*weight)[i]);
            }
        };
    descend(0, 0, 0);
    return best;
}

double most(const Curves& curves, std::vector<double> GroupCurve::*column) {
    double sum = 0;
    for (const GroupCurve& curve : curves) {
        sum += *std::max_element((curve.*column).begin(), (curve.*column).end());
    }
    return sum;
}

double least(const Curves& curves, std::vector<double> GroupCurve::*column) {
    double sum = 0;
    for (const GroupCurve& curve : curves) {
        sum += *std::min_element((curve.*column).begin(), (curve.*column).end());
    }
    return sum;
}

/// So much of the way from the least that is possible to the most.
double between(const Curves& curves, std::vector<double> GroupCurve::*column, double part) {
    const double from = least(curves, column);
    return from + part * (most(curves, column) - from);
}

void expectSumsUp(const TtlAdvice& advice) {
    double calls = 0;
    double stale = 0;
    for (const GroupAdvice& group : advice.groups) {
        calls += group.choice.originCalls;
        stale += group.choice.staleHits;
    }
    EXPECT_DOUBLE_EQ(advice.originCalls, calls);
    EXPECT_DOUBLE_EQ(advice.staleHits, stale);
}

class AdviceAgainstBruteForce : public testing::TestWithParam<int> {
protected:
    Curves curves() const {
        const auto seed = static_cast<std::uint64_t>(GetParam());
        return seed % 2 == 0 ? randomPoisson(seed, 4, 12) : randomSteps(seed, 4, 12);
    }
};

TEST_P(AdviceAgainstBruteForce, noChoiceWithinTheStaleBudgetCallsTheOriginLess) {
    const Curves all = curves();
    for (const double part : {-0.01, 0.02, 0.1, 0.3, 0.6, 1.0}) {
        const double budget = between(all, &GroupCurve::staleHits, part);
        const double best = bruteForce(all, &GroupCurve::misses, &GroupCurve::staleHits, budget);
        const Result<TtlAdvice> advice = adviseByStaleBudget(all, budget);
        if (std::isinf(best)) {
            EXPECT_FALSE(advice.ok());
            continue;
        }
        ASSERT_TRUE(advice.ok());
        EXPECT_NEAR(advice->originCalls, best, 1e-9 * best);
        EXPECT_TRUE(advice->optimal) << "four small groups are never too many to try";
        EXPECT_LE(advice->staleHits, budget * (1 + 1e-9));
        EXPECT_LE(advice->bound, advice->originCalls);
        expectSumsUp(*advice);
    }
}

TEST_P(AdviceAgainstBruteForce, noChoiceWithinTheOriginBudgetIsStaleLess) {
    const Curves all = curves();
    for (const double part : {-0.01, 0.1, 0.3, 0.7}) {
        const double budget = between(all, &GroupCurve::misses, part);
        const double best = bruteForce(all, &GroupCurve::staleHits, &GroupCurve::misses, budget);
        const Result<TtlAdvice> advice = adviseByOriginBudget(all, budget);
        if (std::isinf(best)) {
            EXPECT_FALSE(advice.ok());
            continue;
        }
        ASSERT_TRUE(advice.ok());
        EXPECT_NEAR(advice->staleHits, best, 1e-9 * best + 1e-9);
        EXPECT_LE(advice->originCalls, budget * (1 + 1e-9));
        expectSumsUp(*advice);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AdviceAgainstBruteForce, testing::Range(0, 40));

TEST(AdviceTest, theSingleTtlIsTheBestOfThoseThatAllHave) {
    const Curves curves = randomPoisson(7, 5, 40);
    const double budget = between(curves, &GroupCurve::staleHits, 0.05);
    const TtlAdvice advice = adviseByStaleBudget(curves, budget).value();
    double best = std::numeric_limits<double>::infinity();
    Duration ttl{};
    for (std::size_t i = 0; i < 40; ++i) {
        double calls = 0;
        double stale = 0;
        for (const GroupCurve& curve : curves) {
            calls += curve.misses[i];
            stale += curve.staleHits[i];
        }
        if (stale <= budget && calls < best) {
            best = calls;
            ttl = curves[0].ttls[i];
        }
    }
    ASSERT_TRUE(advice.single.has_value());
    EXPECT_EQ(advice.single->ttl, ttl);
    EXPECT_DOUBLE_EQ(advice.single->originCalls, best);
    EXPECT_GT(advice.originCallsSaved(), 0);
    EXPECT_DOUBLE_EQ(advice.originCallsSaved(), 1 - advice.originCalls / best);
    double calls = 0;
    for (const GroupAdvice& group : advice.groups) {
        ASSERT_TRUE(group.single.has_value());
        EXPECT_EQ(group.single->ttl, ttl);
        calls += group.single->originCalls;
    }
    EXPECT_NEAR(calls, best, 1e-6);
}

TEST(AdviceTest, groupsWithGridsOfTheirOwnHaveNoSingleTtl) {
    Curves curves = randomPoisson(3, 2, 10);
    curves[1] = poissonCurve("other", 1, 0.01, logTtls(10, 3000));
    curves[1].ttls.front() += 1ns;
    const double budget = most(curves, &GroupCurve::staleHits);
    const TtlAdvice advice = adviseByStaleBudget(curves, budget).value();
    EXPECT_FALSE(advice.single.has_value());
    EXPECT_FALSE(advice.groups[0].single.has_value());
    EXPECT_EQ(advice.originCallsSaved(), 0);
    EXPECT_DOUBLE_EQ(advice.originCalls, curves[0].misses.back() + curves[1].misses.back());
}

TEST(AdviceTest, aBudgetThatNobodyKeepsSaysWhatIsNeeded) {
    const Curves curves = {{"a", {1s, 2s}, {5, 4}, {3, 7}, {}},
                           {"b", {1s, 2s}, {5, 4}, {2, 9}, {}}};
    const Result<TtlAdvice> advice = adviseByStaleBudget(curves, 4);
    ASSERT_FALSE(advice.ok());
    EXPECT_EQ(advice.error().code(), ErrorCode::outOfRange);
    EXPECT_EQ(advice.error().detail(), "5");
    EXPECT_TRUE(adviseByStaleBudget(curves, 5).ok());
}

TEST(AdviceTest, curvesThatContradictThemselvesAreRefused) {
    const auto codeOf = [](const Curves& curves) {
        return adviseByStaleBudget(curves, 10).error().code();
    };
    EXPECT_EQ(codeOf({}), ErrorCode::missing);
    EXPECT_EQ(codeOf({{"a", {}, {}, {}, {}}}), ErrorCode::missing);
    EXPECT_EQ(codeOf({{"a", {1s, 2s}, {5}, {3, 7}, {}}}), ErrorCode::wrongType);
    EXPECT_EQ(codeOf({{"a", {1s, 2s}, {5, 4}, {3, 7}, {1}}}), ErrorCode::wrongType);
    EXPECT_EQ(codeOf({{"a", {2s, 1s}, {5, 4}, {3, 7}, {}}}), ErrorCode::outOfRange);
    EXPECT_EQ(codeOf({{"a", {1s, 2s}, {5, std::nan("")}, {3, 7}, {}}}), ErrorCode::outOfRange);
    EXPECT_EQ(codeOf({{"a", {1s, 2s}, {5, 4}, {-3, 7}, {}}}), ErrorCode::outOfRange);
}

TEST(AdviceTest, aThousandGroupsAreWithinHalfAPercentOfTheOptimum) {
    const Curves curves = randomPoisson(5, 1000, 64);
    for (const double part : {0.01, 0.1, 0.5}) {
        const double budget = between(curves, &GroupCurve::staleHits, part);
        const TtlAdvice advice = adviseByStaleBudget(curves, budget).value();
        EXPECT_LE(advice.staleHits, budget * (1 + 1e-9));
        EXPECT_LE(advice.originCalls, advice.bound * 1.005);
        EXPECT_GT(advice.originCallsSaved(), 0.05);
    }
}

TEST(AdviceTest, priceDecidesEachGroupByItself) {
    Curves curves = randomPoisson(9, 6, 30);
    for (GroupCurve& curve : curves) {
        for (std::size_t i = 0; i < curve.ttls.size(); ++i) {
            curve.bytes.push_back(1e6 * static_cast<double>(i));
        }
    }
    CostModel model;
    model.originCall = 0.01;
    model.staleAnswer = 0.05;
    model.byteSecond = 1e-10;
    model.millisecondWaited = 1e-5;
    const CostAdvice advice = adviseByCost(curves, model, 1h, 50ms).value();
    double total = 0;
    for (std::size_t group = 0; group < curves.size(); ++group) {
        const GroupCurve& curve = curves[group];
        double least = std::numeric_limits<double>::infinity();
        Duration ttl{};
        for (std::size_t i = 0; i < curve.ttls.size(); ++i) {
            const double cost =
                (curve.misses[i] * (0.01 + 50 * 1e-5) + curve.staleHits[i] * 0.05) / 3600 +
                curve.bytes[i] * 1e-10;
            if (cost < least) {
                least = cost;
                ttl = curve.ttls[i];
            }
        }
        EXPECT_EQ(advice.ttls.groups[group].choice.ttl, ttl) << group;
        total += least;
    }
    EXPECT_NEAR(advice.perSecond.total(), total, 1e-9 * total);
    ASSERT_TRUE(advice.singlePerSecond.has_value());
    EXPECT_GT(advice.singlePerSecond->total(), total);
    EXPECT_EQ(adviseByCost(curves, model, 0s).error().code(), ErrorCode::outOfRange);
}

}  // namespace
}  // namespace cachescope::tune
