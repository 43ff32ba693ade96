// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What RedisBackend does for several keys that a caller names.

#include <utility>

#include "engine/backend/redis_backend.h"
#include "engine/core/hash.h"

namespace cachescope {

Result<std::vector<std::optional<Entry>>> RedisBackend::getMany(std::span<const std::string> keys) {
    std::vector<std::optional<ExpiryLedger::Known>> before;
    std::vector<RedisCommand> commands;
    before.reserve(keys.size());
    commands.reserve(keys.size());
    for (const std::string& key : keys) {
        before.push_back(known(key));
        commands.push_back({"GET", m_keys.fullKey(key)});
    }
    const auto replies = m_client->callAll(commands);
    if (!replies) {
        return replies.error();
    }
    std::vector<std::optional<Entry>> entries;
    entries.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto entry = found(keys[i], before[i], (*replies)[i]);
        if (!entry) {
            return entry.error();
        }
        entries.push_back(std::move(*entry));
    }
    return entries;
}

std::vector<Result<void>> RedisBackend::setMany(std::span<const KeyedEntry> entries) {
    const TimePoint deadline = m_client->deadline();
    const TimePoint now = m_clock.now();
    std::vector<Result<void>> done(entries.size());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& [key, entry] = entries[i];
        if (auto fits = checkSize(entry); !fits) {
            done[i] = std::move(fits);
        } else if (!entry.expiredAt(now)) {
            places.push_back(i);
        } else {
            // Those before it first: one of them may be of the same key.
            setAll(entries, std::exchange(places, {}), deadline, done);
            const auto erased = erase(key, deadline);
            done[i] = erased ? Result<void>{} : erased.error();
        }
    }
    setAll(entries, places, deadline, done);
    return done;
}

// Those of `entries` at `places`, all of them alive; what came of each goes into `done`.
void RedisBackend::setAll(std::span<const KeyedEntry> entries,
                          const std::vector<std::size_t>& places, TimePoint deadline,
                          std::vector<Result<void>>& done) {
    if (places.empty()) {
        return;
    }
    const TimePoint now = m_clock.now();
    const bool atOnce = announcesAtOnce();
    std::vector<std::uint64_t> hashes;
    std::vector<RedisCommand> commands;
    std::vector<std::uint64_t> bytes;
    std::vector<std::uint64_t> notices;
    for (const std::size_t place : places) {
        const auto& [key, entry] = entries[place];
        hashes.push_back(hash64(key));
        commands.push_back(storing(key, entry, now));
        bytes.push_back(commands.back()[1].size() + commands.back()[2].size());
        if (atOnce) {
            const ChangeNotice notice = m_notices->next(key);
            notices.push_back(notice.number);
            commands.push_back(publishing(notice));
        }
    }
    const auto turn = m_turns.takeMany(hashes, deadline, *m_client->options().clock);
    if (!turn) {
        for (const std::size_t place : places) {
            done[place] = busy();
        }
        return;
    }
    const auto replies = m_client->callEach(commands, RedisRepeat::allowed, deadline);
    const std::size_t step = atOnce ? 2 : 1;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& [key, entry] = entries[places[i]];
        Result<void>& result = done[places[i]];
        const Result<RedisReply>& reply = replies[step * i];
        if (!reply) {
            result = reply.error();
            if (atOnce) {
                m_notices->doubt(notices[i]);
            }
        } else if (reply->type != RedisReply::Type::status) {
            result = unexpectedReply(*reply, m_client->subject());
        } else {
            noteWritten(key, entry, bytes[i], now);
            result = atOnce ? Result<void>{} : announce(key, deadline);
        }
    }
}

}  // namespace cachescope
