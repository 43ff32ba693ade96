// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/walk_pace.h"

#include <algorithm>
#include <cmath>

namespace cachescope::inspect {

namespace {

constexpr std::uint64_t kFirstPage = 50;
constexpr double kNewest = 0.25;  // how much the newest page counts
// PING may take this much longer than the quickest before the server counts as slower.
constexpr Duration kSlack = std::chrono::microseconds{500};
constexpr int kSlower = 2;
constexpr double kRecovery = 0.8;

}  // namespace

WalkPace::WalkPace(Mode mode) noexcept
    : m_mode(mode), m_count(mode == Mode::fast ? kFastPage : kFirstPage) {}

void WalkPace::pinged(Duration roundTrip) {
    m_pagesSincePing = 1;
    m_quickest = std::min(m_quickest, roundTrip);
    m_recent.at(m_pings++ % kRecent) = roundTrip;
    auto sorted = m_recent;
    const auto known = static_cast<std::ptrdiff_t>(std::min(m_pings, kRecent));
    const auto middle = sorted.begin() + known / 2;
    std::nth_element(sorted.begin(), middle, sorted.begin() + known);
    const Duration usual = *middle;
    m_slowdown = usual > m_quickest * kSlower + kSlack
                     ? std::min(m_slowdown * 2, static_cast<double>(kMostSlowdown))
                     : std::max(m_slowdown * kRecovery, 1.0);
}

void WalkPace::paged(Duration took) {
    if (m_mode == Mode::fast) {
        return;
    }
    m_pagesSincePing = m_pagesSincePing >= kPagesPerPing ? 0 : m_pagesSincePing + 1;
    const Duration way = m_quickest == Duration::max() ? Duration::zero() : m_quickest;
    const auto busy = static_cast<double>(std::max(took - way, Duration::zero()).count());
    m_busy = m_busy == 0 ? busy : m_busy + kNewest * (busy - m_busy);
    const auto stall = static_cast<double>(kStall.count());
    if (m_busy > stall) {
        // Not by more than half at once: a single late page may be the network's fault.
        const double factor = std::max(stall / m_busy, 0.5);
        m_count = std::max<std::uint64_t>(
            static_cast<std::uint64_t>(static_cast<double>(m_count) * factor), kLeastPage);
        m_busy *= factor;
    } else if (m_busy < stall * 0.8) {
        m_count = std::min(m_count + m_count / 8 + 1, kGentlePage);
    }
    const double rest = std::max(busy, m_busy) * kRest * m_slowdown;
    // What the way there and back takes is a rest too.
    m_rest = std::max(Duration{static_cast<std::int64_t>(rest)} - way, Duration::zero());
}

}  // namespace cachescope::inspect
