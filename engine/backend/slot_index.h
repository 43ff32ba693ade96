// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cachescope {

/// Finds the slot of a key by 32 bits of its hash: the hash table of a memory shard.
///
/// Open addressing with linear probing in cells of eight bytes, at most four fifths in use, and
/// no tombstones: erase() moves cells back. Grows by an eighth, so that little is ever empty. It
/// keeps no keys; whoever asks compares them. One thread at a time.
class SlotIndex {
public:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = 0xffff'ffff;

    SlotIndex() { publish(); }
    SlotIndex(const SlotIndex&) = delete;
    SlotIndex& operator=(const SlotIndex&) = delete;

    /// Asks the processor for the cell where the search for `tag` will begin. Any thread at any
    /// time: a look at a table that is being replaced costs nothing but its use.
    [[gnu::always_inline]] void prefetch(std::uint32_t tag) const noexcept {
        const std::size_t at = homeAmong(m_publishedSize.load(std::memory_order_relaxed), tag);
        // As a number, for the table may be gone.
        const std::uintptr_t cells = m_publishedCells.load(std::memory_order_relaxed);
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        __builtin_prefetch(reinterpret_cast<const void*>(cells + at * sizeof(Cell)));
    }

    /// The slot under `tag` for which `isKey(slot)` is true, or kNone.
    template <class IsKey>
    Slot find(std::uint32_t tag, IsKey&& isKey) const noexcept {
        const Cell* const cells = m_cells.data();
        const std::size_t size = m_cells.size();
        for (std::size_t at = homeAmong(size, tag);;) {
            const Cell cell = cells[at];
            if (cell.tag == tag && cell.slot != kNone && isKey(cell.slot)) [[likely]] {
                return cell.slot;
            }
            if (cell.slot == kNone) {
                return kNone;
            }
            at = at + 1 == size ? 0 : at + 1;
        }
    }

    /// Makes room for `count` slots in all. Throws std::bad_alloc with nothing changed.
    void reserve(std::size_t count) {
        if (count * 5 > m_cells.size() * 4) [[unlikely]] {
            grow(count);
        }
    }

    /// After reserve().
    void insert(std::uint32_t tag, Slot slot) noexcept { insertInto(m_cells, {slot, tag}); }

    /// The slot must be there.
    void erase(std::uint32_t tag, Slot slot) noexcept {
        std::size_t hole = home(tag);
        while (m_cells[hole].slot != slot) {
            hole = next(hole);
        }
        // Moves later cells of the run back, so that no look-up ends too early.
        for (std::size_t at = next(hole); m_cells[at].slot != kNone; at = next(at)) {
            const std::size_t from = home(m_cells[at].tag);
            if (distance(from, at) >= distance(hole, at)) {
                m_cells[hole] = m_cells[at];
                hole = at;
            }
        }
        m_cells[hole] = {};
    }

    /// Forgets all and gives the memory back.
    void clear() {
        m_cells = Cells(kSmallest);
        publish();
    }

private:
    static constexpr std::size_t kSmallest = 16;

    struct Cell {
        Slot slot = kNone;
        std::uint32_t tag = 0;
    };
    using Cells = std::vector<Cell>;

    static std::size_t homeAmong(std::size_t cells, std::uint32_t tag) noexcept {
        return static_cast<std::size_t>((std::uint64_t{tag} * cells) >> 32);
    }
    static void insertInto(Cells& cells, Cell cell) noexcept {
        std::size_t at = homeAmong(cells.size(), cell.tag);
        while (cells[at].slot != kNone) {
            at = at + 1 == cells.size() ? 0 : at + 1;
        }
        cells[at] = cell;
    }
    std::size_t home(std::uint32_t tag) const noexcept { return homeAmong(m_cells.size(), tag); }
    std::size_t next(std::size_t at) const noexcept {
        return at + 1 == m_cells.size() ? 0 : at + 1;
    }
    std::size_t distance(std::size_t from, std::size_t to) const noexcept {
        return to >= from ? to - from : to + m_cells.size() - from;
    }
    void grow(std::size_t count) {
        std::size_t size = m_cells.size();
        do {
            size += size / 8;
        } while (count * 5 > size * 4);
        Cells larger(size);
        for (const Cell& cell : m_cells) {
            if (cell.slot != kNone) {
                insertInto(larger, cell);
            }
        }
        m_cells = std::move(larger);
        publish();
    }
    void publish() noexcept {
        m_publishedCells.store(reinterpret_cast<std::uintptr_t>(m_cells.data()),
                               std::memory_order_relaxed);
        m_publishedSize.store(m_cells.size(), std::memory_order_relaxed);
    }

    Cells m_cells = Cells(kSmallest);
    std::atomic<std::uintptr_t> m_publishedCells{0};
    std::atomic<std::size_t> m_publishedSize{0};
};

}  // namespace cachescope
