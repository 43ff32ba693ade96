// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cachescope {

/// Ends a poll(2) of another thread: a descriptor that becomes readable when told to.
///
/// notify() from any thread, and often costs no more than once: it stays readable until drain().
/// Where the system has no descriptor left, descriptor() is -1, which poll(2) passes over; who
/// waits must then look by itself from time to time.
class WakeUp {
public:
    WakeUp() noexcept;
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;

    void notify() const noexcept;
    /// Makes it unreadable until the next notify(). One thread.
    void drain() const noexcept;

    int descriptor() const noexcept { return m_readEnd; }

private:
    int m_readEnd = -1;
    int m_writeEnd = -1;  // the same one where there is eventfd(2)
};

}  // namespace cachescope
