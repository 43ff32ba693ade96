// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/error.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

/// The Error for an error reply to a command: noPermission with the ACL rule that is missing as
/// subject ("+slowlog|get"), unsupported where the server does not know the command, otherwise as
/// redisError() about the command. The server's text is the detail. Pure; any thread.
Error refusalOf(const RedisCommand& command, const RedisReply& reply);

/// Whether an error reply says that the server knows no such command, subcommand or argument.
bool isUnknownCommand(const RedisReply& reply) noexcept;

}  // namespace cachescope::inspect
