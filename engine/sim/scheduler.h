// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/timers.h"

namespace cachescope::sim {

/// What is going to happen, in order of time; things due at the same moment in the order in which
/// they were asked for. Handlers "sleep" here instead of in threads, and the caches of lanes wait
/// here for their time-outs. One thread.
class Scheduler final : public Timers {
public:
    Scheduler() = default;

    void at(TimePoint time, std::function<void()> action) override;
    /// kNever when nothing is planned.
    TimePoint nextTime() const noexcept { return m_heap.empty() ? kNever : m_heap.front().time; }
    /// Runs the first thing planned. There must be one.
    void runNext();

private:
    struct Planned {
        TimePoint time;
        std::uint64_t order;
        std::function<void()> action;
    };
    static bool later(const Planned& a, const Planned& b) noexcept {
        return a.time != b.time ? a.time > b.time : a.order > b.order;
    }

    std::vector<Planned> m_heap;
    std::uint64_t m_planned = 0;
};

}  // namespace cachescope::sim
