// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "engine/core/clock.h"

namespace cachescope::test {

/// Runs as the real clock does, with an offset: tests reach a deadline without waiting for it.
class ShiftedClock final : public Clock {
public:
    TimePoint now() const noexcept override {
        return SystemClock::instance().now() + Duration{m_offset.load()};
    }
    std::optional<Duration> realTime(Duration span) const noexcept override { return span; }
    void advance(Duration by) { m_offset += by.count(); }

private:
    std::atomic<std::int64_t> m_offset{0};
};

}  // namespace cachescope::test
