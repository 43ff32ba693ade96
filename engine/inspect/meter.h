// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/clock.h"
#include "engine/inspect/command_policy.h"
#include "engine/redis/redis_info.h"

namespace cachescope::inspect {

/// What inspecting has cost one server: commands, bytes, and the look-ups that it added.
///
/// Bytes are those of commands and replies, without encryption. Look-ups of requests that were sent
/// and not answered are counted as unsure. What logging in costs is left out. Any thread.
class Meter {
public:
    struct Figures {
        std::uint64_t commands = 0;
        std::uint64_t refused = 0;  ///< not sent, because the policy forbids them
        std::uint64_t bytesSent = 0;
        std::uint64_t bytesReceived = 0;
        LookUps lookUps;
        /// Look-ups that were asked for and not answered yet. One that is answered while the
        /// figures are taken may be in both.
        std::uint64_t pending = 0;
        std::vector<std::uint64_t> calls;  ///< by the number of the command on the list
    };

    Meter();
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;

    void countSent(const CommandPass& pass, std::uint64_t bytes) noexcept;
    /// For each command that was counted as sent, with the same pass.
    void countReply(const CommandPass& pass, const LookUps& lookUps, std::uint64_t bytes) noexcept;
    /// For what a server says unasked.
    void countHeard(std::uint64_t bytes) noexcept;
    /// For what was sent and will not be answered.
    void countLost(const CommandPass& pass) noexcept;
    void countRefused() noexcept;

    Figures figures() const;

private:
    std::atomic<std::uint64_t> m_refused{0};
    std::atomic<std::uint64_t> m_bytesSent{0};
    std::atomic<std::uint64_t> m_bytesReceived{0};
    std::atomic<std::uint64_t> m_hits{0};
    std::atomic<std::uint64_t> m_misses{0};
    std::atomic<std::uint64_t> m_unsure{0};
    std::atomic<std::uint64_t> m_pending{0};
    std::unique_ptr<std::atomic<std::uint64_t>[]> m_calls;
};

/// The time of its processor that the server has spent on these commands, estimated: our own number
/// of calls times what a call of that kind takes by `INFO commandstats`, where everybody's calls
/// are in. Zero where INFO is not permitted.
Duration estimatedServerTime(const Meter::Figures& figures, const RedisInfo& commandStats);

/// How many bytes a command and a reply have on the wire.
std::uint64_t wireBytes(const RedisCommand& command) noexcept;
std::uint64_t wireBytes(const RedisReply& reply) noexcept;

}  // namespace cachescope::inspect
