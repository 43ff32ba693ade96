// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/cluster_nodes.h"

#include <algorithm>
#include <set>
#include <utility>

namespace cachescope {

namespace {

std::vector<ClusterEndpoint> endpointsOf(const RedisTarget& target) {
    std::vector<ClusterEndpoint> endpoints;
    endpoints.reserve(target.seeds.size());
    for (const RedisAddress& seed : target.seeds) {
        endpoints.push_back({seed.host, seed.port});
    }
    return endpoints;
}

}  // namespace

bool mayPassInCluster(const Error& error) noexcept {
    const ErrorCode code = error.code();
    // To wait for the next attempt is of use if that may end in another way.
    if (code == ErrorCode::unavailable && error.cause() != nullptr) {
        return mayPassInCluster(*error.cause());
    }
    return code == ErrorCode::unreachable || code == ErrorCode::disconnected ||
           code == ErrorCode::timedOut || code == ErrorCode::unavailable ||
           code == ErrorCode::loading;
}

ClusterNodes::ClusterNodes(const RedisTarget& target, const RedisClientOptions& options)
    : m_common(target.seeds.front()),
      m_seeds(endpointsOf(target)),
      m_options(options),
      m_greeting(target.readsReplicas ? RedisCommand{"READONLY"} : RedisCommand{}) {}

Result<ClusterNodes::Map> ClusterNodes::map(TimePoint deadline) {
    const Clock& clock = *m_options.clock;
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (m_map != nullptr && (!m_doubted || m_asking)) {
            return m_map;
        }
        const TimePoint now = clock.now();
        if (!m_asking && m_asked && now < deadlineAfter(*m_asked, kRefreshEvery)) {
            return m_map != nullptr ? Result<Map>{m_map} : *m_failure;
        }
        if (!m_asking) {
            break;
        }
        if (now >= deadline) {
            return Error{ErrorCode::timedOut, m_seeds.front().toText(), "CLUSTER SLOTS"};
        }
        m_changed.wait_for(lock, deadline - now);
    }
    m_asking = true;
    m_doubted = false;
    lock.unlock();
    auto asked = ask(deadline);
    lock.lock();
    m_asking = false;
    m_changed.notify_all();
    if (!asked && m_map == nullptr && clock.now() >= deadline) {
        // Who had no time left has learned nothing that holds for others.
        return asked.error();
    }
    m_asked = clock.now();
    m_failure = asked ? std::nullopt : std::optional{asked.error()};
    if (asked) {
        adopt(*asked);
    } else {
        m_doubted = true;
    }
    return m_map != nullptr ? Result<Map>{m_map} : *m_failure;
}

// Of those that answer, the first that knows a server for every slot; otherwise any.
Result<ClusterNodes::Map> ClusterNodes::ask(TimePoint deadline) {
    const Clock& clock = *m_options.clock;
    const auto asked = candidates();
    Map partial;
    std::optional<Error> failure;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const TimePoint now = clock.now();
        if (now >= deadline) {
            break;
        }
        // A share of the time that is left, so that one who is silent does not take it all.
        const auto left = static_cast<std::int64_t>(asked.size() - i);
        const TimePoint until =
            left == 1 ? deadline : now + (deadline - now) / std::min<std::int64_t>(left, 3);
        const auto reply =
            node(asked[i])->pool.call({"CLUSTER", "SLOTS"}, RedisRepeat::allowed, until);
        if (!reply) {
            failure = reply.error();
            continue;
        }
        auto map = SlotMap::fromReply(*reply, asked[i]);
        if (!map) {
            failure = map.error();
            if (reply->isError() &&
                reply->text.find("cluster support disabled") != std::string::npos) {
                failure = Error{ErrorCode::unsupported, asked[i].toText(), reply->text};
            }
            continue;
        }
        auto found = std::make_shared<const SlotMap>(std::move(*map));
        if (found->covered() == kRedisSlots) {
            return Map{std::move(found)};
        }
        partial = std::move(found);
    }
    if (partial != nullptr) {
        return partial;
    }
    return failure ? *failure
                   : Error{ErrorCode::timedOut, m_seeds.front().toText(), "CLUSTER SLOTS"};
}

std::vector<ClusterEndpoint> ClusterNodes::candidates() {
    std::vector<ClusterEndpoint> found;
    const auto put = [&](const ClusterEndpoint& endpoint) {
        if (std::find(found.begin(), found.end(), endpoint) == found.end()) {
            found.push_back(endpoint);
        }
    };
    const std::lock_guard lock(m_mutex);
    if (m_map != nullptr) {
        for (const SlotMap::Shard& shard : m_map->shards()) {
            put(shard.primary);
        }
        for (const SlotMap::Shard& shard : m_map->shards()) {
            std::for_each(shard.replicas.begin(), shard.replicas.end(), put);
        }
        std::rotate(found.begin(),
                    found.begin() + static_cast<std::ptrdiff_t>(m_turn++ % found.size()),
                    found.end());
    }
    std::for_each(m_seeds.begin(), m_seeds.end(), put);
    return found;
}

// With the lock held.
void ClusterNodes::adopt(Map map) {
    m_map = std::move(map);
    std::set<std::string> named;
    for (const SlotMap::Shard& shard : m_map->shards()) {
        named.insert(shard.primary.toText());
        for (const ClusterEndpoint& replica : shard.replicas) {
            named.insert(replica.toText());
        }
    }
    for (const ClusterEndpoint& seed : m_seeds) {
        named.insert(seed.toText());
    }
    std::erase_if(m_nodes, [&](const auto& item) {
        const bool gone = !named.contains(item.first);
        if (gone) {
            m_gone = sumOf(m_gone, item.second->pool.counters());
        }
        return gone;
    });
}

void ClusterNodes::moved(std::size_t slot, const ClusterEndpoint& to) {
    const std::lock_guard lock(m_mutex);
    m_doubted = true;
    if (m_map == nullptr) {
        return;
    }
    const SlotMap::Shard* const shard = m_map->shardOf(slot);
    if (shard != nullptr && shard->primary == to) {
        return;
    }
    auto changed = std::make_shared<SlotMap>(*m_map);
    changed->move(slot, to);
    m_map = std::move(changed);
    m_changed.notify_all();
}

void ClusterNodes::doubt() {
    const std::lock_guard lock(m_mutex);
    m_doubted = true;
}

std::shared_ptr<ClusterNodes::Node> ClusterNodes::node(const ClusterEndpoint& endpoint) {
    const std::lock_guard lock(m_mutex);
    auto& node = m_nodes[endpoint.toText()];
    if (node == nullptr) {
        RedisAddress address = m_common;
        address.host = endpoint.host;
        address.port = endpoint.port;
        node = std::make_shared<Node>(endpoint, m_nextOrder++, std::move(address), m_options,
                                      m_greeting);
    }
    return node;
}

void ClusterNodes::waitForChange(Duration span, TimePoint deadline) {
    const Clock& clock = *m_options.clock;
    std::unique_lock lock(m_mutex);
    const Map before = m_map;
    const TimePoint until = std::min(deadlineAfter(clock.now(), span), deadline);
    for (TimePoint now = clock.now(); now < until && m_map == before; now = clock.now()) {
        m_changed.wait_for(lock, until - now);
    }
}

RedisCounters ClusterNodes::counters() const {
    const std::lock_guard lock(m_mutex);
    RedisCounters sum = m_gone;
    for (const auto& item : m_nodes) {
        sum = sumOf(sum, item.second->pool.counters());
    }
    return sum;
}

}  // namespace cachescope
