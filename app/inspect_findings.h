// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "engine/core/result.h"
#include "engine/inspect/expiry_forecast.h"
#include "engine/inspect/key_figures.h"
#include "engine/inspect/key_walk.h"
#include "engine/inspect/server_facts.h"
#include "engine/inspect/ttl_lint.h"
#include "engine/redis/redis_target.h"

namespace cachescope::app {

/// What `inspect` found out about one or several servers.
struct InspectFindings {
    struct Node {
        std::string address;  ///< without login
        inspect::ServerFacts facts;
        std::uint64_t keys = 0;  ///< that were read, and those of a walk only
    };

    std::vector<Node> nodes;  ///< at least one
    bool walked = false;
    bool complete = true;          ///< false: a walk ended early, and `failure` says why
    std::optional<Error> failure;  ///< nothing where it was interrupted
    inspect::KeyFigures figures;
    inspect::ForecastWindow forecast;
    std::int64_t now = 0;  ///< on the first server's clock, when all was read
    std::vector<inspect::TtlFinding> lint;
    std::optional<double> hitRatio;  ///< of the programs, since the servers' counters began
    double deadButResident = 0;      ///< keys, as the servers estimate
    Duration took{};
    std::uint64_t commands = 0;  ///< our own
    std::uint64_t bytesSent = 0;
    std::uint64_t bytesReceived = 0;
    inspect::LookUps lookUps;            ///< that we added, and are not in the ratio
    std::optional<Duration> serverTime;  ///< estimated; nothing where INFO is not permitted
    std::vector<std::string> missingRules;
};

/// What the arguments of `inspect` mean, and the work itself, on the calling thread.
struct InspectPlan {
    RedisTarget target;
    std::size_t sample = 0;  ///< keys to draw; nothing for a walk
    inspect::WalkOptions walk;
    Duration horizon{};  ///< of the forecast
    std::string separator;

    /// The errors of RedisTarget::parse(), and outOfRange.
    static Result<InspectPlan> of(const InspectVerbOptions& options);

    /// `progress` is called now and then during a walk, and returns false to end it. Errors: those
    /// of InspectedServers::find() and takeSample(), and a walk that read nothing at all.
    Result<InspectFindings> find(
        const std::function<bool(const inspect::WalkProgress&)>& progress) const;
};

}  // namespace cachescope::app
