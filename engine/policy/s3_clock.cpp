// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// S3-CLOCK: S3-FIFO whose ghosts fade while its main queue is in use
//
//     a new key ──────────► small, 1 % ── not read ──► out, its key to the ghosts
//                                │
//                                │ read
//                                ▼
//     a ghost's key ──────► main, 99 % ── not read ──► out
//                             ▲      │
//                             └──────┘ read since: stays, loses its mark, and the oldest ghost
//                                      is forgotten
//
//     ghosts [ keys evicted from small, at most as many as main has entries ]
//
// Rule:      a hit only marks the entry. A key that comes back while it is a ghost enters main, and
//            the oldest entry there that is not marked makes room. Each one that is spared on the
//            way costs the oldest ghost. In a loop larger than the cache all of main is read every
//            round: the hand comes around to the key that returned, no ghost is left, and main is
//            as it was. Where favourites change, the hand soon meets an entry without a mark, and
//            most ghosts live. A cache that fills up gives main its first 90 %, read or not.
// Cost:      O(1) on average; a hit sets one bit, moves no list and allocates nothing. 9 bytes an
//            entry, and the ghosts (ghost_queue.h), at most one an entry. The first eviction of a
//            cache that filled up moves most of its entries from small to main, all at once.
// Weakness:  with small this small, a key whose second read comes late costs one more load, so
//            LRU is better where a hot set that just fits the cache is exchanged quickly. Two reads
//            close together are enough for main, even if no third follows.
// Paper:     the combination is ours. The queues are those of S3-FIFO (s3_fifo.cpp), with one mark
//            instead of a count. That a hand that passes entries in use ends the trial of others
//            is from S. Jiang, F. Chen, X. Zhang: "CLOCK-Pro: An Effective Improvement of the CLOCK
//            Replacement", USENIX ATC 2005.

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/dense_ghost_queue.h"
#include "engine/policy/ghost_queue.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

template <class Ghosts>
class S3ClockPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        m_links.resize(count);
        m_states.resize(count);
        m_ghosts.grow(count);
    }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_ghosts.take(key) || m_returning == key;
        m_returning.reset();
        m_states[slot] = returns ? kInMain : kNew;
        (returns ? m_main : m_small).pushNewest(m_links, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        // Without the look, readers of one favourite would fight for its cache line.
        if ((m_states[slot] & kRead) == 0) {
            m_states[slot] |= kRead;
        }
    }
    void onErase(Slot slot) override {
        ((m_states[slot] & kInMain) != 0 ? m_main : m_small).remove(m_links, slot);
    }
    Slot victim(std::uint64_t incoming) override {
        // Before the hand forgets it, or the evicted key becomes a ghost and pushes it out.
        if (m_ghosts.take(incoming)) {
            m_returning = incoming;
        }
        const std::size_t capacity = m_small.size() + m_main.size();
        const std::size_t mainShare = capacity - smallShare(capacity);
        const std::size_t filled = std::min(mainShare, capacity - capacity / 10);
        while (!m_small.empty() && m_main.size() <= mainShare) {
            const Slot slot = m_small.popOldest(m_links);
            if (m_states[slot] == kNew && m_main.size() >= filled) {
                return slot;
            }
            m_states[slot] = kInMain;
            m_main.pushNewest(m_links, slot);
        }
        return victimOfMain();
    }
    void onEvict(Slot slot, std::uint64_t key) override {
        if ((m_states[slot] & kInMain) == 0) {
            m_ghosts.add(key, m_main.size());
        }
    }

private:
    static constexpr std::uint8_t kNew = 0;
    static constexpr std::uint8_t kRead = 1;
    static constexpr std::uint8_t kInMain = 2;

    // A handful at least: in a queue of one or two, nothing lives to see its second read.
    static std::size_t smallShare(std::size_t capacity) noexcept {
        return std::max(capacity / 100, std::min<std::size_t>(capacity / 10, 10));
    }

    Slot victimOfMain() {
        while (!m_main.empty()) {
            const Slot slot = m_main.popOldest(m_links);
            if ((m_states[slot] & kRead) == 0) {
                return slot;
            }
            m_states[slot] = kInMain;
            m_main.pushNewest(m_links, slot);
            m_ghosts.dropOldest();
        }
        return kNoSlot;
    }

    SlotLinks m_links;
    SlotList m_small;
    SlotList m_main;
    Ghosts m_ghosts;
    std::optional<std::uint64_t> m_returning;  // was a ghost when room was made for it
    std::vector<std::uint8_t> m_states;
};

}  // namespace

PolicyKind s3ClockPolicy() {
    return policyKind<S3ClockPolicy<GhostQueue>, S3ClockPolicy<DenseGhostQueue>>("s3clock",
                                                                                 "S3-CLOCK");
}

}  // namespace cachescope
