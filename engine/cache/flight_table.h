// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/cache/cache.h"

namespace cachescope {

class LateStep;
class LoadWait;

/// One request that waits for a load.
struct Waiter {
    std::uint64_t id = 0;           ///< by which a time-out finds it
    FetchDone done;                 ///< called once
    std::optional<Entry> fallback;  ///< what it may be served if the load fails or takes too long
    TimePoint fallbackUntil{};
    bool doubtful = false;  ///< the fallback may be void
};

/// One load under way, and who waits for it. Guarded by the FlightTable it is in; what is const
/// after it was opened may be read by any thread.
struct Flight {
    std::string key;
    CacheOptions options;
    LoadCause cause = LoadCause::miss;
    TimePoint begun{};
    Load load;                             ///< kept until it is begun
    bool away = false;                     ///< it runs on a thread of the cache
    bool openerHelps = false;              ///< or on that of its opener, who waits without limit
    std::optional<std::uint64_t> lease;    ///< the token, where it holds one
    std::vector<Waiter> waiters;           ///< served together when it lands
    std::uint64_t opener = 0;              ///< the waiter that began the load; 0 for a refresh
    std::atomic<bool> fallbacks{false};    ///< whether a waiter has or had one
    std::thread::id loader;                ///< who runs the load; none once it goes on elsewhere
    std::atomic<bool> invalidated{false};  ///< its value must not be stored
    bool storing = false;                  ///< its value goes into the backend, or is there
    std::shared_ptr<LateStep> late;        ///< what there was no thread for yet
    std::vector<std::shared_ptr<LoadWait>> helpers;  ///< who would do it
};

/// The loads of a cache that are under way: what makes single-flight.
///
/// A request that misses either joins the flight of its key or opens one. A mark taken before the
/// backend was asked tells a request whether a flight of its shard landed meanwhile, in which case
/// the value may be there by now. It also remembers which loads failed lately, and which values may
/// lie in the backend although they were invalidated, while they were being stored: a value counts
/// as that of the load that began when it says its own did. Any thread; holds its locks for a few
/// instructions only.
class FlightTable {
public:
    /// Changes whenever a flight whose key shares the shard of `key` lands.
    std::uint64_t mark(std::string_view key) const noexcept;
    /// Whether doubtsOf() may have something to say, as of this mark.
    static bool hasDoubts(std::uint64_t mark) noexcept { return (mark & 1U) != 0; }

    struct Joined {
        std::shared_ptr<Flight> flight;  ///< null: a flight landed since `mark`, look again
        bool opened = false;             ///< this request has to load
        std::uint64_t waiter = 0;        ///< its number, for take()
    };
    /// The waiter is taken only if a flight was joined or opened. Flights that were invalidated or
    /// began at `voidUntil` or before are not joined.
    Joined joinOrOpen(std::string_view key, std::uint64_t mark, const CacheOptions& options,
                      LoadCause cause, TimePoint now, TimePoint voidUntil, Waiter& waiter);
    /// A flight that nobody waits for; null when the key is being loaded, or was since `mark`.
    std::shared_ptr<Flight> openRefresh(std::string_view key, std::uint64_t mark,
                                        const CacheOptions& options, TimePoint now);

    bool isFlying(std::string_view key) const;

    bool isWaiting(Flight& flight, std::uint64_t waiter) const;
    /// Takes a waiter out of a flight; nothing when it was served.
    std::optional<Waiter> take(Flight& flight, std::uint64_t waiter);
    /// What a waiter that was not served yet may fall back to, and until when.
    std::optional<std::pair<Entry, TimePoint>> fallbackOf(Flight& flight,
                                                          std::uint64_t waiter) const;

    /// Says that its value is about to be stored; false when it must not be any more.
    bool beginStore(Flight& flight);
    /// When the loads began whose values for `key` must not be served.
    std::vector<TimePoint> doubtsOf(std::string_view key) const;
    /// The value of this load could not be removed, and has to be.
    void noteLeftover(const Flight& flight);
    /// Of these, what noteLeftover() was told of.
    std::vector<TimePoint> leftoversOf(std::string_view key) const;
    void forgetLeftovers(std::string_view key, const std::vector<TimePoint>& begun);
    std::vector<std::string> keysOfLeftovers() const;

    /// Ends a flight; returns who waits for it.
    std::vector<Waiter> land(const std::shared_ptr<Flight>& flight);
    /// Ends it unless somebody waits for it; whether it did.
    bool landAlone(const std::shared_ptr<Flight>& flight);

    /// There is no thread for this step: wakes those who help with the flight.
    void putOff(Flight& flight, std::shared_ptr<LateStep> step);
    /// From now on `helper` is woken by putOff().
    void help(Flight& flight, std::shared_ptr<LoadWait> helper);
    bool isHelped(Flight& flight) const;
    /// Takes the step that was put off; null where there is none.
    std::shared_ptr<LateStep> takeLate(Flight& flight);

    /// This thread runs the load, or nobody is blocked in it any more.
    void loaderIsHere(Flight& flight);
    void loaderLeft(Flight& flight);

    /// The load of a key failed: no other try before `until`. Forgotten with success.
    void noteFailure(std::string_view key, TimePoint until, TimePoint now);
    void noteSuccess(std::string_view key);
    bool mayTry(std::string_view key, TimePoint now) const;

    /// The flights whose value must not be stored: of a key, or of all keys that match a glob.
    void invalidate(std::string_view key);
    void invalidateMatching(std::string_view pattern);

private:
    static constexpr std::size_t kShards = 16;
    static constexpr int kShardShift = 64 - 4;
    struct Shard {
        mutable std::mutex mutex;
        // Keys lie in the flights themselves.
        std::unordered_multimap<std::string_view, std::shared_ptr<Flight>> flights;
        std::unordered_map<std::string, TimePoint> failures;
        std::atomic<std::size_t> failureCount{0};
        // When the loads began of values that were invalidated and could not be removed.
        std::unordered_multimap<std::string, TimePoint> leftovers;
        std::atomic<std::uint64_t> landings{0};
        // Leftovers, and flights that were invalidated while they stored.
        std::atomic<std::size_t> doubts{0};
        std::uint64_t waiters = 0;
    };
    static std::shared_ptr<Flight> open(Shard& shard, std::string_view key,
                                        const CacheOptions& options, LoadCause cause,
                                        TimePoint now);
    static void invalidate(Shard& shard, Flight& flight);
    static void end(Shard& shard, const std::shared_ptr<Flight>& flight);
    static std::vector<TimePoint> leftoversIn(const Shard& shard, std::string_view key);
    static std::size_t shardIndex(std::string_view key) noexcept;
    Shard& shardOf(std::string_view key) noexcept;
    const Shard& shardOf(std::string_view key) const noexcept;

    std::array<Shard, kShards> m_shards;
};

/// Says that this thread waits for a flight, as long as the object lives, and whether it may: not
/// if the flight's loader is this thread or waits, through any number of others, for it.
class FlightWait {
public:
    explicit FlightWait(const Flight& flight);
    ~FlightWait();
    FlightWait(const FlightWait&) = delete;
    FlightWait& operator=(const FlightWait&) = delete;

    bool wouldNeverEnd() const noexcept { return m_circle; }

private:
    bool m_circle = false;
};

}  // namespace cachescope
