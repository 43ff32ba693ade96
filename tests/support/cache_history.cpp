// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cache_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "engine/cache/entry_notes.h"
#include "engine/core/random.h"

namespace cachescope::test {

namespace {

constexpr std::uint64_t kMostReported = 3;
// Loads that begin at one and the same moment as marks are set apart by a nanosecond each, so an
// entry may say that it was created a little later than it was.
constexpr Duration kApart = std::chrono::microseconds{1};

std::string inSeconds(TimePoint moment) {
    return std::to_string(static_cast<double>(moment.time_since_epoch().count()) / 1e9) + " s";
}

}  // namespace

void VoidLog::add(std::uint64_t begun, std::uint64_t ended) {
    m_voided.push_back({ended, m_voided.empty() ? begun : std::max(begun, m_voided.back().begun)});
}

std::uint64_t VoidLog::before(std::uint64_t asked) const noexcept {
    for (auto it = m_voided.rbegin(); it != m_voided.rend(); ++it) {
        if (it->ended < asked) {
            return it->begun;
        }
    }
    return 0;
}

CacheHistory::CacheHistory(std::uint64_t seed, const Clock& clock, std::vector<Key> keys)
    : m_seed(seed),
      m_clock(clock),
      m_keys(std::move(keys)),
      m_running(m_keys.size()),
      m_trails(m_keys.size()),
      m_ofKeys(m_keys.size()) {}

void CacheHistory::note(std::size_t key, const char* what, std::uint64_t number) {
    auto& trail = m_trails[key];
    if (trail.size() == kTrailLength) {
        trail.pop_front();
    }
    trail.push_back({m_moment, m_clock.now(), what, number});
}

void CacheHistory::violated(std::size_t key, const std::string& what) {
    if (++m_violations > kMostReported) {
        return;
    }
    const CacheOptions& options = m_keys[key].options;
    std::ostringstream text;
    const auto ms = [](Duration span) { return static_cast<double>(span.count()) / 1e6; };
    text << what << "\nseed " << m_seed << ", key " << m_keys[key].name << " at "
         << inSeconds(m_clock.now()) << "; in ms: ttl " << (options.ttl ? ms(*options.ttl) : -1)
         << ", sliding " << options.sliding << ", max age "
         << (options.maxAge ? ms(*options.maxAge) : -1) << ", jitter " << options.jitter
         << ", negative ttl " << (options.negativeTtl ? ms(*options.negativeTtl) : -1)
         << ", error ttl " << ms(options.errorTtl) << ", single flight " << options.singleFlight
         << ", lease " << ms(options.lease) << ", stale while revalidate "
         << ms(options.staleWhileRevalidate) << ", refresh after " << options.refreshAfter
         << ", xfetch " << options.xfetchBeta << ", stale if error " << ms(options.staleIfError)
         << ", retry after " << ms(options.retryAfter) << ", soft " << ms(options.softTimeout)
         << ", hard " << ms(options.hardTimeout) << ", heeds marks " << options.heedsMarks();
    for (const Trail& trail : m_trails[key]) {
        text << '\n'
             << trail.moment << ' ' << inSeconds(trail.at) << ' ' << trail.what << ' '
             << trail.number;
    }
    ADD_FAILURE() << text.str();
}

void CacheHistory::hashIn(std::uint64_t number) noexcept {
    m_hash = mix64(m_hash ^ mix64(number));
}

std::size_t CacheHistory::ask(std::size_t key, bool insideOther) {
    Request request{.key = key, .begun = next(), .at = m_clock.now()};
    request.insideOther = insideOther;
    m_requests.push_back(request);
    note(key, "asks", m_requests.size() - 1);
    return m_requests.size() - 1;
}

void CacheHistory::asked(std::size_t number) {
    Request& request = m_requests[number];
    request.isAsking = false;
    const Duration limit = m_keys[request.key].options.hardTimeout;
    if (!request.answered && limit > Duration::zero()) {
        // Counted from here: a backend that takes its time cannot be hurried.
        request.deadline = m_clock.now() + limit;
        const auto place = std::upper_bound(m_deadlines.begin(), m_deadlines.end(),
                                            std::pair{request.deadline, number});
        m_deadlines.insert(place, {request.deadline, number});
    }
}

void CacheHistory::looked(std::size_t number, std::string_view key,
                          const std::optional<Entry>* found) {
    Request& request = m_requests[number];
    if (key != m_keys[request.key].name || std::exchange(request.looked, true) ||
        found == nullptr || !*found) {
        return;
    }
    const Entry& entry = **found;
    const EntryNotes notes = EntryNotes::decode(entry.notes.view());
    if (!notes.failure) {
        request.fallback = loadOf(request.key, entry.value.view());
        request.fallbackUntil = entry.expires == kNever ? kNever
                                                        : entry.expires - notes.grace +
                                                              m_keys[request.key].options.grace();
    }
}

std::size_t CacheHistory::begin(std::size_t number, std::uint64_t version) {
    const Request& request = m_requests[number];
    LoadOf load;
    load.key = request.key;
    load.asked = request.begun;
    load.begun = next();
    load.begunAt = m_clock.now();
    load.version = version;
    m_loads.push_back(load);
    note(load.key, "load begins", m_loads.size() - 1);
    auto& running = m_running[load.key];
    if (m_keys[load.key].options.singleFlight) {
        for (const std::size_t other : running) {
            const std::uint64_t since = std::min(load.asked, m_loads[other].asked);
            if (m_ofKeys[load.key].attempted < since && m_ofAllKeys.attempted < since &&
                m_latestMark < since) {
                violated(load.key, "a second load beside " + std::to_string(other));
            }
        }
    }
    running.push_back(m_loads.size() - 1);
    return m_loads.size() - 1;
}

std::string CacheHistory::textOf(std::size_t number) const {
    const LoadOf& load = m_loads[number];
    return m_keys[load.key].name + '|' + std::to_string(load.version) + '|' +
           std::to_string(number);
}

Loaded CacheHistory::give(std::size_t number, bool absent, bool store,
                          std::optional<Duration> ownTtl, unsigned tags) {
    next();
    LoadOf& load = m_loads[number];
    load.outcome = Outcome::gave;
    load.endedAt = m_clock.now();
    load.absent = absent;
    load.store = store;
    load.ownTtl = ownTtl;
    load.tags = tags;
    std::erase(m_running[load.key], number);
    note(load.key, "load gives", number);
    Loaded loaded{.value = Bytes{textOf(number)}, .version = load.version};
    loaded.absent = absent;
    loaded.store = store;
    loaded.ttl = ownTtl;
    for (std::size_t tag = 0; tag < kTags; ++tag) {
        if ((tags >> tag & 1U) != 0) {
            loaded.tags.push_back(std::to_string(tag));
        }
    }
    return loaded;
}

Error CacheHistory::fail(std::size_t number, bool cancelled) {
    next();
    LoadOf& load = m_loads[number];
    load.outcome = cancelled ? Outcome::cancelled : Outcome::failed;
    load.endedAt = m_clock.now();
    ++m_failedLoads;
    std::erase(m_running[load.key], number);
    note(load.key, "load fails", number);
    return Error{cancelled ? ErrorCode::cancelled : ErrorCode::loadFailed, "origin",
                 textOf(number)};
}

std::uint64_t CacheHistory::voiding(const std::vector<VoidLog*>& logs) {
    const std::uint64_t moment = next();
    for (VoidLog* log : logs) {
        log->attempted = moment;
        log->attemptedAt = m_clock.now();
        if (log >= m_ofKeys.data() && log < m_ofKeys.data() + m_ofKeys.size()) {
            note(static_cast<std::size_t>(log - m_ofKeys.data()), "is being invalidated", moment);
        } else if (log != &m_ofAllKeys) {
            m_latestMark = moment;
        }
    }
    return moment;
}

void CacheHistory::voided(const std::vector<VoidLog*>& logs, std::uint64_t begun, bool ok) {
    const std::uint64_t moment = next();
    for (VoidLog* log : logs) {
        log->attempted = moment;
        log->attemptedAt = m_clock.now();
        if (log >= m_ofKeys.data() && log < m_ofKeys.data() + m_ofKeys.size()) {
            note(static_cast<std::size_t>(log - m_ofKeys.data()),
                 ok ? "was invalidated" : "was not invalidated", begun);
        } else if (log != &m_ofAllKeys) {
            m_latestMark = moment;
        }
        if (ok) {
            log->add(begun, moment);
        }
    }
}

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
        !mayBeVoid(m_loads[*request.fallback])) {
        violated(request.key, "failed though load " + std::to_string(*request.fallback) +
                                  " could have been served: " + error.toLogLine());
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
