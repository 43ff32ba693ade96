// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// FIFO: first in, first out
//
//     insert ──► [ e ][ d ][ c ][ b ][ a ] ──► evict
//                 newest             oldest
//
// Rule:      the entry that came first leaves first. Being read changes nothing.
// Cost:      O(1) everywhere; a hit does nothing at all. 8 bytes an entry.
// Weakness:  throws the most popular entry out as readily as one that nobody wanted again, and a
//            larger cache can even miss more often.
// Paper:     L. A. Belady, R. A. Nelson, G. S. Shedler: "An anomaly in space-time characteristics
//            of certain programs running in a paging machine", CACM 12(6), 1969.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

class FifoPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { growSlots(m_links, count); }
    void onInsert(Slot slot, std::uint64_t) override { m_queue.pushNewest(m_links, slot); }
    void onHit(Slot, std::uint64_t) override {}
    void onErase(Slot slot) override { m_queue.remove(m_links, slot); }
    Slot victim(std::uint64_t) override { return m_queue.popOldest(m_links); }

    void prefetch(Slot slot) const noexcept { __builtin_prefetch(&m_links[slot], 1); }

private:
    SlotLinks m_links;
    SlotList m_queue;
};

}  // namespace

PolicyKind fifoPolicy() {
    return policyKind<FifoPolicy>("fifo", "FIFO");
}

}  // namespace cachescope
