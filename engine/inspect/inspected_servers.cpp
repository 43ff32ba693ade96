// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspected_servers.h"

#include <utility>

#include "engine/redis/cluster_nodes.h"
#include "engine/redis/primary_finder.h"

namespace cachescope::inspect {

InspectedServers::InspectedServers(RedisTarget target, const Clock& clock)
    : m_target(std::move(target)) {
    if (m_target.kind == RedisTarget::Kind::cluster) {
        RedisClientOptions options;
        options.clock = &clock;
        m_nodes = std::make_unique<ClusterNodes>(m_target, options);
    } else if (m_target.kind == RedisTarget::Kind::sentinel) {
        m_finder = std::make_unique<PrimaryFinder>(m_target, clock);
    }
}

InspectedServers::~InspectedServers() = default;

Result<std::vector<RedisAddress>> InspectedServers::find(TimePoint deadline) {
    if (m_finder != nullptr) {
        auto primary = m_finder->find(deadline);
        if (!primary) {
            return primary.error();
        }
        return std::vector<RedisAddress>{std::move(*primary)};
    }
    if (m_nodes == nullptr) {
        return m_target.seeds;
    }
    m_nodes->doubt();
    const auto map = m_nodes->map(deadline);
    if (!map) {
        return map.error();
    }
    std::vector<RedisAddress> primaries;
    for (const auto& shard : (*map)->shards()) {
        RedisAddress address = m_target.seeds.front();
        address.host = shard.primary.host;
        address.port = shard.primary.port;
        primaries.push_back(std::move(address));
    }
    return primaries;
}

}  // namespace cachescope::inspect
