// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/job_pool.h"

#include <system_error>
#include <utility>

namespace cachescope {

JobPool::JobPool(std::string name, std::size_t mostThreads)
    : m_name(std::move(name)), m_mostThreads(mostThreads) {}

JobPool::~JobPool() {
    close();
}

void JobPool::close() {
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    for (const auto& place : m_places) {
        place->worker.reset();
    }
}

bool JobPool::run(std::function<void()> job) {
    const std::lock_guard lock(m_mutex);
    if (m_closed) {
        return false;
    }
    for (const auto& place : m_places) {
        if (!place->busy) {
            place->busy = true;
            place->job = std::move(job);
            place->worker->wake();
            return true;
        }
    }
    if (m_places.size() == m_mostThreads) {
        return false;
    }
    auto place = std::make_unique<Place>();
    place->busy = true;
    place->job = std::move(job);
    try {
        m_places.push_back(std::move(place));
        Place& own = *m_places.back();
        own.worker = std::make_unique<Worker>(
            m_name,
            [this, &own](Worker& self, const std::stop_token& stop) { serve(own, self, stop); });
    } catch (const std::system_error&) {
        m_places.pop_back();  // the system has no thread left
        return false;
    }
    return true;
}

void JobPool::serve(Place& place, Worker& self, const std::stop_token& stop) {
    do {
        std::function<void()> job;
        {
            const std::lock_guard lock(m_mutex);
            job = std::exchange(place.job, nullptr);
        }
        if (job) {
            job();
            job = nullptr;
            const std::lock_guard lock(m_mutex);
            place.busy = false;
        }
        // A job that was taken is done, even when the end was asked for meanwhile.
        if (stop.stop_requested()) {
            const std::lock_guard lock(m_mutex);
            if (!place.job) {
                return;
            }
        }
    } while (self.sleep() || [&] {
        const std::lock_guard lock(m_mutex);
        return place.job != nullptr;
    }());
}

}  // namespace cachescope
