// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What RedisBackend does with many keys at a time.

#include <algorithm>
#include <utility>

#include "engine/backend/redis_backend.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/glob.h"

namespace cachescope {

namespace {

constexpr std::size_t kPage = 500;

}  // namespace

Result<std::uint64_t> RedisBackend::clear() {
    const std::uint64_t stamp = m_ledger.nextStamp();
    auto removed = removeAll("*", Reserved::removed);
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
        const std::string key = globLiteralPrefix(pattern);
        if (isReservedKey(key)) {
            return std::uint64_t{0};
        }
        const auto erased = erase(key);
        if (!erased) {
            return erased.error();
        }
        return *erased ? std::uint64_t{1} : std::uint64_t{0};
    }
    return removeAll(pattern, Reserved::kept);
}

Result<std::uint64_t> RedisBackend::removeAll(std::string_view pattern, Reserved reserved) {
    auto removed = removePages(pattern, reserved);
    // Also when it came only half the way: what went is gone.
    const auto told = announce(std::nullopt, m_client->deadline());
    return removed && !told ? Result<std::uint64_t>{told.error()} : removed;
}

Result<std::uint64_t> RedisBackend::removePages(std::string_view pattern, Reserved reserved) {
    // Leases first: a load that stores after this finds its lease gone, and what was stored before
    // is there for the walk to meet.
    if (const auto ended = m_leases.removeMatching(pattern, kPage); !ended) {
        return ended.error();
    }
    std::uint64_t removed = 0;
    std::string cursor;
    do {
        auto found = m_keys.scan(cursor, pattern, kPage, m_client->deadline());
        if (!found) {
            return found.error();
        }
        if (reserved == Reserved::kept) {
            std::erase_if(found->keys, isReservedKey);
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
    const TimePoint deadline = m_client->deadline();
    const auto turn = m_turns.takeAll(deadline, *m_client->options().clock);
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
    const TimePoint deadline = m_client->deadline();
    auto found = m_keys.scan(cursor, pattern, std::clamp<std::size_t>(limit, 1, kPage), deadline);
    if (!found) {
        return found.error();
    }
    std::erase_if(found->keys, isReservedKey);
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
    const TimePoint deadline = m_client->deadline();
    const auto turn = m_turns.takeAll(deadline, *m_client->options().clock);
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

}  // namespace cachescope
