// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/server_run.h"

#include <utility>

namespace cachescope::inspect {

namespace {

constexpr Duration kFirstWait = std::chrono::milliseconds{100};

}  // namespace

bool RunControl::waitWhilePaused(Worker& worker) const {
    while (paused && !stopped) {
        if (!worker.sleep()) {
            return false;
        }
    }
    return !stopped;
}

bool mayPass(ErrorCode code) noexcept {
    return code == ErrorCode::disconnected || code == ErrorCode::unreachable ||
           code == ErrorCode::timedOut || code == ErrorCode::loading || code == ErrorCode::io;
}

Result<RunConnection> connectForRun(const GuardedServer& server, CommandReach reach,
                                    const ServerFacts* before, TimePoint deadline,
                                    const Clock& clock) {
    auto opened = GuardedConnection::open(server.address, server.guard, reach, deadline, clock);
    if (!opened) {
        return opened.error();
    }
    auto facts = readServerFacts(**opened, deadline, clock);
    if (!facts) {
        return facts.error().about(server.address.toText());
    }
    if (before != nullptr && (facts->runId.empty() || facts->runId != before->runId)) {
        return Error{ErrorCode::closed, server.address.toText(),
                     "the server was started anew, so its data may be other"};
    }
    return RunConnection{std::move(*opened), std::move(*facts)};
}

Result<void> connectPatiently(Worker& worker, const RunControl& control, int reconnects,
                              const std::function<Result<void>()>& connect) {
    Duration wait = kFirstWait;
    for (int attempt = 0;; ++attempt) {
        auto connected = connect();
        if (connected || !mayPass(connected.error().code()) || attempt >= reconnects ||
            control.stopped) {
            return connected;
        }
        if (!worker.sleepFor(wait)) {
            return Error{ErrorCode::cancelled};
        }
        wait *= 2;
    }
}

Result<void> pingForPace(GuardedConnection& connection, WalkPace& pace, Duration timeout,
                         const Clock& clock) {
    const TimePoint asked = clock.now();
    const RedisCommand command{"PING"};
    const auto replies = connection.ask({&command, 1}, deadlineAfter(asked, timeout));
    if (!replies) {
        return replies.error();
    }
    pace.pinged(clock.now() - asked);
    return {};
}

}  // namespace cachescope::inspect
