// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How RecoveryQueue carries out what waits.

#include <utility>

#include "engine/backend/backend_failure.h"
#include "engine/backend/recovery_queue.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

constexpr std::size_t kAtOnce = 8;

class GiveBack {
public:
    explicit GiveBack(std::atomic<bool>& taken) : m_taken(taken) {}
    GiveBack(const GiveBack&) = delete;
    GiveBack& operator=(const GiveBack&) = delete;
    ~GiveBack() { m_taken.store(false, std::memory_order_release); }

private:
    std::atomic<bool>& m_taken;
};

}  // namespace

void RecoveryQueue::afterSuccess() {
    if (pending() && isTime(m_notBefore) && !drain(kAtOnce)) {
        postpone(m_notBefore);
        postpone(m_notBlindlyBefore);
    }
}

// Nothing has shown that the backend is back, so that a failure here must not hold up the retry
// that the next success starts.
void RecoveryQueue::tryBlindly() {
    if (isTime(m_notBefore) && isTime(m_notBlindlyBefore) && !drain(kAtOnce)) {
        postpone(m_notBlindlyBefore);
    }
}

bool RecoveryQueue::isTime(const std::atomic<std::int64_t>& notBefore) const noexcept {
    return m_options.clock->now().time_since_epoch().count() >=
           notBefore.load(std::memory_order_relaxed);
}

void RecoveryQueue::postpone(std::atomic<std::int64_t>& notBefore) noexcept {
    const TimePoint until = deadlineAfter(m_options.clock->now(), m_options.retryAfter);
    notBefore.store(until.time_since_epoch().count(), std::memory_order_relaxed);
}

// False when something failed or was refused, so that it is not to be tried again at once.
bool RecoveryQueue::drain(std::size_t most) {
    if (m_draining.exchange(true, std::memory_order_acquire)) {
        return true;
    }
    const GiveBack alone(m_draining);
    if (!retryRemovals()) {
        return false;
    }
    // What is refused moves behind this, so that no item comes twice.
    const std::uint64_t last = m_nextStamp.load();
    std::uint64_t after = 0;
    bool refused = false;
    for (std::size_t i = 0; i < most; ++i) {
        std::optional<RecoveryItems::Waiting> next;
        {
            const std::lock_guard lock(m_mutex);
            next = m_items.next(after);
        }
        if (!next || next->stamp > last) {
            break;
        }
        after = next->stamp;
        const Retried result = retry(next->key);
        refused |= result == Retried::refused;
        if (result == Retried::failed) {
            return false;
        }
    }
    return !refused;
}

// Under the turn of all keys: a change that began before must have landed below before it is
// removed there, and none may land while it is.
bool RecoveryQueue::retryRemovals() {
    RecoveryItems::Removals wanted;
    {
        const std::lock_guard lock(m_mutex);
        wanted = m_items.removals();
    }
    if (!wanted.everything && wanted.patterns.empty()) {
        return true;
    }
    const auto mine = turnOfAll();
    if (!mine) {
        return false;
    }
    if (wanted.everything) {
        if (const auto cleared = m_lower->clear(); !cleared) {
            return false;
        }
        change([&](RecoveryItems& items) {
            ++m_retried;
            items.settleEverything(wanted.serial);
        });
    }
    for (const RecoveryItems::Pattern& pattern : wanted.patterns) {
        if (const auto erased = m_lower->eraseMatching(pattern.glob); !erased) {
            return false;
        }
        change([&](RecoveryItems& items) {
            ++m_retried;
            items.settlePattern(pattern);
        });
    }
    return true;
}

// Does not wait for its turn: whoever has it is changing the key himself.
RecoveryQueue::Retried RecoveryQueue::retry(std::string_view key) {
    const Clock& clock = SystemClock::instance();
    const auto mine = m_turns.take(hash64(key), clock.now(), clock);
    return mine ? retryHavingTurn(key) : Retried::skipped;
}

RecoveryQueue::Retried RecoveryQueue::retryHavingTurn(std::string_view key) {
    std::optional<RecoveryItems::Item> item;
    const TimePoint now = m_options.clock->now();
    change([&](RecoveryItems& items) {
        // Before a removal it would fall victim to it.
        const auto* found = items.covers(key) ? nullptr : items.find(key);
        if (found != nullptr) {
            item = *found;
            if (item->entry && item->entry->expiredAt(now)) {
                items.toErase(key);
                item->entry.reset();
            }
        }
    });
    if (!item) {
        return Retried::skipped;
    }
    bool failed = false;
    if (item->entry && overtaken(key, *item->entry, failed)) {
        change([&](RecoveryItems& items) {
            ++m_outdated;
            items.forget(key, item->stamp);
        });
        return Retried::done;
    }
    if (failed) {
        return Retried::failed;
    }
    std::optional<Error> error;
    if (item->entry) {
        if (auto set = m_lower->set(key, *item->entry); !set) {
            error = set.error();
        }
    } else if (auto erased = m_lower->erase(key); !erased) {
        error = erased.error();
    }
    if (error && backendFailure(error->code()) == BackendFailure::outage) {
        return Retried::failed;
    }
    change([&](RecoveryItems& items) {
        if (!error) {
            ++m_retried;
            items.forget(key, item->stamp);
            return;
        }
        // A value that is refused must not leave an older one in its place. What cannot even be
        // erased stays a miss, and lets the others go first.
        if (const auto* kept = items.find(key); kept != nullptr && kept->stamp == item->stamp) {
            items.toErase(key);
            items.moveBack(key, nextStamp());
        }
    });
    return error ? Retried::refused : Retried::done;
}

// Whether another process has stored a value that was loaded later.
bool RecoveryQueue::overtaken(std::string_view key, const Entry& entry, bool& failed) {
    if (!m_shared) {
        return false;
    }
    const auto below = m_lower->get(key);
    failed = !below && backendFailure(below.error().code()) == BackendFailure::outage;
    return below && *below && (*below)->created > entry.created;
}

}  // namespace cachescope
