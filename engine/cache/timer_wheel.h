// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/core/clock.h"

namespace cachescope {

/// The place of one timer in its wheel; part of what the timer belongs to.
struct TimerLink {
    std::uint32_t next = 0xffff'ffff;
    std::uint32_t previous = 0xffff'ffff;
};

/// Tells which of many deadlines have passed, at a cost that does not depend on how many are left.
///
/// A hierarchical timer wheel (G. Varghese, A. Lauck: "Hashed and Hierarchical Timing Wheels",
/// SOSP 1987): eight levels of 64 buckets, the finest bucket 2^19 ns (0.52 ms) wide, each level 64
/// times coarser; together they span all of time. Timers are numbered slots with at most one
/// deadline each. Links and deadlines are kept by `Timers`, next to what expires, by
/// `TimerLink& timerLink(slot)` and `TimePoint timerDeadline(slot)`; so schedule() and cancel() are
/// O(1) and allocate nothing, and a timer costs eight bytes. A timer is handed down at most seven
/// levels before it fires. Bitmaps of the buckets in use let advance() step over any jump of time
/// at the cost of the timers it meets. Fires less than a finest bucket late, never early. One
/// thread at a time. Keeps no values.
template <class Timers>
class TimerWheel {
public:
    using Slot = std::uint32_t;

    /// The width of the finest bucket: how much later than its deadline a timer may fire.
    static constexpr Duration kTick{std::int64_t{1} << 19};

    struct Advanced {
        std::size_t fired = 0;
        bool more = false;  ///< the limit was reached: call again
    };

    /// `timers` outlives the wheel.
    TimerWheel(Timers& timers, TimePoint start) : m_timers(timers), m_tick(tickOf(start)) {
        unlinkAll();
    }

    /// Fires `slot` after its deadline instead of what was scheduled before; kNever only cancels.
    void schedule(Slot slot) noexcept {
        cancel(slot);
        if (const TimePoint deadline = m_timers.timerDeadline(slot); deadline != kNever) {
            place(slot, dueTick(deadline));
        }
    }

    /// As schedule(), for a slot whose deadline was `before`. Does nothing where the new one falls
    /// into the same bucket, as that of an entry that is written again and again mostly does.
    void reschedule(Slot slot, TimePoint before) noexcept {
        const TimePoint deadline = m_timers.timerDeadline(slot);
        if (before == kNever || deadline == kNever || !isScheduled(slot) ||
            listOf(dueTick(before)) != listOf(dueTick(deadline))) {
            schedule(slot);
        }
    }

    void cancel(Slot slot) noexcept {
        if (isScheduled(slot)) {
            unlink(slot);
        }
    }

    bool isScheduled(Slot slot) const noexcept { return m_timers.timerLink(slot).next != kNone; }
    std::size_t size() const noexcept { return m_size; }

    /// Forgets all timers without touching their links, which are about to be freed.
    void reset(TimePoint now) noexcept {
        m_tick = std::max(m_tick, tickOf(now));
        unlinkAll();
    }

    /// Before this moment advance() has nothing to do. A lower bound that is quick to have.
    TimePoint nextWork() const noexcept {
        if (m_heads[kPending - kHeads].next != kPending) {
            return TimePoint::min();
        }
        int level = 0;
        std::uint64_t start = 0;
        return firstBucket(level, start) ? startOf(start) : kNever;
    }

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
            const std::uint64_t due = dueTick(m_timers.timerDeadline(slot));
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
    static constexpr int kTickBits = 19;
    static_assert(kTick.count() == std::int64_t{1} << kTickBits);
    // Makes the tick of the earliest moment zero, since clocks may start before 1970.
    static constexpr std::int64_t kBias = std::int64_t{1} << (63 - kTickBits);
    static constexpr int kLevels = 8;
    static constexpr int kBits = 6;
    static constexpr Slot kNone = 0xffff'ffff;
    // Numbers from here on are the heads of lists: one a bucket, then the pending timers.
    static constexpr Slot kHeads = 0x8000'0000;
    static constexpr Slot kPending = kHeads + (kLevels << kBits);

    static std::uint64_t tickOf(TimePoint time) noexcept {
        return static_cast<std::uint64_t>((time.time_since_epoch().count() >> kTickBits) + kBias);
    }
    static TimePoint startOf(std::uint64_t tick) noexcept {
        const std::int64_t signedTick = static_cast<std::int64_t>(tick) - kBias;
        return signedTick >= kBias ? kNever : TimePoint{Duration{signedTick * kTick.count()}};
    }
    // The first tick that begins after the deadline.
    static std::uint64_t dueTick(TimePoint deadline) noexcept { return tickOf(deadline) + 1; }

    TimerLink& link(Slot at) noexcept {
        return at < kHeads ? m_timers.timerLink(at) : m_heads[at - kHeads];
    }

    void unlinkAll() noexcept {
        m_size = 0;
        m_used = {};
        for (Slot i = 0; i < m_heads.size(); ++i) {
            m_heads[i] = {kHeads + i, kHeads + i};
        }
    }

    void append(Slot list, Slot slot) noexcept {
        TimerLink& head = link(list);
        TimerLink& timer = m_timers.timerLink(slot);
        timer = {list, head.previous};
        link(head.previous).next = slot;
        head.previous = slot;
        ++m_size;
    }

    void unlink(Slot slot) noexcept {
        TimerLink& timer = m_timers.timerLink(slot);
        link(timer.previous).next = timer.next;
        link(timer.next).previous = timer.previous;
        // Both neighbours are the same only when that is the head of a list that is empty now.
        if (timer.next == timer.previous && timer.next >= kHeads && timer.next != kPending) {
            const Slot bucket = timer.next - kHeads;
            m_used[bucket >> kBits] &= ~(std::uint64_t{1} << (bucket & 63));
        }
        timer.next = kNone;
        --m_size;
    }

    // Where a timer belongs that is due then: kPending, or the head of a bucket.
    Slot listOf(std::uint64_t due) const noexcept {
        if (due <= m_tick) {
            return kPending;
        }
        const auto level = static_cast<Slot>((std::bit_width(due ^ m_tick) - 1) / kBits);
        return kHeads + (level << kBits) + static_cast<Slot>((due >> (level * kBits)) & 63);
    }

    void place(Slot slot, std::uint64_t due) noexcept {
        const Slot list = listOf(due);
        if (list != kPending) {
            const Slot bucket = list - kHeads;
            m_used[bucket >> kBits] |= std::uint64_t{1} << (bucket & 63);
        }
        append(list, slot);
    }

    bool firstBucket(int& level, std::uint64_t& bucketStart) const noexcept {
        for (level = 0; level < kLevels; ++level) {
            if (m_used[static_cast<std::size_t>(level)] != 0) {
                const int shift = level * kBits;
                const auto digit = static_cast<std::uint64_t>(
                    std::countr_zero(m_used[static_cast<std::size_t>(level)]));
                bucketStart = (m_tick >> (shift + kBits) << (shift + kBits)) | digit << shift;
                return true;
            }
        }
        return false;
    }

    // Makes sure that a timer that may be due is pending; false when none is.
    bool pendingOrNextBucket(std::uint64_t target) noexcept {
        TimerLink& pending = m_heads[kPending - kHeads];
        if (pending.next != kPending) {
            return true;
        }
        int level = 0;
        std::uint64_t start = 0;
        if (!firstBucket(level, start) || start > target) {
            // Nothing lies between here and there, so every timer keeps its bucket.
            m_tick = target;
            return false;
        }
        m_tick = start;
        const auto bucket = static_cast<Slot>((start >> (level * kBits)) & 63);
        TimerLink& head = m_heads[(static_cast<std::size_t>(level) << kBits) + bucket];
        pending = head;
        link(head.next).previous = kPending;
        link(head.previous).next = kPending;
        const Slot self = kHeads + (static_cast<Slot>(level) << kBits) + bucket;
        head = {self, self};
        m_used[static_cast<std::size_t>(level)] &= ~(std::uint64_t{1} << bucket);
        return true;
    }

    Timers& m_timers;
    // Every timer in a bucket of level n differs from m_tick in digit n (base 64) and in none
    // above; its bucket is that digit. Hence the lowest level in use holds the earliest timers.
    std::uint64_t m_tick;
    std::size_t m_size = 0;
    std::array<std::uint64_t, kLevels> m_used{};
    std::array<TimerLink, (kLevels << kBits) + 1> m_heads;
};

}  // namespace cachescope
