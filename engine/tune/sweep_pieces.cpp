// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/sweep_pieces.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "engine/core/worker.h"

namespace cachescope::tune {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{10};

}  // namespace

bool SweepPieces::run(std::size_t threads, const Work& work) {
    m_others = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(1, m_count)) - 1;
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::size_t other = m_others; other > 0; --other) {
        workers.push_back(
            std::make_unique<Worker>("sweep", [this, &work, other](Worker&, const auto&) {
                workOn(other, work);
                const std::lock_guard lock(m_mutex);
                --m_others;
                m_ended.notify_one();
            }));
    }
    workOn(0, work);
    waitForOthers();
    return !m_stopped;
}

void SweepPieces::workOn(std::size_t thread, const Work& work) {
    for (std::size_t piece = m_next++; piece < m_count && goesOn(thread); piece = m_next++) {
        work(thread, piece);
        ++m_done;
    }
}

bool SweepPieces::goesOn(std::size_t thread) {
    if (thread == 0 && m_progress && !m_stopped &&
        !m_progress(static_cast<double>(m_done) / static_cast<double>(m_count))) {
        m_stopped = true;
    }
    return !m_stopped;
}

void SweepPieces::waitForOthers() {
    std::unique_lock lock(m_mutex);
    while (!m_ended.wait_for(lock, kBetweenLooks, [this] { return m_others == 0; })) {
        lock.unlock();
        goesOn(0);
        lock.lock();
    }
}

}  // namespace cachescope::tune
