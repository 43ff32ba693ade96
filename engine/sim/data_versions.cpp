// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/data_versions.h"

#include <algorithm>
#include <cmath>

#include "engine/core/random.h"

namespace cachescope::sim {

DataVersions::DataVersions(std::uint32_t keys, Duration interval, std::uint64_t seed, TimePoint now)
    : m_interval(interval), m_seed(mix64(seed ^ 0x76657273696f6e73ULL)) {
    change(keys, interval, now);
}

Duration DataVersions::gapBefore(std::uint32_t key, std::uint64_t version) const noexcept {
    const double uniform = unitInterval(mix64(m_seed ^ mix64((version << 32) ^ key)));
    const double gap = -std::log1p(-uniform) * static_cast<double>(m_interval.count());
    return Duration{static_cast<std::int64_t>(std::fmin(gap, 9e18))};
}

void DataVersions::change(std::uint32_t keys, Duration interval, TimePoint now) {
    m_interval = interval;
    // Never fewer: calls of the origin under way may still ask for keys that are gone.
    m_states.resize(std::max<std::size_t>(keys, m_states.size()));
    for (std::uint32_t key = 0; key < m_states.size(); ++key) {
        State& state = m_states[key];
        state.nextUpdate = interval == Duration::zero()
                               ? kNever
                               : deadlineAfter(now, gapBefore(key, state.version));
    }
}

void DataVersions::catchUp(std::uint32_t key, State& state, TimePoint now) {
    TimePoint latest{};
    do {
        latest = state.nextUpdate;
        ++state.version;
        state.nextUpdate = deadlineAfter(latest, gapBefore(key, state.version));
    } while (state.nextUpdate <= now);
    if (m_onUpdate) {
        m_onUpdate(key, latest);
    }
}

void DataVersions::write(std::uint32_t key, TimePoint now) {
    at(key, now);
    ++m_states[key].version;
}

}  // namespace cachescope::sim
