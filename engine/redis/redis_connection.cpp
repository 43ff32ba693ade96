// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_connection.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/redis/redis_transport.h"
#include "engine/redis/reply_reader.h"

namespace cachescope {

namespace {

constexpr std::size_t kReadChunk = std::size_t{64} * 1024;

// A server that does not know a command repeats what came with it, of long ones the beginning.
void hide(const std::string& secret, std::string& text) {
    constexpr std::string_view kHidden = "***";
    text.resize(std::min(text.find(", with args beginning"), text.size()));
    std::size_t at = secret.empty() ? std::string::npos : text.find(secret);
    while (at != std::string::npos) {
        text.replace(at, secret.size(), kHidden);
        at = text.find(secret, at + kHidden.size());
    }
}

}  // namespace

// What goes out over the stream, and what comes in.
class RedisConnection::Protocol {
public:
    explicit Protocol(std::unique_ptr<ByteStream> stream) : m_stream(std::move(stream)) {}

    bool isQuiet() {
        char byte = 0;
        const auto count = m_stream->readSome({&byte, 1});
        return count.ok() && *count == 0;
    }

    Result<void> post(const RedisCommand& command, TimePoint deadline, const Clock& clock) {
        m_out.clear();
        if (auto appended = appendCommand(command, m_out); !appended) {
            return appended;
        }
        std::string_view unsent = m_out;
        for (;;) {
            const auto count = m_stream->writeSome(unsent);
            if (!count) {
                return count.error();
            }
            unsent.remove_prefix(*count);
            if (unsent.empty()) {
                return {};
            }
            if (auto waited = waitFor(*m_stream, false, true, deadline, clock); !waited) {
                return waited;
            }
        }
    }

    Result<std::vector<RedisReply>> receiveAll() {
        for (std::vector<RedisReply> replies;;) {
            const auto got = receive(replies);
            // What was said before the end counts first; the end is met again by the next call.
            if (!got && replies.empty()) {
                return got.error();
            }
            if (!got || !*got || replies.size() >= kRepliesAtOnce) {
                return replies;
            }
        }
    }

    ByteStream& stream() noexcept { return *m_stream; }
    std::unique_ptr<ByteStream> takeStream() noexcept { return std::move(m_stream); }

    // Takes up commands; their replies are collected by write() and read() until isDone().
    Result<void> begin(std::span<const RedisCommand> commands) {
        m_out.clear();
        m_replies.clear();
        m_replies.reserve(commands.size());
        m_writeFailure.reset();
        m_expected = commands.size();
        for (const RedisCommand& command : commands) {
            if (auto appended = appendCommand(command, m_out); !appended) {
                return appended;
            }
        }
        m_unsent = m_out;
        return {};
    }

    bool hasUnsent() const noexcept { return !m_unsent.empty(); }
    bool isDone() const noexcept { return m_replies.size() >= m_expected; }

    void write() {
        if (m_unsent.empty()) {
            return;
        }
        const auto count = m_stream->writeSome(m_unsent);
        if (count) {
            m_unsent.remove_prefix(*count);
        } else {
            // What the server said before it hung up may still be there to read.
            m_writeFailure = count.error();
            m_unsent = {};
        }
    }

    Result<void> read() {
        const auto got = receive(m_replies);
        if (!got) {
            return afterFailure(got.error(), m_replies);
        }
        return !*got && m_writeFailure ? Result<void>{*m_writeFailure} : Result<void>{};
    }

    Result<std::vector<RedisReply>> end() {
        const bool leftover = m_reader.isMidReply() || !m_unsent.empty();
        if (m_replies.size() > m_expected || leftover) {
            return Error{ErrorCode::notThisProtocol, {}, "more replies than commands"};
        }
        if (m_writeFailure) {
            return *m_writeFailure;
        }
        if (m_out.capacity() > kKeptOutput) {
            std::string{}.swap(m_out);
        }
        return std::move(m_replies);
    }

    Result<std::vector<RedisReply>> exchange(std::span<const RedisCommand> commands,
                                             TimePoint deadline, const Clock& clock,
                                             const std::function<void()>& meanwhile) {
        if (auto begun = begin(commands); !begun) {
            return begun.error();
        }
        if (meanwhile) {
            write();
            meanwhile();
        }
        while (!isDone()) {
            if (deadline < clock.now()) {
                return Error{ErrorCode::timedOut};
            }
            write();
            // Reading goes on while there is still something to write: a server that cannot get
            // rid of its replies may stop to read.
            if (auto waited = waitFor(*m_stream, true, hasUnsent(), deadline, clock); !waited) {
                return waited.error();
            }
            if (auto done = read(); !done) {
                return done.error();
            }
        }
        return end();
    }

private:
    static constexpr std::size_t kKeptOutput = std::size_t{1024} * 1024;
    static constexpr std::size_t kRepliesAtOnce = 4096;

    static Error afterFailure(const Error& error, const std::vector<RedisReply>& replies) {
        if (error.code() == ErrorCode::disconnected && !replies.empty() &&
            replies.back().isError()) {
            return redisError(replies.back(), {});
        }
        return error;
    }

    // Takes what is there; false when nothing was.
    Result<bool> receive(std::vector<RedisReply>& replies) {
        const auto count = m_stream->readSome(m_in);
        if (!count) {
            return count.error();
        }
        if (*count == 0) {
            return false;
        }
        if (auto fed = m_reader.feed({m_in.data(), *count}); !fed) {
            return fed.error();
        }
        for (;;) {
            auto reply = m_reader.next();
            if (!reply) {
                return reply.error();
            }
            if (!*reply) {
                return true;
            }
            replies.push_back(std::move(**reply));
        }
    }

    std::unique_ptr<ByteStream> m_stream;
    ReplyReader m_reader;
    std::string m_out;
    std::string_view m_unsent;  // of m_out
    std::size_t m_expected = 0;
    std::vector<RedisReply> m_replies;
    std::optional<Error> m_writeFailure;
    std::vector<char> m_in = std::vector<char>(kReadChunk);
};

RedisConnection::RedisConnection(std::string subject, std::unique_ptr<Protocol> protocol,
                                 const Clock& clock)
    : m_subject(std::move(subject)), m_protocol(std::move(protocol)), m_clock(clock) {}

RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address,
                                                               TimePoint deadline,
                                                               const Clock& clock) {
    auto stream = openTransport(address, deadline, clock);
    if (!stream) {
        return stream.error();
    }
    auto made = logInOver(std::move(*stream), address, deadline, clock);
    return made ? std::move(made) : explainLogIn(made.error(), address, deadline, clock);
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::logInOver(
    std::unique_ptr<ByteStream> stream, const RedisAddress& address, TimePoint deadline,
    const Clock& clock) {
    std::unique_ptr<RedisConnection> made{new RedisConnection(
        address.toText(), std::make_unique<Protocol>(std::move(stream)), clock)};
    if (auto done = made->logIn(address, deadline); !done) {
        return done.error();
    }
    return made;
}

std::unique_ptr<ByteStream> RedisConnection::takeStream() {
    const std::lock_guard lock(m_closing);
    auto stream = m_protocol != nullptr ? m_protocol->takeStream() : nullptr;
    m_protocol.reset();
    return stream;
}

Result<void> RedisConnection::logIn(const RedisAddress& address, TimePoint deadline) {
    std::vector<RedisCommand> commands;
    const bool authenticates = !address.password.empty();
    if (authenticates) {
        commands.push_back(address.user.empty()
                               ? RedisCommand{"AUTH", address.password}
                               : RedisCommand{"AUTH", address.user, address.password});
    }
    if (address.database != 0) {
        commands.push_back({"SELECT", std::to_string(address.database)});
    }
    commands.push_back({"CLIENT", "SETNAME", "cachescope"});
    const auto replies = send(commands, deadline);
    if (!replies) {
        return replies.error();
    }
    for (std::size_t i = 0; i < replies->size(); ++i) {
        RedisReply reply = (*replies)[i];
        if (!reply.isError()) {
            continue;
        }
        hide(address.password, reply.text);
        const Error error = redisError(reply, m_subject);
        const bool login = authenticates && i == 0;
        const bool naming = i + 1 == replies->size();
        // A server before 6.0, or one without a password, refuses AUTH with a plain ERR.
        if (login && error.code() == ErrorCode::serverError) {
            return fail(Error{ErrorCode::authentication, m_subject, reply.text});
        }
        // The name is a courtesy to whoever reads CLIENT LIST; an old or strict server may refuse.
        if (!naming || error.code() == ErrorCode::authentication) {
            return fail(error);
        }
    }
    return {};
}

Error RedisConnection::fail(const Error& error) {
    close();
    return error.about(m_subject);
}

Result<std::vector<RedisReply>> RedisConnection::send(std::span<const RedisCommand> commands,
                                                      TimePoint deadline,
                                                      const std::function<void()>& meanwhile) {
    if (m_protocol == nullptr) {
        return Error{ErrorCode::disconnected, m_subject};
    }
    auto replies = m_protocol->exchange(commands, deadline, m_clock, meanwhile);
    if (!replies) {
        return fail(replies.error());
    }
    return replies;
}

void RedisConnection::sendAll(std::span<Exchange> exchanges, TimePoint deadline) {
    std::vector<Exchange*> active;
    const auto settle = [](Exchange& exchange, const Error& error) {
        exchange.replies = exchange.connection->fail(error);
    };
    for (Exchange& exchange : exchanges) {
        RedisConnection& connection = *exchange.connection;
        if (connection.m_protocol == nullptr) {
            exchange.replies = Error{ErrorCode::disconnected, connection.m_subject};
        } else if (auto begun = connection.m_protocol->begin(exchange.commands); !begun) {
            settle(exchange, begun.error());
        } else if (exchange.commands.empty()) {
            exchange.replies = std::vector<RedisReply>{};
        } else {
            active.push_back(&exchange);
        }
    }
    std::vector<AwaitedStream> awaited;
    while (!active.empty()) {
        const Clock& clock = active.front()->connection->m_clock;
        awaited.clear();
        for (const Exchange* exchange : active) {
            Protocol& protocol = *exchange->connection->m_protocol;
            protocol.write();
            awaited.push_back({&protocol.stream(), true, protocol.hasUnsent()});
        }
        auto ready =
            deadline < clock.now() ? Result<bool>{false} : waitForAny(awaited, deadline, clock);
        if (!ready || !*ready) {
            for (Exchange* exchange : active) {
                settle(*exchange, ready ? Error{ErrorCode::timedOut} : ready.error());
            }
            return;
        }
        std::erase_if(active, [&](Exchange* exchange) {
            Protocol& protocol = *exchange->connection->m_protocol;
            if (auto done = protocol.read(); !done) {
                settle(*exchange, done.error());
                return true;
            }
            if (!protocol.isDone()) {
                return false;
            }
            exchange->replies = protocol.end();
            if (!exchange->replies) {
                settle(*exchange, Error{exchange->replies.error()});
            }
            return true;
        });
    }
}

Result<void> RedisConnection::post(const RedisCommand& command, TimePoint deadline) {
    if (m_protocol == nullptr) {
        return Error{ErrorCode::disconnected, m_subject};
    }
    auto posted = m_protocol->post(command, deadline, m_clock);
    return posted ? posted : Result<void>{fail(posted.error())};
}

Result<std::vector<RedisReply>> RedisConnection::receive() {
    if (m_protocol == nullptr) {
        return Error{ErrorCode::disconnected, m_subject};
    }
    auto replies = m_protocol->receiveAll();
    return replies ? std::move(replies) : fail(replies.error());
}

Result<bool> RedisConnection::waitForEither(const RedisConnection& one,
                                            const RedisConnection& other, TimePoint deadline) {
    if (!one.isOpen() || !other.isOpen()) {
        return Error{ErrorCode::disconnected, one.m_subject};
    }
    auto ready = cachescope::waitForEither(one.m_protocol->stream(), other.m_protocol->stream(),
                                           deadline, one.m_clock);
    return ready ? ready : Result<bool>{ready.error().about(one.m_subject)};
}

void RedisConnection::close() {
    const std::lock_guard lock(m_closing);
    m_protocol.reset();
}

void RedisConnection::hangUp() {
    const std::lock_guard lock(m_closing);
    if (m_protocol != nullptr) {
        m_protocol->stream().hangUp();
    }
}

bool RedisConnection::isQuiet() {
    if (m_protocol != nullptr && !m_protocol->isQuiet()) {
        close();
    }
    return m_protocol != nullptr;
}

}  // namespace cachescope
