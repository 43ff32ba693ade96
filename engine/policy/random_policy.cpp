// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Random
//
//     [ a ][ b ][ c ][ d ][ e ] ──► any of them, all equally likely
//
// Rule:      a die decides. It is seeded, so that the same requests evict the same entries.
// Cost:      O(1); a hit does nothing at all. 8 bytes an entry.
// Weakness:  knows nothing, so it is the bar that a policy has to clear; but no pattern of requests
//            can make it fail badly, and a loop that defeats LRU still hits.
// Paper:     L. A. Belady: "A study of replacement algorithms for a virtual-storage computer", IBM
//            Systems Journal 5(2), 1966, which compares it with others.

#include <vector>

#include "engine/core/random.h"
#include "engine/policy/builtin_policies.h"
#include "engine/policy/grow_slots.h"
#include "engine/policy/make_policy_kind.h"

namespace cachescope {

namespace {

class RandomPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        growSlots(m_places, count);
        growSlots(m_held, count);
    }
    void onInsert(Slot slot, std::uint64_t) override {
        m_places[slot] = m_count;
        m_held[m_count] = slot;
        ++m_count;
    }
    void onHit(Slot, std::uint64_t) override {}
    void onErase(Slot slot) override {
        // The last one takes its place.
        --m_count;
        const Slot last = m_held[m_count];
        m_held[m_places[slot]] = last;
        m_places[last] = m_places[slot];
    }
    Slot victim(std::uint64_t) override {
        if (m_count == 0) {
            return kNoSlot;
        }
        const Slot slot = m_held[m_random.below(m_count)];
        onErase(slot);
        return slot;
    }

    void prefetch(Slot slot) const noexcept { __builtin_prefetch(&m_places[slot], 1); }

private:
    static constexpr std::uint64_t kSeed = 0x5eed;

    std::vector<std::uint32_t> m_places;  // of a slot in m_held
    std::vector<Slot> m_held;             // the first m_count of them
    std::uint32_t m_count = 0;
    Random m_random{kSeed};
};

}  // namespace

PolicyKind randomPolicy() {
    return policyKind<RandomPolicy>("random", "Random");
}

}  // namespace cachescope
