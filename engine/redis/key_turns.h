// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "engine/core/clock.h"

namespace cachescope {

/// Lets writers of the same key go one after the other, across their round trips.
///
/// Keys share 64 places by their hash, so two different keys may wait for each other, but the same
/// key always does. takeAll() waits for every place, for work on many keys, and keeps later single
/// turns behind it. All waiting ends at a deadline. Any thread; a thread must not take a second
/// turn while it has one.
class KeyTurns {
public:
    /// Gives its places back at its end.
    class Turn {
    public:
        Turn(Turn&& other) noexcept : m_turns(other.m_turns), m_places(other.m_places) {
            other.m_turns = nullptr;
        }
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        friend class KeyTurns;
        Turn(KeyTurns& turns, std::uint64_t places) noexcept : m_turns(&turns), m_places(places) {}

        KeyTurns* m_turns;
        std::uint64_t m_places;  // a bit each
    };

    /// Nothing when `deadline`, a moment on `clock`, passes first. `clock` must run in real time.
    std::optional<Turn> take(std::uint64_t hash, TimePoint deadline, const Clock& clock);
    /// One turn for several keys: their places one after the other, in an order that all keep to.
    std::optional<Turn> takeMany(std::span<const std::uint64_t> hashes, TimePoint deadline,
                                 const Clock& clock);
    std::optional<Turn> takeAll(TimePoint deadline, const Clock& clock);

private:
    static constexpr std::size_t kPlaces = 64;

    void giveBack(std::uint64_t places);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::uint64_t m_busy = 0;      // a bit a place
    std::size_t m_waitingAll = 0;  // how many want every place
};

}  // namespace cachescope
