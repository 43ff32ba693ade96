// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/flight_table.h"

#include "engine/core/glob.h"
#include "engine/core/hash.h"

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

FlightTable::Shard& FlightTable::shardOf(std::string_view key) noexcept {
    return m_shards[hash64(key) % kShards];
}

const FlightTable::Shard& FlightTable::shardOf(std::string_view key) const noexcept {
    return m_shards[hash64(key) % kShards];
}

std::uint64_t FlightTable::mark(std::string_view key) const noexcept {
    return shardOf(key).landings.load(std::memory_order_acquire);
}

FlightTable::Joined FlightTable::joinOrOpen(std::string_view key, std::uint64_t mark,
                                            const CacheOptions& options, TimePoint now,
                                            FetchDone& done) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (options.singleFlight) {
        if (const auto found = shard.flights.find(key); found != shard.flights.end()) {
            found->second->waiters.push_back(std::move(done));
            return {found->second, false};
        }
        if (shard.landings.load(std::memory_order_relaxed) != mark) {
            return {};
        }
    }
    auto flight = std::make_shared<Flight>();
    flight->key = key;
    flight->options = options;
    flight->begun = now;
    flight->waiters.push_back(std::move(done));
    flight->loader = std::this_thread::get_id();
    shard.flights.emplace(flight->key, flight);
    return {std::move(flight), true};
}

std::vector<FetchDone> FlightTable::land(const std::shared_ptr<Flight>& flight) {
    setLoader(*flight, {});
    Shard& shard = shardOf(flight->key);
    const std::lock_guard lock(shard.mutex);
    const auto [first, last] = shard.flights.equal_range(flight->key);
    for (auto it = first; it != last; ++it) {
        if (it->second == flight) {
            shard.flights.erase(it);
            break;
        }
    }
    shard.landings.fetch_add(1, std::memory_order_release);
    return std::move(flight->waiters);
}

void FlightTable::loaderLeft(const std::shared_ptr<Flight>& flight) {
    setLoader(*flight, {});
}

void FlightTable::invalidate(std::string_view key) {
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    const auto [first, last] = shard.flights.equal_range(key);
    for (auto it = first; it != last; ++it) {
        it->second->invalidated = true;
    }
}

void FlightTable::invalidateMatching(std::string_view pattern) {
    for (Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (auto& [key, flight] : shard.flights) {
            if (globMatches(pattern, key)) {
                flight->invalidated = true;
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
