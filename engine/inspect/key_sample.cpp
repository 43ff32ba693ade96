// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_sample.h"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/key_questions.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kDrawsAtOnce = 1000;
constexpr const char* kPageOfScan = "1000";
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

// The keys of one server.
class ServerSample {
public:
    ServerSample(GuardedConnection& connection, std::string subject, const ServerFacts& facts,
                 std::uint16_t number, KeyCensus& census, TimePoint deadline, const Clock& clock)
        : m_connection(connection),
          m_subject(std::move(subject)),
          m_questions(facts, {.idle = false, .server = number}),
          m_census(census),
          m_deadline(deadline),
          m_clock(clock) {}

    Result<void> draw(std::size_t draws) {
        while (draws > 0 || !m_fresh.empty()) {
            const std::size_t now = std::min(draws, kDrawsAtOnce);
            draws -= now;
            m_commands.resize(std::max(m_commands.size(), now));
            std::fill_n(m_commands.begin(), static_cast<std::ptrdiff_t>(now),
                        RedisCommand{"RANDOMKEY"});
            const auto replies = round(now);
            if (!replies) {
                return replies.error();
            }
            for (std::size_t i = 0; i < now; ++i) {
                const RedisReply& key = (*replies)[i];
                if (key.isError()) {
                    return redisError(key, m_subject);
                }
                if (key.isBulk()) {
                    ++m_drawn;
                    meet(key.text);
                }
            }
        }
        return {};
    }

    // Or the first of all, until there are `most`.
    Result<void> readAll(std::uint64_t most) {
        std::string cursor = "0";
        bool atEnd = false;
        while (!atEnd || !m_fresh.empty()) {
            const bool scans = !atEnd;
            if (scans) {
                m_commands.resize(std::max<std::size_t>(m_commands.size(), 1));
                m_commands.front() = {"SCAN", cursor, "COUNT", kPageOfScan};
            }
            const auto replies = round(scans ? 1 : 0);
            if (!replies) {
                return replies.error();
            }
            if (!scans) {
                continue;
            }
            const RedisReply& page = replies->front();
            if (!page.isArray() || page.elements.size() != 2) {
                return unexpectedReply(page, m_subject);
            }
            for (const RedisReply& key : page.elements[1].elements) {
                ++m_drawn;
                meet(key.text);
            }
            cursor = page.elements[0].text;
            atEnd = cursor == "0" || m_drawn >= most;
        }
        return {};
    }

    std::uint64_t drawn() const noexcept { return m_drawn; }
    const std::vector<std::string>& missingRules() const { return m_questions.missingRules(); }

private:
    void meet(const std::string& key) {
        if (m_met.insert(key).second) {
            m_fresh.push_back(key);
        }
    }

    // One round trip: the first `leading` commands, and the questions about the keys that were met
    // in the round before.
    Result<std::vector<RedisReply>> round(std::size_t leading) {
        const std::vector<std::string> keys = std::exchange(m_fresh, {});
        const auto asked = m_questions.ask(keys, m_commands, leading);
        const std::size_t perKey = asked.perKey();
        const std::size_t end = leading + keys.size() * perKey;
        auto replies = m_connection.ask(std::span{m_commands}.first(end), m_deadline);
        if (!replies) {
            return replies;
        }
        if (auto failure = passingFailure(*replies, m_subject)) {
            return *failure;
        }
        std::vector<NamedKey> found;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto answer = m_questions.answer(
                asked, std::span{*replies}.subspan(leading + i * perKey, perKey), m_clock.now());
            if (answer.isThere) {
                found.push_back({keys[i], answer.facts});
            }
        }
        if (auto added = m_census.add(found); !added) {
            return added.error();
        }
        return replies;
    }

    GuardedConnection& m_connection;
    const std::string m_subject;
    KeyQuestions m_questions;
    KeyCensus& m_census;
    const TimePoint m_deadline;
    const Clock& m_clock;
    std::vector<RedisCommand> m_commands;
    std::vector<std::string> m_fresh;  // met, and not asked about yet
    std::unordered_set<std::string> m_met;
    std::uint64_t m_drawn = 0;
};

void addRules(const std::vector<std::string>& rules, std::vector<std::string>& all) {
    for (const std::string& rule : rules) {
        if (std::find(all.begin(), all.end(), rule) == all.end()) {
            all.push_back(rule);
        }
    }
}

}  // namespace

std::optional<Error> passingFailure(const std::vector<RedisReply>& replies,
                                    const std::string& subject) {
    for (const RedisReply& reply : replies) {
        if (reply.isError() && redisErrorCode(reply.text) == ErrorCode::loading) {
            return redisError(reply, subject);
        }
    }
    return std::nullopt;
}

Result<KeySample> takeSample(const std::vector<GuardedServer>& servers,
                             const SampleOptions& options, TimePoint deadline) {
    const Clock& clock = *options.clock;
    const TimePoint begun = clock.now();
    KeySample sample;
    std::vector<std::unique_ptr<GuardedConnection>> connections;
    std::uint64_t all = 0;
    bool knowsAll = true;
    for (const GuardedServer& server : servers) {
        auto opened = GuardedConnection::open(server.address, server.guard, CommandReach::observe,
                                              deadline, clock);
        if (!opened) {
            return opened.error();
        }
        auto facts = readServerFacts(**opened, deadline, clock);
        if (!facts) {
            return facts.error();
        }
        connections.push_back(std::move(*opened));
        addRules(facts->missingRules, sample.missingRules);
        all += facts->keys.value_or(0);
        knowsAll = knowsAll && facts->keys.has_value();
        sample.facts.push_back(std::move(*facts));
    }
    KeyCensus census{options.separator};
    const bool isSmall = knowsAll && all <= options.keys;
    bool exact = isSmall;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        ServerSample part{*connections[i],
                          servers[i].address.toText(),
                          sample.facts[i],
                          static_cast<std::uint16_t>(i),
                          census,
                          deadline,
                          clock};
        // Each server's part of the draws, rounded up; the same of each where nothing is known.
        const std::uint64_t mine = sample.facts[i].keys.value_or(0);
        const std::uint64_t draws = knowsAll && all > 0
                                        ? (options.keys * mine + all - 1) / all
                                        : (options.keys + servers.size() - 1) / servers.size();
        auto done = isSmall ? part.readAll(kAll) : part.draw(draws);
        if (!done && done.error().code() == ErrorCode::noPermission) {
            addRules({isSmall ? "+scan" : "+randomkey"}, sample.missingRules);
            exact = false;
            done = isSmall ? part.draw(draws) : part.readAll(draws);
        }
        addRules(part.missingRules(), sample.missingRules);
        if (!done) {
            return done.error();
        }
        sample.drawn += part.drawn();
    }
    sample.keys = census.view();
    sample.taken = sample.facts.empty() ? 0 : sample.facts.front().serverTime(clock.now());
    FigureOptions figures;
    figures.now = sample.taken;
    figures.databaseKeys = knowsAll ? all : 0;
    figures.exact = exact;
    sample.figures = figuresOf(sample.keys, figures);
    sample.took = clock.now() - begun;
    return sample;
}

}  // namespace cachescope::inspect
