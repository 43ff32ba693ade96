// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "engine/core/clock.h"

namespace cachescope {

/// Calls a function at a moment of some clock: how time-outs, retries and polls wait without a
/// thread that sleeps.
///
/// ThreadTimers does so in real time; the simulation's Scheduler in simulated time. Any thread may
/// ask, if the implementation says so. There is no way to take a request back: whoever asks makes
/// his function harmless once it is not wanted any more.
class Timers {
public:
    virtual ~Timers() = default;
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;

    /// Calls `action` once, as soon as the clock has reached `time`. It must be quick.
    virtual void at(TimePoint time, std::function<void()> action) = 0;

protected:
    Timers() = default;
};

}  // namespace cachescope
