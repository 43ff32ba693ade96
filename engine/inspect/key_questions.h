// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/inspect/key_census.h"
#include "engine/inspect/server_facts.h"
#include "engine/redis/redis_reply.h"

namespace cachescope::inspect {

/// What is asked about each key that a sample or a walk has found, and what the replies say.
///
/// TTL, type and size, none of which makes a key look used; the idle time on demand. What the
/// server refuses to this user or does not know is not asked again, and the rule that is missing
/// is kept. One thread at a time.
class KeyQuestions {
    enum class Kind : std::uint8_t { expiry, type, size, idle };

public:
    struct Options {
        bool idle = false;
        std::uint16_t server = 0;  ///< noted in the facts
    };

    KeyQuestions(const ServerFacts& server, Options options);

    /// What was asked about each key of a round.
    class Round {
    public:
        /// How many replies belong to a key.
        std::size_t perKey() const noexcept { return m_count; }

    private:
        friend class KeyQuestions;
        std::array<Kind, 4> m_kinds{};
        std::size_t m_count = 0;
    };

    /// Puts the questions about the keys behind `commands[at]`, whose memory is used again:
    /// perKey() commands a key.
    Round ask(std::span<const std::string> keys, std::vector<RedisCommand>& commands,
              std::size_t at) const;

    struct Answer {
        bool isThere = false;
        KeyFacts facts;
    };
    /// The facts from the replies about one key of a round, that came at `now` of our clock. `type`
    /// in them is of the reply. A key that is gone is not there. What is refused is not asked any
    /// more in the next round.
    Answer answer(const Round& round, std::span<const RedisReply> replies, TimePoint now);

    const std::vector<std::string>& missingRules() const noexcept { return m_missingRules; }

private:
    void refused(Kind kind, const RedisReply& reply);
    void fill(Kind kind, const std::string& key, RedisCommand& command) const;

    const ServerFacts& m_server;
    const Options m_options;
    const bool m_asksAbsolute;  // the moment of expiry, exactly, instead of the time that is left
    std::vector<Kind> m_refused;
    std::vector<std::string> m_missingRules;
};

}  // namespace cachescope::inspect
