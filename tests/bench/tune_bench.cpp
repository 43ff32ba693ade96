// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What 128 TTLs would do to ten million requests: the sweep on two threads, beside what simulators
// do, a hash map of keys that is replayed once a TTL. Of those replays, two are run and stand for
// all.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unordered_map>
#include <vector>

#include "engine/core/random.h"
#include "engine/tune/age_table.h"
#include "engine/tune/lru_surface.h"
#include "engine/tune/ttl_curve.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;
using namespace cachescope::tune;

namespace {

constexpr std::size_t kRequests = 10'000'000;
constexpr std::size_t kKeys = 1'000'000;
constexpr std::size_t kPoints = 128;
constexpr std::size_t kGroups = 10;
constexpr double kSkew = 0.9;
constexpr double kPerSecond = 3000;

// A write every fiftieth record, keys in ten groups.
Trace zipf() {
    std::vector<double> upTo(kKeys);
    double sum = 0;
    for (std::size_t rank = 0; rank < kKeys; ++rank) {
        sum += std::pow(static_cast<double>(rank + 1), -kSkew);
        upTo[rank] = sum;
    }
    constexpr std::uint32_t kNew = 0xffff'ffff;
    std::vector<std::uint32_t> numbers(kKeys, kNew);
    Trace trace;
    Random random{1};
    std::size_t reads = 0;
    for (std::size_t i = 0; reads < kRequests; ++i) {
        const auto rank = static_cast<std::size_t>(
            std::lower_bound(upTo.begin(), upTo.end(), random.uniform() * sum) - upTo.begin());
        std::uint32_t& number = numbers[rank];
        if (number == kNew) {
            number = static_cast<std::uint32_t>(trace.names.size());
            trace.names.append(std::to_string(rank % kGroups) + ":" + std::to_string(rank));
        }
        const bool write = i % 50 == 49;
        trace.keys.push_back(number);
        trace.times.emplace_back(
            static_cast<Duration::rep>(static_cast<double>(i) / kPerSecond * 1e9));
        trace.operations.push_back(write ? TraceOperation::write : TraceOperation::read);
        reads += write ? 0 : 1;
    }
    return trace;
}

// As simulators do it: one request after the other, and one TTL after the other.
std::uint64_t missesByHashMap(const Trace& trace, const Timeline& timeline, std::uint32_t ttl) {
    std::unordered_map<std::uint32_t, Duration> stored;
    stored.reserve(timeline.keyCount());
    std::uint64_t misses = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        if (trace.operations[i] == TraceOperation::write) {
            continue;
        }
        const auto [entry, isNew] = stored.try_emplace(trace.keys[i], trace.times[i]);
        if (isNew ||
            trace.times[i] / timeline.tick - entry->second / timeline.tick > std::int64_t{ttl}) {
            ++misses;
            entry->second = trace.times[i];
        }
    }
    return misses;
}

// One key after the other, and one TTL after the other.
std::uint64_t missesByScan(const Timeline& timeline, std::uint32_t ttl) {
    std::uint64_t misses = 0;
    for (std::size_t key = 0; key < timeline.keyCount(); ++key) {
        std::uint32_t stored = timeline.times[timeline.offsets[key]];
        ++misses;
        for (std::size_t i = timeline.offsets[key] + 1; i < timeline.offsets[key + 1]; ++i) {
            const std::uint32_t now = timeline.times[i];
            const bool miss = now - stored > ttl;
            misses += miss ? 1 : 0;
            stored = miss ? now : stored;
        }
    }
    return misses;
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "a sweep failed: %s\n", result.error().toLogLine().c_str());
        std::exit(1);
    }
    return std::move(*result);
}

void demandEqual(std::uint64_t one, std::uint64_t other) {
    if (one != other) {
        std::fprintf(stderr, "two counts of the same disagree: %llu and %llu misses\n",
                     static_cast<unsigned long long>(one), static_cast<unsigned long long>(other));
        std::exit(1);
    }
}

TtlSweepOptions options(bool everything) {
    TtlSweepOptions options;
    options.ages = everything;
    options.stale = everything;
    return options;
}

Comparison compareCurves(const Trace& trace, const Timeline& timeline,
                         const std::vector<std::uint32_t>& ttls) {
    const std::vector<std::uint32_t> samples{ttls[kPoints / 4], ttls[kPoints * 3 / 4]};
    const double scale = static_cast<double>(kPoints) / static_cast<double>(samples.size());
    const TtlCurve curve = must(TtlCurve::of(timeline, ttls, options(false)));
    for (const std::size_t point : {kPoints / 4, kPoints * 3 / 4}) {
        demandEqual(curve.whole(point).misses, missesByHashMap(trace, timeline, ttls[point]));
        demandEqual(curve.whole(point).misses, missesByScan(timeline, ttls[point]));
    }
    Comparison comparison("a request under 128 TTLs");
    comparison.add("a hash map, replayed a TTL", [&trace, &timeline, samples, scale] {
        return scale * timed(Watch::wall, kRequests, [&] {
                   for (const std::uint32_t ttl : samples) {
                       keep(missesByHashMap(trace, timeline, ttl));
                   }
               });
    });
    comparison.add("requests by key, scanned a TTL", [&timeline, samples, scale] {
        return scale * timed(Watch::wall, kRequests, [&] {
                   for (const std::uint32_t ttl : samples) {
                       keep(missesByScan(timeline, ttl));
                   }
               });
    });
    const auto add = [&](const std::string& name, const TtlSweepOptions& how) {
        comparison.add(name, [&timeline, &ttls, how] {
            return timed(Watch::wall, kRequests,
                         [&] { keep(must(TtlCurve::of(timeline, ttls, how)).requests()); });
        });
    };
    const char* names[] = {"any processor", "AVX2", "AVX-512"};
    for (const SweepCode code : {SweepCode::plain, SweepCode::avx2, SweepCode::avx512}) {
        if (canRun(code)) {
            TtlSweepOptions how = options(false);
            how.code = code;
            add(std::string("TtlCurve, ") + names[static_cast<std::size_t>(code)], how);
        }
    }
    TtlSweepOptions how = options(false);
    how.threads = 1;
    add("TtlCurve, one thread", how);
    how = options(false);
    how.rule = TtlRule::sliding;
    add("TtlCurve, sliding", how);
    add("TtlCurve, with stale hits and ages", options(true));
    comparison.add("AgeTable", [&timeline, &ttls] {
        return timed(Watch::wall, kRequests,
                     [&] { keep(must(AgeTable::of(timeline, ttls, {})).groupCount()); });
    });
    return comparison;
}

Comparison compareLayouts(const Trace& trace) {
    Comparison comparison("a request laid out by key");
    comparison.add("Timeline::of", [&trace] {
        return timed(Watch::wall, kRequests,
                     [&] { keep(must(Timeline::of(trace, "")).requests()); });
    });
    comparison.add("Timeline::of, ten groups", [&trace] {
        return timed(Watch::wall, kRequests,
                     [&] { keep(must(Timeline::of(trace, ":")).requests()); });
    });
    return comparison;
}

// The exact surface of an LRU cache, beside what has to be known before it.
Comparison compareSurfaces(const Trace& trace, const Timeline& timeline) {
    constexpr std::size_t kSide = 32;
    SurfaceGrid grid;
    for (std::size_t i = 0; i < kSide; ++i) {
        const double part = static_cast<double>(i) / (kSide - 1);
        grid.capacities.push_back(static_cast<std::uint64_t>(1000 * std::pow(1000.0, part)));
        grid.ttls.push_back(timeline.tick * ttlGrid(1000, timeline.span, kSide)[i]);
    }
    Comparison comparison("a request under 32 capacities with 32 TTLs each, LRU");
    comparison.add("stack distances alone", [&trace, &timeline] {
        return timed(Watch::wall, kRequests,
                     [&] { keep(must(StackDistances::of(trace, timeline)).distances.back()); });
    });
    const auto distances =
        std::make_shared<const StackDistances>(must(StackDistances::of(trace, timeline)));
    comparison.add("LruSurface", [&timeline, grid, distances] {
        return timed(Watch::wall, kRequests,
                     [&] { keep(must(LruSurface::of(timeline, *distances, grid)).misses.back()); });
    });
    return comparison;
}

Comparison compareSliders(const AgeTable& table) {
    constexpr std::uint64_t kSteps = 100;
    Comparison comparison("a step of a slider over 128 TTLs");
    comparison.add("one rate for all", [&table] {
        return timed(Watch::processor, kSteps, [&] {
            for (std::uint64_t step = 1; step <= kSteps; ++step) {
                keep(table.wholeStaleHits(1e-6 * static_cast<double>(step)).back());
            }
        });
    });
    comparison.add("the rate of one of ten groups", [&table] {
        StaleHits stale(table, 1e-5);
        return timed(Watch::processor, kSteps, [&] {
            for (std::uint64_t step = 1; step <= kSteps; ++step) {
                stale.setRate(step % kGroups, 1e-6 * static_cast<double>(step));
                keep(stale.whole().back());
            }
        });
    });
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    const Trace trace = zipf();
    const Timeline timeline = must(Timeline::of(trace, ":"));
    const std::vector<std::uint32_t> ttls = ttlGrid(100, timeline.span, kPoints);
    const AgeTable table = must(AgeTable::of(timeline, ttls, {}));
    return runAll("tune", 5,
                  {compareCurves(trace, timeline, ttls), compareLayouts(trace),
                   compareSurfaces(trace, timeline), compareSliders(table)},
                  argc, argv);
}
