// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace cachescope {

/// A bounded queue between threads that drops what does not fit, and counts it.
///
/// Any number of threads push and pop; neither ever waits. Each cell carries a turn number that
/// says whether it is free for the next writer or full for the next reader (the bounded queue of
/// D. Vyukov). Meant for events that somebody may watch: losing some is better than slowing the
/// observed program down. Not for data that must arrive.
template <class T>
class BoundedRing {
public:
    /// Room for `capacity` elements, rounded up to a power of two, at least 2.
    explicit BoundedRing(std::size_t capacity)
        : m_mask(std::bit_ceil(capacity < 2 ? std::size_t{2} : capacity) - 1),
          m_cells(std::make_unique<Cell[]>(m_mask + 1)) {
        for (std::size_t i = 0; i <= m_mask; ++i) {
            m_cells[i].turn.store(i, std::memory_order_relaxed);
        }
    }

    /// False, and one more dropped(), when the ring is full.
    bool push(T element) {
        std::size_t at = m_tail.load(std::memory_order_relaxed);
        for (;;) {
            Cell& cell = m_cells[at & m_mask];
            const auto turn = cell.turn.load(std::memory_order_acquire);
            if (turn == at) {
                if (m_tail.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
                    cell.element = std::move(element);
                    cell.turn.store(at + 1, std::memory_order_release);
                    return true;
                }
            } else if (static_cast<std::ptrdiff_t>(turn - at) < 0) {
                m_dropped.fetch_add(1, std::memory_order_relaxed);
                return false;
            } else {
                at = m_tail.load(std::memory_order_relaxed);
            }
        }
    }

    /// False when the ring is empty.
    bool pop(T& element) {
        std::size_t at = m_head.load(std::memory_order_relaxed);
        for (;;) {
            Cell& cell = m_cells[at & m_mask];
            const auto turn = cell.turn.load(std::memory_order_acquire);
            if (turn == at + 1) {
                if (m_head.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
                    element = std::move(cell.element);
                    cell.turn.store(at + m_mask + 1, std::memory_order_release);
                    return true;
                }
            } else if (static_cast<std::ptrdiff_t>(turn - (at + 1)) < 0) {
                return false;
            } else {
                at = m_head.load(std::memory_order_relaxed);
            }
        }
    }

    std::uint64_t dropped() const noexcept { return m_dropped.load(std::memory_order_relaxed); }
    std::size_t capacity() const noexcept { return m_mask + 1; }

private:
    struct Cell {
        std::atomic<std::size_t> turn;
        T element;
    };

    const std::size_t m_mask;
    std::unique_ptr<Cell[]> m_cells;
    // Writers and readers on lines of their own, so that they do not slow each other down.
    alignas(64) std::atomic<std::size_t> m_tail{0};
    alignas(64) std::atomic<std::size_t> m_head{0};
    alignas(64) std::atomic<std::uint64_t> m_dropped{0};
};

}  // namespace cachescope
