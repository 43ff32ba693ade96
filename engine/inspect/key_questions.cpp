// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_questions.h"

#include <algorithm>
#include <utility>

#include "engine/inspect/command_policy.h"

namespace cachescope::inspect {

namespace {

void put(RedisCommand& command, std::size_t words, const char* name) {
    command.resize(words);
    command.front() = name;
}

}  // namespace

KeyQuestions::KeyQuestions(const ServerFacts& server, Options options)
    : m_server(server),
      m_options(options),
      m_asksAbsolute(server.knowsClock && server.has(ServerAbility::absoluteExpiry)) {}

KeyQuestions::Round KeyQuestions::ask(std::span<const std::string> keys,
                                      std::vector<RedisCommand>& commands, std::size_t at) const {
    Round round;
    for (const Kind kind : {Kind::expiry, Kind::type, Kind::size, Kind::idle}) {
        const bool wanted = kind != Kind::idle || m_options.idle;
        if (wanted && std::find(m_refused.begin(), m_refused.end(), kind) == m_refused.end()) {
            round.m_kinds.at(round.m_count++) = kind;
        }
    }
    commands.resize(std::max(commands.size(), at + keys.size() * round.m_count));
    for (const std::string& key : keys) {
        for (std::size_t i = 0; i < round.m_count; ++i) {
            fill(round.m_kinds.at(i), key, commands[at++]);
        }
    }
    return round;
}

void KeyQuestions::fill(Kind kind, const std::string& key, RedisCommand& command) const {
    switch (kind) {
        case Kind::expiry:
            put(command, 2, m_asksAbsolute ? "PEXPIRETIME" : "PTTL");
            break;
        case Kind::type:
            put(command, 2, "TYPE");
            break;
        case Kind::size:
            put(command, 3, "MEMORY");
            command[1] = "USAGE";
            break;
        case Kind::idle:
            put(command, 3, "OBJECT");
            command[1] = m_server.usesFrequency() ? "FREQ" : "IDLETIME";
            break;
    }
    command.back() = key;
}

KeyQuestions::Answer KeyQuestions::answer(const Round& round, std::span<const RedisReply> replies,
                                          TimePoint now) {
    Answer answer;
    answer.isThere = true;
    answer.facts.server = m_options.server;
    for (std::size_t i = 0; i < round.m_count; ++i) {
        const RedisReply& reply = replies[i];
        if (reply.isError()) {
            // A slot that is moving or has moved: the key is another server's now.
            if (reply.text.starts_with("MOVED ") || reply.text.starts_with("ASK ")) {
                answer.isThere = false;
            } else {
                refused(round.m_kinds.at(i), reply);
            }
            continue;
        }
        switch (round.m_kinds.at(i)) {
            case Kind::expiry: {
                answer.isThere = answer.isThere && reply.integer != -2;
                answer.facts.expiry =
                    reply.integer < 0
                        ? kNoExpiry
                        : reply.integer + (m_asksAbsolute ? 0 : m_server.serverTime(now));
                break;
            }
            case Kind::type:
                answer.isThere = answer.isThere && reply.text != "none";
                answer.facts.type = reply.text;
                break;
            case Kind::size:
                answer.isThere = answer.isThere && !reply.isNil();
                answer.facts.bytes = static_cast<std::uint64_t>(reply.integer);
                break;
            case Kind::idle:
                answer.isThere = answer.isThere && !reply.isNil();
                answer.facts.idle = static_cast<std::uint32_t>(
                    std::clamp<std::int64_t>(reply.integer, 0, kIdleUnknown - 1));
                break;
        }
    }
    return answer;
}

void KeyQuestions::refused(Kind kind, const RedisReply& reply) {
    if (std::find(m_refused.begin(), m_refused.end(), kind) != m_refused.end()) {
        return;
    }
    RedisCommand command;
    fill(kind, {}, command);
    auto rule = missingRule(command, reply);
    // A key that the user may not touch says nothing about the next one.
    const bool isOfTheKey = rule == "~*";
    if (!rule.empty() &&
        std::find(m_missingRules.begin(), m_missingRules.end(), rule) == m_missingRules.end()) {
        m_missingRules.push_back(std::move(rule));
    }
    if (!isOfTheKey) {
        m_refused.push_back(kind);
    }
}

}  // namespace cachescope::inspect
