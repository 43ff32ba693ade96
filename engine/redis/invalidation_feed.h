// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/backend/change_feed.h"
#include "engine/core/clock.h"
#include "engine/core/random.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/redis/change_notice.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/redis_connection.h"

namespace cachescope {

struct InvalidationFeedOptions {
    Duration timeout = std::chrono::milliseconds{500};    ///< to connect, and of each answer
    Duration interval = std::chrono::seconds{1};          ///< between two looks at the connections
    Duration minBackoff = std::chrono::milliseconds{50};  ///< after the first failure
    Duration maxBackoff = std::chrono::seconds{5};        ///< after many of them
    const Clock* clock = &SystemClock::instance();        ///< runs in real time; outlives the feed
};

/// The keys under a prefix of a Redis server that were changed, as the server tells them.
///
/// By client tracking where it can be had (Redis 6 and later): one connection listens, and a second
/// one has the server send it every change of a key under the prefix, whoever made it, by whatever
/// command. That includes our own: NOLOOP leaves out what the tracking connection itself changed,
/// and ours are made on the connections of a pool, so that it would leave out nothing; nor may an
/// echo be counted off, because the server tells two changes shortly after each other as one.
/// Otherwise, where tracking is not known or not permitted, by notices (ChangeNotice), which only
/// those give who have been told to (RedisBackend, parameter `announce`); `own` ones are left out.
/// Each new connection tries tracking first.
///
/// A lost connection, of the two, is noticed at once; one that is silent, by a PING on both every
/// `interval`. isWhole() goes by the last PING that was answered, so that it never lasts longer
/// than `interval` plus `timeout` beyond what the server has said, however late a thread runs.
/// After a failure it connects again, after a wait that doubles each time. The end waits for no
/// more than one time-out. Any thread.
class InvalidationFeed final : public ChangeFeed {
public:
    enum class Means : std::uint8_t { none, tracking, notices };

    struct Status {
        Means means = Means::none;     ///< none while it is not whole
        std::uint64_t begun = 0;       ///< how often it became whole
        std::uint64_t lost = 0;        ///< how often that ended
        std::optional<Error> failure;  ///< the last one
    };

    /// Where the server is, asked before each attempt to connect, on the feed's thread.
    using Finder = std::function<Result<RedisAddress>(TimePoint deadline)>;

    InvalidationFeed(const RedisAddress& address, std::string prefix,
                     std::shared_ptr<const OwnNotices> own, ChangeListener& listener,
                     InvalidationFeedOptions options = {});
    InvalidationFeed(Finder finder, std::string prefix, std::shared_ptr<const OwnNotices> own,
                     ChangeListener& listener, InvalidationFeedOptions options = {});
    ~InvalidationFeed() override;

    bool isWhole() const noexcept override;
    Status status() const;

private:
    struct Session;

    void run(Worker& self, const std::stop_token& stop);
    Error attempt(const std::stop_token& stop);
    Result<void> begin(Session& session, TimePoint deadline, const std::stop_token& stop);
    Result<bool> track(Session& session, std::int64_t listener, TimePoint deadline,
                       const std::stop_token& stop);
    Result<bool> subscribe(Session& session, const std::string& channel, TimePoint deadline);
    Result<void> follow(Session& session, const std::stop_token& stop);
    Result<void> look(Session& session);
    Result<void> take(Session& session, const RedisReply& message);
    void tell(const Session& session, const RedisReply& payload);
    void proven(TimePoint asked) noexcept;
    void becomeWhole(const Session& session);
    void lose(const Error& failure);
    Duration backoff();

    const Finder m_finder;
    RedisAddress m_address;  // where the last attempt went; the worker's alone, as the subject is
    std::string m_subject;
    const std::string m_prefix;
    const std::shared_ptr<const OwnNotices> m_own;
    const InvalidationFeedOptions m_options;
    ChangeListener& m_listener;

    std::atomic<std::int64_t> m_wholeUntil;  // on the clock
    mutable std::mutex m_mutex;
    Status m_status;
    int m_failures = 0;  // in a row; the worker's alone, as the generator is
    Random m_random;
    Worker m_worker;  // last: it uses everything above
};

}  // namespace cachescope
