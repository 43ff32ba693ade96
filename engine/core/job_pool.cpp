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
    std::deque<std::function<void()>> never;
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        never.swap(m_queue);
    }
    for (const auto& place : m_places) {
        place->worker.reset();
    }
}

bool JobPool::run(std::function<void()> job) {
    const std::lock_guard lock(m_mutex);
    return runLocked(job);
}

bool JobPool::queue(std::function<void()> job, std::size_t most) {
    const std::lock_guard lock(m_mutex);
    if (runLocked(job)) {
        return true;
    }
    if (m_closed || m_places.empty() || m_queue.size() >= most) {
        return false;
    }
    m_queue.push_back(std::move(job));
    return true;
}

// Takes the job if it says yes.
bool JobPool::runLocked(std::function<void()>& job) {
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
        job = std::move(m_places.back()->job);
        m_places.pop_back();  // the system has no thread left
        return false;
    }
    return true;
}

void JobPool::serve(Place& place, Worker& self, const std::stop_token& stop) {
    const auto hasJob = [&] {
        const std::lock_guard lock(m_mutex);
        return place.job != nullptr;
    };
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
            place.busy = !m_queue.empty();
            if (place.busy) {
                place.job = std::move(m_queue.front());
                m_queue.pop_front();
            }
        }
        // A job that was taken is done, even when the end was asked for meanwhile.
        if (stop.stop_requested()) {
            const std::lock_guard lock(m_mutex);
            if (!place.job) {
                return;
            }
        }
    } while (hasJob() || self.sleep() || hasJob());
}

}  // namespace cachescope
