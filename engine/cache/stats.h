// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace cachescope {

/// What a cache counts; StatsSnapshot says when each one moves.
enum class Counter : std::uint8_t {
    hits,
    staleHits,
    misses,
    coalesced,
    loads,
    loadFailures,
    fills,
    expirations,
    evictions,
    invalidations,
    errors,
    expiredHits,
    fallbacks,
    negativeHits,
    refreshes,
    timeouts,
    lowerHits,
};
inline constexpr std::size_t kCounterCount = 17;

/// The counters at one moment; plain numbers.
///
/// A lookup is a hit or a miss, never both, so hits + misses is the number of requests.
struct StatsSnapshot {
    /// A live entry was served from the backend.
    std::uint64_t hits = 0;
    /// Part of hits: the value was older than the origin's. Only who knows the origin's version can
    /// tell (the simulation does); elsewhere it stays 0.
    std::uint64_t staleHits = 0;
    /// No live entry was found, or the backend failed.
    std::uint64_t misses = 0;
    /// Part of misses: waited for a load that another request had begun.
    std::uint64_t coalesced = 0;
    /// A call of the origin was begun.
    std::uint64_t loads = 0;
    /// Part of loads: the call ended in an error.
    std::uint64_t loadFailures = 0;
    /// A loaded value was stored.
    std::uint64_t fills = 0;
    /// An entry was removed because its deadline had passed; when it is found out, not when due.
    std::uint64_t expirations = 0;
    /// An entry was removed to keep a bound, by us or by the server.
    std::uint64_t evictions = 0;
    /// An entry was removed on request: by key, by pattern, or all.
    std::uint64_t invalidations = 0;
    /// A call of the backend failed. The request was served from the origin all the same.
    std::uint64_t errors = 0;
    /// Part of hits: past its TTL, served while a load refreshes it (stale-while-revalidate).
    std::uint64_t expiredHits = 0;
    /// Part of misses: served a value past its TTL, because the load failed or took too long.
    std::uint64_t fallbacks = 0;
    /// Part of hits: the stored answer was "there is nothing" or a failure.
    std::uint64_t negativeHits = 0;
    /// Part of loads: in the background, for a value that was served meanwhile.
    std::uint64_t refreshes = 0;
    /// A request did not wait for the end of its load.
    std::uint64_t timeouts = 0;
    /// Part of hits: of two levels, the lower one had the entry.
    std::uint64_t lowerHits = 0;

    std::uint64_t requests() const noexcept { return hits + misses; }
    /// Hits a request, from 0 to 1; 0 before the first request.
    double hitRatio() const noexcept {
        return requests() == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(requests());
    }
    /// What came since `earlier`, an older snapshot of the same counters.
    StatsSnapshot since(const StatsSnapshot& earlier) const noexcept;
};

/// Counters that many threads move without slowing each other down.
///
/// Every thread writes a shard of its own with plain loads and stores, and snapshot() adds the
/// shards up; beyond 63 threads at a time the last ones share a shard with atomic additions. A
/// snapshot taken while others count is complete for all that happened before. Any thread.
class Stats {
public:
    void count(Counter counter, std::uint64_t by = 1) noexcept {
        const std::size_t shard = shardOfThread;
        if (shard >= kOwnShards) [[unlikely]] {
            countShared(counter, by);
            return;
        }
        auto& value = (*m_shards)[shard].values[static_cast<std::size_t>(counter)];
        value.store(value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    StatsSnapshot snapshot() const noexcept;

private:
    friend class ThreadShard;

    static constexpr std::size_t kShards = 64;
    static constexpr std::size_t kOwnShards = kShards - 1;
    static constexpr std::size_t kNotYetGiven = kShards;

    void countShared(Counter counter, std::uint64_t by) noexcept;

    // Without a constructor or a destructor, so that reading it takes one instruction.
    static constinit thread_local std::size_t shardOfThread;

    struct alignas(64) Shard {
        std::array<std::atomic<std::uint64_t>, kCounterCount> values{};
    };

    std::unique_ptr<std::array<Shard, kShards>> m_shards =
        std::make_unique<std::array<Shard, kShards>>();
};

}  // namespace cachescope
