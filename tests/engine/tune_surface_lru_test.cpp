// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <list>

#include "engine/policy/unbounded_ttl.h"
#include "engine/tune/lru_surface.h"
#include "engine/tune/lru_surface_pass.h"
#include "trace_fixture.h"
#include "tune_surface_fixture.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;
using test::replayedMisses;
using test::zipfTraceWithTimes;

constexpr Duration kForever = std::chrono::hours{24 * 365};

struct Prepared {
    explicit Prepared(Trace given)
        : trace(std::move(given)),
          timeline(Timeline::of(trace, "").value()),
          distances(StackDistances::of(trace, timeline).value()) {}

    LruSurface surface(const SurfaceGrid& grid, const LruSurfaceOptions& options = {}) const {
        return LruSurface::of(timeline, distances, grid, options).value();
    }

    Trace trace;
    Timeline timeline;
    StackDistances distances;
};

const Prepared& zipf() {
    static const Prepared prepared{zipfTraceWithTimes(1, 40'000, 3'000, 0.9, 10ms)};
    return prepared;
}

std::vector<std::uint32_t> listDistances(const Trace& trace, const Timeline& timeline) {
    std::vector<std::vector<std::uint32_t>> byKey(trace.names.size());
    std::list<std::uint32_t> stack;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        if (!trace.operations.empty() && trace.operations[i] == TraceOperation::write) {
            continue;
        }
        const std::uint32_t key = trace.keys[i];
        const auto at = std::find(stack.begin(), stack.end(), key);
        byKey[key].push_back(
            at == stack.end() ? StackDistances::kCold
                              : static_cast<std::uint32_t>(std::distance(stack.begin(), at) + 1));
        if (at != stack.end()) {
            stack.erase(at);
        }
        stack.push_front(key);
    }
    std::vector<std::uint32_t> distances;
    for (const std::uint32_t key : timeline.keys) {
        distances.insert(distances.end(), byKey[key].begin(), byKey[key].end());
    }
    return distances;
}

TEST(StackDistancesTest, countTheKeysSinceTheLastRequest) {
    Trace trace;
    for (const char* name : {"a", "b", "c"}) {
        trace.names.append(std::string_view{name});
    }
    trace.keys = {0, 1, 0, 0, 2, 1, 0};
    trace.times.assign(7, 0ms);
    const Prepared prepared{trace};
    constexpr std::uint32_t kCold = StackDistances::kCold;
    EXPECT_EQ(prepared.distances.distances,
              (std::vector<std::uint32_t>{kCold, 2, 1, 3, kCold, 3, kCold}));
}

TEST(StackDistancesTest, equalThoseOfAListThatIsSearched) {
    Trace trace = zipfTraceWithTimes(3, 4'000, 500, 0.7, 1ms);
    const Timeline timeline = Timeline::of(trace, "").value();
    EXPECT_EQ(StackDistances::of(trace, timeline)->distances, listDistances(trace, timeline));
}

TEST(StackDistancesTest, writesMoveNothing) {
    Trace trace = zipfTraceWithTimes(4, 3'000, 200, 0.8, 1ms);
    for (std::size_t i = 0; i < trace.size(); ++i) {
        trace.operations.push_back(i % 3 == 1 ? TraceOperation::write : TraceOperation::read);
    }
    const Timeline timeline = Timeline::of(trace, "").value();
    EXPECT_EQ(StackDistances::of(trace, timeline)->distances, listDistances(trace, timeline));
}

TEST(StackDistancesTest, ofAnotherTraceAreRefused) {
    const Trace other = zipfTraceWithTimes(5, 3'000, 200, 0.8, 1ms);
    const auto result = StackDistances::of(other, zipf().timeline);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::damaged);
}

TEST(StackDistancesTest, endWhereTheyAreNoLongerWanted) {
    const auto result = StackDistances::of(zipf().trace, zipf().timeline, [] { return false; });
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::cancelled);
}

TEST(LruSurfaceTest, equalsReplaysToTheLastMiss) {
    const SurfaceGrid grid{{1, 7, 60, 300, 1'500, 5'000},
                           {1ms, 50ms, 700ms, 3s, 20s, 90s, 250s, kForever}};
    const LruSurface surface = zipf().surface(grid);
    EXPECT_EQ(surface.requests, zipf().trace.size());
    for (std::size_t row = 0; row < grid.rows(); ++row) {
        for (std::size_t column = 0; column < grid.columns(); ++column) {
            EXPECT_EQ(surface.misses[grid.at(row, column)],
                      replayedMisses(zipf().trace, "lru", grid.capacities[row], grid.ttls[column]))
                << grid.capacities[row] << " entries, " << grid.ttls[column].count() << " ns";
        }
    }
}

TEST(LruSurfaceTest, anEntryMayBeDeadAtItsDeadline) {
    const SurfaceGrid grid{{40, 5'000}, {1ms, 5ms, 50ms, 700ms, 3s}};
    LruSurfaceOptions options;
    options.deadAtDeadline = true;
    const LruSurface surface = zipf().surface(grid, options);
    for (std::size_t column = 0; column < grid.columns(); ++column) {
        // All moments are whole milliseconds.
        EXPECT_EQ(surface.misses[grid.at(0, column)],
                  replayedMisses(zipf().trace, "lru", 40, grid.ttls[column] - 1ns));
        EXPECT_EQ(surface.misses[grid.at(1, column)],
                  countUnboundedTtl(replayRequests(zipf().trace), grid.ttls[column])
                      .missesIfDeadAtDeadline);
    }
}

TEST(LruSurfaceTest, aTtlBetweenTicksEndsWithTheTickBefore) {
    const SurfaceGrid grid{{200}, {50ms, 50ms + 1ns, 51ms - 1ns, 51ms}};
    for (const bool dead : {false, true}) {
        LruSurfaceOptions options;
        options.deadAtDeadline = dead;
        const std::vector<std::uint64_t> misses = zipf().surface(grid, options).misses;
        EXPECT_EQ(misses[1], misses[2]);
        EXPECT_EQ(misses[1], misses[dead ? 3 : 0]);
        EXPECT_NE(misses[1], misses[dead ? 0 : 3]);
    }
}

TEST(LruSurfaceTest, missesFallWithCapacityAndWithTtl) {
    SurfaceGrid grid;
    for (std::uint64_t capacity = 1; capacity < 6'000; capacity = capacity * 3 / 2 + 1) {
        grid.capacities.push_back(capacity);
    }
    for (Duration ttl = 1ms; ttl < 600s; ttl = ttl * 5 / 4) {
        grid.ttls.push_back(ttl);
    }
    ASSERT_GT(grid.columns(), kSurfaceLanes) << "more than a pass takes";
    const LruSurface surface = zipf().surface(grid);
    for (std::size_t row = 0; row < grid.rows(); ++row) {
        for (std::size_t column = 0; column < grid.columns(); ++column) {
            const std::uint64_t misses = surface.misses[grid.at(row, column)];
            if (row > 0) {
                EXPECT_LE(misses, surface.misses[grid.at(row - 1, column)]);
            }
            if (column > 0) {
                EXPECT_LE(misses, surface.misses[grid.at(row, column - 1)]);
            }
        }
    }
}

TEST(LruSurfaceTest, withRoomForAllKeysItIsTheCurveOfTtls) {
    const std::size_t keys = zipf().trace.names.size();
    const SurfaceGrid grid{{keys, keys + 1, std::uint64_t{1} << 40}, {5ms, 1s, 40s, kForever}};
    const LruSurface surface = zipf().surface(grid);
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const Duration ttl = grid.ttls[i % grid.columns()];
        EXPECT_EQ(surface.misses[i], countUnboundedTtl(replayRequests(zipf().trace), ttl).misses);
    }
    EXPECT_EQ(surface.misses.back(), keys);
}

TEST(LruSurfaceTest, withATtlOfTheWholeSpanItIsTheCurveOfCapacities) {
    const SurfaceGrid grid{{1, 30, 400, 2'000}, {zipf().trace.span(), kForever}};
    const LruSurface surface = zipf().surface(grid);
    for (std::size_t row = 0; row < grid.rows(); ++row) {
        const auto& all = zipf().distances.distances;
        const auto misses = static_cast<std::uint64_t>(
            std::count_if(all.begin(), all.end(),
                          [&](std::uint32_t distance) { return distance > grid.capacities[row]; }));
        EXPECT_EQ(surface.misses[grid.at(row, 0)], misses);
        EXPECT_EQ(surface.misses[grid.at(row, 1)], misses);
    }
}

TEST(LruSurfaceTest, allInstructionSetsCountTheSame) {
    SurfacePassInput input;
    input.offsets = zipf().timeline.offsets.data();
    input.times = zipf().timeline.times.data();
    input.distances = zipf().distances.distances.data();
    input.keys = zipf().timeline.keyCount();
    input.capacity = 250;
    input.goesOn = [](const void*) { return true; };
    for (std::size_t lane = 0; lane < kSurfaceLanes; ++lane) {
        input.oldest[lane] = lane == 31 ? 0xffff'ffffU : 7U << lane / 2;
    }
    std::vector<std::vector<std::uint64_t>> results;
    const SurfacePasses passes = surfacePasses();
    for (std::size_t i = 0; i < passes.count; ++i) {
        results.emplace_back(kSurfaceLanes);
        ASSERT_TRUE(passes.passes[i](input, results.back().data()));
        EXPECT_EQ(results.back(), results.front());
    }
    EXPECT_GT(results.front()[0], results.front()[31]);
}

TEST(LruSurfaceTest, momentsMayUseAllBitsOfATick) {
    Trace trace;
    trace.names.append(std::uint64_t{1});
    trace.keys.assign(4, 0);
    trace.times = {0ms, 1ms, 3'000'000'000ms, 4'200'000'000ms};
    const Prepared prepared{trace};
    const SurfaceGrid grid{{1},
                           {1ms, 1'199'999'999ms, 1'200'000'000ms, 2'999'999'999ms, 3'000'000'000ms,
                            4'200'000'000ms, kForever * 100}};
    EXPECT_EQ(prepared.surface(grid).misses, (std::vector<std::uint64_t>{3, 3, 2, 2, 2, 1, 1}));
}

TEST(LruSurfaceTest, rowsArriveOnceEachAndWhole) {
    SurfaceGrid grid{{1, 5, 25, 125, 625}, {1s, 10s}};
    std::vector<std::uint64_t> seen(grid.size());
    std::vector<std::size_t> order;
    LruSurfaceOptions options;
    options.onRow = [&](std::size_t row, std::span<const std::uint64_t> misses) {
        order.push_back(row);
        std::copy(misses.begin(), misses.end(),
                  seen.begin() + static_cast<std::ptrdiff_t>(grid.at(row, 0)));
    };
    EXPECT_EQ(zipf().surface(grid, options).misses, seen);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(LruSurfaceTest, coarseRowsComeFirst) {
    EXPECT_EQ(coarseFirst(9), (std::vector<std::size_t>{0, 8, 4, 2, 6, 1, 3, 5, 7}));
    EXPECT_EQ(coarseFirst(1), (std::vector<std::size_t>{0}));
    EXPECT_TRUE(coarseFirst(0).empty());
}

TEST(LruSurfaceTest, endsWhereItIsNoLongerWanted) {
    std::atomic<int> questions = 0;
    std::atomic<int> rows = 0;
    LruSurfaceOptions options;
    options.goOn = [&] { return ++questions < 4; };
    options.onRow = [&](std::size_t, std::span<const std::uint64_t>) { ++rows; };
    SurfaceGrid grid;
    for (std::uint64_t capacity = 1; capacity <= 64; ++capacity) {
        grid.capacities.push_back(capacity);
    }
    grid.ttls = {1s};
    const auto surface = LruSurface::of(zipf().timeline, zipf().distances, grid, options);
    ASSERT_FALSE(surface.ok());
    EXPECT_EQ(surface.error().code(), ErrorCode::cancelled);
    EXPECT_LE(rows, 4);
}

TEST(LruSurfaceTest, gridsWithoutPointsAreRefused) {
    const auto codeOf = [](const SurfaceGrid& grid) {
        return LruSurface::of(zipf().timeline, zipf().distances, grid).error().code();
    };
    EXPECT_EQ(codeOf({{}, {1s}}), ErrorCode::missing);
    EXPECT_EQ(codeOf({{1}, {}}), ErrorCode::missing);
    EXPECT_EQ(codeOf({{0}, {1s}}), ErrorCode::outOfRange);
    EXPECT_EQ(codeOf({{1}, {0s}}), ErrorCode::outOfRange);
    EXPECT_EQ(LruSurface::of(zipf().timeline, {}, {{1}, {1s}}).error().code(), ErrorCode::damaged);
}

TEST(LruSurfaceTest, equalsTheMeasuredTableOfTheSharedTrace) {
    const auto path = test::sharedTrace("cloudPhysicsIO.oracleGeneral.bin");
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << path << " is not there";
    }
    const Prepared prepared{readTrace(path.string()).value().trace};
    const SurfaceGrid grid{{5'000, 1'000'000}, {1s, 10s, 60s, 300s, 600s, 1'800s, 3'600s, 7'200s}};
    EXPECT_EQ(prepared.surface(grid).misses,
              (std::vector<std::uint64_t>{107'643, 101'976, 96'722, 93'094, 92'338, 91'659, 91'567,
                                          91'527, 107'643, 101'870, 83'002, 73'568, 72'771, 72'042,
                                          71'561, 48'974}));
}

}  // namespace
}  // namespace cachescope::tune
