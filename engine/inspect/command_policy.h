// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

/// How far a command reaches into an inspected server.
enum class CommandReach : std::uint8_t {
    observe,   ///< changes nothing, and no key looks used because of it
    open,      ///< reads one key that a person has opened: its idle time begins anew
    settings,  ///< MONITOR, and the flags of notifications: slows the server or has to be put back
    change,    ///< changes or removes keys: only once a person has unlocked that
};

/// Bounds of what one command may ask for.
inline constexpr std::uint64_t kMostScanCount = 5000;
inline constexpr std::uint64_t kMostSamples = 100;        ///< of MEMORY USAGE
inline constexpr std::uint64_t kMostElements = 10'000;    ///< of a range, a page
inline constexpr std::uint64_t kMostBytes = 1ULL << 20;   ///< of a part of a string
inline constexpr std::uint64_t kMostLogEntries = 1000;    ///< of the slow log
inline constexpr std::size_t kMostKeysOfACommand = 1000;  ///< EXISTS, UNLINK

/// Whether somebody who was granted one reach may send what needs another. `observe` is part of
/// every reach, and `open` of `change`.
constexpr bool covers(CommandReach granted, CommandReach needed) noexcept {
    return needed == CommandReach::observe || needed == granted ||
           (needed == CommandReach::open && granted == CommandReach::change);
}

/// A command that may be sent: its place on the list of those.
struct CommandPass {
    CommandReach reach = CommandReach::observe;
    std::uint16_t number = 0;    ///< below commandCount(); the same for each command of a kind
    std::uint32_t keys = 0;      ///< that it looks up in a way that the server counts
    bool ownConnection = false;  ///< changes what a connection is: not on one that others share
};

/// The allow-list, the one place that decides what is sent to an inspected server. noPermission,
/// with the command as subject and the reason as detail, for everything that is not on it, and for
/// what is on it with arguments that would ask for too much. Pure functions; any thread.
Result<CommandPass> passOf(const RedisCommand& command);
Result<CommandReach> reachOf(const RedisCommand& command);

/// How many commands the list has, and the name of each: "scan", "memory|usage".
std::size_t commandCount() noexcept;
std::string_view commandName(std::size_t number) noexcept;

/// Look-ups that commands have added to the keyspace_hits and keyspace_misses of their server.
struct LookUps {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    /// Either: the reply does not tell, such as an empty part of a string.
    std::uint64_t unsure = 0;

    LookUps& operator+=(const LookUps& other) noexcept {
        hits += other.hits;
        misses += other.misses;
        unsure += other.unsure;
        return *this;
    }
    bool operator==(const LookUps&) const = default;
};

/// What a command that got this reply has added. Nothing for commands that are not on the list.
LookUps lookUpsOf(const RedisCommand& command, const RedisReply& reply);

/// The same with the pass at hand. Of the arguments, only a page's cursor is looked at; without
/// the command, pages count as later ones.
LookUps lookUpsOf(const CommandPass& pass, const RedisReply& reply,
                  const RedisCommand* command = nullptr);

/// What has to be granted to the server's user so that it may send a command that was answered with
/// NOPERM: "+memory|usage", "~*" where the key was refused, "&*" for a channel. Empty for any other
/// reply.
std::string missingRule(const RedisCommand& command, const RedisReply& reply);

}  // namespace cachescope::inspect
