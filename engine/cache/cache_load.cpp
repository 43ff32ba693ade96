// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The part of Cache that deals with loads: who loads, who waits for how long, and what becomes of
// the outcome.
//
//     miss ──► join or open a flight ──► lease ──► load ──► store ──► deliver to all who wait
//                     │                                                       ▲
//                     └── soft or hard time-out ──► the stale value, or timedOut
//                                                   (the flight goes on)

#include <algorithm>
#include <exception>

#include "engine/cache/cache.h"
#include "engine/cache/flight_table.h"
#include "engine/cache/load_wait.h"
#include "engine/cache/mark_table.h"
#include "engine/core/thread_timers.h"

namespace cachescope {

namespace {

// Beyond so many loads in the background at a time, refreshes are left to a later hit, and loads of
// requests with time-outs wait for their turn.
constexpr std::size_t kMostBackgroundLoads = 32;
// Beyond so many that wait, such a request is answered as if its time were up.
constexpr std::size_t kMostWaitingLoads = 1024;
constexpr Duration kMostBetweenLooks = std::chrono::milliseconds{50};

Duration betweenLooks(Duration lease) noexcept {
    return std::clamp(lease / 20, Duration{std::chrono::milliseconds{1}}, kMostBetweenLooks);
}

}  // namespace

bool Cache::isLimited(const CacheOptions& options, Verdict found) noexcept {
    return options.hardTimeout > Duration::zero() ||
           (options.softTimeout > Duration::zero() && found == Verdict::load);
}

Timers& Cache::timers() {
    return m_timers != nullptr ? *m_timers : ThreadTimers::instance();
}

JobPool& Cache::pool() {
    std::call_once(m_poolMade, [this] {
        m_pool = std::make_unique<JobPool>("cache-load", kMostBackgroundLoads);
    });
    return *m_pool;
}

std::shared_ptr<Flight> Cache::miss(Request request, Lookup found, FetchDone done) {
    const CacheOptions& options = request.options;
    Waiter waiter;
    waiter.done = std::move(done);
    LoadCause cause = LoadCause::miss;
    if (found.verdict == Verdict::load) {
        Entry& entry = found.answer->entry;
        const EntryNotes notes = EntryNotes::decode(entry.notes.view());
        waiter.fallbackUntil = freshness::fallbackUntil(entry, notes, options);
        waiter.doubtful = found.doubtful;
        if (!found.doubtful && m_clock.now() <= freshness::freshUntil(entry, notes)) {
            cause = LoadCause::early;
        }
        waiter.fallback = std::move(entry);
    }
    for (std::uint64_t mark = request.mark;;) {
        const TimePoint now = m_clock.now();
        if (waiter.fallback && !m_flights->mayTry(request.key, now) &&
            mayFallBack(*waiter.fallback, waiter.fallbackUntil)) {
            serveFallback(request.key, waiter, StaleReason::loadFailed);
            return nullptr;
        }
        const bool hasFallback = waiter.fallback.has_value();
        m_marks->look(options);
        // Whatever the options: a load may turn out to be under a tag that was voided meanwhile.
        const auto joined = m_flights->joinOrOpen(request.key, mark, options, cause,
                                                  m_marks->loadBegins(), m_marks->latest(), waiter);
        if (joined.flight) {
            if (joined.opened) {
                joined.flight->load = std::move(request.load);
                joined.flight->away = request.away;
                joined.flight->openerHelps = request.helps;
                if (request.together != nullptr) {
                    request.together->push_back(joined.flight);
                } else {
                    begin(joined.flight);
                }
            } else {
                m_stats.count(Counter::coalesced);
            }
            limitWait(joined.flight, joined.waiter, hasFallback, options, now);
            return joined.flight;
        }
        // A load landed between our look at the backend and now; its value counts as waited for.
        mark = m_flights->mark(request.key);
        Lookup again = peek(request.key, options, mark, true);
        if (again.isServed()) {
            m_stats.count(Counter::coalesced);
            if (again.answer.ok()) {
                again.answer->source = Source::waited;
            }
            tellServed(request.key, again.answer);
            waiter.done(again.answer);
            return nullptr;
        }
    }
}

void Cache::refresh(std::string_view key, std::uint64_t mark, const CacheOptions& options,
                    Load load, bool away) {
    const TimePoint now = m_clock.now();
    if (!m_flights->mayTry(key, now)) {
        return;
    }
    const auto flight = m_flights->openRefresh(key, mark, options, m_marks->loadBegins());
    if (flight) {
        flight->load = std::move(load);
        flight->away = away;
        begin(flight);
    }
}

void Cache::limitWait(const std::shared_ptr<Flight>& flight, std::uint64_t waiter, bool hasFallback,
                      const CacheOptions& options, TimePoint now) {
    const bool soft = hasFallback && options.softTimeout > Duration::zero();
    const bool hard = options.hardTimeout > Duration::zero();
    if ((!soft && !hard) || !m_flights->isWaiting(*flight, waiter)) {
        return;
    }
    const auto plan = [&](Duration span, bool isSoft) {
        // Most loads end long before: their flights need not live until then.
        const std::weak_ptr<Flight> weak = flight;
        timers().at(deadlineAfter(now, span), [this, gate = m_gate, weak, waiter, isSoft] {
            const auto alive = weak.lock();
            if (const auto pass = gate->enter(); alive && pass) {
                giveUp(alive, waiter, isSoft);
            }
        });
    };
    if (soft) {
        plan(options.softTimeout, true);
    }
    if (hard) {
        plan(options.hardTimeout, false);
    }
}

void Cache::giveUp(const std::shared_ptr<Flight>& flight, std::uint64_t waiter, bool soft) {
    if (soft) {
        // Without a value that may still be served it goes on waiting.
        const auto fallback = m_flights->fallbackOf(*flight, waiter);
        if (!fallback || flight->invalidated || !mayFallBack(fallback->first, fallback->second)) {
            return;
        }
    }
    if (auto taken = m_flights->take(*flight, waiter)) {
        m_stats.count(Counter::timeouts);
        if (soft) {
            serveFallback(flight->key, *taken, StaleReason::slowLoad);
        } else {
            answer(flight, *taken, StaleReason::slowLoad, Error{ErrorCode::timedOut, flight->key});
        }
    }
}

// Its marks were looked at when it was asked for; what has become known since counts too. They are
// not read again, because this may be the thread of all time-outs.
bool Cache::mayFallBack(const Entry& entry, TimePoint until) {
    return m_clock.now() <= until &&
           !m_marks->isKnownVoid(entry, EntryNotes::decode(entry.notes.view()));
}

// A request without a value from its load: its stale one if that may still be served, otherwise
// what would be said without one.
void Cache::answer(const std::shared_ptr<Flight>& flight, Waiter& waiter, StaleReason reason,
                   const Result<Fetched>& otherwise) {
    if (waiter.fallback && !flight->invalidated &&
        mayFallBack(*waiter.fallback, waiter.fallbackUntil)) {
        serveFallback(flight->key, waiter, reason);
    } else {
        tellServed(flight->key, otherwise);
        waiter.done(otherwise);
    }
}

void Cache::serveFallback(std::string_view key, Waiter& waiter, StaleReason reason) {
    const EntryNotes notes = EntryNotes::decode(waiter.fallback->notes.view());
    Fetched fetched;
    if (waiter.doubtful || m_clock.now() > freshness::freshUntil(*waiter.fallback, notes)) {
        fetched.stale = reason;
        m_stats.count(Counter::fallbacks);
    }
    fetched.absent = notes.absent;
    fetched.entry = std::move(*waiter.fallback);
    const Result<Fetched> result{std::move(fetched)};
    tellServed(key, result);
    waiter.done(result);
}

void Cache::begin(const std::shared_ptr<Flight>& flight) {
    if (flight->options.lease <= Duration::zero() || !m_capabilities.leases) {
        startLoad(flight);
        return;
    }
    const TimePoint until = deadlineAfter(m_clock.now(), flight->options.lease);
    m_flights->loaderLeft(*flight);  // nobody is blocked in it yet
    runAway(flight, [this, flight, until] { askForLease(flight, until); });
}

void Cache::askForLease(const std::shared_ptr<Flight>& flight, TimePoint until) {
    const auto deliverWhatIsThere = [&] {
        // Each time anew: the value of another process's load, or what stayed of our own before.
        Lookup found = peek(flight->key, flight->options, missMark(flight->key), false);
        const bool fresh =
            found.isServed() && found.answer.ok() && found.answer->stale == StaleReason::none;
        if (!fresh ||
            (flight->cause != LoadCause::miss && found.answer->entry.created < flight->begun)) {
            return false;
        }
        found.answer->source = Source::waited;
        flight->opener = 0;
        releaseLease(*flight);
        deliver(flight, std::move(found.answer));
        return true;
    };
    if (deliverWhatIsThere()) {
        return;
    }
    const auto lease = m_backend->acquireLease(flight->key, flight->options.lease);
    const TimePoint now = m_clock.now();
    if (!noted(lease).ok() || *lease || now >= until) {
        // Without a lease where there is none to be had: a second load is better than no answer.
        flight->lease = lease.ok() ? *lease : std::nullopt;
        // Its former holder may have stored between our look and our turn.
        if (flight->lease && deliverWhatIsThere()) {
            return;
        }
        startLoad(flight);
        return;
    }
    timers().at(now + betweenLooks(flight->options.lease), [this, gate = m_gate, flight, until] {
        if (const auto pass = gate->enter()) {
            runAway(flight, [this, flight, until] { askForLease(flight, until); });
        }
    });
}

// On a thread of ours where the load runs on one too, otherwise at once. This thread is that of a
// request which may be in a hurry, or that of all time-outs: the job must not hold it up. Where all
// of ours are busy, perhaps with loads that wait for this one, somebody who waits for this one and
// has the time does the job, if there is somebody, or else the first of ours to become free.
void Cache::runAway(const std::shared_ptr<Flight>& flight, const std::function<void()>& job) {
    if (!flight->away) {
        job();
        return;
    }
    m_flights->loaderLeft(*flight);
    if (pool().run(job)) {
        return;
    }
    if (flight->cause == LoadCause::refresh && m_flights->landAlone(flight)) {
        return;
    }
    queueLate(std::make_shared<LateStep>(job), {flight});
}

// It may be in the queue and have helpers: whoever comes first. A helper that has joined and not
// said so yet is answered like the others where there is no room.
void Cache::queueLate(const std::shared_ptr<LateStep>& step,
                      const std::vector<std::shared_ptr<Flight>>& flights) {
    for (const auto& flight : flights) {
        m_flights->putOff(*flight, step);
    }
    if (pool().queue([step] { step->run(); }, kMostWaitingLoads) ||
        std::any_of(flights.begin(), flights.end(),
                    [this](const auto& flight) { return m_flights->isHelped(*flight); }) ||
        !step->claim()) {
        return;
    }
    for (const auto& flight : flights) {
        refuse(flight);
    }
}

void Cache::refuse(const std::shared_ptr<Flight>& flight) {
    for (Waiter& waiter : m_flights->land(flight)) {
        m_stats.count(Counter::timeouts);
        answer(flight, waiter, StaleReason::slowLoad, Error{ErrorCode::timedOut, flight->key});
    }
}

void Cache::startLoad(const std::shared_ptr<Flight>& flight) {
    if (!flight->away || (flight->options.lease > Duration::zero() && m_capabilities.leases)) {
        runLoad(flight);  // with a lease, this is a thread of ours already
        return;
    }
    runAway(flight, [this, flight] { runLoad(flight); });
}

void Cache::runLoad(const std::shared_ptr<Flight>& flight) {
    m_stats.count(Counter::loads);
    if (flight->cause == LoadCause::refresh) {
        m_stats.count(Counter::refreshes);
    }
    tell({.kind = CacheEventKind::loadBegan, .key = flight->key, .cause = flight->cause});
    m_flights->loaderIsHere(*flight);
    const Load load = std::move(flight->load);
    const auto done = [this, gate = m_gate, flight](LoadResult outcome) {
        if (const auto pass = gate->enter()) {
            complete(flight, std::move(outcome));
        }
    };
    const LoadScope scope;
    try {
        load(done);
    } catch (const std::exception& failure) {
        done(Error{ErrorCode::loadFailed, flight->key, failure.what()});
    } catch (...) {
        done(Error{ErrorCode::loadFailed, flight->key});
    }
    m_flights->loaderLeft(*flight);
}

void Cache::complete(const std::shared_ptr<Flight>& flight, LoadResult outcome) {
    const TimePoint now = std::max(m_clock.now(), flight->begun);
    noteLoad(*flight, outcome, now);
    if (outcome.ok()) {
        deliver(flight, keep(*flight, std::move(*outcome), now));
        return;
    }
    keepFailure(*flight, outcome.error(), now);
    deliver(flight, outcome.error());
}

void Cache::noteLoad(Flight& flight, const LoadResult& outcome, TimePoint now) {
    CacheEvent event;
    event.kind = CacheEventKind::loadEnded;
    event.key = flight.key;
    event.cause = flight.cause;
    event.span = now - flight.begun;
    event.error = outcome.ok() ? nullptr : &outcome.error();
    tell(event);
    {
        const std::lock_guard lock(m_loadTimesMutex);
        m_loadTimes.record(event.span);
    }
    if (outcome.ok()) {
        m_flights->noteSuccess(flight.key);
    } else {
        m_stats.count(Counter::loadFailures);
    }
}

void Cache::deliver(const std::shared_ptr<Flight>& flight, Result<Fetched> result) {
    const std::uint64_t opener = flight->opener;
    for (Waiter& waiter : m_flights->land(flight)) {
        if (!result.ok()) {
            answer(flight, waiter, StaleReason::loadFailed, result);
            continue;
        }
        if (waiter.id != opener) {
            result->source = Source::waited;
        }
        tellServed(flight->key, result);
        waiter.done(result);
    }
}

void Cache::tellServed(std::string_view key, const Result<Fetched>& result) {
    if (!m_eventListener) {
        return;
    }
    CacheEvent event;
    event.key = key;
    if (result.ok()) {
        event.source = result->source;
        event.level = result->entry.level;
        event.stale = result->stale;
        event.absent = result->absent;
        event.span = m_clock.now() - result->entry.created;
    } else {
        event.kind = CacheEventKind::failed;
        event.error = &result.error();
    }
    m_eventListener(event);
}

}  // namespace cachescope
