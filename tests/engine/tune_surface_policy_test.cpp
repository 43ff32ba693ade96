// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <mutex>

#include "engine/policy/unbounded_ttl.h"
#include "engine/tune/policy_surface.h"
#include "tune_surface_fixture.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;
using test::replayedMisses;
using test::zipfTraceWithTimes;

ReplayFunction replayOf(std::string_view policy) {
    return PolicyRegistry::builtin().find(policy)->replay;
}

PolicySurface surfaceOf(const Trace& trace, std::string_view policy, const SurfaceGrid& grid,
                        const PolicySurfaceOptions& options = {}) {
    const Timeline timeline = Timeline::of(trace, "").value();
    return PolicySurface::of(trace, timeline, replayOf(policy), grid, options).value();
}

/// An LRU or FIFO cache whose entries leave at their deadline, by searching a list.
std::uint64_t missesWithRemoval(const Trace& trace, std::size_t capacity, Duration ttl, bool lru) {
    struct Held {
        std::uint32_t key;
        Duration deadline;
    };
    std::list<Held> held;
    std::uint64_t misses = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const Duration now = trace.times[i];
        held.remove_if([now](const Held& entry) { return entry.deadline < now; });
        const auto at = std::find_if(held.begin(), held.end(),
                                     [&](const Held& entry) { return entry.key == trace.keys[i]; });
        if (at != held.end()) {
            if (lru) {
                held.splice(held.begin(), held, at);
            }
            continue;
        }
        ++misses;
        if (held.size() == capacity) {
            held.pop_back();
        }
        held.push_front({trace.keys[i], now + ttl});
    }
    return misses;
}

TEST(PolicySurfaceTest, equalsReplaysWhereTheTraceIsShort) {
    const Trace trace = zipfTraceWithTimes(1, 20'000, 2'000, 0.9, 10ms);
    const SurfaceGrid grid{{5, 80, 700, 3'000}, {20ms, 1s, 15s, 300s}};
    for (const char* policy : {"fifo", "sieve", "s3fifo", "arc"}) {
        const PolicySurface surface = surfaceOf(trace, policy, grid);
        for (const SurfacePoint& point : surface.points) {
            EXPECT_FALSE(point.sampled);
            EXPECT_EQ(point.lazy.error, 0);
            EXPECT_EQ(
                static_cast<std::uint64_t>(point.lazy.misses),
                replayedMisses(trace, policy, grid.capacities[point.row], grid.ttls[point.column]))
                << policy;
        }
    }
}

TEST(PolicySurfaceTest, entriesMayLeaveAtTheirDeadline) {
    const Trace trace = zipfTraceWithTimes(2, 8'000, 600, 0.8, 10ms);
    const SurfaceGrid grid{{5, 60, 250, 1'000}, {20ms, 500ms, 2s, 15s, 300s}};
    for (const bool lru : {false, true}) {
        const PolicySurface surface = surfaceOf(trace, lru ? "lru" : "fifo", grid);
        double differences = 0;
        for (const SurfacePoint& point : surface.points) {
            EXPECT_EQ(
                static_cast<std::uint64_t>(point.atDeadline.misses),
                missesWithRemoval(trace, grid.capacities[point.row], grid.ttls[point.column], lru))
                << point.row << ' ' << point.column;
            differences += std::abs(point.lazy.misses - point.atDeadline.misses);
        }
        if (lru) {
            EXPECT_GT(differences, 0) << "expired entries take no room from others";
        } else {
            EXPECT_EQ(differences, 0) << "the next to be evicted has expired first anyway";
        }
    }
}

TEST(PolicySurfaceTest, aLongerTtlMayMissMoreWhereEntriesLeaveAtTheirDeadline) {
    Trace trace;
    for (const char* name : {"C", "B", "A"}) {
        trace.names.append(std::string_view{name});
    }
    trace.keys = {0, 1, 0, 2, 1};
    trace.times = {0s, 3s, 6s, 7s, 9s};
    const PolicySurface surface = surfaceOf(trace, "lru", {{2}, {6s, 7s}});
    EXPECT_EQ(surface.points[0].atDeadline.misses, 3);
    EXPECT_EQ(surface.points[1].atDeadline.misses, 4);
}

TEST(PolicySurfaceTest, writesAreNoRequestsAndMomentsAreTicks) {
    Trace trace = zipfTraceWithTimes(3, 9'000, 500, 0.9, 10ms);
    Trace reads;
    reads.names = trace.names;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const bool write = i % 5 == 3;
        trace.operations.push_back(write ? TraceOperation::write : TraceOperation::read);
        if (!write) {
            reads.keys.push_back(trace.keys[i]);
            reads.times.push_back(trace.times[i]);
        }
        trace.times[i] += 999'999ns;
    }
    const SurfaceGrid grid{{50, 400}, {100ms, 10s}};
    const PolicySurface surface = surfaceOf(trace, "fifo", grid);
    EXPECT_EQ(surface.requests, reads.size());
    for (const SurfacePoint& point : surface.points) {
        EXPECT_EQ(
            static_cast<std::uint64_t>(point.lazy.misses),
            replayedMisses(reads, "fifo", grid.capacities[point.row], grid.ttls[point.column]));
    }
}

/// A trace twelve times as long as what is replayed for a point.
struct SampledTest : testing::TestWithParam<const char*> {
    static const Trace& trace() {
        static const Trace trace = zipfTraceWithTimes(4, 600'000, 60'000, 0.9, 1ms);
        return trace;
    }
    static SurfaceGrid grid() {
        return {{5'000, 10'000, 20'000, 40'000}, {300ms, 3s, 15s, 60s, 300s, 1'000s}};
    }
};

TEST_P(SampledTest, saysHowFarItIsFromTheExactNumber) {
    PolicySurfaceOptions options;
    options.requestsPerReplay = 50'000;
    const PolicySurface sampled = surfaceOf(trace(), GetParam(), grid(), options);
    options.requestsPerReplay = 1'000'000;
    const PolicySurface exact = surfaceOf(trace(), GetParam(), grid(), options);
    const auto requests = static_cast<double>(exact.requests);
    int estimates = 0;
    int within = 0;
    const auto compare = [&](const MissEstimate& estimate, const MissEstimate& truth) {
        EXPECT_EQ(truth.error, 0);
        ++estimates;
        within += std::abs(estimate.misses - truth.misses) <= estimate.error + 1e-6 ? 1 : 0;
        EXPECT_LE(std::abs(estimate.misses - truth.misses), 2 * estimate.error + 0.002 * requests);
        EXPECT_LE(estimate.error, 0.025 * requests);
    };
    for (std::size_t i = 0; i < exact.points.size(); ++i) {
        EXPECT_TRUE(sampled.points[i].sampled);
        EXPECT_FALSE(exact.points[i].sampled);
        compare(sampled.points[i].lazy, exact.points[i].lazy);
        compare(sampled.points[i].atDeadline, exact.points[i].atDeadline);
    }
    // 95 of 100 by chance alone, but the points of a surface share their samples.
    EXPECT_GE(within, estimates * 9 / 10) << estimates;
}

INSTANTIATE_TEST_SUITE_P(Policies, SampledTest, testing::Values("lru", "fifo", "sieve", "s3fifo"));

TEST_F(SampledTest, withRoomForAllKeysSamplesKnowTheExactNumber) {
    PolicySurfaceOptions options;
    options.requestsPerReplay = 50'000;
    const SurfaceGrid grid{{60'000, 1'000'000}, {10ms, 3s, 60s}};
    for (const SurfacePoint& point : surfaceOf(trace(), "fifo", grid, options).points) {
        EXPECT_TRUE(point.sampled);
        EXPECT_EQ(point.lazy.error, 0);
        EXPECT_EQ(static_cast<std::uint64_t>(point.lazy.misses),
                  countUnboundedTtl(replayRequests(trace()), grid.ttls[point.column]).misses);
    }
}

TEST_F(SampledTest, cachesTooSmallForSamplesAreReplayedWhole) {
    PolicySurfaceOptions options;
    options.requestsPerReplay = 50'000;
    options.atDeadline = false;
    const PolicySurface surface = surfaceOf(trace(), "lru", {{100, 10'000}, {3s}}, options);
    EXPECT_FALSE(surface.points[0].sampled);
    EXPECT_EQ(static_cast<std::uint64_t>(surface.points[0].lazy.misses),
              replayedMisses(trace(), "lru", 100, 3s));
    EXPECT_TRUE(surface.points[1].sampled);
    EXPECT_EQ(surface.points[1].atDeadline.misses, surface.points[1].lazy.misses);
}

TEST(PolicySurfaceTest, coarsePointsComeFirstAndAllComeOnce) {
    const Trace trace = zipfTraceWithTimes(5, 2'000, 300, 0.9, 10ms);
    SurfaceGrid grid;
    for (std::size_t i = 1; i <= 9; ++i) {
        grid.capacities.push_back(20 * i);
        grid.ttls.emplace_back(1s * static_cast<int>(i));
    }
    std::vector<std::size_t> order;
    PolicySurfaceOptions options;
    options.threads = 1;
    options.onPoint = [&](const SurfacePoint& point) {
        order.push_back(grid.at(point.row, point.column));
    };
    surfaceOf(trace, "fifo", grid, options);
    ASSERT_EQ(order.size(), grid.size());
    for (std::size_t i = 0; i < 25; ++i) {
        EXPECT_EQ(order[i] / 9 % 2, 0U) << "every other row";
        EXPECT_EQ(order[i] % 9 % 2, 0U) << "and column";
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
        EXPECT_EQ(order[i], i);
    }
}

TEST(PolicySurfaceTest, endsWhereItIsNoLongerWanted) {
    const Trace trace = zipfTraceWithTimes(6, 5'000, 300, 0.9, 10ms);
    const Timeline timeline = Timeline::of(trace, "").value();
    std::atomic<int> questions = 0;
    int last = 0;
    PolicySurfaceOptions options;
    options.goOn = [&] { return ++questions < last; };
    const SurfaceGrid grid{{10, 20, 30, 40}, {1s, 2s, 3s}};
    for (last = 1; last < 8; ++last) {
        questions = 0;
        const auto surface = PolicySurface::of(trace, timeline, replayOf("fifo"), grid, options);
        ASSERT_FALSE(surface.ok());
        EXPECT_EQ(surface.error().code(), ErrorCode::cancelled);
    }
}

TEST(PolicySurfaceTest, whatMeansNothingIsRefused) {
    const Trace trace = zipfTraceWithTimes(7, 2'000, 300, 0.9, 10ms);
    const Trace other = zipfTraceWithTimes(7, 1'000, 300, 0.9, 10ms);
    const Timeline timeline = Timeline::of(trace, "").value();
    const auto codeOf = [&](const Trace& of, const SurfaceGrid& grid) {
        return PolicySurface::of(of, timeline, replayOf("fifo"), grid).error().code();
    };
    EXPECT_EQ(codeOf(trace, {{}, {1s}}), ErrorCode::missing);
    EXPECT_EQ(codeOf(trace, {{0}, {1s}}), ErrorCode::outOfRange);
    EXPECT_EQ(codeOf(trace, {{1}, {1us}}), ErrorCode::outOfRange);
    EXPECT_EQ(codeOf(other, {{1}, {1s}}), ErrorCode::damaged);
}

}  // namespace
}  // namespace cachescope::tune
