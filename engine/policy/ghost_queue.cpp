// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/ghost_queue.h"

namespace cachescope {

void GhostQueue::add(std::uint64_t hash, std::size_t capacity) {
    for (std::uint32_t at = bucketOf(hash); at != kEnd; at = m_nodes[at].nextInBucket) {
        if (m_nodes[at].hash == hash) {
            return;
        }
    }
    while (m_order.size() > 0 && m_order.size() >= capacity) {
        remove(m_order.oldest());
    }
    if (capacity == 0) {
        return;
    }
    if (m_order.size() >= m_buckets.size()) {
        growIndex();
    }
    std::uint32_t fresh = m_free;
    if (fresh == kEnd) {
        fresh = static_cast<std::uint32_t>(m_nodes.size());
        m_links.emplace_back();
        m_nodes.emplace_back();
    } else {
        m_free = m_nodes[fresh].nextInBucket;
    }
    std::uint32_t& bucket = bucketOf(hash);
    m_nodes[fresh] = {hash, bucket};
    bucket = fresh;
    m_order.pushNewest(m_links, fresh);
}

bool GhostQueue::take(std::uint64_t hash) noexcept {
    for (std::uint32_t at = bucketOf(hash); at != kEnd; at = m_nodes[at].nextInBucket) {
        if (m_nodes[at].hash == hash) {
            remove(at);
            return true;
        }
    }
    return false;
}

void GhostQueue::remove(std::uint32_t node) noexcept {
    std::uint32_t* at = &bucketOf(m_nodes[node].hash);
    while (*at != node) {
        at = &m_nodes[*at].nextInBucket;
    }
    *at = m_nodes[node].nextInBucket;
    m_order.remove(m_links, node);
    m_nodes[node].nextInBucket = m_free;
    m_free = node;
}

void GhostQueue::growIndex() {
    m_buckets.assign(2 * m_buckets.size(), kEnd);
    for (std::uint32_t at = m_order.oldest(); at != kEnd; at = m_links[at].newer) {
        std::uint32_t& bucket = bucketOf(m_nodes[at].hash);
        m_nodes[at].nextInBucket = bucket;
        bucket = at;
    }
}

}  // namespace cachescope
