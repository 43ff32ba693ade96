// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/inspect/command_policy.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

/// How a reply tells whether the key that was looked up was there.
enum class LookUpRule : std::uint8_t {
    none,         ///< the server counts no look-up
    count,        ///< EXISTS: the number of those that are
    ttl,          ///< -2: not there
    type,         ///< "none": not there
    object,       ///< nil: not there
    zeroIsMiss,   ///< the size of what cannot be empty
    emptyUnsure,  ///< 0, nil or empty: not there, or nothing in that place
    page,         ///< [cursor, elements] of HSCAN and its kind
};

/// One line of the list. `check` gives the reason to refuse the arguments, or null.
struct ListedCommand {
    std::string_view name;  ///< in lower case, a subcommand behind a bar
    CommandReach reach = CommandReach::observe;
    LookUpRule lookUp = LookUpRule::none;
    const char* (*check)(const RedisCommand&) = nullptr;
    bool ownConnection = false;
};

/// The list, by name. For command_policy.cpp.
std::span<const ListedCommand> listedCommands() noexcept;

/// Whether the first word of a command is followed by a subcommand.
bool hasSubcommands(std::string_view name) noexcept;

}  // namespace cachescope::inspect
