// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cache.h"

#include <algorithm>

#include "engine/cache/flight_table.h"
#include "engine/cache/load_wait.h"
#include "engine/cache/mark_table.h"
#include "engine/core/glob.h"
#include "engine/core/random.h"

namespace cachescope {

namespace {

constexpr Duration kTroubleLasts = std::chrono::seconds{2};
// To touch an entry on a server costs a round trip, so its deadline is left alone until it is this
// share of the TTL behind.
constexpr int kSlackOfRemoteTtl = 16;

}  // namespace

Cache::Cache(std::unique_ptr<Backend> backend, const Clock& clock, Timers* timers,
             std::uint64_t seed)
    : m_clock(clock),
      m_seed(seed),
      m_backend(std::move(backend)),
      m_capabilities(m_backend->capabilities()),
      m_flights(std::make_unique<FlightTable>()),
      m_marks(std::make_unique<MarkTable>(*m_backend, clock,
                                          [this](const Error& error) { noteTrouble(error); })),
      m_timers(timers) {
    m_backend->setRemovalListener([this](const Removal& removal) {
        if (removal.cause == RemovalCause::expired) {
            m_stats.count(Counter::expirations);
        } else if (removal.cause == RemovalCause::evicted ||
                   removal.cause == RemovalCause::remote) {
            m_stats.count(Counter::evictions);
        }
        if (m_removalListener) {
            m_removalListener(removal);
        }
    });
}

Cache::~Cache() {
    m_sweeper.reset();
    if (m_pool) {
        m_pool->close();
    }
    m_gate->close();
}

double Cache::chance() noexcept {
    const std::uint64_t number = m_chances.fetch_add(1, std::memory_order_relaxed);
    return unitInterval(mix64(m_seed ^ mix64(number)));
}

void Cache::noteTrouble(const Error& error) {
    m_stats.count(Counter::errors);
    const std::lock_guard lock(m_troubleMutex);
    m_trouble = error;
    m_troubleSince = m_clock.now();
    m_inTrouble = true;
}

void Cache::noteSuccess() {
    const std::lock_guard lock(m_troubleMutex);
    // A full disk lets reads succeed between failing writes: that is no recovery yet.
    if (m_clock.now() - m_troubleSince > kTroubleLasts) {
        m_trouble.reset();
        m_inTrouble = false;
    }
}

std::optional<Error> Cache::trouble() const {
    const std::lock_guard lock(m_troubleMutex);
    return m_trouble;
}

std::uint64_t Cache::missMark(std::string_view key) const noexcept {
    return m_flights->mark(key);
}

Cache::Lookup Cache::peek(std::string_view key, const CacheOptions& options, std::uint64_t mark,
                          bool hits) {
    // Asked before the backend is: what is in doubt now may have been removed by then.
    std::vector<TimePoint> doubts;
    if (FlightTable::hasDoubts(mark)) [[unlikely]] {
        doubts = m_flights->doubtsOf(key);
    }
    return weigh(key, options, doubts, m_backend->get(key), hits);
}

Cache::Lookup Cache::weigh(std::string_view key, const CacheOptions& options,
                           const std::vector<TimePoint>& doubts,
                           Result<std::optional<Entry>> stored, bool hits) {
    Lookup found;
    note(stored);
    if (!stored.ok() || !*stored) {
        return found;
    }
    Entry& entry = found.answer->entry;
    entry = std::move(**stored);
    if (!doubts.empty() && isDoubtful(key, entry, doubts)) [[unlikely]] {
        return found;
    }
    if (entry.notes.empty() && !options.looksAtHits()) [[likely]] {
        // A backend on a server has another idea of the time.
        found.verdict = m_capabilities.remote && hasPassed(m_clock, entry.expires) ? Verdict::gone
                                                                                   : Verdict::serve;
    } else {
        judge(key, options, found, hits);
    }
    return found;
}

bool Cache::isDoubtful(std::string_view key, const Entry& entry,
                       const std::vector<TimePoint>& doubts) {
    const TimePoint begun = entry.created - entry.loadCost;
    if (std::find(doubts.begin(), doubts.end(), begun) == doubts.end()) {
        return false;
    }
    removeLeftovers(key);
    return true;
}

void Cache::removeLeftovers(std::string_view key) {
    // Only those from before: what comes to be left over now may be there after our erase.
    const std::vector<TimePoint> begun = m_flights->leftoversOf(key);
    if (!begun.empty() && noted(m_backend->erase(key)).ok()) {
        m_flights->forgetLeftovers(key, begun);
    }
}

void Cache::judge(std::string_view key, const CacheOptions& options, Lookup& found, bool hits) {
    Fetched& fetched = *found.answer;
    Entry& entry = fetched.entry;
    const EntryNotes notes = EntryNotes::decode(entry.notes.view());
    const TimePoint now = m_clock.now();
    const auto standing = m_marks->standingOf(entry, notes);
    if (standing == MarkTable::Standing::isVoid) {
        removeVoid(key);
        return;
    }
    const double random = options.xfetchBeta > 0 ? 1 - chance() : 1;
    found.verdict = freshness::judge(entry, notes, options, now, random);
    const bool fresh = now <= freshness::freshUntil(entry, notes);
    if (found.verdict == Verdict::load && fresh && options.singleFlight &&
        m_flights->isFlying(key)) {
        found.verdict = Verdict::serve;  // somebody else loads early already
    }
    if (standing == MarkTable::Standing::unknown) [[unlikely]] {
        // Nobody may be told that it is good; it is no worse than a value past its TTL.
        found.doubtful = true;
        const bool mayStandIn =
            options.staleIfError > Duration::zero() &&
            now <= deadlineAfter(freshness::freshUntil(entry, notes), options.staleIfError);
        found.verdict =
            mayStandIn && found.verdict != Verdict::gone ? Verdict::load : Verdict::gone;
    }
    fetched.absent = notes.absent;
    if (found.isServed()) {
        if (notes.failure) {
            found.answer = Error{ErrorCode::loadFailed, std::string{key}, entry.value.toString()};
        } else if (!fresh) {
            fetched.stale = StaleReason::revalidating;
        } else if (options.sliding && hits) {
            slide(key, options, notes, entry, now);
        }
    }
}

void Cache::removeVoid(std::string_view key) {
    // Another's load may have replaced it meanwhile: then that one is loaded once more.
    const auto erased = m_backend->erase(key);
    if (noted(erased).ok() && *erased) {
        m_stats.count(Counter::invalidations);
    }
    tell({.kind = CacheEventKind::invalidated, .key = key});
}

void Cache::slide(std::string_view key, const CacheOptions& options, const EntryNotes& notes,
                  Entry& entry, TimePoint now) {
    const TimePoint later =
        freshness::slidTo(entry, notes, options, now, options.jitter > 0 ? chance() : 0);
    if (!m_capabilities.touches) {
        return;
    }
    const Duration slack = m_capabilities.remote ? *options.ttl / kSlackOfRemoteTtl : Duration{};
    if (later > entry.expires && later - entry.expires > slack) {
        if (const auto touched = m_backend->touch(key, later); noted(touched).ok() && *touched) {
            entry.expires = later;
        }
    }
}

// A hit is mostly calls and what they move: as one piece it takes a sixth less.
[[gnu::flatten]] Cache::Lookup Cache::lookUp(std::string_view key, const CacheOptions& options,
                                             std::uint64_t mark) {
    Lookup found = peek(key, options, mark, true);
    count(key, found);
    return found;
}

void Cache::count(std::string_view key, const Lookup& found) {
    if (!found.isServed()) {
        m_stats.count(Counter::misses);
        return;
    }
    m_stats.count(Counter::hits);
    const bool failed = !found.answer.ok();
    if (failed || found.answer->absent) [[unlikely]] {
        m_stats.count(Counter::negativeHits);
    } else if (found.answer->stale != StaleReason::none) [[unlikely]] {
        m_stats.count(Counter::expiredHits);
    }
    if (!failed && found.answer->entry.level != 0) [[unlikely]] {
        m_stats.count(Counter::lowerHits);
    }
    tellServed(key, found.answer);
}

Result<Fetched> Cache::fetchBlocking(std::string_view key, const CacheOptions& options,
                                     const std::function<LoadResult()>& load) {
    const std::uint64_t mark = missMark(key);
    Lookup found = lookUp(key, options, mark);
    if (found.verdict == Verdict::serve) [[likely]] {
        return std::move(found.answer);
    }
    // On our threads it may outlive this call.
    const auto owned = [load](const LoadDone& loaded) { loaded(load()); };
    if (found.verdict == Verdict::serveAndRefresh) {
        refresh(key, mark, options, owned, true);
        return std::move(found.answer);
    }

    const auto answers = std::make_shared<LoadWait>(1);
    FetchDone done = [answers](const Result<Fetched>& result) { answers->put(0, result); };
    const bool limited = isLimited(options, found.verdict);
    const bool away = limited || options.lease > Duration::zero();
    const bool helps = !limited || LoadScope::isInside();
    const auto flight =
        away
            ? miss({key, options, mark, owned, true, helps}, std::move(found), std::move(done))
            : miss({key, options, mark, [&load](const LoadDone& loaded) { loaded(load()); }, false},
                   std::move(found), std::move(done));
    if (!await(flight, answers, 0, helps)) {
        return Error{ErrorCode::reentrantLoad, std::string{key}};
    }
    return std::move(answers->take().front());
}

bool Cache::await(const std::shared_ptr<Flight>& flight, const std::shared_ptr<LoadWait>& answers,
                  std::size_t place, bool helps) {
    if (answers->has(place)) {
        return true;
    }
    if (helps) {
        m_flights->help(*flight, answers);
    }
    for (;;) {
        if (const auto step = helps ? m_flights->takeLate(*flight) : nullptr) {
            step->run();
        }
        if (answers->has(place)) {
            return true;
        }
        const FlightWait wait(*flight);
        if (wait.wouldNeverEnd()) {
            return false;
        }
        if (answers->await(place)) {
            return true;
        }
    }
}

Result<std::uint64_t> Cache::countInvalidations(Result<std::uint64_t> erased) {
    note(erased);
    if (erased.ok()) {
        m_stats.count(Counter::invalidations, *erased);
    }
    return erased;
}

Result<std::uint64_t> Cache::invalidate(std::string_view key) {
    m_flights->invalidate(key);
    const auto erased = m_backend->erase(key);
    if (!erased.ok()) {
        return countInvalidations(erased.error());
    }
    return countInvalidations(std::uint64_t{*erased ? 1U : 0U});
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

Result<void> Cache::invalidateTag(std::string_view tag) {
    return noted(m_marks->set('t' + std::string{tag}));
}

Result<void> Cache::invalidateSpace(std::string_view space) {
    return noted(m_marks->set('s' + std::string{space}));
}

Result<void> Cache::invalidateAllByMark() {
    return noted(m_marks->set(MarkTable::kEverything));
}

Result<std::uint64_t> Cache::removeExpired(std::size_t limit) {
    for (const std::string& key : m_flights->keysOfLeftovers()) {
        removeLeftovers(key);
    }
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
