// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_reply.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cachescope {

namespace {

std::string_view firstWord(const std::string& text) noexcept {
    return std::string_view{text}.substr(0, text.find(' '));
}

const char* typeName(RedisReply::Type type) noexcept {
    switch (type) {
        case RedisReply::Type::nil:
            return "nil";
        case RedisReply::Type::status:
            return "status";
        case RedisReply::Type::error:
            return "error";
        case RedisReply::Type::integer:
            return "integer";
        case RedisReply::Type::bulk:
            return "bulk string";
        case RedisReply::Type::array:
            return "array";
        case RedisReply::Type::unsupported:
            break;
    }
    return "unknown type";
}

}  // namespace

ErrorCode redisErrorCode(const std::string& text) noexcept {
    struct Prefix {
        std::string_view word;
        ErrorCode code;
    };
    static constexpr Prefix kPrefixes[] = {
        {"WRONGPASS", ErrorCode::authentication},
        {"NOAUTH", ErrorCode::authentication},
        {"NOPERM", ErrorCode::noPermission},
        {"DENIED", ErrorCode::noPermission},
        {"READONLY", ErrorCode::readOnly},
        {"MISCONF", ErrorCode::readOnly},
        {"OOM", ErrorCode::outOfMemory},
        {"LOADING", ErrorCode::loading},
        {"NOREPLICAS", ErrorCode::readOnly},
        {"MASTERDOWN", ErrorCode::loading},
        {"CLUSTERDOWN", ErrorCode::loading},
        {"TRYAGAIN", ErrorCode::loading},
        {"BUSY", ErrorCode::loading},
    };
    const std::string_view word = firstWord(text);
    for (const Prefix& prefix : kPrefixes) {
        if (word == prefix.word) {
            return prefix.code;
        }
    }
    return ErrorCode::serverError;
}

Error redisError(const RedisReply& reply, std::string subject) {
    return Error{redisErrorCode(reply.text), std::move(subject), reply.text};
}

Error unexpectedReply(const RedisReply& reply, std::string subject) {
    if (reply.isError()) {
        return redisError(reply, std::move(subject));
    }
    return Error{ErrorCode::notThisProtocol, std::move(subject),
                 std::string{"a reply of another type than expected: "} + typeName(reply.type)};
}

Error redisScriptError(const RedisReply& reply, std::string subject) {
    // What a script may not do is reported with a plain ERR by Redis 7.0 and by 7.2.
    for (const char* begin : {"ERR The user executing the script can't", "ERR ACL failure"}) {
        if (reply.isError() && reply.text.starts_with(begin)) {
            return Error{ErrorCode::noPermission, std::move(subject), reply.text};
        }
    }
    if (reply.isError() && reply.text.starts_with("ERR unknown command")) {
        return Error{ErrorCode::unsupported, std::move(subject), reply.text};
    }
    return unexpectedReply(reply, std::move(subject));
}

bool isResp2(const RedisReply& reply) noexcept {
    return reply.type != RedisReply::Type::unsupported &&
           std::all_of(reply.elements.begin(), reply.elements.end(), isResp2);
}

bool isWrongType(const RedisReply& reply) noexcept {
    return reply.isError() && firstWord(reply.text) == "WRONGTYPE";
}

}  // namespace cachescope
