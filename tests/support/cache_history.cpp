// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cache_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "engine/cache/entry_notes.h"
#include "engine/cache/freshness.h"
#include "engine/core/random.h"

namespace cachescope::test {

namespace {

constexpr std::uint64_t kMostReported = 3;

}  // namespace

std::string CacheHistory::inSeconds(TimePoint moment) {
    return std::to_string(static_cast<double>(moment.time_since_epoch().count()) / 1e9) + " s";
}

void VoidLog::add(std::uint64_t begun, std::uint64_t ended) {
    m_voided.push_back({ended, m_voided.empty() ? begun : std::max(begun, m_voided.back().begun)});
}

std::uint64_t VoidLog::before(std::uint64_t asked) const noexcept {
    const auto late =
        std::partition_point(m_voided.begin(), m_voided.end(),
                             [asked](const Voided& each) { return each.ended < asked; });
    return late == m_voided.begin() ? 0 : std::prev(late)->begun;
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
    if (!notes.failure && !notes.damaged) {
        request.fallback = loadOf(request.key, entry.value.view());
        // A hit on the value before may have moved its deadline past its own end.
        request.fallbackUntil = freshness::fallbackUntil(entry, notes, m_keys[request.key].options);
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

}  // namespace cachescope::test
