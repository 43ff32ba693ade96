// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/refusal.h"

#include <string>

#include "engine/inspect/command_policy.h"

namespace cachescope::inspect {

bool isUnknownCommand(const RedisReply& reply) noexcept {
    return reply.isError() && (reply.text.starts_with("ERR unknown command") ||
                               reply.text.starts_with("ERR unknown subcommand") ||
                               reply.text.starts_with("ERR Unknown subcommand"));
}

Error refusalOf(const RedisCommand& command, const RedisReply& reply) {
    if (std::string rule = missingRule(command, reply); !rule.empty()) {
        return Error{ErrorCode::noPermission, std::move(rule), reply.text};
    }
    const std::string name = command.empty() ? std::string{} : command.front();
    if (isUnknownCommand(reply)) {
        return Error{ErrorCode::unsupported, name, reply.text};
    }
    return redisError(reply, name);
}

}  // namespace cachescope::inspect
