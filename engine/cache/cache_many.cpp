// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Cache::fetchMany(): what fetchBlocking() does for one key, for many with one look-up, one load
// and one store.

#include <condition_variable>
#include <exception>

#include "engine/cache/cache.h"
#include "engine/cache/flight_table.h"

namespace cachescope {

namespace {

// The answers, as they come in from several threads.
class Answers {
public:
    explicit Answers(std::size_t count) : m_results(count) {}

    void put(std::size_t place, const Result<Fetched>& result) {
        const std::lock_guard lock(m_mutex);
        m_results[place] = result;
        m_came.notify_all();
    }
    bool has(std::size_t place) {
        const std::lock_guard lock(m_mutex);
        return m_results[place].has_value();
    }
    void await(std::size_t place) {
        std::unique_lock lock(m_mutex);
        m_came.wait(lock, [&] { return m_results[place].has_value(); });
    }
    std::vector<Result<Fetched>> take() {
        // Answers that nobody waits for may still come.
        const std::lock_guard lock(m_mutex);
        std::vector<Result<Fetched>> all;
        all.reserve(m_results.size());
        for (auto& result : m_results) {
            all.push_back(*std::move(result));
        }
        return all;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_came;
    std::vector<std::optional<Result<Fetched>>> m_results;
};

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

    const auto answers = std::make_shared<Answers>(keys.size());
    const bool leased = options.lease > Duration::zero() && m_capabilities.leases;
    std::vector<std::shared_ptr<Flight>> waitedFor(keys.size());
    std::vector<std::shared_ptr<Flight>> together;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        // A failure was noted once, for all of them.
        Lookup found = counted(
            keys[i], stored.ok() ? weigh(keys[i], options, doubts[i], std::move((*stored)[i]), true)
                                 : Lookup{});
        if (found.isServed()) {
            answers->put(i, found.answer);
            if (found.verdict == Verdict::serveAndRefresh) {
                refresh(keys[i], marks[i], options, alone(keys[i], load), true);
            }
            continue;
        }
        Request request{keys[i], options, marks[i], {}, leased};
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
        const bool away =
            options.hardTimeout > Duration::zero() || options.softTimeout > Duration::zero();
        for (const auto& flight : together) {
            m_flights->loaderLeft(*flight);
        }
        if (!away || !pool().run([this, together, load] { loadTogether(together, load); })) {
            loadTogether(together, load);
        }
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (waitedFor[i] == nullptr || answers->has(i)) {
            continue;
        }
        const FlightWait wait(*waitedFor[i]);
        if (wait.wouldNeverEnd()) {
            answers->put(i, Error{ErrorCode::reentrantLoad, keys[i]});
        } else {
            answers->await(i);
        }
    }
    return answers->take();
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
