// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/redis/cluster_nodes.h"
#include "engine/redis/redis_client.h"

namespace cachescope {

/// The RedisClient of a cluster: each command goes to the server that has its key's slot.
///
/// The servers that a call is for work on it at the same time. A command that another server has to
/// serve (MOVED, ASK) goes there, at most kMostRedirections times; one that a migration holds up
/// (TRYAGAIN), or a cluster that is down (CLUSTERDOWN) or a server that reads its data, is tried
/// again up to the deadline. All these were not carried out, so that they are sent again whether
/// or not they may be repeated; what was lost with a connection is only if it may. When a server is
/// gone, the others are asked who has its slots now. As long as nobody has, commands for them are
/// tried again up to the deadline, so that a call with a long one lasts through a failover; those
/// for other servers work. The subject of an Error is the server that failed.
///
/// A command without a key goes where the first one with a key goes, otherwise to any primary. With
/// `replicas=on` a call of GET and MGET alone may be answered by replicas, and so late.
///
/// scan() goes through the primaries in the order of their slots. When the client learns between
/// two pages that slots or primaries have changed it begins again, so that keys come twice, but
/// none that stays is left out. Keys whose slot moves behind the scan, while it goes on and no
/// other command meets it, may be left out. Any thread.
class ClusterClient final : public RedisClient {
public:
    static constexpr int kMostRedirections = 8;

    /// `target` must be of a cluster.
    ClusterClient(RedisTarget target, RedisClientOptions options);

    using RedisClient::callAll;
    Result<std::vector<RedisReply>> callAll(std::span<const RedisCommand> commands,
                                            RedisRepeat repeat, TimePoint deadline) override;
    std::vector<Result<RedisReply>> callEach(std::span<const RedisCommand> commands,
                                             RedisRepeat repeat, TimePoint deadline) override;
    Result<ScanPage> scan(const std::string& cursor, const std::string& match, std::size_t count,
                          TimePoint deadline) override;
    std::string tagFor(std::string_view key) const override;
    RedisCounters counters() const override;

private:
    ClusterNodes m_nodes;
    std::atomic<std::uint64_t> m_redirections{0};
    std::atomic<std::uint64_t> m_turn{0};  // spreads what any server may do
};

}  // namespace cachescope
