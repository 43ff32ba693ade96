// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_session.h"

#include <utility>

#include "engine/redis/session_loop.h"

namespace cachescope {

RedisSession::RedisSession(RedisAddress address, RedisSessionOptions options)
    : m_loop(std::make_unique<Loop>(std::move(address), options)) {}

RedisSession::~RedisSession() = default;

void RedisSession::submit(Request request) {
    // Made before the lock is taken, so that it is held for a few pointers.
    SessionRequests::List one;
    one.emplace_back(std::move(request));
    m_loop->submit(one);
}

void RedisSession::submitAll(std::vector<Request> requests) {
    SessionRequests::List all;
    for (Request& request : requests) {
        all.emplace_back(std::move(request));
    }
    m_loop->submit(all);
}

void RedisSession::sweepCancelled() {
    m_loop->sweepCancelled();
}

RedisSession::Status RedisSession::status() const {
    return m_loop->status();
}

}  // namespace cachescope
