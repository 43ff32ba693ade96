// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "engine/core/result.h"
#include "engine/policy/policy_kind.h"
#include "engine/trace/trace_reader.h"

namespace cachescope::app {

/// One replay to do, and what came out of it.
struct ReplayTask {
    const PolicyKind* policy = nullptr;
    std::uint64_t capacity = 0;
    std::optional<Duration> ttl;
    ReplayCounts counts;
    double requestsPerSecond = 0;
};

/// What the arguments of `replay` mean, as far as it can be said without the trace.
///
/// Capacities are shares of what is distinct in the trace, or plain numbers. A value type.
struct ReplayPlan {
    struct Capacity {
        double share = 0;  ///< above zero: of what is distinct
        std::uint64_t amount = 0;
    };

    std::vector<const PolicyKind*> policies;
    std::vector<Capacity> capacities;
    std::vector<std::optional<Duration>> ttls;
    bool inBytes = false;
    bool ignoresTtls = false;
    TraceReadOptions reading;

    /// Errors: unknownName, outOfRange, unsupported and those of parseTraceColumns().
    static Result<ReplayPlan> of(const ReplayVerbOptions& options);

    /// Every policy with every TTL and capacity, in the order in which they were given. Error:
    /// missing, where the trace lacks a column that the arguments ask for; `file` is its name.
    Result<std::vector<ReplayTask>> tasks(const Trace& trace, const std::string& file) const;
};

}  // namespace cachescope::app
