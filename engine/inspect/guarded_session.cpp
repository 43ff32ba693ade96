// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/guarded_session.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace cachescope::inspect {

namespace {

// Whether a request that failed in this way may have reached the server.
bool mayHaveBeenSent(ErrorCode code) noexcept {
    return code == ErrorCode::timedOut || code == ErrorCode::cancelled ||
           code == ErrorCode::disconnected || code == ErrorCode::closed;
}

// The replies that somebody waits for. Callbacks may still come after the waiting has ended.
struct Waiting {
    std::mutex mutex;
    std::condition_variable ended;
    std::vector<std::optional<Result<RedisReply>>> replies;
    std::size_t open = 0;
};

std::optional<RedisSession::Request> admitted(const std::shared_ptr<Guard>& guard,
                                              GuardedSession::Request& request) {
    auto pass = guard->admitToShared(request.command, request.granted);
    if (!pass) {
        request.reply(pass.error());
        return std::nullopt;
    }
    // What a page's cursor was decides what an empty page means; of other commands the pass will
    // do.
    std::optional<RedisCommand> page;
    if (pass->keys == 1 && pass->reach == CommandReach::open) {
        page = request.command;
    }
    const std::uint64_t bytes = wireBytes(request.command);
    return RedisSession::Request{
        std::move(request.command), request.deadline, request.priority, std::move(request.use),
        [guard, bytes, pass = *pass, page = std::move(page),
         reply = std::move(request.reply)](Result<RedisReply> result) {
            const bool sent = result || mayHaveBeenSent(result.error().code());
            if (sent) {
                guard->meter().countSent(pass, bytes);
            }
            if (result) {
                guard->meter().countReply(pass, lookUpsOf(pass, *result, page ? &*page : nullptr),
                                          wireBytes(*result));
            } else if (sent) {
                guard->meter().countLost(pass);
            }
            reply(std::move(result));
        }};
}

}  // namespace

GuardedSession::GuardedSession(RedisAddress address, std::shared_ptr<Guard> guard,
                               RedisSessionOptions options)
    : m_address(std::move(address)),
      m_guard(std::move(guard)),
      m_clock(options.clock),
      m_session(m_address, options) {}

GuardedSession::~GuardedSession() = default;

void GuardedSession::submit(Request request) {
    if (auto made = admitted(m_guard, request)) {
        m_session.submit(std::move(*made));
    }
}

void GuardedSession::submitAll(std::vector<Request> requests) {
    std::vector<RedisSession::Request> all;
    all.reserve(requests.size());
    for (Request& request : requests) {
        if (auto made = admitted(m_guard, request)) {
            all.push_back(std::move(*made));
        }
    }
    m_session.submitAll(std::move(all));
}

Result<std::vector<RedisReply>> GuardedSession::ask(std::vector<RedisCommand> commands,
                                                    CommandReach granted, RedisPriority priority,
                                                    TimePoint deadline,
                                                    const std::stop_token& stop) {
    for (const RedisCommand& command : commands) {
        if (auto pass = m_guard->admitToShared(command, granted); !pass) {
            return pass.error();
        }
    }
    auto waiting = std::make_shared<Waiting>();
    waiting->replies.resize(commands.size());
    waiting->open = commands.size();
    const auto use = std::make_shared<RedisUse>();
    std::vector<Request> requests;
    requests.reserve(commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i) {
        requests.push_back({std::move(commands[i]), granted, deadline, priority, use,
                            [waiting, i](Result<RedisReply> reply) {
                                const std::lock_guard lock(waiting->mutex);
                                waiting->replies[i] = std::move(reply);
                                --waiting->open;
                                waiting->ended.notify_all();
                            }});
    }
    submitAll(std::move(requests));
    {
        const std::stop_callback onStop{stop, [&] {
                                            use->cancel();
                                            m_session.sweepCancelled();
                                        }};
        std::unique_lock lock(waiting->mutex);
        waiting->ended.wait(lock, [&] { return waiting->open == 0; });
    }
    std::vector<RedisReply> replies;
    replies.reserve(waiting->replies.size());
    for (auto& reply : waiting->replies) {
        if (!*reply) {
            return reply->error();
        }
        replies.push_back(std::move(**reply));
    }
    return replies;
}

}  // namespace cachescope::inspect
