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

#include "engine/policy/builtin_policies.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

template <class Keys>
class S3ClockPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_incoming.arrives(key, [&] { return m_ghosts.take(m_queues, key); });
        m_queues.push(returns ? kMain : kSmall, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        // Without the look, readers of one favourite would fight for its cache line.
        if (m_queues.noteOf(slot) != kRead) {
            m_queues.setNote(slot, kRead);
        }
    }
    void onErase(Slot slot) override { m_queues.remove(slot); }
    Slot victim(std::uint64_t incoming) override {
        // Before the hand forgets it, or the evicted key becomes a ghost and pushes it out.
        if (m_incoming.begins(incoming)) {
            m_incoming.setReturns(m_ghosts.take(m_queues, incoming));
        }
        const std::size_t capacity = m_queues.size(kSmall) + m_queues.size(kMain);
        const std::size_t mainShare = capacity - smallShare(capacity);
        const std::size_t filled = std::min(mainShare, capacity - capacity / 10);
        m_fromSmall = true;
        while (!m_queues.empty(kSmall) && m_queues.size(kMain) <= mainShare) {
            const Slot slot = m_queues.popOldest(kSmall);
            if (m_queues.noteOf(slot) != kRead && m_queues.size(kMain) >= filled) {
                return slot;
            }
            m_queues.push(kMain, slot);
        }
        m_fromSmall = false;
        return victimOfMain();
    }
    void onEvict(Slot, std::uint64_t key) override {
        const std::size_t most = m_queues.size(kMain);
        if (!m_fromSmall || most == 0) {
            return;
        }
        while (m_ghosts.size(m_queues) >= most) {
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
    static constexpr unsigned kRead = 1;

    // A handful at least: in a queue of one or two, nothing lives to see its second read.
    static std::size_t smallShare(std::size_t capacity) noexcept {
        return std::max(capacity / 100, std::min<std::size_t>(capacity / 10, 10));
    }

    Slot victimOfMain() {
        while (!m_queues.empty(kMain)) {
            const Slot slot = m_queues.popOldest(kMain);
            if (m_queues.noteOf(slot) != kRead) {
                return slot;
            }
            m_queues.push(kMain, slot);
            if (m_ghosts.size(m_queues) != 0) {
                m_ghosts.dropOldest(m_queues);
            }
        }
        return kNoSlot;
    }

    SlotQueues<kGhosts> m_queues;
    typename Keys::template Ghosts<kGhosts> m_ghosts;
    IncomingKey m_incoming;
    bool m_fromSmall = false;  // where the last victim came from
};

}  // namespace

PolicyKind s3ClockPolicy() {
    return policyKind<S3ClockPolicy<HashedKeys>, S3ClockPolicy<DenseKeys>>("s3clock", "S3-CLOCK");
}

}  // namespace cachescope
