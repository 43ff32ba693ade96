// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/stats.h"

#include <mutex>
#include <vector>

namespace cachescope {

namespace {

// Hands every living thread a shard of its own. A shard is given out again only after its thread
// ended, and the mutex orders the two owners, so a shard has one writer at a time.
class FreeShards {
public:
    explicit FreeShards(std::size_t shards) : m_shards(shards) {}

    /// The number of shards when none is left.
    std::size_t take() {
        const std::lock_guard lock(m_mutex);
        if (!m_free.empty()) {
            const std::size_t shard = m_free.back();
            m_free.pop_back();
            return shard;
        }
        return m_next < m_shards ? m_next++ : m_shards;
    }
    void giveBack(std::size_t shard) {
        if (shard < m_shards) {
            const std::lock_guard lock(m_mutex);
            m_free.push_back(shard);
        }
    }

private:
    std::mutex m_mutex;
    std::vector<std::size_t> m_free;
    const std::size_t m_shards;
    std::size_t m_next = 0;
};

}  // namespace

/// The shard of one thread, from its first count to its end.
class ThreadShard {
public:
    ThreadShard() : m_shard(freeShards().take()) { Stats::shardOfThread = m_shard; }
    ~ThreadShard() {
        // What else ends with the thread may still count: in the shard that nobody owns.
        Stats::shardOfThread = Stats::kOwnShards;
        freeShards().giveBack(m_shard);
    }
    ThreadShard(const ThreadShard&) = delete;
    ThreadShard& operator=(const ThreadShard&) = delete;

private:
    static FreeShards& freeShards() {
        // Never destroyed: threads may still end while static objects go.
        static auto* shards = new FreeShards(Stats::kOwnShards);
        return *shards;
    }

    const std::size_t m_shard;
};

constinit thread_local std::size_t Stats::shardOfThread = Stats::kNotYetGiven;

StatsSnapshot StatsSnapshot::since(const StatsSnapshot& earlier) const noexcept {
    StatsSnapshot result = *this;
    result.hits -= earlier.hits;
    result.staleHits -= earlier.staleHits;
    result.misses -= earlier.misses;
    result.coalesced -= earlier.coalesced;
    result.loads -= earlier.loads;
    result.loadFailures -= earlier.loadFailures;
    result.fills -= earlier.fills;
    result.expirations -= earlier.expirations;
    result.evictions -= earlier.evictions;
    result.invalidations -= earlier.invalidations;
    result.errors -= earlier.errors;
    result.expiredHits -= earlier.expiredHits;
    result.fallbacks -= earlier.fallbacks;
    result.negativeHits -= earlier.negativeHits;
    result.refreshes -= earlier.refreshes;
    result.timeouts -= earlier.timeouts;
    result.lowerHits -= earlier.lowerHits;
    return result;
}

void Stats::countShared(Counter counter, std::uint64_t by) noexcept {
    if (shardOfThread == kNotYetGiven) {
        thread_local const ThreadShard shard;
        (void)shard;
    }
    // Also right, once, for a thread that has just got a shard of its own.
    (*m_shards)[shardOfThread].values[static_cast<std::size_t>(counter)].fetch_add(
        by, std::memory_order_relaxed);
}

StatsSnapshot Stats::snapshot() const noexcept {
    std::array<std::uint64_t, kCounterCount> sums{};
    for (const Shard& shard : *m_shards) {
        for (std::size_t i = 0; i < kCounterCount; ++i) {
            sums[i] += shard.values[i].load(std::memory_order_relaxed);
        }
    }
    const auto of = [&](Counter counter) { return sums[static_cast<std::size_t>(counter)]; };
    StatsSnapshot result;
    result.hits = of(Counter::hits);
    result.staleHits = of(Counter::staleHits);
    result.misses = of(Counter::misses);
    result.coalesced = of(Counter::coalesced);
    result.loads = of(Counter::loads);
    result.loadFailures = of(Counter::loadFailures);
    result.fills = of(Counter::fills);
    result.expirations = of(Counter::expirations);
    result.evictions = of(Counter::evictions);
    result.invalidations = of(Counter::invalidations);
    result.errors = of(Counter::errors);
    result.expiredHits = of(Counter::expiredHits);
    result.fallbacks = of(Counter::fallbacks);
    result.negativeHits = of(Counter::negativeHits);
    result.refreshes = of(Counter::refreshes);
    result.timeouts = of(Counter::timeouts);
    result.lowerHits = of(Counter::lowerHits);
    return result;
}

}  // namespace cachescope
