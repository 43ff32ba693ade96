// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is invalidated in a lane by hand or by a scenario.

#include "engine/sim/lane.h"
#include "engine/sim/user_key.h"

namespace cachescope::sim {

template <class Invalidate>
Result<std::uint64_t> Lane::invalidateBy(Invalidate invalidate) {
    if (!m_cache) {
        return std::uint64_t{0};
    }
    auto removed = invalidate(*m_cache);
    (void)m_backend->takeSpent();  // no request's time
    return removed;
}

Result<std::uint64_t> Lane::invalidate(std::string_view key) {
    return invalidateBy([&](Cache& cache) -> Result<std::uint64_t> {
        auto removed = cache.invalidate(key);
        if (!removed || !m_spec.varyByUser) {
            return removed;
        }
        auto ofUsers = cache.invalidateMatching(userKeysPattern(key));
        return ofUsers ? Result<std::uint64_t>{*removed + *ofUsers} : ofUsers;
    });
}

Result<std::uint64_t> Lane::invalidateMatching(std::string_view pattern) {
    return invalidateBy([&](Cache& cache) { return cache.invalidateMatching(pattern); });
}

Result<std::uint64_t> Lane::invalidateAll() {
    return invalidateBy([](Cache& cache) { return cache.invalidateAll(); });
}

// A lane without a cache has nothing to mark.
template <class Invalidate>
Result<void> Lane::markBy(Invalidate invalidate) {
    if (!m_cache) {
        return {};
    }
    const Result<void> marked = invalidate(*m_cache);
    (void)m_backend->takeSpent();
    return marked;
}

Result<void> Lane::invalidateTag(std::string_view tag) {
    return markBy([&](Cache& cache) { return cache.invalidateTag(tag); });
}

Result<void> Lane::invalidateSpace(std::string_view space) {
    return markBy([&](Cache& cache) { return cache.invalidateSpace(space); });
}

Result<void> Lane::invalidateAllByMark() {
    return markBy([](Cache& cache) { return cache.invalidateAllByMark(); });
}

}  // namespace cachescope::sim
