// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/ghost_queue.h"

#include <bit>

namespace cachescope {

namespace {

constexpr std::size_t kNodesPerBucket = 2;
// More holes than an eighth of the nodes are closed, a few steps at each call, so that no call has
// to do it all.
constexpr std::size_t kNodesPerHole = 8;
constexpr std::size_t kFewHoles = 64;
constexpr int kStepsPerCall = 4;

}  // namespace

template <bool kStamped>
std::uint32_t BasicGhostQueue<kStamped>::fingerprintOf(std::uint64_t hash) noexcept {
    const auto low = static_cast<std::uint32_t>(hash);
    return low == kHole ? kHole - 1 : low;
}

// Linear hashing: with n buckets between two powers of two, those that were not split yet serve
// twice as many fingerprints. So the table grows by one bucket at a time.
template <bool kStamped>
std::size_t BasicGhostQueue<kStamped>::bucketOf(std::uint32_t fingerprint) const noexcept {
    const std::uint64_t mixed = fingerprint * 0x9e3779b97f4a7c15ULL >> 32;
    const std::size_t mask = std::bit_ceil(m_buckets.size()) - 1;
    const std::size_t bucket = mixed & mask;
    return bucket < m_buckets.size() ? bucket : bucket & mask >> 1;
}

// What refers to the fingerprint's node: kEnd when it is unknown.
template <bool kStamped>
typename BasicGhostQueue<kStamped>::Place* BasicGhostQueue<kStamped>::linkTo(
    std::uint32_t fingerprint) noexcept {
    Place* link = &m_buckets[bucketOf(fingerprint)];
    while (*link != kEnd && at(*link).fingerprint != fingerprint) {
        link = &at(*link).nextInBucket;
    }
    return link;
}

template <bool kStamped>
void BasicGhostQueue<kStamped>::add(std::uint64_t hash, std::size_t capacity,
                                    [[maybe_unused]] std::uint32_t stamp) {
    const std::uint32_t fingerprint = fingerprintOf(hash);
    if (*linkTo(fingerprint) != kEnd) {
        return;
    }
    while (m_size > 0 && m_size >= capacity) {
        dropOldest();
    }
    if (capacity == 0) {
        return;
    }
    if (m_size >= kNodesPerBucket * m_buckets.size()) {
        splitBucket();
    }
    if (end() == kEnd) {
        m_nodes.emplace_back();
    }
    const Place place = end();
    m_nodes.emplace_back();
    Place& bucket = m_buckets[bucketOf(fingerprint)];
    Node& node = m_nodes.back();
    node.fingerprint = fingerprint;
    node.nextInBucket = bucket;
    if constexpr (kStamped) {
        node.stamp = stamp;
    }
    bucket = place;
    ++m_size;
    dropHolesInFront();
    closeHoles();
}

template <bool kStamped>
bool BasicGhostQueue<kStamped>::take(std::uint64_t hash) noexcept {
    Place* const link = linkTo(fingerprintOf(hash));
    if (*link == kEnd) {
        return false;
    }
    Node& node = at(*link);
    if constexpr (kStamped) {
        m_takenStamp = node.stamp;
    }
    *link = node.nextInBucket;
    node.fingerprint = kHole;
    --m_size;
    dropHolesInFront();
    closeHoles();
    return true;
}

template <bool kStamped>
void BasicGhostQueue<kStamped>::dropOldest() noexcept {
    if (m_size == 0) {
        return;
    }
    Node& node = m_nodes.front();
    *linkTo(node.fingerprint) = node.nextInBucket;
    node.fingerprint = kHole;
    --m_size;
    dropHolesInFront();
}

template <bool kStamped>
void BasicGhostQueue<kStamped>::dropHolesInFront() noexcept {
    while (!m_nodes.empty() && m_nodes.front().fingerprint == kHole) {
        m_nodes.pop_front();
        ++m_first;
    }
}

template <bool kStamped>
void BasicGhostQueue<kStamped>::splitBucket() {
    if (m_buckets.size() == m_buckets.capacity()) {
        m_buckets.reserve(m_buckets.size() + m_buckets.size() / 8 + 16);
    }
    const std::size_t fresh = m_buckets.size();
    Place* link = &m_buckets[fresh & ((std::bit_ceil(fresh + 1) >> 1) - 1)];
    Place moved = *link;
    *link = kEnd;
    m_buckets.push_back(kEnd);
    while (moved != kEnd) {
        Node& node = at(moved);
        Place& bucket = m_buckets[bucketOf(node.fingerprint)];
        const Place next = node.nextInBucket;
        node.nextInBucket = bucket;
        bucket = moved;
        moved = next;
    }
}

// From the oldest to the newest, nodes move down into the holes below them, which keeps the order.
template <bool kStamped>
void BasicGhostQueue<kStamped>::closeHoles() noexcept {
    if (!m_closing) {
        if (m_nodes.size() - m_size <= m_size / kNodesPerHole + kFewHoles) {
            return;
        }
        m_closing = true;
        m_write = m_read = m_first;
    }
    // The oldest may have been dropped beyond either.
    const auto isBehind = [this](Place place) {
        return static_cast<Place>(place - m_first) > m_nodes.size();
    };
    if (isBehind(m_write)) {
        m_write = m_first;
    }
    if (isBehind(m_read)) {
        m_read = m_first;
    }
    for (int step = 0; step < kStepsPerCall && m_read != end(); ++step) {
        closeHole();
    }
    if (m_read == end()) {
        m_nodes.resize(static_cast<Place>(m_write - m_first));
        m_closing = false;
    }
}

template <bool kStamped>
void BasicGhostQueue<kStamped>::closeHole() noexcept {
    Node& node = at(m_read);
    if (node.fingerprint != kHole) {
        if (m_write == kEnd) {
            ++m_write;
        }
        if (m_read != m_write) {
            *linkTo(node.fingerprint) = m_write;
            at(m_write) = node;
            node.fingerprint = kHole;
        }
        ++m_write;
    }
    ++m_read;
}

template class BasicGhostQueue<false>;
template class BasicGhostQueue<true>;

}  // namespace cachescope
