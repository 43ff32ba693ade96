// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/core/clock.h"
#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/core/worker.h"
#include "engine/redis/redis_session.h"
#include "engine/redis/session_link.h"
#include "engine/redis/session_opener.h"
#include "engine/redis/session_requests.h"
#include "engine/redis/wake_up.h"

namespace cachescope {

/// The thread of a RedisSession and all that it decides: when to connect, what to send, whom to
/// end. submit(), sweepCancelled() and status() from any thread.
class RedisSession::Loop {
public:
    Loop(RedisAddress address, RedisSessionOptions options);

    void submit(SessionRequests::List& requests);
    void sweepCancelled();
    Status status() const;

private:
    void run(const std::stop_token& stop);
    void takeInbox();
    void endDue();
    void tendConnection();
    void send();
    void waitForEvents(const std::stop_token& stop);
    TimePoint nextMoment() const;
    void receive();
    void lose(const Error& error);
    void recordFailure(const Error& error);
    void closeAll();
    State state() const noexcept;

    const RedisAddress m_address;
    const std::string m_subject;
    const RedisSessionOptions m_options;
    const Clock& m_clock;
    WakeUp m_wakeUp;

    mutable std::mutex m_mutex;  // over the next four
    SessionRequests::List m_inbox;
    bool m_asleep = false;  // somebody has to wake the thread
    bool m_sweep = false;
    Status m_status;

    // The thread's own.
    SessionRequests m_requests;
    std::unique_ptr<SessionOpener> m_opener;
    std::unique_ptr<SessionLink> m_link;
    bool m_readable = false;  // the link may have something
    bool m_proven = false;    // a reply came over this link
    TimePoint m_now{};
    TimePoint m_heard{};          // when the last bytes came
    TimePoint m_giveUp = kNever;  // when the link is given up unless something comes
    Random m_random;
    int m_failures = 0;        // in a row
    TimePoint m_notBefore{};   // no attempt before this
    std::uint64_t m_made = 0;  // connections
    std::optional<Error> m_failure;

    Worker m_worker;  // last: ends before what it uses
};

}  // namespace cachescope
