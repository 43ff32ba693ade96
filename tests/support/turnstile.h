// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>

namespace cachescope::test {

/// Stops those who pass until the test lets them: a handler that takes as long as the test likes.
class Turnstile {
public:
    void pass() {
        std::unique_lock lock(m_mutex);
        ++m_arrived;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_open > 0; });
        --m_open;
    }
    void open(int visitors) {
        const std::lock_guard lock(m_mutex);
        m_open += visitors;
        m_changed.notify_all();
    }
    void awaitArrivals(int visitors) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_arrived >= visitors; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_open = 0;
    int m_arrived = 0;
};

}  // namespace cachescope::test
