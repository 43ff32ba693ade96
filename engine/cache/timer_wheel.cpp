// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/timer_wheel.h"

#include <bit>

namespace cachescope {

namespace {

constexpr int kTickBits = 19;
// Makes the tick of the earliest moment zero, since clocks may start before 1970.
constexpr std::int64_t kBias = std::int64_t{1} << (63 - kTickBits);

static_assert(TimerWheel::kTick.count() == std::int64_t{1} << kTickBits);

}  // namespace

std::uint64_t TimerWheel::tickOf(TimePoint time) noexcept {
    return static_cast<std::uint64_t>((time.time_since_epoch().count() >> kTickBits) + kBias);
}

TimePoint TimerWheel::startOf(std::uint64_t tick) noexcept {
    const std::int64_t signedTick = static_cast<std::int64_t>(tick) - kBias;
    return signedTick >= kBias ? kNever : TimePoint{Duration{signedTick * kTick.count()}};
}

TimerWheel::TimerWheel(TimePoint start) : m_tick(tickOf(start)) {
    for (Slot i = 0; i < m_heads.size(); ++i) {
        m_heads[i] = {kHeads + i, kHeads + i};
    }
}

void TimerWheel::grow(std::size_t count) {
    if (count > m_timers.size()) {
        m_timers.resize(count);
    }
}

void TimerWheel::append(Slot list, Slot slot) noexcept {
    Link& head = link(list);
    Timer& timer = m_timers[slot];
    timer.next = list;
    timer.previous = head.previous;
    link(head.previous).next = slot;
    head.previous = slot;
    ++m_size;
}

void TimerWheel::unlink(Slot slot) noexcept {
    Timer& timer = m_timers[slot];
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

void TimerWheel::place(Slot slot, std::uint64_t due) noexcept {
    m_timers[slot].due = due;
    if (due <= m_tick) {
        append(kPending, slot);
        return;
    }
    const auto level = static_cast<Slot>((std::bit_width(due ^ m_tick) - 1) / kBits);
    const auto bucket = static_cast<Slot>((due >> (level * kBits)) & 63);
    m_used[level] |= std::uint64_t{1} << bucket;
    append(kHeads + (level << kBits) + bucket, slot);
}

void TimerWheel::schedule(Slot slot, TimePoint deadline) {
    cancel(slot);
    if (deadline != kNever) {
        place(slot, tickOf(deadline) + 1);
    }
}

void TimerWheel::cancel(Slot slot) {
    if (isScheduled(slot)) {
        unlink(slot);
    }
}

bool TimerWheel::firstBucket(int& level, std::uint64_t& bucketStart) const noexcept {
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

TimePoint TimerWheel::nextWork() const noexcept {
    if (m_heads[kPending - kHeads].next != kPending) {
        return TimePoint::min();
    }
    int level = 0;
    std::uint64_t start = 0;
    return firstBucket(level, start) ? startOf(start) : kNever;
}

// Makes sure that a timer that may be due is pending; false when none is.
bool TimerWheel::pendingOrNextBucket(std::uint64_t target) noexcept {
    Link& pending = link(kPending);
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
    Link& head = m_heads[(static_cast<std::size_t>(level) << kBits) + bucket];
    pending = head;
    link(head.next).previous = kPending;
    link(head.previous).next = kPending;
    const Slot self = kHeads + (static_cast<Slot>(level) << kBits) + bucket;
    head = {self, self};
    m_used[static_cast<std::size_t>(level)] &= ~(std::uint64_t{1} << bucket);
    return true;
}

}  // namespace cachescope
