// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/recovery_items.h"
#include "engine/redis/key_turns.h"

namespace cachescope {

struct RecoveryQueueOptions {
    RecoveryItems::Limits limits{};
    Duration retryAfter = std::chrono::seconds{1};       ///< after a retry that failed, on `clock`
    Duration turnWait = std::chrono::milliseconds{100};  ///< real time, see below
    const Clock* clock = &SystemClock::instance();       ///< must outlive the queue
};

/// A backend in front of another that keeps what could not be written, and writes it later.
///
/// A set or an erase that fails with an outage (backend_failure.h) succeeds here and waits, one
/// item a key, the newest one. While a key has an item, get() answers from it; a waiting erase is a
/// miss. clear() and eraseMatching() wait as what they are, and until they are done every key they
/// cover is a miss, but for what is set after them. So this process never sees a value that it has
/// replaced or removed. Others that share the store see it until the retry, and all do after the
/// end of this process, whose memory is where the queue is. A refusal (no permission, read-only,
/// full) is handed on; an erase that was refused waits all the same. touch() and leases are never
/// kept.
///
/// Waiting changes are retried a few at a time by the calls that succeed, and in removeExpired():
/// removals first, then items, oldest first. A set of a key that a removal covers tries too.
/// Changes of a key go one after the other, retries included, so that a retry never overwrites a
/// newer change; who cannot get his turn within `turnWait`, because another change of the key
/// hangs, queues instead. In a shared store a retry first looks whether somebody else has stored a
/// value that was loaded later, and then gives way.
///
/// Bounds and expiry never bring an old value back. A set whose deadline passes while it waits, or
/// whose value has to make room, becomes an erase, because what lies below is older still. Where
/// there is no room for erases either, single changes are given up for one marker that everything
/// below is void: all is a miss until the store, for everybody who shares it, could be cleared.
/// The removal listener is the lower backend's and hears nothing of what only waited. Any thread.
class RecoveryQueue final : public Backend {
public:
    struct Counters {
        std::uint64_t queued = 0;    ///< changes that were kept, of single keys or many
        std::uint64_t retried = 0;   ///< of these, carried out later
        std::uint64_t outdated = 0;  ///< sets that gave way to a newer value of another process
        std::uint64_t dropped = 0;   ///< sets that became erases, and items given up, for room
        std::uint64_t waiting = 0;   ///< items at present
        std::uint64_t bytes = 0;     ///< of these
        bool everythingVoid = false;
    };

    explicit RecoveryQueue(std::unique_ptr<Backend> lower, RecoveryQueueOptions options = {});

    Counters counters() const;
    /// Nothing while changes wait; otherwise how many have waited so far. For who keeps copies:
    /// only what was read or written between two equal answers is what lies below.
    std::optional<std::uint64_t> quiet() const;
    Backend& lower() noexcept { return *m_lower; }
    Backend* below() noexcept override { return m_lower.get(); }

    std::string url() const override { return m_lower->url(); }
    BackendCapabilities capabilities() const override { return m_lower->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys) override;
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override;
    /// False where it waits and nobody can know what lies below.
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override { return m_lower->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    /// Fails while a change of the key waits and cannot be carried out first.
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span) override;
    /// Not stored where a change of the key has come to wait since.
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override;
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override;
    Result<void> flush() override { return m_lower->flush(); }
    Result<void> check() override;
    void setRemovalListener(RemovalListener listener) override;

private:
    enum class Standing : std::uint8_t { below, item, covered };
    enum class Retried : std::uint8_t { done, skipped, refused, failed };
    struct Look {
        Standing standing = Standing::below;
        std::optional<Entry> entry;  // of a waiting set that is alive
    };

    bool pending() const noexcept { return m_pending.load(std::memory_order_acquire); }
    Look look(std::string_view key);
    std::uint64_t nextStamp() noexcept { return m_nextStamp.fetch_add(1) + 1; }
    std::optional<KeyTurns::Turn> turn(std::string_view key);
    std::optional<KeyTurns::Turn> turnOf(std::span<const KeyedEntry> entries);
    std::optional<KeyTurns::Turn> turnOfAll();
    template <class Change>
    void change(Change what) {
        const std::lock_guard lock(m_mutex);
        try {
            what(m_items);
        } catch (const std::bad_alloc&) {
            m_items.voidAllForLackOfRoom();
        }
        m_pending.store(!m_items.empty(), std::memory_order_release);
    }
    void keep(std::string_view key, std::optional<Entry> entry, std::uint64_t stamp);
    void settle(std::string_view key, std::uint64_t stamp);
    bool stillCovered(std::string_view key);
    Result<std::uint64_t> removeMany(std::string_view pattern);

    void afterSuccess();
    void tryBlindly();
    bool isTime(const std::atomic<std::int64_t>& notBefore) const noexcept;
    void postpone(std::atomic<std::int64_t>& notBefore) noexcept;
    bool drain(std::size_t most);
    bool retryRemovals();
    Retried retry(std::string_view key);
    Retried retryHavingTurn(std::string_view key);
    bool overtaken(std::string_view key, const Entry& entry, bool& failed);

    const std::unique_ptr<Backend> m_lower;
    const RecoveryQueueOptions m_options;
    const bool m_shared;
    KeyTurns m_turns;
    std::atomic<std::uint64_t> m_nextStamp{0};
    // No retry after a success, or without one, before these moments on the clock.
    std::atomic<std::int64_t> m_notBefore;
    std::atomic<std::int64_t> m_notBlindlyBefore;
    std::atomic<bool> m_draining{false};  // one thread at a time retries for others

    mutable std::mutex m_mutex;  // a turn is taken before it, never after
    RecoveryItems m_items;
    std::atomic<bool> m_pending{false};  // whether m_items has anything
    std::uint64_t m_queued = 0;
    std::uint64_t m_retried = 0;
    std::uint64_t m_outdated = 0;
};

}  // namespace cachescope
