// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/sim/lane.h"

namespace cachescope::sim {

/// The result of a run, as the command line prints it.
struct Report {
    std::string scenario;
    std::uint64_t seed = 0;
    Duration duration{};
    std::uint64_t requests = 0;
    std::vector<LaneState> lanes;
};

/// One JSON object: scenario, seed, duration_s, requests, and for each lane name, backend,
/// requests, hits, stale_hits, leaks (answers made for another user), misses, coalesced, loads,
/// load_failures, expirations, evictions, invalidations, errors, expired_hits, fallbacks,
/// negative_hits, refreshes, timeouts, hit_ratio, origin_calls, latency_ms{mean, p50, p95, p99,
/// max}. Equal reports give equal texts. `indent` as in nlohmann/json: -1 for one line.
std::string reportToJson(const Report& report, int indent = 2);

/// One line of CSV for a lane's figures over time, and the line of column names before all of them.
std::string sampleCsvHeader();
std::string sampleCsvLines(const Sample& sample, const std::vector<LaneState>& lanes);

}  // namespace cachescope::sim
