// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/live_monitor.h"

#include <algorithm>
#include <new>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/inspect/server_panels.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

const std::string kExpiredChannels = "__keyevent@*__:expired";

template <class Each>
void keepAtMost(std::deque<Each>& all, std::size_t most) {
    while (all.size() > most) {
        all.pop_front();
    }
}

template <class Each>
std::vector<Each> after(const std::deque<Each>& all, std::uint64_t number) {
    const auto begin = std::partition_point(
        all.begin(), all.end(), [&](const Each& each) { return each.number <= number; });
    return {begin, all.end()};
}

}  // namespace

LiveMonitor::LiveMonitor(GuardedSession& session, LiveMonitorOptions options)
    : m_session(session),
      m_options(std::move(options)),
      m_clock(session.clock()),
      m_worker("live-monitor",
               [this](Worker& self, const std::stop_token& stop) { run(self, stop); }) {}

LiveMonitor::~LiveMonitor() = default;

void LiveMonitor::setWatched(bool isWatched) {
    m_isWatched.store(isWatched, std::memory_order_release);
    m_worker.wake();
}

void LiveMonitor::mark(LiveMark::Kind kind, std::string detail) {
    const std::lock_guard lock(m_mutex);
    m_marks.push_back({++m_markNumber, kind, m_clock.now(), 0, std::move(detail)});
    keepAtMost(m_marks, m_options.keptMarks);
}

LiveMonitor::View LiveMonitor::view(std::uint64_t afterSample, std::uint64_t afterMark) const {
    const std::lock_guard lock(m_mutex);
    View view = m_status;
    view.samples = after(m_samples, afterSample);
    view.marks = after(m_marks, afterMark);
    return view;
}

void LiveMonitor::run(Worker& self, const std::stop_token& stop) {
    const StoppableWaits stoppable(stop);
    TimePoint next = m_clock.now();
    while (!stop.stop_requested()) {
        if (!m_isWatched.load(std::memory_order_acquire)) {
            beginAnew();
            if (!self.sleep()) {
                return;
            }
            next = m_clock.now();
            continue;
        }
        try {
            if (const auto looked = look(stop); !looked) {
                fail(looked.error());
            }
        } catch (const std::bad_alloc&) {
            fail(Error{ErrorCode::outOfMemory});
        }
        // What was missed is not made up for.
        next = std::max(deadlineAfter(next, m_options.interval), m_clock.now());
        if (!waitForNext(self, next, stop)) {
            return;
        }
    }
}

// Events are taken as they come, so that they do not pile up at the server.
bool LiveMonitor::waitForNext(Worker& self, TimePoint next, const std::stop_token& stop) {
    while (m_events != nullptr && m_isWatched.load(std::memory_order_acquire)) {
        const auto ready = m_events->waitForNews(next);
        if (stop.stop_requested()) {
            return false;
        }
        if (!ready) {
            m_events.reset();
            break;
        }
        if (!*ready) {
            return true;
        }
        hearEvents();
    }
    const TimePoint now = m_clock.now();
    return next <= now ? !stop.stop_requested() : self.sleepFor(next - now);
}

void LiveMonitor::hearEvents() {
    const auto messages = m_events->receive();
    if (!messages) {
        m_events.reset();
        m_nextConfiguration = TimePoint{};  // it is tried again with that
        return;
    }
    for (const RedisReply& message : *messages) {
        if (message.isError()) {
            needRule(refusalOf({"PSUBSCRIBE", kExpiredChannels}, message));
            m_events.reset();
            return;
        }
        const bool isEvent = message.isArray() && message.elements.size() == 4;
        m_heard += isEvent ? 1 : 0;
    }
}

Result<void> LiveMonitor::look(const std::stop_token& stop) {
    auto snapshot = takeSnapshot(stop);
    if (!snapshot) {
        return snapshot.error();
    }
    if (m_asksConfiguration && m_clock.now() >= m_nextConfiguration) {
        lookAtConfiguration(stop);
        m_nextConfiguration = deadlineAfter(m_clock.now(), m_options.configuration);
    }
    if (m_events != nullptr) {
        hearEvents();
    }
    add(std::move(*snapshot));
    return {};
}

Result<LiveSnapshot> LiveMonitor::takeSnapshot(const std::stop_token& stop) {
    const Ask ask = [&](std::vector<RedisCommand> commands) {
        return m_session.ask(std::move(commands), CommandReach::observe, RedisPriority::interactive,
                             deadlineAfter(m_clock.now(), m_options.timeout), stop);
    };
    const TimePoint asked = m_clock.now();
    const auto pong = ask({{"PING"}});
    if (!pong) {
        return pong.error();
    }
    const TimePoint answered = m_clock.now();
    auto counted = takeCounters(ask);
    if (counted && !counted->isExact()) {
        // Somebody opened a key just then. Another time is mostly enough.
        counted = takeCounters(ask);
    }
    if (!counted) {
        return counted.error();
    }
    LiveSnapshot snapshot = std::move(*counted);
    snapshot.ping = answered - asked;
    if (!m_asksLatency) {
        return snapshot;
    }
    const RedisCommand histogram{"LATENCY", "HISTOGRAM"};
    const auto latency = ask({histogram});
    if (!latency) {
        return latency.error();
    }
    if (latency->front().isArray()) {
        snapshot.latency = ServerLatency::of(latency->front());
    } else {
        m_asksLatency = false;
        needRule(refusalOf(histogram, latency->front()));
    }
    return snapshot;
}

Result<LiveSnapshot> LiveMonitor::takeCounters(const Ask& ask) {
    const LookUpGate::Pause pause(m_session.guard().lookUpGate());
    const Meter& meter = m_session.guard().meter();
    const Meter::Figures before = meter.figures();
    const RedisCommand info{"INFO", "all"};
    const auto told = ask({info});
    if (!told) {
        return told.error();
    }
    if (told->front().isError()) {
        return refusalOf(info, told->front());
    }
    const RedisInfo fields(told->front().text);
    LiveSnapshot snapshot = LiveSnapshot::of(fields, m_clock.now());
    snapshot.before = before;
    snapshot.after = meter.figures();
    m_ownServerTime = estimatedServerTime(snapshot.after, fields);
    return snapshot;
}

void LiveMonitor::lookAtConfiguration(const std::stop_token& stop) {
    auto read = readConfiguration(m_session, m_options.timeout, stop);
    if (!read) {
        m_asksConfiguration = read.error().code() != ErrorCode::noPermission &&
                              read.error().code() != ErrorCode::serverError;
        needRule(read.error());
        return;
    }
    std::string changes;
    bool sendsExpired = false;
    for (const ConfigurationValue& each : *read) {
        const auto before =
            std::find_if(m_configuration.begin(), m_configuration.end(),
                         [&](const auto& known) { return known.first == each.name; });
        if (before != m_configuration.end() && before->second != each.value) {
            changes += (changes.empty() ? "" : ", ") + each.name + " " + before->second + " -> " +
                       each.value;
        }
        if (each.id == ConfigurationId::notifyKeyspaceEvents) {
            sendsExpired = sendsEvents(each.value, 'x');
        }
    }
    m_configuration.clear();
    for (ConfigurationValue& each : *read) {
        m_configuration.emplace_back(std::move(each.name), std::move(each.value));
    }
    if (!changes.empty()) {
        mark(LiveMark::Kind::configuration, std::move(changes));
    }
    if (!sendsExpired) {
        m_events.reset();
    } else if (m_events == nullptr) {
        const TimePoint deadline = deadlineAfter(m_clock.now(), m_options.timeout);
        auto opened = GuardedConnection::open(m_session.address(), m_session.sharedGuard(),
                                              CommandReach::observe, deadline, m_clock);
        if (opened && (*opened)->post({"PSUBSCRIBE", kExpiredChannels}, deadline)) {
            m_events = std::move(*opened);
            m_heard = 0;
        }
    }
}

void LiveMonitor::add(LiveSnapshot snapshot) {
    LiveFigures figures;
    if (m_known) {
        figures = liveFigures(*m_known, snapshot);
    }
    noteChanges(snapshot, figures);
    const bool isFirst = m_window.empty() || figures.broken != LiveBreak::none;
    if (isFirst) {
        // Nothing to compare with: neither a figure, nor a ratio over a window.
        m_window.clear();
        figures = LiveFigures{.broken = figures.broken};
        m_heard = 0;
    }
    if (!m_first || figures.broken != LiveBreak::none) {
        m_first = snapshot;
    }
    LiveSample sample;
    sample.at = snapshot.at;
    sample.figures = figures;
    if (!isFirst) {
        sample.windowHitRatio = liveFigures(m_window.front(), snapshot).hitRatio;
        if (m_options.due) {
            sample.due = m_options.due(m_window.back().at, snapshot.at);
        }
    }
    sample.lifetimeHitRatio = lifetimeHitRatio(*m_first, snapshot);
    sample.memory = snapshot.memory;
    sample.maxMemory = snapshot.maxMemory;
    sample.residentMemory = snapshot.residentMemory;
    sample.clients = snapshot.clients;
    sample.blockedClients = snapshot.blockedClients;
    sample.keys = snapshot.keys;
    sample.keysWithTtl = snapshot.keysWithTtl;
    sample.staleShare = snapshot.staleShare;
    sample.ping = snapshot.ping;
    sample.own = snapshot.after;
    sample.ownServerTime = m_ownServerTime;
    if (m_events != nullptr) {
        sample.expiredEvents = std::exchange(m_heard, 0);
    }
    m_known = snapshot;
    m_window.push_back(std::move(snapshot));
    // One that is as old as the window or older is what its ratio is counted from.
    while (m_window.size() > 2 && m_window[1].at <= m_window.back().at - m_options.window) {
        m_window.pop_front();
    }
    const std::lock_guard lock(m_mutex);
    sample.number = ++m_sampleNumber;
    m_samples.push_back(std::move(sample));
    keepAtMost(m_samples, m_options.keptSamples);
    m_status.version = m_known->version;
    m_status.role = m_known->role;
    if (std::exchange(m_status.failure, std::nullopt)) {
        m_marks.push_back({++m_markNumber, LiveMark::Kind::found, m_known->at, 0, {}});
    }
}

void LiveMonitor::noteChanges(const LiveSnapshot& snapshot, const LiveFigures& figures) {
    if (!m_known) {
        return;
    }
    if (figures.broken == LiveBreak::restart) {
        mark(LiveMark::Kind::restart);
    } else if (figures.broken == LiveBreak::statsReset) {
        mark(LiveMark::Kind::statsReset);
    } else if (m_known->role != snapshot.role || m_known->replicationId != snapshot.replicationId) {
        mark(LiveMark::Kind::failover, m_known->role + " -> " + snapshot.role);
    }
    const bool evicts = figures.evicted != 0;
    if (evicts && !m_evicts) {
        const std::lock_guard lock(m_mutex);
        m_marks.push_back(
            {++m_markNumber, LiveMark::Kind::evictions, snapshot.at, figures.evicted, {}});
    }
    m_evicts = evicts;
}

void LiveMonitor::fail(const Error& failure) {
    if (failure.code() == ErrorCode::cancelled) {
        return;
    }
    // A gap: the next sample must not cover it.
    beginAnew();
    const std::lock_guard lock(m_mutex);
    if (!m_status.failure) {
        m_marks.push_back({++m_markNumber, LiveMark::Kind::lost, m_clock.now(), 0,
                           std::string{errorCodeName(failure.code())}});
    }
    m_status.failure = failure;
}

void LiveMonitor::needRule(const Error& refused) {
    if (refused.code() != ErrorCode::noPermission) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    auto& rules = m_status.missingRules;
    if (std::find(rules.begin(), rules.end(), refused.subject()) == rules.end()) {
        rules.push_back(refused.subject());
    }
}

// Without anything to compare with.
void LiveMonitor::beginAnew() {
    m_window.clear();
    m_events.reset();
    m_nextConfiguration = TimePoint{};
    m_asksLatency = true;
    m_asksConfiguration = true;
    const std::lock_guard lock(m_mutex);
    m_status.missingRules.clear();
}

}  // namespace cachescope::inspect
