// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/backend/guard_figures.h"
#include "engine/cache/stats.h"
#include "engine/core/histogram.h"

namespace cachescope {

class Cache;

/// The figures of one cache, for openMetricsText().
struct CacheMetrics {
    std::string name;  ///< the value of the label "cache"; any text
    StatsSnapshot stats;
    /// Of requests, from whoever measures them: a cache does not.
    std::optional<HistogramSnapshot> latency;
    HistogramSnapshot loads;  ///< how long they took
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  ///< as the backend counts them
    GuardFigures guards;
};

/// The figures of a cache as they are now, without the latency of requests. Any thread; asks the
/// backend for its counts, and leaves them 0 where it fails.
CacheMetrics metricsOf(std::string name, Cache& cache);

/// The figures of some caches in the text form of OpenMetrics 1.0, as monitoring systems read it.
///
/// Counters are cachescope_hits_total and so on, as StatsSnapshot says; cachescope_entries and
/// cachescope_stored_bytes are gauges; cachescope_request_latency_seconds and
/// cachescope_load_duration_seconds are histograms whose buckets go from a microsecond to a minute,
/// each count being exact to a bucket of HistogramBuckets (3 %). Caches of two levels have
/// cachescope_level_hits_total by `level`, memory or lower; those with a circuit breaker
/// cachescope_breaker_state (a state set), _opened_total and _rejected_total; those with a recovery
/// queue cachescope_recovery_waiting and _dropped_total. Pure; any thread.
std::string openMetricsText(std::span<const CacheMetrics> caches);

}  // namespace cachescope
