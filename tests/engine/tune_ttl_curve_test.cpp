// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/ttl_curve.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/engine/tune_ttl_scalar.h"

namespace cachescope::tune {
namespace {

using test::countOneByOne;
using test::randomTimeline;
using Ticks = std::vector<std::uint32_t>;

constexpr std::uint32_t kFourBillion = 4'294'967'294U;

std::vector<SweepCode> codesHere() {
    std::vector<SweepCode> codes;
    for (const SweepCode code : {SweepCode::plain, SweepCode::avx2, SweepCode::avx512}) {
        if (canRun(code)) {
            codes.push_back(code);
        }
    }
    return codes;
}

std::string describe(const TtlSweepOptions& options, std::uint32_t ttl) {
    return "code " + std::to_string(static_cast<int>(*options.code)) +
           (options.rule == TtlRule::sliding ? ", sliding" : ", fill") +
           (options.boundary == TtlBoundary::deadAtDeadline ? ", dead" : ", alive") +
           " at deadline, ttl " + std::to_string(ttl);
}

void expectEqual(const TtlCounts& found, const TtlCounts& expected,
                 const TtlSweepOptions& options) {
    EXPECT_EQ(found.misses, expected.misses);
    EXPECT_EQ(found.liveTicks, expected.liveTicks);
    EXPECT_EQ(found.hitAges, options.ages ? expected.hitAges : 0);
    EXPECT_EQ(found.staleHits, options.stale ? expected.staleHits : 0);
    if (options.bytes) {
        EXPECT_DOUBLE_EQ(found.liveByteTicks, expected.liveByteTicks);
    }
}

// Every instruction set, rule and boundary, with what is counted at random.
void expectAsOneByOne(const Timeline& timeline, const Ticks& ttls, Random& random) {
    for (const SweepCode code : codesHere()) {
        for (const TtlRule rule : {TtlRule::fill, TtlRule::sliding}) {
            for (const TtlBoundary boundary :
                 {TtlBoundary::aliveAtDeadline, TtlBoundary::deadAtDeadline}) {
                TtlSweepOptions options;
                options.code = code;
                options.rule = rule;
                options.boundary = boundary;
                options.ages = random.below(2) == 0;
                options.stale = random.below(2) == 0;
                options.bytes = random.below(2) == 0;
                options.threads = 1 + random.below(3);
                const auto curve = TtlCurve::of(timeline, ttls, options);
                ASSERT_TRUE(curve.ok());
                ASSERT_EQ(curve->ttls(), ttls);
                for (std::size_t point = 0; point < ttls.size(); ++point) {
                    SCOPED_TRACE(describe(options, ttls[point]));
                    expectEqual(curve->whole(point), countOneByOne(timeline, ttls[point], options),
                                options);
                }
                const auto group =
                    static_cast<std::uint32_t>(random.below(timeline.groupNames.size()));
                const std::size_t point = random.below(ttls.size());
                SCOPED_TRACE(describe(options, ttls[point]));
                expectEqual(curve->group(group, point),
                            countOneByOne(timeline, ttls[point], options, group), options);
                if (testing::Test::HasFailure()) {
                    return;
                }
            }
        }
    }
}

TEST(TtlCurve, countsAsOneRequestAfterTheOtherDoes) {
    Random random{7};
    for (int round = 0; round < 60 && !HasFailure(); ++round) {
        const auto span = static_cast<std::uint32_t>(
            random.below(4) == 0 ? kFourBillion : 1 + random.below(1U << random.below(31)));
        const auto groups = static_cast<std::uint32_t>(1 + random.below(4));
        const Timeline timeline =
            randomTimeline(random, 8 + random.below(30), 200, span, groups, random.below(3) != 0);
        Ticks ttls = ttlGrid(1, span, 1 + random.below(140));
        ttls.push_back(Timeline::kNoWrite);
        expectAsOneByOne(timeline, ttls, random);
    }
}

TEST(TtlCurve, countsOneKeyAndOneRequest) {
    Random random{8};
    Timeline one = randomTimeline(random, 1, 1, 1000, 1, true);
    expectAsOneByOne(one, {1, 10, 100, 1000, 10'000}, random);
    one.times = {0};
    one.span = 0;
    expectAsOneByOne(one, {1, 2}, random);
    const Timeline busy = randomTimeline(random, 1, 300'000, kFourBillion, 1, true);
    expectAsOneByOne(busy, ttlGrid(1, kFourBillion, 9), random);
}

TEST(TtlCurve, requestsInOneTickAreHitsUnlessTheValueDiesThere) {
    Timeline timeline;
    timeline.offsets = {0, 4};
    timeline.times = {5, 5, 6, 6};
    timeline.groups = {0};
    timeline.groupNames = {""};
    timeline.span = 6;
    TtlSweepOptions options;
    EXPECT_EQ(TtlCurve::of(timeline, {1}, options)->whole(0).misses, 1U);
    options.boundary = TtlBoundary::deadAtDeadline;
    EXPECT_EQ(TtlCurve::of(timeline, {1}, options)->whole(0).misses, 2U);
}

TEST(TtlCurve, manyGroupsInAnyOrderAddUpToTheWhole) {
    Random random{9};
    Timeline timeline = randomTimeline(random, 500, 40, 10'000, 37, true);
    for (std::uint32_t& group : timeline.groups) {
        group = static_cast<std::uint32_t>(random.below(37));
    }
    const auto curve = TtlCurve::of(timeline, ttlGrid(1, 10'000, 20), {});
    ASSERT_TRUE(curve.ok());
    for (std::size_t point = 0; point < curve->size(); ++point) {
        TtlCounts sum;
        std::uint64_t requests = 0;
        for (std::uint32_t group = 0; group < 37; ++group) {
            sum += curve->group(group, point);
            requests += curve->requestsOf(group);
            EXPECT_EQ(curve->group(group, point).misses,
                      countOneByOne(timeline, curve->ttls()[point], {}, group).misses);
        }
        EXPECT_EQ(sum.misses, curve->whole(point).misses);
        EXPECT_EQ(sum.staleHits, curve->whole(point).staleHits);
        EXPECT_EQ(sum.liveTicks, curve->whole(point).liveTicks);
        EXPECT_EQ(requests, curve->requests());
    }
}

TEST(TtlCurve, missesFallWithTheTtlDownToOneAKey) {
    Random random{10};
    const Timeline timeline = randomTimeline(random, 100, 300, 100'000, 1, false);
    TtlSweepOptions options;
    const Ticks ttls = ttlGrid(1, timeline.span, 200);
    const auto fill = TtlCurve::of(timeline, ttls, options);
    options.boundary = TtlBoundary::deadAtDeadline;
    const auto dead = TtlCurve::of(timeline, ttls, options);
    options.rule = TtlRule::sliding;
    const auto sliding = TtlCurve::of(timeline, ttls, options);
    for (std::size_t point = 0; point < ttls.size(); ++point) {
        if (point > 0) {
            EXPECT_LE(fill->whole(point).misses, fill->whole(point - 1).misses);
        }
        EXPECT_LE(fill->whole(point).misses, dead->whole(point).misses);
        EXPECT_LE(sliding->whole(point).misses, dead->whole(point).misses);
    }
    EXPECT_EQ(fill->whole(ttls.size() - 1).misses, timeline.keyCount());
}

TEST(TtlCurve, bracketsHoldForEveryTtlBetweenTwoPoints) {
    Random random{11};
    const Timeline timeline = randomTimeline(random, 60, 200, 3000, 1, false);
    const auto coarse = TtlCurve::of(timeline, {20, 100, 700}, {});
    Ticks all;
    for (std::uint32_t ttl = 1; ttl <= 3000; ++ttl) {
        all.push_back(ttl);
    }
    const auto exact = TtlCurve::of(timeline, all, {});
    for (std::uint32_t ttl = 1; ttl <= 3000; ++ttl) {
        const auto [fewest, most] = coarse->missesAt(ttl);
        EXPECT_LE(fewest, exact->whole(ttl - 1).misses) << ttl;
        EXPECT_GE(most, exact->whole(ttl - 1).misses) << ttl;
    }
    EXPECT_EQ(coarse->missesAt(100).fewest, coarse->missesAt(100).most);
    EXPECT_LT(coarse->missesAt(101).fewest, coarse->missesAt(101).most);
}

TEST(TtlCurve, refinesUntilNoGapIsWiderThanTolerated) {
    Random random{12};
    const Timeline timeline = randomTimeline(random, 200, 400, 1'000'000, 2, true);
    const double tolerance = 0.01;
    const auto curve = refinedTtlCurve(timeline, ttlGrid(10, 1'000'000, 5), {}, tolerance, 10'000);
    ASSERT_TRUE(curve.ok());
    EXPECT_TRUE(curve->refinements(tolerance, 100).empty());
    for (std::size_t point = 1; point < curve->size(); ++point) {
        const auto gap = curve->whole(point - 1).misses - curve->whole(point).misses;
        EXPECT_TRUE(static_cast<double>(gap) <=
                        tolerance * static_cast<double>(curve->requests()) ||
                    curve->ttls()[point] - curve->ttls()[point - 1] == 1);
    }
    EXPECT_LT(curve->size(), 400U);
    const std::size_t middle = curve->size() / 2;
    const std::uint32_t ttl = curve->ttls()[middle];
    EXPECT_EQ(curve->whole(middle).staleHits, countOneByOne(timeline, ttl, {}).staleHits);
    EXPECT_EQ(curve->group(1, middle).misses, countOneByOne(timeline, ttl, {}, 1).misses);
}

TEST(TtlCurve, refinesDownToSingleTicksAndUpToTheMostPoints) {
    Random random{13};
    const Timeline timeline = randomTimeline(random, 50, 400, 300, 1, false);
    const auto exact = refinedTtlCurve(timeline, {1, 300}, {}, 0, 10'000);
    ASSERT_TRUE(exact.ok());
    for (std::uint32_t ttl = 1; ttl <= 300; ++ttl) {
        EXPECT_EQ(exact->missesAt(ttl).fewest, exact->missesAt(ttl).most) << ttl;
    }
    const auto few = refinedTtlCurve(timeline, {1, 300}, {}, 0, 17);
    ASSERT_TRUE(few.ok());
    EXPECT_EQ(few->size(), 17U);
}

TEST(TtlCurve, gridsHaveEqualRatiosBothEndsAndNoTtlTwice) {
    EXPECT_EQ(ttlGrid(1, 1000, 4), (Ticks{1, 10, 100, 1000}));
    EXPECT_EQ(ttlGrid(1, 4, 100), (Ticks{1, 2, 3, 4}));
    EXPECT_EQ(ttlGrid(0, 0, 5), (Ticks{1}));
    EXPECT_EQ(ttlGrid(9, 3, 2), (Ticks{3, 9}));
    EXPECT_EQ(ttlGrid(5, 50, 1), (Ticks{5}));
    EXPECT_EQ(ttlGrid(1, Timeline::kNoWrite, 2), (Ticks{1, Timeline::kNoWrite}));
    using namespace std::chrono_literals;
    EXPECT_EQ(ticksOf(2500us, 1ms), 2U);
    EXPECT_EQ(ticksOf(1us, 1ms), 1U);
    EXPECT_EQ(ticksOf(24h * 365, 1ms), Timeline::kNoWrite);
}

TEST(TtlCurve, saysWhatItCannotCount) {
    Random random{14};
    const Timeline timeline = randomTimeline(random, 5, 5, 100, 1, false);
    EXPECT_EQ(TtlCurve::of(timeline, {}, {}).error().code(), ErrorCode::outOfRange);
    EXPECT_EQ(TtlCurve::of(timeline, {3, 0}, {}).error().code(), ErrorCode::outOfRange);
    EXPECT_EQ(TtlCurve::of(Timeline{}, {1}, {}).error().code(), ErrorCode::missing);
    const auto curve = TtlCurve::of(timeline, {50, 5, 50}, {});
    ASSERT_TRUE(curve.ok());
    EXPECT_EQ(curve->ttls(), (Ticks{5, 50}));
    EXPECT_FALSE(curve->hasStaleHits()) << "nobody wrote";
}

TEST(TtlCurve, stopsWithinAFewThousandRequestsEvenOfOneKey) {
    Timeline timeline;
    timeline.times.resize(3'000'000);
    for (std::size_t i = 0; i < timeline.times.size(); ++i) {
        timeline.times[i] = static_cast<std::uint32_t>(i);
    }
    timeline.offsets = {0, 3'000'000};
    timeline.groups = {0};
    timeline.groupNames = {""};
    timeline.span = 3'000'000;
    TtlSweepOptions options;
    options.threads = 1;
    int looks = 0;
    options.progress = [&](double) { return ++looks < 1'000'000; };
    ASSERT_TRUE(TtlCurve::of(timeline, {7}, options).ok());
    EXPECT_GT(looks, 3'000'000 / 70'000);
    looks = 999'997;
    const auto stopped = TtlCurve::of(timeline, {7}, options);
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code(), ErrorCode::cancelled);
    EXPECT_EQ(looks, 1'000'000) << "nobody is asked again who said no";
}

TEST(TtlCurve, reportsProgressOnTheCallingThreadAlone) {
    Random random{15};
    const Timeline timeline = randomTimeline(random, 4000, 2000, 10'000'000, 3, true);
    TtlSweepOptions options;
    const auto self = std::this_thread::get_id();
    double last = 0;
    options.progress = [&](double done) {
        EXPECT_TRUE(std::this_thread::get_id() == self);
        EXPECT_GE(done, last);
        last = done;
        return true;
    };
    ASSERT_TRUE(TtlCurve::of(timeline, ttlGrid(1, 1'000'000, 128), options).ok());
    EXPECT_GT(last, 0.3);
}

}  // namespace
}  // namespace cachescope::tune
