// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/byte_stream.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_reply.h"

namespace cachescope {

/// One logged-in connection to one Redis server (RESP2).
///
/// open() connects, logs in, selects the database and names the connection, all before its
/// deadline. send() is one round trip for any number of commands. After any failure of send() the
/// connection is closed for good, so that a late reply can never answer a later command. Deadlines
/// are moments on the clock given to open(), which must run in real time. Errors have the address
/// as their subject. Not thread-safe: RedisClient is.
///
/// A connection that listens (SUBSCRIBE) is spoken to with post() instead, and read with receive().
class RedisConnection {
public:
    /// unreachable, timedOut, disconnected, notPermitted; untrusted and what else openTransport()
    /// gives; authentication when the login is refused or one is needed; notThisProtocol when
    /// something else than Redis answers, with the beginning of what it said, or kSpeaksNoTls or
    /// kSpeaksOnlyTls; whatever the server says to SELECT. `clock` must outlive the connection.
    static Result<std::unique_ptr<RedisConnection>> open(
        const RedisAddress& address, TimePoint deadline,
        const Clock& clock = SystemClock::instance());

    /// The part of open() after connecting: logs in over a stream to `address`.
    static Result<std::unique_ptr<RedisConnection>> logInOver(
        std::unique_ptr<ByteStream> stream, const RedisAddress& address, TimePoint deadline,
        const Clock& clock = SystemClock::instance());

    ~RedisConnection();
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;

    /// Sends all commands and waits for one reply each, in their order; error replies are replies.
    /// timedOut, disconnected, notThisProtocol, tooLarge (an array of more than 2^20 elements), io.
    /// When the server says an error and hangs up, that error. `meanwhile` is called once when the
    /// first of them have gone out, for work that need not wait for the server; not after a failure
    /// before that.
    Result<std::vector<RedisReply>> send(std::span<const RedisCommand> commands, TimePoint deadline,
                                         const std::function<void()>& meanwhile = {});

    /// A send() of one of several connections.
    struct Exchange {
        RedisConnection* connection = nullptr;
        std::span<const RedisCommand> commands;
        Result<std::vector<RedisReply>> replies = std::vector<RedisReply>{};
    };
    /// All of them at the same time, each as send() with the same deadline: none waits for another,
    /// and what fails fails alone. No connection may be there twice.
    static void sendAll(std::span<Exchange> exchanges, TimePoint deadline);

    /// Sends one command and does not wait for what comes of it. Fails as send() does.
    Result<void> post(const RedisCommand& command, TimePoint deadline);

    /// All that the server has said since, perhaps nothing. Does not wait. Fails as send() does.
    Result<std::vector<RedisReply>> receive();

    /// Waits until either of two open connections has something to receive or was lost; false at
    /// the deadline.
    static Result<bool> waitForEither(const RedisConnection& one, const RedisConnection& other,
                                      TimePoint deadline);

    /// Gives up the logged-in stream to somebody who pipelines by himself: nothing is under way on
    /// it. The connection is closed then. Null when it was.
    std::unique_ptr<ByteStream> takeStream();

    /// Makes whatever is under way end soon, with a failure. The one call that another thread may
    /// make, as long as the connection is not destroyed meanwhile.
    void hangUp();

    /// Whether the connection is open and the server has said nothing unasked. Does not wait.
    bool isQuiet();

    bool isOpen() const noexcept { return m_protocol != nullptr; }

private:
    class Protocol;

    RedisConnection(std::string subject, std::unique_ptr<Protocol> protocol, const Clock& clock);
    Result<void> logIn(const RedisAddress& address, TimePoint deadline);
    Error fail(const Error& error);
    void close();

    std::string m_subject;
    std::mutex m_closing;                  // held to close, and by hangUp()
    std::unique_ptr<Protocol> m_protocol;  // null once closed
    const Clock& m_clock;
};

}  // namespace cachescope
