// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/command_list.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>

namespace cachescope::inspect {

namespace {

using Reason = const char*;

constexpr Reason kFine = nullptr;
constexpr Reason kForm = "not in the form that is allowed";

bool isWord(const std::string& text, std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char one, char other) {
        return std::toupper(static_cast<unsigned char>(one)) == other;
    });
}

std::optional<std::int64_t> numberIn(const std::string& text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{number} : std::nullopt;
}

bool isWithin(const std::string& text, std::int64_t low, std::uint64_t high) {
    const auto number = numberIn(text);
    return number && *number >= low && *number <= static_cast<std::int64_t>(high);
}

Reason alone(const RedisCommand& command) {
    return command.size() == 1 ? kFine : kForm;
}
Reason oneWord(const RedisCommand& command) {
    return command.size() == 2 ? kFine : kForm;
}
Reason twoWords(const RedisCommand& command) {
    return command.size() == 3 ? kFine : kForm;
}
Reason scan(const RedisCommand& command) {
    if (command.size() < 2 || command.size() % 2 != 0) {
        return kForm;
    }
    for (std::size_t i = 2; i < command.size(); i += 2) {
        if (isWord(command[i], "TYPE")) {
            return "TYPE looks every key up, which counts as hits";
        }
        if (isWord(command[i], "COUNT")) {
            if (!isWithin(command[i + 1], 1, kMostScanCount)) {
                return "COUNT is over the bound, and holds the server up for long";
            }
        } else if (!isWord(command[i], "MATCH")) {
            return kForm;
        }
    }
    return kFine;
}

Reason memoryUsage(const RedisCommand& command) {
    if (command.size() == 3) {
        return kFine;
    }
    if (command.size() != 5 || !isWord(command[3], "SAMPLES")) {
        return kForm;
    }
    return isWithin(command[4], 1, kMostSamples)
               ? kFine
               : "SAMPLES 0 walks all elements, and many take nearly as long";
}

Reason someKeys(const RedisCommand& command) {
    return command.size() >= 2 && command.size() - 1 <= kMostKeysOfACommand ? kFine : kForm;
}

bool isSecret(const std::string& parameter) {
    static constexpr std::array<std::string_view, 6> kSecrets{
        "REQUIREPASS", "MASTERAUTH",        "PRIMARYAUTH",
        "MASTERUSER",  "TLS-KEY-FILE-PASS", "TLS-CLIENT-KEY-FILE-PASS"};
    return std::any_of(kSecrets.begin(), kSecrets.end(),
                       [&](std::string_view secret) { return isWord(parameter, secret); });
}

Reason configGet(const RedisCommand& command) {
    if (command.size() < 3) {
        return kForm;
    }
    for (std::size_t i = 2; i < command.size(); ++i) {
        if (command[i].find_first_of("*?[\\") != std::string::npos) {
            return "only parameters by their names";
        }
        if (isSecret(command[i])) {
            return "the parameter is a password";
        }
    }
    return kFine;
}

Reason configSet(const RedisCommand& command) {
    return command.size() == 4 && isWord(command[2], "NOTIFY-KEYSPACE-EVENTS")
               ? kFine
               : "only notify-keyspace-events may be set";
}

Reason slowLogGet(const RedisCommand& command) {
    return command.size() == 2 || (command.size() == 3 && isWithin(command[2], 0, kMostLogEntries))
               ? kFine
               : "more entries than the bound";
}

Reason commandLogGet(const RedisCommand& command) {
    return command.size() == 4 && isWithin(command[2], 0, kMostLogEntries)
               ? kFine
               : "more entries than the bound";
}

Reason channels(const RedisCommand& command) {
    if (command.size() < 2) {
        return kForm;
    }
    for (std::size_t i = 1; i < command.size(); ++i) {
        const std::string& channel = command[i];
        if (!channel.starts_with("__keyspace@") && !channel.starts_with("__keyevent@") &&
            channel != "__redis__:invalidate") {
            return "only the server's own notifications";
        }
    }
    return kFine;
}

Reason byteRange(const RedisCommand& command) {
    if (command.size() != 4) {
        return kForm;
    }
    const auto first = numberIn(command[2]);
    const auto last = numberIn(command[3]);
    const bool bounded = first && last && *first >= 0 && *last >= 0 &&
                         *last - *first < static_cast<std::int64_t>(kMostBytes);
    return bounded ? kFine : "the part of the string has no bound, or is over it";
}

// LRANGE and ZRANGE by index: both ends counted from the same side.
Reason elementRange(const RedisCommand& command) {
    if (command.size() < 4) {
        return kForm;
    }
    for (std::size_t i = 4; i < command.size(); ++i) {
        if (!isWord(command[i], "WITHSCORES") && !isWord(command[i], "REV")) {
            return kForm;
        }
    }
    const auto first = numberIn(command[2]);
    const auto last = numberIn(command[3]);
    const bool sameSide = first && last && (*first < 0) == (*last < 0);
    // Of two numbers with the same sign, the difference cannot overflow.
    return sameSide && *last - *first < static_cast<std::int64_t>(kMostElements)
               ? kFine
               : "the range has no bound, or is over it";
}

Reason page(const RedisCommand& command) {
    if (command.size() < 3) {
        return kForm;
    }
    for (std::size_t i = 3; i < command.size(); ++i) {
        const bool hasValue = i + 1 < command.size();
        if (isWord(command[i], "COUNT") && hasValue) {
            if (!isWithin(command[++i], 1, kMostElements)) {
                return "COUNT is over the bound";
            }
        } else if (isWord(command[i], "MATCH") && hasValue) {
            ++i;
        } else if (!isWord(command[i], "NOVALUES")) {
            return kForm;
        }
    }
    return kFine;
}

Reason streamRange(const RedisCommand& command) {
    return command.size() == 6 && isWord(command[4], "COUNT") &&
                   isWithin(command[5], 1, kMostElements)
               ? kFine
               : "without a COUNT within the bound";
}

Reason hashFieldTimes(const RedisCommand& command) {
    return command.size() >= 5 && isWord(command[2], "FIELDS") &&
                   isWithin(command[3], 1, kMostElements) &&
                   command.size() - 4 <= static_cast<std::size_t>(kMostElements)
               ? kFine
               : kForm;
}

Reason atLeastThree(const RedisCommand& command) {
    return command.size() >= 3 ? kFine : kForm;
}

constexpr CommandReach kObserve = CommandReach::observe;
constexpr CommandReach kOpen = CommandReach::open;
constexpr CommandReach kSettings = CommandReach::settings;
constexpr CommandReach kChange = CommandReach::change;

// Sorted by name. Without a check, all arguments are fine.
constexpr ListedCommand kList[] = {
    {"acl|dryrun", kObserve},
    {"acl|whoami", kObserve},
    {"client|getname", kObserve},
    {"client|id", kObserve},
    {"client|info", kObserve},
    {"client|list", kObserve},
    {"client|no-evict", kObserve},
    {"client|no-touch", kObserve},
    {"client|setname", kObserve},
    {"client|tracking", kObserve},
    {"client|trackinginfo", kObserve},
    {"cluster|countkeysinslot", kObserve},
    {"cluster|info", kObserve},
    {"cluster|keyslot", kObserve},
    {"cluster|myid", kObserve},
    {"cluster|nodes", kObserve},
    {"cluster|shards", kObserve},
    {"cluster|slots", kObserve},
    {"commandlog|get", kObserve, LookUpRule::none, commandLogGet},
    {"commandlog|len", kObserve},
    {"command|count", kObserve},
    {"command|info", kObserve, LookUpRule::none, atLeastThree},
    {"config|get", kObserve, LookUpRule::none, configGet},
    {"config|set", kSettings, LookUpRule::none, configSet},
    {"dbsize", kObserve, LookUpRule::none, alone},
    {"echo", kObserve, LookUpRule::none, oneWord},
    {"exists", kObserve, LookUpRule::count, someKeys},
    {"expire", kChange, LookUpRule::none, atLeastThree},
    {"expireat", kChange, LookUpRule::none, atLeastThree},
    {"expiretime", kObserve, LookUpRule::ttl, oneWord},
    {"getrange", kOpen, LookUpRule::emptyUnsure, byteRange},
    {"hexpire", kChange, LookUpRule::none, atLeastThree},
    {"hexpireat", kChange, LookUpRule::none, atLeastThree},
    {"hget", kOpen, LookUpRule::emptyUnsure, twoWords},
    {"hlen", kOpen, LookUpRule::zeroIsMiss, oneWord},
    {"hpersist", kChange, LookUpRule::none, atLeastThree},
    {"hpexpire", kChange, LookUpRule::none, atLeastThree},
    {"hpexpireat", kChange, LookUpRule::none, atLeastThree},
    {"hpexpiretime", kOpen, LookUpRule::emptyUnsure, hashFieldTimes},
    {"hpttl", kOpen, LookUpRule::emptyUnsure, hashFieldTimes},
    {"hscan", kOpen, LookUpRule::page, page},
    {"hstrlen", kOpen, LookUpRule::emptyUnsure, twoWords},
    {"httl", kOpen, LookUpRule::emptyUnsure, hashFieldTimes},
    {"info", kObserve},
    {"lastsave", kObserve, LookUpRule::none, alone},
    {"latency|histogram", kObserve},
    {"latency|history", kObserve},
    {"latency|latest", kObserve},
    {"lindex", kOpen, LookUpRule::emptyUnsure, twoWords},
    {"llen", kOpen, LookUpRule::zeroIsMiss, oneWord},
    {"lrange", kOpen, LookUpRule::emptyUnsure, elementRange},
    {"memory|stats", kObserve},
    {"memory|usage", kObserve, LookUpRule::none, memoryUsage},
    {"module|list", kObserve},
    {"monitor", kSettings, LookUpRule::none, alone, true},
    {"object|encoding", kObserve, LookUpRule::object, twoWords},
    {"object|freq", kObserve, LookUpRule::object, twoWords},
    {"object|idletime", kObserve, LookUpRule::object, twoWords},
    {"object|refcount", kObserve, LookUpRule::object, twoWords},
    {"persist", kChange, LookUpRule::none, oneWord},
    {"pexpire", kChange, LookUpRule::none, atLeastThree},
    {"pexpireat", kChange, LookUpRule::none, atLeastThree},
    {"pexpiretime", kObserve, LookUpRule::ttl, oneWord},
    {"ping", kObserve},
    {"psubscribe", kObserve, LookUpRule::none, channels, true},
    {"pttl", kObserve, LookUpRule::ttl, oneWord},
    {"punsubscribe", kObserve, LookUpRule::none, nullptr, true},
    {"randomkey", kObserve, LookUpRule::none, alone},
    {"role", kObserve, LookUpRule::none, alone},
    {"scan", kObserve, LookUpRule::none, scan},
    {"scard", kOpen, LookUpRule::zeroIsMiss, oneWord},
    {"slowlog|get", kObserve, LookUpRule::none, slowLogGet},
    {"slowlog|len", kObserve},
    {"sscan", kOpen, LookUpRule::page, page},
    {"strlen", kOpen, LookUpRule::emptyUnsure, oneWord},
    {"subscribe", kObserve, LookUpRule::none, channels, true},
    {"time", kObserve, LookUpRule::none, alone},
    {"ttl", kObserve, LookUpRule::ttl, oneWord},
    {"type", kObserve, LookUpRule::type, oneWord},
    {"unlink", kChange, LookUpRule::none, someKeys},
    {"unsubscribe", kObserve, LookUpRule::none, nullptr, true},
    {"xinfo|groups", kOpen, LookUpRule::emptyUnsure, twoWords},
    {"xinfo|stream", kOpen, LookUpRule::emptyUnsure, twoWords},
    {"xlen", kOpen, LookUpRule::emptyUnsure, oneWord},
    {"xrange", kOpen, LookUpRule::emptyUnsure, streamRange},
    {"xrevrange", kOpen, LookUpRule::emptyUnsure, streamRange},
    {"zcard", kOpen, LookUpRule::zeroIsMiss, oneWord},
    {"zrange", kOpen, LookUpRule::emptyUnsure, elementRange},
    {"zscan", kOpen, LookUpRule::page, page},
    {"zscore", kOpen, LookUpRule::emptyUnsure, twoWords},
};

constexpr bool isSorted() {
    for (std::size_t i = 1; i < std::size(kList); ++i) {
        if (!(kList[i - 1].name < kList[i].name)) {
            return false;
        }
    }
    return true;
}
static_assert(isSorted());

}  // namespace

std::span<const ListedCommand> listedCommands() noexcept {
    return kList;
}

bool hasSubcommands(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 12> kContainers{
        "acl",     "client", "cluster", "command", "commandlog", "config",
        "latency", "memory", "module",  "object",  "slowlog",    "xinfo"};
    return std::find(kContainers.begin(), kContainers.end(), name) != kContainers.end();
}

}  // namespace cachescope::inspect
