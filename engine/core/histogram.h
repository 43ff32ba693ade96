// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope {

/// The buckets that LatencyHistogram and HistogramSnapshot share: 1,920 of them, 32 to a power of
/// two, for every count of nanoseconds from 0 to 2^64 - 1, each at most 1/32 (3.1 %) wide.
struct HistogramBuckets {
    static constexpr unsigned kSubBits = 5;
    static constexpr std::size_t kSub = std::size_t{1} << kSubBits;
    static constexpr std::size_t kCount = (64 - kSubBits + 1) * kSub;

    static constexpr std::size_t indexOf(std::uint64_t value) noexcept {
        if (value < kSub) {
            return static_cast<std::size_t>(value);
        }
        const unsigned exponent = 63U - static_cast<unsigned>(std::countl_zero(value));
        const unsigned shift = exponent - kSubBits;
        return (exponent - kSubBits + 1) * kSub + ((value >> shift) - kSub);
    }
    /// The smallest value of a bucket.
    static constexpr std::uint64_t lowerBound(std::size_t index) noexcept {
        if (index < kSub) {
            return index;
        }
        const auto shift = static_cast<unsigned>(index / kSub - 1);
        return (std::uint64_t{kSub} + index % kSub) << shift;
    }
    /// The value that stands for a bucket: its middle.
    static constexpr std::uint64_t midpoint(std::size_t index) noexcept {
        const std::uint64_t low = lowerBound(index);
        const std::uint64_t high =
            index + 1 < kCount ? lowerBound(index + 1) - 1 : ~std::uint64_t{0};
        return low + (high - low) / 2;
    }
};

/// A copy of a histogram at one moment; plain numbers, to be merged, subtracted and asked.
class HistogramSnapshot {
public:
    HistogramSnapshot() : m_counts(HistogramBuckets::kCount) {}

    void add(const HistogramSnapshot& other);
    /// What came since `earlier`, an older snapshot of the same histogram. The maximum of a
    /// difference is known to its bucket only.
    HistogramSnapshot since(const HistogramSnapshot& earlier) const;

    std::uint64_t count() const noexcept { return m_count; }
    /// Zero when empty. The mean is exact, percentiles are within half a bucket (1.6 %).
    Duration mean() const noexcept;
    Duration max() const noexcept { return Duration{static_cast<std::int64_t>(m_max)}; }
    /// The value that `share` of all values do not exceed; `share` is from 0 to 1.
    Duration percentile(double share) const noexcept;
    const std::vector<std::uint64_t>& counts() const noexcept { return m_counts; }

private:
    friend class LatencyHistogram;

    std::vector<std::uint64_t> m_counts;
    std::uint64_t m_count = 0;
    std::uint64_t m_max = 0;
    long double m_sum = 0;
};

/// Counts latencies in log-linear buckets (the idea of HdrHistogram).
///
/// One thread records, without locks or read-modify-write; any thread may take a snapshot
/// meanwhile, which is then exact to within the values being recorded at that moment. Negative
/// values count as zero. Does not forget: take differences of snapshots for a window.
class LatencyHistogram {
public:
    void record(Duration value) noexcept {
        const auto count = static_cast<std::uint64_t>(value.count() < 0 ? 0 : value.count());
        bump(m_counts[HistogramBuckets::indexOf(count)], 1);
        bump(m_sum, count);
        if (count > m_max.load(std::memory_order_relaxed)) {
            m_max.store(count, std::memory_order_relaxed);
        }
    }
    HistogramSnapshot snapshot() const;

private:
    static void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
        counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }

    std::array<std::atomic<std::uint64_t>, HistogramBuckets::kCount> m_counts{};
    std::atomic<std::uint64_t> m_sum{0};
    std::atomic<std::uint64_t> m_max{0};
};

}  // namespace cachescope
