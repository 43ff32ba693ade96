// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_reply.h"
#include "engine/redis/redis_use.h"

namespace cachescope {

/// Whose turn it is when several requests wait to be sent.
enum class RedisPriority : std::uint8_t {
    interactive,  ///< somebody waits for it: goes before whatever was not sent yet
    background,   ///< walks, samples: in bounded portions, so that little lies on the wire before
};

struct RedisSessionOptions {
    Duration connectTimeout = std::chrono::seconds{2};  ///< login included
    Duration minBackoff = std::chrono::milliseconds{50};
    Duration maxBackoff = std::chrono::seconds{5};
    /// Background commands that may be on the wire at a time. An interactive one waits for these at
    /// most.
    std::size_t backgroundWindow = 256;
    std::size_t interactiveWindow = 4096;  ///< commands on the wire at a time, of both kinds
    /// A connection is given up when a request ended at its deadline and nothing at all came from
    /// the server since it was sent, for at least so long.
    Duration silence = std::chrono::milliseconds{250};
    const Clock* clock = &SystemClock::instance();  ///< runs in real time; outlives the session
    std::uint64_t seed = 0;                         ///< of the jitter; 0: from the clock
};

/// One connection to one Redis server, shared by everybody who asks without waiting: pipelined, in
/// order of priority, on a thread of its own.
///
/// Requests are sent as soon as their turn comes, many in one write, and never twice. Each ends
/// exactly once, in its callback, on the session's thread: with a reply (an error reply is one), or
/// with an Error:
///   timedOut      at its deadline;
///   cancelled     its use was cancelled;
///   disconnected  the connection was lost after it was sent; the cause says how;
///   unavailable   at its deadline, when no connection could be made: the cause is the last
///   failure.
///                 At once, when waiting does not mend that: a login refused, no Redis there;
///   tooLarge, missing  no memory to send it, no command;
///   closed        the session was destroyed.
/// A reply that comes after its request ended is dropped, never given to another. A lost connection
/// is made again as soon as there is something to send, after failures with a growing wait (half to
/// all of minBackoff·2ⁿ, up to maxBackoff); what was not sent yet waits for that.
///
/// The connection is everybody's: not for commands that change what it is (SELECT, MULTI, AUTH) or
/// how it answers (SUBSCRIBE, MONITOR, CLIENT REPLY), nor for those that block.
///
/// submit() from any thread, callbacks included. A callback must be quick, must not destroy the
/// session, and must not submit again when it got `closed`.
class RedisSession {
public:
    using Reply = std::function<void(Result<RedisReply>)>;

    struct Request {
        RedisCommand command;
        TimePoint deadline{};  ///< on the session's clock
        RedisPriority priority = RedisPriority::interactive;
        std::shared_ptr<RedisUse> use;  ///< not null
        Reply reply;                    ///< not empty
    };

    /// What the connection is doing, for a status line.
    enum class State : std::uint8_t {
        idle,  ///< not needed so far, or lost and not needed since
        connecting,
        connected,
        waiting,  ///< after a failure, until there is a request and the wait is over
    };
    struct Status {
        State state = State::idle;
        std::optional<Error> failure;  ///< the last one, until a connection is made again
        std::uint64_t connections = 0;
        std::size_t queued = 0;    ///< not sent yet
        std::size_t inFlight = 0;  ///< sent and not answered
    };

    /// Connects when first asked.
    explicit RedisSession(RedisAddress address, RedisSessionOptions options = {});
    /// Ends all requests with `closed` and joins the thread.
    ~RedisSession();
    RedisSession(const RedisSession&) = delete;
    RedisSession& operator=(const RedisSession&) = delete;

    void submit(Request request);
    /// The same for many at once, which wakes the thread once.
    void submitAll(std::vector<Request> requests);

    /// Looks at once for requests whose use was cancelled, instead of when their turn comes.
    void sweepCancelled();

    Status status() const;

private:
    class Loop;
    std::unique_ptr<Loop> m_loop;
};

}  // namespace cachescope
