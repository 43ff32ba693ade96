// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/session_loop.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

namespace cachescope {

namespace {

// As much is made ready for one write: enough for a call of the system to be cheap, and little
// enough for an urgent request not to stand behind it.
constexpr std::size_t kOutput = std::size_t{64} * 1024;

// How often the thread looks by itself where the system had no descriptor to wake it with.
constexpr Duration kBlindLook = std::chrono::milliseconds{5};

// Whether waiting may help against what kept a connection from being made.
bool mayPass(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::unreachable:
        case ErrorCode::timedOut:
        case ErrorCode::disconnected:
        case ErrorCode::loading:
        case ErrorCode::io:
        case ErrorCode::tooLarge:
        case ErrorCode::outOfMemory:
            return true;
        default:
            return false;
    }
}

}  // namespace

RedisSession::Loop::Loop(RedisAddress address, RedisSessionOptions options)
    : m_address(std::move(address)),
      m_subject(m_address.toText()),
      m_options(options),
      m_clock(*options.clock),
      m_requests(options.backgroundWindow, options.interactiveWindow),
      m_random(options.seed != 0
                   ? options.seed
                   : static_cast<std::uint64_t>(options.clock->now().time_since_epoch().count())),
      m_worker("redis-session", [this](Worker&, const std::stop_token& stop) { run(stop); }) {}

void RedisSession::Loop::submit(SessionRequests::List& requests) {
    bool wakes = false;
    {
        const std::lock_guard lock(m_mutex);
        m_inbox.splice(m_inbox.end(), requests);
        wakes = std::exchange(m_asleep, false);
    }
    if (wakes) {
        m_wakeUp.notify();
    }
}

void RedisSession::Loop::sweepCancelled() {
    bool wakes = false;
    {
        const std::lock_guard lock(m_mutex);
        m_sweep = true;
        wakes = std::exchange(m_asleep, false);
    }
    if (wakes) {
        m_wakeUp.notify();
    }
}

RedisSession::Status RedisSession::Loop::status() const {
    const std::lock_guard lock(m_mutex);
    Status status = m_status;
    status.queued += m_inbox.size();
    return status;
}

void RedisSession::Loop::run(const std::stop_token& stop) {
    const std::stop_callback waker{stop, [this] { m_wakeUp.notify(); }};
    while (!stop.stop_requested()) {
        m_now = m_clock.now();
        receive();
        takeInbox();
        endDue();
        tendConnection();
        send();
        waitForEvents(stop);
    }
    m_opener.reset();
    closeAll();
}

void RedisSession::Loop::takeInbox() {
    SessionRequests::List submitted;
    bool sweep = false;
    {
        const std::lock_guard lock(m_mutex);
        submitted.swap(m_inbox);
        sweep = std::exchange(m_sweep, false);
        m_asleep = false;
        // Not gone in between, for whoever looks.
        m_status.queued = m_requests.waiting() + submitted.size();
    }
    m_requests.add(submitted);
    if (sweep) {
        m_requests.endCancelled();
    }
}

void RedisSession::Loop::endDue() {
    if (m_requests.nextDue() <= m_now) {
        const Error late{ErrorCode::timedOut, m_subject};
        const bool failing = m_link == nullptr && m_failure.has_value();
        const auto silentSince = m_requests.endDue(
            m_now, m_heard, late,
            failing ? Error{ErrorCode::unavailable, m_subject}.because(*m_failure) : late);
        if (silentSince) {
            m_giveUp = std::min(m_giveUp, deadlineAfter(*silentSince, m_options.silence));
        }
    }
    if (m_link != nullptr && m_giveUp <= m_now) {
        lose(Error{ErrorCode::timedOut, m_subject, "the server is silent"});
    }
}

void RedisSession::Loop::tendConnection() {
    if (m_opener != nullptr && m_opener->hasEnded()) {
        auto stream = m_opener->take();
        m_opener.reset();
        if (stream) {
            m_link = std::make_unique<SessionLink>(std::move(*stream));
            m_proven = false;
            m_heard = m_now;
            m_giveUp = kNever;
            m_failure.reset();
            ++m_made;
        } else {
            recordFailure(stream.error());
        }
    }
    if (m_link != nullptr || m_opener != nullptr || m_requests.waiting() == 0) {
        return;
    }
    if (m_now >= m_notBefore) {
        m_opener = std::make_unique<SessionOpener>(
            m_address, deadlineAfter(m_now, m_options.connectTimeout), m_clock, m_wakeUp);
    } else if (m_failure && !mayPass(m_failure->code())) {
        m_requests.endWaiting(Error{ErrorCode::unavailable, m_subject}.because(*m_failure));
    }
}

void RedisSession::Loop::recordFailure(const Error& error) {
    m_failure = error;
    Duration wait = m_options.minBackoff;
    for (int i = 0; i < m_failures && wait < m_options.maxBackoff; ++i) {
        wait *= 2;
    }
    wait = std::min(wait, m_options.maxBackoff);
    ++m_failures;
    const double share = 0.5 + m_random.uniform() / 2;
    m_notBefore =
        m_now + Duration{static_cast<std::int64_t>(static_cast<double>(wait.count()) * share)};
}

void RedisSession::Loop::send() {
    if (m_link == nullptr) {
        return;
    }
    for (;;) {
        while (m_link->pending() < kOutput &&
               m_requests.sendNext(
                   m_now, m_link->bytesAppended(),
                   [this](const RedisCommand& command) { return m_link->append(command); })) {
        }
        if (m_link->pending() == 0) {
            return;
        }
        if (auto sent = m_link->flush(); !sent) {
            lose(sent.error());
            return;
        }
        if (m_link->pending() > 0) {
            return;
        }
    }
}

TimePoint RedisSession::Loop::nextMoment() const {
    TimePoint next = std::min(m_requests.nextDue(), m_giveUp);
    if (m_link == nullptr && m_opener == nullptr && m_requests.waiting() > 0) {
        next = std::min(next, m_notBefore);
    }
    if (m_wakeUp.descriptor() < 0) {
        next = std::min(next, deadlineAfter(m_now, kBlindLook));
    }
    return next;
}

void RedisSession::Loop::waitForEvents(const std::stop_token& stop) {
    bool sleeps = m_link == nullptr || !m_link->stream().hasBuffered();
    {
        const std::lock_guard lock(m_mutex);
        m_status.state = state();
        m_status.failure = m_failure;
        m_status.connections = m_made;
        m_status.queued = m_requests.waiting();
        m_status.inFlight = m_requests.onWire();
        sleeps = sleeps && m_inbox.empty() && !m_sweep && !stop.stop_requested();
        m_asleep = sleeps;
    }
    std::array<pollfd, 2> wanted{};
    wanted[0].fd = m_wakeUp.descriptor();
    wanted[0].events = POLLIN;
    wanted[1].fd = -1;
    if (m_link != nullptr) {
        wanted[1].fd = m_link->stream().descriptor();
        wanted[1].events = m_link->stream().pollEvents(true, m_link->pending() > 0);
    }
    int milliseconds = 0;
    if (const TimePoint next = nextMoment(); sleeps && next == kNever) {
        milliseconds = -1;
    } else if (sleeps) {
        const Duration left = std::max(next - m_clock.now(), Duration::zero());
        milliseconds = static_cast<int>(std::min<std::int64_t>(
            std::chrono::ceil<std::chrono::milliseconds>(left).count(), INT_MAX));
    }
    (void)::poll(wanted.data(), wanted.size(), milliseconds);
    if (wanted[0].revents != 0) {
        m_wakeUp.drain();
    }
    m_readable = m_link != nullptr && (wanted[1].revents != 0 || m_link->stream().hasBuffered());
}

void RedisSession::Loop::receive() {
    if (m_link == nullptr || !std::exchange(m_readable, false)) {
        return;
    }
    const auto received = m_link->receive([this](RedisReply&& reply, std::uint64_t bytes) {
        m_proven = true;
        m_failures = 0;
        return m_requests.answer(std::move(reply), bytes, m_now);
    });
    if (!received) {
        lose(received.error());
    } else if (*received) {
        m_heard = m_now;
        m_giveUp = kNever;
    }
}

void RedisSession::Loop::lose(const Error& error) {
    const std::uint64_t written = m_link->bytesWritten();
    m_link.reset();
    m_giveUp = kNever;
    const Error about = error.about(m_subject);
    // One that never answered is no better than none: the next attempt waits.
    if (m_proven) {
        m_failure = about;
        m_notBefore = m_now;
    } else {
        recordFailure(about);
    }
    m_requests.lose(written, about.code() == ErrorCode::disconnected
                                 ? about
                                 : Error{ErrorCode::disconnected, m_subject}.because(about));
}

RedisSession::State RedisSession::Loop::state() const noexcept {
    if (m_link != nullptr) {
        return State::connected;
    }
    if (m_opener != nullptr) {
        return State::connecting;
    }
    return m_now < m_notBefore ? State::waiting : State::idle;
}

void RedisSession::Loop::closeAll() {
    const Error closed{ErrorCode::closed, m_subject};
    if (m_link != nullptr) {
        m_requests.lose(UINT64_MAX, closed);
        m_link.reset();
    }
    // A callback that submits nevertheless is told so, too.
    do {
        m_requests.endWaiting(closed);
        takeInbox();
    } while (m_requests.waiting() > 0);
}

}  // namespace cachescope
