// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ARC: adaptive replacement cache
//
//     read once:        ghosts 1 ◄── evict ── [ recent, LRU ] ◄── a new key
//                          │                       │ hit
//                          ▼ comes back            ▼
//     read more often:  ghosts 2 ◄── evict ── [ frequent, LRU ] ◄── hit
//                          └── comes back ─────────▲
//
//     the aim: how many entries `recent` should have. A key back from ghosts 1 raises it, one back
//     from ghosts 2 lowers it, by more the rarer such ghosts are.
//
// Rule:      evict from `recent` while it is larger than the aim, otherwise from `frequent`. What
//            comes back soon after its eviction tells which of the two was too small.
// Cost:      O(1); every hit moves a list, as in LRU. 9 bytes an entry, and up to one ghost.
// Weakness:  one read more makes a key frequent for good, so that a pair of reads in quick
//            succession counts as popularity; in a scan or a loop no ghost comes back and nothing
//            is learnt.
// Paper:     N. Megiddo, D. S. Modha: "ARC: a self-tuning, low overhead replacement cache", FAST
//            2003.

#include <algorithm>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

template <class Keys>
class ArcPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override { m_queues.grow(count); }
    void onInsert(Slot slot, std::uint64_t key) override {
        // Without a call of victim() there is room, and with it nothing to adapt.
        const bool returns = m_incoming.arrives(key, [&] {
            return m_recentGhosts.take(m_queues, key) || m_frequentGhosts.take(m_queues, key);
        });
        m_queues.push(returns ? kFrequent : kRecent, slot);
    }
    void onHit(Slot slot, std::uint64_t) override { m_queues.move(kFrequent, slot); }
    void onErase(Slot slot) override { m_queues.remove(slot); }
    Slot victim(std::uint64_t incoming) override {
        const std::size_t recent = m_queues.size(kRecent);
        const std::size_t capacity = recent + m_queues.size(kFrequent);
        if (capacity == 0) {
            return kNoSlot;
        }
        bool fromFrequentGhosts = false;
        if (m_incoming.begins(incoming)) {
            fromFrequentGhosts = adapt(incoming, capacity);
        }
        m_from = kRecent;
        if (!m_incoming.returns()) {
            if (recent >= capacity) {
                m_from = kNowhere;  // all are new: one more ghost of this kind would tell nothing
                dropGhosts(capacity);
                return m_queues.popOldest(kRecent);
            }
            dropGhosts(capacity);
        }
        const double excess = static_cast<double>(recent) - m_aim;
        const bool tooMany = excess > 0 || (excess == 0 && fromFrequentGhosts);
        if (recent == 0 || (!tooMany && recent < capacity)) {
            m_from = kFrequent;
        }
        return m_queues.popOldest(m_from);
    }
    void onEvict(Slot, std::uint64_t key) override {
        if (m_from == kRecent) {
            m_recentGhosts.add(m_queues, key);
        } else if (m_from == kFrequent) {
            m_frequentGhosts.add(m_queues, key);
        }
    }

    bool holds(Slot slot) const noexcept {
        return m_queues.queueOf(slot) - kRecent <= kFrequent - kRecent;
    }
    void prefetch(Slot slot) const noexcept { m_queues.prefetch(slot); }

private:
    static constexpr unsigned kNowhere = 0;
    static constexpr unsigned kRecent = 1;
    static constexpr unsigned kFrequent = 2;
    static constexpr unsigned kRecentGhosts = 3;
    static constexpr unsigned kFrequentGhosts = 4;

    // Moves the aim if the key is a ghost; whether it was one that had been frequent.
    bool adapt(std::uint64_t incoming, std::size_t capacity) {
        const auto recent = static_cast<double>(m_recentGhosts.size(m_queues));
        const auto frequent = static_cast<double>(m_frequentGhosts.size(m_queues));
        if (m_recentGhosts.take(m_queues, incoming)) {
            m_incoming.setReturns(true);
            m_aim =
                std::min(m_aim + std::max(frequent / recent, 1.0), static_cast<double>(capacity));
            return false;
        }
        const bool wasFrequent = m_frequentGhosts.take(m_queues, incoming);
        m_incoming.setReturns(wasFrequent);
        if (wasFrequent) {
            m_aim = std::max(m_aim - std::max(recent / frequent, 1.0), 0.0);
        }
        return wasFrequent;
    }

    // Recent entries and their ghosts are at most the capacity, all together at most twice that,
    // after one of each kind was added.
    void dropGhosts(std::size_t capacity) {
        const std::size_t recent = m_queues.size(kRecent);
        while (m_recentGhosts.size(m_queues) != 0 &&
               recent + m_recentGhosts.size(m_queues) >= capacity) {
            m_recentGhosts.dropOldest(m_queues);
        }
        while (m_frequentGhosts.size(m_queues) != 0 &&
               m_recentGhosts.size(m_queues) + m_frequentGhosts.size(m_queues) >= capacity) {
            m_frequentGhosts.dropOldest(m_queues);
        }
    }

    SlotQueues<kFrequentGhosts> m_queues;
    typename Keys::template Ghosts<kRecentGhosts> m_recentGhosts;
    typename Keys::template Ghosts<kFrequentGhosts> m_frequentGhosts;
    IncomingKey m_incoming;
    double m_aim = 0;            // for the size of kRecent
    unsigned m_from = kNowhere;  // where the last victim came from
};

}  // namespace

PolicyKind arcPolicy() {
    return policyKind<ArcPolicy<HashedKeys>, ArcPolicy<DenseKeys>>("arc", "ARC");
}

}  // namespace cachescope
