// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "engine/core/timers.h"

namespace cachescope::test {

/// Timers that go by a ManualClock and move it: what is planned happens inside advance(), in order
/// of time. at() from any thread.
class ManualTimers final : public Timers {
public:
    explicit ManualTimers(ManualClock& clock) : m_clock(clock) {}

    void at(TimePoint time, std::function<void()> action) override {
        const std::lock_guard lock(m_mutex);
        m_planned.emplace(time, std::move(action));
    }

    void advance(Duration span) {
        const TimePoint end = m_clock.now() + span;
        for (;;) {
            std::function<void()> due;
            {
                const std::lock_guard lock(m_mutex);
                if (m_planned.empty() || m_planned.begin()->first > end) {
                    break;
                }
                m_clock.set(m_planned.begin()->first);
                due = std::move(m_planned.begin()->second);
                m_planned.erase(m_planned.begin());
            }
            due();
        }
        m_clock.set(end);
    }

    std::size_t planned() const {
        const std::lock_guard lock(m_mutex);
        return m_planned.size();
    }

private:
    ManualClock& m_clock;
    mutable std::mutex m_mutex;
    std::multimap<TimePoint, std::function<void()>> m_planned;
};

}  // namespace cachescope::test
