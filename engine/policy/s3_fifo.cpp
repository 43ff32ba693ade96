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
//            disturb each other. 18 bytes an entry, and 28 for each of 0.9 ghosts.
// Weakness:  an entry whose second read comes after it left the small queue costs one more load,
//            which is why LRU wins where popularity drifts fast over a large cache.
// Paper:     J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi: "FIFO queues are all you need for
//            cache eviction", SOSP 2023.

#include <optional>
#include <vector>

#include "engine/policy/builtin_policies.h"
#include "engine/policy/dense_ghost_queue.h"
#include "engine/policy/ghost_queue.h"
#include "engine/policy/make_policy_kind.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

namespace {

template <class Ghosts>
class S3FifoPolicy final : public EvictionPolicy {
public:
    void grow(std::size_t count) override {
        m_links.resize(count);
        m_states.resize(count);
        m_ghosts.grow(count);
    }
    void onInsert(Slot slot, std::uint64_t key) override {
        const bool returns = m_ghosts.take(key) || m_returning == key;
        m_returning.reset();
        m_states[slot] = {0, returns};
        (returns ? m_main : m_small).pushNewest(m_links, slot);
    }
    void onHit(Slot slot, std::uint64_t) override {
        if (m_states[slot].reads < kMostReads) {
            ++m_states[slot].reads;
        }
    }
    void onErase(Slot slot) override {
        (m_states[slot].inMain ? m_main : m_small).remove(m_links, slot);
    }
    Slot victim(std::uint64_t incoming) override {
        // Before the evicted key becomes a ghost itself and pushes out the one that returns.
        if (m_ghosts.take(incoming)) {
            m_returning = incoming;
        }
        const std::size_t capacity = m_small.size() + m_main.size();
        if (capacity == 0) {
            return kNoSlot;
        }
        const std::size_t mainShare = capacity - capacity / 10;
        for (;;) {
            if (m_main.size() > mainShare || m_small.empty()) {
                return victimOfMain();
            }
            m_ghostCapacity = capacity * 9 / 10;
            const Slot slot = victimOfSmall();
            if (slot != kNoSlot) {
                return slot;
            }
        }
    }
    void onEvict(Slot slot, std::uint64_t key) override {
        if (!m_states[slot].inMain) {
            m_ghosts.add(key, m_ghostCapacity);
        }
    }

private:
    static constexpr std::uint8_t kMostReads = 3;
    static constexpr std::uint8_t kReadsToStay = 2;

    struct State {
        std::uint8_t reads = 0;
        bool inMain = false;
    };

    // Nothing when all of the small queue deserved the main one.
    Slot victimOfSmall() {
        while (!m_small.empty()) {
            const Slot slot = m_small.popOldest(m_links);
            if (m_states[slot].reads < kReadsToStay) {
                return slot;
            }
            m_states[slot] = {0, true};
            m_main.pushNewest(m_links, slot);
        }
        return kNoSlot;
    }

    Slot victimOfMain() {
        for (;;) {
            const Slot slot = m_main.popOldest(m_links);
            if (m_states[slot].reads == 0) {
                return slot;
            }
            --m_states[slot].reads;
            m_main.pushNewest(m_links, slot);
        }
    }

    SlotLinks m_links;
    SlotList m_small;
    SlotList m_main;
    Ghosts m_ghosts;
    std::size_t m_ghostCapacity = 0;
    std::optional<std::uint64_t> m_returning;  // was a ghost when room was made for it
    std::vector<State> m_states;
};

}  // namespace

PolicyKind s3FifoPolicy() {
    return policyKind<S3FifoPolicy<GhostQueue>, S3FifoPolicy<DenseGhostQueue>>("s3fifo", "S3-FIFO");
}

}  // namespace cachescope
