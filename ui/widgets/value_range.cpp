// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/value_range.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cachescope::ui {

namespace {

constexpr double kTolerance = 1e-9;

/// The part of a slider that stands for "0" on a logarithmic range.
constexpr double kZeroShare = 0.04;

bool same(double a, double b) {
    return std::abs(a - b) <= kTolerance * std::max({1e-12, std::abs(a), std::abs(b)});
}

QList<double> roundDecades(double minimum, double maximum) {
    static constexpr std::array kRound{1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0};
    QList<double> stops{minimum};
    const auto first = static_cast<int>(std::floor(std::log10(minimum)));
    const auto last = static_cast<int>(std::ceil(std::log10(maximum)));
    for (int decade = first; decade <= last; ++decade) {
        for (const double digit : kRound) {
            // Dividing by a whole power keeps 0.003 the number that is written so.
            const double value =
                decade < 0 ? digit / std::pow(10.0, -decade) : digit * std::pow(10.0, decade);
            if (value > minimum && !same(value, minimum) && value < maximum &&
                !same(value, maximum)) {
                stops.append(value);
            }
        }
    }
    stops.append(maximum);
    return stops;
}

}  // namespace

ValueRange ValueRange::linear(double minimum, double maximum, double step) {
    ValueRange range;
    range.minimum = minimum;
    range.maximum = maximum;
    range.step = step;
    return range;
}

ValueRange ValueRange::log(double minimum, double maximum, bool zero) {
    ValueRange range;
    range.minimum = minimum;
    range.maximum = maximum;
    range.logarithmic = true;
    range.zero = zero;
    return range;
}

ValueRange ValueRange::spans(double minimum, double maximum, bool zero) {
    static constexpr std::array kLong{60.0,    90.0,     120.0,    180.0,    300.0,   600.0,
                                      900.0,   1200.0,   1800.0,   2700.0,   3600.0,  5400.0,
                                      7200.0,  10800.0,  14400.0,  21600.0,  28800.0, 43200.0,
                                      86400.0, 172800.0, 259200.0, 432000.0, 604800.0};
    ValueRange range = log(minimum, maximum, zero);
    if (minimum < 60) {
        range.stops = roundDecades(minimum, std::min(maximum, 60.0));
        // Half a minute and its quarters are rounder than 12, 25 or 40 seconds.
        range.stops.erase(std::remove_if(range.stops.begin(), range.stops.end(),
                                         [minimum](double s) {
                                             return s > 10 && s < 60 && s != minimum &&
                                                    !same(s, 15) && !same(s, 20) && !same(s, 30) &&
                                                    !same(s, 40) && !same(s, 50);
                                         }),
                          range.stops.end());
        range.stops.append(45);
        std::sort(range.stops.begin(), range.stops.end());
    }
    for (const double stop : kLong) {
        range.stops.append(stop);
    }
    range.stops.append(minimum);
    range.stops.append(maximum);
    std::sort(range.stops.begin(), range.stops.end());
    range.stops.erase(std::unique(range.stops.begin(), range.stops.end(), same), range.stops.end());
    range.stops.erase(std::remove_if(range.stops.begin(), range.stops.end(),
                                     [&](double stop) {
                                         return (stop < minimum && !same(stop, minimum)) ||
                                                (stop > maximum && !same(stop, maximum));
                                     }),
                      range.stops.end());
    return range;
}

bool ValueRange::contains(double value) const {
    return (zero && value == 0) || ((value >= minimum || same(value, minimum)) &&
                                    (value <= maximum || same(value, maximum)));
}

double ValueRange::share(double value) const {
    if (!logarithmic) {
        return maximum > minimum ? std::clamp((value - minimum) / (maximum - minimum), 0.0, 1.0)
                                 : 0;
    }
    const double start = zero ? kZeroShare : 0;
    if (value < minimum) {
        return 0;
    }
    const double along = std::log(value / minimum) / std::log(maximum / minimum);
    return start + (1 - start) * std::clamp(along, 0.0, 1.0);
}

QList<double> ValueRange::allStops() const {
    return !stops.isEmpty() || !logarithmic ? stops : roundDecades(minimum, maximum);
}

double ValueRange::valueAt(double share) const {
    share = std::clamp(share, 0.0, 1.0);
    double value = 0;
    if (logarithmic) {
        const double start = zero ? kZeroShare : 0;
        if (zero && share < start / 2) {
            return 0;
        }
        value = minimum * std::pow(maximum / minimum, std::max(0.0, (share - start) / (1 - start)));
    } else {
        value = minimum + share * (maximum - minimum);
        if (stops.isEmpty()) {
            const double by = step > 0 ? step : (maximum - minimum) / 100;
            return std::clamp(minimum + std::round((value - minimum) / by) * by, minimum, maximum);
        }
    }
    const QList<double> all = allStops();
    const auto above = std::lower_bound(all.begin(), all.end(), value);
    if (above == all.end()) {
        return all.last();
    }
    if (above == all.begin()) {
        return all.first();
    }
    const double below = *std::prev(above);
    return this->share(*above) - share < share - this->share(below) ? *above : below;
}

double ValueRange::next(double value, int direction) const {
    if (!logarithmic && stops.isEmpty()) {
        const double by = step > 0 ? step : (maximum - minimum) / 100;
        // From between two steps to the neighbour, not past it.
        const double steps = (value - minimum) / by;
        const double to =
            direction > 0 ? std::floor(steps + 1e-6) + 1 : std::ceil(steps - 1e-6) - 1;
        return std::clamp(minimum + to * by, minimum, maximum);
    }
    const QList<double> all = allStops();
    if (direction > 0) {
        const auto above = std::find_if(all.begin(), all.end(), [value](double stop) {
            return stop > value && !same(stop, value);
        });
        return above == all.end() ? maximum : *above;
    }
    const auto below = std::find_if(all.rbegin(), all.rend(), [value](double stop) {
        return stop < value && !same(stop, value);
    });
    return below == all.rend() ? (zero ? 0 : minimum) : *below;
}

}  // namespace cachescope::ui
