// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/age_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <new>

#include "engine/tune/sweep_pieces.h"

namespace cachescope::tune {

namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kRow = 256;  // the buckets, and one for misses
constexpr std::size_t kMissBucket = AgeTable::kBuckets;
constexpr std::size_t kBetweenLooks = std::size_t{1} << 16;

using Words __attribute__((vector_size(16))) = std::uint32_t;
using Signed __attribute__((vector_size(16))) = std::int32_t;
using Floats __attribute__((vector_size(16))) = float;
constexpr std::size_t kPerVector = 4;
constexpr std::size_t kVectors = kLanes / kPerVector;
constexpr std::uint32_t kFlip = 0x8000'0000U;

// AgeTable::bucketOf() of four ages. A float's exponent and the first three bits behind it are what
// is wanted. Half the age is no negative number when it is taken as a signed one, and without the
// ninth of its bits it is never rounded up over the first eight.
Words bucketsOf(Words ages) {
    const Words halves = ages >> 1;
    const Words safe = halves & ~(halves >> 8);
    const Floats floats = __builtin_convertvector(reinterpret_cast<Signed>(safe), Floats);
    const Words high = (reinterpret_cast<Words>(floats) >> 20) - 1024;
    const Signed isSmall = reinterpret_cast<Signed>(ages >> 4) == 0;
    return isSmall ? ages : high;
}

using Rows = std::array<std::array<std::uint32_t, kRow>, kLanes>;

// The hits of one key from `first` on under eight TTLs.
template <bool Sliding>
class KeyAges {
public:
    KeyAges(const std::uint32_t* times, const std::array<std::uint32_t, kLanes>& oldest)
        : m_times(times) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            m_oldest[lane / kPerVector][lane % kPerVector] = oldest[lane] ^ kFlip;
        }
    }

    void begin(std::uint32_t time) {
        for (Words& fills : m_fills) {
            fills = Words{} + time;
        }
    }

    void count(std::size_t first, std::size_t last, Rows& rows) {
        for (std::size_t i = first; i < last; ++i) {
            const Words now = Words{} + m_times[i];
            const Words gap = Words{} + (Sliding ? m_times[i] - m_times[i - 1] : 0);
            alignas(16) std::array<std::uint32_t, kLanes> buckets;
            for (std::size_t v = 0; v < kVectors; ++v) {
                const Words age = now - m_fills[v];
                const Signed isMiss = reinterpret_cast<Signed>((Sliding ? gap : age) ^ kFlip) >
                                      reinterpret_cast<Signed>(m_oldest[v]);
                m_fills[v] = isMiss ? now : m_fills[v];
                const Words bucket = isMiss ? Words{} + std::uint32_t{kMissBucket} : bucketsOf(age);
                std::memcpy(&buckets[v * kPerVector], &bucket, sizeof bucket);
            }
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                ++rows[lane][buckets[lane]];
            }
        }
    }

private:
    const std::uint32_t* m_times;
    std::array<Words, kVectors> m_oldest{};
    std::array<Words, kVectors> m_fills{};
};

}  // namespace

// One use: what AgeTable::of() needs while it runs. Threads share TTLs out, not keys, so that each
// writes rows of its own.
class AgeSweep {
public:
    AgeSweep(const Timeline& timeline, const TtlSweepOptions& options)
        : m_timeline(timeline), m_options(options) {}

    Result<AgeTable> run(std::vector<std::uint32_t> ttls) {
        m_table.m_ttls = std::move(ttls);
        m_table.m_groups = m_timeline.groupNames.size();
        const std::size_t points = m_table.m_ttls.size();
        if (points > AgeTable::kMostBytes / sizeof(std::uint32_t) / AgeTable::kBuckets /
                         (m_table.m_groups + 1)) {
            return Error{ErrorCode::tooLarge, "ttls", std::to_string(points)};
        }
        m_table.m_hits.assign(m_table.m_groups * points * AgeTable::kBuckets, 0);
        m_table.m_whole.assign(points * AgeTable::kBuckets, 0);
        SweepPieces pieces((points + kLanes - 1) / kLanes, m_options.progress);
        const bool done = pieces.run(m_options.threads, [&](std::size_t thread, std::size_t piece) {
            if (m_options.rule == TtlRule::sliding) {
                sweepBlock<true>(pieces, thread, piece * kLanes);
            } else {
                sweepBlock<false>(pieces, thread, piece * kLanes);
            }
        });
        if (!done) {
            return Error{ErrorCode::cancelled};
        }
        return std::move(m_table);
    }

private:
    template <bool Sliding>
    void sweepBlock(SweepPieces& pieces, std::size_t thread, std::size_t firstPoint) {
        std::array<std::uint32_t, kLanes> oldest{};
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::size_t point = std::min(firstPoint + lane, m_table.m_ttls.size() - 1);
            oldest[lane] = m_table.m_ttls[point] -
                           (m_options.boundary == TtlBoundary::deadAtDeadline ? 1U : 0U);
        }
        KeyAges<Sliding> ages(m_timeline.times.data(), oldest);
        Rows rows{};
        std::size_t untilLook = kBetweenLooks;
        const std::size_t keys = m_timeline.keyCount();
        for (std::size_t key = 0; key < keys; ++key) {
            std::size_t i = m_timeline.offsets[key];
            const std::size_t end = m_timeline.offsets[key + 1];
            ages.begin(m_timeline.times[i++]);
            while (end - i >= untilLook) {
                ages.count(i, i + untilLook, rows);
                i += untilLook;
                untilLook = kBetweenLooks;
                if (!pieces.goesOn(thread)) {
                    return;
                }
            }
            ages.count(i, end, rows);
            untilLook -= end - i;
            const std::uint32_t group = m_timeline.groups[key];
            if (key + 1 == keys || m_timeline.groups[key + 1] != group) {
                take(rows, group, firstPoint);
            }
        }
    }

    void take(Rows& rows, std::size_t group, std::size_t firstPoint) {
        const std::size_t points = m_table.m_ttls.size();
        for (std::size_t lane = 0; lane < kLanes && firstPoint + lane < points; ++lane) {
            const std::size_t point = firstPoint + lane;
            std::uint32_t* hits = &m_table.m_hits[(group * points + point) * AgeTable::kBuckets];
            std::uint32_t* whole = &m_table.m_whole[point * AgeTable::kBuckets];
            for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; ++bucket) {
                hits[bucket] += rows[lane][bucket];
                whole[bucket] += rows[lane][bucket];
            }
        }
        rows = {};
    }

    const Timeline& m_timeline;
    const TtlSweepOptions& m_options;
    AgeTable m_table;
};

namespace {

// The chance that a value whose age is in the bucket, each age of it as likely, is stale.
std::array<double, AgeTable::kBuckets> staleChances(double rate) {
    std::array<double, AgeTable::kBuckets> chances{};
    for (std::size_t bucket = 0; rate > 0 && bucket < AgeTable::kBuckets; ++bucket) {
        const auto lowest = static_cast<double>(AgeTable::lowestAge(bucket));
        const double ages = static_cast<double>(AgeTable::lowestAge(bucket + 1)) - lowest;
        // The mean of a geometric sequence.
        const double fresh = ages == 1 ? 1.0 : std::expm1(-rate * ages) / std::expm1(-rate) / ages;
        chances[bucket] =
            ages == 1 ? -std::expm1(-rate * lowest) : 1.0 - std::exp(-rate * lowest) * fresh;
    }
    return chances;
}

std::vector<double> staleHitsIn(const std::uint32_t* hits, std::size_t points, double rate) {
    const auto chances = staleChances(rate);
    std::vector<double> stale(points, 0.0);
    for (std::size_t point = 0; point < points; ++point) {
        // Several sums, so that one addition need not wait for another.
        std::array<double, 8> sums{};
        for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; bucket += sums.size()) {
            for (std::size_t i = 0; i < sums.size(); ++i) {
                sums[i] += chances[bucket + i] * hits[point * AgeTable::kBuckets + bucket + i];
            }
        }
        for (const double sum : sums) {
            stale[point] += sum;
        }
    }
    return stale;
}

double percentileIn(const std::uint32_t* hits, double share) {
    std::uint64_t all = 0;
    for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; ++bucket) {
        all += hits[bucket];
    }
    if (all == 0) {
        return 0;
    }
    double left = std::clamp(share, 0.0, 1.0) * static_cast<double>(all);
    std::size_t last = 0;
    for (std::size_t bucket = 0; bucket < AgeTable::kBuckets; ++bucket) {
        if (hits[bucket] == 0) {
            continue;
        }
        last = bucket;
        if (left <= hits[bucket]) {
            break;
        }
        left -= hits[bucket];
    }
    const auto lowest = static_cast<double>(AgeTable::lowestAge(last));
    const double highest = static_cast<double>(AgeTable::lowestAge(last + 1)) - 1;
    return lowest + (highest - lowest) * std::min(1.0, left / hits[last]);
}

}  // namespace

Result<AgeTable> AgeTable::of(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                              const TtlSweepOptions& options) {
    std::sort(ttls.begin(), ttls.end());
    ttls.erase(std::unique(ttls.begin(), ttls.end()), ttls.end());
    if (ttls.empty() || ttls.front() == 0) {
        return Error{ErrorCode::outOfRange, "ttls", "1 tick or more"};
    }
    if (timeline.requests() == 0) {
        return Error{ErrorCode::missing, "reads"};
    }
    try {
        return AgeSweep(timeline, options).run(std::move(ttls));
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "ttls", std::to_string(ttls.size())};
    }
}

std::vector<double> AgeTable::staleHits(std::size_t group, double updatesPerTick) const {
    return staleHitsIn(hits(group, 0), m_ttls.size(), updatesPerTick);
}

std::vector<double> AgeTable::wholeStaleHits(double updatesPerTick) const {
    return staleHitsIn(wholeHits(0), m_ttls.size(), updatesPerTick);
}

double AgeTable::agePercentile(std::size_t group, std::size_t point, double share) const {
    return percentileIn(hits(group, point), share);
}

double AgeTable::wholeAgePercentile(std::size_t point, double share) const {
    return percentileIn(wholeHits(point), share);
}

StaleHits::StaleHits(const AgeTable& table, double updatesPerTick)
    : m_table(table), m_rates(table.groupCount(), updatesPerTick) {
    for (std::size_t group = 0; group < m_rates.size(); ++group) {
        m_groups.push_back(m_table.staleHits(group, updatesPerTick));
    }
    addUp();
}

void StaleHits::setRate(std::size_t group, double updatesPerTick) {
    m_rates[group] = updatesPerTick;
    m_groups[group] = m_table.staleHits(group, updatesPerTick);
    addUp();
}

void StaleHits::addUp() {
    m_whole.assign(m_table.ttls().size(), 0.0);
    for (const std::vector<double>& group : m_groups) {
        for (std::size_t point = 0; point < m_whole.size(); ++point) {
            m_whole[point] += group[point];
        }
    }
}

}  // namespace cachescope::tune
