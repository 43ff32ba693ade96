// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/timeline.h"

#include <gtest/gtest.h>

#include <map>

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;
using Ticks = std::vector<std::uint32_t>;

struct Row {
    Duration time;
    std::string key;
    bool write = false;
    std::uint32_t size = 1;
};

Trace traceOf(const std::vector<Row>& rows) {
    Trace trace;
    std::map<std::string, std::uint32_t> numbers;
    for (const Row& row : rows) {
        const auto number = static_cast<std::uint32_t>(numbers.size());
        const auto [found, isNew] = numbers.try_emplace(row.key, number);
        if (isNew) {
            trace.names.append(std::string_view{row.key});
        }
        trace.keys.push_back(found->second);
        trace.times.push_back(row.time);
        trace.sizes.push_back(row.size);
        trace.operations.push_back(row.write ? TraceOperation::write : TraceOperation::read);
    }
    return trace;
}

Ticks timesOf(const Timeline& timeline, std::size_t place) {
    return {timeline.times.begin() + timeline.offsets[place],
            timeline.times.begin() + timeline.offsets[place + 1]};
}

TEST(Timeline, requestsStandByKeyAndThenByTime) {
    const Trace trace =
        traceOf({{0ms, "a"}, {1ms, "b"}, {3ms, "a"}, {3ms, "a"}, {9ms, "c"}, {10ms, "b"}});
    const auto timeline = Timeline::of(trace, "");
    ASSERT_TRUE(timeline.ok());
    EXPECT_EQ(timeline->tick, 1ms);
    EXPECT_EQ(timeline->span, 10U);
    EXPECT_EQ(timeline->keys, (Ticks{0, 1, 2}));
    EXPECT_EQ(timesOf(*timeline, 0), (Ticks{0, 3, 3}));
    EXPECT_EQ(timesOf(*timeline, 1), (Ticks{1, 10}));
    EXPECT_EQ(timesOf(*timeline, 2), (Ticks{9}));
    EXPECT_TRUE(timeline->written.empty());
    EXPECT_EQ(timeline->groupNames, std::vector<std::string>{""});
}

TEST(Timeline, aWriteStandsBesideTheReadsAfterItAndIsNoRequest) {
    const Trace trace = traceOf({{0ms, "a"},
                                 {2ms, "a", true},
                                 {3ms, "a"},
                                 {4ms, "b", true},
                                 {5ms, "a"},
                                 {6ms, "a", true},
                                 {8ms, "a"},
                                 {9ms, "c"}});
    const auto timeline = Timeline::of(trace, "");
    ASSERT_TRUE(timeline.ok());
    EXPECT_EQ(timeline->requests(), 5U);
    EXPECT_EQ(timeline->keys, (Ticks{0, 2})) << "b is never read";
    EXPECT_EQ(timesOf(*timeline, 0), (Ticks{0, 3, 5, 8}));
    EXPECT_EQ(timeline->written, (Ticks{Timeline::kNoWrite, 2, 2, 6, Timeline::kNoWrite}));
}

TEST(Timeline, groupsAreTheBusiestFirstAndTheSmallOnesAreOne) {
    const Trace trace = traceOf({{0ms, "x:1"},
                                 {1ms, "y:1"},
                                 {2ms, "y:2"},
                                 {3ms, "plain"},
                                 {4ms, "plain"},
                                 {5ms, "y:1"},
                                 {6ms, "z:1:y"}});
    const auto all = Timeline::of(trace, ":");
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all->groupNames, (std::vector<std::string>{"y", "", "x", "z"}));
    EXPECT_EQ(all->groups, (Ticks{0, 0, 1, 2, 3}));
    EXPECT_EQ(all->keys, (Ticks{1, 2, 3, 0, 4}));

    const auto two = Timeline::of(trace, ":", 2);
    ASSERT_TRUE(two.ok());
    EXPECT_EQ(two->groupNames, (std::vector<std::string>{"y", "", "…"}));
    EXPECT_EQ(two->groups, (Ticks{0, 0, 1, 2, 2}));
}

TEST(Timeline, aValueHasTheSizeOfTheFirstReadThatFoundIt) {
    const Trace trace = traceOf({{0ms, "a", false, 0}, {1ms, "a", false, 7}, {2ms, "a", false, 9}});
    const auto timeline = Timeline::of(trace, "");
    ASSERT_TRUE(timeline.ok());
    EXPECT_EQ(timeline->bytes, (Ticks{7}));
}

TEST(Timeline, theTickGrowsWithTheSpan) {
    const auto year = Timeline::of(traceOf({{0ms, "a"}, {24h * 365, "a"}}), "");
    ASSERT_TRUE(year.ok());
    EXPECT_EQ(year->tick, 8ms);
    EXPECT_EQ(year->times, (Ticks{0, 3'942'000'000}));
    EXPECT_LT(year->span, Timeline::kNoWrite);

    const auto longest = Timeline::of(traceOf({{0ms, "a"}, {Duration::max(), "a"}}), "");
    ASSERT_TRUE(longest.ok());
    EXPECT_LT(longest->span, Timeline::kNoWrite);
    const auto justFits = Timeline::of(traceOf({{0ms, "a"}, {4'294'967'294ms, "a"}}), "");
    ASSERT_TRUE(justFits.ok());
    EXPECT_EQ(justFits->tick, 1ms);
    const auto tooLong = Timeline::of(traceOf({{0ms, "a"}, {4'294'967'295ms, "a"}}), "");
    ASSERT_TRUE(tooLong.ok());
    EXPECT_EQ(tooLong->tick, 2ms);
}

TEST(Timeline, needsTimesAndReads) {
    Trace trace = traceOf({{0ms, "a", true}});
    EXPECT_EQ(Timeline::of(trace, "").error().code(), ErrorCode::missing);
    EXPECT_EQ(Timeline::of(trace, "").error().subject(), "reads");
    trace = traceOf({{0ms, "a"}});
    trace.times.clear();
    EXPECT_EQ(Timeline::of(trace, "").error().subject(), "times");
    EXPECT_EQ(Timeline::of(Trace{}, "").error().code(), ErrorCode::missing);
}

TEST(Timeline, stopsWhenAsked) {
    const Trace trace = traceOf({{0ms, "a"}, {1ms, "b"}});
    for (int allowed = 0; allowed < 3; ++allowed) {
        int looks = 0;
        const auto timeline = Timeline::of(trace, ":", 10, [&] { return looks++ < allowed; });
        ASSERT_FALSE(timeline.ok());
        EXPECT_EQ(timeline.error().code(), ErrorCode::cancelled);
    }
}

}  // namespace
}  // namespace cachescope::tune
