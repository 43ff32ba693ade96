// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/cache/timer_wheel.h"
#include "engine/policy/eviction_policy.h"

namespace cachescope {

/// What the shards of one MemoryBackend have in common: the clock, the bounds and how much of them
/// is used. The listener is set before the first use; all else may be touched by any thread.
struct MemoryTotals {
    const Clock& clock;
    const std::uint64_t maxEntries;  ///< 0: no bound
    const std::uint64_t maxBytes;    ///< 0: no bound
    RemovalListener listener{};
    std::atomic<std::uint64_t> entries{0};
    std::atomic<std::uint64_t> bytes{0};

    /// No shard's nextWork lies before this, in nanoseconds, except while removeExpired() runs.
    std::atomic<std::int64_t> earliestWork{kNever.time_since_epoch().count()};

    void workFrom(std::int64_t time) noexcept {
        std::int64_t known = earliestWork.load();
        while (time < known && !earliestWork.compare_exchange_weak(known, time)) {
        }
    }
    bool exceeded() const noexcept {
        return (maxEntries != 0 && entries.load(std::memory_order_relaxed) > maxEntries) ||
               (maxBytes != 0 && bytes.load(std::memory_order_relaxed) > maxBytes);
    }
};

/// One part of a MemoryBackend, with a lock of its own: the entries of some of the keys.
///
///     index:  hash ─► [ tag, slot ]…      open addressing, linear probing, no tombstones
///     slots:  [ key, entry ]…             stable numbers: what policy, timer wheel and scan use
///
/// Every public call takes the lock; any thread. Does not choose which keys it gets.
class MemoryShard {
public:
    using Slot = std::uint32_t;

    /// `policy` may be null: nothing is ever evicted. `nextWork` is kept at the earliest moment at
    /// which removeExpired() has something to do, in nanoseconds. Both references outlive this.
    MemoryShard(MemoryTotals& totals, std::atomic<std::int64_t>& nextWork,
                std::unique_ptr<EvictionPolicy> policy);

    std::optional<Entry> get(std::string_view key, std::uint64_t hash);

    /// False when the bounds are exceeded and this shard has nothing left to evict; with
    /// `evenIfFull` it stores all the same. An older value of the key is gone in any case. Throws
    /// std::bad_alloc with the shard still whole.
    bool store(std::string_view key, std::uint64_t hash, const Entry& entry, bool evenIfFull);

    /// Whether a live entry was removed.
    bool remove(std::string_view key, std::uint64_t hash, RemovalCause cause);

    std::uint64_t removeAll();
    std::uint64_t removeMatching(std::string_view pattern);

    /// Handles at most `limit` timers.
    TimerWheel::Advanced removeExpired(std::size_t limit);

    /// False when there is nothing to evict.
    bool evictOne(std::uint64_t incomingHash);

    /// Adds the live, matching keys of at most `left` slots from `from` on, and takes what it
    /// looked at from `left`. The slot after them, or nothing at the end.
    std::optional<Slot> scan(Slot from, std::size_t& left, std::string_view pattern,
                             std::vector<ScannedKey>& found);

private:
    static constexpr Slot kNone = 0xffff'ffff;
    static constexpr Slot kInUse = 0xffff'fffe;

    struct Cell {
        Slot slot = kNone;
        std::uint32_t tag = 0;
    };
    struct Item {
        Bytes key;
        Entry entry;
        std::uint32_t tag = 0;
        Slot nextFree = kNone;  // kInUse while it holds an entry
    };

    static std::uint32_t tagOf(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash);
    }
    std::size_t mask() const noexcept { return m_index.size() - 1; }
    bool isExpired(const Item& item) const noexcept {
        return item.entry.expires != kNever && item.entry.expiredAt(m_totals.clock.now());
    }
    Slot find(std::string_view key, std::uint64_t hash) const noexcept;
    bool replace(Slot slot, std::uint64_t hash, const Entry& entry, std::uint64_t cost);
    void reserveItem();
    bool makeRoom(std::uint64_t incomingHash);
    bool evict(std::uint64_t incomingHash);
    void schedule(Slot slot, TimePoint expires);
    bool drop(Slot slot, RemovalCause cause, bool tellPolicy = true);
    void unindex(Slot slot) noexcept;
    TimerWheel::Advanced advance(std::size_t limit);
    void publishNextWork() noexcept;
    void releaseIfEmpty();

    std::mutex m_mutex;
    MemoryTotals& m_totals;
    std::atomic<std::int64_t>& m_nextWork;
    const std::unique_ptr<EvictionPolicy> m_policy;
    std::vector<Cell> m_index;  // a power of two, at most three quarters in use
    std::vector<Item> m_items;
    std::size_t m_live = 0;
    Slot m_free = kNone;
    TimerWheel m_wheel;
};

}  // namespace cachescope
