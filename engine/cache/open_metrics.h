// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "engine/cache/stats.h"
#include "engine/core/histogram.h"

namespace cachescope {

/// The figures of one cache, for openMetricsText().
struct CacheMetrics {
    std::string name;  ///< the value of the label "cache"; any text
    StatsSnapshot stats;
    HistogramSnapshot latency;  ///< of requests
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  ///< as the backend counts them
};

/// The figures of some caches in the text form of OpenMetrics 1.0, as monitoring systems read it.
///
/// Counters are cachescope_hits_total and so on, as StatsSnapshot says; cachescope_entries and
/// cachescope_stored_bytes are gauges; cachescope_request_latency_seconds is a histogram whose
/// buckets go from a microsecond to a minute, each count being exact to a bucket of
/// HistogramBuckets (3 %). Pure; any thread.
std::string openMetricsText(std::span<const CacheMetrics> caches);

}  // namespace cachescope
