// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/clock.h"
#include "engine/redis/redis_session.h"

namespace cachescope::test {

inline TimePoint in(Duration span) {
    return SystemClock::instance().now() + span;
}

/// Makes requests of a RedisSession, numbered from 0, and keeps what came of each.
///
/// Must live as long as the session may call back. Any thread.
class SessionAsker {
public:
    std::shared_ptr<RedisUse> use = std::make_shared<RedisUse>();

    RedisSession::Request request(RedisCommand command, Duration timeout = std::chrono::seconds{20},
                                  RedisPriority priority = RedisPriority::interactive) {
        std::size_t number = 0;
        {
            const std::lock_guard lock(m_mutex);
            number = m_outcomes.size();
            m_outcomes.emplace_back();
        }
        return {std::move(command), in(timeout), priority, use,
                [this, number](Result<RedisReply> result) { keep(number, std::move(result)); }};
    }

    /// Asks and waits for what comes of it.
    Result<RedisReply> ask(RedisSession& session, RedisCommand command,
                           Duration timeout = std::chrono::seconds{20}) {
        auto made = request(std::move(command), timeout);
        std::size_t number = 0;
        {
            const std::lock_guard lock(m_mutex);
            number = m_outcomes.size() - 1;
        }
        session.submit(std::move(made));
        return await(number);
    }

    /// What came of a request; `closed` when nothing did in forty seconds.
    Result<RedisReply> await(std::size_t number) {
        std::unique_lock lock(m_mutex);
        m_ended.wait_for(lock, std::chrono::seconds{40},
                         [&] { return m_outcomes[number].result.has_value(); });
        return m_outcomes[number].result.value_or(Error{ErrorCode::closed, "nothing came"});
    }

    /// What came of each request, in their order.
    std::vector<Result<RedisReply>> awaitAll() {
        std::vector<Result<RedisReply>> all;
        for (std::size_t i = 0; i < count(); ++i) {
            all.push_back(await(i));
        }
        return all;
    }

    std::size_t count() const {
        const std::lock_guard lock(m_mutex);
        return m_outcomes.size();
    }
    std::size_t ended() const {
        const std::lock_guard lock(m_mutex);
        std::size_t ended = 0;
        for (const Outcome& outcome : m_outcomes) {
            ended += outcome.times > 0 ? 1 : 0;
        }
        return ended;
    }
    /// Whether each request has ended once and not more often.
    bool eachOnce() const {
        const std::lock_guard lock(m_mutex);
        bool once = true;
        for (const Outcome& outcome : m_outcomes) {
            once = once && outcome.times == 1;
        }
        return once;
    }

private:
    struct Outcome {
        std::optional<Result<RedisReply>> result{};
        int times = 0;
    };

    void keep(std::size_t number, Result<RedisReply> result) {
        const std::lock_guard lock(m_mutex);
        ++m_outcomes[number].times;
        m_outcomes[number].result.emplace(std::move(result));
        m_ended.notify_all();
    }

    mutable std::mutex m_mutex;
    std::condition_variable m_ended;
    std::vector<Outcome> m_outcomes;
};

}  // namespace cachescope::test
