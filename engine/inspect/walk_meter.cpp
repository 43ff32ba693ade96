// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/walk_meter.h"

#include <algorithm>
#include <charconv>

namespace cachescope::inspect {

namespace {

constexpr Duration kWindow = std::chrono::seconds{10};
constexpr Duration kBetween = std::chrono::milliseconds{100};
constexpr Duration kEarly = std::chrono::milliseconds{300};

}  // namespace

std::optional<double> fractionBehind(std::string_view cursor) noexcept {
    std::uint64_t position = 0;
    const char* const end = cursor.data() + cursor.size();
    const auto parsed = std::from_chars(cursor.data(), end, position);
    if (parsed.ec != std::errc{} || parsed.ptr != end) {
        return std::nullopt;
    }
    if (position == 0) {
        return 1.0;
    }
    double fraction = 0;
    double weight = 0.5;
    for (; position != 0; position >>= 1U, weight /= 2) {
        fraction += (position & 1U) != 0 ? weight : 0.0;
    }
    return fraction;
}

void RemainingTime::note(Duration active, double fraction) {
    if (!m_points.empty() && active - m_points.back().active < kBetween) {
        return;
    }
    m_points.push_back({active, fraction});
    while (m_points.back().active - m_points.front().active > kWindow) {
        m_points.pop_front();
    }
}

std::optional<Duration> RemainingTime::estimate() const {
    if (m_points.empty()) {
        return std::nullopt;
    }
    const Duration span = m_points.back().active - m_points.front().active;
    const double moved = m_points.back().fraction - m_points.front().fraction;
    if (span < kEarly || moved <= 0) {
        return std::nullopt;
    }
    const double left = std::max(1.0 - m_points.back().fraction, 0.0);
    constexpr double kCentury = 3.15576e18;  // nanoseconds, which the type can hold
    const double nanoseconds = std::min(static_cast<double>(span.count()) / moved * left, kCentury);
    return Duration{static_cast<std::int64_t>(nanoseconds)};
}

}  // namespace cachescope::inspect
