// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/key_turns.h"

namespace cachescope {

namespace {

template <class Condition>
bool waitUntil(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
               TimePoint deadline, const Clock& clock, Condition condition) {
    while (!condition()) {
        const Duration left = deadline - clock.now();
        if (left <= Duration::zero()) {
            return false;
        }
        changed.wait_for(lock, left);
    }
    return true;
}

}  // namespace

KeyTurns::Turn::~Turn() {
    if (m_turns != nullptr) {
        m_turns->giveBack(m_places);
    }
}

std::optional<KeyTurns::Turn> KeyTurns::take(std::uint64_t hash, TimePoint deadline,
                                             const Clock& clock) {
    return takeMany({&hash, 1}, deadline, clock);
}

std::optional<KeyTurns::Turn> KeyTurns::takeMany(std::span<const std::uint64_t> hashes,
                                                 TimePoint deadline, const Clock& clock) {
    std::uint64_t wanted = 0;
    for (const std::uint64_t hash : hashes) {
        wanted |= std::uint64_t{1} << (hash % kPlaces);
    }
    std::uint64_t taken = 0;
    std::unique_lock lock(m_mutex);
    while (taken != wanted) {
        const std::uint64_t left = wanted & ~taken;
        const std::uint64_t next = left & (~left + 1);
        // Who has one already goes on: who wants every place waits for him.
        const bool free = waitUntil(m_changed, lock, deadline, clock, [&] {
            return (m_busy & next) == 0 && (taken != 0 || m_waitingAll == 0);
        });
        if (!free) {
            m_busy &= ~taken;
            m_changed.notify_all();
            return std::nullopt;
        }
        m_busy |= next;
        taken |= next;
    }
    return Turn{*this, taken};
}

std::optional<KeyTurns::Turn> KeyTurns::takeAll(TimePoint deadline, const Clock& clock) {
    std::unique_lock lock(m_mutex);
    ++m_waitingAll;
    const bool free = waitUntil(m_changed, lock, deadline, clock, [&] { return m_busy == 0; });
    --m_waitingAll;
    if (!free) {
        m_changed.notify_all();
        return std::nullopt;
    }
    m_busy = ~std::uint64_t{0};
    return Turn{*this, m_busy};
}

void KeyTurns::giveBack(std::uint64_t places) {
    {
        const std::lock_guard lock(m_mutex);
        m_busy &= ~places;
    }
    m_changed.notify_all();
}

}  // namespace cachescope
