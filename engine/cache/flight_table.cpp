// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/flight_table.h"

#include <algorithm>
#include <cstring>

#include "engine/cache/load_wait.h"
#include "engine/core/glob.h"

namespace cachescope {

namespace {

// Which thread waits for which flight, over all caches of the process: a circle may lead through
// several of them. Loaders are changed under the same mutex, so that the walk sees one state.
struct WaitGraph {
    std::mutex mutex;
    std::unordered_map<std::thread::id, const Flight*> waiting;
};

WaitGraph& waitGraph() {
    static auto* graph = new WaitGraph;
    return *graph;
}

void setLoader(Flight& flight, std::thread::id loader) {
    WaitGraph& graph = waitGraph();
    const std::lock_guard lock(graph.mutex);
    flight.loader = loader;
}

}  // namespace

// Every request asks, hits too: a few instructions, good enough to spread keys.
std::size_t FlightTable::shardIndex(std::string_view key) noexcept {
    std::uint64_t word = key.size();
    if (key.size() >= sizeof word) {
        std::memcpy(&word, key.data() + key.size() - sizeof word, sizeof word);
    } else {
        for (const char c : key) {
            word = word << 8 | static_cast<unsigned char>(c);
        }
    }
    return static_cast<std::size_t>((word * 0x9e37'79b9'7f4a'7c15ULL) >> kShardShift);
}

FlightTable::Shard& FlightTable::shardOf(std::string_view key) noexcept {
    return m_shards[shardIndex(key)];
}

const FlightTable::Shard& FlightTable::shardOf(std::string_view key) const noexcept {
    return m_shards[shardIndex(key)];
}

std::uint64_t FlightTable::mark(std::string_view key) const noexcept {
    const Shard& shard = shardOf(key);
    const std::uint64_t landings = shard.landings.load(std::memory_order_acquire);
    return landings << 1 | (shard.doubts.load(std::memory_order_acquire) != 0 ? 1U : 0U);
}

std::shared_ptr<Flight> FlightTable::open(Shard& shard, std::string_view key,
                                          const CacheOptions& options, LoadCause cause,
                                          TimePoint now) {
    auto flight = std::make_shared<Flight>();
    flight->key = key;
    flight->options = options;
    flight->cause = cause;
    flight->begun = now;
    flight->loader = std::this_thread::get_id();
    shard.flights.emplace(flight->key, flight);
    return flight;
}

FlightTable::Joined FlightTable::joinOrOpen(std::string_view key, std::uint64_t mark,
                                            const CacheOptions& options, LoadCause cause,
                                            TimePoint now, TimePoint voidUntil, Waiter& waiter) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    std::shared_ptr<Flight> flight;
    bool opened = false;
    if (options.singleFlight) {
        const auto [first, last] = shard.flights.equal_range(key);
        for (auto it = first; it != last && !flight; ++it) {
            if (!it->second->invalidated && it->second->begun > voidUntil) {
                flight = it->second;
            }
        }
        if (!flight && shard.landings.load(std::memory_order_relaxed) != mark >> 1) {
            return {};
        }
    }
    if (!flight) {
        flight = open(shard, key, options, cause, now);
        opened = true;
    }
    const std::uint64_t id = ++shard.waiters;
    waiter.id = id;
    if (opened) {
        flight->opener = id;
    }
    if (waiter.fallback) {
        flight->fallbacks = true;
    }
    flight->waiters.push_back(std::move(waiter));
    return {std::move(flight), opened, id};
}

std::shared_ptr<Flight> FlightTable::openRefresh(std::string_view key, std::uint64_t mark,
                                                 const CacheOptions& options, TimePoint now) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.landings.load(std::memory_order_relaxed) != mark >> 1 ||
        shard.flights.contains(key)) {
        return nullptr;
    }
    return open(shard, key, options, LoadCause::refresh, now);
}

bool FlightTable::isFlying(std::string_view key) const {
    const Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    return shard.flights.contains(key);
}

namespace {

auto findWaiter(Flight& flight, std::uint64_t id) {
    return std::find_if(flight.waiters.begin(), flight.waiters.end(),
                        [id](const Waiter& waiter) { return waiter.id == id; });
}

}  // namespace

bool FlightTable::isWaiting(Flight& flight, std::uint64_t waiter) const {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    return findWaiter(flight, waiter) != flight.waiters.end();
}

std::optional<Waiter> FlightTable::take(Flight& flight, std::uint64_t waiter) {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    const auto found = findWaiter(flight, waiter);
    if (found == flight.waiters.end()) {
        return std::nullopt;
    }
    Waiter taken = std::move(*found);
    flight.waiters.erase(found);
    return taken;
}

std::optional<std::pair<Entry, TimePoint>> FlightTable::fallbackOf(Flight& flight,
                                                                   std::uint64_t waiter) const {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    const auto found = findWaiter(flight, waiter);
    if (found == flight.waiters.end() || !found->fallback) {
        return std::nullopt;
    }
    return std::pair{*found->fallback, found->fallbackUntil};
}

bool FlightTable::beginStore(Flight& flight) {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    flight.storing = !flight.invalidated;
    return flight.storing;
}

std::vector<TimePoint> FlightTable::leftoversIn(const Shard& shard, std::string_view key) {
    std::vector<TimePoint> begun;
    if (!shard.leftovers.empty()) {
        const auto [first, last] = shard.leftovers.equal_range(std::string{key});
        for (auto it = first; it != last; ++it) {
            begun.push_back(it->second);
        }
    }
    return begun;
}

std::vector<TimePoint> FlightTable::doubtsOf(std::string_view key) const {
    const Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    std::vector<TimePoint> doubts = leftoversIn(shard, key);
    const auto [first, last] = shard.flights.equal_range(key);
    for (auto it = first; it != last; ++it) {
        if (it->second->storing && it->second->invalidated) {
            doubts.push_back(it->second->begun);
        }
    }
    return doubts;
}

std::vector<TimePoint> FlightTable::leftoversOf(std::string_view key) const {
    const Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    return leftoversIn(shard, key);
}

void FlightTable::noteLeftover(const Flight& flight) {
    Shard& shard = shardOf(flight.key);
    const std::lock_guard lock(shard.mutex);
    shard.leftovers.emplace(flight.key, flight.begun);
    shard.doubts.fetch_add(1, std::memory_order_release);
}

void FlightTable::forgetLeftovers(std::string_view key, const std::vector<TimePoint>& begun) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    const std::size_t forgotten = std::erase_if(shard.leftovers, [&](const auto& each) {
        return each.first == key &&
               std::find(begun.begin(), begun.end(), each.second) != begun.end();
    });
    shard.doubts.fetch_sub(forgotten, std::memory_order_release);
}

std::vector<std::string> FlightTable::keysOfLeftovers() const {
    std::vector<std::string> keys;
    for (const Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (const auto& [key, begun] : shard.leftovers) {
            keys.push_back(key);
        }
    }
    return keys;
}

std::vector<Waiter> FlightTable::land(const std::shared_ptr<Flight>& flight) {
    setLoader(*flight, {});
    Shard& shard = shardOf(flight->key);
    const std::lock_guard lock(shard.mutex);
    end(shard, flight);
    return std::move(flight->waiters);
}

bool FlightTable::landAlone(const std::shared_ptr<Flight>& flight) {
    Shard& shard = shardOf(flight->key);
    const std::lock_guard lock(shard.mutex);
    if (!flight->waiters.empty()) {
        return false;
    }
    end(shard, flight);
    return true;
}

void FlightTable::putOff(Flight& flight, std::shared_ptr<LateStep> step) {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    flight.late = std::move(step);
    for (const auto& helper : flight.helpers) {
        helper->wake();
    }
}

void FlightTable::help(Flight& flight, std::shared_ptr<LoadWait> helper) {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    flight.helpers.push_back(std::move(helper));
}

bool FlightTable::isHelped(Flight& flight) const {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    return flight.openerHelps || !flight.helpers.empty();
}

std::shared_ptr<LateStep> FlightTable::takeLate(Flight& flight) {
    const std::lock_guard lock(shardOf(flight.key).mutex);
    return std::exchange(flight.late, nullptr);
}

void FlightTable::end(Shard& shard, const std::shared_ptr<Flight>& flight) {
    const auto [first, last] = shard.flights.equal_range(flight->key);
    for (auto it = first; it != last; ++it) {
        if (it->second == flight) {
            shard.flights.erase(it);
            break;
        }
    }
    if (flight->storing && flight->invalidated) {
        shard.doubts.fetch_sub(1, std::memory_order_release);
    }
    shard.landings.fetch_add(1, std::memory_order_release);
    flight->helpers.clear();
}

void FlightTable::loaderIsHere(Flight& flight) {
    setLoader(flight, std::this_thread::get_id());
}

void FlightTable::loaderLeft(Flight& flight) {
    setLoader(flight, {});
}

void FlightTable::noteFailure(std::string_view key, TimePoint until, TimePoint now) {
    constexpr std::size_t kMostRemembered = 1024;
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.failures.size() >= kMostRemembered) {
        std::erase_if(shard.failures, [now](const auto& each) { return each.second <= now; });
    }
    shard.failures[std::string{key}] = until;
    shard.failureCount.store(shard.failures.size(), std::memory_order_relaxed);
}

void FlightTable::noteSuccess(std::string_view key) {
    Shard& shard = shardOf(key);
    if (shard.failureCount.load(std::memory_order_relaxed) == 0) {
        return;
    }
    const std::lock_guard lock(shard.mutex);
    shard.failures.erase(std::string{key});
    shard.failureCount.store(shard.failures.size(), std::memory_order_relaxed);
}

bool FlightTable::mayTry(std::string_view key, TimePoint now) const {
    const Shard& shard = shardOf(key);
    if (shard.failureCount.load(std::memory_order_relaxed) == 0) {
        return true;
    }
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.failures.find(std::string{key});
    return found == shard.failures.end() || found->second <= now;
}

void FlightTable::invalidate(Shard& shard, Flight& flight) {
    if (!flight.invalidated.exchange(true) && flight.storing) {
        shard.doubts.fetch_add(1, std::memory_order_release);
    }
}

void FlightTable::invalidate(std::string_view key) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto [first, last] = shard.flights.equal_range(key);
    for (auto it = first; it != last; ++it) {
        invalidate(shard, *it->second);
    }
}

void FlightTable::invalidateMatching(std::string_view pattern) {
    for (Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (auto& [key, flight] : shard.flights) {
            if (globMatches(pattern, key)) {
                invalidate(shard, *flight);
            }
        }
    }
}

FlightWait::FlightWait(const Flight& flight) {
    WaitGraph& graph = waitGraph();
    const std::lock_guard lock(graph.mutex);
    const auto self = std::this_thread::get_id();
    const Flight* next = &flight;
    while (next != nullptr && next->loader != std::thread::id{}) {
        if (next->loader == self) {
            m_circle = true;
            return;
        }
        const auto found = graph.waiting.find(next->loader);
        next = found == graph.waiting.end() ? nullptr : found->second;
    }
    graph.waiting[self] = &flight;
}

FlightWait::~FlightWait() {
    if (!m_circle) {
        WaitGraph& graph = waitGraph();
        const std::lock_guard lock(graph.mutex);
        graph.waiting.erase(std::this_thread::get_id());
    }
}

}  // namespace cachescope
