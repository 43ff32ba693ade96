// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/cache/cache_options.h"
#include "engine/cache/stats.h"
#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"

namespace cachescope {

class FlightTable;
struct Flight;

/// What the origin gives for a key, and what it says about keeping it.
struct Loaded {
    Bytes value;
    std::uint64_t version = 0;        ///< the origin's data version, 0 where there is none
    bool absent = false;              ///< the answer is that there is nothing
    bool store = true;                ///< false: whoever waits gets it, and it is not kept
    std::optional<Duration> ttl{};    ///< instead of that of the options
    std::vector<std::string> tags{};  ///< beside those of the options
};
using LoadResult = Result<Loaded>;

/// Takes the outcome of a load; called once, from any thread.
using LoadDone = std::function<void(LoadResult)>;
/// Begins a load and returns; the outcome may be handed over before or after that.
using Load = std::function<void(LoadDone)>;

enum class Source : std::uint8_t {
    stored,  ///< it lay in the backend; entry.level says on which level
    loaded,  ///< this request called the origin
    waited,  ///< another request's load was waited for, here or in another process
};

/// Why a request was served a value past its TTL.
enum class StaleReason : std::uint8_t {
    none,          ///< it was not
    revalidating,  ///< a load in the background refreshes it
    loadFailed,    ///< the load failed, now or within retryAfter
    slowLoad,      ///< the load did not end within the soft or hard time-out
};

struct Fetched {
    Entry entry;
    Source source = Source::stored;
    bool kept = true;     ///< it lies in the backend; false where storing was not wanted or failed
    bool absent = false;  ///< the answer is that there is nothing
    StaleReason stale = StaleReason::none;
};
using FetchDone = std::function<void(const Result<Fetched>&)>;

/// The front of a backend that everybody shares: the decorator, the simulation and the tests.
///
/// It answers from the backend or loads from the origin, stores what was loaded, stamps it with the
/// end of the load, joins concurrent loads of one key, and counts. A backend that fails never fails
/// a request: the origin serves it, and the failure is counted and kept for trouble(). A load that
/// was under way while its key was invalidated is delivered but not stored, so that an old value
/// cannot come back. Any thread; no lock is held while the backend, a load or a callback runs. It
/// does not encode keys or values: that is cached().
class Cache {
public:
    /// Takes over the backend's removal listener. `clock` must outlive the cache.
    explicit Cache(std::unique_ptr<Backend> backend, const Clock& clock = SystemClock::instance());
    ~Cache();
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;

    /// Serves `key`: calls `done` once, during the call on a hit, otherwise when the load ends.
    /// `load` is called only if this request is to call the origin. Options must be valid.
    template <class LoadFunction, class DoneFunction>
    void fetch(std::string_view key, const CacheOptions& options, LoadFunction&& load,
               DoneFunction&& done) {
        const std::uint64_t mark = missMark(key);
        if (auto entry = lookUp(key)) {
            done(Result<Fetched>{Fetched{std::move(*entry), Source::stored}});
            return;
        }
        miss(key, mark, options, Load(std::forward<LoadFunction>(load)),
             FetchDone(std::forward<DoneFunction>(done)));
    }

    /// The same for callers that wait: `load` runs on this thread if this request has to load.
    /// reentrantLoad when waiting could never end, because the load to be waited for waits for this
    /// thread.
    Result<Fetched> fetchBlocking(std::string_view key, const CacheOptions& options,
                                  const std::function<LoadResult()>& load);

    /// Removes one key, the keys matching a Redis glob, the keys with a prefix, or all; says how
    /// many live entries went. Loads of these keys that are under way are not stored.
    Result<std::uint64_t> invalidate(std::string_view key);
    Result<std::uint64_t> invalidateMatching(std::string_view pattern);
    Result<std::uint64_t> invalidatePrefix(std::string_view prefix);
    Result<std::uint64_t> invalidateAll();

    /// Removes entries past their deadline, about `limit` at most.
    Result<std::uint64_t> removeExpired(std::size_t limit);
    /// From now on does that by itself, every `interval` of real time, on a thread of its own.
    void sweepEvery(Duration interval);

    /// Told of every removal from the backend, under the conditions of RemovalListener. Set it
    /// before the first fetch.
    void setRemovalListener(RemovalListener listener) { m_listener = std::move(listener); }

    StatsSnapshot stats() const noexcept { return m_stats.snapshot(); }
    void countStaleHit() noexcept { m_stats.count(Counter::staleHits); }

    /// The latest failure of a backend call; nothing once calls have succeeded for two seconds.
    std::optional<Error> trouble() const;

    Backend& backend() noexcept { return *m_backend; }
    const Clock& clock() const noexcept { return m_clock; }

private:
    std::uint64_t missMark(std::string_view key) const noexcept;
    std::optional<Entry> lookUp(std::string_view key);
    std::optional<Entry> peek(std::string_view key);
    /// The flight that will call `done`, or null if it was called already.
    std::shared_ptr<Flight> miss(std::string_view key, std::uint64_t mark,
                                 const CacheOptions& options, const Load& load, FetchDone done);
    void complete(const std::shared_ptr<Flight>& flight, LoadResult outcome);
    /// Whether the entry lies in the backend afterwards.
    bool store(const Flight& flight, const Entry& entry);
    template <class T>
    Result<T> noted(Result<T> result);
    Result<std::uint64_t> countInvalidations(Result<std::uint64_t> erased);

    const Clock& m_clock;
    Stats m_stats;
    RemovalListener m_listener;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<FlightTable> m_flights;

    std::atomic<bool> m_inTrouble{false};
    mutable std::mutex m_troubleMutex;
    std::optional<Error> m_trouble;
    TimePoint m_troubleSince{};

    std::unique_ptr<Worker> m_sweeper;  // last: it calls everything above
};

}  // namespace cachescope
