// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/worker.h"

#if defined(__linux__)
#include <pthread.h>
#endif

namespace cachescope {

Worker::Worker(std::string name, std::function<void(Worker&, std::stop_token)> body)
    : m_thread([this, name = std::move(name), body = std::move(body)] {
#if defined(__linux__)
          pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
#endif
          body(*this, m_stop.get_token());
      }) {
}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    if (m_thread.joinable()) {
        m_stop.request_stop();
        wake();
        m_thread.join();
    }
}

void Worker::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_wakeUp.notify_all();
}

bool Worker::sleepFor(Duration span) {
    std::unique_lock lock(m_mutex);
    m_wakeUp.wait_for(lock, span, [this] { return m_woken; });
    m_woken = false;
    return !m_stop.stop_requested();
}

bool Worker::sleep() {
    std::unique_lock lock(m_mutex);
    m_wakeUp.wait(lock, [this] { return m_woken; });
    m_woken = false;
    return !m_stop.stop_requested();
}

}  // namespace cachescope
