// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/policy/slot_list.h"

namespace cachescope {

/// The hashes of the keys that were evicted last, oldest out first.
///
/// Several policies treat a key differently when it comes back soon after it was evicted; this is
/// their memory of such keys. Every operation takes O(1) on average; about 28 bytes a key. Two keys
/// with one 64-bit hash count as one, which costs a misjudged entry and never a wrong value. One
/// thread.
class GhostQueue {
public:
    /// Nothing to do: any hash fits. DenseGhostQueue needs it.
    void grow(std::size_t) noexcept {}

    std::size_t size() const noexcept { return m_order.size(); }

    /// Remembers `hash` as the newest and forgets the oldest ones until at most `capacity` are
    /// left. A hash that is known keeps its place.
    void add(std::uint64_t hash, std::size_t capacity);

    /// Forgets `hash`; whether it was known.
    bool take(std::uint64_t hash) noexcept;

    /// Forgets the one that was added first; nothing when empty.
    void dropOldest() noexcept {
        if (m_order.size() > 0) {
            remove(m_order.oldest());
        }
    }

private:
    static constexpr std::uint32_t kEnd = SlotList::kEnd;

    struct Node {
        std::uint64_t hash = 0;
        std::uint32_t nextInBucket = kEnd;
    };

    std::uint32_t& bucketOf(std::uint64_t hash) noexcept {
        return m_buckets[hash & (m_buckets.size() - 1)];
    }
    void remove(std::uint32_t node) noexcept;
    void growIndex();

    std::vector<Node> m_nodes;
    SlotLinks m_links;
    SlotList m_order;
    std::uint32_t m_free = kEnd;  // chained through nextInBucket
    std::vector<std::uint32_t> m_buckets = std::vector<std::uint32_t>(16, kEnd);
};

}  // namespace cachescope
