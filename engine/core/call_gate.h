// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace cachescope {

/// Lets calls that come late, from a timer or another thread, find out that the object they are
/// meant for is gone, and lets the object wait for those that are inside.
///
/// The object keeps the gate in a shared_ptr and gives copies to whatever calls back. enter() says
/// no once close() was called; close() returns when the last Pass is gone. Calls may enter again
/// while they are inside. Any thread; close() must not be called from inside.
class CallGate {
public:
    /// Being inside, as long as it lives; false when the gate is closed.
    class Pass {
    public:
        explicit Pass(CallGate* gate) noexcept : m_gate(gate) {}
        Pass(Pass&& other) noexcept : m_gate(std::exchange(other.m_gate, nullptr)) {}
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (m_gate != nullptr) {
                m_gate->leave();
            }
        }
        explicit operator bool() const noexcept { return m_gate != nullptr; }

    private:
        CallGate* m_gate;
    };

    Pass enter() {
        const std::lock_guard lock(m_mutex);
        if (m_closed) {
            return Pass{nullptr};
        }
        ++m_inside;
        return Pass{this};
    }

    void close() {
        std::unique_lock lock(m_mutex);
        m_closed = true;
        m_empty.wait(lock, [this] { return m_inside == 0; });
    }

private:
    void leave() {
        // Notified under the lock: close() may destroy all of this as soon as it is free.
        const std::lock_guard lock(m_mutex);
        if (--m_inside == 0) {
            m_empty.notify_all();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_empty;
    std::size_t m_inside = 0;
    bool m_closed = false;
};

}  // namespace cachescope
