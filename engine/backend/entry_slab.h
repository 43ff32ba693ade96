// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/backend/entry_record.h"

namespace cachescope {

/// The records of a shard by slot, in blocks of 256 that never move.
///
/// A slot keeps its number and its address as long as it is in use. A block whose records are all
/// unused goes back to the system, unless it is the last with room, and its numbers are given out
/// again later. One thread at a time.
class EntrySlab {
public:
    using Slot = std::uint32_t;

    EntryRecord& operator[](Slot slot) noexcept {
        return m_records[slot / kBlock].get()[slot % kBlock];
    }
    const EntryRecord& operator[](Slot slot) const noexcept {
        return m_records[slot / kBlock].get()[slot % kBlock];
    }

    /// Asks the processor for the record and, at the same time, for its shared value.
    // Inline, or GCC takes a function that changes nothing for one that need not be called.
    [[gnu::always_inline]] void prefetch(Slot slot) const noexcept {
        __builtin_prefetch(&(*this)[slot]);
        if (slot < m_valueHints.size()) {
            const auto address = m_hintBase | std::uintptr_t{m_valueHints[slot]} << kHintShift;
            // NOLINTNEXTLINE(performance-no-int-to-ptr): it is kept in two halves
            __builtin_prefetch(reinterpret_cast<const void*>(address));
        }
    }
    /// Remembers where the value of a record is, for prefetch(), as far as there is memory for it.
    void noteValue(Slot slot) noexcept;

    /// For the timer wheel.
    TimerLink& timerLink(Slot slot) noexcept { return (*this)[slot].timer(); }
    TimePoint timerDeadline(Slot slot) const noexcept { return (*this)[slot].expires(); }

    /// Every slot ever given out is below.
    std::size_t end() const noexcept { return m_records.size() * kBlock; }
    /// Whether there is a record: false for the numbers of blocks that were given back.
    bool exists(Slot slot) const noexcept { return m_records[slot / kBlock] != nullptr; }

    /// Makes sure that take() has something to give. Throws std::bad_alloc with nothing changed.
    void reserve();
    /// An unused slot, after reserve(). It counts as given out until give() is called.
    Slot take() noexcept;
    /// The record must be unused.
    void give(Slot slot) noexcept;

    void clear();

private:
    static constexpr std::uint32_t kBlock = 256;
    static constexpr Slot kNone = 0xffff'ffff;
    static constexpr int kHintShift = 4;  // heap blocks begin at multiples of 16
    static constexpr int kHintBits = 32;

    struct Block {
        Slot firstFree = kNone;   // chained through the unused records
        std::uint32_t fresh = 0;  // records from here on were never touched
        std::uint32_t taken = 0;
        std::uint32_t position = 0;  // in m_withRoom, while it has room
    };

    // Not an array of new[], which would put a line for its length before the first record.
    struct FreeRecords {
        void operator()(EntryRecord* records) const noexcept;
    };
    using Records = std::unique_ptr<EntryRecord, FreeRecords>;
    static Records makeRecords();

    std::vector<Records> m_records;
    std::vector<Block> m_blocks;
    // Where shared values are, as far as 32 bits say: a wrong guess costs nothing but itself. Empty
    // as long as all values are inline.
    std::vector<std::uint32_t> m_valueHints;
    std::uintptr_t m_hintBase = 0;
    std::vector<std::uint32_t> m_withRoom;
    std::vector<std::uint32_t> m_vacant;  // numbers of blocks without memory
};

}  // namespace cachescope
