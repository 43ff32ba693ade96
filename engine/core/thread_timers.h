// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/core/timers.h"
#include "engine/core/worker.h"

namespace cachescope {

/// Timers in real time, on one thread of their own.
///
/// Actions run one after the other, those due at the same moment in the order in which they were
/// asked for. What is not yet due when the object ends is forgotten. Any thread. Goes by
/// SystemClock.
class ThreadTimers final : public Timers {
public:
    ThreadTimers();
    ~ThreadTimers() override;

    void at(TimePoint time, std::function<void()> action) override;

    /// The process's one instance, for all caches that have no reason to choose another.
    static ThreadTimers& instance();

private:
    struct Planned {
        TimePoint time;
        std::uint64_t order;
        std::function<void()> action;
    };
    static bool later(const Planned& a, const Planned& b) noexcept {
        return a.time != b.time ? a.time > b.time : a.order > b.order;
    }
    void run(Worker& self, const std::stop_token& stop);

    std::mutex m_mutex;
    std::vector<Planned> m_heap;
    std::uint64_t m_planned = 0;
    Worker m_worker;  // last: it uses everything above
};

}  // namespace cachescope
