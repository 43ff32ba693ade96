// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/workload.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/sim/data_versions.h"
#include "engine/sim/origin.h"
#include "engine/sim/scheduler.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

TEST(ZipfSampler, followsItsLaw) {
    for (const double exponent : {0.0, 0.5, 0.99, 1.0, 1.5}) {
        constexpr int kKeys = 100;
        constexpr int kDraws = 400'000;
        const ZipfSampler zipf(kKeys, exponent);
        Random random(1);
        std::vector<int> counts(kKeys);
        for (int i = 0; i < kDraws; ++i) {
            const auto key = zipf.sample(random);
            ASSERT_LT(key, static_cast<std::uint64_t>(kKeys));
            ++counts[key];
        }
        double weights = 0;
        for (int k = 1; k <= kKeys; ++k) {
            weights += std::pow(k, -exponent);
        }
        for (int k = 1; k <= kKeys; ++k) {
            const double expected = kDraws * std::pow(k, -exponent) / weights;
            EXPECT_NEAR(counts[static_cast<std::size_t>(k - 1)], expected, 6 * std::sqrt(expected))
                << "exponent " << exponent << " key " << k;
        }
    }
}

TEST(ZipfSampler, worksForOneKeyAndForMany) {
    Random random(1);
    EXPECT_EQ(ZipfSampler(1, 0.99).sample(random), 0U);
    const ZipfSampler many(10'000'000, 0.7);
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_LT(many.sample(random), 10'000'000U);
    }
}

TEST(KeySpace, spreadsNamespacesOverAllPopularities) {
    KeySpec spec;
    spec.count = 1000;
    spec.namespaces = {{"product", 6}, {"user", 3}, {"price", 1}};
    const KeySpace keys(spec);
    std::map<std::string, int> top;
    std::map<std::string, int> all;
    std::set<std::string> names;
    for (std::uint32_t key = 0; key < keys.size(); ++key) {
        const std::string name{keys.name(key)};
        const std::string part = name.substr(0, name.find(':'));
        ++all[part];
        top[part] += key < 100 ? 1 : 0;
        names.insert(name);
    }
    EXPECT_EQ(names.size(), 1000U);
    EXPECT_NEAR(all["product"], 600, 3);
    EXPECT_NEAR(all["price"], 100, 3);
    EXPECT_NEAR(top["product"], 60, 4);
    spec.count = 100;
    EXPECT_EQ(KeySpace(spec).name(99), keys.name(99)) << "a name does not depend on the count";
}

TEST(Workload, poissonAndConstantArrivalsKeepTheirRate) {
    WorkloadSpec spec;
    spec.arrivals = {ArrivalKind::constant, 200};
    auto constant = Workload::create(spec, 1, TimePoint{}).value();
    for (int i = 1; i <= 1000; ++i) {
        EXPECT_EQ(constant->peek().time, TimePoint{i * 5ms});
        EXPECT_EQ(constant->peek().number, static_cast<std::uint64_t>(i - 1));
        constant->pop();
    }
    spec.arrivals.kind = ArrivalKind::poisson;
    auto poisson = Workload::create(spec, 1, TimePoint{}).value();
    int requests = 0;
    while (poisson->peek().time < TimePoint{1000s}) {
        poisson->pop();
        ++requests;
    }
    EXPECT_NEAR(requests, 200'000, 5 * std::sqrt(200'000.0));
}

TEST(Workload, aRateOfZeroIsSilentUntilItIsRaised) {
    WorkloadSpec spec;
    spec.arrivals.ratePerSecond = 0;
    auto workload = Workload::create(spec, 1, TimePoint{}).value();
    EXPECT_EQ(workload->peek().time, kNever);
    workload->setRate(10, TimePoint{5s});
    EXPECT_GT(workload->peek().time, TimePoint{5s});
    EXPECT_LT(workload->peek().time, TimePoint{10s});
}

TEST(Workload, replaysATraceInALoopAtItsSpeed) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder / "t.csv") << "key,op,Time,size\na,get,100,10\n\"b,\"\"x\",get,101,20\n"
                                       "a,SET,102.5,30\n";
    WorkloadSpec spec;
    spec.trace = TraceSpec{(folder / "t.csv").string(), true, 2};
    auto workload = Workload::create(spec, 1, TimePoint{}).value();
    std::vector<Request> requests;
    for (int i = 0; i < 4; ++i) {
        requests.push_back(workload->peek());
        workload->pop();
    }
    EXPECT_EQ(requests[0].time, TimePoint{0s});
    EXPECT_EQ(requests[1].time, TimePoint{500ms});
    EXPECT_EQ(workload->keys()->name(requests[1].key), "b,\"x");
    EXPECT_EQ(requests[2].time, TimePoint{1250ms});
    EXPECT_TRUE(requests[2].write);
    EXPECT_EQ(requests[2].bytes, 30U);
    EXPECT_EQ(requests[3].time, TimePoint{1750ms}) << "a second of the recording later";
    EXPECT_EQ(requests[3].key, requests[0].key);
    EXPECT_EQ(requests[3].number, 3U);
}

TEST(Workload, readsTheColumnsThatItIsTold) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder / "t.csv") << "a,1000,x\nb,1500,y\n";
    WorkloadSpec spec;
    spec.trace = TraceSpec{(folder / "t.csv").string()};
    spec.trace->columns = "time_ms=2,key=1";
    auto workload = Workload::create(spec, 1, TimePoint{}).value();
    EXPECT_EQ(workload->keys()->name(workload->peek().key), "a");
    workload->pop();
    EXPECT_EQ(workload->peek().time, TimePoint{500ms});
    EXPECT_EQ(workload->keys()->name(workload->peek().key), "b");
}

TEST(Workload, aTraceWithoutTimesComesAtTheRateOfTheArrivals) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder / "keys.txt") << "a\nb\na\n";
    WorkloadSpec spec;
    spec.arrivals.ratePerSecond = 10;
    spec.trace = TraceSpec{(folder / "keys.txt").string(), true, 1};
    auto workload = Workload::create(spec, 1, TimePoint{}).value();
    std::vector<TimePoint> times;
    for (int i = 0; i < 4; ++i) {
        times.push_back(workload->peek().time);
        workload->pop();
    }
    EXPECT_EQ(times, (std::vector<TimePoint>{TimePoint{}, TimePoint{100ms}, TimePoint{200ms},
                                             TimePoint{1200ms}}));
    EXPECT_EQ(workload->keys()->name(1), "b");
}

TEST(Workload, saysWhatItsTraceLost) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder / "t.csv") << "time,key\n1,a\nx,a\n";
    WorkloadSpec spec;
    spec.trace = TraceSpec{(folder / "t.csv").string()};
    EXPECT_EQ(Workload::create(spec, 1, TimePoint{}).value()->traceNote(),
              "1 line skipped, first line 3: the time is not a number");
}

TEST(DataVersions, moveOnAtTheirRateAndDoNotDependOnWhoAsks) {
    DataVersions often(10, 10s, 1, TimePoint{});
    DataVersions once(10, 10s, 1, TimePoint{});
    for (int second = 0; second <= 10'000; ++second) {
        (void)often.at(3, TimePoint{std::chrono::seconds{second}});
    }
    EXPECT_EQ(often.at(3, TimePoint{10'000s}), once.at(3, TimePoint{10'000s}));
    EXPECT_NEAR(static_cast<double>(once.at(3, TimePoint{10'000s})), 1001, 160);
    EXPECT_NE(once.at(4, TimePoint{10'000s}), once.at(3, TimePoint{10'000s}));
    DataVersions fixed(1, Duration{}, 1, TimePoint{});
    EXPECT_EQ(fixed.at(0, TimePoint{10'000s}), 1U);
    fixed.write(0, TimePoint{10'000s});
    EXPECT_EQ(fixed.at(0, TimePoint{10'000s}), 2U);
}

struct OriginTest : testing::Test {
    ManualClock clock;
    Scheduler scheduler;
    DataVersions data{1000, Duration{}, 1, TimePoint{}};
    std::vector<std::pair<std::uint64_t, Duration>> ended;
    int failed = 0;

    void call(Origin& origin, std::uint64_t number) {
        const TimePoint begin = clock.now();
        origin.call({.number = number, .bytes = 10},
                    [this, number, begin](const LoadResult& result) {
                        failed += result.ok() ? 0 : 1;
                        ended.emplace_back(number, clock.now() - begin);
                    });
    }
    void runAll() {
        while (scheduler.nextTime() != kNever) {
            clock.set(scheduler.nextTime());
            scheduler.runNext();
        }
    }
};

TEST_F(OriginTest, callsBeyondItsLimitQueue) {
    OriginSpec spec;
    spec.latency = {LatencyKind::constant, 1s};
    spec.concurrency = 2;
    Origin origin(spec, 1, scheduler, clock, data);
    for (std::uint64_t i = 0; i < 5; ++i) {
        call(origin, i);
    }
    EXPECT_EQ(origin.running(), 2U);
    EXPECT_EQ(origin.queued(), 3U);
    runAll();
    ASSERT_EQ(ended.size(), 5U);
    EXPECT_EQ(ended[1].second, 1s);
    EXPECT_EQ(ended[3].second, 2s);
    EXPECT_EQ(ended[4].second, 3s);
}

TEST_F(OriginTest, latenciesFollowTheirDistribution) {
    OriginSpec spec;
    spec.latency.kind = LatencyKind::bimodal;
    spec.latency.median = 10ms;
    spec.latency.sigma = 0.3;
    spec.latency.slow = 1s;
    spec.latency.slowShare = 0.1;
    Origin origin(spec, 1, scheduler, clock, data);
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        call(origin, i);
    }
    runAll();
    std::vector<double> fast;
    for (const auto& [number, latency] : ended) {
        if (latency < 100ms) {
            fast.push_back(static_cast<double>(latency.count()) / 1e6);
        }
    }
    EXPECT_NEAR(static_cast<double>(fast.size()), 18'000, 250);
    std::sort(fast.begin(), fast.end());
    EXPECT_NEAR(fast[fast.size() / 2], 10.0, 0.2);
    EXPECT_NEAR(fast[fast.size() * 84134 / 100000], 10 * std::exp(0.3), 0.4);
}

TEST_F(OriginTest, aRequestCostsTheSameInEveryLane) {
    OriginSpec spec;
    Origin first(spec, 1, scheduler, clock, data);
    Origin second(spec, 1, scheduler, clock, data);
    for (std::uint64_t i = 0; i < 100; ++i) {
        call(first, i);
    }
    for (std::uint64_t i = 100; i > 0; --i) {
        call(second, i - 1);
    }
    runAll();
    std::map<std::uint64_t, std::set<Duration>> latencies;
    for (const auto& [number, latency] : ended) {
        latencies[number].insert(latency);
    }
    for (const auto& [number, seen] : latencies) {
        EXPECT_EQ(seen.size(), 1U) << number;
    }
}

TEST_F(OriginTest, anOutageFailsNewQueuedAndRunningCalls) {
    OriginSpec spec;
    spec.latency = {LatencyKind::constant, 1s};
    spec.concurrency = 1;
    Origin origin(spec, 1, scheduler, clock, data);
    call(origin, 0);
    call(origin, 1);
    origin.setDown(true);
    EXPECT_EQ(failed, 1) << "the queued one at once";
    call(origin, 2);
    EXPECT_EQ(failed, 2);
    runAll();
    EXPECT_EQ(failed, 3);
    origin.setDown(false);
    call(origin, 3);
    runAll();
    EXPECT_EQ(failed, 3);
    EXPECT_EQ(ended.size(), 4U);
}

TEST_F(OriginTest, failuresComeAtTheirRatioAfterTheirLatency) {
    OriginSpec spec;
    spec.latency = {LatencyKind::constant, 1s};
    spec.failureRatio = 0.2;
    Origin origin(spec, 1, scheduler, clock, data);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        call(origin, i);
    }
    runAll();
    EXPECT_NEAR(failed, 2000, 200);
    EXPECT_EQ(ended.front().second, 1s);
}

TEST_F(OriginTest, cancellingEndsEveryCallOnceAndTheOriginGoesOn) {
    OriginSpec spec;
    spec.latency = {LatencyKind::constant, 1s};
    spec.concurrency = 2;
    Origin origin(spec, 1, scheduler, clock, data);
    for (std::uint64_t i = 0; i < 4; ++i) {
        call(origin, i);
    }
    origin.cancelAll();
    EXPECT_EQ(failed, 4);
    call(origin, 4);
    runAll();
    EXPECT_EQ(ended.size(), 5U);
    EXPECT_EQ(ended.back().second, 1s);
    EXPECT_EQ(failed, 4);
}

TEST(Scheduler, keepsTheOrderOfThingsDueTogether) {
    Scheduler scheduler;
    std::vector<int> order;
    scheduler.at(TimePoint{2s}, [&] { order.push_back(3); });
    scheduler.at(TimePoint{1s}, [&] { order.push_back(1); });
    scheduler.at(TimePoint{1s}, [&] { order.push_back(2); });
    while (scheduler.nextTime() != kNever) {
        scheduler.runNext();
    }
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace cachescope::sim
