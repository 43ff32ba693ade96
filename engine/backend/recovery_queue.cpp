// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/recovery_queue.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/backend/backend_failure.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

bool isOutage(const Error& error) {
    return backendFailure(error.code()) == BackendFailure::outage;
}

bool isAboutCall(const Error& error) {
    return backendFailure(error.code()) == BackendFailure::call;
}

}  // namespace

RecoveryQueue::RecoveryQueue(std::unique_ptr<Backend> lower, RecoveryQueueOptions options)
    : m_lower(std::move(lower)),
      m_options(options),
      m_shared(m_lower->capabilities().shared),
      m_notBefore(TimePoint::min().time_since_epoch().count()),
      m_notBlindlyBefore(m_notBefore.load()),
      m_items(options.limits) {}

RecoveryQueue::Counters RecoveryQueue::counters() const {
    const std::lock_guard lock(m_mutex);
    return {m_queued,
            m_retried,
            m_outdated,
            m_items.dropped(),
            m_items.size(),
            m_items.bytes(),
            m_items.removals().everything};
}

std::optional<std::uint64_t> RecoveryQueue::quiet() const {
    const std::lock_guard lock(m_mutex);
    return m_items.empty() ? std::optional{m_queued} : std::nullopt;
}

std::optional<KeyTurns::Turn> RecoveryQueue::turn(std::string_view key) {
    const Clock& clock = SystemClock::instance();
    return m_turns.take(hash64(key), deadlineAfter(clock.now(), m_options.turnWait), clock);
}

std::optional<KeyTurns::Turn> RecoveryQueue::turnOfAll() {
    const Clock& clock = SystemClock::instance();
    return m_turns.takeAll(deadlineAfter(clock.now(), m_options.turnWait), clock);
}

void RecoveryQueue::keep(std::string_view key, std::optional<Entry> entry, std::uint64_t stamp) {
    change([&](RecoveryItems& items) {
        ++m_queued;
        items.put(key, std::move(entry), stamp);
    });
}

void RecoveryQueue::settle(std::string_view key, std::uint64_t stamp) {
    if (pending()) {
        change([&](RecoveryItems& items) { items.forget(key, stamp); });
    }
}

RecoveryQueue::Look RecoveryQueue::look(std::string_view key) {
    Look found;
    if (!pending()) {
        return found;
    }
    const TimePoint now = m_options.clock->now();
    change([&](RecoveryItems& items) {
        if (const auto* item = items.find(key)) {
            found.standing = Standing::item;
            if (item->entry && item->entry->expiredAt(now)) {
                items.toErase(key);
            } else if (item->entry) {
                found.entry = item->entry;
            }
        } else if (items.covers(key)) {
            found.standing = Standing::covered;
        }
    });
    return found;
}

// Tries to carry out the removals that cover a key, when it is time to.
bool RecoveryQueue::stillCovered(std::string_view key) {
    if (look(key).standing != Standing::covered) {
        return false;
    }
    tryBlindly();
    return look(key).standing == Standing::covered;
}

Result<std::optional<Entry>> RecoveryQueue::get(std::string_view key) {
    auto waiting = look(key);
    if (waiting.standing != Standing::below) {
        return std::move(waiting.entry);
    }
    auto found = m_lower->get(key);
    if (found) {
        afterSuccess();
    }
    return found;
}

Result<void> RecoveryQueue::set(std::string_view key, const Entry& entry) {
    const auto wanted = [&] {
        return entry.expiredAt(m_options.clock->now()) ? std::nullopt : std::optional{entry};
    };
    // Set directly, it would fall victim to the removal that is still to come.
    if (stillCovered(key)) {
        keep(key, wanted(), nextStamp());
        return {};
    }
    {
        const auto mine = turn(key);
        const std::uint64_t stamp = nextStamp();
        if (!mine) {
            keep(key, wanted(), stamp);
            return {};
        }
        auto done = m_lower->set(key, entry);
        if (!done) {
            if (!isOutage(done.error())) {
                return done;
            }
            keep(key, wanted(), stamp);
            return {};
        }
        settle(key, stamp);
    }
    afterSuccess();
    return {};
}

Result<bool> RecoveryQueue::erase(std::string_view key) {
    if (stillCovered(key)) {
        keep(key, std::nullopt, nextStamp());
        return false;
    }
    bool live = false;
    {
        const auto mine = turn(key);
        const auto waiting = look(key);
        const std::uint64_t stamp = nextStamp();
        if (!mine) {
            keep(key, std::nullopt, stamp);
            return waiting.entry.has_value();
        }
        const auto erased = m_lower->erase(key);
        if (!erased) {
            if (!isAboutCall(erased.error())) {
                keep(key, std::nullopt, stamp);
            }
            return isOutage(erased.error()) ? Result<bool>{waiting.entry.has_value()} : erased;
        }
        live = waiting.standing == Standing::below ? *erased : waiting.entry.has_value();
        settle(key, stamp);
    }
    afterSuccess();
    return live;
}

Result<std::uint64_t> RecoveryQueue::clear() {
    return removeMany({});
}

Result<std::uint64_t> RecoveryQueue::eraseMatching(std::string_view pattern) {
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
    return removeMany(pattern);
}

// An empty pattern, which as a glob would be a literal, stands for clear().
Result<std::uint64_t> RecoveryQueue::removeMany(std::string_view pattern) {
    const bool all = pattern.empty();
    const auto keepThis = [&](std::uint64_t stamp) {
        change([&](RecoveryItems& items) {
            ++m_queued;
            if (all) {
                items.voidAll(stamp);
            } else {
                items.voidMatching(pattern, stamp);
            }
        });
        return std::uint64_t{0};
    };
    Result<std::uint64_t> removed = std::uint64_t{0};
    {
        const auto mine = turnOfAll();
        const std::uint64_t stamp = nextStamp();
        if (!mine) {
            return keepThis(stamp);
        }
        removed = all ? m_lower->clear() : m_lower->eraseMatching(pattern);
        if (!removed) {
            if (!isAboutCall(removed.error())) {
                keepThis(stamp);
            }
            return isOutage(removed.error()) ? Result<std::uint64_t>{std::uint64_t{0}} : removed;
        }
        if (pending()) {
            change([&](RecoveryItems& items) {
                if (all) {
                    items.removedAll(stamp);
                } else {
                    items.removedMatching(pattern, stamp);
                }
            });
        }
    }
    afterSuccess();
    return removed;
}

Result<bool> RecoveryQueue::touch(std::string_view key, TimePoint expires) {
    const auto mine = turn(key);
    if (!mine) {
        return Error{ErrorCode::timedOut, url(), "another call is writing"};
    }
    const auto waiting = look(key);
    if (waiting.entry) {
        change([&](RecoveryItems& items) { items.moveDeadline(key, expires, nextStamp()); });
    }
    return waiting.standing == Standing::below ? m_lower->touch(key, expires)
                                               : Result<bool>{waiting.entry.has_value()};
}

Result<std::optional<std::uint64_t>> RecoveryQueue::acquireLease(std::string_view key,
                                                                 Duration span) {
    // An erase that is carried out while the lease is held would end it; and one that is not could
    // not be told from one that came after the load began.
    if (look(key).standing == Standing::item) {
        (void)retry(key);
    }
    if (stillCovered(key) || look(key).standing != Standing::below) {
        return Error{ErrorCode::unavailable, url(), "a change of the key waits"};
    }
    return m_lower->acquireLease(key, span);
}

Result<bool> RecoveryQueue::setAndRelease(std::string_view key, const Entry& entry,
                                          std::uint64_t token) {
    const auto mine = turn(key);
    if (!mine) {
        return Error{ErrorCode::timedOut, url(), "another call is writing"};
    }
    if (look(key).standing != Standing::below) {
        (void)m_lower->releaseLease(key, token);
        return false;
    }
    const std::uint64_t stamp = nextStamp();
    auto stored = m_lower->setAndRelease(key, entry, token);
    if (stored && *stored) {
        settle(key, stamp);
    }
    return stored;
}

Result<void> RecoveryQueue::releaseLease(std::string_view key, std::uint64_t token) {
    return m_lower->releaseLease(key, token);
}

// First what waits, then what lies below: what is carried out meanwhile moves from the former to
// the latter, so that a key that is there throughout cannot slip past.
Result<ScanPage> RecoveryQueue::scan(const std::string& cursor, std::string_view pattern,
                                     std::size_t limit) {
    const char kind = cursor.empty() ? 'q' : cursor.front();
    const std::string rest = cursor.empty() ? "0" : cursor.substr(1);
    ScanPage page;
    const TimePoint now = m_options.clock->now();
    const auto add = [&](std::string key, const Entry& entry) {
        if (!entry.expiredAt(now) && patternMeans(pattern, key)) {
            page.keys.push_back({std::move(key), entry.created, entry.expires, entry.value.size()});
        }
    };
    if (kind == 'q') {
        std::uint64_t after = 0;
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), after);
        if (parsed.ec != std::errc{} || parsed.ptr != rest.data() + rest.size()) {
            return Error{ErrorCode::outOfRange, url(), "cursor"};
        }
        const std::unique_lock lock(m_mutex);
        for (std::size_t left = std::max<std::size_t>(1, limit); left > 0; --left) {
            auto next = m_items.next(after);
            if (!next) {
                after = 0;
                break;
            }
            after = next->stamp;
            if (const auto* item = m_items.find(next->key); item->entry) {
                add(std::move(next->key), *item->entry);
            }
        }
        page.next = after != 0 ? 'q' + std::to_string(after) : std::string{'b'};
        if (!page.keys.empty() || after != 0) {
            return page;
        }
    } else if (kind != 'b') {
        return Error{ErrorCode::outOfRange, url(), "cursor"};
    }
    if (pending() && counters().everythingVoid) {
        page.next.clear();
        return page;
    }
    auto below = m_lower->scan(kind == 'b' ? rest : std::string{}, pattern, limit);
    if (!below) {
        return below;
    }
    for (ScannedKey& found : below->keys) {
        const auto waiting = look(found.key);
        if (waiting.entry) {
            add(std::move(found.key), *waiting.entry);
        } else if (waiting.standing == Standing::below) {
            page.keys.push_back(std::move(found));
        }
    }
    page.next = below->next.empty() ? std::string{} : 'b' + below->next;
    return page;
}

Result<std::uint64_t> RecoveryQueue::removeExpired(std::size_t limit) {
    if (pending() && !drain(limit)) {
        postpone(m_notBlindlyBefore);
    }
    return m_lower->removeExpired(limit);
}

Result<void> RecoveryQueue::check() {
    auto checked = m_lower->check();
    if (checked) {
        afterSuccess();
    }
    return checked;
}

void RecoveryQueue::setRemovalListener(RemovalListener listener) {
    m_lower->setRemovalListener(std::move(listener));
}

}  // namespace cachescope
