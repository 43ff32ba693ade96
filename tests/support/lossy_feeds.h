// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/backend/change_feed.h"
#include "engine/core/clock.h"
#include "engine/core/random.h"
#include "engine/core/timers.h"

namespace cachescope::test {

/// Tells each of two processes what the other changed: late, not in order, and not everything. What
/// is lost is noticed within kLag, as by a gap in the numbers of messages: then the feed is not
/// whole for a while. One thread.
class LossyFeeds {
public:
    static constexpr Duration kLag = std::chrono::milliseconds{40};

    LossyFeeds(std::uint64_t seed, const Clock& clock, Timers& timers)
        : m_random(seed), m_clock(clock), m_timers(timers) {}

    /// The feed of a process; it must not outlive this.
    std::unique_ptr<ChangeFeed> feedOf(std::size_t process, ChangeListener& listener);
    /// A process changed a key; nothing: perhaps all.
    void changed(std::size_t by, std::optional<std::string> key);
    std::uint64_t gaps() const noexcept { return m_gaps; }

private:
    struct Port {
        ChangeListener* listener = nullptr;
        int gaps = 0;  // that are open
    };
    class Feed;
    void lose(std::size_t process);

    Random m_random;
    const Clock& m_clock;
    Timers& m_timers;
    std::array<Port, 2> m_ports;
    std::uint64_t m_gaps = 0;
};

}  // namespace cachescope::test
