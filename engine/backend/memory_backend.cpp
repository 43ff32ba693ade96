// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/memory_backend.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "engine/backend/memory_shard.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/hash.h"
#include "engine/policy/policy_registry.h"

namespace cachescope {

namespace {

constexpr std::uint64_t kMostShards = 64;
// Fewer entries or bytes a shard would make the share of a shard, and with it the policy, coarse.
constexpr std::uint64_t kEntriesPerShard = 4096;
constexpr std::uint64_t kBytesPerShard = std::uint64_t{16} << 20;
// How much is done under one lock before others get their turn.
constexpr std::size_t kTimersPerLock = 128;

std::uint64_t shardCountFor(const BackendConfig& config) {
    const auto within = [](std::uint64_t bound, std::uint64_t share) {
        return bound == 0 ? kMostShards : std::bit_floor(std::max<std::uint64_t>(1, bound / share));
    };
    return std::min({kMostShards, within(config.maxEntries, kEntriesPerShard),
                     within(config.maxBytes, kBytesPerShard)});
}

// The allocator keeps some of what was freed for later. It locks out whoever allocates meanwhile,
// for tens of milliseconds where much is left, so this is for a cache that nobody finds much in.
void returnFreeMemory() noexcept {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

constexpr BackendCapabilities kCapabilities{.evicts = true, .policies = true, .touches = true};

}  // namespace

Result<std::unique_ptr<Backend>> MemoryBackend::make(const BackendUrl& url,
                                                     const BackendConfig& config) {
    if (!url.host.empty() || !url.path.empty() || !url.user.empty() || url.port != 0) {
        return Error{ErrorCode::unsupported, url.withoutPassword(), "memory: has no address"};
    }
    std::unique_ptr<MemoryBackend> backend{
        new MemoryBackend{url.withoutPassword(), config, shardCountFor(config)}};
    // Looked up even where nothing bounds the cache, so that a misspelt name is never silent.
    const PolicyKind* const kind = PolicyRegistry::builtin().find(config.policy);
    if (kind == nullptr || !kind->worksInBackends()) {
        return PolicyRegistry::builtin().create(config.policy).error();
    }
    const bool bounded = config.maxEntries != 0 || config.maxBytes != 0;
    for (std::size_t i = 0; i < backend->m_shards.size(); ++i) {
        backend->m_shards[i] = std::make_unique<MemoryShard>(
            *backend->m_totals, backend->m_nextWork[i], bounded ? kind->make : nullptr);
    }
    return std::unique_ptr<Backend>{std::move(backend)};
}

MemoryBackend::MemoryBackend(std::string url, const BackendConfig& config, std::size_t shards)
    : m_url(std::move(url)),
      m_clock(*config.clock),
      m_totals(new MemoryTotals{*config.clock, config.maxEntries, config.maxBytes}),
      m_nextWork(shards),
      m_shards(shards) {}

MemoryBackend::~MemoryBackend() = default;

BackendCapabilities MemoryBackend::capabilities() const {
    return kCapabilities;
}

Result<std::optional<Entry>> MemoryBackend::get(std::string_view key) {
    const std::uint64_t hash = hash64(key);
    MemoryShard& shard = shardOf(hash);
    shard.prefetch(hash);
    return shard.get(key, hash);
}

Result<void> MemoryBackend::set(std::string_view key, const Entry& entry) {
    const std::uint64_t hash = hash64(key);
    const std::uint64_t cost = costOf(key, entry);
    const bool tooLarge = m_totals->maxBytes != 0 && cost > m_totals->maxBytes;
    if (tooLarge || (hasPassed(m_clock, entry.expires))) {
        shardOf(hash).remove(key, hash, RemovalCause::replaced);
        if (tooLarge) {
            return Error{ErrorCode::tooLarge, m_url,
                         std::to_string(cost) + " > " + std::to_string(m_totals->maxBytes)};
        }
        return {};
    }
    try {
        bool evenIfFull = false;
        while (!shardOf(hash).store(key, hash, entry, evenIfFull)) {
            evenIfFull = !evictElsewhere(hash);
        }
        while (evenIfFull && m_totals->exceeded()) {
            evenIfFull = evictElsewhere(hash);
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::outOfMemory, m_url};
    }
    return {};
}

// From the shards after the key's own, and from that one last.
bool MemoryBackend::evictElsewhere(std::uint64_t hash) {
    for (std::size_t i = 1; i <= m_shards.size(); ++i) {
        if (m_shards[(shardIndex(hash) + i) & (m_shards.size() - 1)]->evictOne(hash)) {
            return true;
        }
    }
    return false;
}

Result<bool> MemoryBackend::erase(std::string_view key) {
    const std::uint64_t hash = hash64(key);
    return shardOf(hash).remove(key, hash, RemovalCause::invalidated);
}

Result<bool> MemoryBackend::touch(std::string_view key, TimePoint expires) {
    const std::uint64_t hash = hash64(key);
    try {
        return shardOf(hash).touch(key, hash, expires);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::outOfMemory, m_url};
    }
}

Result<std::uint64_t> MemoryBackend::clear() {
    std::uint64_t removed = 0;
    for (const auto& shard : m_shards) {
        removed += shard->removeAll();
    }
    return removed;
}

Result<std::uint64_t> MemoryBackend::eraseMatching(std::string_view pattern) {
    if (pattern.find_first_of("*?[\\") == std::string_view::npos) {
        if (isReservedKey(pattern)) {
            return std::uint64_t{0};
        }
        const auto erased = erase(pattern);
        return *erased ? std::uint64_t{1} : std::uint64_t{0};
    }
    std::uint64_t removed = 0;
    for (const auto& shard : m_shards) {
        removed += shard->removeMatching(pattern);
    }
    return removed;
}

// A cursor is the shard in the upper and the slot in the lower 32 bits: an entry keeps its slot as
// long as it lives, so none can slip past.
Result<ScanPage> MemoryBackend::scan(const std::string& cursor, std::string_view pattern,
                                     std::size_t limit) {
    std::uint64_t position = 0;
    if (!cursor.empty()) {
        const auto [end, failure] =
            std::from_chars(cursor.data(), cursor.data() + cursor.size(), position);
        if (failure != std::errc{} || end != cursor.data() + cursor.size() ||
            (position >> 32) >= m_shards.size()) {
            return Error{ErrorCode::syntax, "cursor", cursor};
        }
    }
    try {
        ScanPage page;
        auto shard = static_cast<std::size_t>(position >> 32);
        auto slot = static_cast<MemoryShard::Slot>(position);
        for (std::size_t left = std::max<std::size_t>(1, limit); left > 0;) {
            if (const auto next = m_shards[shard]->scan(slot, left, pattern, page.keys)) {
                slot = *next;
            } else if (++shard < m_shards.size()) {
                slot = 0;
            } else {
                return page;
            }
        }
        page.next = std::to_string(static_cast<std::uint64_t>(shard) << 32 | slot);
        return page;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::outOfMemory, m_url};
    }
}

Result<BackendStat> MemoryBackend::stat() {
    BackendStat stat;
    stat.entries = m_totals->entries.load(std::memory_order_relaxed);
    stat.bytes = m_totals->bytes.load(std::memory_order_relaxed);
    stat.maxEntries = m_totals->maxEntries;
    stat.maxBytes = m_totals->maxBytes;
    return stat;
}

Result<std::uint64_t> MemoryBackend::removeExpired(std::size_t limit) {
    constexpr std::int64_t kNone = kNever.time_since_epoch().count();
    const std::int64_t now = m_clock.now().time_since_epoch().count();
    if (m_totals->earliestWork.load(std::memory_order_relaxed) > now) {
        return std::uint64_t{0};
    }
    // Forgotten before the shards are looked at, so that what they publish meanwhile is not lost.
    m_totals->earliestWork.store(kNone);
    const std::size_t mask = m_shards.size() - 1;
    std::size_t shard = m_nextToExpire.load(std::memory_order_relaxed) & mask;
    std::uint64_t removed = 0;
    bool gaveMemoryBack = false;
    // A little in each shard by turns, so that no reader meets the same lock again and again. Done
    // when a whole round found nothing to do.
    for (std::size_t idle = 0; idle < m_shards.size() && removed < limit;
         shard = (shard + 1) & mask) {
        if (m_nextWork[shard].load() > now) {
            ++idle;
            continue;
        }
        idle = 0;
        const std::size_t count = std::min<std::size_t>(limit - removed, kTimersPerLock);
        const MemoryShard::Expired expired = m_shards[shard]->removeExpired(count);
        removed += expired.timers.fired;
        gaveMemoryBack |= expired.gaveMemoryBack;
    }
    m_nextToExpire.store(shard, std::memory_order_relaxed);
    std::int64_t earliest = kNone;
    for (const auto& next : m_nextWork) {
        earliest = std::min(earliest, next.load());
    }
    m_totals->workFrom(earliest);
    if (gaveMemoryBack && m_totals->entries.load(std::memory_order_relaxed) == 0) {
        returnFreeMemory();
    }
    return removed;
}

void MemoryBackend::setRemovalListener(RemovalListener listener) {
    m_totals->listener = std::move(listener);
}

BackendKind memoryBackendKind() {
    return {"memory", "memory:", kCapabilities, MemoryBackend::make};
}

}  // namespace cachescope
