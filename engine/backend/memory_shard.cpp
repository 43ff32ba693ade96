// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/memory_shard.h"

#include <algorithm>

#include "engine/backend/memory_backend.h"
#include "engine/core/glob.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

constexpr std::size_t kSmallestIndex = 16;
// Below this, the memory of an empty shard is kept for the next entries.
constexpr std::size_t kKeptItems = 1024;
constexpr std::size_t kTimersBeforeEviction = 64;
constexpr std::size_t kSlotsPerLock = 512;

std::uint64_t costOf(std::size_t key, std::size_t value) noexcept {
    return key + value + MemoryBackend::kEntryOverhead;
}

// Takes room in the totals before it is known whether there is any, so that threads in two shards
// cannot both take the last of it. Gives it back unless it is kept.
class Booking {
public:
    Booking(MemoryTotals& totals, std::uint64_t bytes) noexcept : m_totals(totals), m_bytes(bytes) {
        m_totals.entries.fetch_add(1, std::memory_order_relaxed);
        m_totals.bytes.fetch_add(m_bytes, std::memory_order_relaxed);
    }
    ~Booking() {
        if (!m_kept) {
            m_totals.entries.fetch_sub(1, std::memory_order_relaxed);
            m_totals.bytes.fetch_sub(m_bytes, std::memory_order_relaxed);
        }
    }
    Booking(const Booking&) = delete;
    Booking& operator=(const Booking&) = delete;

    void keep() noexcept { m_kept = true; }

private:
    MemoryTotals& m_totals;
    const std::uint64_t m_bytes;
    bool m_kept = false;
};

}  // namespace

MemoryShard::MemoryShard(MemoryTotals& totals, std::atomic<std::int64_t>& nextWork,
                         std::unique_ptr<EvictionPolicy> policy)
    : m_totals(totals),
      m_nextWork(nextWork),
      m_policy(std::move(policy)),
      m_index(kSmallestIndex),
      m_wheel(totals.clock.now()) {
    publishNextWork();
}

std::optional<Entry> MemoryShard::get(std::string_view key, std::uint64_t hash) {
    const std::lock_guard lock{m_mutex};
    const Slot slot = find(key, hash);
    if (slot == kNone) {
        return std::nullopt;
    }
    const Item& item = m_items[slot];
    if (isExpired(item)) {
        drop(slot, RemovalCause::expired);
        releaseIfEmpty();
        return std::nullopt;
    }
    if (m_policy) {
        m_policy->onHit(slot, hash);
    }
    return item.entry;
}

bool MemoryShard::store(std::string_view key, std::uint64_t hash, const Entry& entry,
                        bool evenIfFull) {
    // Outside of the lock: large keys take time to copy.
    Bytes ownKey{key};
    const std::lock_guard lock{m_mutex};
    const std::uint64_t cost = costOf(key.size(), entry.value.size());
    if (const Slot slot = find(key, hash); slot != kNone) {
        if (!isExpired(m_items[slot]) && replace(slot, hash, entry, cost)) {
            return true;
        }
        // Expired, or grown in a full cache: out first, or it could be its own victim.
        drop(slot, RemovalCause::replaced);
    }
    Booking booking{m_totals, cost};
    if (!makeRoom(hash) && !evenIfFull) {
        return false;
    }
    reserveItem();
    const Slot slot = m_free;
    Item& item = m_items[slot];
    if (m_policy) {
        m_policy->onInsert(slot, hash);
    }
    m_free = item.nextFree;
    item = {std::move(ownKey), entry, tagOf(hash), kInUse};
    std::size_t at = tagOf(hash) & mask();
    while (m_index[at].slot != kNone) {
        at = (at + 1) & mask();
    }
    m_index[at] = {slot, tagOf(hash)};
    ++m_live;
    schedule(slot, entry.expires);
    booking.keep();
    return true;
}

// False when the new value does not fit beside all others.
bool MemoryShard::replace(Slot slot, std::uint64_t hash, const Entry& entry, std::uint64_t cost) {
    Item& item = m_items[slot];
    const std::uint64_t oldCost = costOf(item.key.size(), item.entry.value.size());
    // A difference below zero wraps around, and the sum wraps back.
    m_totals.bytes.fetch_add(cost - oldCost, std::memory_order_relaxed);
    if (cost > oldCost && m_totals.exceeded()) {
        m_totals.bytes.fetch_sub(cost - oldCost, std::memory_order_relaxed);
        return false;
    }
    if (m_totals.listener) {
        m_totals.listener(
            {item.key.view(), RemovalCause::replaced, item.entry.created, item.entry.expires});
    }
    item.entry = entry;
    schedule(slot, entry.expires);
    if (m_policy) {
        m_policy->onHit(slot, hash);
    }
    return true;
}

bool MemoryShard::remove(std::string_view key, std::uint64_t hash, RemovalCause cause) {
    const std::lock_guard lock{m_mutex};
    const Slot slot = find(key, hash);
    const bool wasLive = slot != kNone && drop(slot, cause);
    releaseIfEmpty();
    return wasLive;
}

std::uint64_t MemoryShard::removeAll() {
    const std::lock_guard lock{m_mutex};
    std::uint64_t removed = 0;
    for (Slot slot = 0; slot < m_items.size(); ++slot) {
        if (m_items[slot].nextFree == kInUse) {
            removed += drop(slot, RemovalCause::invalidated) ? 1U : 0U;
        }
    }
    releaseIfEmpty();
    return removed;
}

std::uint64_t MemoryShard::removeMatching(std::string_view pattern) {
    const std::lock_guard lock{m_mutex};
    std::uint64_t removed = 0;
    for (Slot slot = 0; slot < m_items.size(); ++slot) {
        if (m_items[slot].nextFree == kInUse && globMatches(pattern, m_items[slot].key.view())) {
            removed += drop(slot, RemovalCause::invalidated) ? 1U : 0U;
        }
    }
    releaseIfEmpty();
    return removed;
}

TimerWheel::Advanced MemoryShard::removeExpired(std::size_t limit) {
    const std::lock_guard lock{m_mutex};
    const auto advanced = advance(limit);
    releaseIfEmpty();
    return advanced;
}

bool MemoryShard::evictOne(std::uint64_t incomingHash) {
    const std::lock_guard lock{m_mutex};
    return evict(incomingHash);
}

std::optional<MemoryShard::Slot> MemoryShard::scan(Slot from, std::size_t& left,
                                                   std::string_view pattern,
                                                   std::vector<ScannedKey>& found) {
    const std::lock_guard lock{m_mutex};
    if (from >= m_items.size()) {
        return std::nullopt;
    }
    // Not all at once, so that others get their turn.
    const std::size_t end = std::min({m_items.size(), from + left, from + kSlotsPerLock});
    left -= end - from;
    for (std::size_t slot = from; slot < end; ++slot) {
        const Item& item = m_items[slot];
        if (item.nextFree == kInUse && !isExpired(item) && globMatches(pattern, item.key.view())) {
            found.push_back({item.key.toString(), item.entry.created, item.entry.expires,
                             item.entry.value.size()});
        }
    }
    return end < m_items.size() ? std::optional{static_cast<Slot>(end)} : std::nullopt;
}

MemoryShard::Slot MemoryShard::find(std::string_view key, std::uint64_t hash) const noexcept {
    const std::uint32_t tag = tagOf(hash);
    for (std::size_t at = tag & mask(); m_index[at].slot != kNone; at = (at + 1) & mask()) {
        if (m_index[at].tag == tag && m_items[m_index[at].slot].key.view() == key) {
            return m_index[at].slot;
        }
    }
    return kNone;
}

// Whatever allocates for one more entry happens here, before anything is changed.
void MemoryShard::reserveItem() {
    if ((m_live + 1) * 4 > m_index.size() * 3) {
        std::vector<Cell> larger(2 * m_index.size());
        for (const Cell& cell : m_index) {
            if (cell.slot != kNone) {
                std::size_t at = cell.tag & (larger.size() - 1);
                while (larger[at].slot != kNone) {
                    at = (at + 1) & (larger.size() - 1);
                }
                larger[at] = cell;
            }
        }
        m_index = std::move(larger);
    }
    if (m_free == kNone) {
        const std::size_t count = m_items.size() + 1;
        m_wheel.grow(count);
        if (m_policy) {
            m_policy->grow(count);
        }
        m_items.emplace_back();
        m_free = static_cast<Slot>(count - 1);
    }
}

// False when there is nothing left to remove and still no room.
bool MemoryShard::makeRoom(std::uint64_t incomingHash) {
    while (m_totals.exceeded()) {
        if (advance(kTimersBeforeEviction).fired == 0 && !evict(incomingHash)) {
            return false;
        }
    }
    return true;
}

bool MemoryShard::evict(std::uint64_t incomingHash) {
    const Slot slot = m_policy ? m_policy->victim(incomingHash) : EvictionPolicy::kNoSlot;
    if (slot == EvictionPolicy::kNoSlot) {
        return false;
    }
    // Before it is dropped, for its key.
    m_policy->onEvict(slot, hash64(m_items[slot].key.view()));
    drop(slot, RemovalCause::evicted, false);
    return true;
}

void MemoryShard::schedule(Slot slot, TimePoint expires) {
    if (expires == kNever && !m_wheel.isScheduled(slot)) {
        return;
    }
    m_wheel.schedule(slot, expires);
    publishNextWork();
}

// Whether the entry was live. One that had expired says so, whoever removes it for what reason.
bool MemoryShard::drop(Slot slot, RemovalCause cause, bool tellPolicy) {
    Item& item = m_items[slot];
    const bool expired = isExpired(item);
    if (m_totals.listener) {
        m_totals.listener({item.key.view(), expired ? RemovalCause::expired : cause,
                           item.entry.created, item.entry.expires});
    }
    unindex(slot);
    m_wheel.cancel(slot);
    if (tellPolicy && m_policy) {
        m_policy->onErase(slot);
    }
    m_totals.entries.fetch_sub(1, std::memory_order_relaxed);
    m_totals.bytes.fetch_sub(costOf(item.key.size(), item.entry.value.size()),
                             std::memory_order_relaxed);
    item.key = {};
    item.entry = {};
    item.nextFree = m_free;
    m_free = slot;
    --m_live;
    return !expired;
}

// Moves later cells of the run back into the hole, so that no look-up ends too early.
void MemoryShard::unindex(Slot slot) noexcept {
    std::size_t hole = m_items[slot].tag & mask();
    while (m_index[hole].slot != slot) {
        hole = (hole + 1) & mask();
    }
    for (std::size_t at = (hole + 1) & mask(); m_index[at].slot != kNone; at = (at + 1) & mask()) {
        const std::size_t home = m_index[at].tag & mask();
        if (((at - home) & mask()) >= ((at - hole) & mask())) {
            m_index[hole] = m_index[at];
            hole = at;
        }
    }
    m_index[hole] = {};
}

TimerWheel::Advanced MemoryShard::advance(std::size_t limit) {
    // What was published may be too early by now, since cancelled timers do not publish.
    if (m_nextWork.load(std::memory_order_relaxed) == kNever.time_since_epoch().count()) {
        return {};
    }
    TimerWheel::Advanced advanced;
    if (const TimePoint now = m_totals.clock.now(); m_wheel.nextWork() <= now) {
        advanced = m_wheel.advance(
            now, [this](Slot slot) { drop(slot, RemovalCause::expired); }, limit);
    }
    publishNextWork();
    return advanced;
}

void MemoryShard::publishNextWork() noexcept {
    const std::int64_t next = m_wheel.nextWork().time_since_epoch().count();
    // Sequentially consistent with removeExpired(), which resets the one and then reads the other:
    // one of the two sides sees the other's store, so that no deadline is overlooked.
    m_nextWork.store(next);
    m_totals.workFrom(next);
}

void MemoryShard::releaseIfEmpty() {
    if (m_live == 0 && m_items.size() > kKeptItems) {
        m_items = {};
        m_index = std::vector<Cell>(kSmallestIndex);
        m_free = kNone;
        m_wheel = TimerWheel{m_totals.clock.now()};
        publishNextWork();
    }
}

}  // namespace cachescope
