// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

#include "engine/cache/stats.h"
#include "engine/core/histogram.h"
#include "engine/sim/scenario.h"

namespace cachescope::sim {

inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// What the charts show of one lane at one moment. kNoValue where there was nothing to measure.
struct LaneSample {
    LaneId lane = 0;
    double p50 = kNoValue;  ///< latency in seconds, over the last latency window
    double p95 = kNoValue;
    double p99 = kNoValue;
    double hitRatio = kNoValue;    ///< 0 to 1, over the last ratio window; nothing without a cache
    double staleRatio = kNoValue;  ///< stale hits a request, over the same window
    double originCalls = 0;        ///< a second
    double failures = 0;           ///< calls of the origin that failed, a second
    double expirations = 0;        ///< a second
    // Requests by how the lane's options answered them, over the ratio window.
    double expiredRatio = kNoValue;   ///< past the TTL, while a load refreshes the value
    double fallbackRatio = kNoValue;  ///< past the TTL, because the load failed or was slow
    double negativeRatio = kNoValue;  ///< remembered absence or failure
    double refreshes = 0;             ///< loads in the background, a second
    double timeouts = 0;              ///< requests that did not wait for their load, a second
    double leakedRatio = kNoValue;    ///< answers that were made for another user
};

struct Sample {
    TimePoint time{};
    std::vector<LaneSample> lanes;
};

/// The cumulative counts of a lane at one moment.
struct LaneTotals {
    StatsSnapshot stats;
    std::uint64_t originCalls = 0;
    std::uint64_t leaks = 0;  ///< answers that were made for another user
    HistogramSnapshot latency;
};

/// Turns cumulative counts, taken at equal distances of time, into the windowed figures of a chart.
///
/// Remembers as many totals as the longest window needs. One thread.
class LaneMetrics {
public:
    static constexpr std::size_t kRateWindow = 5;      ///< samples: a second at ×1
    static constexpr std::size_t kLatencyWindow = 25;  ///< five seconds
    static constexpr std::size_t kRatioWindow = 25;    ///< five seconds

    /// `interval` is the time since the totals given before.
    LaneSample take(LaneId lane, bool cached, LaneTotals totals, Duration interval);

private:
    struct Past {
        LaneTotals totals;
        Duration interval;
    };
    /// The totals `samples` ago, or the oldest known, and the time since then.
    const LaneTotals& ago(std::size_t samples, Duration& span) const;

    std::deque<Past> m_past;
};

}  // namespace cachescope::sim
