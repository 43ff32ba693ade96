// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <thread>

namespace cachescope {

/// A lock of one byte for sections that take well under a microsecond.
///
/// Taking and giving it costs one atomic exchange and one store, about a third of std::mutex. Who
/// finds it taken spins for a moment and then yields the processor again and again, so that a
/// holder that was interrupted can go on. Not recursive and not fair; nothing may wait or do I/O
/// while holding it. For std::lock_guard.
class SpinLock {
public:
    SpinLock() = default;
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    void lock() noexcept {
        while (m_taken.exchange(true, std::memory_order_acquire))
            [[unlikely]] {
                waitUntilFree();
            }
    }
    void unlock() noexcept { m_taken.store(false, std::memory_order_release); }

private:
    void waitUntilFree() const noexcept {
        // Only looks, so that the line stays shared until the lock is free.
        for (int spins = 0; m_taken.load(std::memory_order_relaxed);) {
            if (++spins < kSpinsBeforeYield) {
                pause();
            } else {
                std::this_thread::yield();
            }
        }
    }
    static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    static constexpr int kSpinsBeforeYield = 64;

    std::atomic<bool> m_taken{false};
};

}  // namespace cachescope
