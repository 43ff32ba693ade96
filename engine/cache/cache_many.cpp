// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Cache::fetchMany(): what fetchBlocking() does for one key, for many with one look-up, one load
// and one store.

#include <exception>

#include "engine/cache/cache.h"
#include "engine/cache/flight_table.h"
#include "engine/cache/load_wait.h"

namespace cachescope {

namespace {

// For loads that must go one by one.
Load alone(const std::string& key, const LoadMany& load) {
    return [key, load](const LoadDone& done) {
        auto outcomes = load({key});
        done(outcomes.empty() ? LoadResult{Error{ErrorCode::loadFailed, key}}
                              : std::move(outcomes.front()));
    };
}

}  // namespace

std::vector<Result<Fetched>> Cache::fetchMany(std::span<const std::string> keys,
                                              const CacheOptions& options, const LoadMany& load) {
    std::vector<std::uint64_t> marks(keys.size());
    std::vector<std::vector<TimePoint>> doubts(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        marks[i] = missMark(keys[i]);
        if (FlightTable::hasDoubts(marks[i])) [[unlikely]] {
            doubts[i] = m_flights->doubtsOf(keys[i]);
        }
    }
    auto stored = m_backend->getMany(keys);
    if (!stored.ok()) {
        note(stored);
    }

    const auto answers = std::make_shared<LoadWait>(keys.size());
    const bool leased = options.lease > Duration::zero() && m_capabilities.leases;
    const bool away =
        options.hardTimeout > Duration::zero() || options.softTimeout > Duration::zero();
    std::vector<std::shared_ptr<Flight>> waitedFor(keys.size());
    std::vector<bool> helps(keys.size());
    std::vector<std::shared_ptr<Flight>> together;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        // A failure was noted once, for all of them.
        Lookup found = stored.ok()
                           ? weigh(keys[i], options, doubts[i], std::move((*stored)[i]), true)
                           : Lookup{};
        count(keys[i], found);
        if (found.isServed()) {
            answers->put(i, found.answer);
            if (found.verdict == Verdict::serveAndRefresh) {
                refresh(keys[i], marks[i], options, alone(keys[i], load), true);
            }
            continue;
        }
        helps[i] = LoadScope::isInside() || !isLimited(options, found.verdict);
        Request request{keys[i], options, marks[i], {}, leased, helps[i]};
        if (leased) {
            request.load = alone(keys[i], load);
        } else {
            request.together = &together;
        }
        waitedFor[i] =
            miss(std::move(request), std::move(found),
                 [answers, i](const Result<Fetched>& result) { answers->put(i, result); });
    }
    if (!together.empty()) {
        startTogether(together, load, away);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (waitedFor[i] != nullptr && !await(waitedFor[i], answers, i, helps[i])) {
            answers->put(i, Error{ErrorCode::reentrantLoad, keys[i]});
        }
    }
    return answers->take();
}

void Cache::startTogether(const std::vector<std::shared_ptr<Flight>>& flights, const LoadMany& load,
                          bool away) {
    for (const auto& flight : flights) {
        m_flights->loaderLeft(*flight);
    }
    if (!away) {
        loadTogether(flights, load);
        return;
    }
    const auto job = [this, flights, load] { loadTogether(flights, load); };
    if (pool().run(job)) {
        return;
    }
    queueLate(std::make_shared<LateStep>(job), flights);
}

void Cache::loadTogether(const std::vector<std::shared_ptr<Flight>>& flights,
                         const LoadMany& load) {
    std::vector<std::string> keys;
    keys.reserve(flights.size());
    for (const auto& flight : flights) {
        m_stats.count(Counter::loads);
        tell({.kind = CacheEventKind::loadBegan, .key = flight->key, .cause = flight->cause});
        m_flights->loaderIsHere(*flight);
        keys.push_back(flight->key);
    }
    std::vector<LoadResult> outcomes;
    const LoadScope scope;
    try {
        outcomes = load(keys);
    } catch (const std::exception& failure) {
        outcomes.assign(keys.size(), Error{ErrorCode::loadFailed, {}, failure.what()});
    } catch (...) {
        outcomes.clear();
    }
    for (std::size_t i = outcomes.size(); i < keys.size(); ++i) {
        outcomes.emplace_back(Error{ErrorCode::loadFailed, keys[i]});
    }
    outcomes.resize(keys.size(), Error{ErrorCode::loadFailed});
    completeTogether(flights, std::move(outcomes));
    for (const auto& flight : flights) {
        m_flights->loaderLeft(*flight);
    }
}

void Cache::completeTogether(const std::vector<std::shared_ptr<Flight>>& flights,
                             std::vector<LoadResult> outcomes) {
    std::vector<std::optional<Kept>> kept(flights.size());
    for (std::size_t i = 0; i < flights.size(); ++i) {
        if (!outcomes[i].ok()) {
            complete(flights[i], std::move(outcomes[i]));
            continue;
        }
        const TimePoint now = std::max(m_clock.now(), flights[i]->begun);
        noteLoad(*flights[i], outcomes[i], now);
        kept[i] = prepared(*flights[i], *std::move(outcomes[i]), now);
    }
    storeTogether(flights, kept);
    for (std::size_t i = 0; i < flights.size(); ++i) {
        if (kept[i]) {
            deliver(flights[i], std::move(kept[i]->fetched));
        }
    }
}

void Cache::storeTogether(const std::vector<std::shared_ptr<Flight>>& flights,
                          std::vector<std::optional<Kept>>& kept) {
    std::vector<KeyedEntry> entries;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < flights.size(); ++i) {
        if (!kept[i]) {
            continue;
        }
        kept[i]->fetched.kept = false;
        if (kept[i]->wanted && m_flights->beginStore(*flights[i])) {
            entries.push_back({flights[i]->key, std::move(kept[i]->fetched.entry)});
            places.push_back(i);
        }
    }
    const std::vector<Result<void>> stored = m_backend->setMany(entries);
    for (std::size_t j = 0; j < places.size(); ++j) {
        const std::size_t i = places[j];
        kept[i]->fetched.entry = std::move(entries[j].entry);
        kept[i]->fetched.kept = settleStore(*flights[i], noted(stored[j]).ok());
    }
}

}  // namespace cachescope
