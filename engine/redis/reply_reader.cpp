// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/reply_reader.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <utility>

namespace cachescope {

namespace {

constexpr std::size_t kKeptBuffer = std::size_t{128} * 1024;

// hiredis moves all that it holds each time when a kilobyte of it is done, so it is given little at
// a time: 64 KiB at once would be moved 32 times.
constexpr std::size_t kSlice = 4096;

constexpr std::size_t kMaxElements = std::size_t{1} << 20;
constexpr int kMaxDepth = 8;

// What an array says that it has is believed so far; the rest has to come first.
constexpr std::size_t kBelievedElements = 64;
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
    auto& elements = static_cast<RedisReply*>(task->parent->obj)->elements;
    // Those before it are whole, so that nobody minds when they move.
    if (elements.size() == static_cast<std::size_t>(task->idx)) {
        elements.emplace_back();
    }
    return &elements.at(static_cast<std::size_t>(task->idx));
}

// hiredis 1.x lets replies lie in each other as deep as the stack of whoever frees them may not be.
bool isTooDeep(const redisReadTask* task) noexcept {
    int depth = 0;
    for (; task != nullptr && depth <= kMaxDepth; task = task->parent) {
        ++depth;
    }
    return depth > kMaxDepth;
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
    // hiredis passes over the two bytes behind a bulk string without a look. Where they are not the
    // end of a line, bytes were lost or added on the way, and all that follows is out of step.
    if (task->type == REDIS_REPLY_STRING && (text[length] != '\r' || text[length + 1] != '\n')) {
        *static_cast<bool*>(task->privdata) = true;
        return nullptr;
    }
    return build(task, [=](RedisReply& reply) { reply.text.assign(text, length); });
}

void* buildSizedArray(const redisReadTask* task, std::size_t length) noexcept {
    return build(task, [=](RedisReply& reply) {
        if (length > kMaxElements || isTooDeep(task)) {
            throw std::bad_alloc{};
        }
        reply.elements.reserve(std::min(length, kBelievedElements));
    });
}

void* buildInteger(const redisReadTask* task, long long number) noexcept {
    return build(task, [=](RedisReply& reply) { reply.integer = number; });
}

void* buildNil(const redisReadTask* task) noexcept {
    return build(task, [=](RedisReply& reply) {
        // In RESP2 nil is a string or an array of length -1; any other nil is RESP3.
        const bool resp2 = task->type == REDIS_REPLY_STRING || task->type == REDIS_REPLY_ARRAY;
        reply.type = resp2 ? RedisReply::Type::nil : RedisReply::Type::unsupported;
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

// "$5\r\n"
void appendHeader(char kind, std::size_t number, std::string& out) {
    std::array<char, 24> text{kind};
    char* end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out.append(text.data(), end);
}

}  // namespace

Result<void> appendCommand(const RedisCommand& command, std::string& out) {
    const std::size_t before = out.size();
    try {
        appendHeader('*', command.size(), out);
        for (const std::string& argument : command) {
            appendHeader('$', argument.size(), out);
            out += argument;
            out += "\r\n";
        }
    } catch (const std::bad_alloc&) {
        out.resize(before);
        return Error{ErrorCode::tooLarge};
    }
    return {};
}

void ReplyReader::FreeReader::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

ReplyReader::ReplyReader() : m_reader(redisReaderCreateWithFunctions(replyFunctions())) {
    if (m_reader == nullptr) {
        m_failure = Error{ErrorCode::tooLarge, {}, "out of memory"};
        return;
    }
    m_reader->maxbuf = kKeptBuffer;
    m_reader->privdata = &m_outOfStep;
}

ReplyReader::~ReplyReader() = default;

Result<void> ReplyReader::feed(std::string_view bytes) {
    if (m_failure) {
        return *m_failure;
    }
    if (bytes.empty()) {
        return {};
    }
    m_fed += bytes.size();
    try {
        m_begin = bytes.substr(0, kQuotedBytes);
        m_waiting.erase(0, std::exchange(m_handed, 0));
        m_waiting += bytes;
    } catch (const std::bad_alloc&) {
        m_failure = Error{ErrorCode::tooLarge, {}, "out of memory"};
        return *m_failure;
    }
    return {};
}

bool ReplyReader::handOver() noexcept {
    const std::string_view slice = std::string_view{m_waiting}.substr(m_handed, kSlice);
    m_handed += slice.size();
    return redisReaderFeed(m_reader.get(), slice.data(), slice.size()) == REDIS_OK;
}

Result<std::optional<RedisReply>> ReplyReader::next() {
    if (m_failure) {
        return *m_failure;
    }
    void* made = nullptr;
    while (made == nullptr) {
        // Asked without bytes, hiredis begins a reply that nobody sent.
        if (m_reader->pos < m_reader->len) {
            if (redisReaderGetReply(m_reader.get(), &made) != REDIS_OK) {
                return fail();
            }
        }
        if (made == nullptr) {
            if (m_handed == m_waiting.size()) {
                return std::optional<RedisReply>{};
            }
            if (!handOver()) {
                return fail();
            }
        }
    }
    const std::unique_ptr<RedisReply> reply{static_cast<RedisReply*>(made)};
    if (!isResp2(*reply)) {
        m_failure = Error{ErrorCode::notThisProtocol, {}, "a reply of a type that RESP2 lacks"};
        return *m_failure;
    }
    return std::optional<RedisReply>{std::move(*reply)};
}

bool ReplyReader::isMidReply() const noexcept {
    return m_reader != nullptr &&
           (m_handed < m_waiting.size() || m_reader->pos < m_reader->len || m_reader->ridx >= 0);
}

std::uint64_t ReplyReader::bytesTaken() const noexcept {
    if (m_reader == nullptr) {
        return 0;
    }
    return m_fed - (m_waiting.size() - m_handed) - (m_reader->len - m_reader->pos);
}

Error ReplyReader::fail() {
    if (m_outOfStep) {
        m_failure =
            Error{ErrorCode::notThisProtocol, {}, "a string that does not end where it says"};
    } else if (m_reader->err != REDIS_ERR_PROTOCOL) {
        m_failure = Error{ErrorCode::tooLarge, {}, m_reader->errstr};
    } else {
        std::string_view said = m_begin;
        said = said.substr(0, said.find_first_of(std::string_view{"\r\n\0", 3}));
        m_failure = Error{ErrorCode::notThisProtocol, {}, std::string{said}};
    }
    return *m_failure;
}

}  // namespace cachescope
