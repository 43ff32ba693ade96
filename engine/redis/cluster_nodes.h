// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/redis_pool.h"
#include "engine/redis/redis_target.h"
#include "engine/redis/slot_map.h"

namespace cachescope {

/// Whether a cluster may mend a failure of one of its servers by itself, so that waiting helps.
bool mayPassInCluster(const Error& error) noexcept;

/// The servers of a cluster as a client knows them: who has which slot, and a pool for each.
///
/// The map is asked for when it is first needed, and again when somebody has cause to doubt it: by
/// one thread for all, of one server after the other, at most every kRefreshEvery. A map is a value
/// that others may hold while a newer one takes its place; a server that is in none any more goes
/// when nobody uses it. Any thread.
class ClusterNodes {
public:
    static constexpr Duration kRefreshEvery = std::chrono::milliseconds{100};
    /// How long to wait before a server that is down is tried again.
    static constexpr Duration kDownWait = std::chrono::milliseconds{50};

    struct Node {
        Node(ClusterEndpoint where, std::uint64_t place, RedisAddress address,
             const RedisClientOptions& options, RedisCommand greeting)
            : endpoint(std::move(where)),
              order(place),
              pool(std::move(address), options, std::move(greeting)) {}

        const ClusterEndpoint endpoint;
        const std::uint64_t order;  ///< who takes connections of several takes them in this order
        RedisPool pool;
    };
    using Map = std::shared_ptr<const SlotMap>;

    ClusterNodes(const RedisTarget& target, const RedisClientOptions& options);

    /// The present map; where there is none, or doubt, a new one if it is time for that. Fails only
    /// where there is none, as the last server that was asked.
    Result<Map> map(TimePoint deadline);

    /// A server has said, by MOVED, where a slot is.
    void moved(std::size_t slot, const ClusterEndpoint& to);
    /// Something does not fit the map: the next who needs it looks for a new one.
    void doubt();

    std::shared_ptr<Node> node(const ClusterEndpoint& endpoint);

    /// Waits for `span` at most, and not beyond `deadline`, or until the map changes.
    void waitForChange(Duration span, TimePoint deadline);

    /// Those of all pools.
    RedisCounters counters() const;

private:
    Result<Map> ask(TimePoint deadline);
    std::vector<ClusterEndpoint> candidates();
    void adopt(Map map);

    const RedisAddress m_common;  // login and TLS
    const std::vector<ClusterEndpoint> m_seeds;
    const RedisClientOptions m_options;
    const RedisCommand m_greeting;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    Map m_map;
    bool m_doubted = false;
    bool m_asking = false;
    std::optional<TimePoint> m_asked;  // when the last question was answered or given up
    std::optional<Error> m_failure;    // of that question
    std::size_t m_turn = 0;            // who is asked first
    std::map<std::string, std::shared_ptr<Node>> m_nodes;
    std::uint64_t m_nextOrder = 0;
    RedisCounters m_gone;  // of servers that are no more
};

}  // namespace cachescope
