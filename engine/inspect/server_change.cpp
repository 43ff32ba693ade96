// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/server_change.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kMostNameBytes = std::size_t{4} << 20;  // of a round trip
constexpr Duration kTooEarly = std::chrono::milliseconds{300};

using Kind = KeyChange::Kind;
using State = ChangeProgress::State;

std::optional<std::int64_t> millisecondsIn(const RedisReply& time) {
    if (!time.isArray() || time.elements.size() != 2) {
        return std::nullopt;
    }
    const auto number = [](const std::string& text) {
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    return number(time.elements[0].text) * 1000 + number(time.elements[1].text) / 1000;
}

}  // namespace

ServerChange::ServerChange(Task task)
    : m_task(std::move(task)),
      m_subject(m_task.server.address.toText()),
      m_pace(m_task.options.pace),
      m_worker("key-change", [this](Worker& worker, const std::stop_token&) { run(worker); }) {}

ServerChange::~ServerChange() = default;

ChangeProgress ServerChange::progress() const {
    const std::lock_guard lock(m_task.shared.mutex);
    ChangeProgress copy = m_published;
    if (copy.state == State::running && m_task.shared.paused) {
        copy.state = State::paused;
    }
    return copy;
}

void ServerChange::run(Worker& worker) {
    const StoppableWaits stoppable{m_task.shared.cutOff.get_token()};
    const auto changed = change(worker);
    for (const Item& item : m_items) {
        m_progress.unsure += item.open && item.sent ? 1 : 0;
    }
    m_items.clear();
    m_connection.reset();
    m_progress.remaining.reset();
    if (changed) {
        m_progress.state = State::done;
        m_progress.remaining = Duration::zero();
    } else if (isStopped()) {
        m_progress.state = State::stopped;
    } else {
        m_progress.state = State::failed;
        m_progress.failure = changed.error();
    }
    const std::lock_guard lock(m_task.shared.mutex);
    m_published = m_progress;
    m_task.shared.ended.notify_all();
}

Result<void> ServerChange::change(Worker& worker) {
    countTargets();
    if (auto valid = m_task.change.check(); !valid) {
        return valid;
    }
    // Before the first connection, so that a locked server hears nothing at all.
    const RedisCommand example = writing({});
    if (const auto pass = m_task.server.guard->admit(example, CommandReach::change); !pass) {
        return pass.error();
    }
    if (isStopped()) {
        return Error{ErrorCode::cancelled};
    }
    if (m_progress.targets == 0) {
        return {};
    }
    if (auto connected = connectAgain(worker); !connected) {
        return connected;
    }
    for (;;) {
        if (!m_task.shared.waitWhilePaused(worker)) {
            return Error{ErrorCode::cancelled};
        }
        if (m_items.empty()) {
            fetch(m_pace.count());
        }
        if (m_items.empty()) {
            return {};
        }
        const TimePoint begun = m_task.options.clock->now();
        auto done = batch();
        m_failures = done ? 0 : m_failures + 1;
        if (!done && mayPass(done.error().code()) && m_failures <= m_task.options.reconnects &&
            !isStopped()) {
            done = connectAgain(worker);
        }
        std::erase_if(m_items, [](const Item& item) { return !item.open; });
        if (!done) {
            return done;
        }
        publish();
        if (m_pace.rest() > Duration::zero() && !isStopped()) {
            (void)worker.sleepFor(m_pace.rest());
        }
        m_progress.active += m_task.options.clock->now() - begun;
    }
}

void ServerChange::countTargets() {
    if (m_task.undo != nullptr) {
        m_progress.targets = m_task.undo->size();
    } else {
        const std::stop_token cutOff = m_task.shared.cutOff.get_token();
        for (std::size_t i = 0; i < m_task.targets.count && !cutOff.stop_requested(); ++i) {
            m_progress.targets += m_task.targets.at(i).server == m_task.number ? 1U : 0U;
        }
    }
    publish();
}

void ServerChange::fetch(std::size_t most) {
    std::size_t bytes = 0;
    const auto add = [&](std::size_t number, const FormerDeadline* former) {
        const ChangeTarget target = m_task.targets.at(number);
        if (target.server != m_task.number) {
            return;
        }
        Item item;
        item.target = number;
        item.name = target.name;
        if (former != nullptr) {
            item.before = former->after;
            item.after = former->before;
        }
        bytes += item.name.size();
        m_items.push_back(std::move(item));
    };
    const std::size_t end = m_task.undo != nullptr ? m_task.undo->size() : m_task.targets.count;
    while (m_next < end && m_items.size() < most && bytes < kMostNameBytes) {
        const FormerDeadline* const former =
            m_task.undo != nullptr ? &(*m_task.undo)[m_next] : nullptr;
        add(former != nullptr ? former->target : m_next, former);
        ++m_next;
    }
}

Result<void> ServerChange::connectAgain(Worker& worker) {
    const int attempts = m_facts ? m_task.options.reconnects : 0;
    return connectPatiently(worker, m_task.shared, attempts, [this] { return connect(); });
}

Result<void> ServerChange::connect() {
    m_connection.reset();
    const Clock& clock = *m_task.options.clock;
    const TimePoint deadline = deadlineAfter(clock.now(), m_task.options.connectTimeout);
    auto connected = connectForRun(m_task.server, CommandReach::change,
                                   m_facts ? &*m_facts : nullptr, deadline, clock);
    if (!connected) {
        return connected.error();
    }
    m_connection = std::move(connected->connection);
    m_facts = std::move(connected->facts);
    m_readsAbsolute = m_facts->has(ServerAbility::absoluteExpiry);
    if (m_task.change.kind == Kind::remove) {
        return {};
    }
    m_commands.clear();
    const auto time = ask();
    return time ? Result<void>{} : time.error();
}

Result<void> ServerChange::batch() {
    if (m_pace.wantsPing()) {
        if (auto pinged =
                pingForPace(*m_connection, m_pace, m_task.options.timeout, *m_task.options.clock);
            !pinged) {
            return pinged;
        }
    }
    return m_task.change.kind == Kind::remove ? removeAll() : setDeadlines();
}

// One round trip with m_commands. Of deadlines, led by what time it is for the server.
Result<std::vector<RedisReply>> ServerChange::ask() {
    const bool asksTime = m_task.change.kind != Kind::remove;
    if (asksTime) {
        m_commands.insert(m_commands.begin(), RedisCommand{"TIME"});
    }
    const Clock& clock = *m_task.options.clock;
    const TimePoint asked = clock.now();
    auto replies = m_connection->ask(m_commands, deadlineAfter(asked, m_task.options.timeout));
    if (!replies) {
        return replies.error();
    }
    const TimePoint came = clock.now();
    if (auto failure = passingFailure(*replies, m_subject)) {
        return *failure;
    }
    m_pace.paged(came - asked);
    if (asksTime) {
        if (const auto now = millisecondsIn(replies->front())) {
            const TimePoint middle = asked + (came - asked) / 2;
            m_serverTime = *now;
            m_clockAhead = std::chrono::milliseconds{*now} - middle.time_since_epoch();
        } else if (m_facts->knowsClock) {
            m_clockAhead = m_facts->clockAhead;
            m_serverTime = serverNow();
        } else {
            return refusalOf(m_commands.front(), replies->front());
        }
        replies->erase(replies->begin());
        m_commands.erase(m_commands.begin());
    }
    return replies;
}

std::int64_t ServerChange::serverNow() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               m_task.options.clock->now().time_since_epoch() + m_clockAhead)
        .count();
}

void ServerChange::publish() {
    const std::uint64_t handled = m_progress.handled();
    m_progress.backsOff = m_pace.backsOff();
    if (handled > 0 && m_progress.active >= kTooEarly) {
        const std::uint64_t open = m_progress.targets - std::min(handled, m_progress.targets);
        m_progress.remaining = Duration{
            static_cast<std::int64_t>(static_cast<double>(m_progress.active.count()) *
                                      static_cast<double>(open) / static_cast<double>(handled))};
    }
    const std::lock_guard lock(m_task.shared.mutex);
    m_published = m_progress;
}

}  // namespace cachescope::inspect
