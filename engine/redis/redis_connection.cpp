// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_connection.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string_view>

#include "engine/redis/stream_socket.h"

namespace cachescope {

namespace {

constexpr std::size_t kReadChunk = std::size_t{64} * 1024;
constexpr std::size_t kMaxElements = std::size_t{1} << 20;
constexpr std::size_t kQuotedBytes = 80;

// The reader of hiredis calls these to build a reply; a null result makes it stop with an error.
// They are called by C code, so nothing may be thrown out of them.

RedisReply::Type typeOf(int type) noexcept {
    switch (type) {
        case REDIS_REPLY_STRING:
            return RedisReply::Type::bulk;
        case REDIS_REPLY_ARRAY:
            return RedisReply::Type::array;
        case REDIS_REPLY_INTEGER:
            return RedisReply::Type::integer;
        case REDIS_REPLY_NIL:
            return RedisReply::Type::nil;
        case REDIS_REPLY_STATUS:
            return RedisReply::Type::status;
        case REDIS_REPLY_ERROR:
            return RedisReply::Type::error;
        default:
            return RedisReply::Type::unsupported;
    }
}

RedisReply* placeFor(const redisReadTask* task) {
    if (task->parent == nullptr) {
        return new RedisReply;
    }
    auto* array = static_cast<RedisReply*>(task->parent->obj);
    return &array->elements.at(static_cast<std::size_t>(task->idx));
}

template <class Fill>
void* build(const redisReadTask* task, Fill fill) noexcept {
    try {
        RedisReply* reply = placeFor(task);
        reply->type = typeOf(task->type);
        try {
            fill(*reply);
        } catch (...) {
            if (task->parent == nullptr) {
                delete reply;
            }
            throw;
        }
        return reply;
    } catch (...) {
        return nullptr;
    }
}

void* buildString(const redisReadTask* task, char* text, std::size_t length) noexcept {
    return build(task, [=](RedisReply& reply) { reply.text.assign(text, length); });
}

void* buildSizedArray(const redisReadTask* task, std::size_t length) noexcept {
    return build(task, [=](RedisReply& reply) {
        if (length > kMaxElements) {
            throw std::bad_alloc{};
        }
        reply.elements.resize(length);
    });
}

void* buildInteger(const redisReadTask* task, long long number) noexcept {
    return build(task, [=](RedisReply& reply) { reply.integer = number; });
}

void* buildNil(const redisReadTask* task) noexcept {
    return build(task, [=](RedisReply& reply) {
        // In RESP2 nil is a string or an array of length -1; a nil by its own name is RESP3.
        reply.type =
            task->type == REDIS_REPLY_NIL ? RedisReply::Type::unsupported : RedisReply::Type::nil;
    });
}

void freeReply(void* reply) noexcept {
    delete static_cast<RedisReply*>(reply);
}

#if HIREDIS_MAJOR >= 1
void* buildArray(const redisReadTask* task, std::size_t length) noexcept {
    return buildSizedArray(task, length);
}
void* buildDouble(const redisReadTask* task, double, char* text, std::size_t length) noexcept {
    return buildString(task, text, length);
}
void* buildBool(const redisReadTask* task, int) noexcept {
    return build(task, [](RedisReply&) {});
}
#else
void* buildArray(const redisReadTask* task, int length) noexcept {
    return buildSizedArray(task, length < 0 ? kMaxElements + 1 : static_cast<std::size_t>(length));
}
#endif

redisReplyObjectFunctions* replyFunctions() {
    static redisReplyObjectFunctions functions = [] {
        redisReplyObjectFunctions made{};
        made.createString = buildString;
        made.createArray = buildArray;
        made.createInteger = buildInteger;
        made.createNil = buildNil;
        made.freeObject = freeReply;
#if HIREDIS_MAJOR >= 1
        made.createDouble = buildDouble;
        made.createBool = buildBool;
#endif
        return made;
    }();
    return &functions;
}

bool appendCommand(const RedisCommand& command, std::string& out) {
    std::vector<const char*> arguments;
    std::vector<std::size_t> lengths;
    arguments.reserve(command.size());
    lengths.reserve(command.size());
    for (const std::string& argument : command) {
        arguments.push_back(argument.data());
        lengths.push_back(argument.size());
    }
    char* text = nullptr;
    const auto length = redisFormatCommandArgv(&text, static_cast<int>(command.size()),
                                               arguments.data(), lengths.data());
    if (length < 0) {
        return false;
    }
    out.append(text, static_cast<std::size_t>(length));
    redisFreeCommand(text);
    return true;
}

}  // namespace

// The bytes on the wire and their meaning: the only code that knows hiredis.
class RedisConnection::Protocol {
public:
    explicit Protocol(StreamSocket socket)
        : m_socket(std::move(socket)),
          m_reader(redisReaderCreateWithFunctions(replyFunctions()), redisReaderFree) {
        if (m_reader != nullptr) {
            m_reader->maxbuf = 2 * kReadChunk;
        }
    }

    bool ready() const noexcept { return m_reader != nullptr; }

    bool isQuiet() {
        char byte = 0;
        const auto count = m_socket.readSome({&byte, 1});
        return count.ok() && *count == 0;
    }

    Result<void> post(const RedisCommand& command, TimePoint deadline, const Clock& clock) {
        m_out.clear();
        if (!appendCommand(command, m_out)) {
            return Error{ErrorCode::tooLarge};
        }
        std::string_view unsent = m_out;
        for (;;) {
            const auto count = m_socket.writeSome(unsent);
            if (!count) {
                return count.error();
            }
            unsent.remove_prefix(*count);
            if (unsent.empty()) {
                return {};
            }
            if (auto waited = m_socket.waitFor(false, true, deadline, clock); !waited) {
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

    StreamSocket& socket() noexcept { return m_socket; }

    Result<std::vector<RedisReply>> exchange(std::span<const RedisCommand> commands,
                                             TimePoint deadline, const Clock& clock) {
        m_out.clear();
        for (const RedisCommand& command : commands) {
            if (!appendCommand(command, m_out)) {
                return Error{ErrorCode::tooLarge};
            }
        }
        std::vector<RedisReply> replies;
        replies.reserve(commands.size());
        std::string_view unsent = m_out;
        std::optional<Error> writeFailure;
        while (replies.size() < commands.size()) {
            if (deadline < clock.now()) {
                return Error{ErrorCode::timedOut};
            }
            if (!unsent.empty()) {
                const auto count = m_socket.writeSome(unsent);
                if (count) {
                    unsent.remove_prefix(*count);
                } else {
                    // What the server said before it hung up may still be there to read.
                    writeFailure = count.error();
                    unsent = {};
                }
            }
            // Reading goes on while there is still something to write: a server that cannot get
            // rid of its replies may stop to read.
            if (auto waited = m_socket.waitFor(true, !unsent.empty(), deadline, clock); !waited) {
                return waited.error();
            }
            const auto got = receive(replies);
            if (!got) {
                return afterFailure(got.error(), replies);
            }
            if (!*got && writeFailure) {
                return *writeFailure;
            }
        }
        const bool leftover = m_reader->pos < m_reader->len || m_reader->ridx >= 0;
        if (replies.size() > commands.size() || leftover || !unsent.empty()) {
            return Error{ErrorCode::notThisProtocol, {}, "more replies than commands"};
        }
        if (writeFailure) {
            return *writeFailure;
        }
        if (m_out.capacity() > kKeptOutput) {
            std::string{}.swap(m_out);
        }
        return replies;
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
        const auto count = m_socket.readSome(m_in);
        if (!count) {
            return count.error();
        }
        if (*count == 0) {
            return false;
        }
        m_received = *count;
        if (redisReaderFeed(m_reader.get(), m_in.data(), *count) != REDIS_OK) {
            return readerError();
        }
        // Only while there are bytes: asked without, the reader begins a reply that nobody sent.
        while (m_reader->pos < m_reader->len) {
            void* made = nullptr;
            if (redisReaderGetReply(m_reader.get(), &made) != REDIS_OK) {
                return readerError();
            }
            if (made == nullptr) {
                break;
            }
            const std::unique_ptr<RedisReply> reply{static_cast<RedisReply*>(made)};
            if (!isResp2(*reply)) {
                return Error{ErrorCode::notThisProtocol, {}, "a reply of a type that RESP2 lacks"};
            }
            replies.push_back(std::move(*reply));
        }
        return true;
    }

    Error readerError() const {
        if (m_reader->err != REDIS_ERR_PROTOCOL) {
            return Error{ErrorCode::tooLarge, {}, m_reader->errstr};
        }
        // The start of the last chunk: where a peer of another kind introduces itself.
        std::string_view said{m_in.data(), std::min(m_received, kQuotedBytes)};
        said = said.substr(0, said.find_first_of(std::string_view{"\r\n\0", 3}));
        return Error{ErrorCode::notThisProtocol, {}, std::string{said}};
    }

    StreamSocket m_socket;
    std::unique_ptr<redisReader, void (*)(redisReader*)> m_reader;
    std::string m_out;
    std::vector<char> m_in = std::vector<char>(kReadChunk);
    std::size_t m_received = 0;  // of m_in, by the last read
};

RedisConnection::RedisConnection(std::string subject, std::unique_ptr<Protocol> protocol,
                                 const Clock& clock)
    : m_subject(std::move(subject)), m_protocol(std::move(protocol)), m_clock(clock) {}

RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address,
                                                               TimePoint deadline,
                                                               const Clock& clock) {
    const std::string subject = address.toText();
    if (address.tls) {
        return Error{ErrorCode::unsupported, subject, "TLS"};
    }
    auto socket = address.isUnix()
                      ? StreamSocket::connectUnix(address.unixPath, deadline, clock)
                      : StreamSocket::connectTcp(address.host, address.port, deadline, clock);
    if (!socket) {
        return socket.error().about(subject);
    }
    auto protocol = std::make_unique<Protocol>(std::move(*socket));
    if (!protocol->ready()) {
        return Error{ErrorCode::io, subject, "out of memory"};
    }
    std::unique_ptr<RedisConnection> made{new RedisConnection(subject, std::move(protocol), clock)};
    if (auto done = made->logIn(address, deadline); !done) {
        return done.error();
    }
    return made;
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
        const RedisReply& reply = (*replies)[i];
        if (!reply.isError()) {
            continue;
        }
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
                                                      TimePoint deadline) {
    if (m_protocol == nullptr) {
        return Error{ErrorCode::disconnected, m_subject};
    }
    auto replies = m_protocol->exchange(commands, deadline, m_clock);
    if (!replies) {
        return fail(replies.error());
    }
    return replies;
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
    auto ready = StreamSocket::waitForEither(one.m_protocol->socket(), other.m_protocol->socket(),
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
        m_protocol->socket().hangUp();
    }
}

bool RedisConnection::isQuiet() {
    if (m_protocol != nullptr && !m_protocol->isQuiet()) {
        close();
    }
    return m_protocol != nullptr;
}

}  // namespace cachescope
