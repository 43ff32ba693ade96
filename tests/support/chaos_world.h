// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/backend/recovery_queue.h"
#include "engine/cache/cache.h"
#include "engine/core/random.h"
#include "tests/support/cache_history.h"
#include "tests/support/chaos_backend.h"
#include "tests/support/manual_timers.h"

namespace cachescope::test {

/// A cache on a ChaosBackend, and what a seed does to it: requests with all options, loads that
/// end, fail or do not, time, invalidations of every kind, and outages.
///
/// Some of it happens in the middle of calls of the backend, of loads and of answers, as if other
/// threads had done it just then. All is held against a CacheHistory. The same seed does the same.
/// One thread.
class ChaosWorld {
public:
    /// `guarded`: with a circuit breaker and a recovery queue between cache and chaos.
    ChaosWorld(std::uint64_t seed, bool guarded);

    /// So many operations; ends early after violations.
    void run(std::size_t operations);
    /// All gets well, all loads end, time goes on: nothing may be left over. Then the cache ends.
    void finish();

    std::uint64_t operations() const noexcept { return m_operations; }
    const CacheHistory& history() const noexcept { return m_history; }

private:
    struct Pending {
        std::size_t load;
        LoadDone done;
    };
    static constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();
    static constexpr int kDeepest = 2;

    void makeCache(std::uint64_t seed);
    void setHooks();
    bool perhaps(double chance) { return m_random.uniform() < chance; }
    Duration upTo(Duration most);
    std::size_t someKey();

    void step();
    void interfere(std::string_view key, double chance);
    void meanwhile(std::size_t key);
    void fetch(std::size_t key);
    void load(std::size_t request, LoadDone done);
    void endLoad(std::size_t place);
    void endLoadOf(std::size_t key);
    LoadResult outcomeOf(std::size_t load);
    void invalidateKeys(std::size_t key);
    void invalidateByMark();
    template <class Invalidate>
    void invalidate(const std::vector<VoidLog*>& logs, Invalidate call);
    void changeMood();

    ManualClock m_clock{TimePoint{std::chrono::hours{1}}};
    ManualTimers m_timers{m_clock};
    Random m_random;
    const bool m_guarded;
    CacheHistory m_history;
    ChaosBackend* m_chaos = nullptr;
    RecoveryQueue* m_queue = nullptr;
    std::unique_ptr<Cache> m_cache;

    std::vector<std::uint64_t> m_versions;  // of the origin's data, by key
    std::vector<Pending> m_pending;
    std::vector<std::size_t> m_asking;  // the requests whose fetch() runs, the innermost last
    double m_originFails = 0;
    bool m_interferes = true;
    int m_depth = 0;
    std::uint64_t m_interfered = 0;
    std::uint64_t m_interferedBefore = 0;
    std::uint64_t m_tornBefore = 0;
    Duration m_movedBefore{};
    Duration m_passedMeanwhile{};
    std::uint64_t m_operations = 0;
};

/// Options by chance: every combination that is valid can come.
CacheHistory::Key chaosKey(std::size_t number, Random& random);

}  // namespace cachescope::test
