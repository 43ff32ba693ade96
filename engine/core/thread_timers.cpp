// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/thread_timers.h"

#include <algorithm>
#include <utility>

namespace cachescope {

ThreadTimers::ThreadTimers()
    : m_worker("timers", [this](Worker& self, const std::stop_token& stop) { run(self, stop); }) {}

ThreadTimers::~ThreadTimers() {
    m_worker.stop();
}

void ThreadTimers::at(TimePoint time, std::function<void()> action) {
    {
        const std::lock_guard lock(m_mutex);
        m_heap.push_back({time, m_planned++, std::move(action)});
        std::push_heap(m_heap.begin(), m_heap.end(), later);
        if (m_heap.front().order != m_planned - 1) {
            return;  // the thread will wake up early enough
        }
    }
    m_worker.wake();
}

void ThreadTimers::run(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::function<void()> due;
        Duration wait = std::chrono::hours{24};
        {
            const std::lock_guard lock(m_mutex);
            if (!m_heap.empty()) {
                wait = m_heap.front().time - SystemClock::instance().now();
                if (wait <= Duration::zero()) {
                    std::pop_heap(m_heap.begin(), m_heap.end(), later);
                    due = std::move(m_heap.back().action);
                    m_heap.pop_back();
                }
            }
        }
        if (due) {
            due();
        } else {
            self.sleepFor(std::min<Duration>(wait, std::chrono::hours{24}));
        }
    }
}

ThreadTimers& ThreadTimers::instance() {
    static ThreadTimers timers;
    return timers;
}

}  // namespace cachescope
