// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <type_traits>
#include <vector>

namespace cachescope {

/// The keys that were evicted last, by hash, oldest out first.
///
/// Several policies treat a key differently when it comes back soon after it was evicted; this is
/// their memory of such keys. It keeps the low 32 bits of a hash, in 10 to 12 bytes a key, four
/// more with a stamp, a number of the owner's. Two keys with the same 32 bits count as one, which
/// costs a misjudged entry and never a wrong value. Every operation takes O(1) on average, and none
/// stops to rearrange everything. One thread.
template <bool kStamped>
class BasicGhostQueue {
public:
    /// Nothing to do: any hash fits. DenseGhostQueue needs it.
    void grow(std::size_t) noexcept {}

    std::size_t size() const noexcept { return m_size; }

    /// Remembers `hash` as the newest and forgets the oldest ones until at most `capacity` are
    /// left. A hash that is known keeps its place.
    void add(std::uint64_t hash, std::size_t capacity, std::uint32_t stamp = 0);

    /// Forgets `hash`; whether it was known.
    bool take(std::uint64_t hash) noexcept;

    /// Forgets the one that was added first; nothing when empty.
    void dropOldest() noexcept;

    /// Of the one that was taken last; 0 without stamps.
    std::uint32_t takenStamp() const noexcept { return m_takenStamp; }

    /// Of the one that was added first, of a queue that is not empty; 0 without stamps.
    std::uint32_t oldestStamp() const noexcept {
        if constexpr (kStamped) {
            return m_nodes.front().stamp;
        } else {
            return 0;
        }
    }

private:
    // A node's number: its place in the order. It changes only when holes are closed.
    using Place = std::uint32_t;
    static constexpr Place kEnd = 0xffff'ffff;
    static constexpr std::uint32_t kHole = 0xffff'ffff;  // the fingerprint of a node that left

    struct PlainNode {
        std::uint32_t fingerprint = kHole;
        Place nextInBucket = kEnd;
    };
    struct StampedNode {
        std::uint32_t fingerprint = kHole;
        Place nextInBucket = kEnd;
        std::uint32_t stamp = 0;
    };
    using Node = std::conditional_t<kStamped, StampedNode, PlainNode>;

    static std::uint32_t fingerprintOf(std::uint64_t hash) noexcept;
    std::size_t bucketOf(std::uint32_t fingerprint) const noexcept;
    Node& at(Place place) noexcept { return m_nodes[static_cast<Place>(place - m_first)]; }
    Place end() const noexcept { return m_first + static_cast<Place>(m_nodes.size()); }
    Place* linkTo(std::uint32_t fingerprint) noexcept;
    void dropHolesInFront() noexcept;
    void splitBucket();
    void closeHoles() noexcept;
    void closeHole() noexcept;

    std::deque<Node> m_nodes;     // in order; the first one is no hole
    Place m_first = 0xffff'f000;  // the place of the first node; places wrap around
    std::size_t m_size = 0;
    std::vector<Place> m_buckets = std::vector<Place>(1, kEnd);
    bool m_closing =
        false;  // what lies before m_write has no holes, between the two are only holes
    Place m_write = 0;
    Place m_read = 0;
    std::uint32_t m_takenStamp = 0;
};

using GhostQueue = BasicGhostQueue<false>;
using StampedGhostQueue = BasicGhostQueue<true>;

}  // namespace cachescope
