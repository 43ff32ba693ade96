// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

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
    /// Gives its place back at its end.
    class Turn {
    public:
        Turn(Turn&& other) noexcept : m_turns(other.m_turns), m_place(other.m_place) {
            other.m_turns = nullptr;
        }
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        friend class KeyTurns;
        Turn(KeyTurns& turns, std::size_t place) noexcept : m_turns(&turns), m_place(place) {}

        KeyTurns* m_turns;
        std::size_t m_place;
    };

    /// Nothing when `deadline`, a moment on `clock`, passes first. `clock` must run in real time.
    std::optional<Turn> take(std::uint64_t hash, TimePoint deadline, const Clock& clock);
    std::optional<Turn> takeAll(TimePoint deadline, const Clock& clock);

private:
    static constexpr std::size_t kPlaces = 64;
    static constexpr std::size_t kAll = kPlaces;

    void giveBack(std::size_t place);

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::array<bool, kPlaces> m_busy{};
    std::size_t m_singles = 0;     // how many places are busy
    bool m_allBusy = false;        // somebody has every place
    std::size_t m_waitingAll = 0;  // how many want every place
};

}  // namespace cachescope
