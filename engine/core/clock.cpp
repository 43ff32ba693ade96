// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/clock.h"

#ifdef __linux__
#include <ctime>
#endif

namespace cachescope {

SystemClock::SystemClock() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    m_offset =
        std::chrono::duration_cast<Duration>(wall) - std::chrono::duration_cast<Duration>(steady);
}

TimePoint SystemClock::now() const noexcept {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    return TimePoint{std::chrono::duration_cast<Duration>(steady) + m_offset};
}

TimePoint SystemClock::recently() const noexcept {
#ifdef __linux__
    // The same clock as std::chrono::steady_clock, as of the last tick.
    timespec tick{};
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &tick) == 0) {
        return TimePoint{std::chrono::seconds{tick.tv_sec} +
                         std::chrono::nanoseconds{tick.tv_nsec} + m_offset};
    }
#endif
    return now();
}

const SystemClock& SystemClock::instance() {
    static const SystemClock clock;
    return clock;
}

}  // namespace cachescope
