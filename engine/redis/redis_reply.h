// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/error.h"

namespace cachescope {

/// One command: its name and its arguments, each any string of bytes. `{"GET", key}`.
using RedisCommand = std::vector<std::string>;

/// What a Redis server answered to one command, as a plain value.
///
/// Holds nothing of the client library. `text` is binary-safe. An error is a reply like any other:
/// the exchange worked, the command did not; redisError() turns it into an Error. `unsupported`
/// stands for a type that RESP2 does not have; RedisConnection never hands such a reply out.
struct RedisReply {
    enum class Type : std::uint8_t { nil, status, error, integer, bulk, array, unsupported };

    Type type = Type::nil;
    std::int64_t integer = 0;          ///< of an integer
    std::string text;                  ///< of a status, an error and a bulk string
    std::vector<RedisReply> elements;  ///< of an array

    bool isNil() const noexcept { return type == Type::nil; }
    bool isError() const noexcept { return type == Type::error; }
    bool isBulk() const noexcept { return type == Type::bulk; }
    bool isInteger() const noexcept { return type == Type::integer; }
    bool isArray() const noexcept { return type == Type::array; }
};

/// The code for an error text of Redis, by its first word (Redis 7.0): authentication for WRONGPASS
/// and NOAUTH, noPermission for NOPERM and DENIED, readOnly for READONLY, MISCONF and NOREPLICAS,
/// outOfMemory for OOM, loading for what passes by itself (LOADING, MASTERDOWN, CLUSTERDOWN,
/// TRYAGAIN, BUSY); serverError for every other.
ErrorCode redisErrorCode(const std::string& text) noexcept;

/// The Error for an error reply; the server's text is its detail.
Error redisError(const RedisReply& reply, std::string subject);

/// The Error for a reply of a type or shape that the command does not give.
Error unexpectedReply(const RedisReply& reply, std::string subject);

/// The Error for what EVAL answered instead of what the script gives: noPermission where the script
/// or a command in it is forbidden, unsupported where the server knows no scripts, otherwise as
/// unexpectedReply().
Error redisScriptError(const RedisReply& reply, std::string subject);

/// Whether the reply and all that it holds are of types that RESP2 has.
bool isResp2(const RedisReply& reply) noexcept;

/// Whether an error reply says that the key holds another type than the command is for.
bool isWrongType(const RedisReply& reply) noexcept;

}  // namespace cachescope
