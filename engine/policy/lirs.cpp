// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// LIRS: low inter-reference recency set
//
//     the stack, by last read   newest                            oldest
//                               [ l ][ ? ][ l ][ g ][ l ][ ? ][ l ]   l  low:  99 %, never evicted
//                                                                     ?  high:  1 %, in a queue
//     the queue of the high     newest      oldest                    g  a ghost, evicted from high
//                               [ ? ][ ? ][ ? ] ──► evict
//
// Rule:      what counts is how many other keys are read between two reads of a key. A high entry
// or
//            a ghost that is read while it is in the stack, so above the oldest low one, has
//            returned faster than that one: it becomes low, and the oldest low one becomes high.
//            All else comes and goes through the short queue.
// Cost:      O(1) on average; every hit moves a list. 13 bytes an entry, and up to one ghost of 15.
// Weakness:  a key that comes back after the short queue is through is loaded twice; and low
//            entries go only as fast as others prove better, so it follows drift slowly.
// Paper:     S. Jiang, X. Zhang: "LIRS: an efficient low inter-reference recency set replacement
//            policy to improve buffer cache performance", SIGMETRICS 2002.
//
// The stack is not kept as a list. An entry has the number of its last read, and is in the stack if
// that is above the number of the oldest low entry; what the paper calls pruning happens by itself.
// The paper's stack has ghosts without bound; here they are at most as many as the entries, as in
// libCacheSim. Shares are of the entries that there are now, because a policy knows no other
// capacity, so which of the first keys become low differs from simulators that know it from the
// start: by 0.2 % of the misses at most on the block trace that the tests compare with.

#include <algorithm>
#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

template <class Keys>
class LirsPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        m_queues.grow(count);
        growSlots(m_lastReads, count);
    }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_incoming.arrives(key, [&] { return takeGhost(key); });
        m_lastReads[slot] = ++m_clock;
        ++m_count;
        m_queues.push(returns || m_queues.size(kLow) < mostLow() ? kLow : kHigh, slot);
        keepShares();
    }
    void onHit(Slot slot, std::uint64_t) override {
        const bool low = m_queues.queueOf(slot) == kLow || isInStack(m_lastReads[slot]);
        m_lastReads[slot] = ++m_clock;
        m_queues.move(low ? kLow : kHigh, slot);
        keepShares();
    }
    void onErase(Slot slot) override {
        m_queues.remove(slot);
        --m_count;
    }
    Slot victim(std::uint64_t incoming) override {
        if (m_count == 0) {
            return kNoSlot;
        }
        if (m_incoming.begins(incoming)) {
            m_incoming.setReturns(takeGhost(incoming));
        }
        keepShares();
        m_ghostCapacity = m_count;
        --m_count;
        const Slot slot = m_queues.popOldest(kHigh);
        m_victimsLastRead = m_lastReads[slot];
        return slot;
    }
    void onEvict(Slot, std::uint64_t key) override {
        while (m_ghosts.size(m_queues) != 0 &&
               !isInStack(m_ghosts.oldestStamp(m_queues, m_lastReads))) {
            m_ghosts.dropOldest(m_queues);
        }
        if (!isInStack(m_victimsLastRead)) {
            return;
        }
        while (m_ghosts.size(m_queues) != 0 && m_ghosts.size(m_queues) >= m_ghostCapacity) {
            m_ghosts.dropOldest(m_queues);
        }
        m_ghosts.add(m_queues, key, m_victimsLastRead);
    }

    bool holds(Slot slot) const noexcept { return m_queues.queueOf(slot) - kLow <= kHigh - kLow; }
    void prefetch(Slot slot) const noexcept {
        m_queues.prefetch(slot);
        __builtin_prefetch(&m_lastReads[slot], 1);
    }

private:
    static constexpr unsigned kLow = 1;
    static constexpr unsigned kHigh = 2;
    static constexpr unsigned kGhosts = 3;

    std::size_t mostLow() const noexcept {
        return m_count - std::max<std::size_t>(m_count / 100, 1);
    }
    // The numbers wrap around; they are compared by their distance.
    bool isInStack(std::uint32_t lastRead) const noexcept {
        return !m_queues.empty(kLow) &&
               static_cast<std::int32_t>(lastRead - m_lastReads[m_queues.oldest(kLow)]) > 0;
    }
    bool takeGhost(std::uint64_t key) {
        return m_ghosts.take(m_queues, key) && isInStack(m_ghosts.takenStamp(m_lastReads, key));
    }
    void keepShares() noexcept {
        while (m_count != 0 && m_queues.size(kLow) > mostLow()) {
            m_queues.push(kHigh, m_queues.popOldest(kLow));
        }
    }

    SlotQueues<kGhosts> m_queues;
    std::vector<std::uint32_t> m_lastReads;
    typename Keys::template Ghosts<kGhosts, true> m_ghosts;
    IncomingKey m_incoming;
    std::uint32_t m_clock = 0;
    std::size_t m_count = 0;
    std::size_t m_ghostCapacity = 0;
    std::uint32_t m_victimsLastRead = 0;
};

}  // namespace

PolicyKind lirsPolicy() {
    return policyKind<LirsPolicy<HashedKeys>, LirsPolicy<DenseKeys>>("lirs", "LIRS");
}

}  // namespace cachescope
