// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// SIEVE
//
//     insert ──► [ e ][ d•][ c ][ b•][ a•]        • read since the hand passed
//                 newest   ▲         oldest
//                          │
//                 ◄───── hand ── evicts the first entry without a mark, and takes marks away;
//                                from the newest end it starts again at the oldest
//
// Rule:      a hit marks the entry. To evict, the hand walks from old to new: marked entries lose
//            the mark and stay where they are, the first one without a mark leaves, and the hand
//            rests there. New entries come in behind it, so that they are judged quickly.
// Cost:      O(1) on average; a hit sets one bit and moves nothing. 9 bytes an entry.
// Weakness:  not resistant to scans by itself, and slow to let go of yesterday's favourites when
//            what is popular drifts: the hand must pass them twice.
// Paper:     Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi: "SIEVE is Simpler than LRU: an
//            Efficient Turn-Key Eviction Algorithm for Web Caches", NSDI 2024.

#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

class SievePolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        growSlots(m_links, count);
        growSlots(m_states, count);
    }
    void onInsert(Slot slot, std::uint64_t) override {
        m_states[slot] = kHeld;
        m_queue.pushNewest(m_links, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        // Readers that find the mark set write nothing.
        if (m_states[slot] != kMarked) {
            m_states[slot] = kMarked;
        }
    }
    void onErase(Slot slot) override {
        if (m_hand == slot) {
            m_hand = m_links[slot].newer;
        }
        m_queue.remove(m_links, slot);
        m_states[slot] = kFree;
    }
    Slot victim(std::uint64_t) override {
        if (m_queue.empty()) {
            return kNoSlot;
        }
        Slot at = m_hand == SlotList::kEnd ? m_queue.oldest() : m_hand;
        while (m_states[at] == kMarked) {
            m_states[at] = kHeld;
            at = m_links[at].newer == SlotList::kEnd ? m_queue.oldest() : m_links[at].newer;
        }
        m_hand = m_links[at].newer;
        m_queue.remove(m_links, at);
        m_states[at] = kFree;
        return at;
    }

    bool holds(Slot slot) const noexcept { return m_states[slot] != kFree; }
    void prefetch(Slot slot) const noexcept {
        __builtin_prefetch(&m_states[slot], 1);
        __builtin_prefetch(&m_links[slot], 1);
    }

private:
    static constexpr std::uint8_t kFree = 0;
    static constexpr std::uint8_t kHeld = 1;
    static constexpr std::uint8_t kMarked = 2;

    SlotLinks m_links;
    SlotList m_queue;
    std::vector<std::uint8_t> m_states;
    Slot m_hand = SlotList::kEnd;  // the end stands for the oldest entry
};

}  // namespace

PolicyKind sievePolicy() {
    return policyKind<SievePolicy>("sieve", "SIEVE");
}

}  // namespace cachescope
