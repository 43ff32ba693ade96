// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <queue>
#include <utility>

#include "engine/tune/ttl_curve.h"

namespace cachescope::tune {

namespace {

// The step of equal ratios from one TTL to another, in whole ticks.
std::uint32_t between(std::uint32_t from, std::uint32_t to, double part) {
    const double exact = from * std::pow(static_cast<double>(to) / from, part);
    return static_cast<std::uint32_t>(std::llround(exact));
}

}  // namespace

std::vector<std::uint32_t> ttlGrid(std::uint32_t shortest, std::uint32_t longest,
                                   std::size_t points) {
    const std::uint32_t from = std::max<std::uint32_t>(1, std::min(shortest, longest));
    const std::uint32_t to = std::max({shortest, longest, from});
    std::vector<std::uint32_t> grid{from};
    for (std::size_t i = 1; i + 1 < points; ++i) {
        grid.push_back(between(from, to, static_cast<double>(i) / static_cast<double>(points - 1)));
    }
    if (points > 1) {
        grid.push_back(to);
    }
    grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
    return grid;
}

std::uint32_t readableTtl(std::uint32_t ttl, Duration tick, std::uint32_t above,
                          std::uint32_t below) {
    using namespace std::chrono_literals;
    const Duration exact = tick * ttl;
    std::vector<Duration> steps;
    if (exact < 1min) {
        Duration step = tick;
        while (exact / step >= 100) {
            step *= 10;
        }
        steps = {step, step / 10, step / 100};
    } else if (exact < 10min) {
        steps = {5s, 1s, 100ms};
    } else if (exact < 1h) {
        steps = {1min, 10s, 1s};
    } else if (exact < 24h) {
        steps = {10min, 1min, 10s, 1s};
    } else {
        steps = {6h, 1h, 10min, 1min};
    }
    for (const Duration step : steps) {
        if (step < tick) {
            break;
        }
        const Duration::rep rounded = (exact + step / 2) / step * step / tick;
        if (rounded > above && rounded < below) {
            return static_cast<std::uint32_t>(rounded);
        }
    }
    return ttl;
}

std::uint32_t ticksOf(Duration ttl, Duration tick) {
    constexpr Duration::rep kMost = Timeline::kNoWrite;
    return static_cast<std::uint32_t>(std::clamp<Duration::rep>(ttl / tick, 1, kMost));
}

TtlCurve::Bracket TtlCurve::missesAt(std::uint32_t ttl) const {
    Bracket bracket{m_keys, m_allRequests};
    const auto above = std::lower_bound(m_ttls.begin(), m_ttls.end(), ttl);
    const auto point = static_cast<std::size_t>(above - m_ttls.begin());
    if (above != m_ttls.end()) {
        bracket.fewest = m_whole[point].misses;
        if (*above == ttl) {
            bracket.most = bracket.fewest;
            return bracket;
        }
    }
    if (point > 0) {
        bracket.most = m_whole[point - 1].misses;
    }
    return bracket;
}

std::vector<std::uint32_t> TtlCurve::refinements(double tolerance, std::size_t most) const {
    // Each new TTL goes where, if misses fell evenly, the widest step would be left.
    using Gap = std::pair<double, std::size_t>;  // the step, its left end
    std::priority_queue<Gap> gaps;
    std::vector<std::uint32_t> parts(m_ttls.size(), 1);
    const double allowed = std::max(0.0, tolerance) * static_cast<double>(m_allRequests);
    const auto dropAt = [this](std::size_t left) {
        return static_cast<double>(m_whole[left].misses - m_whole[left + 1].misses);
    };
    for (std::size_t left = 0; left + 1 < m_ttls.size(); ++left) {
        if (dropAt(left) > allowed && m_ttls[left + 1] - m_ttls[left] > 1) {
            gaps.emplace(dropAt(left), left);
        }
    }
    std::size_t added = 0;
    while (!gaps.empty() && added < most) {
        const std::size_t left = gaps.top().second;
        gaps.pop();
        ++parts[left];
        ++added;
        const double step = dropAt(left) / parts[left];
        if (step > allowed && m_ttls[left + 1] - m_ttls[left] > parts[left]) {
            gaps.emplace(step, left);
        }
    }
    std::vector<std::uint32_t> result;
    for (std::size_t left = 0; left + 1 < m_ttls.size(); ++left) {
        std::uint32_t last = m_ttls[left];
        for (std::uint32_t part = 1; part < parts[left]; ++part) {
            const std::uint32_t wished =
                between(m_ttls[left], m_ttls[left + 1], static_cast<double>(part) / parts[left]);
            // Rounding must neither repeat a TTL nor leave none for those that follow.
            const std::uint32_t room = m_ttls[left + 1] - (parts[left] - part);
            last = std::clamp(wished, last + 1, std::max(room, last + 1));
            result.push_back(last);
        }
    }
    return result;
}

void TtlCurve::merge(const TtlCurve& other) {
    std::vector<std::uint32_t> ttls;
    std::set_union(m_ttls.begin(), m_ttls.end(), other.m_ttls.begin(), other.m_ttls.end(),
                   std::back_inserter(ttls));
    std::vector<TtlCounts> counts(groupCount() * ttls.size());
    std::vector<TtlCounts> whole(ttls.size());
    for (std::size_t point = 0; point < ttls.size(); ++point) {
        const auto mine = std::lower_bound(m_ttls.begin(), m_ttls.end(), ttls[point]);
        const bool isMine = mine != m_ttls.end() && *mine == ttls[point];
        const TtlCurve& from = isMine ? *this : other;
        const auto place = static_cast<std::size_t>(
            std::lower_bound(from.m_ttls.begin(), from.m_ttls.end(), ttls[point]) -
            from.m_ttls.begin());
        whole[point] = from.m_whole[place];
        for (std::size_t group = 0; group < groupCount(); ++group) {
            counts[group * ttls.size() + point] = from.group(group, place);
        }
    }
    m_ttls = std::move(ttls);
    m_counts = std::move(counts);
    m_whole = std::move(whole);
}

Result<TtlCurve> refinedTtlCurve(const Timeline& timeline, std::vector<std::uint32_t> ttls,
                                 const TtlSweepOptions& options, double tolerance,
                                 std::size_t mostPoints) {
    Result<TtlCurve> curve = TtlCurve::of(timeline, std::move(ttls), options);
    while (curve && curve->size() < mostPoints) {
        // As many as one pass tries anyway.
        std::vector<std::uint32_t> next =
            curve->refinements(tolerance, std::min(kSweepLanes, mostPoints - curve->size()));
        if (next.empty()) {
            break;
        }
        const Result<TtlCurve> more = TtlCurve::of(timeline, std::move(next), options);
        if (!more) {
            return more.error();
        }
        curve->merge(*more);
    }
    return curve;
}

}  // namespace cachescope::tune
