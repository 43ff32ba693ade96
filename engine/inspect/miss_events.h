// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/inspect/guarded_connection.h"

namespace cachescope::inspect {

struct MissEventsOptions {
    Duration most = std::chrono::minutes{10};    ///< then it ends by itself
    Duration timeout = std::chrono::seconds{2};  ///< of each step, and to put the flags back
    /// How long to listen for events of new keys before the flags are changed: see MissEvents.
    Duration listenForNew = std::chrono::milliseconds{300};
    Duration retry = std::chrono::milliseconds{500};  ///< between attempts to put the flags back
    const Clock* clock = &SystemClock::instance();    ///< runs in real time; outlives this
};

/// The flags that also have misses sent as events; the same where they are sent already.
std::string withMissEvents(std::string_view flags);

/// Hears each look-up of a key that is not there, as the server tells it.
///
/// For that it adds to notify-keyspace-events (CONFIG SET, reach `settings`), which costs the
/// server a message a miss and is everybody's setting. It is put back exactly as it was: by
/// stop(), by the destructor, at the end of the time and after any failure, then again and again
/// until the server can be reached. If somebody else has set it meanwhile, theirs is left. A server
/// that has all classes of events on (A) does not say whether it also sends those of new keys (n);
/// so it is listened for them first, and n is kept where one came. Where none came, `newUncertain`
/// is said. `missed` is called on a thread of this, with keys of the address's database. Our own
/// look-ups are among them. Redis 6 and later. Any thread.
class MissEvents {
public:
    enum class State : std::uint8_t {
        starting,
        listening,
        ended,      ///< the flags are as they were
        restoring,  ///< the flags are still ours
        abandoned,  ///< it had to end while they were: `flagsBefore` is to be set by hand
    };
    struct Status {
        State state = State::starting;
        std::string flagsBefore;
        std::string flagsDuring;
        bool newUncertain = false;
        bool othersChanged = false;  ///< somebody set the flags meanwhile, and they were left
        std::uint64_t misses = 0;
        std::optional<Error> failure;  ///< noPermission as refusalOf() says
    };
    using Missed = std::function<void(std::string_view key, TimePoint at)>;

    MissEvents(RedisAddress address, std::shared_ptr<Guard> guard, Missed missed,
               MissEventsOptions options = {});
    ~MissEvents();
    MissEvents(const MissEvents&) = delete;
    MissEvents& operator=(const MissEvents&) = delete;

    /// Puts the flags back; waits for that at most two time-outs.
    void stop();
    Status status() const;

private:
    struct Links;

    void run(Worker& self, const std::stop_token& stop);
    Result<void> listen(Links& links);
    Result<void> begin(Links& links);
    Result<std::string> flags(GuardedConnection& connection);
    Result<void> setFlags(GuardedConnection& connection, const std::string& flags);
    Result<bool> hearsOfNewKeys(Links& links);
    Result<void> restore(Links& links);
    Result<std::unique_ptr<GuardedConnection>> connect(CommandReach reach);
    void putBack(Worker& self, const std::stop_token& stop, Links& links);
    TimePoint deadline() const;
    void setState(State state);

    const RedisAddress m_address;
    const std::shared_ptr<Guard> m_guard;
    const Missed m_missed;
    const MissEventsOptions m_options;
    const Clock& m_clock;
    const std::string m_channel;

    // The worker's alone.
    std::optional<std::string> m_toRestore;  // while the flags are ours

    mutable std::mutex m_mutex;
    Status m_status;
    Worker m_worker;  // last: it uses everything above
};

}  // namespace cachescope::inspect
