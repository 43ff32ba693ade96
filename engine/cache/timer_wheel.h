// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope {

/// Tells which of many deadlines have passed, at a cost that does not depend on how many are left.
///
/// A hierarchical timer wheel (G. Varghese, A. Lauck: "Hashed and Hierarchical Timing Wheels",
/// SOSP 1987): eight levels of 64 buckets, the finest bucket 2^19 ns (0.52 ms) wide, each level 64
/// times coarser; together they span all of time. Timers are numbered slots, at most one deadline
/// each, linked through arrays, so that schedule() and cancel() are O(1) and allocate nothing. A
/// timer is handed down at most seven levels before it fires. Bitmaps of the buckets in use let
/// advance() step over any jump of time at the cost of the timers it meets. Fires less than a
/// finest bucket late, never early. One thread at a time. Keeps no values.
class TimerWheel {
public:
    using Slot = std::uint32_t;

    /// The width of the finest bucket: how much later than its deadline a timer may fire.
    static constexpr Duration kTick{std::int64_t{1} << 19};

    struct Advanced {
        std::size_t fired = 0;
        bool more = false;  ///< the limit was reached: call again
    };

    explicit TimerWheel(TimePoint start);

    /// Slots are below `count` from now on. Never shrinks.
    void grow(std::size_t count);

    /// Fires `slot` after `deadline` instead of what was scheduled before; kNever only cancels.
    void schedule(Slot slot, TimePoint deadline);

    void cancel(Slot slot);

    bool isScheduled(Slot slot) const noexcept { return m_timers[slot].next != kNone; }
    std::size_t size() const noexcept { return m_size; }

    /// Before this moment advance() has nothing to do. A lower bound that is quick to have.
    TimePoint nextWork() const noexcept;

    /// Calls `sink(slot)` for timers whose deadline lies before `now`, in the same order in every
    /// run. Handles at most `limit` timers, fired or handed down a level. `now` never runs
    /// backwards. The sink may schedule and cancel.
    template <class Sink>
    Advanced advance(TimePoint now, Sink&& sink, std::size_t limit) {
        Advanced result;
        const std::uint64_t target = std::max(m_tick, tickOf(now));
        for (std::size_t handled = 0; pendingOrNextBucket(target); ++handled) {
            if (handled == limit) {
                result.more = true;
                break;
            }
            const Slot slot = link(kPending).next;
            const std::uint64_t due = m_timers[slot].due;
            unlink(slot);
            if (due <= target) {
                ++result.fired;
                sink(slot);
            } else {
                place(slot, due);
            }
        }
        return result;
    }

private:
    static constexpr int kLevels = 8;
    static constexpr int kBits = 6;
    static constexpr Slot kNone = 0xffff'ffff;
    // Numbers from here on are the heads of lists: one a bucket, then the pending timers.
    static constexpr Slot kHeads = 0x8000'0000;
    static constexpr Slot kPending = kHeads + (kLevels << kBits);

    struct Link {
        Slot next = kNone;
        Slot previous = kNone;
    };
    struct Timer : Link {
        std::uint64_t due = 0;  // the first tick that begins after the deadline
    };

    static std::uint64_t tickOf(TimePoint time) noexcept;
    static TimePoint startOf(std::uint64_t tick) noexcept;

    Link& link(Slot at) noexcept { return at < kHeads ? m_timers[at] : m_heads[at - kHeads]; }
    void append(Slot list, Slot slot) noexcept;
    void unlink(Slot slot) noexcept;
    void place(Slot slot, std::uint64_t due) noexcept;
    bool firstBucket(int& level, std::uint64_t& bucketStart) const noexcept;
    bool pendingOrNextBucket(std::uint64_t target) noexcept;

    // Every timer in a bucket of level n differs from m_tick in digit n (base 64) and in none
    // above; its bucket is that digit. Hence the lowest level in use holds the earliest timers.
    std::uint64_t m_tick;
    std::size_t m_size = 0;
    std::vector<Timer> m_timers;
    std::array<std::uint64_t, kLevels> m_used{};
    std::array<Link, (kLevels << kBits) + 1> m_heads;
};

}  // namespace cachescope
