// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/random.h"
#include "engine/core/result.h"
#include "engine/sim/key_space.h"
#include "engine/sim/scenario.h"
#include "engine/trace/trace_reader.h"

namespace cachescope::sim {

/// One request, the same for every lane.
struct Request {
    TimePoint time = kNever;
    std::uint64_t number = 0;  ///< counts from 0
    std::uint32_t key = 0;
    std::uint32_t bytes = 0;       ///< of the value
    bool write = false;            ///< changes the data at the origin, and asks for nothing
    std::uint32_t user = kNobody;  ///< who asks; nobody in particular where there is one user

    static constexpr std::uint32_t kNobody = ~std::uint32_t{0};
};

/// The stream of requests of a run, synthetic or replayed, in order of time.
///
/// The same spec, seed and calls give the same stream. One thread.
class Workload {
public:
    /// Reads the trace, if there is one; fails only because of it.
    static Result<std::unique_ptr<Workload>> create(const WorkloadSpec& spec, std::uint64_t seed,
                                                    TimePoint start);

    /// The next request; its time is kNever when there is none.
    const Request& peek() const noexcept { return m_next; }
    void pop();

    /// From `now` on, another rate; nothing else changes. No effect on a trace.
    void setRate(double ratePerSecond, TimePoint now);

    const std::shared_ptr<const KeySpace>& keys() const noexcept { return m_keys; }
    const WorkloadSpec& spec() const noexcept { return m_spec; }
    /// What the trace's reader left out; empty without a trace or where all was read.
    const std::string& traceNote() const noexcept { return m_traceNote; }

    /// Lets a workload that replaces another go on with its numbering.
    void continueFrom(std::uint64_t number) {
        m_next.number = number;
        drawUser();
    }

private:
    Workload(WorkloadSpec spec, std::uint64_t seed, TimePoint start);
    void drawArrival(TimePoint from);
    void drawUser() noexcept;
    void drawFromTrace();
    Duration traceTime(std::size_t position) const noexcept;

    WorkloadSpec m_spec;
    std::uint64_t m_seed;
    Random m_random;
    TimePoint m_start;
    std::shared_ptr<const KeySpace> m_keys;
    Trace m_trace;
    std::string m_traceNote;
    std::size_t m_position = 0;
    Request m_next;
};

}  // namespace cachescope::sim
