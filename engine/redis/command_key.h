// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/redis/redis_reply.h"

namespace cachescope {

/// Where a command's first key stands among its words, 1 for most; nothing for commands without a
/// key, which any server of a cluster can do. A pure function; any thread.
std::optional<std::size_t> keyPlace(const RedisCommand& command);

/// Whether a command is known to read only, so that a replica may do it. Scripts are not.
bool onlyReads(const RedisCommand& command);

}  // namespace cachescope
