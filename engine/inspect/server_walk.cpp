// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/server_walk.h"

#include <algorithm>
#include <utility>

#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kPagesPerSize = 64;  // between two DBSIZE

using State = WalkProgress::State;

}  // namespace

ServerWalk::ServerWalk(GuardedServer server, std::uint16_t number, const WalkOptions& options,
                       KeyCensus& census, RunControl& shared)
    : m_server(std::move(server)),
      m_subject(m_server.address.toText()),
      m_number(number),
      m_options(options),
      m_census(census),
      m_shared(shared),
      m_pace(options.pace),
      m_worker("key-walk", [this](Worker& worker, const std::stop_token&) { run(worker); }) {}

ServerWalk::~ServerWalk() = default;

WalkProgress ServerWalk::progress() const {
    const std::lock_guard lock(m_shared.mutex);
    WalkProgress copy = m_progress;
    if (copy.state == State::running && m_shared.paused) {
        copy.state = State::paused;
    }
    return copy;
}
std::optional<ServerFacts> ServerWalk::facts() const {
    const std::lock_guard lock(m_shared.mutex);
    return m_published;
}

void ServerWalk::run(Worker& worker) {
    const StoppableWaits stoppable{m_shared.cutOff.get_token()};
    auto walked = walk(worker);
    if (m_questions) {
        const auto kept = keepPending();
        walked = walked && !kept ? kept : walked;
        publish();
    }
    const std::lock_guard lock(m_shared.mutex);
    if (isStopped()) {
        m_progress.state = State::stopped;
        m_progress.remaining.reset();
    } else if (walked) {
        m_progress.state = State::done;
        m_progress.fraction = 1;
        m_progress.remaining = Duration::zero();
    } else {
        m_progress.state = State::failed;
        m_progress.remaining.reset();
        m_progress.failure = walked.error();
    }
    m_shared.ended.notify_all();
}

Result<void> ServerWalk::walk(Worker& worker) {
    if (auto connected = connectAgain(worker); !connected) {
        return connected;
    }
    m_census.expect(m_facts.keys.value_or(0));
    while (!m_atEnd || !m_fresh.empty()) {
        if (!m_shared.waitWhilePaused(worker)) {
            return Error{ErrorCode::cancelled};
        }
        const TimePoint begun = m_options.clock->now();
        auto read = page();
        m_failures = read ? 0 : m_failures + 1;
        if (!read && mayPass(read.error().code()) && m_failures <= m_options.reconnects) {
            read = connectAgain(worker);
        }
        if (!read) {
            return read.error();
        }
        const bool rests = m_pace.rest() > Duration::zero() && !m_atEnd;
        if (rests && !worker.sleepFor(m_pace.rest())) {
            return Error{ErrorCode::cancelled};
        }
        m_active += m_options.clock->now() - begun;
        publish();
    }
    return {};
}

Result<void> ServerWalk::connectAgain(Worker& worker) {
    // A server that was never reached is probably not there.
    const int attempts = m_questions ? m_options.reconnects : 0;
    return connectPatiently(worker, m_shared, attempts, [this] { return connect(); });
}

Result<void> ServerWalk::connect() {
    m_connection.reset();
    const Clock& clock = *m_options.clock;
    const TimePoint deadline = deadlineAfter(clock.now(), m_options.connectTimeout);
    auto connected = connectForRun(m_server, CommandReach::observe,
                                   m_questions ? &m_facts : nullptr, deadline, clock);
    if (!connected) {
        return connected.error();
    }
    m_connection = std::move(connected->connection);
    m_facts = std::move(connected->facts);
    if (!m_questions) {
        m_questions.emplace(m_facts, KeyQuestions::Options{m_options.readsIdle, m_number});
    }
    const std::lock_guard lock(m_shared.mutex);
    m_published = m_facts;
    m_progress.expected = m_facts.keys.value_or(0);
    return {};
}

// One round trip: the next SCAN and the questions about the keys of the page before.
Result<void> ServerWalk::page() {
    if (m_pace.wantsPing()) {
        if (auto pinged =
                pingForPace(*m_connection, m_pace, m_options.pageTimeout, *m_options.clock);
            !pinged) {
            return pinged;
        }
    }
    std::size_t leading = 0;
    const bool asksSize = m_facts.keys && m_pages % kPagesPerSize == 0;
    m_commands.resize(std::max<std::size_t>(m_commands.size(), 2));
    if (!m_atEnd) {
        m_commands[leading++] = {"SCAN", m_cursor, "COUNT", std::to_string(m_pace.count())};
    }
    if (asksSize) {
        m_commands[leading++] = {"DBSIZE"};
    }
    const auto round = m_questions->ask(m_fresh, m_commands, leading);
    const std::size_t end = leading + m_fresh.size() * round.perKey();
    Result<void> kept;
    const TimePoint asked = m_options.clock->now();
    auto replies = m_connection->ask(std::span{m_commands}.first(end),
                                     deadlineAfter(asked, m_options.pageTimeout),
                                     [&] { kept = keepPending(); });
    if (!replies || !kept) {
        return kept ? replies.error() : kept.error();
    }
    if (auto failure = passingFailure(*replies, m_subject)) {
        return *failure;
    }
    const TimePoint now = m_options.clock->now();
    m_pace.paged(now - asked);
    auto next = m_atEnd ? Result<Page>{Page{}} : pageIn(replies->front());
    if (!next) {
        return next.error();
    }
    if (asksSize && (*replies)[leading - 1].isInteger()) {
        m_expected = static_cast<std::uint64_t>((*replies)[leading - 1].integer);
    }
    ++m_pages;
    m_pending.keys = std::exchange(m_fresh, std::move(next->keys));
    m_pending.round = round;
    m_pending.replies = std::move(*replies);
    m_pending.leading = leading;
    m_pending.came = now;
    if (!m_atEnd) {
        m_cursor = next->cursor;
        m_atEnd = m_cursor == "0";
    }
    return {};
}

Result<ServerWalk::Page> ServerWalk::pageIn(RedisReply& reply) const {
    if (!reply.isArray() || reply.elements.size() != 2 || !reply.elements[1].isArray()) {
        return unexpectedReply(reply, m_subject);
    }
    Page page;
    page.cursor = reply.elements[0].text;
    page.keys.reserve(reply.elements[1].elements.size());
    for (RedisReply& key : reply.elements[1].elements) {
        page.keys.push_back(std::move(key.text));
    }
    return page;
}

Result<void> ServerWalk::keepPending() {
    const std::size_t perKey = m_pending.round.perKey();
    const auto replies = std::span{m_pending.replies}.subspan(m_pending.leading);
    m_found.clear();
    for (std::size_t i = 0; i < m_pending.keys.size(); ++i) {
        const auto answer = m_questions->answer(
            m_pending.round, replies.subspan(i * perKey, perKey), m_pending.came);
        if (answer.isThere) {
            m_found.push_back({m_pending.keys[i], answer.facts});
        }
    }
    const auto added = m_census.add(m_found);
    if (!added) {
        return added.error();
    }
    m_keys += *added;
    m_duplicates += m_found.size() - *added;
    m_vanished += m_pending.keys.size() - m_found.size();
    m_pending = {};
    return {};
}

double ServerWalk::fractionNow() const {
    const auto behind = fractionBehind(m_cursor);
    // In a cluster the cursor of newer servers holds the slot, and does not count upwards.
    if (m_pages > 0 && behind && !m_facts.inCluster) {
        return *behind;
    }
    return m_expected == 0
               ? 0.0
               : std::min(static_cast<double>(m_keys) / static_cast<double>(m_expected), 1.0);
}

void ServerWalk::publish() {
    m_fraction = std::max(fractionNow(), m_fraction);
    m_remaining.note(m_active, m_fraction);
    const std::lock_guard lock(m_shared.mutex);
    m_progress.keys = m_keys;
    m_progress.expected = m_expected != 0 ? m_expected : m_progress.expected;
    m_progress.duplicates = m_duplicates;
    m_progress.vanished = m_vanished;
    m_progress.pages = m_pages;
    m_progress.fraction = m_fraction;
    m_progress.active = m_active;
    m_progress.remaining = m_remaining.estimate();
    m_progress.count = m_pace.count();
    m_progress.backsOff = m_pace.backsOff();
    if (m_progress.missingRules.size() !=
        m_facts.missingRules.size() + m_questions->missingRules().size()) {
        m_progress.missingRules = m_facts.missingRules;
        m_progress.missingRules.insert(m_progress.missingRules.end(),
                                       m_questions->missingRules().begin(),
                                       m_questions->missingRules().end());
    }
}

}  // namespace cachescope::inspect
