// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <string>

#include "engine/redis/redis_process.h"
#include "tests/support/redis_server.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {

/// A primary with two replicas, watched by three real sentinels that replace it soon.
///
/// Ready when the constructor returns: each sentinel knows the others and both replicas. The
/// primary is server 0 until a failover changes that; its name is `watched`. One thread.
class RedisSentinels {
public:
    static constexpr int kEach = 3;

    RedisSentinels();

    RedisServer& server(int i) { return *m_servers.at(static_cast<std::size_t>(i)); }
    std::string sentinel(int i) const;  ///< "127.0.0.1:port"
    /// "redis+sentinel://" and all of them.
    std::string url(const std::string& parameters = {}) const;
    RedisReply ask(int sentinel, const RedisCommand& command);
    void killSentinel(int i);
    /// Which server a sentinel names; -1 for another.
    int primary(int sentinel = 0);
    void waitUntilWhole();

private:
    void startSentinel(std::size_t i);
    bool isWhole(int i);

    TemporaryDirectory m_directory;
    std::array<std::unique_ptr<RedisServer>, kEach> m_servers;
    std::array<RedisAddress, kEach> m_addresses;
    std::array<std::unique_ptr<RedisProcess>, kEach> m_sentinels;
};

}  // namespace cachescope::test
