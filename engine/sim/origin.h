// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "engine/cache/cache.h"
#include "engine/core/clock.h"
#include "engine/sim/data_versions.h"
#include "engine/sim/scenario.h"
#include "engine/sim/scheduler.h"
#include "engine/sim/workload.h"

namespace cachescope::sim {

/// The slow handler behind one lane: a latency, a number of calls at once, and failures.
///
/// Calls beyond the limit wait in a queue: that is what makes a stampede hurt. Each call reads the
/// data as it is when its work begins. Latency and failure of a call depend on the seed and the
/// request's number alone, so the same request costs the same in every lane; whether there is data
/// for a key, whether it is a personal one, and what its answers say about keeping them, depends on
/// the seed and the key. One thread.
class Origin {
public:
    Origin(const OriginSpec& spec, std::uint64_t seed, Scheduler& scheduler, const Clock& clock,
           DataVersions& data);

    /// Serves one call and hands the outcome to `done`, later or, during an outage, at once.
    void call(const Request& request, LoadDone done);

    /// The TTL that answers for the key come with, if they do.
    std::optional<Duration> ownTtl(std::uint32_t key) const noexcept;

    void change(const OriginSpec& spec);
    /// While down, new and queued calls fail at once, and running ones when they end.
    void setDown(bool down);
    /// Ends all calls with `cancelled`.
    void cancelAll();

    bool down() const noexcept { return m_down; }
    std::uint64_t calls() const noexcept { return m_calls; }
    std::uint32_t running() const noexcept { return m_running; }
    std::size_t queued() const noexcept { return m_queue.size(); }

private:
    struct Call {
        Request request;
        std::uint32_t serial = 0;  // tells a running call from a later one in the same slot
        std::uint64_t version = 0;
        LoadDone done;
    };

    void begin(Call call);
    void end(std::uint32_t slot, std::uint32_t serial);
    void fillFromQueue();
    Duration latencyOf(std::uint64_t requestNumber) const noexcept;
    bool fails(std::uint64_t requestNumber) const noexcept;
    bool isAbsent(std::uint32_t key) const noexcept;
    bool isStored(std::uint32_t key) const noexcept;
    bool isPersonal(std::uint32_t key) const noexcept;

    OriginSpec m_spec;
    std::uint64_t m_seed;
    Scheduler& m_scheduler;
    const Clock& m_clock;
    DataVersions& m_data;
    bool m_down = false;
    std::uint64_t m_calls = 0;
    std::uint32_t m_running = 0;
    std::uint32_t m_serial = 0;
    std::deque<Call> m_queue;
    std::vector<Call> m_slots;
    std::vector<std::uint32_t> m_free;
};

}  // namespace cachescope::sim
