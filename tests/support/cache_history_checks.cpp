// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The half of CacheHistory that says what was not allowed.

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/cache/entry_notes.h"
#include "tests/support/cache_history.h"

namespace cachescope::test {

namespace {

// Loads that begin at one and the same moment as marks are set apart by a nanosecond each, so an
// entry may say that it was created a little later than it was.
constexpr Duration kApart = std::chrono::microseconds{1};

}  // namespace

std::optional<std::size_t> CacheHistory::loadOf(std::size_t key, std::string_view text) const {
    std::size_t number = 0;
    const std::size_t bar = text.rfind('|');
    const char* const end = text.data() + text.size();
    if (bar == std::string_view::npos ||
        std::from_chars(text.data() + bar + 1, end, number).ptr != end ||
        number >= m_loads.size() || m_loads[number].key != key || textOf(number) != text) {
        return std::nullopt;
    }
    return number;
}

std::optional<Duration> CacheHistory::ttlOf(const LoadOf& load) const {
    const CacheOptions& options = m_keys[load.key].options;
    if (load.ownTtl) {
        return load.ownTtl;
    }
    return load.absent && options.negativeTtl ? options.negativeTtl : options.ttl;
}

std::uint64_t CacheHistory::voidBefore(const LoadOf& load, std::uint64_t asked) const {
    const Key& key = m_keys[load.key];
    std::uint64_t before = std::max(m_ofKeys[load.key].before(asked), m_ofAllKeys.before(asked));
    const unsigned tags = key.tags | load.tags;
    for (std::size_t tag = 0; tag < kTags; ++tag) {
        if ((tags >> tag & 1U) != 0) {
            before = std::max(before, m_ofTags[tag].before(asked));
        }
    }
    if (key.space) {
        before = std::max(before, m_ofSpaces[*key.space].before(asked));
    }
    return key.options.heedsMarks() ? std::max(before, m_ofEverything.before(asked)) : before;
}

// Whether somebody tried to since its load was asked for, or at the very moment at which the load
// began: while the clock stands, the cache cannot tell that load from those before.
bool CacheHistory::mayBeVoid(const LoadOf& load, const VoidLog& log) {
    return log.attempted > load.asked || (log.attempted > 0 && log.attemptedAt >= load.begunAt);
}

bool CacheHistory::mayBeVoid(const LoadOf& load) const {
    const Key& key = m_keys[load.key];
    const unsigned tags = key.tags | load.tags;
    bool may = mayBeVoid(load, m_ofKeys[load.key]) || mayBeVoid(load, m_ofAllKeys) ||
               mayBeVoid(load, m_ofEverything) ||
               (key.space && mayBeVoid(load, m_ofSpaces[*key.space]));
    for (std::size_t tag = 0; tag < kTags; ++tag) {
        may = may || ((tags >> tag & 1U) != 0 && mayBeVoid(load, m_ofTags[tag]));
    }
    return may;
}

// Whether a mark that it heeds may have been unreadable when the request looked: then it may stand
// in for a load only where the options say so.
bool CacheHistory::mayBeDoubtful(const LoadOf& load, const Request& request) const {
    const Key& key = m_keys[load.key];
    return m_latestUnread > request.begun && (key.options.heedsMarks() || load.tags != 0) &&
           m_clock.now() >= load.endedAt + key.options.staleIfError;
}

void CacheHistory::checkAge(const Request& request, LoadOf& load, const Fetched& fetched) {
    const CacheOptions& options = m_keys[request.key].options;
    const TimePoint now = m_clock.now();
    const TimePoint created = fetched.entry.created;
    if (created < load.endedAt || created > load.endedAt + dawdled + kApart) {
        violated(request.key, "the moment of its load is not right");
    }
    const auto ttl = ttlOf(load);
    TimePoint until = created;
    if (load.store && !ttl) {
        until = kNever;
    } else if (load.store && *ttl > Duration::zero()) {
        until = deadlineAfter(created, *ttl);
        if (options.sliding) {
            const bool slides = !load.ownTtl && !load.absent;
            if (slides && load.servedFresh) {
                until = std::max(until, deadlineAfter(*load.servedFresh, *ttl));
            }
            if (slides && request.insideOther) {
                until = std::max(until, deadlineAfter(now, *ttl));  // the other may slide it
            }
            if (options.maxAge) {
                until = std::min(until, deadlineAfter(created, *options.maxAge));
            }
        }
        until = deadlineAfter(until, fetched.stale == StaleReason::none ? Duration::zero()
                                     : fetched.stale == StaleReason::revalidating
                                         ? options.staleWhileRevalidate
                                         : options.grace());
    }
    // Calls that took long may have come between the cache's look at the time and now.
    if (now - dawdled > until) {
        violated(request.key, "too old: it was to end at " + inSeconds(until) + ", load " +
                                  textOf(static_cast<std::size_t>(&load - m_loads.data())));
    }
    if (fetched.stale == StaleReason::none) {
        load.servedFresh = std::max(load.servedFresh.value_or(now), now);
    }
}

void CacheHistory::checkValue(Request& request, const Fetched& fetched) {
    const auto number = loadOf(request.key, fetched.entry.value.view());
    if (!number || m_loads[*number].outcome != Outcome::gave) {
        violated(request.key,
                 "not a value that it was loaded with: " + fetched.entry.value.toString());
        return;
    }
    LoadOf& load = m_loads[*number];
    note(request.key, "is served load", *number);
    hashIn(*number);
    if (fetched.entry.version != load.version || fetched.absent != load.absent) {
        violated(request.key, "what was stored beside the value is not right");
    }
    if (load.begun < voidBefore(load, request.begun)) {
        violated(request.key, "served load " + std::to_string(*number) +
                                  ", which began before an invalidation, to request asked later");
    }
    checkAge(request, load, fetched);
    m_kinds.fresh += fetched.stale == StaleReason::none ? 1U : 0U;
    m_kinds.revalidating += fetched.stale == StaleReason::revalidating ? 1U : 0U;
    m_kinds.loadFailed += fetched.stale == StaleReason::loadFailed ? 1U : 0U;
    m_kinds.slowLoad += fetched.stale == StaleReason::slowLoad ? 1U : 0U;
    m_kinds.absent += fetched.absent ? 1U : 0U;
    m_kinds.waited += fetched.source == Source::waited ? 1U : 0U;
}

void CacheHistory::checkFailure(const Request& request, const Error& error) {
    const CacheOptions& options = m_keys[request.key].options;
    const TimePoint now = m_clock.now();
    if (request.fallback && now <= request.fallbackUntil &&
        !mayBeVoid(m_loads[*request.fallback]) &&
        !mayBeDoubtful(m_loads[*request.fallback], request)) {
        violated(request.key, "failed though load " + std::to_string(*request.fallback) +
                                  " could have been served: " + error.toLogLine() + "; its tags " +
                                  std::to_string(m_loads[*request.fallback].tags) +
                                  ", marks unread at " + std::to_string(m_latestUnread) +
                                  ", asked at " + std::to_string(request.begun));
    }
    if (error.code() == ErrorCode::timedOut) {
        ++m_kinds.timedOut;
        if (options.hardTimeout <= Duration::zero() || now < request.at + options.hardTimeout) {
            violated(request.key, "timed out before its time");
        }
        return;
    }
    ++m_kinds.failures;
    const auto number = loadOf(request.key, error.detail());
    if (!number) {
        violated(request.key, "failed without a load that failed: " + error.toLogLine());
        return;
    }
    const LoadOf& load = m_loads[*number];
    note(request.key, "is told of the failure of load", *number);
    hashIn(*number);
    TimePoint until = load.endedAt;
    if (load.outcome == Outcome::failed && error.code() == ErrorCode::loadFailed) {
        until = deadlineAfter(until + kApart, options.errorTtl);
        m_kinds.remembered += now > load.endedAt + dawdled ? 1U : 0U;
    } else if (load.outcome != Outcome::cancelled || error.code() != ErrorCode::cancelled) {
        violated(request.key, "not how its load ended: " + error.toLogLine());
    }
    if (now - dawdled > until) {
        violated(request.key, "a failure that is too old, of load " + std::to_string(*number));
    }
    if (load.begun <
        std::max(m_ofKeys[load.key].before(request.begun), m_ofAllKeys.before(request.begun))) {
        violated(request.key, "a failure from before an invalidation");
    }
}

void CacheHistory::answered(std::size_t number, const Result<Fetched>& result) {
    next();
    ++m_answers;
    Request& request = m_requests[number];
    note(request.key, "is answered: request", number);
    hashIn(number);
    hashIn(static_cast<std::uint64_t>(m_clock.now().time_since_epoch().count()));
    if (std::exchange(request.answered, true)) {
        violated(request.key, "answered twice");
    }
    if (result.ok()) {
        checkValue(request, *result);
    } else {
        hashIn(static_cast<std::uint64_t>(result.error().code()));
        checkFailure(request, result.error());
    }
}

void CacheHistory::storing(std::string_view name, const Entry& entry,
                           const std::optional<Entry>& before) {
    if (!EntryNotes::decode(entry.notes.view()).failure || !before ||
        EntryNotes::decode(before->notes.view()).failure) {
        return;
    }
    const auto found = std::find_if(m_keys.begin(), m_keys.end(),
                                    [name](const Key& key) { return key.name == name; });
    const auto key = static_cast<std::size_t>(found - m_keys.begin());
    const auto good = loadOf(key, before->value.view());
    if (good && !mayBeVoid(m_loads[*good])) {
        violated(key, "a failure takes the place of load " + std::to_string(*good));
    }
}

void CacheHistory::nobodyIsLate() {
    while (!m_deadlines.empty() && m_deadlines.front().first <= m_clock.now()) {
        const Request& request = m_requests[m_deadlines.front().second];
        if (!request.answered) {
            violated(request.key,
                     "waits too long: request " + std::to_string(m_deadlines.front().second));
        }
        m_deadlines.pop_front();
    }
}

void CacheHistory::ended(const StatsSnapshot& stats,
                         std::optional<std::uint64_t> failuresOfBackend) {
    for (std::size_t i = 0; i < m_requests.size(); ++i) {
        if (!m_requests[i].answered) {
            violated(m_requests[i].key, "was never answered: request " + std::to_string(i));
        }
    }
    std::uint64_t gave = 0;
    for (const LoadOf& load : m_loads) {
        EXPECT_NE(load.outcome, Outcome::running);
        gave += load.outcome == Outcome::gave ? 1U : 0U;
    }
    EXPECT_EQ(stats.hits + stats.misses, m_requests.size());
    EXPECT_EQ(m_answers, m_requests.size());
    EXPECT_EQ(stats.loads, m_loads.size());
    EXPECT_EQ(stats.loadFailures, m_failedLoads);
    EXPECT_LE(stats.coalesced, stats.misses);
    EXPECT_LE(stats.refreshes, stats.loads);
    EXPECT_LE(stats.fills, gave + m_failedLoads);
    EXPECT_EQ(stats.fallbacks, m_kinds.loadFailed + m_kinds.slowLoad);
    EXPECT_LE(stats.expiredHits, m_kinds.revalidating);
    EXPECT_GE(stats.timeouts, m_kinds.timedOut + m_kinds.slowLoad);
    if (failuresOfBackend) {
        EXPECT_EQ(stats.errors, *failuresOfBackend);
    }
}

}  // namespace cachescope::test
