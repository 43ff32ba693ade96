// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <string>

#include "tests/support/redis_server.h"

namespace cachescope::test {

/// A real Redis Cluster on 127.0.0.1: three primaries, each with a replica, that fail over soon.
///
/// Ready when the constructor returns: every server knows every other and the cluster is up.
/// Primaries are 0 to 2, with a third of the slots each, and 3 to 5 replicate them, until a
/// failover changes that. One thread.
class RedisCluster {
public:
    static constexpr int kServers = 6;

    RedisCluster();

    /// The one that all tests of this program share, made for the first. Who treats it badly mends
    /// it; keys are told apart by their names. It must not be asked for without a redis-server.
    static RedisCluster& shared();
    /// Ends that one, so that the next test begins with another: whoever lets servers fail over
    /// cannot count on how the last failover left them.
    static void renew();

    RedisServer& server(int i) { return *m_servers.at(static_cast<std::size_t>(i)); }
    std::string hostPort(int i) const;
    /// "redis+cluster://" and one or two of the servers.
    std::string url(const std::string& parameters = {}) const;
    std::string idOf(int i);
    /// The server that is the primary of a slot now, as server `asked` says; -1 for nobody known.
    int ownerOf(std::size_t slot, int asked);
    /// Whether the server is a primary in its own eyes.
    bool isPrimary(int i);
    /// Waits until all servers agree that the cluster is up and each primary has its replica.
    void waitUntilWhole();

private:
    bool isWhole(int i);

    std::array<std::unique_ptr<RedisServer>, kServers> m_servers;
};

}  // namespace cachescope::test
