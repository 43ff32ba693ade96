// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/tune/sweep_kernel.h"
#include "engine/tune/timeline.h"

namespace cachescope::tune {

enum class TtlRule : std::uint8_t {
    fill,    ///< counts from when the value was stored
    sliding  ///< counts from the last request
};

enum class TtlBoundary : std::uint8_t {
    aliveAtDeadline,  ///< as in Redis
    deadAtDeadline    ///< as in memcached
};

struct TtlSweepOptions {
    TtlRule rule = TtlRule::fill;
    TtlBoundary boundary = TtlBoundary::aliveAtDeadline;
    bool ages = true;    ///< fill in `hitAges`
    bool stale = true;   ///< fill in `staleHits`, where the timeline has writes
    bool bytes = false;  ///< fill in `liveByteTicks`, where the timeline has sizes; dearer
    std::size_t threads = 2;
    /// The fastest that this processor has, unless said.
    std::optional<SweepCode> code;
    /// Called from the calling thread with the part that is done; returning false stops the sweep.
    std::function<bool(double)> progress;
};

/// What one TTL does to the requests of one group, or of all. Times in ticks.
struct TtlCounts {
    std::uint64_t misses = 0;     ///< each one a call of the origin
    std::uint64_t staleHits = 0;  ///< the key was written after the value was stored
    std::uint64_t hitAges = 0;    ///< how old the values of all hits were, added up
    std::uint64_t liveTicks = 0;  ///< of all objects until the last record: memory times time
    double liveByteTicks = 0;

    TtlCounts& operator+=(const TtlCounts& other) noexcept;
};

/// What every TTL of a list does to a trace when nothing is ever evicted: exact counts by group.
///
/// Misses never grow with the TTL, so two neighbours bound all TTLs between them. Hits of a group
/// are its requests less its misses. A write in the same tick as a fill counts as before it, so
/// stale hits are a lower bound where ticks are coarse. A value type; reading it from several
/// threads is safe.
class TtlCurve {
public:
    /// `ttls` in ticks, above zero; they are sorted, and equal ones become one. Several threads
    /// while it runs. Cancelled where `progress` says so; outOfRange for no TTLs or a zero.
    static Result<TtlCurve> of(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                               const TtlSweepOptions& options);

    const std::vector<std::uint32_t>& ttls() const noexcept { return m_ttls; }
    std::size_t size() const noexcept { return m_ttls.size(); }
    std::size_t groupCount() const noexcept { return m_requests.size(); }
    const TtlCounts& group(std::size_t group, std::size_t point) const {
        return m_counts[group * m_ttls.size() + point];
    }
    const TtlCounts& whole(std::size_t point) const { return m_whole[point]; }
    std::uint64_t requests() const noexcept { return m_allRequests; }
    std::uint64_t requestsOf(std::size_t group) const { return m_requests[group]; }
    bool hasStaleHits() const noexcept { return m_hasStaleHits; }
    bool hasBytes() const noexcept { return m_hasBytes; }

    double hitRatio(std::size_t point) const;
    double meanHitAge(std::size_t point) const;  ///< ticks; zero without hits

    /// The most and the fewest misses that any TTL of so many ticks may have. Beyond the ends of
    /// the list the bounds are all requests and one a key.
    struct Bracket {
        std::uint64_t fewest = 0;
        std::uint64_t most = 0;
    };
    Bracket missesAt(std::uint32_t ttl) const;

    /// Up to `most` TTLs to try next, where neighbours are further apart in misses than
    /// `tolerance`, a part of the requests: more of them where the gap is wider. Empty where none
    /// is, or nothing lies between them.
    std::vector<std::uint32_t> refinements(double tolerance, std::size_t most) const;

    /// Takes over the points of a curve of the same timeline and options.
    void merge(const TtlCurve& other);

private:
    friend class TtlSweep;

    std::vector<std::uint32_t> m_ttls;
    std::vector<TtlCounts> m_counts;  // by group and then by point
    std::vector<TtlCounts> m_whole;
    std::vector<std::uint64_t> m_requests;
    std::uint64_t m_allRequests = 0;
    std::uint64_t m_keys = 0;
    bool m_hasStaleHits = false;
    bool m_hasBytes = false;
};

/// TTLs from `shortest` to `longest` in equal ratios, both ends included, in whole ticks: fewer
/// than `points` where ticks are too coarse for them.
std::vector<std::uint32_t> ttlGrid(std::uint32_t shortest, std::uint32_t longest,
                                   std::size_t points);

/// The TTL near `ttl` that is easiest to read and still lies strictly between two others: of two
/// digits where it is below a minute, in steps of a second, ten seconds or minutes above; finer
/// where there is no room. All in ticks; `ttl` itself where nothing rounder fits.
std::uint32_t readableTtl(std::uint32_t ttl, Duration tick, std::uint32_t above,
                          std::uint32_t below);

/// A TTL in whole ticks, rounded down, but at least one.
std::uint32_t ticksOf(Duration ttl, Duration tick);

/// Sweeps `ttls`, then more of them until no gap between neighbours is wider than `tolerance`, or
/// there are `mostPoints`. As TtlCurve::of() otherwise.
Result<TtlCurve> refinedTtlCurve(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                                 const TtlSweepOptions& options, double tolerance,
                                 std::size_t mostPoints);

}  // namespace cachescope::tune
