// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/policy_surface.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <span>

#include "engine/core/worker.h"
#include "engine/policy/unbounded_ttl.h"
#include "engine/tune/surface_samples.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::tune {

namespace {

constexpr std::size_t kSamples = 8;
/// The 97.5th percentile of Student's t with one degree of freedom less than there are samples.
constexpr double kStudent = 2.365;
/// Fewer entries are too coarse to stand for a cache.
constexpr double kFewestEntries = 32;

/// Requests for some keys, and what an unbounded cache misses of them at every TTL.
struct Sample {
    RequestSample requests;
    std::vector<std::uint64_t> unbounded;
};

/// Samples at one rate, and all of them as one, whose cache is the nearest to the whole one. How
/// that differs from the mean of the parts says what the size of a cache does to the policy, and
/// how the parts differ from each other what chance does.
struct Sampling {
    Sample together;
    std::vector<Sample> parts;
};

class Replays {
public:
    Replays(const Trace& trace, const Timeline& timeline, ReplayFunction replay,
            const PolicySurfaceOptions& options, PolicySurface& result)
        : m_timeline(timeline),
          m_replay(replay),
          m_options(options),
          m_result(result),
          m_requests(trace, timeline.tick) {}

    Result<void> prepare() {
        for (const Duration ttl : m_result.grid.ttls) {
            if (ttl < m_timeline.tick) {
                return Error{ErrorCode::outOfRange, "ttls", "below a tick"};
            }
            // Longer than all of the trace is forever.
            const std::uint32_t most = std::max<std::uint32_t>(1, m_timeline.span);
            m_ttls.push_back(m_timeline.tick *
                             std::min(most, oldestHit(ttl, m_timeline.tick, false)));
        }
        if (!m_requests.prepare([this] { return goesOn(); })) {
            return Error{ErrorCode::cancelled};
        }
        if (m_requests.all().keys.size() != m_timeline.requests()) {
            return Error{ErrorCode::damaged, "timeline", "of another trace"};
        }
        orderPoints();
        if (Result<void> drawn = drawSamples(); !drawn) {
            return drawn;
        }
        return m_samplings.empty() ? Result<void>{} : countUnbounded();
    }

    void work() {
        try {
            for (;;) {
                const std::size_t next = m_next.fetch_add(1);
                if (next >= m_order.size() || !goesOn() || !estimate(m_order[next])) {
                    return;
                }
            }
        } catch (const std::bad_alloc&) {
            m_outOfMemory.store(true);
            m_stopped.store(true);
        }
    }

    bool stopped() const noexcept { return m_stopped.load(); }
    bool outOfMemory() const noexcept { return m_outOfMemory.load(); }

private:
    bool goesOn() {
        if (!m_stopped.load(std::memory_order_relaxed) && m_options.goOn && !m_options.goOn()) {
            m_stopped.store(true);
        }
        return !m_stopped.load(std::memory_order_relaxed);
    }

    /// What is coarse in both directions first.
    void orderPoints() {
        const auto ranksOf = [](std::size_t count) {
            const std::vector<std::size_t> order = coarseFirst(count);
            std::vector<std::size_t> ranks(count);
            for (std::size_t i = 0; i < count; ++i) {
                ranks[order[i]] = i;
            }
            return ranks;
        };
        const std::vector<std::size_t> rows = ranksOf(m_result.grid.rows());
        const std::vector<std::size_t> columns = ranksOf(m_result.grid.columns());
        m_order.resize(m_result.grid.size());
        std::iota(m_order.begin(), m_order.end(), std::size_t{0});
        const auto rank = [&](std::size_t point) {
            return std::max(rows[point / columns.size()], columns[point % columns.size()]);
        };
        std::stable_sort(m_order.begin(), m_order.end(),
                         [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    }

    /// A rate a row: the wanted one, or twice it and so on until samples have entries enough.
    Result<void> drawSamples() {
        const auto requests = static_cast<double>(m_timeline.requests());
        const std::uint64_t aReplay = std::max<std::uint64_t>(1, m_options.requestsPerReplay);
        const double wanted = static_cast<double>(aReplay) / requests / double{kSamples};
        for (const std::uint64_t capacity : m_result.grid.capacities) {
            double rate = wanted;
            while (rate * static_cast<double>(capacity) < kFewestEntries) {
                rate *= 2;
            }
            // Samples that are most of the trace cost as much as all of it.
            m_rates.push_back(rate * double{kSamples} > 0.5 ? 1 : rate);
        }
        for (const double rate : m_rates) {
            if (rate >= 1 || m_samplings.contains(rate)) {
                continue;
            }
            Sampling& sampling = m_samplings[rate];
            std::vector<Sample> whole;
            if (!draw(1, rate * double{kSamples}, whole) || !draw(kSamples, rate, sampling.parts)) {
                return Error{ErrorCode::cancelled};
            }
            sampling.together = std::move(whole.front());
        }
        return {};
    }

    bool draw(std::size_t count, double rate, std::vector<Sample>& samples) {
        auto drawn = m_requests.samples(count, rate, m_options.seed, [this] { return goesOn(); });
        if (!drawn) {
            return false;
        }
        for (RequestSample& requests : *drawn) {
            Sample& sample = samples.emplace_back();
            sample.requests = std::move(requests);
            for (const Duration ttl : m_ttls) {
                if (!goesOn()) {
                    return false;
                }
                sample.unbounded.push_back(
                    countUnboundedTtl(sample.requests.requests(), ttl).misses);
            }
        }
        return true;
    }

    Result<void> countUnbounded() {
        std::vector<std::uint32_t> ticks;
        for (const Duration ttl : m_ttls) {
            ticks.push_back(static_cast<std::uint32_t>(ttl / m_timeline.tick));
        }
        TtlSweepOptions options;
        options.ages = false;
        options.stale = false;
        options.threads = m_options.threads;
        options.progress = [this](double) { return goesOn(); };
        const Result<TtlCurve> curve = TtlCurve::of(m_timeline, ticks, options);
        if (!curve) {
            return curve.error();
        }
        const std::vector<std::uint32_t>& swept = curve->ttls();
        for (const std::uint32_t ttl : ticks) {
            const auto at = std::lower_bound(swept.begin(), swept.end(), ttl);
            m_unbounded.push_back(
                curve->whole(static_cast<std::size_t>(at - swept.begin())).misses);
        }
        return {};
    }

    bool estimate(std::size_t number) {
        SurfacePoint& point = m_result.points[number];
        point.row = number / m_result.grid.columns();
        point.column = number % m_result.grid.columns();
        point.sampled = m_rates[point.row] < 1;
        point.lazy = misses(point, false);
        point.atDeadline = m_options.atDeadline ? misses(point, true) : point.lazy;
        if (m_stopped.load()) {
            return false;
        }
        if (m_options.onPoint) {
            const std::lock_guard lock{m_reporting};
            m_options.onPoint(point);
        }
        return true;
    }

    MissEstimate misses(const SurfacePoint& point, bool atDeadline) {
        const std::uint64_t capacity = m_result.grid.capacities[point.row];
        if (!point.sampled) {
            return {
                static_cast<double>(replayed(m_requests.all(), capacity, point.column, atDeadline)),
                0};
        }
        const Sampling& sampling = m_samplings.at(m_rates[point.row]);
        const auto requests = static_cast<double>(m_timeline.requests());
        if (sampling.together.requests.keyCount == 0) {
            return {static_cast<double>(m_unbounded[point.column]), requests};
        }
        const double added = addedBy(sampling.together, point, atDeadline);
        std::vector<double> ofParts;
        for (const Sample& part : sampling.parts) {
            if (part.requests.keyCount > 0) {
                ofParts.push_back(addedBy(part, point, atDeadline));
            }
        }
        const double misses = static_cast<double>(m_unbounded[point.column]) + added;
        return {std::min(misses, requests),
                ofParts.size() < 2 ? requests : std::min(errorFrom(ofParts, added), requests)};
    }

    /// Misses that the bound on entries adds to those of an unbounded cache, of all keys.
    double addedBy(const Sample& sample, const SurfacePoint& point, bool atDeadline) {
        const RequestSample& requests = sample.requests;
        // The true share, so that all keys fit where all keys fit in the whole cache.
        const double entries =
            static_cast<double>(m_result.grid.capacities[point.row]) * requests.share;
        const auto capacity = static_cast<std::uint64_t>(std::max(1.0, std::round(entries)));
        const std::uint64_t misses =
            replayed(requests.requests(), capacity, point.column, atDeadline);
        // No policy misses less than an unbounded cache, but a stopped replay does.
        const std::uint64_t least = std::min(misses, sample.unbounded[point.column]);
        return static_cast<double>(misses - least) / requests.share;
    }

    static double errorFrom(const std::vector<double>& parts, double together) {
        const auto count = static_cast<double>(parts.size());
        const double mean = std::accumulate(parts.begin(), parts.end(), 0.0) / count;
        double squares = 0;
        for (const double value : parts) {
            squares += (value - mean) * (value - mean);
        }
        return std::hypot(kStudent * std::sqrt(squares / (count - 1) / count), together - mean);
    }

    std::uint64_t replayed(const ReplayRequests& requests, std::uint64_t capacity,
                           std::size_t column, bool atDeadline) {
        ReplayOptions options;
        options.capacity = capacity;
        options.ttl = m_ttls[column];
        options.removeAtDeadline = atDeadline;
        options.progress = [this](std::size_t) { return goesOn(); };
        return m_replay(requests, options).misses;
    }

    const Timeline& m_timeline;
    ReplayFunction m_replay;
    const PolicySurfaceOptions& m_options;
    PolicySurface& m_result;
    SampledRequests m_requests;
    std::vector<Duration> m_ttls;  // in whole ticks
    std::vector<double> m_rates;   // of each row; one: all requests
    std::map<double, Sampling> m_samplings;
    std::vector<std::uint64_t> m_unbounded;  // misses of all requests, by TTL
    std::vector<std::size_t> m_order;
    std::atomic<std::size_t> m_next{0};
    std::atomic<bool> m_stopped{false};
    std::atomic<bool> m_outOfMemory{false};
    std::mutex m_reporting;
};

Result<PolicySurface> surfaceOf(const Trace& trace, const Timeline& timeline, ReplayFunction replay,
                                const SurfaceGrid& grid, const PolicySurfaceOptions& options) {
    PolicySurface result{grid, timeline.requests(), std::vector<SurfacePoint>(grid.size())};
    Replays replays{trace, timeline, replay, options, result};
    if (Result<void> prepared = replays.prepare(); !prepared) {
        return prepared.error();
    }
    {
        std::vector<std::unique_ptr<Worker>> workers;
        for (std::size_t i = 1; i < std::min(options.threads, grid.size()); ++i) {
            workers.push_back(std::make_unique<Worker>(
                "surface", [&replays](Worker&, const std::stop_token&) { replays.work(); }));
        }
        replays.work();
    }
    if (replays.outOfMemory()) {
        return Error{ErrorCode::tooLarge, "surface"};
    }
    if (replays.stopped()) {
        return Error{ErrorCode::cancelled};
    }
    return result;
}

}  // namespace

Result<PolicySurface> PolicySurface::of(const Trace& trace, const Timeline& timeline,
                                        ReplayFunction replay, const SurfaceGrid& grid,
                                        const PolicySurfaceOptions& options) {
    if (Result<void> checked = grid.check(); !checked) {
        return checked.error();
    }
    if (timeline.requests() == 0) {
        return Error{ErrorCode::missing, "requests"};
    }
    try {
        return surfaceOf(trace, timeline, replay, grid, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "surface"};
    }
}

}  // namespace cachescope::tune
