// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/ttl_curve.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "engine/tune/sweep_pieces.h"

namespace cachescope::tune {

TtlCounts& TtlCounts::operator+=(const TtlCounts& other) noexcept {
    misses += other.misses;
    staleHits += other.staleHits;
    hitAges += other.hitAges;
    liveTicks += other.liveTicks;
    liveByteTicks += other.liveByteTicks;
    return *this;
}

// One use: what TtlCurve::of() needs while it runs.
class TtlSweep {
public:
    TtlSweep(const Timeline& timeline, const TtlSweepOptions& options)
        : m_timeline(timeline), m_options(options) {
        m_mode.sliding = options.rule == TtlRule::sliding;
        m_mode.ages = options.ages;
        m_mode.stale = options.stale && !timeline.written.empty();
        m_bytes = options.bytes && !timeline.bytes.empty();
        m_pass = sweepPass(options.code.value_or(fastestSweepCode()), m_mode);
    }

    Result<TtlCurve> run(std::vector<std::uint32_t> ttls) {
        m_curve.m_ttls = std::move(ttls);
        m_groups = m_timeline.groupNames.size();
        fillBlocks();
        cutPieces();
        SweepPieces pieces(m_pieces.size() - 1, m_options.progress);
        m_sums.assign(std::max<std::size_t>(1, m_options.threads), {});
        for (ThreadSums& sums : m_sums) {
            sums.counts.resize(m_groups * m_blocks.size());
            sums.bytes.resize(m_bytes ? sums.counts.size() * kSweepLanes : 0);
        }
        const bool done = pieces.run(m_sums.size(), [&](std::size_t thread, std::size_t piece) {
            sweepPiece(pieces, thread, piece);
        });
        if (!done) {
            return Error{ErrorCode::cancelled};
        }
        addUp();
        return std::move(m_curve);
    }

private:
    // A sum of products of 64 bits.
    struct ByteSum {
        std::uint64_t low = 0;
        std::uint64_t high = 0;

        void add(std::uint64_t product) {
            low += product & 0xffff'ffffU;
            high += product >> 32;
        }
        double value() const {
            return std::ldexp(static_cast<double>(high + (low >> 32)), 32) +
                   static_cast<double>(low & 0xffff'ffffU);
        }
    };

    struct ThreadSums {
        std::vector<SweepSums> counts;  // by group and then by block
        std::vector<ByteSum> bytes;     // and then by lane
    };

    void fillBlocks() {
        const std::vector<std::uint32_t>& ttls = m_curve.m_ttls;
        const std::uint32_t less = m_options.boundary == TtlBoundary::deadAtDeadline ? 1 : 0;
        m_blocks.resize((ttls.size() + kSweepLanes - 1) / kSweepLanes);
        for (std::size_t point = 0; point < m_blocks.size() * kSweepLanes; ++point) {
            SweepInput& block = m_blocks[point / kSweepLanes];
            const std::uint32_t ttl = ttls[std::min(point, ttls.size() - 1)];
            block.ttls[point % kSweepLanes] = ttl;
            block.oldest[point % kSweepLanes] = ttl - less;
            if (point < ttls.size()) {
                ++block.lanes;
            }
        }
        for (SweepInput& block : m_blocks) {
            block.offsets = m_timeline.offsets.data();
            block.times = m_timeline.times.data();
            block.written = m_timeline.written.data();
            block.end = m_timeline.span;
        }
    }

    // Pieces stay in a core's cache while all blocks pass over them.
    void cutPieces() {
        constexpr std::uint32_t kRequests = 1U << 17;
        m_pieces = {0};
        std::uint32_t begin = 0;
        for (std::size_t key = 1; key < m_timeline.keyCount(); ++key) {
            if (m_timeline.offsets[key + 1] - begin > kRequests) {
                begin = m_timeline.offsets[key];
                m_pieces.push_back(key);
            }
        }
        m_pieces.push_back(m_timeline.keyCount());
    }

    struct Asker {
        SweepPieces& pieces;
        std::size_t thread;

        static bool ask(void* self) {
            const Asker& asker = *static_cast<Asker*>(self);
            return asker.pieces.goesOn(asker.thread);
        }
    };

    void sweepPiece(SweepPieces& pieces, std::size_t thread, std::size_t piece) {
        Asker asker{pieces, thread};
        const std::size_t last = m_pieces[piece + 1];
        for (std::size_t number = 0; number < m_blocks.size(); ++number) {
            SweepInput block = m_blocks[number];
            block.goesOn = &Asker::ask;
            block.context = &asker;
            for (std::size_t key = m_pieces[piece]; key < last;) {
                const std::uint32_t group = m_timeline.groups[key];
                std::size_t end = key + 1;
                while (end < last && m_timeline.groups[end] == group) {
                    ++end;
                }
                const std::size_t place = group * m_blocks.size() + number;
                const bool goesOn = m_bytes ? sweepWithBytes(block, key, end, m_sums[thread], place)
                                            : m_pass(block, key, end, m_sums[thread].counts[place]);
                if (!goesOn) {
                    return;
                }
                key = end;
            }
        }
    }

    bool sweepWithBytes(const SweepInput& block, std::size_t first, std::size_t last,
                        ThreadSums& sums, std::size_t place) const {
        for (std::size_t key = first; key < last; ++key) {
            SweepSums ofKey;
            if (!m_pass(block, key, key + 1, ofKey)) {
                return false;
            }
            SweepSums& counts = sums.counts[place];
            for (std::size_t lane = 0; lane < block.lanes; ++lane) {
                counts.misses[lane] += ofKey.misses[lane];
                counts.staleHits[lane] += ofKey.staleHits[lane];
                counts.hitAges[lane] += ofKey.hitAges[lane];
                counts.lives[lane] += ofKey.lives[lane];
                // Nothing lives longer than the trace, so the product fits.
                sums.bytes[place * kSweepLanes + lane].add(ofKey.lives[lane] *
                                                           m_timeline.bytes[key]);
            }
        }
        return true;
    }

    void addUp() {
        const std::size_t points = m_curve.m_ttls.size();
        m_curve.m_counts.resize(m_groups * points);
        m_curve.m_whole.resize(points);
        m_curve.m_hasStaleHits = m_mode.stale;
        m_curve.m_hasBytes = m_bytes;
        for (std::size_t group = 0; group < m_groups; ++group) {
            for (std::size_t point = 0; point < points; ++point) {
                const TtlCounts counts = countsAt(group, point);
                m_curve.m_counts[group * points + point] = counts;
                m_curve.m_whole[point] += counts;
            }
        }
        m_curve.m_requests.assign(m_groups, 0);
        for (std::size_t key = 0; key < m_timeline.keyCount(); ++key) {
            m_curve.m_requests[m_timeline.groups[key]] +=
                m_timeline.offsets[key + 1] - m_timeline.offsets[key];
        }
        m_curve.m_allRequests = m_timeline.requests();
        m_curve.m_keys = m_timeline.keyCount();
    }

    TtlCounts countsAt(std::size_t group, std::size_t point) const {
        const std::size_t place = group * m_blocks.size() + point / kSweepLanes;
        const std::size_t lane = point % kSweepLanes;
        TtlCounts counts;
        ByteSum bytes;
        for (const ThreadSums& sums : m_sums) {
            counts.misses += sums.counts[place].misses[lane];
            counts.staleHits += sums.counts[place].staleHits[lane];
            counts.hitAges += sums.counts[place].hitAges[lane];
            counts.liveTicks += sums.counts[place].lives[lane];
            if (m_bytes) {
                bytes.low += sums.bytes[place * kSweepLanes + lane].low;
                bytes.high += sums.bytes[place * kSweepLanes + lane].high;
            }
        }
        counts.liveByteTicks = bytes.value();
        return counts;
    }

    const Timeline& m_timeline;
    const TtlSweepOptions& m_options;
    SweepMode m_mode;
    bool m_bytes = false;
    SweepPass m_pass = nullptr;
    std::size_t m_groups = 0;
    std::vector<SweepInput> m_blocks;
    std::vector<std::size_t> m_pieces;  // the first key of each, and the end
    std::vector<ThreadSums> m_sums;
    TtlCurve m_curve;
};

Result<TtlCurve> TtlCurve::of(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                              const TtlSweepOptions& options) {
    std::sort(ttls.begin(), ttls.end());
    ttls.erase(std::unique(ttls.begin(), ttls.end()), ttls.end());
    if (ttls.empty() || ttls.front() == 0) {
        return Error{ErrorCode::outOfRange, "ttls", "1 tick or more"};
    }
    if (timeline.requests() == 0) {
        return Error{ErrorCode::missing, "reads"};
    }
    if (options.code && !canRun(*options.code)) {
        return Error{ErrorCode::unsupported, "code"};
    }
    try {
        return TtlSweep(timeline, options).run(std::move(ttls));
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "ttls", std::to_string(ttls.size())};
    }
}

double TtlCurve::hitRatio(std::size_t point) const {
    return static_cast<double>(m_allRequests - m_whole[point].misses) /
           static_cast<double>(m_allRequests);
}

double TtlCurve::meanHitAge(std::size_t point) const {
    const std::uint64_t hits = m_allRequests - m_whole[point].misses;
    return hits == 0 ? 0.0
                     : static_cast<double>(m_whole[point].hitAges) / static_cast<double>(hits);
}

}  // namespace cachescope::tune
