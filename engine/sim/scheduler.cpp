// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/scheduler.h"

#include <algorithm>
#include <utility>

namespace cachescope::sim {

void Scheduler::at(TimePoint time, std::function<void()> action) {
    m_heap.push_back({time, m_planned++, std::move(action)});
    std::push_heap(m_heap.begin(), m_heap.end(), later);
}

void Scheduler::runNext() {
    std::pop_heap(m_heap.begin(), m_heap.end(), later);
    const auto action = std::move(m_heap.back().action);
    m_heap.pop_back();
    action();
}

}  // namespace cachescope::sim
