// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// LRU: least recently used
//
//              ┌────────── hit ─────────┐
//              ▼                        │
//     insert ──► [ e ][ d ][ c ][ b ][ a ] ──► evict
//                 latest             longest
//                 read               unread
//
// Rule:      every read moves its entry to the front; the one that nobody read for longest leaves.
// Cost:      O(1), but every hit writes to six places of one shared list. 8 bytes an entry.
// Weakness:  one pass over many keys that are read once flushes everything that was useful, and a
//            loop a little larger than the cache never hits.
// Paper:     P. J. Denning: "The working set model for program behavior", CACM 11(5), 1968, on why
//            recency predicts use; the stack property is from R. L. Mattson et al., 1970.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

class LruPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { growSlots(m_links, count); }
    void onInsert(Slot slot, std::uint64_t) override { m_queue.pushNewest(m_links, slot); }
    void onHit(Slot slot, std::uint64_t) override {
        if (slot != m_queue.newest()) {
            m_queue.remove(m_links, slot);
            m_queue.pushNewest(m_links, slot);
        }
    }
    void onErase(Slot slot) override { m_queue.remove(m_links, slot); }
    Slot victim(std::uint64_t) override { return m_queue.popOldest(m_links); }

    void prefetch(Slot slot) const noexcept { __builtin_prefetch(&m_links[slot], 1); }

private:
    SlotLinks m_links;
    SlotList m_queue;
};

}  // namespace

PolicyKind lruPolicy() {
    return policyKind<LruPolicy>("lru", "LRU");
}

}  // namespace cachescope
