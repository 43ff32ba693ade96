// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"

namespace cachescope {

class MemoryShard;
struct MemoryTotals;

/// Entries in this process's memory, bounded in entries and bytes: `memory:`.
///
/// Keys are spread over shards by hash; a shard has one lock, an open-addressing index, entries of
/// one cache line in slots, a timer wheel and an eviction policy. A hit allocates nothing and, with
/// the default policy, moves no list. A bound below some thousand entries is kept in one shard, so
/// that a small cache evicts exactly as its policy says; in several shards each evicts its own, and
/// the bounds hold for the sum: after set() returned, and while others are in set() by what they
/// are about to store. Bytes are those of keys, values and notes plus kEntryOverhead an entry.
/// When room is needed, expired entries go first. Replacing a value counts as a hit. A value
/// refused as tooLarge takes the outdated one with it. The removal listener is called with a
/// shard's lock held.
class MemoryBackend final : public Backend {
public:
    /// What an entry is taken to cost beside its key and value: record, index, policy and what it
    /// remembers of evicted keys, up to 64 bytes with a small key and value, and about 40 more
    /// where the value has a block of its own.
    static constexpr std::uint64_t kEntryOverhead = 96;
    static std::uint64_t costOf(std::string_view key, const Entry& entry) noexcept {
        return key.size() + entry.value.size() + entry.notes.view().size() + kEntryOverhead;
    }

    /// unknownName for a policy nobody knows. Of `config`, the clock, the bounds and the policy are
    /// used.
    static Result<std::unique_ptr<Backend>> make(const BackendUrl& url,
                                                 const BackendConfig& config);
    ~MemoryBackend() override;

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override;
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<bool> erase(std::string_view key) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override;
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    void setRemovalListener(RemovalListener listener) override;

    std::size_t shardCount() const noexcept { return m_shards.size(); }

private:
    MemoryBackend(std::string url, const BackendConfig& config, std::size_t shards);

    std::size_t shardIndex(std::uint64_t hash) const noexcept {
        return static_cast<std::size_t>(hash >> 56) & (m_shards.size() - 1);
    }
    MemoryShard& shardOf(std::uint64_t hash) const noexcept { return *m_shards[shardIndex(hash)]; }
    bool evictElsewhere(std::uint64_t hash);

    const std::string m_url;
    const Clock& m_clock;
    const std::unique_ptr<MemoryTotals> m_totals;
    // Side by side, so that a look at all of them touches few cache lines.
    std::vector<std::atomic<std::int64_t>> m_nextWork;
    std::vector<std::unique_ptr<MemoryShard>> m_shards;
    std::atomic<std::size_t> m_nextToExpire{0};
};

/// `memory:`, for BackendRegistry.
BackendKind memoryBackendKind();

}  // namespace cachescope
