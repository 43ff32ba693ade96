// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// S3-FIFO: simple, scalable, three FIFO queues
//
//     a new key ──────────► small, 10 % ── read less than twice ──► out, its key to the ghosts
//                                │
//                                │ read twice or more
//                                ▼
//     a ghost's key ──────► main,  90 % ── not read since ────────► out
//                             ▲      │
//                             └──────┘ read since: stays, for one mark of three
//
//     ghosts [ keys evicted from small, 0.9 of the capacity, oldest forgotten first ]
//
// Rule:      most keys are never read again, so new entries have to prove themselves in a small
//            queue before they may displace the main one. A hit only counts, up to 3.
// Cost:      O(1) on average; a hit raises a 2-bit counter and moves no list, so readers hardly
//            disturb each other. 9 bytes an entry, and 0.9 ghosts of 10 to 12.
// Weakness:  an entry whose second read comes after it left the small queue costs one more load,
//            which is why LRU wins where popularity drifts fast over a large cache.
// Paper:     J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi: "FIFO queues are all you need for
//            cache eviction", SOSP 2023.

#include "engine/policy/builtin_policies.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

template <class Keys>
class S3FifoPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_incoming.arrives(key, [&] { return m_ghosts.take(m_queues, key); });
        m_queues.push(returns ? kMain : kSmall, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        const unsigned reads = m_queues.noteOf(slot);
        if (reads < kMostReads) {
            m_queues.setNote(slot, reads + 1);
        }
    }
    void onErase(Slot slot) override { m_queues.remove(slot); }
    Slot victim(std::uint64_t incoming) override {
        const std::size_t capacity = m_queues.size(kSmall) + m_queues.size(kMain);
        if (capacity == 0) {
            return kNoSlot;
        }
        // Before the evicted key becomes a ghost itself and pushes out the one that returns.
        if (m_incoming.begins(incoming)) {
            m_incoming.setReturns(m_ghosts.take(m_queues, incoming));
        }
        m_ghostCapacity = capacity * 9 / 10;
        const std::size_t mainShare = capacity - capacity / 10;
        m_fromSmall = false;
        // Decided once: a small queue that is all worth keeping goes to main as a whole.
        if (m_queues.size(kMain) <= mainShare) {
            while (!m_queues.empty(kSmall)) {
                const Slot slot = m_queues.popOldest(kSmall);
                if (m_queues.noteOf(slot) < kReadsToStay) {
                    m_fromSmall = true;
                    return slot;
                }
                m_queues.push(kMain, slot);
            }
        }
        return victimOfMain();
    }
    void onEvict(Slot, std::uint64_t key) override {
        if (!m_fromSmall || m_ghostCapacity == 0) {
            return;
        }
        while (m_ghosts.size(m_queues) >= m_ghostCapacity) {
            m_ghosts.dropOldest(m_queues);
        }
        m_ghosts.add(m_queues, key);
    }

    bool holds(Slot slot) const noexcept { return m_queues.queueOf(slot) - kSmall <= 1; }
    void prefetch(Slot slot) const noexcept { m_queues.prefetch(slot); }

private:
    static constexpr unsigned kSmall = 1;
    static constexpr unsigned kMain = 2;
    static constexpr unsigned kGhosts = 3;
    static constexpr unsigned kMostReads = 3;
    static constexpr unsigned kReadsToStay = 2;

    Slot victimOfMain() {
        for (;;) {
            const Slot slot = m_queues.popOldest(kMain);
            const unsigned reads = m_queues.noteOf(slot);
            if (reads == 0) {
                return slot;
            }
            m_queues.push(kMain, slot, reads - 1);
        }
    }

    SlotQueues<kGhosts> m_queues;
    typename Keys::template Ghosts<kGhosts> m_ghosts;
    IncomingKey m_incoming;
    std::size_t m_ghostCapacity = 0;
    bool m_fromSmall = false;  // where the last victim came from
};

}  // namespace

PolicyKind s3FifoPolicy() {
    return policyKind<S3FifoPolicy<HashedKeys>, S3FifoPolicy<DenseKeys>>("s3fifo", "S3-FIFO");
}

}  // namespace cachescope
