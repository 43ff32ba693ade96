// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_target.h"

namespace cachescope {
class ClusterNodes;
class PrimaryFinder;
}  // namespace cachescope

namespace cachescope::inspect {

/// Which servers a target stands for: the one that it names, the primary that sentinels name, or
/// all primaries of a cluster.
///
/// Ask at the start and again after a failure: what changed meanwhile is seen then. Sends CLUSTER
/// SLOTS to servers, SENTINEL to sentinels and ROLE to the primary they name. find() waits; one
/// thread at a time.
class InspectedServers {
public:
    /// `clock` runs in real time and outlives this.
    explicit InspectedServers(RedisTarget target, const Clock& clock = SystemClock::instance());
    ~InspectedServers();
    InspectedServers(const InspectedServers&) = delete;
    InspectedServers& operator=(const InspectedServers&) = delete;

    /// At least one; of a cluster in the order of their first slots, each with the target's login.
    /// Fails as ClusterNodes::map() and PrimaryFinder::find() do.
    Result<std::vector<RedisAddress>> find(TimePoint deadline);

    const RedisTarget& target() const noexcept { return m_target; }

private:
    const RedisTarget m_target;
    std::unique_ptr<ClusterNodes> m_nodes;
    std::unique_ptr<PrimaryFinder> m_finder;
};

}  // namespace cachescope::inspect
