// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope::inspect {

/// How much of a server a walk takes at a time, and how long it rests in between.
///
/// Fast: large pages, no rest. Gentle: a page keeps the server busy for at most kStall, as measured
/// by how much longer it takes than a PING, and each page is followed by a rest of kRest times its
/// own length, so that others have the server for most of the time. When PING takes much longer
/// than it did, because others have become busy, the rests grow up to kMostSlowdown times, and
/// shrink again when that is over. Pure but for its own memory; one thread.
class WalkPace {
public:
    enum class Mode : std::uint8_t { gentle, fast };

    static constexpr Duration kStall = std::chrono::microseconds{300};
    static constexpr int kRest = 2;
    static constexpr int kMostSlowdown = 16;
    static constexpr std::uint64_t kGentlePage = 150;  ///< at most; SCAN alone takes 0.15 ms then
    static constexpr std::uint64_t kFastPage = 2000;
    static constexpr std::uint64_t kLeastPage = 10;

    explicit WalkPace(Mode mode) noexcept;

    /// The COUNT of the next SCAN.
    std::uint64_t count() const noexcept { return m_count; }
    /// How long to rest now.
    Duration rest() const noexcept { return m_rest; }
    /// Whether the server has become slower, so that the walk takes less of it.
    bool backsOff() const noexcept { return m_slowdown > 1; }
    /// Whether it is time to measure a PING: at first, and then after every kPagesPerPing pages.
    bool wantsPing() const noexcept { return m_mode == Mode::gentle && m_pagesSincePing == 0; }

    void pinged(Duration roundTrip);
    /// A page came `took` after it was asked for.
    void paged(Duration took);

private:
    static constexpr std::size_t kPagesPerPing = 32;
    static constexpr std::size_t kRecent = 5;

    const Mode m_mode;
    std::uint64_t m_count;
    Duration m_rest{};
    double m_slowdown = 1;
    double m_busy = 0;  // nanoseconds that a page keeps the server, smoothed
    std::size_t m_pagesSincePing = 0;
    Duration m_quickest = Duration::max();  // PING
    std::array<Duration, kRecent> m_recent{};
    std::size_t m_pings = 0;
};

}  // namespace cachescope::inspect
