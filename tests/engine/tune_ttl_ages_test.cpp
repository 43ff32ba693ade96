// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "engine/tune/age_table.h"
#include "tests/engine/tune_ttl_scalar.h"

namespace cachescope::tune {
namespace {

using test::countOneByOne;
using test::randomTimeline;
using Ticks = std::vector<std::uint32_t>;

// The ages of all hits of a group, one request after the other.
Ticks agesOneByOne(const Timeline& timeline, std::uint32_t ttl, const TtlSweepOptions& options,
                   std::uint32_t group) {
    const std::uint32_t oldest = ttl - (options.boundary == TtlBoundary::deadAtDeadline ? 1 : 0);
    Ticks ages;
    for (std::size_t key = 0; key < timeline.keyCount(); ++key) {
        std::uint32_t stored = timeline.times[timeline.offsets[key]];
        std::uint32_t counted = stored;
        for (std::size_t i = timeline.offsets[key] + 1; i < timeline.offsets[key + 1]; ++i) {
            const std::uint32_t now = timeline.times[i];
            if (now - counted > oldest) {
                stored = counted = now;
                continue;
            }
            if (options.rule == TtlRule::sliding) {
                counted = now;
            }
            if (timeline.groups[key] == group) {
                ages.push_back(now - stored);
            }
        }
    }
    return ages;
}

TEST(AgeTable, bucketsFollowOneAnotherAndAreNarrow) {
    for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; ++bucket) {
        const std::uint64_t lowest = AgeTable::lowestAge(bucket);
        const std::uint64_t next = AgeTable::lowestAge(bucket + 1);
        EXPECT_EQ(AgeTable::bucketOf(static_cast<std::uint32_t>(lowest)), bucket);
        EXPECT_EQ(AgeTable::bucketOf(static_cast<std::uint32_t>(next - 1)), bucket);
        EXPECT_LE((next - lowest) * 8, std::max<std::uint64_t>(8, lowest));
    }
    EXPECT_EQ(AgeTable::lowestAge(AgeTable::kBuckets), std::uint64_t{1} << 32);
}

TEST(AgeTable, countsEveryHitInTheBucketOfItsAge) {
    Random random{21};
    for (int round = 0; round < 30 && !HasFailure(); ++round) {
        const auto span = static_cast<std::uint32_t>(
            random.below(3) == 0 ? 4'294'967'294U : 1 + random.below(1U << random.below(31)));
        const Timeline timeline =
            randomTimeline(random, 4 + random.below(30), 300, span,
                           static_cast<std::uint32_t>(1 + random.below(3)), false);
        TtlSweepOptions options;
        options.rule = random.below(2) == 0 ? TtlRule::fill : TtlRule::sliding;
        options.boundary =
            random.below(2) == 0 ? TtlBoundary::aliveAtDeadline : TtlBoundary::deadAtDeadline;
        options.threads = 1 + random.below(2);
        const Ticks ttls = ttlGrid(1, span, 1 + random.below(20));
        const auto table = AgeTable::of(timeline, ttls, options);
        ASSERT_TRUE(table.ok());
        std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> whole;
        for (std::size_t point = 0; point < ttls.size(); ++point) {
            for (std::uint32_t group = 0; group < timeline.groupNames.size(); ++group) {
                std::vector<std::uint32_t> expected(AgeTable::kBuckets);
                for (const std::uint32_t age :
                     agesOneByOne(timeline, ttls[point], options, group)) {
                    ++expected[AgeTable::bucketOf(age)];
                    ++whole[{point, AgeTable::bucketOf(age)}];
                }
                const std::uint32_t* found = table->hits(group, point);
                ASSERT_EQ(Ticks(found, found + AgeTable::kBuckets), expected) << ttls[point];
            }
            for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; ++bucket) {
                ASSERT_EQ(table->wholeHits(point)[bucket], (whole[{point, bucket}]));
            }
        }
    }
}

TEST(AgeTable, staleHitsAreTheSumOfWhatEachAgeMayBe) {
    Random random{22};
    const Timeline timeline = randomTimeline(random, 50, 500, 2'000'000, 2, false, false);
    const Ticks ttls = ttlGrid(3, 2'000'000, 12);
    const auto table = AgeTable::of(timeline, ttls, {});
    ASSERT_TRUE(table.ok());
    for (const double rate : {1e-7, 1e-5, 1e-3, 0.5}) {
        const std::vector<double> stale = table->staleHits(1, rate);
        for (std::size_t point = 0; point < ttls.size(); ++point) {
            const Ticks ages = agesOneByOne(timeline, ttls[point], {}, 1);
            const double expected = std::accumulate(
                ages.begin(), ages.end(), 0.0,
                [rate](double sum, std::uint32_t age) { return sum - std::expm1(-rate * age); });
            // A bucket is an eighth wide, and a few ages within one are not even.
            EXPECT_NEAR(stale[point], expected, expected / (ages.size() < 1000 ? 8 : 100)) << rate;
        }
    }
    for (const double stale : table->wholeStaleHits(0)) {
        EXPECT_EQ(stale, 0);
    }
}

TEST(AgeTable, followsTheClosedFormForRandomArrivals) {
    constexpr double kRequests = 0.0005;  // a tick
    Random random{23};
    Timeline timeline;
    timeline.groupNames = {""};
    timeline.groups = {0};
    double now = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        timeline.times.push_back(static_cast<std::uint32_t>(now));
        now -= std::log(1 - random.uniform()) / kRequests;
    }
    timeline.offsets = {0, 1'000'000};
    timeline.span = timeline.times.back();
    const Ticks ttls{500, 5000, 50'000, 500'000};
    const auto table = AgeTable::of(timeline, ttls, {});
    ASSERT_TRUE(table.ok());
    for (const double rate : {1e-6, 2e-5, 1e-3}) {
        const std::vector<double> stale = table->wholeStaleHits(rate);
        for (std::size_t point = 0; point < ttls.size(); ++point) {
            const double ttl = ttls[point];
            const double expected =
                kRequests * (ttl - (1 - std::exp(-rate * ttl)) / rate) / (1 + kRequests * ttl);
            const double chance = 5 / std::sqrt(1e6 / (1 + kRequests * ttl));
            EXPECT_NEAR(stale[point] / 1e6, expected, chance * std::max(expected, 0.01))
                << rate << ' ' << ttl;
        }
    }
    // Ages of hits are even between zero and the TTL.
    EXPECT_NEAR(table->wholeAgePercentile(3, 0.5), 250'000, 250'000 * 0.05);
    EXPECT_NEAR(table->wholeAgePercentile(2, 0.9), 45'000, 45'000 * 0.05);
}

TEST(AgeTable, expectsWhatWritesAtRandomBringAbout) {
    Random random{24};
    constexpr double kRate = 1e-5;
    Timeline timeline = randomTimeline(random, 3000, 400, 1'000'000, 1, false, false);
    const auto table = AgeTable::of(timeline, {2000, 40'000, 600'000}, {});
    for (std::size_t key = 0; key < timeline.keyCount(); ++key) {
        double next = -std::log(1 - random.uniform()) / kRate;
        std::uint32_t written = Timeline::kNoWrite;
        for (std::size_t i = timeline.offsets[key]; i < timeline.offsets[key + 1]; ++i) {
            while (next <= timeline.times[i]) {
                written = static_cast<std::uint32_t>(std::ceil(next));
                next -= std::log(1 - random.uniform()) / kRate;
            }
            timeline.written.push_back(written);
        }
    }
    const auto curve = TtlCurve::of(timeline, table->ttls(), {});
    const std::vector<double> stale = table->wholeStaleHits(kRate);
    for (std::size_t point = 0; point < stale.size(); ++point) {
        const auto counted = static_cast<double>(curve->whole(point).staleHits);
        EXPECT_GT(counted, 300);
        EXPECT_NEAR(stale[point], counted, 0.1 * counted);
    }
}

TEST(AgeTable, percentilesLieInTheBucketOfTheAgeTheyName) {
    Random random{25};
    const Timeline timeline = randomTimeline(random, 20, 500, 1'000'000, 2, false);
    const Ticks ttls{1000, 30'000, 1'000'000};
    const auto table = AgeTable::of(timeline, ttls, {});
    for (std::size_t point = 0; point < ttls.size(); ++point) {
        Ticks ages = agesOneByOne(timeline, ttls[point], {}, 0);
        std::sort(ages.begin(), ages.end());
        ASSERT_FALSE(ages.empty());
        for (const double share : {0.1, 0.5, 0.99, 1.0}) {
            const auto rank =
                static_cast<std::size_t>(std::ceil(share * static_cast<double>(ages.size())));
            const double found = table->agePercentile(0, point, share);
            EXPECT_EQ(AgeTable::bucketOf(static_cast<std::uint32_t>(found)),
                      AgeTable::bucketOf(ages[rank - 1]));
        }
    }
    Timeline once = timeline;
    once.offsets = {0, 1};
    once.times = {7};
    EXPECT_EQ(AgeTable::of(once, {5}, {})->wholeAgePercentile(0, 0.5), 0);
}

TEST(StaleHits, followTheRateOfEachGroup) {
    Random random{26};
    const Timeline timeline = randomTimeline(random, 60, 200, 500'000, 3, false);
    const auto table = AgeTable::of(timeline, ttlGrid(10, 500'000, 9), {});
    StaleHits stale(*table, 1e-4);
    const std::vector<double> atOneRate = table->wholeStaleHits(1e-4);
    for (std::size_t point = 0; point < atOneRate.size(); ++point) {
        EXPECT_NEAR(stale.whole()[point], atOneRate[point], 1e-6);
    }
    stale.setRate(2, 1e-2);
    stale.setRate(0, 0);
    EXPECT_EQ(stale.rate(2), 1e-2);
    const std::vector<double> one = table->staleHits(1, 1e-4);
    const std::vector<double> two = table->staleHits(2, 1e-2);
    for (std::size_t point = 0; point < one.size(); ++point) {
        EXPECT_NEAR(stale.whole()[point], one[point] + two[point], 1e-6);
        EXPECT_EQ(stale.group(0)[point], 0);
        EXPECT_EQ(stale.group(2)[point], two[point]);
    }
}

TEST(AgeTable, saysWhatItCannotCountAndStopsWhenAsked) {
    Random random{27};
    Timeline timeline = randomTimeline(random, 5, 5, 1'000'000, 1, false);
    EXPECT_EQ(AgeTable::of(timeline, {}, {}).error().code(), ErrorCode::outOfRange);
    EXPECT_EQ(AgeTable::of(Timeline{}, {1}, {}).error().code(), ErrorCode::missing);
    TtlSweepOptions options;
    options.progress = [](double) { return false; };
    EXPECT_EQ(AgeTable::of(timeline, {1}, options).error().code(), ErrorCode::cancelled);
    timeline.groupNames.resize(100'000);
    EXPECT_EQ(AgeTable::of(timeline, {1, 2, 3}, {}).error().code(), ErrorCode::tooLarge);
}

}  // namespace
}  // namespace cachescope::tune
