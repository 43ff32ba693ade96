// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/cache/cache.h"

namespace cachescope {

/// One load under way, and who waits for it. Guarded by the FlightTable it is in.
struct Flight {
    std::string key;
    CacheOptions options;
    TimePoint begun{};
    std::vector<FetchDone> waiters;        ///< the first is the request that began the load
    std::thread::id loader;                ///< who runs the load; none once it goes on elsewhere
    std::atomic<bool> invalidated{false};  ///< its value must not be stored
};

/// The loads of a cache that are under way: what makes single-flight.
///
/// A request that misses either joins the flight of its key or opens one. A mark taken before the
/// backend was asked tells a request whether a flight of its shard landed meanwhile, in which case
/// the value may be there by now. Any thread; holds its locks for a few instructions only.
class FlightTable {
public:
    /// Changes whenever a flight whose key shares the shard of `key` lands.
    std::uint64_t mark(std::string_view key) const noexcept;

    struct Joined {
        std::shared_ptr<Flight> flight;  ///< null: a flight landed since `mark`, look again
        bool opened = false;             ///< this request has to load
    };
    /// `done` is taken only if a flight was joined or opened.
    Joined joinOrOpen(std::string_view key, std::uint64_t mark, const CacheOptions& options,
                      TimePoint now, FetchDone& done);

    /// Ends a flight; returns who waits for it.
    std::vector<FetchDone> land(const std::shared_ptr<Flight>& flight);

    /// The load function returned without an outcome: nobody is blocked in it any more.
    void loaderLeft(const std::shared_ptr<Flight>& flight);

    /// The flights whose value must not be stored: of a key, or of all keys that match a glob.
    void invalidate(std::string_view key);
    void invalidateMatching(std::string_view pattern);

private:
    static constexpr std::size_t kShards = 16;
    struct Shard {
        mutable std::mutex mutex;
        // Keys lie in the flights themselves.
        std::unordered_multimap<std::string_view, std::shared_ptr<Flight>> flights;
        std::atomic<std::uint64_t> landings{0};
    };
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
