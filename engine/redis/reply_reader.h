// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/redis/redis_reply.h"

struct redisReader;

namespace cachescope {

/// Makes replies out of the bytes of a server (RESP2), however they are cut.
///
/// feed() takes bytes, next() gives one reply after the other until it has none. After a failure
/// the stream has no meaning any more: every later call fails in the same way. A reply is bounded
/// by what was fed; an array has at most 2^20 elements, and eight levels lie in each other. Knows
/// nothing of connections. One thread at a time.
class ReplyReader {
public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// tooLarge when memory is short.
    Result<void> feed(std::string_view bytes);

    /// The next reply, or nothing until more was fed. notThisProtocol for what is no RESP2, with
    /// the beginning of what was fed last; tooLarge.
    Result<std::optional<RedisReply>> next();

    /// Whether bytes are left that belong to no reply that was given.
    bool isMidReply() const noexcept;

    /// How many bytes all replies had that were given, right after next() gave one.
    std::uint64_t bytesTaken() const noexcept;

private:
    struct FreeReader {
        void operator()(redisReader* reader) const noexcept;
    };
    Error fail();
    bool handOver() noexcept;

    std::unique_ptr<redisReader, FreeReader> m_reader;
    std::string m_waiting;     // fed
    std::size_t m_handed = 0;  // how much of it hiredis has
    std::uint64_t m_fed = 0;
    bool m_outOfStep = false;  // bytes were lost or added within a string
    std::string m_begin;  // of what was fed last: where a peer of another kind introduces itself
    std::optional<Error> m_failure;
};

/// Appends a command as it goes over the wire; tooLarge when memory is short.
Result<void> appendCommand(const RedisCommand& command, std::string& out);

}  // namespace cachescope
