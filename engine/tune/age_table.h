// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/result.h"
#include "engine/tune/timeline.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::tune {

/// How old the hits of each group are under each TTL of a list: counts by age.
///
/// What is stale follows from it for any rate of updates without another look at the requests. A
/// value that was loaded `a` ago is stale with a chance of 1 - exp(-rate * a) where updates come at
/// random; ages of 16 ticks and more are counted in steps of an eighth of a power of two, within
/// which they are taken as even. A value type; reading it from several threads is safe.
class AgeTable {
public:
    static constexpr std::size_t kBuckets = 240;
    static constexpr std::size_t kMostBytes = std::size_t{1} << 28;

    /// Of `options`, `rule`, `boundary`, `threads` and `progress` count. Errors as of
    /// TtlCurve::of(), and tooLarge where groups times TTLs need more than `kMostBytes`.
    static Result<AgeTable> of(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                               const TtlSweepOptions& options);

    static constexpr std::size_t bucketOf(std::uint32_t age) noexcept {
        std::size_t shift = 0;
        while (age >> shift >= 16) {
            ++shift;
        }
        return shift * 8 + (age >> shift);
    }
    /// The lowest age in a bucket; of kBuckets, the age beyond all.
    static constexpr std::uint64_t lowestAge(std::size_t bucket) noexcept {
        return bucket < 16 ? bucket : std::uint64_t{8 + bucket % 8} << (bucket / 8 - 1);
    }

    const std::vector<std::uint32_t>& ttls() const noexcept { return m_ttls; }
    std::size_t groupCount() const noexcept { return m_groups; }
    /// Counts of the buckets.
    const std::uint32_t* hits(std::size_t group, std::size_t point) const {
        return &m_hits[(group * m_ttls.size() + point) * kBuckets];
    }
    const std::uint32_t* wholeHits(std::size_t point) const { return &m_whole[point * kBuckets]; }

    /// The stale hits to expect at each TTL, at so many updates of each key a tick.
    std::vector<double> staleHits(std::size_t group, double updatesPerTick) const;
    std::vector<double> wholeStaleHits(double updatesPerTick) const;

    /// The age in ticks that `share` of the hits at a TTL are not above. Zero without hits.
    double agePercentile(std::size_t group, std::size_t point, double share) const;
    double wholeAgePercentile(std::size_t point, double share) const;

private:
    friend class AgeSweep;

    std::vector<std::uint32_t> m_ttls;
    std::size_t m_groups = 0;
    std::vector<std::uint32_t> m_hits;  // by group, point and bucket
    std::vector<std::uint32_t> m_whole;
};

/// The stale hits of all groups while the rate of one at a time changes, as under sliders.
///
/// Keeps the sum over the groups up to date, so that a change costs one group's share of the table.
/// Needs the table to live as long. One thread.
class StaleHits {
public:
    /// With the same rate for all.
    StaleHits(const AgeTable& table, double updatesPerTick);

    void setRate(std::size_t group, double updatesPerTick);
    double rate(std::size_t group) const { return m_rates[group]; }

    /// By TTL.
    const std::vector<double>& group(std::size_t group) const { return m_groups[group]; }
    const std::vector<double>& whole() const noexcept { return m_whole; }

private:
    void addUp();

    const AgeTable& m_table;
    std::vector<double> m_rates;
    std::vector<std::vector<double>> m_groups;
    std::vector<double> m_whole;
};

}  // namespace cachescope::tune
