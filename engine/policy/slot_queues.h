// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/policy/grow_slots.h"
#include "engine/policy/slot_list.h"

namespace cachescope {

/// Several queues over one set of slots, each slot in one of them or in none: what policies with
/// segments and ghosts are made of.
///
/// Costs 9 bytes a slot: links, and one byte that says which queue the slot is in and has five bits
/// for the policy, its note. All calls take O(1). Queues are numbered from 1; 0 is none. One
/// thread. Does not know keys, nor which queues are ghosts.
template <unsigned kQueues>
class SlotQueues {
    static_assert(kQueues <= 7, "a queue's number has three bits");

public:
    static constexpr std::uint32_t kEnd = SlotList::kEnd;

    void grow(std::size_t count) {
        growSlots(m_links, count);
        growSlots(m_states, count);
    }

    std::size_t size(unsigned queue) const noexcept { return m_queues[queue - 1].size(); }
    bool empty(unsigned queue) const noexcept { return m_queues[queue - 1].empty(); }
    /// kEnd when empty.
    std::uint32_t oldest(unsigned queue) const noexcept { return m_queues[queue - 1].oldest(); }
    std::uint32_t newest(unsigned queue) const noexcept { return m_queues[queue - 1].newest(); }

    unsigned queueOf(std::uint32_t slot) const noexcept { return m_states[slot] & kQueueMask; }
    /// Kept when a slot leaves its queue; set when it enters one.
    unsigned noteOf(std::uint32_t slot) const noexcept { return m_states[slot] >> kQueueBits; }
    void setNote(std::uint32_t slot, unsigned note) noexcept {
        m_states[slot] = stateOf(queueOf(slot), note);
    }

    /// Of a slot that is in no queue.
    void push(unsigned queue, std::uint32_t slot, unsigned note = 0) noexcept {
        m_states[slot] = stateOf(queue, note);
        m_queues[queue - 1].pushNewest(m_links, slot);
    }
    void remove(std::uint32_t slot) noexcept {
        m_queues[queueOf(slot) - 1].remove(m_links, slot);
        m_states[slot] &= static_cast<std::uint8_t>(~kQueueMask);
    }
    /// To the newest end of `queue`, from wherever it is.
    void move(unsigned queue, std::uint32_t slot, unsigned note = 0) noexcept {
        if (m_queues[queue - 1].newest() != slot) {
            m_queues[queueOf(slot) - 1].remove(m_links, slot);
            m_queues[queue - 1].pushNewest(m_links, slot);
        }
        m_states[slot] = stateOf(queue, note);
    }
    /// Of a queue that is not empty.
    std::uint32_t popOldest(unsigned queue) noexcept {
        const std::uint32_t slot = m_queues[queue - 1].popOldest(m_links);
        m_states[slot] &= static_cast<std::uint8_t>(~kQueueMask);
        return slot;
    }

    /// Begins to load what the other calls need of a slot.
    void prefetch(std::uint32_t slot) const noexcept {
        __builtin_prefetch(&m_states[slot], 1);
        __builtin_prefetch(&m_links[slot], 1);
    }

private:
    static constexpr unsigned kQueueBits = 3;
    static constexpr unsigned kQueueMask = (1U << kQueueBits) - 1;

    static std::uint8_t stateOf(unsigned queue, unsigned note) noexcept {
        return static_cast<std::uint8_t>(queue | note << kQueueBits);
    }

    SlotLinks m_links;
    std::vector<std::uint8_t> m_states;
    std::array<SlotList, kQueues> m_queues;
};

}  // namespace cachescope
