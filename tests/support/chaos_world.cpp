// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/chaos_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "engine/backend/backend_registry.h"
#include "engine/backend/circuit_breaker.h"
#include "engine/core/glob.h"

namespace cachescope::test {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kKeys = 150;
constexpr std::size_t kMostPending = 150;

std::vector<CacheHistory::Key> keysOf(std::uint64_t seed) {
    Random random(mix64(seed));
    std::vector<CacheHistory::Key> keys;
    for (std::size_t i = 0; i < kKeys; ++i) {
        keys.push_back(chaosKey(i, random));
    }
    return keys;
}

}  // namespace

CacheHistory::Key chaosKey(std::size_t number, Random& random) {
    const auto perhaps = [&random](double chance) { return random.uniform() < chance; };
    // Short spans as likely as long ones.
    const auto span = [&random](double mostSeconds) {
        return Duration{
            static_cast<std::int64_t>(1e7 * std::pow(mostSeconds * 100, random.uniform()))};
    };
    CacheHistory::Key key;
    key.name = "k" + std::to_string(number);
    CacheOptions& options = key.options;
    if (perhaps(0.93)) {
        options.ttl = perhaps(0.04) ? Duration{} : span(20);
        options.sliding = perhaps(0.3);
        if (perhaps(0.4)) {
            options.maxAge = *options.ttl + span(20);
        }
    }
    if (perhaps(0.3)) {
        options.jitter = perhaps(0.1) ? 1 : random.uniform();
    }
    if (perhaps(0.3)) {
        options.negativeTtl = perhaps(0.2) ? Duration{} : span(5);
    }
    if (perhaps(0.35)) {
        options.errorTtl = span(3);
    }
    options.singleFlight = perhaps(0.85);
    if (perhaps(0.2)) {
        options.lease = span(2);
    }
    if (perhaps(0.3)) {
        options.staleWhileRevalidate = span(10);
    }
    if (perhaps(0.25)) {
        options.refreshAfter = random.uniform() * 0.99;
    }
    if (perhaps(0.25)) {
        options.xfetchBeta = random.uniform() * 10;
    }
    if (perhaps(0.45)) {
        options.staleIfError = span(20);
    }
    options.retryAfter = perhaps(0.2) ? Duration{} : span(3);
    if (perhaps(0.35)) {
        options.hardTimeout = span(4);
    }
    if (perhaps(0.35)) {
        options.softTimeout = options.hardTimeout > 0s ? options.hardTimeout / 2 : span(2);
    }
    if (perhaps(0.35)) {
        for (std::size_t tag = 0; tag < CacheHistory::kTags; ++tag) {
            if (perhaps(0.25)) {
                key.tags |= 1U << tag;
                options.tags.push_back(std::to_string(tag));
            }
        }
    }
    if (perhaps(0.25)) {
        key.space = random.below(CacheHistory::kSpaces);
        options.space = std::to_string(*key.space);
    }
    options.marked = perhaps(0.2);
    EXPECT_TRUE(validate(options).ok());
    return key;
}

ChaosWorld::ChaosWorld(std::uint64_t seed, bool guarded)
    : m_random(seed),
      m_guarded(guarded),
      m_history(seed, m_clock, keysOf(seed)),
      m_versions(kKeys, 1) {
    makeCache(seed);
    setHooks();
    changeMood();
}

void ChaosWorld::makeCache(std::uint64_t seed) {
    BackendConfig config;
    config.clock = &m_clock;
    auto memory = BackendRegistry::builtin()
                      .create(perhaps(0.3) ? "memory:?entries=150" : "memory:", config)
                      .value();
    auto chaos = std::make_unique<ChaosBackend>(std::move(memory), m_clock,
                                                ChaosBackend::Options{.seed = mix64(seed + 1),
                                                                      .shared = perhaps(0.5),
                                                                      .remote = perhaps(0.3),
                                                                      .touches = perhaps(0.8),
                                                                      .leases = perhaps(0.7),
                                                                      .moved = &m_clock,
                                                                      .torn = 0.003});
    m_chaos = chaos.get();
    std::unique_ptr<Backend> backend = std::move(chaos);
    if (m_guarded) {
        backend = std::make_unique<CircuitBreaker>(
            std::move(backend),
            CircuitBreakerOptions{.openFor = 200ms, .maxOpenFor = 2s, .clock = &m_clock});
        auto queue = std::make_unique<RecoveryQueue>(
            std::move(backend),
            RecoveryQueueOptions{.retryAfter = 200ms, .turnWait = 0ms, .clock = &m_clock});
        m_queue = queue.get();
        backend = std::move(queue);
    }
    m_cache = std::make_unique<Cache>(std::move(backend), m_clock, &m_timers, seed);
}

void ChaosWorld::setHooks() {
    m_chaos->between = [this](std::string_view key) {
        m_history.dawdled = m_chaos->moved() - m_movedBefore + m_passedMeanwhile;
        // The guards hold their locks while they call: nobody else may come from this thread.
        if (!m_guarded) {
            interfere(key, 0.02);
        }
    };
    if (m_guarded) {
        return;
    }
    m_chaos->read = [this](std::string_view key, const std::optional<Entry>* found) {
        if (!m_asking.empty() && m_asking.back() != kNobody) {
            m_history.looked(m_asking.back(), key, found);
        }
    };
    m_chaos->unreadMark = [this] { m_history.marksUnread(); };
    m_chaos->storing = [this](std::string_view key, const Entry& entry) {
        // Who found the entry torn may think that there is none.
        if (m_interfered == m_interferedBefore && m_chaos->torn() == m_tornBefore &&
            !key.starts_with('\x01') && !entry.notes.empty()) {
            m_history.storing(key, entry, m_chaos->inner().get(key).value());
        }
    };
}

Duration ChaosWorld::upTo(Duration most) {
    return Duration{
        static_cast<std::int64_t>(m_random.uniform() * static_cast<double>(most.count()))};
}

std::size_t ChaosWorld::someKey() {
    // Some keys are asked for much more often than others.
    const double chance = m_random.uniform();
    return static_cast<std::size_t>(chance * chance * static_cast<double>(kKeys));
}

void ChaosWorld::run(std::size_t operations) {
    for (std::size_t i = 0; i < operations && m_history.violations() == 0; ++i) {
        step();
    }
}

void ChaosWorld::step() {
    ++m_operations;
    m_movedBefore = m_chaos->moved();
    m_passedMeanwhile = Duration{};
    m_interferedBefore = m_interfered;
    m_tornBefore = m_chaos->torn();
    m_history.dawdled = Duration{};

    const double dice = m_pending.size() > kMostPending ? 0.6 : m_random.uniform();
    if (dice < 0.5) {
        fetch(someKey());
    } else if (dice < 0.82) {
        if (!m_pending.empty()) {
            endLoad(perhaps(0.6) ? m_pending.size() - 1 : m_random.below(m_pending.size()));
        }
    } else if (dice < 0.95) {
        m_timers.advance(perhaps(0.005) ? upTo(30s) : upTo(30ms));
    } else if (dice < 0.965) {
        ++m_versions[someKey()];
    } else if (dice < 0.98) {
        invalidateKeys(someKey());
    } else if (dice < 0.986) {
        invalidateByMark();
    } else if (dice < 0.995) {
        (void)m_cache->removeExpired(1 + m_random.below(20));
    } else {
        changeMood();
    }
    // Calls may have moved the clock past what was planned, and what was planned may again.
    for (TimePoint before; before != m_clock.now();) {
        before = m_clock.now();
        m_timers.advance(Duration{});
    }
    m_history.nobodyIsLate();
}

void ChaosWorld::changeMood() {
    constexpr std::array kFails{0.0, 0.0, 0.02, 0.3};
    constexpr std::array kLate{0.0, 0.0, 0.01};
    constexpr std::array kOriginFails{0.0, 0.1, 0.7};
    m_chaos->trouble(kFails[m_random.below(kFails.size())], kLate[m_random.below(kLate.size())]);
    m_originFails = kOriginFails[m_random.below(kOriginFails.size())];
    if (perhaps(0.2)) {
        m_chaos->breakDown(m_clock.now() + upTo(3s));
    }
}

// What another thread might do at this moment, most likely to the same key.
void ChaosWorld::interfere(std::string_view name, double chance) {
    if (!m_interferes || m_depth >= kDeepest || !perhaps(chance)) {
        return;
    }
    std::size_t key = someKey();
    if (name.starts_with('k') && perhaps(0.8)) {
        key = static_cast<std::size_t>(std::stoul(std::string{name.substr(1)}));
    }
    ++m_interfered;
    ++m_depth;
    m_asking.push_back(kNobody);
    meanwhile(key);
    m_asking.pop_back();
    --m_depth;
}

void ChaosWorld::meanwhile(std::size_t key) {
    const double dice = m_random.uniform();
    if (dice < 0.35) {
        fetch(key);
    } else if (dice < 0.6) {
        endLoadOf(key);
    } else if (dice < 0.8) {
        invalidateKeys(key);
    } else if (dice < 0.9) {
        invalidateByMark();
    } else {
        const Duration span = upTo(300ms);
        m_passedMeanwhile += span;
        m_history.dawdled += span;
        m_timers.advance(span);
    }
}

void ChaosWorld::fetch(std::size_t key) {
    const bool inside = std::any_of(m_asking.begin(), m_asking.end(), [&](std::size_t other) {
        return other != kNobody && m_history.keyOf(other) == key;
    });
    const std::size_t request = m_history.ask(key, inside);
    m_asking.push_back(request);
    m_cache->fetch(
        m_history.key(key).name, m_history.key(key).options,
        [this, request](LoadDone done) { load(request, std::move(done)); },
        [this, request](const Result<Fetched>& result) {
            m_history.answered(request, result);
            interfere(m_history.key(m_history.keyOf(request)).name, 0.005);
        });
    m_asking.pop_back();
    m_history.asked(request);
}

void ChaosWorld::load(std::size_t request, LoadDone done) {
    const std::size_t key = m_history.keyOf(request);
    const std::size_t number = m_history.begin(request, m_versions[key]);
    interfere(m_history.key(key).name, 0.02);
    if (perhaps(0.01)) {
        throw std::runtime_error(m_history.fail(number, false).detail());
    }
    m_pending.push_back({number, std::move(done)});
    if (perhaps(0.1)) {
        endLoad(m_pending.size() - 1);
    }
}

LoadResult ChaosWorld::outcomeOf(std::size_t load) {
    if (perhaps(m_originFails)) {
        return m_history.fail(load, perhaps(0.1));
    }
    std::optional<Duration> ownTtl;
    if (perhaps(0.1)) {
        ownTtl = perhaps(0.1) ? Duration{} : upTo(5s);
    }
    unsigned tags = 0;
    if (perhaps(0.1)) {
        tags = 1U << m_random.below(CacheHistory::kTags);
    }
    const bool absent = perhaps(0.1);
    return m_history.give(load, absent, perhaps(0.95), ownTtl, tags);
}

void ChaosWorld::endLoad(std::size_t place) {
    const Pending pending = std::move(m_pending[place]);
    m_pending[place] = std::move(m_pending.back());
    m_pending.pop_back();
    m_asking.push_back(kNobody);
    pending.done(outcomeOf(pending.load));
    m_asking.pop_back();
}

void ChaosWorld::endLoadOf(std::size_t key) {
    for (std::size_t i = 0; i < m_pending.size(); ++i) {
        if (m_history.load(m_pending[i].load).key == key) {
            endLoad(i);
            return;
        }
    }
}

template <class Invalidate>
void ChaosWorld::invalidate(const std::vector<VoidLog*>& logs, Invalidate call) {
    m_asking.push_back(kNobody);
    const std::uint64_t begun = m_history.voiding(logs);
    m_history.voided(logs, begun, call().ok());
    m_asking.pop_back();
}

void ChaosWorld::invalidateKeys(std::size_t key) {
    const std::string& name = m_history.key(key).name;
    const double dice = m_random.uniform();
    if (dice < 0.7) {
        invalidate({&m_history.ofKey(key)}, [&] { return m_cache->invalidate(name); });
        return;
    }
    if (dice < 0.71) {
        invalidate({&m_history.ofAllKeys()}, [&] { return m_cache->invalidateAll(); });
        return;
    }
    const bool prefix = dice < 0.9;
    std::string pattern = prefix ? name : "k*" + name.substr(name.size() - 1);
    std::vector<VoidLog*> logs;
    for (std::size_t i = 0; i < m_history.keyCount(); ++i) {
        if (globMatches(prefix ? name + '*' : pattern, m_history.key(i).name)) {
            logs.push_back(&m_history.ofKey(i));
        }
    }
    invalidate(logs, [&] {
        return prefix ? m_cache->invalidatePrefix(name) : m_cache->invalidateMatching(pattern);
    });
}

void ChaosWorld::invalidateByMark() {
    const double dice = m_random.uniform();
    if (dice < 0.6) {
        const std::size_t tag = m_random.below(CacheHistory::kTags);
        invalidate({&m_history.ofTag(tag)},
                   [&] { return m_cache->invalidateTag(std::to_string(tag)); });
    } else if (dice < 0.9) {
        const std::size_t space = m_random.below(CacheHistory::kSpaces);
        invalidate({&m_history.ofSpace(space)},
                   [&] { return m_cache->invalidateSpace(std::to_string(space)); });
    } else {
        invalidate({&m_history.ofEverything()}, [&] { return m_cache->invalidateAllByMark(); });
    }
}

void ChaosWorld::finish() {
    m_interferes = false;
    m_chaos->trouble(0, 0);
    m_chaos->breakDown(TimePoint{});
    constexpr int kMostRounds = 100;
    for (int round = 0; round < kMostRounds && (!m_pending.empty() || m_timers.planned() > 0);
         ++round) {
        while (!m_pending.empty()) {
            endLoad(0);
        }
        m_timers.advance(1s);
    }
    EXPECT_TRUE(m_pending.empty());
    EXPECT_EQ(m_timers.planned(), 0U);
    m_history.nobodyIsLate();
    m_history.ended(m_cache->stats(),
                    m_guarded ? std::nullopt : std::optional{m_chaos->failures()});
    if (m_queue != nullptr) {
        for (int round = 0; round < kMostRounds && m_queue->counters().waiting > 0; ++round) {
            m_clock.advance(1min);
            EXPECT_TRUE(m_cache->removeExpired(1000).ok());
        }
        EXPECT_EQ(m_queue->counters().waiting, 0U);
        EXPECT_EQ(m_queue->counters().dropped, 0U);
    }

    // Loads that end after the cache, and time-outs that are planned, find nobody.
    for (std::size_t key = 0; key < kKeys; ++key) {
        fetch(key);
    }
    const std::uint64_t answers = m_history.answers();
    m_cache.reset();
    while (!m_pending.empty()) {
        endLoad(0);
    }
    m_timers.advance(1h);
    EXPECT_EQ(m_history.answers(), answers);
}

}  // namespace cachescope::test
