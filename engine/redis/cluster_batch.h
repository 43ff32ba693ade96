// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/redis/cluster_nodes.h"
#include "engine/redis/redis_client.h"

namespace cachescope {

/// The commands of one call to a cluster, on their way to a reply each. For ClusterClient.
///
/// run() goes in rounds: each sends what has no reply yet to the servers that should have it, to
/// all at the same time, and sorts what comes back into replies, failures and what has to be sent
/// again, elsewhere or later. Commands of the same slot go to the same server in their order. A
/// server that cannot be reached takes only its share of the time, so that the others can answer.
/// One thread, once.
class ClusterBatch {
public:
    struct Options {
        RedisRepeat repeat;
        TimePoint deadline{};
        bool readsReplicas;
        std::uint64_t turn;  ///< spreads what any server may do
        const Clock& clock;
    };

    ClusterBatch(ClusterNodes& nodes, std::span<const RedisCommand> commands,
                 const Options& options, std::atomic<std::uint64_t>& redirections);

    std::vector<Result<RedisReply>> run();

private:
    struct Item {
        std::optional<std::size_t> slot;     // nothing: any server will do
        std::optional<ClusterEndpoint> ask;  // this one, once
        std::optional<ClusterEndpoint> failed;
        int redirections = 0;
        int failures = 0;
        bool primaryOnly = false;
        bool done = false;
    };
    struct Group {
        std::shared_ptr<ClusterNodes::Node> node;
        std::vector<std::size_t> items;
        std::vector<RedisCommand> commands;  // copies, unless all go to one server as they are
        std::optional<RedisPool::Lease> lease;
    };

    ClusterEndpoint endpointFor(const Item& item, const SlotMap& map) const;
    std::vector<Group> divide(const SlotMap& map);
    void exchange(std::vector<Group>& groups);
    std::span<const RedisCommand> commandsOf(const Group& group) const;
    void lendFor(std::vector<Group*>& groups, bool waits);
    void sendLent(std::span<Group* const> groups);
    void take(const Group& group, Result<std::vector<RedisReply>>& replies);
    void answered(std::size_t index, RedisReply reply, const ClusterEndpoint& from);
    void redirected(std::size_t index, const RedisReply& reply, const ClusterEndpoint& from);
    void failed(std::size_t index, const Error& error, const ClusterEndpoint& from, bool sent);
    bool prepareNextRound();
    bool mayTryAgain(Item& item);
    bool failAll(const Error& error);

    ClusterNodes& m_nodes;
    const std::span<const RedisCommand> m_commands;
    const Options m_options;
    std::atomic<std::uint64_t>& m_redirections;
    bool m_onlyReads = false;
    std::vector<Item> m_items;
    std::vector<Result<RedisReply>> m_results;
    Duration m_wait{};  // before the next round
};

}  // namespace cachescope
