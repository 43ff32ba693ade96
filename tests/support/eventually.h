// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>

#include "engine/core/clock.h"
#include "engine/core/worker.h"

namespace cachescope::test {

/// Whether a condition comes to hold within twenty seconds of real time, looked at again and again.
///
/// For what another process or thread does at a moment of its own. The calling thread waits between
/// two looks. Any thread.
inline bool eventually(const std::function<bool()>& condition) {
    using namespace std::chrono_literals;
    bool held = false;
    const TimePoint deadline = SystemClock::instance().now() + 20s;
    Worker looker("looker", [&](Worker& self, const std::stop_token&) {
        while (!(held = condition()) && SystemClock::instance().now() < deadline) {
            self.sleepFor(1ms);
        }
    });
    looker.stop();
    return held;
}

}  // namespace cachescope::test
