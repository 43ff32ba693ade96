// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CLOCK, also called second chance
//
//            ┌────────── read since it was judged last: mark off, stays ───────────┐
//            ▼                                                                     │
//     insert ──► [ e ][ d•][ c ][ b•][ a•] ──► judged ── without a mark ──► evict
//                 newest             oldest          • read
//
// Rule:      a hit marks the entry. To evict, the oldest is judged: with a mark it loses the mark
//            and goes round once more, without one it leaves.
// Cost:      O(1) on average; a hit sets one bit and moves nothing. 9 bytes an entry.
// Weakness:  one bit cannot tell often from once, and a scan of new keys takes all the room of
//            entries that happen to be unmarked.
// Paper:     F. J. Corbató: "A paging experiment with the Multics system", MIT, 1968.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_queues.h"

namespace cachescope {

namespace {

class ClockPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t) override { m_queues.push(kQueue, slot); }
    void onHit(Slot slot, std::uint64_t) override {
        if (m_queues.noteOf(slot) == 0) {
            m_queues.setNote(slot, kMarked);
        }
    }
    void onErase(Slot slot) override { m_queues.remove(slot); }
    Slot victim(std::uint64_t) override {
        if (m_queues.empty(kQueue)) {
            return kNoSlot;
        }
        for (;;) {
            const Slot slot = m_queues.popOldest(kQueue);
            if (m_queues.noteOf(slot) == 0) {
                return slot;
            }
            m_queues.push(kQueue, slot);
        }
    }

    bool holds(Slot slot) const noexcept { return m_queues.queueOf(slot) == kQueue; }
    void prefetch(Slot slot) const noexcept { m_queues.prefetch(slot); }

private:
    static constexpr unsigned kQueue = 1;
    static constexpr unsigned kMarked = 1;

    SlotQueues<kQueue> m_queues;
};

}  // namespace

PolicyKind clockPolicy() {
    return policyKind<ClockPolicy>("clock", "CLOCK");
}

}  // namespace cachescope
