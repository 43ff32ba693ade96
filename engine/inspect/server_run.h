// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/inspect/command_policy.h"
#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/key_sample.h"
#include "engine/inspect/server_facts.h"
#include "engine/inspect/walk_pace.h"

namespace cachescope::inspect {

/// What the parts of a run over several servers, a thread each, are told, and what guards their
/// progress: a walk, or a change. A part that has ended says so to `ended`. Any thread.
struct RunControl {
    mutable std::mutex mutex;
    mutable std::condition_variable ended;
    std::atomic<bool> paused{false};
    std::atomic<bool> stopped{false};
    std::stop_source cutOff;  ///< also ends what is being waited for

    /// On a part's thread, which is woken after a change of the above; whether it is to go on.
    bool waitWhilePaused(Worker& worker) const;

    /// Until `hasEnded` says so, or the deadline; what it said last.
    template <class HasEnded>
    bool waitForEnd(const Clock& clock, TimePoint deadline, const HasEnded& hasEnded) const {
        while (!hasEnded()) {
            const TimePoint now = clock.now();
            if (now >= deadline) {
                return false;
            }
            // Looked at again now and then: an end between the two looks notifies nobody.
            std::unique_lock lock(mutex);
            ended.wait_for(lock, std::min<Duration>(deadline - now, std::chrono::milliseconds{50}));
        }
        return true;
    }
};

/// Whether another connection may work after a failure.
bool mayPass(ErrorCode code) noexcept;

/// A connection to the server of a run, and what the server says of itself.
struct RunConnection {
    std::unique_ptr<GuardedConnection> connection;
    ServerFacts facts;
};

/// `before`: what the server said when the run began, or null. One that was started anew since then
/// may have other data: `closed`. Fails as GuardedConnection::open() and readServerFacts() do.
Result<RunConnection> connectForRun(const GuardedServer& server, CommandReach reach,
                                    const ServerFacts* before, TimePoint deadline,
                                    const Clock& clock);

/// Calls `connect` up to `reconnects` times more, with longer and longer waits, while it may pass
/// and the run goes on.
Result<void> connectPatiently(Worker& worker, const RunControl& control, int reconnects,
                              const std::function<Result<void>()>& connect);

/// One PING, for the pace.
Result<void> pingForPace(GuardedConnection& connection, WalkPace& pace, Duration timeout,
                         const Clock& clock);

}  // namespace cachescope::inspect
