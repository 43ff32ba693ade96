// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"
#include "engine/backend/change_feed.h"
#include "engine/redis/change_notice.h"
#include "engine/redis/expiry_ledger.h"
#include "engine/redis/key_turns.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/redis_key_space.h"
#include "engine/redis/redis_leases.h"

namespace cachescope {

/// A cache on a Redis server, shared with every process that uses the same prefix.
///
/// All keys of the server begin with the prefix; nothing else is ever read or written. An entry is
/// a string with a header (redis_entry.h) whose deadline, on this backend's own clock, decides on
/// its life. The server gets a TTL as well, so that memory returns: a second more than the entry's
/// where the clock runs in real time, an hour more where it does not, and then removeExpired()
/// deletes. What stands under the prefix without the header is no entry: a miss for get(), left out
/// by scan(), left alone by clear(), eraseMatching() and removeExpired(), but overwritten by set()
/// and deleted by erase(), which name it.
///
/// The removal listener hears of what this instance wrote: expirations once, at the first get(),
/// set(), erase() or removeExpired() after the deadline; keys that were gone before their deadline
/// as `remote`, when a get() or clear() finds out. It remembers a million keys (ExpiryLedger).
/// touch() and leases are scripts, for which a user needs EVAL; without it they fail with
/// noPermission, or unsupported, and everything else works. erase(), eraseMatching() and clear()
/// end the leases of what they remove, so that no load begun before can store after them; scan()
/// and removeExpired() know nothing of leases. Bulk calls take as many round trips of at most 500
/// keys as they need, each within the time-out; all other calls as a whole keep to it. A set() that
/// timed out may still take effect, when the server comes to it later. No connection is made before
/// the first call.
///
/// In a cluster the keys of a prefix lie on all servers, or on one where the prefix has a tag in
/// braces; a lease lies with its entry. Bulk calls go through the servers, and meet every entry
/// that is there throughout. Behind sentinels it is the primary of the moment that is used. A
/// failover may lose what a primary had acknowledged and not yet passed on, the entry and the lease
/// alike.
///
/// With the parameter `announce=on`, every change is also published (ChangeNotice) for those who
/// keep copies and cannot have client tracking; where a user may not publish, nobody hears.
class RedisBackend final : public Backend {
public:
    static constexpr const char* kDefaultPrefix = "cachescope:";

    /// unsupported for the parameters entries, bytes and policy, which are the server's own
    /// business (maxmemory); outOfRange in a cluster for a prefix with a brace that does not close,
    /// or a pair with nothing in between; otherwise what RedisTarget::fromUrl() says.
    /// `config.maxEntries`, `maxBytes` and `policy` are not used. An empty prefix is the default
    /// one.
    static Result<std::unique_ptr<Backend>> create(const BackendUrl& url,
                                                   const BackendConfig& config);

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override { return kCapabilities; }
    Result<std::optional<Entry>> get(std::string_view key) override;
    /// tooLarge for a value of more than 512 MiB less header and notes (Redis's limit of a string).
    Result<void> set(std::string_view key, const Entry& entry) override;
    /// All in one round trip a server, and within the time-out.
    Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys) override;
    /// The same; entries past their deadline take one of their own each.
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    /// Looks at 500 keys at most, whatever the limit: a longer SCAN would hold the server up.
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    /// What this instance wrote and has not seen go; entries of others are not counted, because
    /// that would take a walk through the whole database.
    Result<BackendStat> stat() override;
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    /// The server ends leases by its own time, whatever the clock.
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span) override;
    /// An entry past its deadline removes what is there; true then as well.
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override;
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override;
    /// One PING, within the time-out.
    Result<void> check() override;
    void setRemovalListener(RemovalListener listener) override;

    /// Whether there is a feed: not over a cluster, whose servers each know of their own keys.
    bool canFollow() const { return m_client->target().kind != RedisTarget::Kind::cluster; }
    /// A feed of what others change under the prefix; it does not need this backend to live.
    std::unique_ptr<ChangeFeed> follow(ChangeListener& listener) const;

    RedisCounters counters() const { return m_client->counters(); }

    static constexpr BackendCapabilities kCapabilities{
        .persistent = true, .shared = true, .remote = true, .touches = true, .leases = true};

private:
    RedisBackend(std::string url, RedisTarget target, const BackendConfig& config, bool announces);

    RedisCommand publishing(const ChangeNotice& notice) const;
    Result<void> announce(std::optional<std::string_view> key, TimePoint deadline);
    bool announcesAtOnce() const;
    Error busy() const;
    Result<void> checkSize(const Entry& entry) const;
    std::optional<std::int64_t> serverTtl(TimePoint expires, TimePoint now) const;
    RedisCommand storing(std::string_view key, const Entry& entry, TimePoint now) const;

    std::optional<ExpiryLedger::Known> known(std::string_view key) const;
    Result<std::optional<Entry>> found(std::string_view key,
                                       const std::optional<ExpiryLedger::Known>& before,
                                       const RedisReply& reply);
    Result<bool> erase(std::string_view key, TimePoint deadline);
    void setAll(std::span<const KeyedEntry> entries, const std::vector<std::size_t>& places,
                TimePoint deadline, std::vector<Result<void>>& done);
    void noteWritten(std::string_view key, const Entry& entry, std::uint64_t bytes, TimePoint now);

    void foundAbsent(std::string_view key, const std::optional<ExpiryLedger::Known>& before);
    void foundExpired(std::string_view key, const std::optional<ExpiryLedger::Known>& before,
                      const Entry& entry);
    bool settleRemoval(std::string_view key, const std::optional<ExpiryLedger::Known>& known,
                       const std::optional<Entry>& header, bool unlinked, TimePoint now);
    void report(std::string_view key, RemovalCause cause, TimePoint created, TimePoint expires);

    /// What becomes of keys that the cache in front reserved.
    enum class Reserved : std::uint8_t { kept, removed };
    Result<std::uint64_t> removeAll(std::string_view pattern, Reserved reserved);
    Result<std::uint64_t> removePages(std::string_view pattern, Reserved reserved);
    Result<std::uint64_t> removePage(const std::vector<std::string>& found);
    Result<std::uint64_t> removeDuePage(TimePoint now, std::size_t limit);

    const std::string m_url;
    const Clock& m_clock;
    const bool m_announces;
    const std::shared_ptr<OwnNotices> m_notices = std::make_shared<OwnNotices>();
    const bool m_serverKeepsTime;  // the server's TTL may be trusted to delete in time
    std::unique_ptr<RedisClient> m_client;
    RedisKeySpace m_keys;
    RedisLeases m_leases;
    KeyTurns m_turns;
    ExpiryLedger m_ledger;
    RemovalListener m_listener;
};

/// All ways to a Redis, by scheme, for BackendRegistry.
std::vector<BackendKind> redisBackendKinds();

}  // namespace cachescope
