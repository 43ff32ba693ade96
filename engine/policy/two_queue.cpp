// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// 2Q
//
//     a new key ────────► in,   25 %, FIFO ──────────► out, its key to the ghosts
//
//     a ghost's key ────► main, 75 %, LRU  ──────────► out
//                           ▲      │
//                           └─ hit ┘
//
//     ghosts [ keys evicted from in, half of the capacity, oldest forgotten first ]
//
// Rule:      a key earns its place in the LRU queue by coming back after it went through a FIFO
//            queue; reads while it is in there do not count, as they often come in one burst.
// Cost:      O(1); a hit moves a list only in main. 9 bytes an entry, and half a ghost.
// Weakness:  every key that is worth keeping is loaded twice first, and the shares do not adapt.
// Paper:     T. Johnson, D. Shasha: "2Q: a low overhead high performance buffer management
//            replacement algorithm", VLDB 1994.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

template <class Keys>
class TwoQueuePolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_incoming.arrives(key, [&] { return m_ghosts.take(m_queues, key); });
        m_queues.push(returns ? kMain : kIn, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        if (m_queues.queueOf(slot) == kMain) {
            m_queues.move(kMain, slot);
        }
    }
    void onErase(Slot slot) override { m_queues.remove(slot); }
    Slot victim(std::uint64_t incoming) override {
        const std::size_t capacity = m_queues.size(kIn) + m_queues.size(kMain);
        if (capacity == 0) {
            return kNoSlot;
        }
        if (m_incoming.begins(incoming)) {
            m_incoming.setReturns(m_ghosts.take(m_queues, incoming));
        }
        m_fromIn = m_queues.size(kIn) > capacity / 4 || m_queues.empty(kMain);
        m_ghostCapacity = capacity / 2;
        return m_queues.popOldest(m_fromIn ? kIn : kMain);
    }
    void onEvict(Slot, std::uint64_t key) override {
        if (!m_fromIn || m_ghostCapacity == 0) {
            return;
        }
        while (m_ghosts.size(m_queues) >= m_ghostCapacity) {
            m_ghosts.dropOldest(m_queues);
        }
        m_ghosts.add(m_queues, key);
    }

    bool holds(Slot slot) const noexcept { return m_queues.queueOf(slot) - kIn <= kMain - kIn; }
    void prefetch(Slot slot) const noexcept { m_queues.prefetch(slot); }

private:
    static constexpr unsigned kIn = 1;
    static constexpr unsigned kMain = 2;
    static constexpr unsigned kGhosts = 3;

    SlotQueues<kGhosts> m_queues;
    typename Keys::template Ghosts<kGhosts> m_ghosts;
    IncomingKey m_incoming;
    std::size_t m_ghostCapacity = 0;
    bool m_fromIn = false;  // where the last victim came from
};

}  // namespace

PolicyKind twoQueuePolicy() {
    return policyKind<TwoQueuePolicy<HashedKeys>, TwoQueuePolicy<DenseKeys>>("2q", "2Q");
}

}  // namespace cachescope
