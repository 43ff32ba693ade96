// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/invalidation_feed.h"

#include <algorithm>
#include <functional>
#include <new>
#include <string_view>
#include <utility>

namespace cachescope {

namespace {

const std::string kTrackingChannel = "__redis__:invalidate";

std::int64_t ticks(TimePoint moment) noexcept {
    return moment.time_since_epoch().count();
}

// An array that begins with this word.
bool says(const RedisReply& message, std::string_view word, std::size_t elements) {
    return message.isArray() && message.elements.size() == elements &&
           message.elements.front().isBulk() && message.elements.front().text == word;
}

// Whether a refusal means that there is no such thing here, rather than that there is now no
// serving at all.
bool isRefusal(const RedisReply& reply) {
    const ErrorCode code = redisErrorCode(reply.text);
    return reply.isError() && (code == ErrorCode::noPermission || code == ErrorCode::serverError);
}

}  // namespace

struct InvalidationFeed::Session {
    // Ends what is under way on a connection as soon as the feed has to stop.
    class Connection {
    public:
        Connection(std::unique_ptr<RedisConnection> connection, const std::stop_token& stop)
            : m_connection(std::move(connection)),
              m_stopper(stop, [raw = m_connection.get()] { raw->hangUp(); }) {}
        RedisConnection& operator*() const noexcept { return *m_connection; }

    private:
        std::unique_ptr<RedisConnection> m_connection;
        std::stop_callback<std::function<void()>> m_stopper;
    };

    std::optional<Connection> listening;
    std::optional<Connection> tracking;  // only with Means::tracking
    Means means = Means::none;
    std::string channel;
    TimePoint nextLook{};
    std::optional<TimePoint> asked;  // when the PING was sent that is not answered yet
};

InvalidationFeed::InvalidationFeed(const RedisAddress& address, std::string prefix,
                                   std::shared_ptr<const OwnNotices> own, ChangeListener& listener,
                                   InvalidationFeedOptions options)
    : InvalidationFeed([address](TimePoint) { return Result<RedisAddress>{address}; },
                       std::move(prefix), std::move(own), listener, options) {}

InvalidationFeed::InvalidationFeed(Finder finder, std::string prefix,
                                   std::shared_ptr<const OwnNotices> own, ChangeListener& listener,
                                   InvalidationFeedOptions options)
    : m_finder(std::move(finder)),
      m_prefix(std::move(prefix)),
      m_own(std::move(own)),
      m_options(options),
      m_listener(listener),
      m_wholeUntil(ticks(TimePoint::min())),
      m_random(static_cast<std::uint64_t>(ticks(options.clock->now()))),
      m_worker("redis-changes",
               [this](Worker& self, const std::stop_token& stop) { run(self, stop); }) {}

InvalidationFeed::~InvalidationFeed() = default;

bool InvalidationFeed::isWhole() const noexcept {
    const std::int64_t until = m_wholeUntil.load(std::memory_order_acquire);
    return until != ticks(TimePoint::min()) && ticks(m_options.clock->recently()) <= until;
}

InvalidationFeed::Status InvalidationFeed::status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void InvalidationFeed::run(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            lose(attempt(stop));
        } catch (const std::bad_alloc&) {
            lose(Error{ErrorCode::outOfMemory});
        }
        if (!self.sleepFor(backoff())) {
            return;
        }
    }
}

Duration InvalidationFeed::backoff() {
    const int doublings = std::min(m_failures++, 20);
    const Duration longest =
        std::min(m_options.minBackoff * (1 << doublings), m_options.maxBackoff);
    return std::chrono::duration_cast<Duration>(longest * (0.5 + m_random.uniform() / 2));
}

// Connects and follows until that ends; why.
Error InvalidationFeed::attempt(const std::stop_token& stop) {
    Session session;
    const TimePoint deadline = deadlineAfter(m_options.clock->now(), m_options.timeout);
    auto address = m_finder(deadline);
    if (!address) {
        return address.error();
    }
    m_address = std::move(*address);
    m_subject = m_address.toText();
    if (auto begun = begin(session, deadline, stop); !begun) {
        return begun.error();
    }
    becomeWhole(session);
    const auto followed = follow(session, stop);
    return followed ? Error{ErrorCode::cancelled, m_subject} : followed.error();
}

Result<void> InvalidationFeed::begin(Session& session, TimePoint deadline,
                                     const std::stop_token& stop) {
    auto opened = RedisConnection::open(m_address, deadline, *m_options.clock);
    if (!opened) {
        return opened.error();
    }
    session.listening.emplace(std::move(*opened), stop);
    // Asked before it subscribes, because it may not be asked afterwards.
    const RedisCommand whoAmI{"CLIENT", "ID"};
    const auto id = (**session.listening).send({&whoAmI, 1}, deadline);
    if (!id) {
        return id.error();
    }
    if (!id->front().isInteger() && !isRefusal(id->front())) {
        return unexpectedReply(id->front(), m_subject);
    }
    if (id->front().isInteger()) {
        const auto tracked = track(session, id->front().integer, deadline, stop);
        if (!tracked || *tracked) {
            return tracked ? Result<void>{} : tracked.error();
        }
    }
    session.tracking.reset();
    session.means = Means::notices;
    session.channel = ChangeNotice::channelOf(m_prefix);
    session.nextLook = m_options.clock->now();
    const auto subscribed = subscribe(session, session.channel, deadline);
    if (!subscribed) {
        return subscribed.error();
    }
    return *subscribed ? Result<void>{} : Error{ErrorCode::noPermission, m_subject, "SUBSCRIBE"};
}

// False where the server does not do this, or not for us.
Result<bool> InvalidationFeed::track(Session& session, std::int64_t listener, TimePoint deadline,
                                     const std::stop_token& stop) {
    // Subscribed first: what the server has to tell before it has a listener is lost.
    auto subscribed = subscribe(session, kTrackingChannel, deadline);
    if (!subscribed || !*subscribed) {
        return subscribed;
    }
    auto opened = RedisConnection::open(m_address, deadline, *m_options.clock);
    if (!opened) {
        return opened.error();
    }
    session.tracking.emplace(std::move(*opened), stop);
    session.nextLook = m_options.clock->now();
    const RedisCommand command{"CLIENT", "TRACKING", "ON",    "REDIRECT", std::to_string(listener),
                               "BCAST",  "PREFIX",   m_prefix};
    const auto replies = (**session.tracking).send({&command, 1}, deadline);
    if (!replies) {
        return replies.error();
    }
    const RedisReply& reply = replies->front();
    if (isRefusal(reply)) {
        return false;
    }
    if (reply.type != RedisReply::Type::status) {
        return unexpectedReply(reply, m_subject);
    }
    session.means = Means::tracking;
    session.channel = kTrackingChannel;
    return true;
}

Result<bool> InvalidationFeed::subscribe(Session& session, const std::string& channel,
                                         TimePoint deadline) {
    RedisConnection& listening = **session.listening;
    if (auto posted = listening.post({"SUBSCRIBE", channel}, deadline); !posted) {
        return posted.error();
    }
    for (;;) {
        const auto ready = RedisConnection::waitForEither(listening, listening, deadline);
        if (!ready) {
            return ready.error();
        }
        if (!*ready) {
            return Error{ErrorCode::timedOut, m_subject};
        }
        const auto messages = listening.receive();
        if (!messages) {
            return messages.error();
        }
        if (messages->empty()) {
            continue;
        }
        // What follows at once, if anything does, is older than the beginning, which voids all.
        const RedisReply& answer = messages->front();
        if (isRefusal(answer)) {
            return false;
        }
        if (!says(answer, "subscribe", 3)) {
            return unexpectedReply(answer, m_subject);
        }
        return true;
    }
}

Result<void> InvalidationFeed::follow(Session& session, const std::stop_token& stop) {
    RedisConnection& listening = **session.listening;
    RedisConnection& second = session.tracking ? **session.tracking : listening;
    const Clock& clock = *m_options.clock;
    while (!stop.stop_requested()) {
        const TimePoint until =
            session.asked ? deadlineAfter(*session.asked, m_options.timeout) : session.nextLook;
        const auto ready = RedisConnection::waitForEither(listening, second, until);
        if (!ready) {
            return ready.error();
        }
        const auto messages = listening.receive();
        if (!messages) {
            return messages.error();
        }
        for (const RedisReply& message : *messages) {
            if (auto taken = take(session, message); !taken) {
                return taken;
            }
        }
        if (session.tracking && !second.isQuiet()) {
            return Error{ErrorCode::disconnected, m_subject, "the tracking connection"};
        }
        const TimePoint now = clock.now();
        if (session.asked) {
            if (now > deadlineAfter(*session.asked, m_options.timeout)) {
                return Error{ErrorCode::timedOut, m_subject};
            }
        } else if (now >= session.nextLook) {
            if (auto looked = look(session); !looked) {
                return looked;
            }
        }
    }
    return {};
}

// Asks on both connections; the tracking one answers here, the listening one among its messages.
Result<void> InvalidationFeed::look(Session& session) {
    const TimePoint now = m_options.clock->now();
    const TimePoint deadline = deadlineAfter(now, m_options.timeout);
    if (session.tracking) {
        const RedisCommand ping{"PING"};
        const auto replies = (**session.tracking).send({&ping, 1}, deadline);
        if (!replies) {
            return replies.error();
        }
        if (replies->front().type != RedisReply::Type::status) {
            return unexpectedReply(replies->front(), m_subject);
        }
    }
    session.asked = now;
    session.nextLook = deadlineAfter(now, m_options.interval);
    return (**session.listening).post({"PING"}, deadline);
}

Result<void> InvalidationFeed::take(Session& session, const RedisReply& message) {
    if (says(message, "message", 3)) {
        if (message.elements[1].text == session.channel) {
            tell(session, message.elements[2]);
        }
        return {};
    }
    if (says(message, "pong", 2)) {
        if (session.asked) {
            proven(*session.asked);
            session.asked.reset();
            m_failures = 0;  // not before: a beginning that does not last must not be tried often
        }
        return {};
    }
    return unexpectedReply(message, m_subject);
}

void InvalidationFeed::tell(const Session& session, const RedisReply& payload) {
    if (session.means == Means::notices) {
        const auto notice = ChangeNotice::decode(payload.text);
        if (notice && m_own->mayBeIgnored(*notice)) {
            return;
        }
        if (notice && notice->key) {
            m_listener.changed(*notice->key);
        } else {
            m_listener.everythingChanged();  // as for words of a later version
        }
        return;
    }
    if (!payload.isArray()) {
        m_listener.everythingChanged();  // null: the database was flushed
        return;
    }
    for (const RedisReply& key : payload.elements) {
        if (key.text.starts_with(m_prefix)) {
            m_listener.changed(std::string_view{key.text}.substr(m_prefix.size()));
        }
    }
}

void InvalidationFeed::proven(TimePoint asked) noexcept {
    const TimePoint until = deadlineAfter(asked, m_options.interval + m_options.timeout);
    m_wholeUntil.store(ticks(until), std::memory_order_release);
}

void InvalidationFeed::becomeWhole(const Session& session) {
    m_listener.everythingChanged();
    {
        const std::lock_guard lock(m_mutex);
        m_status.means = session.means;
        ++m_status.begun;
    }
    proven(session.nextLook);
}

void InvalidationFeed::lose(const Error& failure) {
    const bool wasWhole = m_wholeUntil.exchange(ticks(TimePoint::min())) != ticks(TimePoint::min());
    {
        const std::lock_guard lock(m_mutex);
        m_status.means = Means::none;
        m_status.lost += wasWhole ? 1U : 0U;
        m_status.failure = failure;
    }
    if (wasWhole) {
        m_listener.everythingChanged();
    }
}

}  // namespace cachescope
