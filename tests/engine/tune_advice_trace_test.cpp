// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "engine/tune/advice.h"
#include "engine/tune/age_table.h"
#include "engine/tune/ttl_curve.h"
#include "trace_fixture.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

/// Three kinds of data, asked for in one recording; what changes often and what hardly ever does
/// are to get TTLs of their own.
struct AdviceForTraceTest : testing::Test {
    std::vector<GroupCurve> fine;
    std::vector<GroupCurve> coarse;
    double requests = 0;

    void SetUp() override {
        const auto path = test::sharedTrace("synth_ttl_300k.csv");
        if (!std::filesystem::exists(path)) {
            GTEST_SKIP() << path << " is not there";
        }
        const Trace trace = readTrace(path.string()).value().trace;
        const Timeline timeline = Timeline::of(trace, ":").value();
        ASSERT_EQ(timeline.groupNames.size(), 3U);
        requests = static_cast<double>(timeline.requests());
        fine = curvesAt(timeline, ttlGrid(1'000, 3'600'000, 128));
        // The grid of the published numbers: whole seconds, each about a quarter longer.
        std::vector<std::uint32_t> seconds;
        seconds.reserve(37);
        for (int i = 0; i < 37; ++i) {
            seconds.push_back(1'000 *
                              static_cast<std::uint32_t>(std::lround(std::exp(0.2279 * i))));
        }
        coarse = curvesAt(timeline, seconds);
        // To the last digit: at 60 s for all, 5.0008 percent are stale, where a table by age says
        // a little less than five.
        for (std::size_t group = 0; group < coarse.size(); ++group) {
            for (std::size_t i = 0; i < coarse[group].ttls.size(); ++i) {
                coarse[group].staleHits[i] =
                    staleHits(timeline, group,
                              static_cast<std::uint32_t>(coarse[group].ttls[i] / timeline.tick));
            }
        }
    }

    static Duration updateOf(const std::string& group) {
        return group == "static" ? 6h : group == "products" ? 30min : 60s;
    }

    static double staleHits(const Timeline& timeline, std::size_t group, std::uint32_t ttl) {
        const double updates = static_cast<double>(timeline.tick.count()) /
                               static_cast<double>(updateOf(timeline.groupNames[group]).count());
        double stale = 0;
        for (std::size_t key = 0; key < timeline.keyCount(); ++key) {
            if (timeline.groups[key] != group) {
                continue;
            }
            std::uint32_t stored = timeline.times[timeline.offsets[key]];
            for (std::size_t i = timeline.offsets[key] + 1; i < timeline.offsets[key + 1]; ++i) {
                const std::uint32_t age = timeline.times[i] - stored;
                if (age > ttl) {
                    stored = timeline.times[i];
                } else {
                    stale -= std::expm1(-updates * age);
                }
            }
        }
        return stale;
    }

    static std::vector<GroupCurve> curvesAt(const Timeline& timeline,
                                            const std::vector<std::uint32_t>& ttls) {
        std::vector<GroupCurve> curves;
        const TtlCurve curve = TtlCurve::of(timeline, ttls, {}).value();
        const AgeTable ages = AgeTable::of(timeline, ttls, {}).value();
        for (std::size_t group = 0; group < 3; ++group) {
            GroupCurve& points = curves.emplace_back();
            points.name = timeline.groupNames[group];
            const double updates = static_cast<double>(timeline.tick.count()) /
                                   static_cast<double>(updateOf(points.name).count());
            points.staleHits = ages.staleHits(group, updates);
            for (std::size_t i = 0; i < curve.size(); ++i) {
                points.ttls.push_back(timeline.tick * curve.ttls()[i]);
                points.misses.push_back(static_cast<double>(curve.group(group, i).misses));
            }
        }
        return curves;
    }
};

TEST_F(AdviceForTraceTest, aTtlAGroupSavesAQuarterToAThirdOfTheOriginCalls) {
    struct Published {
        double budget;
        double singleHitRatio;
        double hitRatio;
        double saved;
    };
    for (const Published& row :
         {Published{0.005, 0.202, 0.399, 0.247}, Published{0.01, 0.258, 0.462, 0.276},
          Published{0.02, 0.298, 0.527, 0.326}, Published{0.05, 0.388, 0.619, 0.376}}) {
        const double budget = row.budget * requests;
        const TtlAdvice advice = adviseByStaleBudget(coarse, budget).value();
        ASSERT_TRUE(advice.single.has_value());
        EXPECT_TRUE(advice.optimal);
        EXPECT_LE(advice.staleHits, budget * (1 + 1e-9));
        // The numbers have three digits.
        EXPECT_NEAR(1 - advice.single->originCalls / requests, row.singleHitRatio, 0.0005);
        EXPECT_GE(1 - advice.originCalls / requests, row.hitRatio - 0.0005);
        EXPECT_GE(advice.originCallsSaved(), row.saved - 0.0005);

        const TtlAdvice finer = adviseByStaleBudget(fine, budget).value();
        EXPECT_TRUE(finer.optimal);
        EXPECT_LT(finer.originCalls, advice.originCalls);
        EXPECT_GT(finer.originCallsSaved(), 0.24);
    }
}

TEST_F(AdviceForTraceTest, theReverseQuestionHasTheSameAnswer) {
    const TtlAdvice advice = adviseByStaleBudget(fine, 0.02 * requests).value();
    const TtlAdvice reverse = adviseByOriginBudget(fine, advice.originCalls).value();
    EXPECT_LE(reverse.staleHits, advice.staleHits * (1 + 1e-9));
    EXPECT_EQ(reverse.originCalls, advice.originCalls);
    ASSERT_TRUE(reverse.single.has_value());
    EXPECT_GT(reverse.single->staleHits, 3 * reverse.staleHits);
}

}  // namespace
}  // namespace cachescope::tune
