// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ttl_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/model/formats.h"

namespace cachescope::ui {

namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 86400;

// The rounder, the earlier.
constexpr std::array kRound{
    1.0,  kMinute,      kHour,        kDay,      0.001,     7 * kDay,    30 * kDay,    365 * kDay,
    10.0, 10 * kMinute, 6 * kHour,    0.1,       0.01,      5 * kMinute, 30 * kMinute, 5.0,
    30.0, 2 * kHour,    12 * kHour,   2 * kDay,  14 * kDay, 90 * kDay,   0.5,          2.0,
    20.0, 2 * kMinute,  20 * kMinute, 3 * kHour, 0.2,       0.05,        0.02};

}  // namespace

TtlAxis::TtlAxis(double shortest, double longest)
    : m_shortest(std::max(shortest, 1e-9)), m_longest(std::max(longest, m_shortest * 1.001)) {}

double TtlAxis::positionOf(double seconds) const {
    const double held = std::clamp(seconds, m_shortest, m_longest);
    return std::log(held / m_shortest) / std::log(m_longest / m_shortest);
}

double TtlAxis::secondsAt(double position) const {
    return m_shortest * std::pow(m_longest / m_shortest, std::clamp(position, 0.0, 1.0));
}

QList<AxisTick> TtlAxis::ticks(double least, const QLocale& locale) const {
    QList<AxisTick> chosen;
    for (const double seconds : kRound) {
        if (seconds < m_shortest * 0.999 || seconds > m_longest * 1.001) {
            continue;
        }
        const double position = positionOf(seconds);
        const bool free = std::none_of(chosen.begin(), chosen.end(), [&](const AxisTick& tick) {
            return std::abs(tick.position - position) < least;
        });
        if (free) {
            chosen.append({position, formatSpan(seconds, locale)});
        }
    }
    std::sort(chosen.begin(), chosen.end(),
              [](const AxisTick& a, const AxisTick& b) { return a.position < b.position; });
    return chosen;
}

}  // namespace cachescope::ui
