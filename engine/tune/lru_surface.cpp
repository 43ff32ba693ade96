// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/lru_surface.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

#include "engine/core/worker.h"
#include "engine/tune/lru_surface_pass.h"

namespace cachescope::tune {

namespace {

/// Rows are handed to threads one by one; a row that nobody stopped is whole.
class Rows {
public:
    Rows(const Timeline& timeline, const StackDistances& distances,
         const LruSurfaceOptions& options, LruSurface& result)
        : m_timeline(timeline),
          m_distances(distances),
          m_options(options),
          m_result(result),
          m_order(coarseFirst(result.grid.rows())),
          m_pass(surfacePasses().fastest()) {
        for (const Duration ttl : result.grid.ttls) {
            m_oldest.push_back(oldestHit(ttl, timeline.tick, options.deadAtDeadline));
        }
        m_oldest.resize((m_oldest.size() + kSurfaceLanes - 1) / kSurfaceLanes * kSurfaceLanes);
    }

    void work() {
        for (;;) {
            const std::size_t next = m_next.fetch_add(1);
            if (next >= m_order.size() || !sweep(m_order[next])) {
                return;
            }
        }
    }

    bool stopped() const noexcept { return m_stopped.load(); }

private:
    bool sweep(std::size_t row) {
        SurfacePassInput input;
        input.offsets = m_timeline.offsets.data();
        input.times = m_timeline.times.data();
        input.distances = m_distances.distances.data();
        input.keys = m_timeline.keyCount();
        // A first request's distance is above all capacities.
        input.capacity = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(m_result.grid.capacities[row], StackDistances::kCold - 1));
        input.goesOn = [](const void* self) { return static_cast<const Rows*>(self)->goesOn(); };
        input.context = this;
        std::uint64_t* const misses = &m_result.misses[m_result.grid.at(row, 0)];
        const std::size_t columns = m_result.grid.columns();
        for (std::size_t lane = 0; lane < columns; lane += kSurfaceLanes) {
            std::copy_n(m_oldest.begin() + static_cast<std::ptrdiff_t>(lane), kSurfaceLanes,
                        input.oldest);
            std::uint64_t sums[kSurfaceLanes] = {};
            if (!m_pass(input, sums)) {
                return false;
            }
            const std::size_t wanted = std::min(kSurfaceLanes, columns - lane);
            for (std::size_t i = 0; i < wanted; ++i) {
                misses[lane + i] = sums[i] + m_timeline.keyCount();
            }
        }
        if (m_options.onRow) {
            const std::lock_guard lock{m_reporting};
            m_options.onRow(row, {misses, columns});
        }
        return goesOn();
    }

    bool goesOn() const {
        if (m_options.goOn && !m_stopped.load(std::memory_order_relaxed) && !m_options.goOn()) {
            m_stopped.store(true);
        }
        return !m_stopped.load(std::memory_order_relaxed);
    }

    const Timeline& m_timeline;
    const StackDistances& m_distances;
    const LruSurfaceOptions& m_options;
    LruSurface& m_result;
    std::vector<std::size_t> m_order;
    std::vector<std::uint32_t> m_oldest;
    SurfacePass m_pass;
    std::atomic<std::size_t> m_next{0};
    mutable std::atomic<bool> m_stopped{false};
    std::mutex m_reporting;
};

}  // namespace

Result<LruSurface> LruSurface::of(const Timeline& timeline, const StackDistances& distances,
                                  const SurfaceGrid& grid, const LruSurfaceOptions& options) {
    if (Result<void> checked = grid.check(); !checked) {
        return checked.error();
    }
    if (distances.distances.size() != timeline.requests()) {
        return Error{ErrorCode::damaged, "distances", "of another timeline"};
    }
    LruSurface result{grid, timeline.requests(), std::vector<std::uint64_t>(grid.size())};
    Rows rows{timeline, distances, options, result};
    {
        std::vector<std::unique_ptr<Worker>> workers;
        for (std::size_t i = 1; i < std::min(options.threads, grid.rows()); ++i) {
            workers.push_back(std::make_unique<Worker>(
                "surface", [&rows](Worker&, const std::stop_token&) { rows.work(); }));
        }
        rows.work();
    }
    if (rows.stopped()) {
        return Error{ErrorCode::cancelled};
    }
    return result;
}

}  // namespace cachescope::tune
