// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_process.h"

namespace cachescope {

/// A redis-server of one's own, for as long as this object lives.
///
/// It listens on a Unix socket in a fresh directory that nobody else may enter, has no port, writes
/// nothing to disk but its log, holds 64 MB at most and evicts the least recently used key. It ends
/// with this process at the latest; the destructor ends it and removes the directory. Make and
/// destroy it on any thread. It does not come back by itself when it is killed from outside.
class PrivateRedisServer {
public:
    /// Whether a server program is installed.
    static bool available();

    /// notFound without a server program; otherwise as RedisProcess::start() fails.
    /// `extraArguments` come after the own ones and win over them.
    static Result<std::unique_ptr<PrivateRedisServer>> start(
        Duration timeout = std::chrono::seconds{5},
        const std::vector<std::string>& extraArguments = {},
        const Clock& clock = SystemClock::instance());

    ~PrivateRedisServer();
    PrivateRedisServer(const PrivateRedisServer&) = delete;
    PrivateRedisServer& operator=(const PrivateRedisServer&) = delete;

    /// Where it is: "redis+unix:/…".
    std::string url() const;
    /// False when the process has ended, because somebody killed it.
    bool running() const { return m_process->running(); }
    pid_t pid() const noexcept { return m_process->pid(); }
    const std::string& directory() const noexcept { return m_directory; }

private:
    PrivateRedisServer() = default;

    std::string m_directory;
    RedisAddress m_address;
    std::unique_ptr<RedisProcess> m_process;
};

}  // namespace cachescope
