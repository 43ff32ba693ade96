// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope::sim {

/// How old the data behind each key is: the truth that a cached value is compared with.
///
/// Every key has a version that starts at 1 and moves on at random moments, `interval` apart on
/// average (a Poisson process of its own seed a key), and whenever somebody writes. The moments
/// depend on the seed and the key alone, so all lanes see the same truth. Asking costs time in
/// proportion to the updates since the last time. One thread; `now` must not run backwards.
class DataVersions {
public:
    /// An interval of zero: the data never changes by itself.
    DataVersions(std::uint32_t keys, Duration interval, std::uint64_t seed, TimePoint now);

    std::uint64_t at(std::uint32_t key, TimePoint now) {
        State& state = m_states[key];
        if (state.nextUpdate <= now) [[unlikely]] {
            catchUp(key, state, now);
        }
        return state.version;
    }
    void write(std::uint32_t key, TimePoint now);

    /// Told of updates by the interval when at() finds them out: of the last one since it was asked
    /// for that key before. May be empty.
    void setUpdateListener(std::function<void(std::uint32_t key, TimePoint at)> listener) {
        m_onUpdate = std::move(listener);
    }

    /// Another interval, another number of keys; versions of keys that stay are kept.
    void change(std::uint32_t keys, Duration interval, TimePoint now);

private:
    struct State {
        std::uint64_t version = 1;
        TimePoint nextUpdate = kNever;
    };

    Duration gapBefore(std::uint32_t key, std::uint64_t version) const noexcept;
    void catchUp(std::uint32_t key, State& state, TimePoint now);

    Duration m_interval;
    std::uint64_t m_seed;
    std::vector<State> m_states;
    std::function<void(std::uint32_t, TimePoint)> m_onUpdate;
};

}  // namespace cachescope::sim
