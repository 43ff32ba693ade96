// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/histogram.h"

#include <algorithm>
#include <cmath>

namespace cachescope {

void HistogramSnapshot::add(const HistogramSnapshot& other) {
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        m_counts[i] += other.m_counts[i];
    }
    m_count += other.m_count;
    m_sum += other.m_sum;
    m_max = std::max(m_max, other.m_max);
}

HistogramSnapshot HistogramSnapshot::since(const HistogramSnapshot& earlier) const {
    HistogramSnapshot result;
    std::size_t last = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        result.m_counts[i] = m_counts[i] - std::min(m_counts[i], earlier.m_counts[i]);
        if (result.m_counts[i] != 0) {
            last = i;
        }
        result.m_count += result.m_counts[i];
    }
    result.m_sum = std::max(0.0L, m_sum - earlier.m_sum);
    if (result.m_count != 0) {
        result.m_max = m_max > earlier.m_max ? m_max : HistogramBuckets::midpoint(last);
    }
    return result;
}

Duration HistogramSnapshot::mean() const noexcept {
    return m_count == 0 ? Duration{}
                        : Duration{std::llroundl(m_sum / static_cast<long double>(m_count))};
}

Duration HistogramSnapshot::percentile(double share) const noexcept {
    if (m_count == 0) {
        return Duration{};
    }
    const auto rank = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(m_count))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        seen += m_counts[i];
        if (seen >= rank) {
            return Duration{static_cast<std::int64_t>(
                std::min(HistogramBuckets::midpoint(i), std::max<std::uint64_t>(m_max, 1)))};
        }
    }
    return max();
}

HistogramSnapshot LatencyHistogram::snapshot() const {
    HistogramSnapshot result;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        result.m_counts[i] = m_counts[i].load(std::memory_order_relaxed);
        result.m_count += result.m_counts[i];
    }
    result.m_sum = static_cast<long double>(m_sum.load(std::memory_order_relaxed));
    result.m_max = m_max.load(std::memory_order_relaxed);
    return result;
}

}  // namespace cachescope
