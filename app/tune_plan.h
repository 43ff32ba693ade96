// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "engine/trace/trace_reader.h"
#include "engine/tune/advice.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::app {

/// What `tune` found. Stale hits are whole numbers where the trace's writes made them, and expected
/// values where updates come at random; without either there are none.
struct TuneFindings {
    Duration tick{};
    Duration span{};
    std::size_t keys = 0;
    std::vector<std::string> groupNames;
    tune::TtlCurve curve;
    std::vector<std::vector<double>> staleOfGroups;  ///< by group and TTL; or empty
    std::vector<double> stale;                       ///< by TTL; or empty
    std::optional<tune::TtlAdvice> advice;
};

/// What the arguments of `tune` mean, and the work itself.
///
/// A value type. find() computes on two threads.
struct TunePlan {
    std::optional<Duration> shortest, longest;
    std::size_t points = 0;
    std::string separator;
    tune::TtlSweepOptions sweep;
    std::optional<Duration> updateEvery;
    std::map<std::string, Duration> updateGroupsEvery;
    std::optional<double> staleBudget;  ///< a part of the requests
    double rate = 0;
    TraceReadOptions reading;

    /// Errors: outOfRange, syntax and those of traceReadOptions().
    static Result<TunePlan> of(const TuneVerbOptions& options);

    bool hasUpdates() const noexcept { return updateEvery || !updateGroupsEvery.empty(); }

    /// `trace` is let go as soon as it is laid out. Errors: missing without times or reads, or
    /// where a budget is asked for and nothing says what is stale; unknownName for a group that is
    /// not there; outOfRange for a budget that no TTL keeps; cancelled.
    Result<TuneFindings> find(Trace trace) const;
};

}  // namespace cachescope::app
