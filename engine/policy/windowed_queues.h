// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/core/random.h"
#include "engine/policy/frequency_sketch.h"
#include "engine/policy/ghosts.h"
#include "engine/policy/slot_queues.h"

namespace cachescope {

/// The three queues of W-TinyLFU for one share of the window: a window in front of a segmented LRU,
/// and an admission test between them.
///
/// Frequencies come from a sketch that the caller feeds, so that several of these can share one.
/// `Keys` is HashedKeys or DenseKeys. O(1) a call. One thread.
template <class Keys>
class WindowedQueues {
public:
    using Slot = std::uint32_t;

    void grow(std::size_t count) {
        m_queues.grow(count);
        m_keys.grow(count);
    }
    std::size_t size() const noexcept { return m_count; }
    bool holds(Slot slot) const noexcept { return m_queues.queueOf(slot) != 0; }
    std::uint32_t keyOf(Slot slot) const noexcept { return m_keys[slot]; }
    void prefetch(Slot slot) const noexcept { m_queues.prefetch(slot); }

    /// The window's part of all entries, from 0 to 1; it has one entry at least. The queues follow
    /// as entries come and go.
    void setShare(double share) noexcept { m_share = share; }

    void insert(Slot slot, std::uint64_t key) {
        ++m_count;
        m_keys.set(slot, key);
        m_queues.push(kWindow, slot);
        const std::size_t limit = windowLimit();
        for (int i = 0; i < kMovesPerInsert && m_queues.size(kWindow) > limit; ++i) {
            m_queues.push(kProbation, m_queues.popOldest(kWindow));
        }
    }
    void hit(Slot slot) noexcept {
        if (m_queues.queueOf(slot) == kWindow) {
            m_queues.move(kWindow, slot);
            return;
        }
        m_queues.move(kProtected, slot);
        const std::size_t main = m_count - std::min(m_count, windowLimit());
        const std::size_t limit = main * kProtectedPercent / 100;
        while (m_queues.size(kProtected) > limit) {
            m_queues.push(kProbation, m_queues.popOldest(kProtected));
        }
    }
    void erase(Slot slot) noexcept {
        m_queues.remove(slot);
        --m_count;
    }
    /// There is an entry.
    Slot victim(FrequencySketch& sketch) noexcept {
        const std::size_t limit = windowLimit();
        --m_count;
        const unsigned main = m_queues.empty(kProbation) ? kProtected : kProbation;
        if (m_queues.empty(main)) {
            return m_queues.popOldest(kWindow);
        }
        if (m_queues.size(kWindow) < limit) {
            return m_queues.popOldest(main);
        }
        const Slot candidate = m_queues.popOldest(kWindow);
        if (!admits(sketch.estimate(m_keys[candidate]),
                    sketch.estimate(m_keys[m_queues.oldest(main)]))) {
            return candidate;
        }
        const Slot slot = m_queues.popOldest(main);
        m_queues.push(kProbation, candidate);
        return slot;
    }

private:
    static constexpr unsigned kWindow = 1;
    static constexpr unsigned kProbation = 2;
    static constexpr unsigned kProtected = 3;
    static constexpr std::size_t kProtectedPercent = 80;
    static constexpr int kMovesPerInsert = 8;  // a window that shrinks must not stop the caller
    static constexpr unsigned kOften = 6;
    static constexpr std::uint64_t kOneIn = 128;

    // Now and then a candidate that is asked for often wins against an equal or better one, so that
    // nobody can keep it out by asking for the victim on purpose, and old favourites can leave.
    bool admits(unsigned candidate, unsigned victim) noexcept {
        return candidate > victim || (candidate >= kOften && m_random.below(kOneIn) == 0);
    }
    std::size_t windowLimit() const noexcept {
        return std::max<std::size_t>(
            static_cast<std::size_t>(m_share * static_cast<double>(m_count)), 1);
    }

    SlotQueues<kProtected> m_queues;
    typename Keys::KeysOfSlots m_keys;
    Random m_random{1};
    std::size_t m_count = 0;
    double m_share = 0.01;
};

}  // namespace cachescope
