// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cache/cache.h"
#include "engine/core/random.h"
#include "tests/support/cache_history.h"
#include "tests/support/chaos_backend.h"
#include "tests/support/lossy_feeds.h"
#include "tests/support/manual_timers.h"

namespace cachescope::test {

/// Two caches, each with two levels, over one ChaosBackend, and what a seed does to them.
///
/// What is held against the caches: a value is one that a load of its key gave; it is no older than
/// its options allow; nobody is answered twice, never, or after his hard time-out. Of invalidations
/// of a key: what was stored before one began is not served to who asks its process after it ended,
/// nor to who asks the other one kLag later; what its own process was loading then neither. Of
/// marks, each of which one process alone sets: what began before is not served by that process any
/// more, nor by the other MarkTable::kBelieved later, but by fail-safe while marks cannot be read.
/// One thread.
class ChaosLevels {
public:
    struct Kinds {
        std::uint64_t upper = 0, lower = 0, stale = 0, failures = 0, timedOut = 0, many = 0,
                      gaps = 0, ofOther = 0;
    };
    explicit ChaosLevels(std::uint64_t seed);
    ~ChaosLevels();

    void run(std::size_t operations);
    /// All gets well, all loads end, time goes on: nobody is left. Then the caches end.
    void finish();

    std::uint64_t operations() const noexcept { return m_operations; }
    std::uint64_t hash() const noexcept { return m_hash; }
    std::uint64_t torn() const noexcept { return m_store->torn(); }
    const Kinds& kinds() const noexcept { return m_kinds; }

private:
    static constexpr std::size_t kKeys = 60;
    static constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();
    struct LoadOf {
        std::size_t key;
        std::size_t process;
        std::uint64_t begun;
        TimePoint begunAt;
        bool gave = false;
        bool store = true;
        std::optional<Duration> ttl{};
        std::uint64_t settled = 0;  // all that its end led to has returned
    };
    struct Request {
        std::size_t key;
        std::size_t process;
        std::uint64_t begun;
        TimePoint at;
        TimePoint stepBegan;
        TimePoint deadline = kNever;
        bool answered = false;
    };
    struct Voided {
        std::size_t process;
        std::uint64_t begun;
        TimePoint begunAt;
        std::uint64_t ended;
        TimePoint endedAt;
    };
    struct Pending {
        std::size_t load;
        LoadDone done;
    };

    std::unique_ptr<Cache> process(std::size_t number, std::uint64_t seed);
    bool perhaps(double chance) { return m_random.uniform() < chance; }
    Duration upTo(Duration most);
    std::size_t someKey();
    bool isOfMany(std::size_t key) const { return key % 4 == 0; }

    void step();
    void interfere(double chance);
    void fetch(std::size_t process, std::size_t key);
    void fetchMany(std::size_t process);
    std::vector<LoadResult> loadMany(std::size_t process, const std::vector<std::string>& names);
    std::size_t beginLoad(std::size_t process, std::size_t key);
    LoadResult outcomeOf(std::size_t load);
    void settle(std::size_t load);
    void endLoad(std::size_t place);
    void invalidate(std::size_t process, std::size_t key);
    void invalidateByMark(std::size_t process);
    void changeMood();

    std::size_t ask(std::size_t process, std::size_t key);
    void answered(std::size_t request, const Result<Fetched>& result);
    void checkValue(const Request& request, const Fetched& fetched);
    /// Nothing where it may be served.
    std::string whyVoid(const Request& request, const LoadOf& load, const Fetched& fetched) const;
    void nobodyIsLate();
    void violated(const Request& request, const std::string& what);

    ManualClock m_clock{TimePoint{std::chrono::hours{1}}};
    ManualTimers m_timers{m_clock};
    const std::uint64_t m_seed;
    Random m_random;
    std::vector<CacheHistory::Key> m_keys;
    LossyFeeds m_feeds;
    std::shared_ptr<ChaosBackend> m_store;
    std::array<std::unique_ptr<Cache>, 2> m_caches;

    std::uint64_t m_moment = 0;
    std::uint64_t m_unread = 0;  // when a mark could not be read last
    std::vector<LoadOf> m_loads;
    std::vector<Request> m_requests;
    std::deque<std::size_t> m_limited;  // requests with a hard time-out that are not answered
    std::vector<Pending> m_pending;
    std::array<std::array<int, kKeys>, 2> m_running{};  // loads that have not settled
    std::array<std::vector<Voided>, kKeys> m_voidedKeys;
    std::array<std::vector<Voided>, CacheHistory::kTags> m_voidedTags;
    std::size_t m_looking = kNobody;  // the process that looks many keys up
    double m_originFails = 0;
    bool m_interferes = true;
    int m_depth = 0;
    TimePoint m_stepBegan{};
    std::uint64_t m_operations = 0;
    std::uint64_t m_hash = 0;
    std::uint64_t m_violations = 0;
    Kinds m_kinds;
};

}  // namespace cachescope::test
