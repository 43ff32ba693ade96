// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/cache/cache_event.h"
#include "engine/cache/cache_options.h"
#include "engine/cache/freshness.h"
#include "engine/cache/stats.h"
#include "engine/core/call_gate.h"
#include "engine/core/clock.h"
#include "engine/core/histogram.h"
#include "engine/core/job_pool.h"
#include "engine/core/result.h"
#include "engine/core/timers.h"
#include "engine/core/worker.h"

namespace cachescope {

class FlightTable;
class LateStep;
class LoadWait;
class MarkTable;
struct Flight;
struct Waiter;

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

/// Loads several keys in one go: as many outcomes as there are keys, in their order.
using LoadMany = std::function<std::vector<LoadResult>(const std::vector<std::string>& keys)>;

/// The answer to a request.
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
/// end of the load, joins concurrent loads of one key, protects by the options of each request
/// (cache_options.h), and counts. A backend that fails never fails a request: the origin serves it,
/// and the failure is counted and kept for trouble(). A load that was under way while its key was
/// invalidated is delivered to those who waited by then, but not stored and not to those who come
/// later, so that an old value cannot come back. Any thread; no lock is held while the backend, a
/// load or a callback runs. It does not encode keys or values: that is cached().
class Cache {
public:
    /// Takes over the backend's removal listener. `clock` must outlive the cache, as must `timers`,
    /// which go by the same clock; null: in real time. `seed` decides on jitter and XFetch.
    explicit Cache(std::unique_ptr<Backend> backend, const Clock& clock = SystemClock::instance(),
                   Timers* timers = nullptr, std::uint64_t seed = 0);
    /// Waits for loads that run on the cache's own threads. Loads that end elsewhere later do no
    /// harm. No request may be under way.
    ~Cache();
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;

    /// Serves `key`: calls `done` once, during the call on a hit, otherwise when the load ends or
    /// is not waited for any more. `load` is called only if this request is to call the origin,
    /// perhaps after `done`. Options must be valid.
    template <class LoadFunction, class DoneFunction>
    void fetch(std::string_view key, const CacheOptions& options, LoadFunction&& load,
               DoneFunction&& done) {
        const std::uint64_t mark = missMark(key);
        Lookup found = lookUp(key, options, mark);
        if (found.isServed()) [[likely]] {
            done(std::as_const(found.answer));
            if (found.verdict == Verdict::serveAndRefresh) [[unlikely]] {
                refresh(key, mark, options, Load(std::forward<LoadFunction>(load)), false);
            }
            return;
        }
        miss({key, options, mark, Load(std::forward<LoadFunction>(load)), false}, std::move(found),
             FetchDone(std::forward<DoneFunction>(done)));
    }

    /// The same for callers that wait. `load` runs on this thread if this request has to load; on
    /// one of the cache's own, and perhaps after the call returned, where
    /// options.loadsInBackground(): it must own what it uses then. Where all of those are busy, a
    /// request with a time-out waits for one, until its time is up; one without, or from within a
    /// load, runs the load itself. reentrantLoad when waiting could never end, because the load to
    /// be waited for waits for this thread.
    Result<Fetched> fetchBlocking(std::string_view key, const CacheOptions& options,
                                  const std::function<LoadResult()>& load);

    /// Serves many keys as fetchBlocking() serves one: as many answers, in their order. All are
    /// looked up in one call of the backend; `load` is called once for all that this request has to
    /// load, and what it gives is stored in one call; what others load already is waited for. A key
    /// that `load` gives no outcome for has failed to load. With options.lease, and for refreshes,
    /// `load` gets one key at a time, on a thread of the cache's own.
    std::vector<Result<Fetched>> fetchMany(std::span<const std::string> keys,
                                           const CacheOptions& options, const LoadMany& load);

    /// Removes one key, the keys matching a Redis glob, the keys with a prefix, or all; says how
    /// many live entries went. Loads of these keys that are under way are not stored. No pattern
    /// removes marks.
    Result<std::uint64_t> invalidate(std::string_view key);
    Result<std::uint64_t> invalidateMatching(std::string_view pattern);
    Result<std::uint64_t> invalidatePrefix(std::string_view prefix);
    Result<std::uint64_t> invalidateAll();

    /// Voids all that was loaded until now under a tag, in a space, or with any option by which it
    /// heeds marks. Takes the same time however many entries there are; each goes when it is read
    /// or expires. Other processes that share the backend follow within MarkTable::kBelieved. A
    /// failure means that they may not, or not before this one can write the mark. What a mark may
    /// void that cannot be read is loaded anew; only fail-safe serves it, if the load fails.
    Result<void> invalidateTag(std::string_view tag);
    Result<void> invalidateSpace(std::string_view space);
    Result<void> invalidateAllByMark();

    /// Removes entries past their deadline, about `limit` at most.
    Result<std::uint64_t> removeExpired(std::size_t limit);
    /// From now on does that by itself, every `interval` of real time, on a thread of its own.
    void sweepEvery(Duration interval);

    /// Told of every removal from the backend, under the conditions of RemovalListener. Set it
    /// before the first fetch.
    void setRemovalListener(RemovalListener listener) { m_removalListener = std::move(listener); }
    /// Told of requests and loads. Set it before the first fetch.
    void setEventListener(CacheEventListener listener) { m_eventListener = std::move(listener); }

    StatsSnapshot stats() const noexcept { return m_stats.snapshot(); }
    /// How long the loads took that have ended, those that failed included.
    HistogramSnapshot loadTimes() const {
        const std::lock_guard lock(m_loadTimesMutex);
        return m_loadTimes.snapshot();
    }
    void countStaleHit() noexcept { m_stats.count(Counter::staleHits); }

    /// The latest failure of a backend call; nothing once calls have succeeded for two seconds.
    std::optional<Error> trouble() const;

    Backend& backend() noexcept { return *m_backend; }
    const Clock& clock() const noexcept { return m_clock; }

private:
    /// What the backend had for a request, and what is to be done with it.
    struct Lookup {
        Result<Fetched> answer{std::in_place};
        Verdict verdict = Verdict::gone;
        bool doubtful = false;  // a mark that it heeds could not be read

        bool isServed() const noexcept {
            return verdict == Verdict::serve || verdict == Verdict::serveAndRefresh;
        }
    };
    /// A request that was not served at once.
    struct Request {
        std::string_view key;
        const CacheOptions& options;
        std::uint64_t mark;
        Load load;
        bool away;           // the load runs on one of our threads
        bool helps = false;  // or on this one, where there is none free
        // Where a flight that this request opens is put instead of being begun; or null.
        std::vector<std::shared_ptr<Flight>>* together = nullptr;
    };
    /// What a load gave, as it is to be stored and delivered.
    struct Kept {
        Fetched fetched;
        bool wanted = false;
    };

    std::uint64_t missMark(std::string_view key) const noexcept;
    Lookup lookUp(std::string_view key, const CacheOptions& options, std::uint64_t mark);
    /// `hits`: what is served counts as a hit, by which a TTL slides.
    Lookup peek(std::string_view key, const CacheOptions& options, std::uint64_t mark, bool hits);
    Lookup weigh(std::string_view key, const CacheOptions& options,
                 const std::vector<TimePoint>& doubts, Result<std::optional<Entry>> stored,
                 bool hits);
    void count(std::string_view key, const Lookup& found);
    bool isDoubtful(std::string_view key, const Entry& entry, const std::vector<TimePoint>& doubts);
    void removeLeftovers(std::string_view key);
    void judge(std::string_view key, const CacheOptions& options, Lookup& found, bool hits);
    void slide(std::string_view key, const CacheOptions& options, const EntryNotes& notes,
               Entry& entry, TimePoint now);
    void removeVoid(std::string_view key);
    double chance() noexcept;

    /// The flight that will call `done`, or null if it was called already.
    std::shared_ptr<Flight> miss(Request request, Lookup found, FetchDone done);
    void refresh(std::string_view key, std::uint64_t mark, const CacheOptions& options, Load load,
                 bool away);
    void limitWait(const std::shared_ptr<Flight>& flight, std::uint64_t waiter, bool hasFallback,
                   const CacheOptions& options, TimePoint now);
    void giveUp(const std::shared_ptr<Flight>& flight, std::uint64_t waiter, bool soft);
    bool mayFallBack(const Entry& entry, TimePoint until);
    void answer(const std::shared_ptr<Flight>& flight, Waiter& waiter, StaleReason reason,
                const Result<Fetched>& otherwise);
    void serveFallback(std::string_view key, Waiter& waiter, StaleReason reason);

    void begin(const std::shared_ptr<Flight>& flight);
    void askForLease(const std::shared_ptr<Flight>& flight, TimePoint until);
    void startLoad(const std::shared_ptr<Flight>& flight);
    void runLoad(const std::shared_ptr<Flight>& flight);
    void runAway(const std::shared_ptr<Flight>& flight, const std::function<void()>& job);
    void queueLate(const std::shared_ptr<LateStep>& step,
                   const std::vector<std::shared_ptr<Flight>>& flights);
    /// There is no room for it: answers as if time were up.
    void refuse(const std::shared_ptr<Flight>& flight);
    /// Whether a request that found this waits only for so long.
    static bool isLimited(const CacheOptions& options, Verdict found) noexcept;
    /// Whether the answer came; false where it never would.
    bool await(const std::shared_ptr<Flight>& flight, const std::shared_ptr<LoadWait>& answers,
               std::size_t place, bool helps);
    void complete(const std::shared_ptr<Flight>& flight, LoadResult outcome);
    void noteLoad(Flight& flight, const LoadResult& outcome, TimePoint now);
    Result<Fetched> keep(Flight& flight, Loaded loaded, TimePoint now);
    Kept prepared(const Flight& flight, Loaded loaded, TimePoint now);
    void keepFailure(Flight& flight, const Error& failure, TimePoint now);
    bool mayHaveValue(std::string_view key);
    void deliver(const std::shared_ptr<Flight>& flight, Result<Fetched> result);
    /// Whether the entry lies in the backend afterwards.
    bool store(Flight& flight, const Entry& entry);
    bool settleStore(Flight& flight, bool stored);
    void startTogether(const std::vector<std::shared_ptr<Flight>>& flights, const LoadMany& load,
                       bool away);
    void loadTogether(const std::vector<std::shared_ptr<Flight>>& flights, const LoadMany& load);
    void completeTogether(const std::vector<std::shared_ptr<Flight>>& flights,
                          std::vector<LoadResult> outcomes);
    void storeTogether(const std::vector<std::shared_ptr<Flight>>& flights,
                       std::vector<std::optional<Kept>>& kept);
    void releaseLease(Flight& flight);

    /// Counts a failure of the backend and keeps it for trouble().
    template <class T>
    Result<T> noted(Result<T> result) {
        note(result);
        return result;
    }
    template <class T>
    void note(const Result<T>& result) {
        if (!result.ok()) [[unlikely]] {
            noteTrouble(result.error());
        } else if (m_inTrouble.load(std::memory_order_relaxed)) [[unlikely]] {
            noteSuccess();
        }
    }
    void noteTrouble(const Error& error);
    void noteSuccess();
    Result<std::uint64_t> countInvalidations(Result<std::uint64_t> erased);
    Timers& timers();
    JobPool& pool();
    void tell(const CacheEvent& event) {
        if (m_eventListener) {
            m_eventListener(event);
        }
    }
    void tellServed(std::string_view key, const Result<Fetched>& result);

    const Clock& m_clock;
    const std::uint64_t m_seed;
    std::atomic<std::uint64_t> m_chances{0};
    Stats m_stats;
    mutable std::mutex m_loadTimesMutex;
    LatencyHistogram m_loadTimes;
    RemovalListener m_removalListener;
    CacheEventListener m_eventListener;
    std::unique_ptr<Backend> m_backend;
    const BackendCapabilities m_capabilities;
    std::unique_ptr<FlightTable> m_flights;
    std::unique_ptr<MarkTable> m_marks;

    std::atomic<bool> m_inTrouble{false};
    mutable std::mutex m_troubleMutex;
    std::optional<Error> m_trouble;
    TimePoint m_troubleSince{};

    // What calls back later holds a copy of the gate.
    std::shared_ptr<CallGate> m_gate = std::make_shared<CallGate>();
    Timers* m_timers;
    std::once_flag m_poolMade;
    std::unique_ptr<JobPool> m_pool;
    std::unique_ptr<Worker> m_sweeper;  // last: it calls everything above
};

}  // namespace cachescope
