// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_metrics.h"

#include <algorithm>
#include <utility>

namespace cachescope::sim {

namespace {

double seconds(Duration span) {
    return static_cast<double>(span.count()) / 1e9;
}

}  // namespace

const LaneTotals& LaneMetrics::ago(std::size_t samples, Duration& span) const {
    const std::size_t last = m_past.size() - 1;
    const std::size_t from = last - std::min(samples, last);
    span = Duration{};
    for (std::size_t i = from + 1; i <= last; ++i) {
        span += m_past[i].interval;
    }
    return m_past[from].totals;
}

LaneSample LaneMetrics::take(LaneId lane, bool cached, LaneTotals totals, Duration interval) {
    if (m_past.empty()) {
        m_past.push_back({LaneTotals{}, Duration{}});
    }
    m_past.push_back({std::move(totals), interval});
    if (m_past.size() > kRatioWindow + 1) {
        m_past.pop_front();
    }
    const LaneTotals& now = m_past.back().totals;

    LaneSample sample;
    sample.lane = lane;
    Duration span{};
    const HistogramSnapshot latency = now.latency.since(ago(kLatencyWindow, span).latency);
    if (latency.count() != 0) {
        sample.p50 = seconds(latency.percentile(0.50));
        sample.p95 = seconds(latency.percentile(0.95));
        sample.p99 = seconds(latency.percentile(0.99));
    }
    const LaneTotals& ratioBase = ago(kRatioWindow, span);
    const StatsSnapshot ratio = now.stats.since(ratioBase.stats);
    if (cached && ratio.requests() != 0) {
        const auto share = [&ratio](std::uint64_t part) {
            return static_cast<double>(part) / static_cast<double>(ratio.requests());
        };
        sample.hitRatio = ratio.hitRatio();
        sample.staleRatio = share(ratio.staleHits);
        sample.expiredRatio = share(ratio.expiredHits);
        sample.fallbackRatio = share(ratio.fallbacks);
        sample.negativeRatio = share(ratio.negativeHits);
        sample.leakedRatio = share(now.leaks - ratioBase.leaks);
    }
    const LaneTotals& rateBase = ago(kRateWindow, span);
    if (span > Duration::zero()) {
        const auto rate = [span](std::uint64_t count) {
            return static_cast<double>(count) / seconds(span);
        };
        const StatsSnapshot recent = now.stats.since(rateBase.stats);
        sample.originCalls = rate(now.originCalls - rateBase.originCalls);
        sample.failures = rate(recent.loadFailures);
        sample.expirations = rate(recent.expirations);
        sample.refreshes = rate(recent.refreshes);
        sample.timeouts = rate(recent.timeouts);
    }
    return sample;
}

}  // namespace cachescope::sim
