// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/memory_shard.h"

#include <algorithm>
#include <new>
#include <utility>

#include "engine/backend/memory_backend.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

// Below this, the memory of an empty shard is kept for the next entries.
constexpr std::size_t kKeptSlots = 1024;
constexpr std::size_t kTimersBeforeEviction = 64;
// How much of a walk is done under one lock before others get their turn.
constexpr std::size_t kSlotsPerLock = 512;

}  // namespace

/// Room for one entry, taken from the totals before it is known whether there is any, so that
/// threads in two shards cannot both take the last of it. Given back unless it is kept. In a full
/// cache, the room of the evicted entry passes to the new one without a word to the totals, which
/// all threads share.
class MemoryShard::Booking {
public:
    explicit Booking(MemoryTotals& totals) noexcept : m_totals(totals) {}
    ~Booking() {
        if (m_booked && !m_kept) {
            giveBack(m_totals, m_bytes);
        }
    }
    Booking(const Booking&) = delete;
    Booking& operator=(const Booking&) = delete;

    static void giveBack(MemoryTotals& totals, std::uint64_t bytes) noexcept {
        totals.entries.fetch_sub(1, std::memory_order_relaxed);
        totals.bytes.fetch_sub(bytes, std::memory_order_relaxed);
    }

    bool isEmpty() const noexcept { return !m_booked; }
    void inherit(std::uint64_t bytes) noexcept {
        m_booked = true;
        m_bytes = bytes;
    }
    void book(std::uint64_t bytes) noexcept {
        if (!m_booked) {
            m_totals.entries.fetch_add(1, std::memory_order_relaxed);
            m_booked = true;
        }
        if (bytes != m_bytes) {
            // A difference below zero wraps around, and the sum wraps back.
            m_totals.bytes.fetch_add(bytes - m_bytes, std::memory_order_relaxed);
            m_bytes = bytes;
        }
    }
    void keep() noexcept { m_kept = true; }

private:
    MemoryTotals& m_totals;
    std::uint64_t m_bytes = 0;
    bool m_booked = false;
    bool m_kept = false;
};

MemoryShard::MemoryShard(MemoryTotals& totals, std::atomic<std::int64_t>& nextWork,
                         decltype(PolicyKind::make) makePolicy)
    : m_totals(totals),
      m_nextWork(nextWork),
      m_makePolicy(makePolicy),
      m_policy(makePolicy != nullptr ? makePolicy() : nullptr),
      m_wheel(m_slab, totals.clock.now()) {
    publishNextWork();
}

Result<std::optional<Entry>> MemoryShard::get(std::string_view key, std::uint64_t hash) {
    const std::lock_guard lock{m_lock};
    const Slot slot = find(key, hash);
    if (slot == kNone) {
        return Result<std::optional<Entry>>{std::in_place};
    }
    const EntryRecord& record = m_slab[slot];
    if (record.hasPassed(m_totals.clock)) [[unlikely]] {
        drop(slot, RemovalCause::expired);
        releaseIfEmpty();
        return Result<std::optional<Entry>>{std::in_place};
    }
    if (m_policy) {
        m_policy->onHit(slot, hash);
    }
    const RecordExtras* const extras = extrasOf(slot);
    return Result<std::optional<Entry>>{
        std::in_place, std::in_place,
        Entry{record.value(), record.created(extras), record.expires(), record.version(extras),
              record.loadCost(extras), extras != nullptr ? extras->notes : SharedBytes{}}};
}

bool MemoryShard::store(std::string_view key, std::uint64_t hash, const Entry& entry,
                        bool evenIfFull) {
    const std::lock_guard lock{m_lock};
    const std::uint64_t cost = MemoryBackend::costOf(key, entry);
    Booking booking{m_totals};
    if (const Slot slot = find(key, hash); slot != kNone) {
        if (!m_slab[slot].hasPassed(m_totals.clock) && replace(slot, hash, entry, cost)) {
            return true;
        }
        // Expired, or grown in a full cache: out first, or it could be its own victim.
        drop(slot, RemovalCause::replaced, true, &booking);
    }
    if (!makeRoom(hash, cost, booking) && !evenIfFull) {
        return false;
    }
    const Slot slot = fillSlot(key, entry);
    if (m_policy) {
        m_policy->onInsert(slot, hash);
    }
    m_index.insert(tagOf(hash), slot);
    ++m_live;
    m_wheel.schedule(slot);
    publishIfEarlier();
    booking.keep();
    return true;
}

// Whatever allocates for one more entry happens here. The slot of the new record.
MemoryShard::Slot MemoryShard::fillSlot(std::string_view key, const Entry& entry) {
    m_index.reserve(m_live + 1);
    m_slab.reserve();
    if (m_policy && m_policySlots != m_slab.end()) {
        m_policy->grow(m_slab.end());
        m_policySlots = m_slab.end();
    }
    const Slot slot = m_slab.take();
    try {
        reserveExtras(slot, entry);
        m_slab[slot].fill(key, entry);
    } catch (...) {
        m_extras.erase(slot);
        m_slab.give(slot);
        throw;
    }
    keepExtras(slot, entry, false);
    m_slab.noteValue(slot);
    return slot;
}

const RecordExtras* MemoryShard::extrasOf(Slot slot) const noexcept {
    if (!m_slab[slot].hasExtras()) [[likely]] {
        return nullptr;
    }
    return &m_extras.find(slot)->second;
}

std::uint64_t MemoryShard::costOf(Slot slot) const noexcept {
    const EntryRecord& record = m_slab[slot];
    const RecordExtras* const extras = extrasOf(slot);
    return record.key().size() + record.valueSize() + MemoryBackend::kEntryOverhead +
           (extras != nullptr ? extras->notes.view().size() : 0);
}

// Before the record changes, and without a change to older ones: what follows may fail too.
void MemoryShard::reserveExtras(Slot slot, const Entry& entry) {
    if (EntryRecord::needsExtras(entry)) {
        m_extras.try_emplace(slot);
    }
}

void MemoryShard::keepExtras(Slot slot, const Entry& entry, bool hadExtras) noexcept {
    if (m_slab[slot].hasExtras()) {
        m_extras.find(slot)->second = {entry.created, entry.version, entry.loadCost, entry.notes};
    } else if (hadExtras) {
        m_extras.erase(slot);
    }
}

// False when the new value does not fit beside all others.
bool MemoryShard::replace(Slot slot, std::uint64_t hash, const Entry& entry, std::uint64_t cost) {
    EntryRecord& record = m_slab[slot];
    const std::uint64_t oldCost = costOf(slot);
    if (cost != oldCost) {
        m_totals.bytes.fetch_add(cost - oldCost, std::memory_order_relaxed);
        if (cost > oldCost && m_totals.exceeded()) {
            m_totals.bytes.fetch_sub(cost - oldCost, std::memory_order_relaxed);
            return false;
        }
    }
    const TimePoint before = record.expires();
    const TimePoint created = record.created(extrasOf(slot));
    const bool hadExtras = record.hasExtras();
    try {
        reserveExtras(slot, entry);
        record.replace(entry);
    } catch (...) {
        // What was promised to be replaced may not stay.
        m_totals.bytes.fetch_sub(cost - oldCost, std::memory_order_relaxed);
        if (!hadExtras) {
            m_extras.erase(slot);
        }
        drop(slot, RemovalCause::replaced);
        throw;
    }
    keepExtras(slot, entry, hadExtras);
    m_slab.noteValue(slot);
    if (m_totals.listener) {
        m_totals.listener({record.key(), RemovalCause::replaced, created, before});
    }
    m_wheel.reschedule(slot, before);
    publishIfEarlier();
    if (m_policy) {
        m_policy->onHit(slot, hash);
    }
    return true;
}

bool MemoryShard::remove(std::string_view key, std::uint64_t hash, RemovalCause cause) {
    const std::lock_guard lock{m_lock};
    const Slot slot = find(key, hash);
    const bool wasLive = slot != kNone && drop(slot, cause);
    releaseIfEmpty();
    return wasLive;
}

bool MemoryShard::touch(std::string_view key, std::uint64_t hash, TimePoint expires) {
    const std::lock_guard lock{m_lock};
    const Slot slot = find(key, hash);
    if (slot == kNone || m_slab[slot].hasPassed(m_totals.clock)) {
        return false;
    }
    EntryRecord& record = m_slab[slot];
    const bool hadExtras = record.hasExtras();
    const RecordExtras* const extras = extrasOf(slot);
    const Entry entry{record.value(),
                      record.created(extras),
                      expires,
                      record.version(extras),
                      record.loadCost(extras),
                      extras != nullptr ? extras->notes : SharedBytes{}};
    const TimePoint before = record.expires();
    // Another deadline may make the span since its creation one that needs extras, or none. The
    // rest is as long as it was, so that replacing it allocates nothing.
    reserveExtras(slot, entry);
    record.replace(entry);
    keepExtras(slot, entry, hadExtras);
    m_wheel.reschedule(slot, before);
    publishIfEarlier();
    return true;
}

template <class IsWanted>
std::uint64_t MemoryShard::removeWhere(IsWanted&& isWanted) {
    std::uint64_t removed = 0;
    const std::lock_guard lock{m_lock};
    for (Slot slot = 0; slot < m_slab.end(); ++slot) {
        // A block may go back to the system with the last of its records.
        if (m_slab.exists(slot) && m_slab[slot].inUse() && isWanted(m_slab[slot])) {
            removed += drop(slot, RemovalCause::invalidated) ? 1U : 0U;
        }
    }
    releaseIfEmpty();
    return removed;
}

std::uint64_t MemoryShard::removeAll() {
    return removeWhere([](const EntryRecord&) { return true; });
}

std::uint64_t MemoryShard::removeMatching(std::string_view pattern) {
    return removeWhere(
        [pattern](const EntryRecord& record) { return patternMeans(pattern, record.key()); });
}

MemoryShard::Expired MemoryShard::removeExpired(std::size_t limit) {
    const std::lock_guard lock{m_lock};
    // The exact time: a caller who goes by it and calls again would wait for a later tick else.
    const Wheel::Advanced timers = advance(limit, m_totals.clock.now());
    return {timers, releaseIfEmpty()};
}

bool MemoryShard::evictOne(std::uint64_t incoming) {
    const std::lock_guard lock{m_lock};
    return evict(incoming, nullptr);
}

std::optional<MemoryShard::Slot> MemoryShard::scan(Slot from, std::size_t& left,
                                                   std::string_view pattern,
                                                   std::vector<ScannedKey>& found) {
    const std::lock_guard lock{m_lock};
    if (from >= m_slab.end()) {
        return std::nullopt;
    }
    const std::size_t end = std::min(m_slab.end(), from + std::min(left, kSlotsPerLock));
    left -= end - from;
    for (Slot slot = from; slot < end; ++slot) {
        if (!m_slab.exists(slot)) {
            continue;
        }
        const EntryRecord& record = m_slab[slot];
        if (record.inUse() && !record.hasPassed(m_totals.clock) &&
            patternMeans(pattern, record.key())) {
            found.push_back({std::string{record.key()}, record.created(extrasOf(slot)),
                             record.expires(), record.valueSize()});
        }
    }
    return end < m_slab.end() ? std::optional{static_cast<Slot>(end)} : std::nullopt;
}

MemoryShard::Slot MemoryShard::find(std::string_view key, std::uint64_t hash) const noexcept {
    return m_index.find(tagOf(hash), [&](Slot slot) {
        m_slab.prefetch(slot);
        return m_slab[slot].hasKey(key);
    });
}

// False when there is nothing left to remove and still no room.
bool MemoryShard::makeRoom(std::uint64_t incoming, std::uint64_t cost, Booking& booking) {
    if (booking.isEmpty() && m_totals.exceededWith(1, cost) &&
        advance(kTimersBeforeEviction, m_totals.clock.recently()).fired == 0) {
        evict(incoming, &booking);
    }
    booking.book(cost);
    while (m_totals.exceeded()) {
        if (advance(kTimersBeforeEviction, m_totals.clock.recently()).fired == 0 &&
            !evict(incoming, nullptr)) {
            return false;
        }
    }
    return true;
}

bool MemoryShard::evict(std::uint64_t incoming, Booking* heir) {
    const Slot slot = m_policy ? m_policy->victim(incoming) : EvictionPolicy::kNoSlot;
    if (slot == EvictionPolicy::kNoSlot) {
        return false;
    }
    // Before it is dropped, for its key.
    m_policy->onEvict(slot, hash64(m_slab[slot].key()));
    drop(slot, RemovalCause::evicted, false, heir);
    return true;
}

// After a timer was set; most are not the first to fire.
void MemoryShard::publishIfEarlier() noexcept {
    if (m_wheel.nextWork().time_since_epoch().count() <
        m_nextWork.load(std::memory_order_relaxed)) {
        publishNextWork();
    }
}

// Whether the entry was live. One that had expired says so, whoever removes it for what reason.
bool MemoryShard::drop(Slot slot, RemovalCause cause, bool tellPolicy, Booking* heir) {
    EntryRecord& record = m_slab[slot];
    const bool expired = record.hasPassed(m_totals.clock);
    const std::string_view key = record.key();
    if (m_totals.listener) {
        m_totals.listener({key, expired ? RemovalCause::expired : cause,
                           record.created(extrasOf(slot)), record.expires()});
    }
    const std::uint64_t cost = costOf(slot);
    if (heir != nullptr) {
        heir->inherit(cost);
    } else {
        Booking::giveBack(m_totals, cost);
    }
    m_index.erase(tagOf(hash64(key)), slot);
    m_wheel.cancel(slot);
    if (tellPolicy && m_policy) {
        m_policy->onErase(slot);
    }
    if (record.hasExtras()) {
        m_extras.erase(slot);
    }
    record.clear();
    m_slab.give(slot);
    --m_live;
    return !expired;
}

MemoryShard::Wheel::Advanced MemoryShard::advance(std::size_t limit, TimePoint now) {
    // What was published may be too early by now, since cancelled timers do not publish.
    const std::int64_t published = m_nextWork.load(std::memory_order_relaxed);
    if (published > now.time_since_epoch().count()) {
        return {};
    }
    Wheel::Advanced advanced;
    if (m_wheel.nextWork() <= now) {
        advanced = m_wheel.advance(
            now, [this](Slot slot) { drop(slot, RemovalCause::expired); }, limit);
    }
    publishNextWork();
    return advanced;
}

void MemoryShard::publishNextWork() noexcept {
    const std::int64_t next = m_wheel.nextWork().time_since_epoch().count();
    // Sequentially consistent with MemoryBackend::removeExpired(), which resets the one and then
    // reads the other: one of the two sides sees the other's store, so that no deadline is
    // overlooked.
    m_nextWork.store(next);
    m_totals.workFrom(next);
}

bool MemoryShard::releaseIfEmpty() {
    if (m_live != 0 || m_slab.end() <= kKeptSlots) {
        return false;
    }
    try {
        // A new one, for it is the only way to make a policy forget how much there was.
        auto policy = m_policy ? m_makePolicy() : nullptr;
        m_index.clear();
        m_policy = std::move(policy);
        m_policySlots = 0;
    } catch (const std::bad_alloc&) {
        // Who removes something must not fail for want of memory; what is empty works as it is.
        return false;
    }
    m_slab.clear();
    m_extras = {};
    m_wheel.reset(m_totals.clock.recently());
    publishNextWork();
    return true;
}

}  // namespace cachescope
