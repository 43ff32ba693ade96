// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cache.h"

#include <condition_variable>
#include <exception>
#include <mutex>

#include "engine/cache/flight_table.h"
#include "engine/core/glob.h"

namespace cachescope {

namespace {

constexpr Duration kTroubleLasts = std::chrono::seconds{2};

}  // namespace

Result<void> validate(const CacheOptions& options) {
    if (options.ttl && *options.ttl < Duration::zero()) {
        return Error{ErrorCode::outOfRange, "ttl",
                     "a span of time, 0 to store nothing, or none to keep for ever"};
    }
    return {};
}

Cache::Cache(std::unique_ptr<Backend> backend, const Clock& clock)
    : m_clock(clock), m_backend(std::move(backend)), m_flights(std::make_unique<FlightTable>()) {
    m_backend->setRemovalListener([this](const Removal& removal) {
        if (removal.cause == RemovalCause::expired) {
            m_stats.count(Counter::expirations);
        } else if (removal.cause == RemovalCause::evicted ||
                   removal.cause == RemovalCause::remote) {
            m_stats.count(Counter::evictions);
        }
        if (m_listener) {
            m_listener(removal);
        }
    });
}

Cache::~Cache() = default;

template <class T>
Result<T> Cache::noted(Result<T> result) {
    if (!result.ok()) {
        m_stats.count(Counter::errors);
        const std::lock_guard lock(m_troubleMutex);
        m_trouble = result.error();
        m_troubleSince = m_clock.now();
        m_inTrouble = true;
    } else if (m_inTrouble.load(std::memory_order_relaxed)) {
        const std::lock_guard lock(m_troubleMutex);
        // A full disk lets reads succeed between failing writes: that is no recovery yet.
        if (m_clock.now() - m_troubleSince > kTroubleLasts) {
            m_trouble.reset();
            m_inTrouble = false;
        }
    }
    return result;
}

std::optional<Error> Cache::trouble() const {
    const std::lock_guard lock(m_troubleMutex);
    return m_trouble;
}

std::uint64_t Cache::missMark(std::string_view key) const noexcept {
    return m_flights->mark(key);
}

std::optional<Entry> Cache::peek(std::string_view key) {
    auto found = noted(m_backend->get(key));
    // The deadline is checked here too: a backend on a server has another idea of the time.
    if (!found.ok() || !*found || (*found)->expiredAt(m_clock.now())) {
        return std::nullopt;
    }
    return std::move(*found);
}

std::optional<Entry> Cache::lookUp(std::string_view key) {
    auto entry = peek(key);
    m_stats.count(entry ? Counter::hits : Counter::misses);
    return entry;
}

std::shared_ptr<Flight> Cache::miss(std::string_view key, std::uint64_t mark,
                                    const CacheOptions& options, const Load& load, FetchDone done) {
    for (;;) {
        auto joined = m_flights->joinOrOpen(key, mark, options, m_clock.now(), done);
        if (joined.opened) {
            m_stats.count(Counter::loads);
            auto flight = joined.flight;
            try {
                load([this, flight](LoadResult outcome) { complete(flight, std::move(outcome)); });
            } catch (const std::exception& failure) {
                complete(flight, Error{ErrorCode::loadFailed, flight->key, failure.what()});
            } catch (...) {
                complete(flight, Error{ErrorCode::loadFailed, flight->key});
            }
            m_flights->loaderLeft(flight);
            return flight;
        }
        if (joined.flight) {
            m_stats.count(Counter::coalesced);
            return joined.flight;
        }
        // A load landed between our look at the backend and now; its value counts as waited for.
        mark = m_flights->mark(key);
        if (auto entry = peek(key)) {
            m_stats.count(Counter::coalesced);
            done(Fetched{std::move(*entry), Source::waited});
            return nullptr;
        }
    }
}

void Cache::complete(const std::shared_ptr<Flight>& flight, LoadResult outcome) {
    Result<Fetched> result = Error{ErrorCode::loadFailed, flight->key};
    if (outcome.ok()) {
        const TimePoint now = m_clock.now();
        Entry entry;
        entry.value = std::move(outcome->value);
        entry.version = outcome->version;
        entry.created = now;
        entry.loadCost = now - flight->begun;
        entry.expires = flight->options.ttl ? deadlineAfter(now, *flight->options.ttl) : kNever;
        const bool kept = flight->options.ttl != Duration::zero() && store(*flight, entry);
        result = Fetched{std::move(entry), Source::loaded, kept};
    } else {
        m_stats.count(Counter::loadFailures);
        result = outcome.error();
    }
    auto waiters = m_flights->land(flight);
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        if (i == 1 && result.ok()) {
            result->source = Source::waited;
        }
        waiters[i](result);
    }
}

bool Cache::store(const Flight& flight, const Entry& entry) {
    if (flight.invalidated) {
        return false;
    }
    const bool stored = noted(m_backend->set(flight.key, entry)).ok();
    if (stored) {
        m_stats.count(Counter::fills);
    }
    // invalidate() first marks the flight and then erases. If the mark came while we stored, its
    // erase may have come too early to see our value.
    if (flight.invalidated) {
        (void)noted(m_backend->erase(flight.key));
        return false;
    }
    return stored;
}

Result<Fetched> Cache::fetchBlocking(std::string_view key, const CacheOptions& options,
                                     const std::function<LoadResult()>& load) {
    const std::uint64_t mark = missMark(key);
    if (auto entry = lookUp(key)) {
        return Fetched{std::move(*entry), Source::stored};
    }

    struct Waiting {
        std::mutex mutex;
        std::condition_variable landed;
        std::optional<Result<Fetched>> result;
    };
    const auto waiting = std::make_shared<Waiting>();
    FetchDone done = [waiting](const Result<Fetched>& result) {
        const std::lock_guard lock(waiting->mutex);
        waiting->result = result;
        waiting->landed.notify_all();
    };
    const auto flight = miss(
        key, mark, options, [&load](const LoadDone& loaded) { loaded(load()); }, std::move(done));

    std::unique_lock lock(waiting->mutex);
    if (!waiting->result) {
        lock.unlock();
        const FlightWait wait(*flight);
        if (wait.wouldNeverEnd()) {
            return Error{ErrorCode::reentrantLoad, std::string{key}};
        }
        lock.lock();
        waiting->landed.wait(lock, [&] { return waiting->result.has_value(); });
    }
    return *waiting->result;
}

Result<std::uint64_t> Cache::countInvalidations(Result<std::uint64_t> erased) {
    auto result = noted(std::move(erased));
    if (result.ok()) {
        m_stats.count(Counter::invalidations, *result);
    }
    return result;
}

Result<std::uint64_t> Cache::invalidate(std::string_view key) {
    m_flights->invalidate(key);
    const auto erased = m_backend->erase(key);
    return countInvalidations(erased.ok() ? Result<std::uint64_t>{*erased ? 1U : 0U}
                                          : Result<std::uint64_t>{erased.error()});
}

Result<std::uint64_t> Cache::invalidateMatching(std::string_view pattern) {
    m_flights->invalidateMatching(pattern);
    return countInvalidations(m_backend->eraseMatching(pattern));
}

Result<std::uint64_t> Cache::invalidatePrefix(std::string_view prefix) {
    return invalidateMatching(globEscape(prefix) + '*');
}

Result<std::uint64_t> Cache::invalidateAll() {
    m_flights->invalidateMatching("*");
    return countInvalidations(m_backend->clear());
}

Result<std::uint64_t> Cache::removeExpired(std::size_t limit) {
    return noted(m_backend->removeExpired(limit));
}

void Cache::sweepEvery(Duration interval) {
    constexpr std::size_t kAtOnce = 10'000;
    m_sweeper = std::make_unique<Worker>("cache-sweeper",
                                         [this, interval](Worker& self, const std::stop_token&) {
                                             while (self.sleepFor(interval)) {
                                                 (void)removeExpired(kAtOnce);
                                             }
                                         });
}

}  // namespace cachescope
