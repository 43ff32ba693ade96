// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>

#include "engine/core/clock.h"

namespace cachescope {

/// A mutex that is waited for no longer than a given real time, for std::unique_lock.
///
/// Does what std::timed_mutex does, by means that thread sanitizers can see: GCC's timed_mutex
/// locks by a function that the sanitizer of GCC 12 does not know. Slower than a plain mutex; meant
/// to be held through disk I/O. Not recursive; any thread.
class PatientMutex {
public:
    void lock() {
        std::unique_lock guard(m_mutex);
        m_freed.wait(guard, [this] { return !m_held; });
        m_held = true;
    }
    /// False when others held it all the time.
    bool try_lock_for(Duration patience) {
        std::unique_lock guard(m_mutex);
        if (!m_freed.wait_for(guard, patience, [this] { return !m_held; })) {
            return false;
        }
        m_held = true;
        return true;
    }
    void unlock() {
        {
            const std::lock_guard guard(m_mutex);
            m_held = false;
        }
        m_freed.notify_one();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_freed;
    bool m_held = false;
};

}  // namespace cachescope
