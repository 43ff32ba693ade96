// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_cluster.h"

#include "engine/redis/slot_map.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"

namespace cachescope::test {

namespace {

std::unique_ptr<RedisCluster> theShared;

// Ends the servers before the program does.
class EndOfCluster final : public ::testing::Environment {
    void TearDown() override { theShared.reset(); }
};
[[maybe_unused]] const auto* const kEndOfCluster =
    ::testing::AddGlobalTestEnvironment(new EndOfCluster);

}  // namespace

RedisCluster& RedisCluster::shared() {
    if (theShared == nullptr) {
        theShared = std::make_unique<RedisCluster>();
    }
    return *theShared;
}

void RedisCluster::renew() {
    theShared.reset();
}

RedisCluster::RedisCluster() {
    inParallel(kServers, [this](int i) {
        RedisServer::Options options;
        options.tcp = true;
        options.arguments = {"--cluster-enabled",
                             "yes",
                             "--cluster-node-timeout",
                             "1000",
                             "--cluster-replica-validity-factor",
                             "0",
                             "--repl-diskless-sync-delay",
                             "0",
                             "--repl-ping-replica-period",
                             "1",
                             "--cluster-config-file",
                             "nodes.conf"};
        m_servers.at(static_cast<std::size_t>(i)) = std::make_unique<RedisServer>(options);
    });
    for (int i = 0; i < kServers; ++i) {
        server(i).command({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    }
    const std::array<int, 4> bounds{0, 5461, 10923, static_cast<int>(kRedisSlots)};
    for (std::size_t i = 0; i < 3; ++i) {
        server(static_cast<int>(i))
            .command({"CLUSTER", "ADDSLOTSRANGE", std::to_string(bounds.at(i)),
                      std::to_string(bounds.at(i + 1) - 1)});
    }
    // Each with each: to hear of the others takes longer.
    for (int i = 0; i < kServers; ++i) {
        for (int j = 0; j < i; ++j) {
            server(i).command(
                {"CLUSTER", "MEET", "127.0.0.1", std::to_string(server(j).address().port)});
        }
    }
    const auto knows = [this](int i, int others) {
        const std::string info = server(i).command({"CLUSTER", "INFO"}).text;
        return info.find("cluster_known_nodes:" + std::to_string(others)) != std::string::npos;
    };
    for (int i = 0; i < kServers; ++i) {
        EXPECT_TRUE(eventually([&] { return knows(i, kServers); })) << "server " << i;
    }
    for (int i = 3; i < kServers; ++i) {
        server(i).command({"CLUSTER", "REPLICATE", idOf(i - 3)});
    }
    waitUntilWhole();
}

std::string RedisCluster::hostPort(int i) const {
    return "127.0.0.1:" + std::to_string(m_servers.at(static_cast<std::size_t>(i))->address().port);
}

std::string RedisCluster::url(const std::string& parameters) const {
    return "redis+cluster://" + hostPort(0) + ',' + hostPort(4) +
           (parameters.empty() ? "" : '?' + parameters);
}

std::string RedisCluster::idOf(int i) {
    return server(i).command({"CLUSTER", "MYID"}).text;
}

int RedisCluster::ownerOf(std::size_t slot, int asked) {
    const RedisReply reply = server(asked).command({"CLUSTER", "SLOTS"});
    const auto map = SlotMap::fromReply(reply, {"127.0.0.1", server(asked).address().port});
    const SlotMap::Shard* const shard = map ? map->shardOf(slot) : nullptr;
    for (int i = 0; shard != nullptr && i < kServers; ++i) {
        if (shard->primary.port == server(i).address().port) {
            return i;
        }
    }
    return -1;
}

bool RedisCluster::isPrimary(int i) {
    return server(i).command({"ROLE"}).elements.at(0).text == "master";
}

bool RedisCluster::isWhole(int i) {
    const std::string info = server(i).command({"CLUSTER", "INFO"}).text;
    if (info.find("cluster_state:ok") == std::string::npos) {
        return false;
    }
    const RedisReply reply = server(i).command({"CLUSTER", "SLOTS"});
    const auto map = SlotMap::fromReply(reply, {"127.0.0.1", server(i).address().port});
    if (!map || map->covered() != kRedisSlots || map->shards().size() != 3) {
        return false;
    }
    for (const SlotMap::Shard& shard : map->shards()) {
        if (shard.replicas.size() != 1) {
            return false;
        }
    }
    const RedisReply role = server(i).command({"ROLE"});
    return role.elements.at(0).text == "master" || role.elements.at(3).text == "connected";
}

void RedisCluster::waitUntilWhole() {
    for (int i = 0; i < kServers; ++i) {
        EXPECT_TRUE(eventually([&] { return isWhole(i); })) << "server " << i;
    }
}

}  // namespace cachescope::test
