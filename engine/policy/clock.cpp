// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CLOCK, also called second chance
//
//              [ e ]◄──[ f ]◄── insert, behind the hand
//             ┌──┘        ▲
//           [ d•]         │ hand: takes marks away as it passes, evicts the first entry without
//             └──┐        │
//              [ c ]──►[ b•]                                               • read
//
// Rule:      a hit marks the entry. The hand comes to the oldest first: with a mark it loses the
// mark
//            and counts as new, without one it leaves.
// Cost:      O(1) on average; a hit sets one bit and moves nothing. 9 bytes an entry.
// Weakness:  one bit cannot tell often from once, and a scan of new keys takes all the room of
//            entries that happen to be unmarked.
// Paper:     F. J. Corbató: "A paging experiment with the Multics system", MIT, 1968.

#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

class ClockPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        growSlots(m_links, count);
        growSlots(m_states, count);
    }
    void onInsert(Slot slot, std::uint64_t) override {
        m_states[slot] = kHeld;
        if (m_hand == SlotList::kEnd) {
            m_links[slot] = {slot, slot};
            m_hand = m_newest = m_ahead = slot;
            return;
        }
        m_links[slot] = {m_hand, m_newest};
        m_links[m_newest].newer = slot;
        m_newest = slot;
    }
    void onHit(Slot slot, std::uint64_t) override {
        // Readers that find the mark set write nothing.
        if (m_states[slot] != kMarked) {
            m_states[slot] = kMarked;
        }
    }
    void onErase(Slot slot) override {
        m_states[slot] = kFree;
        const Slot newer = m_links[slot].newer;
        if (newer == slot) {
            m_hand = SlotList::kEnd;
            return;
        }
        const Slot older = slot == m_hand ? m_newest : m_links[slot].older;
        m_links[older].newer = newer;
        if (slot == m_hand) {
            m_hand = newer;
        } else if (slot == m_newest) {
            m_newest = older;
        } else {
            m_links[newer].older = older;
        }
        m_ahead = m_ahead == slot ? newer : m_ahead;
    }
    Slot victim(std::uint64_t) override {
        if (m_hand == SlotList::kEnd) {
            return kNoSlot;
        }
        while (m_states[m_hand] == kMarked) {
            m_states[m_hand] = kHeld;
            // Mostly so already, and then the line need not be written back.
            if (m_links[m_hand].older != m_newest) {
                m_links[m_hand].older = m_newest;
            }
            m_newest = m_hand;
            m_hand = m_links[m_hand].newer;
            lookAhead();
        }
        const Slot slot = m_hand;
        onErase(slot);
        lookAhead();
        return slot;
    }

    bool holds(Slot slot) const noexcept { return m_states[slot] != kFree; }
    void prefetch(Slot slot) const noexcept {
        __builtin_prefetch(&m_states[slot], 1);
        __builtin_prefetch(&m_links[slot]);
    }

private:
    static constexpr std::uint8_t kFree = 0;
    static constexpr std::uint8_t kHeld = 1;
    static constexpr std::uint8_t kMarked = 2;
    static constexpr int kStepsAhead = 10;

    // A second hand goes ahead, so that the first finds in the cache what it judges.
    void lookAhead() noexcept {
        if (m_hand == SlotList::kEnd) {
            return;
        }
        if (m_ahead == m_hand) {
            for (int i = 0; i < kStepsAhead; ++i) {
                m_ahead = m_links[m_ahead].newer;
            }
        } else {
            m_ahead = m_links[m_ahead].newer;
        }
        prefetch(m_ahead);
    }

    // Of a ring: newer than the newest is the oldest, where the hand is. What is older than that
    // one is not kept, because it would be one more line to wait for.
    SlotLinks m_links;
    std::vector<std::uint8_t> m_states;
    Slot m_hand = SlotList::kEnd;
    Slot m_newest = SlotList::kEnd;
    Slot m_ahead = SlotList::kEnd;
};

}  // namespace

PolicyKind clockPolicy() {
    return policyKind<ClockPolicy>("clock", "CLOCK");
}

}  // namespace cachescope
