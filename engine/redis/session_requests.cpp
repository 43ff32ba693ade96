// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/session_requests.h"

#include <utility>

namespace cachescope {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

bool isBackground(const SessionRequest& request) noexcept {
    return request.request.priority == RedisPriority::background;
}

}  // namespace

SessionRequests::List& SessionRequests::queueOf(const SessionRequest& request) noexcept {
    return isBackground(request) ? m_background : m_interactive;
}

void SessionRequests::add(List& submitted) {
    while (!submitted.empty()) {
        SessionRequest& request = submitted.front();
        request.self = submitted.begin();
        m_deadlines.add(request, request.request.deadline);
        List& queue = queueOf(request);
        queue.splice(queue.end(), submitted, submitted.begin());
    }
}

SessionRequests::List* SessionRequests::nextQueue() noexcept {
    if (m_onWire.size() >= m_interactiveWindow) {
        return nullptr;
    }
    if (!m_interactive.empty()) {
        return &m_interactive;
    }
    const bool room = m_backgroundOnWire < m_backgroundWindow;
    return room && !m_background.empty() ? &m_background : nullptr;
}

bool SessionRequests::sendNext(
    TimePoint now, std::uint64_t firstByte,
    const std::function<std::optional<std::uint64_t>(const RedisCommand&)>& send) {
    for (;;) {
        List* const queue = nextQueue();
        if (queue == nullptr) {
            return false;
        }
        SessionRequest& next = queue->front();
        if (next.request.use->isCancelled()) {
            end(next, Error{ErrorCode::cancelled});
            continue;
        }
        // An empty array is no command: the server would not answer, and all replies after it
        // would be given to the wrong ones.
        if (next.request.command.empty()) {
            end(next, Error{ErrorCode::missing, {}, "command"});
            continue;
        }
        const auto bytes = send(next.request.command);
        if (!bytes) {
            end(next, Error{ErrorCode::tooLarge});
            continue;
        }
        next.sent = now;
        next.firstByte = firstByte;
        next.bytes = *bytes;
        next.onWire = true;
        next.request.use->m_commands.fetch_add(1, kRelaxed);
        next.request.use->m_bytesSent.fetch_add(*bytes, kRelaxed);
        m_backgroundOnWire += isBackground(next) ? 1U : 0U;
        m_onWire.splice(m_onWire.end(), *queue, queue->begin());
        return true;
    }
}

bool SessionRequests::answer(RedisReply&& reply, std::uint64_t bytes, TimePoint now) {
    if (m_onWire.empty()) {
        return false;
    }
    SessionRequest& asked = m_onWire.front();
    RedisUse& use = *asked.request.use;
    use.m_bytesReceived.fetch_add(bytes, kRelaxed);
    if (asked.ended) {
        takeFromWire();
        return true;
    }
    if (use.isCancelled()) {
        end(asked, Error{ErrorCode::cancelled});
        takeFromWire();
        return true;
    }
    use.m_replies.fetch_add(1, kRelaxed);
    use.m_errors.fetch_add(reply.isError() ? 1U : 0U, kRelaxed);
    use.m_waited.fetch_add((now - asked.sent).count(), kRelaxed);
    end(asked, std::move(reply));
    takeFromWire();
    return true;
}

void SessionRequests::takeFromWire() {
    m_backgroundOnWire -= isBackground(m_onWire.front()) ? 1U : 0U;
    m_onWire.pop_front();
}

std::optional<TimePoint> SessionRequests::endDue(TimePoint now, TimePoint heard, const Error& late,
                                                 const Error& waiting) {
    std::optional<TimePoint> silentSince;
    while (!m_deadlines.empty() && m_deadlines.next() <= now) {
        SessionRequest& due = m_deadlines.first();
        if (due.onWire && heard <= due.sent && (!silentSince || due.sent < *silentSince)) {
            silentSince = due.sent;
        }
        if (due.request.use->isCancelled()) {
            end(due, Error{ErrorCode::cancelled});
        } else {
            end(due, due.onWire ? late : waiting);
        }
    }
    return silentSince;
}

void SessionRequests::end(SessionRequest& request, Result<RedisReply> result) {
    m_deadlines.remove(request);
    if (!result.ok() && result.error().code() != ErrorCode::cancelled &&
        result.error().code() != ErrorCode::closed) {
        request.request.use->m_failures.fetch_add(1, kRelaxed);
    }
    const RedisSession::Reply reply = std::move(request.request.reply);
    if (request.onWire) {
        // Keeps its place until its reply comes.
        request.ended = true;
        RedisCommand{}.swap(request.request.command);
        reply(std::move(result));
        return;
    }
    List done;
    List& queue = queueOf(request);
    done.splice(done.begin(), queue, request.self);
    reply(std::move(result));
}

void SessionRequests::lose(std::uint64_t written, const Error& error) {
    List lost;
    lost.swap(m_onWire);
    m_backgroundOnWire = 0;
    while (!lost.empty() && lost.back().firstByte >= written) {
        SessionRequest& unsent = lost.back();
        RedisUse& use = *unsent.request.use;
        use.m_commands.fetch_sub(1, kRelaxed);
        use.m_bytesSent.fetch_sub(unsent.bytes, kRelaxed);
        unsent.onWire = false;
        if (unsent.ended) {
            lost.pop_back();
        } else {
            List& queue = queueOf(unsent);
            queue.splice(queue.begin(), lost, unsent.self);
        }
    }
    for (SessionRequest& sent : lost) {
        if (!sent.ended) {
            end(sent, sent.request.use->isCancelled() ? Error{ErrorCode::cancelled} : error);
        }
    }
}

void SessionRequests::endAll(List& list, const Error& error) {
    while (!list.empty()) {
        SessionRequest& next = list.front();
        end(next, next.request.use->isCancelled() ? Error{ErrorCode::cancelled} : error);
    }
}

void SessionRequests::endWaiting(const Error& error) {
    endAll(m_interactive, error);
    endAll(m_background, error);
}

void SessionRequests::endCancelledIn(List& list) {
    for (auto it = list.begin(); it != list.end();) {
        SessionRequest& each = *it++;
        if (!each.ended && each.request.use->isCancelled()) {
            end(each, Error{ErrorCode::cancelled});
        }
    }
}

void SessionRequests::endCancelled() {
    endCancelledIn(m_interactive);
    endCancelledIn(m_background);
    endCancelledIn(m_onWire);
}

}  // namespace cachescope
