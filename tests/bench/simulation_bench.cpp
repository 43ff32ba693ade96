// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast requests are simulated in virtual time. Beside each run a toy does what a first sketch
// of a simulator would: the same stream through one hash map of deadlines, without an origin that
// takes time, without joined loads, counters or latencies.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "engine/sim/scenario.h"
#include "engine/sim/simulation.h"
#include "engine/sim/workload.h"
#include "tests/bench/comparison.h"

using namespace cachescope;
using namespace cachescope::bench;
using namespace cachescope::sim;

namespace {

constexpr double kRequests = 400'000;

struct Shape {
    std::uint64_t keys;
    double rate;
    std::size_t lanes;
    Duration updates;
};

Scenario scenarioOf(const Shape& shape) {
    Scenario scenario;
    scenario.seed = 7;
    scenario.workload.arrivals.ratePerSecond = shape.rate;
    scenario.workload.keys.count = shape.keys;
    scenario.workload.updateInterval = shape.updates;
    for (std::size_t i = 0; i < shape.lanes; ++i) {
        LaneSpec lane;
        lane.name = "lane";
        scenario.lanes.push_back(lane);
    }
    return scenario;
}

TimePoint endOf(const Shape& shape) {
    return TimePoint{} + Duration{static_cast<std::int64_t>(kRequests / shape.rate * 1e9)};
}

double simulate(const Shape& shape) {
    auto simulation = Simulation::create(scenarioOf(shape), {}).value();
    const double spent = timed(Watch::processor, 1, [&] { simulation->advanceTo(endOf(shape)); });
    // A benchmark of something that does not work would be worthless.
    if (simulation->lanes().front().totals.stats.requests() != simulation->requests()) {
        std::fprintf(stderr, "not every request was served\n");
        std::exit(1);
    }
    return spent / static_cast<double>(simulation->requests());
}

double toy(const Shape& shape) {
    const Scenario scenario = scenarioOf(shape);
    auto workload = Workload::create(scenario.workload, scenario.seed, TimePoint{}).value();
    std::unordered_map<std::string, TimePoint> deadlines;
    std::uint64_t hits = 0;
    std::uint64_t requests = 0;
    const Duration ttl = *scenario.lanes.front().options.ttl;
    const double spent = timed(Watch::processor, 1, [&] {
        for (; workload->peek().time <= endOf(shape); workload->pop()) {
            const Request& request = workload->peek();
            const auto [found, fresh] = deadlines.try_emplace(
                std::string{workload->keys()->name(request.key)}, request.time + ttl);
            if (!fresh && found->second >= request.time) {
                ++hits;
            } else {
                found->second = request.time + ttl;
            }
            ++requests;
        }
    });
    keep(hits);
    return spent / static_cast<double>(requests);
}

double streamAlone(const Shape& shape) {
    const Scenario scenario = scenarioOf(shape);
    auto workload = Workload::create(scenario.workload, scenario.seed, TimePoint{}).value();
    std::uint64_t requests = 0;
    const double spent = timed(Watch::processor, 1, [&] {
        for (; workload->peek().time <= endOf(shape); workload->pop()) {
            ++requests;
        }
    });
    return spent / static_cast<double>(requests);
}

Comparison compare(const std::string& name, const Shape& shape) {
    Comparison comparison("a simulated request: " + name);
    comparison.add("Simulation", [shape] { return simulate(shape); });
    comparison.add("toy: the same stream, a hash map of deadlines", [shape] { return toy(shape); });
    comparison.add("the stream alone", [shape] { return streamAlone(shape); });
    return comparison;
}

}  // namespace

int main(int argc, char** argv) {
    using std::chrono::minutes;
    return runAll(
        "simulation", 9,
        {compare("500 keys, 200 a second, one memory lane", {500, 200, 1, {}}),
         compare("500 keys, 20,000 a second, one memory lane", {500, 20'000, 1, {}}),
         compare("100,000 keys, 20,000 a second, one memory lane", {100'000, 20'000, 1, {}}),
         compare("500 keys that change each minute, 200 a second, one memory lane",
                 {500, 200, 1, minutes{1}}),
         compare("500 keys, 200 a second, four memory lanes", {500, 200, 4, {}})},
        argc, argv);
}
