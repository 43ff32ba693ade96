// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/entry_slab.h"
#include "engine/backend/slot_index.h"
#include "engine/cache/timer_wheel.h"
#include "engine/core/spin_lock.h"
#include "engine/policy/policy_kind.h"

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
    bool exceededWith(std::uint64_t moreEntries, std::uint64_t moreBytes) const noexcept {
        return (maxEntries != 0 &&
                entries.load(std::memory_order_relaxed) + moreEntries > maxEntries) ||
               (maxBytes != 0 && bytes.load(std::memory_order_relaxed) + moreBytes > maxBytes);
    }
    bool exceeded() const noexcept { return exceededWith(0, 0); }
};

/// One part of a MemoryBackend, with a lock of its own: the entries of some of the keys.
///
///     index:  hash ─► [ tag, slot ]…     SlotIndex
///     slots:  [ deadline, value, key ]…  EntrySlab: stable numbers, as the policy, the timer wheel
///                                        and scans use them
///
/// Every public call takes the lock; any thread. Does not choose which keys it gets.
class alignas(64) MemoryShard {
public:
    using Slot = EntrySlab::Slot;
    using Wheel = TimerWheel<EntrySlab>;

    /// `makePolicy` may be null: nothing is ever evicted. `nextWork` is kept at the earliest moment
    /// at which removeExpired() has something to do, in nanoseconds. Both references outlive this.
    MemoryShard(MemoryTotals& totals, std::atomic<std::int64_t>& nextWork,
                decltype(PolicyKind::make) makePolicy);

    /// Without the lock: worth a call as soon as the hash is known.
    void prefetch(std::uint64_t hash) const noexcept { m_index.prefetch(tagOf(hash)); }

    Result<std::optional<Entry>> get(std::string_view key, std::uint64_t hash);

    /// False when the bounds are exceeded and this shard has nothing left to evict; with
    /// `evenIfFull` it stores all the same. An older value of the key is gone in any case. Throws
    /// std::bad_alloc with the shard still whole.
    bool store(std::string_view key, std::uint64_t hash, const Entry& entry, bool evenIfFull);

    /// Whether a live entry was removed.
    bool remove(std::string_view key, std::uint64_t hash, RemovalCause cause);

    /// See Backend::touch(). Throws std::bad_alloc with nothing changed.
    bool touch(std::string_view key, std::uint64_t hash, TimePoint expires);

    std::uint64_t removeAll();
    std::uint64_t removeMatching(std::string_view pattern);

    struct Expired {
        Wheel::Advanced timers;
        bool gaveMemoryBack = false;
    };
    /// Handles at most `limit` timers.
    Expired removeExpired(std::size_t limit);

    /// False when there is nothing to evict.
    bool evictOne(std::uint64_t incoming);

    /// Adds the live, matching keys of at most `left` slots from `from` on, and takes what it
    /// looked at from `left`. The slot after them, or nothing at the end.
    std::optional<Slot> scan(Slot from, std::size_t& left, std::string_view pattern,
                             std::vector<ScannedKey>& found);

private:
    static constexpr Slot kNone = SlotIndex::kNone;

    class Booking;

    static std::uint32_t tagOf(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash);
    }
    Slot find(std::string_view key, std::uint64_t hash) const noexcept;
    const RecordExtras* extrasOf(Slot slot) const noexcept;
    std::uint64_t costOf(Slot slot) const noexcept;
    void reserveExtras(Slot slot, const Entry& entry);
    void keepExtras(Slot slot, const Entry& entry, bool hadExtras) noexcept;
    bool replace(Slot slot, std::uint64_t hash, const Entry& entry, std::uint64_t cost);
    bool makeRoom(std::uint64_t incoming, std::uint64_t cost, Booking& booking);
    Slot fillSlot(std::string_view key, const Entry& entry);
    bool evict(std::uint64_t incoming, Booking* heir);
    void publishIfEarlier() noexcept;
    bool drop(Slot slot, RemovalCause cause, bool tellPolicy = true, Booking* heir = nullptr);
    template <class IsWanted>
    std::uint64_t removeWhere(IsWanted&& isWanted);
    Wheel::Advanced advance(std::size_t limit, TimePoint now);
    void publishNextWork() noexcept;
    bool releaseIfEmpty();

    SpinLock m_lock;
    MemoryTotals& m_totals;
    std::atomic<std::int64_t>& m_nextWork;
    const decltype(PolicyKind::make) m_makePolicy;
    std::unique_ptr<EvictionPolicy> m_policy;
    SlotIndex m_index;
    EntrySlab m_slab;
    std::unordered_map<Slot, RecordExtras> m_extras;
    std::size_t m_live = 0;
    std::size_t m_policySlots = 0;
    Wheel m_wheel;
};

}  // namespace cachescope
