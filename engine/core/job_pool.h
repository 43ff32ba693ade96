// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/core/worker.h"

namespace cachescope {

/// Threads for work that a caller does not wait for. They are made when they are needed.
///
/// run() never puts a job behind another one, because the other may wait for it: when all threads
/// are busy it says no, and the caller does the work himself, does without, or asks queue(), if
/// nothing that runs can depend on the job. The destructor waits for jobs that run; those that wait
/// for their turn are never done then. Jobs must not throw. Any thread.
class JobPool {
public:
    JobPool(std::string name, std::size_t mostThreads);
    ~JobPool();
    JobPool(const JobPool&) = delete;
    JobPool& operator=(const JobPool&) = delete;

    /// False when the job was not taken.
    bool run(std::function<void()> job);
    /// As run(), but where all threads are busy the job waits for the first that is not. False when
    /// `most` wait already, and where there is no thread at all.
    bool queue(std::function<void()> job, std::size_t most);

    /// Takes no more jobs, and waits for those that run. Idempotent; from one thread.
    void close();

private:
    struct Place {
        std::function<void()> job;
        bool busy = false;
        std::unique_ptr<Worker> worker;
    };
    bool runLocked(std::function<void()>& job);
    void serve(Place& place, Worker& self, const std::stop_token& stop);

    const std::string m_name;
    const std::size_t m_mostThreads;
    std::mutex m_mutex;
    bool m_closed = false;
    std::vector<std::unique_ptr<Place>> m_places;
    std::deque<std::function<void()>> m_queue;  // none while a place is free
};

}  // namespace cachescope
