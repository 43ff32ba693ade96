// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_watch.h"

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <utility>

#include "engine/inspect/refusal.h"
#include "engine/redis/stoppable_waits.h"

namespace cachescope::inspect {

namespace {

const std::string kChannel = "__redis__:invalidate";

// Failures that come again however often one tries.
bool isFinal(ErrorCode code) noexcept {
    return code == ErrorCode::unsupported || code == ErrorCode::noPermission ||
           code == ErrorCode::authentication;
}

bool says(const RedisReply& message, const char* word) {
    return message.isArray() && !message.elements.empty() && message.elements.front().text == word;
}

}  // namespace

struct KeyWatch::Link {
    std::unique_ptr<GuardedConnection> listening;
    std::unique_ptr<GuardedConnection> tracking;
    std::optional<TimePoint> asked;  // when the PING was sent that is not answered yet
    TimePoint nextLook{};
};

KeyWatch::KeyWatch(RedisAddress address, std::shared_ptr<Guard> guard, std::string key,
                   std::function<void()> changed, KeyWatchOptions options)
    : m_address(std::move(address)),
      m_guard(std::move(guard)),
      m_key(std::move(key)),
      m_changed(std::move(changed)),
      m_options(options),
      m_worker("key-watch",
               [this](Worker& self, const std::stop_token& stop) { run(self, stop); }) {}

KeyWatch::~KeyWatch() = default;

KeyWatch::Status KeyWatch::status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void KeyWatch::run(Worker& self, const std::stop_token& stop) {
    const StoppableWaits stoppable(stop);
    while (!stop.stop_requested()) {
        Error failure{ErrorCode::outOfMemory};
        try {
            const auto ended = attempt();
            failure = ended ? Error{ErrorCode::disconnected} : ended.error();
        } catch (const std::bad_alloc&) {
            // As above.
        }
        {
            const std::lock_guard lock(m_mutex);
            m_status.isWatching = false;
            m_status.failure = failure;
        }
        if (isFinal(failure.code())) {
            return;
        }
        const Duration wait = std::min(m_options.minBackoff * (1 << std::min(m_failures++, 16)),
                                       m_options.maxBackoff);
        if (!self.sleepFor(wait)) {
            return;
        }
    }
}

Result<void> KeyWatch::attempt() {
    Link link;
    if (auto begun = begin(link); !begun) {
        return begun;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_status.isWatching = true;
        m_status.failure.reset();
    }
    tell();
    return follow(link);
}

Result<void> KeyWatch::begin(Link& link) {
    const Clock& clock = *m_options.clock;
    const TimePoint deadline = deadlineAfter(clock.now(), m_options.timeout);
    for (auto* const connection : {&link.listening, &link.tracking}) {
        auto opened =
            GuardedConnection::open(m_address, m_guard, CommandReach::observe, deadline, clock);
        if (!opened) {
            return opened.error();
        }
        *connection = std::move(*opened);
    }
    // Asked before it subscribes, because it may not be asked afterwards.
    const RedisCommand whoAmI{"CLIENT", "ID"};
    const auto id = link.listening->ask({&whoAmI, 1}, deadline);
    if (!id) {
        return id.error();
    }
    if (!id->front().isInteger()) {
        return refusalOf(whoAmI, id->front());
    }
    // Listening first: what is told before somebody listens is lost.
    const RedisCommand subscribe{"SUBSCRIBE", kChannel};
    if (auto posted = link.listening->post(subscribe, deadline); !posted) {
        return posted;
    }
    std::vector<RedisReply> heard;
    while (heard.empty()) {
        const auto ready = link.listening->waitForNews(deadline);
        if (!ready || !*ready) {
            return ready ? Error{ErrorCode::timedOut, m_address.toText()} : ready.error();
        }
        auto received = link.listening->receive();
        if (!received) {
            return received.error();
        }
        heard = std::move(*received);
    }
    if (heard.front().isError()) {
        return refusalOf(subscribe, heard.front());
    }
    const RedisCommand track{"CLIENT", "TRACKING", "ON", "REDIRECT",
                             std::to_string(id->front().integer)};
    const auto tracked = link.tracking->ask({&track, 1}, deadline);
    if (!tracked) {
        return tracked.error();
    }
    if (tracked->front().isError()) {
        const Error refused = refusalOf(track, tracked->front());
        // Before Redis 6 the subcommand is a syntax error.
        return tracked->front().text.starts_with("ERR")
                   ? Error{ErrorCode::unsupported, refused.subject(), refused.detail()}
                   : refused;
    }
    link.nextLook = deadlineAfter(clock.now(), m_options.interval);
    return arm(link);
}

// Has the server remember the key for this connection; it forgets it with each notice.
Result<void> KeyWatch::arm(Link& link) {
    const RedisCommand look{"TYPE", m_key};
    const auto looked =
        link.tracking->ask({&look, 1}, deadlineAfter(m_options.clock->now(), m_options.timeout));
    if (!looked) {
        return looked.error();
    }
    return looked->front().isError() ? Result<void>{refusalOf(look, looked->front())}
                                     : Result<void>{};
}

Result<void> KeyWatch::follow(Link& link) {
    const Clock& clock = *m_options.clock;
    for (;;) {
        const TimePoint until =
            link.asked ? deadlineAfter(*link.asked, m_options.timeout) : link.nextLook;
        const auto ready = GuardedConnection::waitForEither(*link.listening, *link.tracking, until);
        if (!ready) {
            return ready.error();
        }
        const auto isChanged = take(link);
        if (!isChanged) {
            return isChanged.error();
        }
        if (*isChanged) {
            // Before it is told: what changes while the listener reads has to be told as well.
            if (auto armed = arm(link); !armed) {
                return armed;
            }
            tell();
        } else if (const auto unasked = link.tracking->receive(); !unasked) {
            return unasked.error();
        }
        const TimePoint now = clock.now();
        if (link.asked && now > deadlineAfter(*link.asked, m_options.timeout)) {
            return Error{ErrorCode::timedOut, m_address.toText()};
        }
        if (!link.asked && now >= link.nextLook) {
            const RedisCommand ping{"PING"};
            const auto answered =
                link.tracking->ask({&ping, 1}, deadlineAfter(now, m_options.timeout));
            if (!answered) {
                return answered.error();
            }
            link.asked = now;
            link.nextLook = deadlineAfter(now, m_options.interval);
            if (auto posted = link.listening->post({"PING"}, deadlineAfter(now, m_options.timeout));
                !posted) {
                return posted;
            }
        }
    }
}

// Whether what was heard says that the key has changed.
Result<bool> KeyWatch::take(Link& link) {
    const auto messages = link.listening->receive();
    if (!messages) {
        return messages.error();
    }
    bool isChanged = false;
    for (const RedisReply& message : *messages) {
        if (says(message, "pong")) {
            link.asked.reset();
            m_failures = 0;
        } else if (says(message, "message") && message.elements.size() == 3) {
            const RedisReply& keys = message.elements[2];
            // Null: the whole database was emptied.
            isChanged = isChanged || !keys.isArray() ||
                        std::any_of(keys.elements.begin(), keys.elements.end(),
                                    [&](const RedisReply& key) { return key.text == m_key; });
        }
    }
    return isChanged;
}

void KeyWatch::tell() {
    {
        const std::lock_guard lock(m_mutex);
        ++m_status.told;
    }
    m_changed();
}

}  // namespace cachescope::inspect
