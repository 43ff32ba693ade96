// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/trace/key_table.h"

namespace cachescope {

/// Renumbers the keys of a recording 0, 1, 2 … in order of first use.
///
/// A hash table with open addressing over a KeyTable. A number and the text that spells it are the
/// same key. When `limit` keys are known, a further one gets number 0 and full() is true from then
/// on. It may throw std::bad_alloc, and is then of no further use. One thread.
class KeyIndex {
public:
    /// One less than there are 32-bit numbers: the last stays free for "none".
    static constexpr std::uint64_t kMostKeys = 0xffff'fffe;

    explicit KeyIndex(std::uint64_t limit = kMostKeys);

    /// Many at once, which hides that memory is slow: as many `keys` as `numbers` or `texts`, at
    /// most kAtATime texts.
    void numbersOf(std::span<const std::uint64_t> numbers, std::uint32_t* keys);
    void numbersOf(std::span<const std::string_view> texts, std::uint32_t* keys);
    static constexpr std::size_t kAtATime = 64;

    std::uint32_t numberOf(std::uint64_t number);
    /// At most KeyTable::kLongestName bytes.
    std::uint32_t numberOf(std::string_view text);

    std::size_t size() const noexcept { return m_table.size(); }
    bool full() const noexcept { return m_full; }
    /// What it takes now, and what it may take while it makes room for `more` keys.
    std::uint64_t bytes(std::size_t more) const noexcept;

    /// The names; the index is empty and of no further use.
    KeyTable takeTable() { return std::move(m_table); }

private:
    enum class Kind : std::uint32_t { free, number, text };
    struct Slot {
        std::uint64_t value = 0;  // the number, or the text's hash
        std::uint32_t key = 0;
        Kind kind = Kind::free;
    };

    std::size_t slotOf(std::uint64_t value) const noexcept;
    void makeRoom(std::size_t more);
    std::uint32_t insert(Slot& slot, Slot with);
    std::uint32_t findOrAdd(std::uint64_t number);
    std::uint32_t findOrAdd(std::string_view text, std::uint64_t hash);

    std::uint64_t m_limit;
    bool m_full = false;
    KeyTable m_table;
    std::vector<Slot> m_slots;  // a power of two of them
};

}  // namespace cachescope
