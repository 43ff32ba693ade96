// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/axis_scale.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/model/formats.h"

namespace cachescope::ui {

namespace {

constexpr QChar kMinus(0x2212);
constexpr QChar kNoBreakSpace(0x00a0);

/// Tops of an axis that fall into a few equal parts of which each is a round number.
struct Top {
    double digit;
    int parts;
};
constexpr std::array kTops{Top{1, 4}, Top{2, 4}, Top{3, 3}, Top{4, 4}, Top{6, 3}, Top{8, 4}};

/// The least of those tops times a power of ten that is not below `value`.
double niceAbove(double value) {
    const double decade = std::pow(10.0, std::floor(std::log10(value)));
    for (const Top& top : kTops) {
        if (top.digit * decade >= value * (1 - 1e-9)) {
            return top.digit * decade;
        }
    }
    return 10 * decade;
}

int partsOf(double top) {
    const double decade = std::pow(10.0, std::floor(std::log10(top) + 1e-9));
    const auto* found = std::find_if(kTops.begin(), kTops.end(), [&](const Top& each) {
        return std::abs(top / decade - each.digit) < 1e-6;
    });
    return found == kTops.end() ? 4 : found->parts;
}

/// The same for a logarithmic axis, in logarithms: 1, 2 and 5.
double niceLogAbove(double logarithm) {
    const double decade = std::floor(logarithm + 1e-9);
    for (const double step : {0.0, std::log10(2.0), std::log10(5.0)}) {
        if (decade + step >= logarithm - 1e-9) {
            return decade + step;
        }
    }
    return decade + 1;
}

int decimalsOf(double step) {
    int decimals = 0;
    while (decimals < 6 && std::abs(step - std::round(step)) > 1e-6 * step) {
        step *= 10;
        ++decimals;
    }
    return decimals;
}

QString withUnit(const QString& text, const QString& unit) {
    return unit.isEmpty() ? text : text + kNoBreakSpace + unit;
}

// Decades stay round numbers: "100 s", not "1 min 40 s".
QString secondsLabel(double seconds, const QLocale& locale) {
    return seconds < 1 ? formatSpan(seconds, locale)
                       : withUnit(locale.toString(seconds, 'g', 6), QStringLiteral("s"));
}

}  // namespace

bool AxisScale::fit(double smallest, double largest) {
    const double oldLow = m_low;
    const double oldHigh = m_high;
    if (m_kind == ValueAxisKind::percent || !std::isfinite(largest) || !std::isfinite(smallest)) {
        return false;
    }
    if (m_kind == ValueAxisKind::linear) {
        if (largest <= 0) {
            return false;
        }
        // Between 40 and 100 % of the height: the band in which the range stays.
        if (!m_fitted || largest > m_high || largest < 0.4 * m_high) {
            m_high = niceAbove(largest);
        }
    } else {
        if (smallest <= 0) {
            return false;
        }
        const double bottom = std::floor(std::log10(smallest) + 1e-9);
        const double top = niceLogAbove(std::log10(largest));
        if (!m_fitted || bottom < m_low || bottom > m_low + 1) {
            m_low = bottom;
        }
        if (!m_fitted || top > m_high || top < m_high - 0.8) {
            m_high = top;
        }
        m_high = std::max(m_high, m_low + 1);
    }
    m_fitted = true;
    return m_low != oldLow || m_high != oldHigh;
}

std::optional<double> AxisScale::position(double value) const {
    if (std::isnan(value)) {
        return std::nullopt;
    }
    if (m_kind == ValueAxisKind::logTime) {
        return value <= 0 ? m_low : std::clamp(std::log10(value), m_low, m_high);
    }
    return std::clamp(value, m_low, m_high);
}

QList<AxisTick> AxisScale::ticks(int most, const QString& unit, const QLocale& locale) const {
    QList<AxisTick> ticks;
    most = std::max(most, 2);
    if (m_kind == ValueAxisKind::logTime) {
        const auto decades = static_cast<int>(std::floor(m_high + 1e-9) - m_low);
        const int stride = std::max(1, (decades + most - 1) / most);
        for (int i = 0; i <= decades; i += stride) {
            const double at = m_low + i;
            ticks.append({at, secondsLabel(std::pow(10.0, at), locale)});
        }
        // The top edge is worth a label unless it would run into the decade below it.
        if (m_high - ticks.last().position > 0.25 * stride) {
            ticks.append({m_high, secondsLabel(std::pow(10.0, m_high), locale)});
        }
        return ticks;
    }
    const bool percent = m_kind == ValueAxisKind::percent;
    const int parts = percent ? 4 : partsOf(m_high);
    const int count = parts <= most ? parts : 2;
    const double step = m_high / count;
    const double factor = percent ? 100 : 1;
    for (int i = 0; i <= count; ++i) {
        const double value = step * i;
        QString label = std::abs(value * factor) >= 1e6
                            ? formatCompact(value * factor, locale)
                            : locale.toString(value * factor, 'f', decimalsOf(step * factor));
        if (i == count) {
            label = withUnit(label, percent ? QString(locale.percent()) : unit);
        }
        ticks.append({value, label});
    }
    return ticks;
}

QList<AxisTick> timeTicks(double windowSeconds, int most, const QLocale& locale) {
    const bool hours = windowSeconds >= 3 * 3600;
    const bool minutes = !hours && windowSeconds >= 180;
    const double unit = hours ? 3600 : minutes ? 60 : 1;
    const double span = windowSeconds / unit;
    static constexpr std::array kSteps{0.1,  0.2,  0.5,  1.0,  2.0,   5.0,  10.0,
                                       15.0, 20.0, 30.0, 60.0, 120.0, 240.0};
    const auto fits = [&](double step) { return span / step <= most; };
    // Steps that end exactly on the left edge look settled; a window such as 16 h 40 min has none.
    auto found = std::find_if(kSteps.begin(), kSteps.end(), [&](double candidate) {
        const double count = span / candidate;
        return fits(candidate) && std::abs(count - std::round(count)) < 1e-6;
    });
    if (found == kSteps.end()) {
        found = std::find_if(kSteps.begin(), kSteps.end(), fits);
    }
    const double step = found == kSteps.end() ? std::ceil(span / std::max(most, 1)) : *found;
    const QString name = QCoreApplication::translate("Formats", hours     ? "h"
                                                                : minutes ? "min"
                                                                          : "s");
    QList<AxisTick> ticks;
    for (double at = std::floor(span / step + 1e-9) * step; at > step / 2; at -= step) {
        const QString text = kMinus + locale.toString(at, 'f', decimalsOf(step));
        ticks.append({-at * unit, ticks.isEmpty() ? withUnit(text, name) : text});
    }
    ticks.append({0, QCoreApplication::translate("Formats", "now")});
    return ticks;
}

}  // namespace cachescope::ui
