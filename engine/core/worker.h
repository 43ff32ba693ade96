// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "engine/core/clock.h"

namespace cachescope {

/// A named thread that is always stopped and joined: the only place where a thread is made.
///
/// The body gets a stop token and must return soon after it is set; sleepFor() on the same Worker
/// ends at once then. The destructor asks to stop, wakes the body and joins. Create and destroy on
/// one thread; wake() and sleepFor() from any.
class Worker {
public:
    /// `name` is what debuggers and `top` show; Linux keeps 15 bytes of it.
    Worker(std::string name, std::function<void(Worker&, std::stop_token)> body);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// For the body: waits for `span` of real time, a wake() or the request to stop.
    /// Returns false when asked to stop.
    bool sleepFor(Duration span);

    /// For the body: waits for a wake() or the request to stop. Returns false when asked to stop.
    bool sleep();

    /// Ends the present or, if there is none, the next wait.
    void wake();

    /// Asks the body to end and waits until it has. Idempotent.
    void stop();

private:
    std::mutex m_mutex;
    std::condition_variable_any m_wakeUp;
    bool m_woken = false;
    std::stop_source m_stop;
    std::thread m_thread;  // last, so that everything it uses exists before it starts
};

}  // namespace cachescope
