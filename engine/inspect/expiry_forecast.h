// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/inspect/key_census.h"

namespace cachescope::inspect {

struct ForecastOptions {
    std::int64_t now = 0;  ///< on the server's clock, milliseconds
    Duration bucket = std::chrono::minutes{1};
    std::size_t buckets = 60;    ///< in a window
    std::size_t namespaces = 8;  ///< with counts of their own: those with the most keys due
    double scale = 1;            ///< keys of the database for each key of the view
};

/// How many keys are due, and what they hold, in the database: counted, or estimated by the scale.
struct DueKeys {
    double keys = 0;
    double bytes = 0;

    DueKeys& operator+=(const DueKeys& other) noexcept {
        keys += other.keys;
        bytes += other.bytes;
        return *this;
    }
};

struct NamespaceDue {
    std::string name;
    DueKeys all;                   ///< in the window
    std::vector<DueKeys> buckets;  ///< as those of the window
};

/// Many keys that are due together.
struct ExpiryStorm {
    std::size_t bucket = 0;  ///< of the window
    std::int64_t from = 0;   ///< when it begins, on the server's clock
    DueKeys due;
    double usual = 0;         ///< keys in the median bucket of the window
    std::string space;        ///< the namespace that has most beyond what is usual for it
    DueKeys ofSpace;          ///< those of that namespace
    double usualOfSpace = 0;  ///< keys of it in the median bucket
    double calmed = 0;        ///< keys left in its bucket, with kJitter on that namespace
};

/// The part of a forecast that begins now.
struct ForecastWindow {
    std::int64_t from = 0;  ///< when the first bucket begins: a whole number of buckets since 1970
    Duration bucket{};
    std::vector<DueKeys> buckets;
    std::vector<NamespaceDue> namespaces;  ///< most keys in the window first
    DueKeys others;                        ///< of namespaces without counts of their own
    std::vector<ExpiryStorm> storms;       ///< largest first
    DueKeys due;                           ///< in the whole window
    DueKeys passed;  ///< whose time was over when the window began: dead, if they are still there
    DueKeys later;   ///< beyond the window
    DueKeys never;   ///< without a TTL
    double unknown = 0;    ///< keys whose TTL may not be asked for
    bool isShort = false;  ///< the window ends early: it is time for a new forecast
};

/// When the keys of a census come to their end: keys and bytes a bucket ahead, by namespace.
///
/// Made from a view in two passes over its keys, some 15 ms a million; after that a window costs
/// nothing much, and moves with the clock for as long as another window is ahead. It tells what is
/// known at the time of the view: what is written, extended or removed since is not in it. An
/// immutable value; any thread.
class ExpiryForecast {
public:
    static constexpr double kJitter = 0.1;

    ExpiryForecast(const CensusView& view, ForecastOptions options);

    /// Whether a whole window that begins at `now` is ahead.
    bool reaches(std::int64_t now) const noexcept;

    /// The window that begins at `now`; a moment before the forecast's own is taken as that.
    ForecastWindow at(std::int64_t now) const;

    /// The buckets of a window as they would be if the keys of the storm's namespace had been given
    /// a TTL that differs by up to ±`part` from what is left of it at `now`: a bound from above,
    /// because what was given was longer than what is left.
    static std::vector<double> calmed(const ForecastWindow& window, const ExpiryStorm& storm,
                                      std::int64_t now, double part);

private:
    struct Row {
        std::string name;
        std::vector<DueKeys> buckets;
    };

    void findStorms(ForecastWindow& window, std::int64_t now) const;

    ForecastOptions m_options;
    std::int64_t m_step = 1;  // of a bucket, in milliseconds
    std::int64_t m_from = 0;
    std::vector<DueKeys> m_all;
    std::vector<Row> m_rows;
    DueKeys m_past;
    DueKeys m_later;
    DueKeys m_never;
    double m_unknown = 0;
};

}  // namespace cachescope::inspect
