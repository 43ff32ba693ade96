// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/redis_backend.h"

#include <algorithm>
#include <utility>

#include "engine/core/glob.h"
#include "engine/core/hash.h"
#include "engine/redis/redis_entry.h"

namespace cachescope {

namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kMaxString = std::size_t{512} * 1024 * 1024;
constexpr Duration kGrace = std::chrono::seconds{1};
constexpr Duration kSimulatedGrace = std::chrono::hours{1};

RedisClientOptions clientOptions(const BackendConfig& config) {
    RedisClientOptions options;
    options.timeout = config.timeout;
    return options;
}

// The server's TTL for an entry with `ttl` left on `clock`: always longer than the entry's life.
std::int64_t serverMilliseconds(Duration ttl, const Clock& clock) {
    const auto real = clock.realTime(ttl);
    const Duration span = real ? *real : ttl;
    const Duration grace = real ? kGrace : kSimulatedGrace;
    const auto sum = deadlineAfter(TimePoint{std::max(span, Duration::zero())}, grace);
    return std::chrono::ceil<std::chrono::milliseconds>(
               std::min(sum.time_since_epoch(), Duration::max() - std::chrono::milliseconds{1}))
        .count();
}

bool sameWriting(const Entry& entry, const ExpiryLedger::Known& known) {
    return entry.created == known.created && entry.expires == known.expires;
}

}  // namespace

Result<std::unique_ptr<Backend>> RedisBackend::create(const BackendUrl& url,
                                                      const BackendConfig& config) {
    for (const char* name : {"entries", "bytes", "policy"}) {
        if (url.parameters.contains(name)) {
            return Error{ErrorCode::unsupported, url.withoutPassword(), name};
        }
    }
    auto address = RedisAddress::fromUrl(url);
    if (!address) {
        return address.error();
    }
    return std::unique_ptr<Backend>{
        new RedisBackend(url.withoutPassword(), std::move(*address), config)};
}

RedisBackend::RedisBackend(std::string url, RedisAddress address, const BackendConfig& config)
    : m_url(std::move(url)),
      m_clock(*config.clock),
      m_serverKeepsTime(config.clock->realTime(std::chrono::seconds{1}).has_value()),
      m_client(std::move(address), clientOptions(config)),
      m_keys(m_client, config.prefix.empty() ? kDefaultPrefix : config.prefix) {}

Error RedisBackend::busy() const {
    return Error{ErrorCode::timedOut, m_client.subject(), "another call is writing"};
}

Result<std::optional<Entry>> RedisBackend::get(std::string_view key) {
    // Looked up before the question goes out: what another thread does to the key while the answer
    // is under way changes the stamp, and then the answer proves nothing.
    const auto before = m_ledger.find(key);
    const auto reply = m_client.call({"GET", m_keys.fullKey(key)});
    if (!reply) {
        return reply.error();
    }
    if (reply->isError() && !isWrongType(*reply)) {
        return redisError(*reply, m_client.subject());
    }
    auto entry = reply->isBulk() ? decodeRedisEntry(reply->text) : std::nullopt;
    if (!entry) {
        foundAbsent(key, before);
        return std::optional<Entry>{};
    }
    if (before && !sameWriting(*entry, *before)) {
        m_ledger.adopt(key, before->stamp, entry->created, entry->expires);
    }
    if (entry->expiredAt(m_clock.now())) {
        foundExpired(key, before, *entry);
        return std::optional<Entry>{};
    }
    return entry;
}

void RedisBackend::foundAbsent(std::string_view key,
                               const std::optional<ExpiryLedger::Known>& before) {
    if (!before) {
        return;
    }
    if (const auto known = m_ledger.takeIf(key, before->stamp); known && !known->reported) {
        const bool due = m_clock.now() > known->expires;
        report(key, due ? RemovalCause::expired : RemovalCause::remote, known->created,
               known->expires);
    }
}

void RedisBackend::foundExpired(std::string_view key,
                                const std::optional<ExpiryLedger::Known>& before,
                                const Entry& entry) {
    if (!before) {
        return;
    }
    // Where the server does not keep our time, the key stays in the ledger for removeExpired().
    const bool first = m_serverKeepsTime ? m_ledger.takeIf(key, before->stamp).has_value()
                                         : m_ledger.markReported(key, before->stamp);
    if (first) {
        report(key, RemovalCause::expired, entry.created, entry.expires);
    }
}

Result<void> RedisBackend::set(std::string_view key, const Entry& entry) {
    if (entry.value.size() > kMaxString - kRedisEntryHeader) {
        return Error{ErrorCode::tooLarge, m_client.subject(), std::to_string(entry.value.size())};
    }
    const TimePoint now = m_clock.now();
    if (entry.expiredAt(now)) {
        const auto erased = erase(key);
        return erased ? Result<void>{} : erased.error();
    }
    RedisCommand command{"SET", m_keys.fullKey(key), encodeRedisEntry(entry)};
    const std::uint64_t bytes = command[1].size() + command[2].size();
    if (entry.expires != kNever) {
        command.emplace_back("PX");
        command.push_back(std::to_string(serverMilliseconds(entry.expires - now, m_clock)));
    }
    const TimePoint deadline = m_client.deadline();
    const auto turn = m_turns.take(hash64(key), deadline, *m_client.options().clock);
    if (!turn) {
        return busy();
    }
    const auto reply = m_client.call(command, RedisRepeat::allowed, deadline);
    if (!reply) {
        return reply.error();
    }
    if (reply->type != RedisReply::Type::status) {
        return unexpectedReply(*reply, m_client.subject());
    }
    const auto old = m_ledger.record(key, entry.created, entry.expires, bytes);
    if (old && !old->reported) {
        report(key, now > old->expires ? RemovalCause::expired : RemovalCause::replaced,
               old->created, old->expires);
    }
    return {};
}

Result<bool> RedisBackend::erase(std::string_view key) {
    const TimePoint deadline = m_client.deadline();
    const auto turn = m_turns.take(hash64(key), deadline, *m_client.options().clock);
    if (!turn) {
        return busy();
    }
    // Forgotten first, so that a get() that overtakes the answer does not report a loss.
    const auto known = m_ledger.take(key);
    const auto unlinked = m_keys.unlinkWithHeader(key, deadline);
    if (!unlinked) {
        if (known) {
            m_ledger.restore(key, *known);
        }
        return unlinked.error();
    }
    return settleRemoval(key, known, unlinked->entry, unlinked->wasThere, m_clock.now());
}

// Reports what came of an attempt to remove a key on purpose; whether a live entry was removed.
bool RedisBackend::settleRemoval(std::string_view key,
                                 const std::optional<ExpiryLedger::Known>& known,
                                 const std::optional<Entry>& header, bool unlinked, TimePoint now) {
    const bool live = header && unlinked && !header->expiredAt(now);
    if (live) {
        report(key, RemovalCause::invalidated, header->created, header->expires);
    } else if (known && !known->reported) {
        const bool due = now > known->expires || (header && header->expiredAt(now));
        report(key, due ? RemovalCause::expired : RemovalCause::remote, known->created,
               known->expires);
    }
    return live;
}

Result<std::uint64_t> RedisBackend::clear() {
    const std::uint64_t stamp = m_ledger.nextStamp();
    const auto removed = removeAll("*");
    if (!removed) {
        return removed.error();
    }
    // What the walk did not meet had gone before.
    const TimePoint now = m_clock.now();
    for (const auto& [key, known] : m_ledger.takeBefore(stamp)) {
        settleRemoval(key, known, std::nullopt, false, now);
    }
    return removed;
}

Result<std::uint64_t> RedisBackend::eraseMatching(std::string_view pattern) {
    if (globIsLiteral(pattern)) {
        const auto erased = erase(globLiteralPrefix(pattern));
        if (!erased) {
            return erased.error();
        }
        return *erased ? std::uint64_t{1} : std::uint64_t{0};
    }
    return removeAll(pattern);
}

Result<std::uint64_t> RedisBackend::removeAll(std::string_view pattern) {
    std::uint64_t removed = 0;
    std::string cursor;
    do {
        const auto found = m_keys.scan(cursor, pattern, kPage, m_client.deadline());
        if (!found) {
            return found.error();
        }
        const auto count = removePage(found->keys);
        if (!count) {
            return count.error();
        }
        removed += *count;
        cursor = found->next;
    } while (!cursor.empty());
    return removed;
}

Result<std::uint64_t> RedisBackend::removePage(const std::vector<std::string>& found) {
    if (found.empty()) {
        return std::uint64_t{0};
    }
    const TimePoint deadline = m_client.deadline();
    const auto turn = m_turns.takeAll(deadline, *m_client.options().clock);
    if (!turn) {
        return busy();
    }
    const auto headers = m_keys.readHeaders(found, RedisKeySpace::Sizes::no, deadline);
    if (!headers) {
        return headers.error();
    }
    std::vector<std::string> keys;
    std::vector<const Entry*> entries;
    std::vector<std::optional<ExpiryLedger::Known>> known;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (const auto& entry = (*headers)[i].entry) {
            keys.push_back(found[i]);
            entries.push_back(&*entry);
            known.push_back(m_ledger.take(found[i]));
        }
    }
    const auto unlinked = m_keys.unlink(keys, deadline);
    if (!unlinked) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (known[i]) {
                m_ledger.restore(keys[i], *known[i]);
            }
        }
        return unlinked.error();
    }
    const TimePoint now = m_clock.now();
    std::uint64_t live = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        live += settleRemoval(keys[i], known[i], *entries[i], (*unlinked)[i], now) ? 1U : 0U;
    }
    return live;
}

Result<ScanPage> RedisBackend::scan(const std::string& cursor, std::string_view pattern,
                                    std::size_t limit) {
    const TimePoint deadline = m_client.deadline();
    auto found = m_keys.scan(cursor, pattern, std::clamp<std::size_t>(limit, 1, kPage), deadline);
    if (!found) {
        return found.error();
    }
    ScanPage page;
    page.next = std::move(found->next);
    const auto headers = m_keys.readHeaders(found->keys, RedisKeySpace::Sizes::yes, deadline);
    if (!headers) {
        return headers.error();
    }
    const TimePoint now = m_clock.now();
    for (std::size_t i = 0; i < headers->size(); ++i) {
        const auto& [entry, bytes] = (*headers)[i];
        if (entry && !entry->expiredAt(now)) {
            page.keys.push_back({std::move(found->keys[i]), entry->created, entry->expires, bytes});
        }
    }
    return page;
}

Result<BackendStat> RedisBackend::stat() {
    BackendStat stat;
    stat.entries = m_ledger.entries();
    stat.bytes = m_ledger.bytes();
    return stat;
}

Result<std::uint64_t> RedisBackend::removeExpired(std::size_t limit) {
    const TimePoint now = m_clock.now();
    if (m_serverKeepsTime) {
        // The server deletes by itself, and by now another process may have filled the key again.
        const auto due = m_ledger.takeDue(now, limit);
        for (const auto& [key, known] : due) {
            if (!known.reported) {
                report(key, RemovalCause::expired, known.created, known.expires);
            }
        }
        return static_cast<std::uint64_t>(due.size());
    }
    std::uint64_t removed = 0;
    while (removed < limit && m_ledger.anyDue(now)) {
        const auto page = removeDuePage(now, std::min<std::size_t>(limit - removed, kPage));
        if (!page) {
            return page.error();
        }
        removed += *page;
    }
    return removed;
}

Result<std::uint64_t> RedisBackend::removeDuePage(TimePoint now, std::size_t limit) {
    const TimePoint deadline = m_client.deadline();
    const auto turn = m_turns.takeAll(deadline, *m_client.options().clock);
    if (!turn) {
        return busy();
    }
    const auto due = m_ledger.takeDue(now, limit);
    const auto failed = [&](const Error& error) {
        for (const auto& [key, known] : due) {
            m_ledger.restore(key, known);
        }
        return error;
    };
    std::vector<std::string> keys;
    keys.reserve(due.size());
    for (const auto& item : due) {
        keys.push_back(item.first);
    }
    const auto headers = m_keys.readHeaders(keys, RedisKeySpace::Sizes::no, deadline);
    if (!headers) {
        return failed(headers.error());
    }
    std::vector<std::string> dead;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        // A live entry there is another process's, written since.
        if (const auto& entry = (*headers)[i].entry; entry && entry->expiredAt(now)) {
            dead.push_back(std::move(keys[i]));
        }
    }
    if (const auto unlinked = m_keys.unlink(dead, deadline); !unlinked) {
        return failed(unlinked.error());
    }
    for (const auto& [key, known] : due) {
        if (!known.reported) {
            report(key, RemovalCause::expired, known.created, known.expires);
        }
    }
    return static_cast<std::uint64_t>(due.size());
}

Result<void> RedisBackend::check() {
    const auto reply = m_client.call({"PING"});
    if (!reply) {
        return reply.error();
    }
    if (reply->isError()) {
        return redisError(*reply, m_client.subject());
    }
    return {};
}

void RedisBackend::setRemovalListener(RemovalListener listener) {
    m_listener = std::move(listener);
}

void RedisBackend::report(std::string_view key, RemovalCause cause, TimePoint created,
                          TimePoint expires) {
    if (m_listener) {
        m_listener({key, cause, created, expires});
    }
}

std::vector<BackendKind> redisBackendKinds() {
    const auto kind = [](const char* scheme, const char* example) {
        BackendKind made;
        made.scheme = scheme;
        made.example = example;
        made.capabilities = RedisBackend::kCapabilities;
        made.make = RedisBackend::create;
        made.parameters = {"db"};
        return made;
    };
    return {kind("redis", "redis://127.0.0.1:6379/0"),
            kind("redis+unix", "redis+unix:///run/redis/redis-server.sock?db=0")};
}

}  // namespace cachescope
