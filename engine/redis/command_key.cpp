// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/command_key.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace cachescope {

namespace {

constexpr std::string_view kKeyless[] = {
    "ACL",        "ASKING",    "AUTH",      "BGREWRITEAOF", "BGSAVE",       "CLIENT",  "CLUSTER",
    "COMMAND",    "CONFIG",    "DBSIZE",    "DEBUG",        "DISCARD",      "ECHO",    "EXEC",
    "FAILOVER",   "FLUSHALL",  "FLUSHDB",   "FUNCTION",     "HELLO",        "INFO",    "KEYS",
    "LASTSAVE",   "LATENCY",   "LOLWUT",    "MODULE",       "MONITOR",      "MULTI",   "PING",
    "PSUBSCRIBE", "PSYNC",     "PUBLISH",   "PUBSUB",       "PUNSUBSCRIBE", "QUIT",    "RANDOMKEY",
    "READONLY",   "READWRITE", "REPLICAOF", "RESET",        "ROLE",         "SAVE",    "SCAN",
    "SCRIPT",     "SELECT",    "SENTINEL",  "SHUTDOWN",     "SLAVEOF",      "SLOWLOG", "SUBSCRIBE",
    "SWAPDB",     "SYNC",      "TIME",      "UNSUBSCRIBE",  "UNWATCH",      "WAIT",
};
// The number of keys stands before them.
constexpr std::string_view kCounted[] = {"EVAL",    "EVALSHA", "EVALSHA_RO",
                                         "EVAL_RO", "FCALL",   "FCALL_RO"};
constexpr std::string_view kCountedAtOnce[] = {"LMPOP",      "SINTERCARD", "ZDIFF", "ZINTER",
                                               "ZINTERCARD", "ZMPOP",      "ZUNION"};
// The key comes second, after a subcommand, a number or an operation.
constexpr std::string_view kSecond[] = {"BITOP", "MEMORY", "OBJECT", "XGROUP", "XINFO"};
constexpr std::string_view kReading[] = {
    "BITCOUNT",
    "BITFIELD_RO",
    "BITPOS",
    "DUMP",
    "EXISTS",
    "EXPIRETIME",
    "GEODIST",
    "GEOHASH",
    "GEOPOS",
    "GEOSEARCH",
    "GET",
    "GETBIT",
    "GETRANGE",
    "HEXISTS",
    "HGET",
    "HGETALL",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HRANDFIELD",
    "HSCAN",
    "HSTRLEN",
    "HVALS",
    "LINDEX",
    "LLEN",
    "LPOS",
    "LRANGE",
    "MEMORY",
    "MGET",
    "OBJECT",
    "PEXPIRETIME",
    "PFCOUNT",
    "PTTL",
    "SCARD",
    "SDIFF",
    "SINTER",
    "SISMEMBER",
    "SMEMBERS",
    "SMISMEMBER",
    "SORT_RO",
    "SRANDMEMBER",
    "SSCAN",
    "STRLEN",
    "SUBSTR",
    "SUNION",
    "TTL",
    "TYPE",
    "XINFO",
    "XLEN",
    "XPENDING",
    "XRANGE",
    "XREVRANGE",
    "ZCARD",
    "ZCOUNT",
    "ZLEXCOUNT",
    "ZMSCORE",
    "ZRANGE",
    "ZRANGEBYLEX",
    "ZRANGEBYSCORE",
    "ZRANK",
    "ZREVRANGE",
    "ZREVRANGEBYLEX",
    "ZREVRANGEBYSCORE",
    "ZREVRANK",
    "ZSCAN",
    "ZSCORE",
};

template <std::size_t n>
bool isAmong(const std::string_view (&names)[n], std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string upper(std::string_view word) {
    std::string text{word};
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

std::optional<std::size_t> within(const RedisCommand& command, std::size_t place) {
    return place < command.size() ? std::optional{place} : std::nullopt;
}

// The place after a number of keys that stands at `count`, if there are any.
std::optional<std::size_t> afterCount(const RedisCommand& command, std::size_t count) {
    if (count >= command.size()) {
        return std::nullopt;
    }
    const std::string& text = command[count];
    long long keys = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), keys);
    const bool some = parsed.ec == std::errc{} && keys > 0;
    return some ? within(command, count + 1) : std::nullopt;
}

std::optional<std::size_t> afterStreams(const RedisCommand& command) {
    for (std::size_t i = 1; i < command.size(); ++i) {
        if (upper(command[i]) == "STREAMS") {
            return within(command, i + 1);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> keyPlace(const RedisCommand& command) {
    if (command.empty()) {
        return std::nullopt;
    }
    const std::string name = upper(command.front());
    if (isAmong(kKeyless, name)) {
        return std::nullopt;
    }
    if (isAmong(kCounted, name)) {
        return afterCount(command, 2);
    }
    if (isAmong(kCountedAtOnce, name)) {
        return afterCount(command, 1);
    }
    if (name == "MIGRATE") {
        return within(command, 3);
    }
    if (name == "BLMPOP" || name == "BZMPOP") {
        return afterCount(command, 2);
    }
    if (name == "XREAD" || name == "XREADGROUP") {
        return afterStreams(command);
    }
    return within(command, isAmong(kSecond, name) ? 2 : 1);
}

bool onlyReads(const RedisCommand& command) {
    return !command.empty() && isAmong(kReading, upper(command.front()));
}

}  // namespace cachescope
