// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/stats.h"

#include <mutex>
#include <vector>

namespace cachescope {

namespace {

constexpr std::size_t kOwnShards = 63;

// Hands every living thread a number of its own. A number is given out again only after its thread
// ended, and the mutex orders the two owners, so a shard has one writer at a time.
class ThreadNumbers {
public:
    std::size_t take() {
        const std::lock_guard lock(m_mutex);
        if (!m_free.empty()) {
            const std::size_t number = m_free.back();
            m_free.pop_back();
            return number;
        }
        return m_next < kOwnShards ? m_next++ : kOwnShards;
    }
    void giveBack(std::size_t number) {
        if (number < kOwnShards) {
            const std::lock_guard lock(m_mutex);
            m_free.push_back(number);
        }
    }

private:
    std::mutex m_mutex;
    std::vector<std::size_t> m_free;
    std::size_t m_next = 0;
};

ThreadNumbers& threadNumbers() {
    // Never destroyed: threads may still end while static objects go.
    static auto* numbers = new ThreadNumbers;
    return *numbers;
}

struct ThreadNumber {
    const std::size_t value = threadNumbers().take();
    ThreadNumber() = default;
    ThreadNumber(const ThreadNumber&) = delete;
    ThreadNumber& operator=(const ThreadNumber&) = delete;
    ~ThreadNumber() { threadNumbers().giveBack(value); }
};

}  // namespace

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
    return result;
}

void Stats::count(Counter counter, std::uint64_t by) noexcept {
    thread_local const ThreadNumber number;
    auto& value = (*m_shards)[number.value].values[static_cast<std::size_t>(counter)];
    if (number.value < kOwnShards) {
        value.store(value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    } else {
        value.fetch_add(by, std::memory_order_relaxed);
    }
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
    return result;
}

}  // namespace cachescope
