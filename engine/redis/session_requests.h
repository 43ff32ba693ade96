// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>

#include "engine/core/clock.h"
#include "engine/core/error.h"
#include "engine/core/result.h"
#include "engine/redis/deadline_heap.h"
#include "engine/redis/redis_session.h"

namespace cachescope {

/// A request between submit() and its callback.
struct SessionRequest {
    explicit SessionRequest(RedisSession::Request what) : request(std::move(what)) {}

    RedisSession::Request request;
    TimePoint sent{};
    std::uint64_t firstByte = 0;  ///< where it begins in what the connection sends
    std::uint64_t bytes = 0;      ///< how long it is there
    std::size_t heapPlace = DeadlineHeap<SessionRequest>::kNowhere;
    bool onWire = false;
    bool ended = false;  ///< its reply is still to come, and nobody's
    std::list<SessionRequest>::iterator self{};
};

/// The requests of a RedisSession: those that wait, by priority, and those on the wire, in order.
///
/// Ends each exactly once, by its callback, and counts for its use. Knows nothing of connections.
/// Callbacks may do anything but call this. One thread.
class SessionRequests {
public:
    using List = std::list<SessionRequest>;

    SessionRequests(std::size_t backgroundWindow, std::size_t interactiveWindow)
        : m_backgroundWindow(backgroundWindow), m_interactiveWindow(interactiveWindow) {}

    /// Takes all of them, in their order.
    void add(List& submitted);

    /// Puts the next one whose turn it is on the wire, by `send`, which tells how many bytes that
    /// takes, or nothing when memory is short; that request then ends with tooLarge, and one
    /// without a command with missing. False when none may be sent at present.
    bool sendNext(TimePoint now, std::uint64_t firstByte,
                  const std::function<std::optional<std::uint64_t>(const RedisCommand&)>& send);

    /// A reply to the first one on the wire; false when there is none.
    bool answer(RedisReply&& reply, std::uint64_t bytes, TimePoint now);

    /// Ends what is due at `now`: with `late` what is on the wire, with `waiting` what is not.
    /// Tells when the first of those on the wire was sent since which nothing was heard.
    std::optional<TimePoint> endDue(TimePoint now, TimePoint heard, const Error& late,
                                    const Error& waiting);

    /// Ends everything on the wire with `error`, but what begins at `written` or later: that was
    /// not sent and waits again.
    void lose(std::uint64_t written, const Error& error);

    void endWaiting(const Error& error);
    void endCancelled();

    /// When the next one is due.
    TimePoint nextDue() const noexcept { return m_deadlines.next(); }
    std::size_t waiting() const noexcept { return m_interactive.size() + m_background.size(); }
    std::size_t onWire() const noexcept { return m_onWire.size(); }

private:
    List& queueOf(const SessionRequest& request) noexcept;
    List* nextQueue() noexcept;
    void end(SessionRequest& request, Result<RedisReply> result);
    void endAll(List& list, const Error& error);
    void endCancelledIn(List& list);
    void takeFromWire();

    const std::size_t m_backgroundWindow;
    const std::size_t m_interactiveWindow;
    List m_interactive;
    List m_background;
    List m_onWire;
    std::size_t m_backgroundOnWire = 0;
    DeadlineHeap<SessionRequest> m_deadlines;
};

}  // namespace cachescope
