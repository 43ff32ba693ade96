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

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/inspect/guarded_connection.h"

namespace cachescope::inspect {

struct KeyWatchOptions {
    Duration timeout = std::chrono::seconds{2};   ///< to connect, and of each answer
    Duration interval = std::chrono::seconds{5};  ///< between two looks at the connections
    Duration minBackoff = std::chrono::milliseconds{100};
    Duration maxBackoff = std::chrono::seconds{5};
    const Clock* clock = &SystemClock::instance();  ///< runs in real time; outlives the watch
};

/// Tells when one key of a server is written to, removed or found expired, by client tracking: the
/// server says so by itself, and is asked nothing meanwhile but a PING now and then.
///
/// `changed` is called on the watch's thread: once when the watching begins or begins anew, since
/// nobody knows what was missed, and then after each change that the server tells, which may be one
/// call for several changes. Whoever reads the key after a call sees that change; what comes while
/// he reads is told again. A deadline that passes is no change until the server looks at the key.
/// Watching looks the key's type up after each change (a hit or a miss, in the meter), which resets
/// no idle time. Any thread; the end waits for no more than what is under way to be cut off.
class KeyWatch {
public:
    struct Status {
        bool isWatching = false;
        std::uint64_t told = 0;  ///< calls of `changed`
        /// The last failure while it is not watching. unsupported before Redis 6, noPermission as
        /// refusalOf() says: these stay.
        std::optional<Error> failure;
    };

    /// `guard` is not null, `changed` not empty and quick.
    KeyWatch(RedisAddress address, std::shared_ptr<Guard> guard, std::string key,
             std::function<void()> changed, KeyWatchOptions options = {});
    ~KeyWatch();
    KeyWatch(const KeyWatch&) = delete;
    KeyWatch& operator=(const KeyWatch&) = delete;

    Status status() const;

private:
    struct Link;

    void run(Worker& self, const std::stop_token& stop);
    Result<void> attempt();
    Result<void> begin(Link& link);
    Result<void> follow(Link& link);
    Result<void> arm(Link& link);
    Result<bool> take(Link& link);
    void tell();

    const RedisAddress m_address;
    const std::shared_ptr<Guard> m_guard;
    const std::string m_key;
    const std::function<void()> m_changed;
    const KeyWatchOptions m_options;

    mutable std::mutex m_mutex;
    Status m_status;
    int m_failures = 0;  // in a row; the worker's alone
    Worker m_worker;     // last: it uses everything above
};

}  // namespace cachescope::inspect
