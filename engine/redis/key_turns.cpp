// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/key_turns.h"

#include <algorithm>

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
        m_turns->giveBack(m_place);
    }
}

std::optional<KeyTurns::Turn> KeyTurns::take(std::uint64_t hash, TimePoint deadline,
                                             const Clock& clock) {
    const auto place = static_cast<std::size_t>(hash % kPlaces);
    std::unique_lock lock(m_mutex);
    const bool free = waitUntil(m_changed, lock, deadline, clock,
                                [&] { return !m_busy[place] && !m_allBusy && m_waitingAll == 0; });
    if (!free) {
        return std::nullopt;
    }
    m_busy[place] = true;
    ++m_singles;
    return Turn{*this, place};
}

std::optional<KeyTurns::Turn> KeyTurns::takeAll(TimePoint deadline, const Clock& clock) {
    std::unique_lock lock(m_mutex);
    ++m_waitingAll;
    const bool free =
        waitUntil(m_changed, lock, deadline, clock, [&] { return m_singles == 0 && !m_allBusy; });
    --m_waitingAll;
    if (!free) {
        m_changed.notify_all();
        return std::nullopt;
    }
    m_allBusy = true;
    return Turn{*this, kAll};
}

void KeyTurns::giveBack(std::size_t place) {
    {
        const std::lock_guard lock(m_mutex);
        if (place == kAll) {
            m_allBusy = false;
        } else {
            m_busy[place] = false;
            --m_singles;
        }
    }
    m_changed.notify_all();
}

}  // namespace cachescope
