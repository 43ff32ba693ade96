// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/redis_backend.h"

#include <algorithm>
#include <utility>

#include "engine/core/hash.h"
#include "engine/redis/invalidation_feed.h"
#include "engine/redis/primary_finder.h"
#include "engine/redis/redis_entry.h"
#include "engine/redis/slot_map.h"

namespace cachescope {

namespace {

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

std::string prefixOf(const BackendConfig& config) {
    return config.prefix.empty() ? RedisBackend::kDefaultPrefix : config.prefix;
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
    const auto announce = url.parameters.find("announce");
    const bool announces = announce != url.parameters.end() && announce->second == "on";
    if (announce != url.parameters.end() && !announces && announce->second != "off") {
        return Error{ErrorCode::outOfRange, url.withoutPassword(), "announce=on or off"};
    }
    auto target = RedisTarget::fromUrl(url);
    if (!target) {
        return target.error();
    }
    const bool cluster = target->kind == RedisTarget::Kind::cluster;
    if (cluster && tagOfPrefix(prefixOf(config)) == PrefixTag::broken) {
        return Error{ErrorCode::outOfRange, url.withoutPassword(),
                     "in a cluster a prefix has no brace, or a pair with something in between"};
    }
    return std::unique_ptr<Backend>{
        new RedisBackend(url.withoutPassword(), std::move(*target), config, announces)};
}

RedisBackend::RedisBackend(std::string url, RedisTarget target, const BackendConfig& config,
                           bool announces)
    : m_url(std::move(url)),
      m_clock(*config.clock),
      m_announces(announces),
      m_serverKeepsTime(config.clock->realTime(std::chrono::seconds{1}).has_value()),
      m_client(RedisClient::create(std::move(target), clientOptions(config))),
      m_keys(*m_client, prefixOf(config)),
      m_leases(*m_client, prefixOf(config)) {}

std::unique_ptr<ChangeFeed> RedisBackend::follow(ChangeListener& listener) const {
    InvalidationFeedOptions options;
    options.timeout = m_client->options().timeout;
    if (m_client->target().kind == RedisTarget::Kind::sentinel) {
        auto finder = std::make_shared<PrimaryFinder>(m_client->target(), *options.clock);
        return std::make_unique<InvalidationFeed>(
            [finder](TimePoint deadline) { return finder->find(deadline); }, m_keys.fullKey({}),
            m_notices, listener, options);
    }
    return std::make_unique<InvalidationFeed>(m_client->target().seeds.front(), m_keys.fullKey({}),
                                              m_notices, listener, options);
}

RedisCommand RedisBackend::publishing(const ChangeNotice& notice) const {
    return {"PUBLISH", ChangeNotice::channelOf(m_keys.fullKey({})), notice.encode()};
}

// After the change: who heard of it before could still read what is about to go, and keep that.
Result<void> RedisBackend::announce(std::optional<std::string_view> key, TimePoint deadline) {
    if (!m_announces) {
        return {};
    }
    const auto reply =
        m_client->call(publishing(m_notices->next(key)), RedisRepeat::allowed, deadline);
    return reply ? Result<void>{} : reply.error();
}

// In the round trip of the change, whose server does one after the other. In a cluster another one
// might publish first.
bool RedisBackend::announcesAtOnce() const {
    return m_announces && m_client->target().kind != RedisTarget::Kind::cluster;
}

Error RedisBackend::busy() const {
    return Error{ErrorCode::timedOut, m_client->subject(), "another call is writing"};
}

Result<std::optional<Entry>> RedisBackend::get(std::string_view key) {
    // Looked up before the question goes out: what another thread does to the key while the answer
    // is under way changes the stamp, and then the answer proves nothing.
    const auto before = known(key);
    const auto reply = m_client->call({"GET", m_keys.fullKey(key)});
    return reply ? found(key, before, *reply) : reply.error();
}

// What a read can be compared with: nothing where replicas answer, which may not have it yet.
std::optional<ExpiryLedger::Known> RedisBackend::known(std::string_view key) const {
    return m_client->target().readsReplicas ? std::nullopt : m_ledger.find(key);
}

// What a GET has answered; `before` is what the ledger knew when it was sent.
Result<std::optional<Entry>> RedisBackend::found(std::string_view key,
                                                 const std::optional<ExpiryLedger::Known>& before,
                                                 const RedisReply& reply) {
    if (reply.isError() && !isWrongType(reply)) {
        return redisError(reply, m_client->subject());
    }
    auto entry = reply.isBulk() ? decodeRedisEntry(reply.text) : std::nullopt;
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

Result<void> RedisBackend::checkSize(const Entry& entry) const {
    const std::size_t overhead = redisEntryOverhead(entry);
    if (overhead > kMaxString || entry.value.size() > kMaxString - overhead) {
        return Error{ErrorCode::tooLarge, m_client->subject(), std::to_string(entry.value.size())};
    }
    return {};
}

std::optional<std::int64_t> RedisBackend::serverTtl(TimePoint expires, TimePoint now) const {
    return expires == kNever ? std::nullopt
                             : std::optional{serverMilliseconds(expires - now, m_clock)};
}

RedisCommand RedisBackend::storing(std::string_view key, const Entry& entry, TimePoint now) const {
    RedisCommand command{"SET", m_keys.fullKey(key), encodeRedisEntry(entry)};
    if (const auto ttl = serverTtl(entry.expires, now)) {
        command.emplace_back("PX");
        command.push_back(std::to_string(*ttl));
    }
    return command;
}

Result<void> RedisBackend::set(std::string_view key, const Entry& entry) {
    if (auto fits = checkSize(entry); !fits) {
        return fits;
    }
    const TimePoint now = m_clock.now();
    if (entry.expiredAt(now)) {
        const auto erased = erase(key);
        return erased ? Result<void>{} : erased.error();
    }
    RedisCommand command = storing(key, entry, now);
    const std::uint64_t bytes = command[1].size() + command[2].size();
    const TimePoint deadline = m_client->deadline();
    const auto turn = m_turns.take(hash64(key), deadline, *m_client->options().clock);
    if (!turn) {
        return busy();
    }
    std::vector<RedisCommand> commands;
    commands.push_back(std::move(command));  // not as a list, which would copy the value
    const bool atOnce = announcesAtOnce();
    const ChangeNotice notice = atOnce ? m_notices->next(key) : ChangeNotice{};
    if (atOnce) {
        commands.push_back(publishing(notice));
    }
    const auto replies = m_client->callAll(commands, RedisRepeat::allowed, deadline);
    if (!replies) {
        if (atOnce) {
            m_notices->doubt(notice.number);
        }
        return replies.error();
    }
    if (replies->front().type != RedisReply::Type::status) {
        return unexpectedReply(replies->front(), m_client->subject());
    }
    noteWritten(key, entry, bytes, now);
    return atOnce ? Result<void>{} : announce(key, deadline);
}

void RedisBackend::noteWritten(std::string_view key, const Entry& entry, std::uint64_t bytes,
                               TimePoint now) {
    const auto old = m_ledger.record(key, entry.created, entry.expires, bytes);
    if (old && !old->reported) {
        report(key, now > old->expires ? RemovalCause::expired : RemovalCause::replaced,
               old->created, old->expires);
    }
}

Result<bool> RedisBackend::touch(std::string_view key, TimePoint expires) {
    const TimePoint deadline = m_client->deadline();
    const auto turn = m_turns.take(hash64(key), deadline, *m_client->options().clock);
    if (!turn) {
        return busy();
    }
    const TimePoint now = m_clock.now();
    const auto known = m_ledger.find(key);
    const auto found = m_keys.touch(key, {now, expires, serverTtl(expires, now)}, deadline);
    if (!found) {
        return found.error();
    }
    if (!*found) {
        foundAbsent(key, known);
        return false;
    }
    if ((*found)->expiredAt(now)) {
        foundExpired(key, known, **found);
        return false;
    }
    m_ledger.move(key, (*found)->created, expires);
    const auto told = announce(key, deadline);
    return told ? Result<bool>{true} : told.error();
}

Result<std::optional<std::uint64_t>> RedisBackend::acquireLease(std::string_view key,
                                                                Duration span) {
    return m_leases.acquire(key, span, m_client->deadline());
}

Result<bool> RedisBackend::setAndRelease(std::string_view key, const Entry& entry,
                                         std::uint64_t token) {
    if (auto fits = checkSize(entry); !fits) {
        return fits.error();
    }
    const TimePoint deadline = m_client->deadline();
    const auto turn = m_turns.take(hash64(key), deadline, *m_client->options().clock);
    if (!turn) {
        return busy();
    }
    const TimePoint now = m_clock.now();
    RedisLeases::Store store{m_keys.fullKey(key), std::nullopt, std::nullopt};
    if (!entry.expiredAt(now)) {
        store.stored = encodeRedisEntry(entry);
        store.serverTtl = serverTtl(entry.expires, now);
    }
    auto done = m_leases.store(key, token, store, deadline);
    if (!done || !*done) {
        return done;
    }
    if (store.stored) {
        noteWritten(key, entry, store.fullKey.size() + store.stored->size(), now);
    } else if (const auto known = m_ledger.take(key)) {
        Entry old;
        old.created = known->created;
        old.expires = known->expires;
        settleRemoval(key, known, old, true, now);
    }
    const auto told = announce(key, deadline);
    return told ? Result<bool>{true} : told.error();
}

Result<void> RedisBackend::releaseLease(std::string_view key, std::uint64_t token) {
    return m_leases.release(key, token, m_client->deadline());
}

Result<bool> RedisBackend::erase(std::string_view key) {
    return erase(key, m_client->deadline());
}

Result<bool> RedisBackend::erase(std::string_view key, TimePoint deadline) {
    const auto turn = m_turns.take(hash64(key), deadline, *m_client->options().clock);
    if (!turn) {
        return busy();
    }
    // Forgotten first, so that a get() that overtakes the answer does not report a loss.
    const auto known = m_ledger.take(key);
    const auto unlinked = m_keys.unlinkWithHeader(key, m_leases.leaseKey(key), deadline);
    if (!unlinked) {
        if (known) {
            m_ledger.restore(key, *known);
        }
        return unlinked.error();
    }
    const bool live = settleRemoval(key, known, unlinked->entry, unlinked->wasThere, m_clock.now());
    const auto told = announce(key, deadline);
    return told ? Result<bool>{live} : told.error();
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

Result<void> RedisBackend::check() {
    const auto reply = m_client->call({"PING"});
    if (!reply) {
        return reply.error();
    }
    if (reply->isError()) {
        return redisError(*reply, m_client->subject());
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
        made.parameters = RedisTarget::parametersOf(scheme);
        made.parameters.emplace_back("announce");
        return made;
    };
    return {kind("redis", "redis://127.0.0.1:6379/0"),
            kind("rediss", "rediss://redis.example:6379/0"),
            kind("redis+unix", "redis+unix:///run/redis/redis-server.sock?db=0"),
            kind("redis+cluster", "redis+cluster://127.0.0.1:7000,127.0.0.1:7001"),
            kind("rediss+cluster", "rediss+cluster://redis.example:7000"),
            kind("redis+sentinel", "redis+sentinel://127.0.0.1:26379/mymaster/0"),
            kind("rediss+sentinel", "rediss+sentinel://redis.example:26379/mymaster/0")};
}

}  // namespace cachescope
