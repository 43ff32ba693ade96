// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <unordered_map>

#include "engine/core/random.h"
#include "engine/policy/unbounded_ttl.h"
#include "engine/trace/trace_reader.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFolder = CACHESCOPE_SOURCE_DIR "/../shared/traces/";

struct Recording {
    const char* file;
    const char* columns;
    const char* reference;
};

std::ostream& operator<<(std::ostream& out, const Recording& recording) {
    return out << recording.file;
}

struct Row {
    std::uint32_t seconds;
    std::uint64_t requests, misses, missesIfDead, missesIfSliding, hitAges, lives;
};

std::vector<Row> readRows(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        std::replace(line.begin(), line.end(), ',', ' ');
        Row row{};
        std::istringstream(line) >> row.seconds >> row.requests >> row.misses >> row.missesIfDead >>
            row.missesIfSliding >> row.hitAges >> row.lives;
        rows.push_back(row);
    }
    return rows;
}

class TtlReference : public testing::TestWithParam<Recording> {};

TEST_P(TtlReference, agreesToTheLastMiss) {
    const std::string reference = std::string(kFolder) + GetParam().reference;
    if (!std::filesystem::exists(reference)) {
        GTEST_SKIP() << "no reference results at " << reference;
    }
    TraceReadOptions reading;
    reading.columns = parseTraceColumns(GetParam().columns).value();
    const auto read = readTrace(std::string(kFolder) + GetParam().file, reading);
    ASSERT_TRUE(read.ok()) << read.error().toLogLine();
    Trace reads = read->trace;
    reads.operations.clear();
    const auto timeline = Timeline::of(reads, "");
    ASSERT_TRUE(timeline.ok());
    const std::vector<Row> rows = readRows(reference);
    ASSERT_GE(rows.size(), 20U);
    std::vector<std::uint32_t> ttls;
    ttls.reserve(rows.size());
    for (const Row& row : rows) {
        ttls.push_back(ticksOf(std::chrono::seconds{row.seconds}, timeline->tick));
    }

    TtlSweepOptions options;
    const auto fill = TtlCurve::of(*timeline, ttls, options);
    options.boundary = TtlBoundary::deadAtDeadline;
    const auto dead = TtlCurve::of(*timeline, ttls, options);
    options = {};
    options.rule = TtlRule::sliding;
    const auto sliding = TtlCurve::of(*timeline, ttls, options);
    for (std::size_t point = 0; point < rows.size(); ++point) {
        const Row& row = rows[point];
        SCOPED_TRACE(row.seconds);
        EXPECT_EQ(fill->requests(), row.requests);
        EXPECT_EQ(fill->whole(point).misses, row.misses);
        EXPECT_EQ(dead->whole(point).misses, row.missesIfDead);
        EXPECT_EQ(sliding->whole(point).misses, row.missesIfSliding);
        EXPECT_EQ(fill->whole(point).hitAges, row.hitAges * 1000);
        EXPECT_EQ(fill->whole(point).liveTicks, row.lives * 1000);
    }
}

INSTANTIATE_TEST_SUITE_P(Recordings, TtlReference,
                         testing::Values(Recording{"synth_ttl_300k.csv", "time=1,key=2,namespace=4",
                                                   "ref_ttl_curve_synth_ttl_300k.csv"},
                                         Recording{"cloudPhysicsIO.csv", "time=2,key=5",
                                                   "ref_ttl_curve_cloudPhysicsIO.csv"}));

// Requests as they come, for keys that are hashed: what simulators do.
std::uint64_t missesByHashMap(const Trace& trace, Duration ttl) {
    std::unordered_map<std::uint32_t, Duration> stored;
    std::uint64_t misses = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const auto [entry, isNew] = stored.try_emplace(trace.keys[i], trace.times[i]);
        if (isNew || trace.times[i] - entry->second > ttl) {
            ++misses;
            entry->second = trace.times[i];
        }
    }
    return misses;
}

Trace randomTrace(std::uint64_t seed, std::size_t requests, std::uint32_t keys) {
    Random random{seed};
    Trace trace;
    for (std::uint32_t key = 0; key < keys; ++key) {
        trace.names.append(std::uint64_t{key});
    }
    Duration now{};
    for (std::size_t i = 0; i < requests; ++i) {
        trace.keys.push_back(static_cast<std::uint32_t>(random.below(keys)));
        trace.times.push_back(now);
        now += std::chrono::milliseconds{random.below(4) == 0 ? random.below(50) : 0};
    }
    return trace;
}

TEST(TtlCurve, agreesWithReplaysOfTheTrace) {
    for (const std::uint32_t keys : {1U, 7U, 900U}) {
        const Trace trace = randomTrace(keys, 20'000, keys);
        const auto timeline = Timeline::of(trace, "");
        ASSERT_TRUE(timeline.ok());
        const auto ttls = ttlGrid(1, timeline->span, 40);
        TtlSweepOptions options;
        const auto fill = TtlCurve::of(*timeline, ttls, options);
        options.rule = TtlRule::sliding;
        const auto sliding = TtlCurve::of(*timeline, ttls, options);
        for (std::size_t point = 0; point < ttls.size(); ++point) {
            const Duration ttl = timeline->tick * ttls[point];
            const UnboundedTtlCounts replay = countUnboundedTtl(replayRequests(trace), ttl);
            EXPECT_EQ(fill->whole(point).misses, missesByHashMap(trace, ttl));
            EXPECT_EQ(fill->whole(point).misses, replay.misses);
            EXPECT_EQ(sliding->whole(point).misses, replay.missesIfSliding);
            EXPECT_EQ(static_cast<double>(fill->whole(point).hitAges),
                      replay.sumOfHitAges / timeline->tick);
            EXPECT_EQ(static_cast<double>(fill->whole(point).liveTicks),
                      replay.sumOfLives / timeline->tick);
        }
    }
}

// One key that is asked for and written at random moments, at so many a second.
Trace poissonTrace(std::uint64_t seed, double requests, double writes, std::size_t records) {
    Random random{seed};
    Trace trace;
    trace.names.append(std::uint64_t{1});
    double now = 0;
    for (std::size_t i = 0; i < records; ++i) {
        now -= std::log(1 - random.uniform()) / (requests + writes);
        trace.keys.push_back(0);
        trace.times.emplace_back(static_cast<Duration::rep>(now * 1e9));
        trace.operations.push_back(random.uniform() * (requests + writes) < writes
                                       ? TraceOperation::write
                                       : TraceOperation::read);
    }
    const Duration first = trace.times.front();
    for (Duration& time : trace.times) {
        time -= first;
    }
    return trace;
}

TEST(TtlCurve, followsTheClosedFormsForRandomArrivals) {
    constexpr double kRequests = 0.5;
    constexpr double kWrites = 0.02;
    constexpr std::size_t kRecords = 1'000'000;
    const Trace trace = poissonTrace(3, kRequests, kWrites, kRecords);
    const auto timeline = Timeline::of(trace, "");
    ASSERT_TRUE(timeline.ok());
    const std::vector<std::uint32_t> ttls{200, 1000, 2000, 10'000, 50'000, 300'000};
    TtlSweepOptions options;
    const auto fill = TtlCurve::of(*timeline, ttls, options);
    options.rule = TtlRule::sliding;
    const auto sliding = TtlCurve::of(*timeline, ttls, options);
    ASSERT_TRUE(fill->hasStaleHits());
    for (std::size_t point = 0; point < ttls.size(); ++point) {
        const double ttl = ttls[point] / 1000.0;
        const double hits = kRequests * ttl / (1 + kRequests * ttl);
        const double stale =
            kRequests * (ttl - (1 - std::exp(-kWrites * ttl)) / kWrites) / (1 + kRequests * ttl);
        const auto requests = static_cast<double>(fill->requests());
        // Five times what chance moves a share of independent requests by; hits in a run depend on
        // each other, which the number of lives instead of requests stands for.
        const double chance = 5 / std::sqrt(requests / (1 + kRequests * ttl));
        EXPECT_NEAR(fill->hitRatio(point), hits, chance) << ttl;
        EXPECT_NEAR(static_cast<double>(fill->whole(point).staleHits) / requests, stale, chance)
            << ttl;
        EXPECT_NEAR(fill->meanHitAge(point) / 1000, ttl / 2, ttl * chance + 0.001) << ttl;
        EXPECT_NEAR(sliding->hitRatio(point), 1 - std::exp(-kRequests * ttl), 0.004) << ttl;
    }
}

TEST(TtlCurve, withWritesInTheTraceTheReadsAfterThemAreStale) {
    Trace trace;
    trace.names.append(std::uint64_t{1});
    const auto add = [&trace](Duration time, TraceOperation operation) {
        trace.keys.push_back(0);
        trace.times.push_back(time);
        trace.operations.push_back(operation);
    };
    add(0s, TraceOperation::read);
    add(1s, TraceOperation::read);
    add(2s, TraceOperation::write);
    add(3s, TraceOperation::read);
    add(4s, TraceOperation::read);
    add(7s, TraceOperation::read);
    add(8s, TraceOperation::read);
    const auto timeline = Timeline::of(trace, "");
    const auto curve = TtlCurve::of(*timeline, {1000, 2000, 4000, 8000}, {});
    ASSERT_TRUE(curve.ok());
    EXPECT_EQ(curve->whole(0).staleHits, 0U) << "loaded again at 3 s";
    EXPECT_EQ(curve->whole(1).staleHits, 0U);
    EXPECT_EQ(curve->whole(2).staleHits, 2U);
    EXPECT_EQ(curve->whole(3).staleHits, 4U);
}

}  // namespace
}  // namespace cachescope::tune
