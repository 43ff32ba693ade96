// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What it costs to count: the counters, histograms and event ring that every request passes, next
// to the plainest relaxed load and store and to what else one might have used.

#include <array>
#include <atomic>
#include <deque>
#include <mutex>

#include "engine/cache/stats.h"
#include "engine/core/bounded_ring.h"
#include "engine/core/histogram.h"
#include "engine/core/random.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;

namespace {

constexpr std::uint64_t kOperations = 4'000'000;

struct alignas(128) OwnCounter {
    std::atomic<std::uint64_t> value{0};
};

void bumpRelaxed(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

template <class Operation>
std::function<double()> loop(unsigned threads, Operation operation) {
    return [threads, operation] {
        return timedOnThreads(Watch::processor, threads, kOperations, [&](unsigned thread) {
            for (std::uint64_t i = 0; i < kOperations; ++i) {
                operation(thread, i);
            }
        });
    };
}

struct Counters {
    std::array<OwnCounter, 2> own;
    std::atomic<std::uint64_t> shared{0};
    std::mutex mutex;
    std::uint64_t guarded = 0;
    Stats stats;
    std::array<LatencyHistogram, 2> histograms;
};

Comparison counting(Counters& c, unsigned threads) {
    Comparison comparison(threads == 1 ? "counting one thing, one thread"
                                       : "counting one thing, two threads at a time");
    comparison.add("own counter, relaxed load and store",
                   loop(threads, [&c](unsigned t, std::uint64_t) { bumpRelaxed(c.own[t].value); }));
    comparison.add("Stats::count",
                   loop(threads, [&c](unsigned, std::uint64_t) { c.stats.count(Counter::hits); }));
    comparison.add("LatencyHistogram::record", loop(threads, [&c](unsigned t, std::uint64_t i) {
                       c.histograms[t].record(Duration{static_cast<std::int64_t>(i & 0xfffff)});
                   }));
    comparison.add("own counter, fetch_add", loop(threads, [&c](unsigned t, std::uint64_t) {
                       c.own[t].value.fetch_add(1, std::memory_order_relaxed);
                   }));
    comparison.add("one shared atomic, fetch_add", loop(threads, [&c](unsigned, std::uint64_t) {
                       c.shared.fetch_add(1, std::memory_order_relaxed);
                   }));
    comparison.add("one mutex and an increment", loop(threads, [&c](unsigned, std::uint64_t) {
                       const std::lock_guard lock(c.mutex);
                       keep(++c.guarded);
                   }));
    return comparison;
}

// What a sampler pays at each look, for eight shards.
Comparison looking(Counters& c) {
    constexpr std::uint64_t kLooks = 500;
    Comparison comparison("looking at the counters");
    comparison.add("copying the buckets of eight histograms", [] {
        static const std::array<std::array<std::uint64_t, HistogramBuckets::kCount>, 8> from{};
        static std::array<std::array<std::uint64_t, HistogramBuckets::kCount>, 8> to;
        return timed(Watch::processor, kLooks, [] {
            for (std::uint64_t i = 0; i < kLooks; ++i) {
                keep(from);
                to = from;
                keep(to);
            }
        });
    });
    comparison.add("HistogramSnapshot::add, eight times", [&c] {
        const HistogramSnapshot one = c.histograms[0].snapshot();
        HistogramSnapshot sum;
        return timed(Watch::processor, kLooks, [&] {
            for (std::uint64_t i = 0; i < kLooks; ++i) {
                for (int shard = 0; shard < 8; ++shard) {
                    sum.add(one);
                }
                keep(sum);
            }
        });
    });
    comparison.add("LatencyHistogram::snapshot", [&c] {
        return timed(Watch::processor, kLooks, [&c] {
            for (std::uint64_t i = 0; i < kLooks; ++i) {
                keep(c.histograms[0].snapshot());
            }
        });
    });
    comparison.add("HistogramSnapshot::percentile", [&c] {
        const HistogramSnapshot one = c.histograms[0].snapshot();
        return timed(Watch::processor, kLooks, [&] {
            for (std::uint64_t i = 0; i < kLooks; ++i) {
                keep(one.percentile(0.99));
            }
        });
    });
    comparison.add("Stats::snapshot", [&c] {
        return timed(Watch::processor, kLooks, [&c] {
            for (std::uint64_t i = 0; i < kLooks; ++i) {
                keep(c.stats.snapshot());
            }
        });
    });
    return comparison;
}

Comparison handingOver() {
    Comparison comparison("handing an event over: push and pop, one thread");
    struct Event {
        std::array<std::uint64_t, 8> fields{};
    };
    comparison.add("BoundedRing", [] {
        BoundedRing<Event> ring(1024);
        return timed(Watch::processor, kOperations, [&ring] {
            Event event;
            for (std::uint64_t i = 0; i < kOperations; ++i) {
                event.fields[0] = i;
                keep(ring.push(event));
                keep(ring.pop(event));
            }
        });
    });
    comparison.add("std::deque and a mutex", [] {
        std::deque<Event> queue;
        std::mutex mutex;
        return timed(Watch::processor, kOperations, [&] {
            Event event;
            for (std::uint64_t i = 0; i < kOperations; ++i) {
                event.fields[0] = i;
                {
                    const std::lock_guard lock(mutex);
                    queue.push_back(event);
                }
                const std::lock_guard lock(mutex);
                event = queue.front();
                queue.pop_front();
                keep(event);
            }
        });
    });
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    Counters counters;
    return runAll("core", 11,
                  {counting(counters, 1), counting(counters, 2), looking(counters), handingOver()},
                  argc, argv);
}
