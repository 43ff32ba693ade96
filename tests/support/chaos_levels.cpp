// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/chaos_levels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/backend/backend_registry.h"
#include "engine/backend/tiered_backend.h"
#include "tests/support/chaos_world.h"
#include "tests/support/shared_backend.h"

namespace cachescope::test {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMostPending = 80;
constexpr int kDeepest = 2;

/// A connection that says what it changed, whether it knows that it did or not.
class TellingBackend final : public SharedBackend {
public:
    TellingBackend(std::shared_ptr<Backend> store, LossyFeeds& feeds, std::size_t process)
        : SharedBackend(std::move(store)), m_feeds(feeds), m_process(process) {}

    Result<void> set(std::string_view key, const Entry& entry) override {
        return told(key, SharedBackend::set(key, entry));
    }
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override {
        auto done = SharedBackend::setMany(entries);
        for (const KeyedEntry& item : entries) {
            m_feeds.changed(m_process, std::string{item.key});
        }
        return done;
    }
    Result<bool> erase(std::string_view key) override {
        return told(key, SharedBackend::erase(key));
    }
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override {
        auto done = SharedBackend::eraseMatching(pattern);
        m_feeds.changed(m_process, std::nullopt);
        return done;
    }
    Result<bool> touch(std::string_view key, TimePoint expires) override {
        return told(key, SharedBackend::touch(key, expires));
    }
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override {
        return told(key, SharedBackend::setAndRelease(key, entry, token));
    }

private:
    template <class T>
    T told(std::string_view key, T done) {
        m_feeds.changed(m_process, std::string{key});
        return done;
    }

    LossyFeeds& m_feeds;
    const std::size_t m_process;
};

}  // namespace

ChaosLevels::ChaosLevels(std::uint64_t seed)
    : m_seed(seed), m_random(mix64(seed)), m_feeds(mix64(seed + 2), m_clock, m_timers) {
    for (std::size_t i = 0; i < kKeys; ++i) {
        m_keys.push_back(chaosKey(i, m_random));
        CacheOptions& options = m_keys.back().options;
        options.space.clear();
        if (isOfMany(i)) {
            // All alike, and nothing that would go to threads, whose order no seed decides.
            options.lease = options.softTimeout = options.hardTimeout = Duration{};
            options.staleWhileRevalidate = Duration{};
            options.refreshAfter = 0;
            options.singleFlight = true;
            if (i > 0) {
                options = m_keys.front().options;
                m_keys.back().tags = m_keys.front().tags;
            }
        }
    }
    BackendConfig config;
    config.clock = &m_clock;
    m_store = std::make_shared<ChaosBackend>(
        BackendRegistry::builtin().create("memory:", config).value(), m_clock,
        ChaosBackend::Options{.seed = mix64(seed + 1),
                              .shared = true,
                              .remote = perhaps(0.5),
                              .touches = perhaps(0.8),
                              .leases = perhaps(0.7),
                              .moved = &m_clock,
                              .torn = 0.03});
    m_store->between = [this](std::string_view) { interfere(0.02); };
    m_store->unreadMark = [this] { m_unread = ++m_moment; };
    for (std::size_t i = 0; i < m_caches.size(); ++i) {
        m_caches[i] = process(i, seed);
    }
    changeMood();
}

ChaosLevels::~ChaosLevels() {
    m_interferes = false;
}

std::unique_ptr<Cache> ChaosLevels::process(std::size_t number, std::uint64_t seed) {
    BackendConfig config;
    config.clock = &m_clock;
    TieredBackend::Parts parts;
    parts.upper = BackendRegistry::builtin().create("memory:?entries=40", config).value();
    parts.lower = std::make_unique<TellingBackend>(m_store, m_feeds, number);
    parts.feed = [this, number](ChangeListener& listener) {
        return m_feeds.feedOf(number, listener);
    };
    return std::make_unique<Cache>(
        std::make_unique<TieredBackend>("tiered:chaos:", std::move(parts),
                                        UpperLevel::Options{{}, &m_clock}),
        m_clock, &m_timers, seed * 2 + number);
}

Duration ChaosLevels::upTo(Duration most) {
    return Duration{
        static_cast<std::int64_t>(m_random.uniform() * static_cast<double>(most.count()))};
}

std::size_t ChaosLevels::someKey() {
    const double chance = m_random.uniform();
    return static_cast<std::size_t>(chance * chance * static_cast<double>(kKeys));
}

void ChaosLevels::run(std::size_t operations) {
    for (std::size_t i = 0; i < operations && m_violations == 0; ++i) {
        step();
    }
}

void ChaosLevels::step() {
    ++m_operations;
    m_stepBegan = m_clock.now();
    const std::size_t process = m_random.below(2);
    const double dice = m_pending.size() > kMostPending ? 0.7 : m_random.uniform();
    if (dice < 0.5) {
        fetch(process, someKey());
    } else if (dice < 0.56) {
        fetchMany(process);
    } else if (dice < 0.82) {
        if (!m_pending.empty()) {
            endLoad(perhaps(0.6) ? m_pending.size() - 1 : m_random.below(m_pending.size()));
        }
    } else if (dice < 0.95) {
        m_timers.advance(perhaps(0.005) ? upTo(30s) : upTo(30ms));
    } else if (dice < 0.975) {
        invalidate(process, someKey());
    } else if (dice < 0.983) {
        invalidateByMark(process);
    } else if (dice < 0.993) {
        (void)m_caches[process]->removeExpired(1 + m_random.below(20));
    } else {
        changeMood();
    }
    for (TimePoint before; before != m_clock.now();) {
        before = m_clock.now();
        m_timers.advance(Duration{});
    }
    nobodyIsLate();
}

void ChaosLevels::changeMood() {
    constexpr std::array kFails{0.0, 0.0, 0.02, 0.3};
    constexpr std::array kLate{0.0, 0.0, 0.01};
    constexpr std::array kOriginFails{0.0, 0.1, 0.7};
    m_store->trouble(kFails[m_random.below(kFails.size())], kLate[m_random.below(kLate.size())]);
    m_originFails = kOriginFails[m_random.below(kOriginFails.size())];
    if (perhaps(0.2)) {
        m_store->breakDown(m_clock.now() + upTo(3s));
    }
}

// What another thread or the other process might do at this moment.
void ChaosLevels::interfere(double chance) {
    if (!m_interferes || m_depth >= kDeepest || !perhaps(chance)) {
        return;
    }
    ++m_depth;
    const std::size_t process = m_random.below(2);
    const double dice = m_random.uniform();
    if (dice < 0.4) {
        fetch(process, someKey());
    } else if (dice < 0.65) {
        if (!m_pending.empty()) {
            endLoad(m_random.below(m_pending.size()));
        }
    } else if (dice < 0.85) {
        invalidate(process, someKey());
    } else if (dice < 0.9) {
        invalidateByMark(process);
    } else {
        m_timers.advance(upTo(100ms));
    }
    --m_depth;
}

// --- Requests and loads ---

std::size_t ChaosLevels::ask(std::size_t process, std::size_t key) {
    m_requests.push_back({key, process, ++m_moment, m_clock.now(), m_stepBegan});
    return m_requests.size() - 1;
}

void ChaosLevels::fetch(std::size_t process, std::size_t key) {
    // Who looks many keys up on this thread could wait for this request's load for ever.
    if (process == m_looking && isOfMany(key)) {
        return;
    }
    const std::size_t number = ask(process, key);
    const CacheHistory::Key& asked = m_keys[key];
    m_caches[process]->fetch(
        asked.name, asked.options,
        [this, process, key](LoadDone done) {
            const std::size_t load = beginLoad(process, key);
            interfere(0.02);
            m_pending.push_back({load, std::move(done)});
            if (perhaps(0.1)) {
                endLoad(m_pending.size() - 1);
            }
        },
        [this, number](const Result<Fetched>& result) {
            answered(number, result);
            interfere(0.005);
        });
    Request& request = m_requests[number];
    if (!request.answered && asked.options.hardTimeout > Duration::zero()) {
        request.deadline = m_clock.now() + asked.options.hardTimeout;
        m_limited.push_back(number);
    }
}

void ChaosLevels::fetchMany(std::size_t process) {
    std::vector<std::string> names;
    std::vector<std::size_t> requests;
    for (std::size_t key = 0; key < kKeys; key += 4) {
        if (m_running[process][key] == 0 && perhaps(0.3)) {
            names.push_back(m_keys[key].name);
            requests.push_back(ask(process, key));
        }
    }
    m_looking = process;
    const std::size_t loadsBefore = m_loads.size();
    const auto got = m_caches[process]->fetchMany(
        names, m_keys.front().options,
        [&](const std::vector<std::string>& missing) { return loadMany(process, missing); });
    m_looking = kNobody;
    ASSERT_EQ(got.size(), requests.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        answered(requests[i], got[i]);
    }
    for (std::size_t load = loadsBefore; load < m_loads.size(); ++load) {
        if (std::none_of(m_pending.begin(), m_pending.end(),
                         [load](const Pending& pending) { return pending.load == load; })) {
            settle(load);
        }
    }
    m_kinds.many += names.empty() ? 0U : 1U;
}

std::vector<LoadResult> ChaosLevels::loadMany(std::size_t process,
                                              const std::vector<std::string>& names) {
    std::vector<std::size_t> loads;
    for (const std::string& name : names) {
        loads.push_back(beginLoad(process, std::stoul(name.substr(1))));
    }
    // What is asked for now joins these loads, or begins one of its own that nobody waits for here.
    m_looking = kNobody;
    interfere(0.05);
    m_looking = process;
    std::vector<LoadResult> outcomes;
    for (const std::size_t load : loads) {
        outcomes.push_back(outcomeOf(load));
    }
    if (perhaps(0.05)) {
        outcomes.pop_back();
        m_loads[loads.back()].gave = false;
    }
    return outcomes;
}

std::size_t ChaosLevels::beginLoad(std::size_t process, std::size_t key) {
    m_loads.push_back({key, process, ++m_moment, m_clock.now()});
    ++m_running[process][key];
    return m_loads.size() - 1;
}

LoadResult ChaosLevels::outcomeOf(std::size_t number) {
    LoadOf& load = m_loads[number];
    ++m_moment;
    if (perhaps(m_originFails)) {
        return Error{ErrorCode::loadFailed, "origin"};
    }
    load.gave = true;
    load.store = perhaps(0.95);
    load.ttl = m_keys[load.key].options.ttl;
    Loaded loaded{.value = Bytes{m_keys[load.key].name + '|' + std::to_string(number)}};
    loaded.store = load.store;
    if (perhaps(0.1)) {
        load.ttl = loaded.ttl = upTo(5s);
    }
    return loaded;
}

void ChaosLevels::settle(std::size_t load) {
    if (m_loads[load].settled == 0) {
        m_loads[load].settled = ++m_moment;
        --m_running[m_loads[load].process][m_loads[load].key];
    }
}

void ChaosLevels::endLoad(std::size_t place) {
    const Pending pending = std::move(m_pending[place]);
    m_pending[place] = std::move(m_pending.back());
    m_pending.pop_back();
    pending.done(outcomeOf(pending.load));
    settle(pending.load);
}

// --- Invalidations ---

void ChaosLevels::invalidate(std::size_t process, std::size_t key) {
    Cache& cache = *m_caches[process];
    Voided voided{process, ++m_moment, m_clock.now(), 0, {}};
    const bool all = perhaps(0.05);
    const auto done = all            ? cache.invalidateMatching("*")
                      : perhaps(0.8) ? cache.invalidate(m_keys[key].name)
                                     : cache.invalidateMatching("?" + m_keys[key].name.substr(1));
    voided.ended = ++m_moment;
    voided.endedAt = m_clock.now();
    if (!done.ok()) {
        return;
    }
    for (std::size_t i = 0; i < kKeys; ++i) {
        if (all || i == key) {
            m_voidedKeys[i].push_back(voided);
        }
    }
}

void ChaosLevels::invalidateByMark(std::size_t process) {
    // Each tag is one process's to void: of two marks at one moment either may win.
    const std::size_t tag = m_random.below(CacheHistory::kTags / 2) * 2 + process;
    Voided voided{process, ++m_moment, m_clock.now(), 0, {}};
    const bool ok = m_caches[process]->invalidateTag(std::to_string(tag)).ok();
    voided.ended = ++m_moment;
    voided.endedAt = m_clock.now();
    if (ok) {
        m_voidedTags[tag].push_back(voided);
    }
}

void ChaosLevels::finish() {
    m_interferes = false;
    m_store->trouble(0, 0);
    m_store->breakDown(TimePoint{});
    for (int round = 0; round < 100 && (!m_pending.empty() || m_timers.planned() > 0); ++round) {
        while (!m_pending.empty()) {
            endLoad(0);
        }
        m_timers.advance(1s);
        m_stepBegan = m_clock.now();
    }
    EXPECT_TRUE(m_pending.empty());
    EXPECT_EQ(m_timers.planned(), 0U);
    for (const Request& request : m_requests) {
        if (!request.answered) {
            violated(request, "was never answered");
        }
    }
    m_kinds.gaps = m_feeds.gaps();
    // Loads that end after the caches, and what is planned, find nobody.
    for (std::size_t key = 0; key < kKeys; ++key) {
        fetch(key % 2, key);
    }
    for (auto& cache : m_caches) {
        cache.reset();
    }
    const std::uint64_t hash = m_hash;
    while (!m_pending.empty()) {
        endLoad(0);
    }
    m_timers.advance(1h);
    EXPECT_EQ(m_hash, hash) << "nobody is answered any more";
}

}  // namespace cachescope::test
