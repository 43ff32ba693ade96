// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/core/clock.h"

namespace cachescope {

/// Who asks a RedisSession, and what that has cost: every request names one.
///
/// cancel() ends all its requests that are under way or come later: none is sent any more but those
/// whose bytes are on their way to the socket, and each callback that has not run gets `cancelled`.
/// Bytes are those on the wire, before encryption. Any thread; shared by its requests, so it may be
/// let go of at any time.
class RedisUse {
public:
    struct Counters {
        std::uint64_t commands = 0;  ///< sent
        std::uint64_t replies = 0;   ///< given to callbacks, error replies included
        std::uint64_t errors = 0;    ///< error replies
        /// Requests that ended without a reply: deadline, disconnect, no connection.
        std::uint64_t failures = 0;
        std::uint64_t bytesSent = 0;
        std::uint64_t bytesReceived = 0;  ///< those of replies that came too late included
        Duration waited{};                ///< from sending to the reply, summed over commands
    };

    void cancel() noexcept { m_cancelled.store(true, std::memory_order_release); }
    bool isCancelled() const noexcept { return m_cancelled.load(std::memory_order_acquire); }
    Counters counters() const noexcept;

private:
    friend class SessionRequests;

    std::atomic<bool> m_cancelled{false};
    std::atomic<std::uint64_t> m_commands{0};
    std::atomic<std::uint64_t> m_replies{0};
    std::atomic<std::uint64_t> m_errors{0};
    std::atomic<std::uint64_t> m_failures{0};
    std::atomic<std::uint64_t> m_bytesSent{0};
    std::atomic<std::uint64_t> m_bytesReceived{0};
    std::atomic<std::int64_t> m_waited{0};
};

}  // namespace cachescope
