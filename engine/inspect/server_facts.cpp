// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/server_facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/inspect/command_policy.h"
#include "engine/inspect/guarded_connection.h"
#include "engine/redis/redis_info.h"

namespace cachescope::inspect {

namespace {

constexpr int kMostDatabases = 100'000;

struct Ability {
    ServerAbility ability;
    const char* command;  // that only servers know which have it
    int since;            // 702: 7.2, for servers that may not be asked
};

constexpr std::array<Ability, 8> kAbilities{{
    {ServerAbility::memoryUsage, "memory", 400},
    {ServerAbility::unlink, "unlink", 400},
    {ServerAbility::absoluteExpiry, "pexpiretime", 700},
    {ServerAbility::conditionalExpiry, "expiretime", 700},
    {ServerAbility::latencyHistogram, "latency|histogram", 700},
    {ServerAbility::tracking, "client|tracking", 600},
    {ServerAbility::noTouch, "client|no-touch", 702},
    {ServerAbility::hashFieldTtl, "hpttl", 704},
}};

constexpr std::size_t kInfo = 0;
constexpr std::size_t kSize = 1;
constexpr std::size_t kCommands = 2;
constexpr std::size_t kQuestions = 3;

int versionNumber(const std::string& version) {
    char* end = nullptr;
    const long major = std::strtol(version.c_str(), &end, 10);
    const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
    return static_cast<int>(std::clamp(major, 0L, 1000L) * 100 + std::clamp(minor, 0L, 99L));
}

std::uint64_t fieldOf(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    std::uint64_t number = 0;
    if (at != std::string_view::npos) {
        const char* const begin = text.data() + at + name.size();
        std::from_chars(begin, text.data() + text.size(), number);
    }
    return number;
}

// "db0:keys=5,expires=2,avg_ttl=1000"
std::vector<DatabaseFigures> databasesIn(std::string_view text) {
    std::vector<DatabaseFigures> found;
    for (std::size_t at = text.find("\ndb"); at != std::string_view::npos;
         at = text.find("\ndb", at + 1)) {
        const std::string_view line = text.substr(at + 3, text.find('\n', at + 3) - at - 3);
        DatabaseFigures figures;
        const auto parsed = std::from_chars(line.data(), line.data() + line.size(), figures.number);
        if (parsed.ec != std::errc{} || parsed.ptr == line.data() + line.size() ||
            *parsed.ptr != ':' || figures.number < 0 || figures.number > kMostDatabases) {
            continue;
        }
        figures.keys = fieldOf(line, "keys=");
        figures.expires = fieldOf(line, "expires=");
        constexpr std::uint64_t kCentury = 3'155'760'000'000;
        figures.averageTtl = std::chrono::milliseconds{
            static_cast<std::int64_t>(std::min(fieldOf(line, "avg_ttl="), kCentury))};
        found.push_back(figures);
    }
    return found;
}

RedisInfo readInfo(const std::string& text, ServerFacts& facts) {
    RedisInfo info{text};
    const bool isValkey = info.value("server_name") == "valkey";
    facts.product = isValkey ? "Valkey" : "Redis";
    facts.version = info.value(isValkey ? "valkey_version" : "redis_version");
    facts.runId = info.value("run_id");
    facts.role = info.value("role");
    facts.maxmemoryPolicy = info.value("maxmemory_policy");
    facts.maxmemory = info.number("maxmemory");
    facts.usedMemory = info.number("used_memory");
    facts.uptimeSeconds = info.number("uptime_in_seconds");
    facts.inCluster = info.value("cluster_enabled") == "1";
    facts.hits = info.number("keyspace_hits");
    facts.misses = info.number("keyspace_misses");
    facts.stalePercent = std::strtod(info.value("expired_stale_perc").c_str(), nullptr);
    facts.databases = databasesIn(text);
    return info;
}

// Of COMMAND INFO, whose places are nil for what the server does not know.
void readAbilities(const RedisReply& commands, ServerFacts& facts) {
    const bool told = commands.isArray() && commands.elements.size() == kAbilities.size();
    const int version = versionNumber(facts.version);
    for (std::size_t i = 0; i < kAbilities.size(); ++i) {
        const Ability& each = kAbilities.at(i);
        // Servers before 7.0 do not know subcommands there, but may have them.
        const bool named =
            told && commands.elements[i].isArray() && !commands.elements[i].elements.empty();
        const bool isSubcommand = std::string_view{each.command}.find('|') != std::string::npos;
        const bool byVersion = (!told || isSubcommand) && version >= each.since;
        if (named || byVersion) {
            facts.abilities.push_back(each.ability);
        }
    }
}

}  // namespace

bool ServerFacts::has(ServerAbility ability) const noexcept {
    return std::find(abilities.begin(), abilities.end(), ability) != abilities.end();
}

const DatabaseFigures* ServerFacts::database(int number) const noexcept {
    const auto found =
        std::find_if(databases.begin(), databases.end(),
                     [&](const DatabaseFigures& each) { return each.number == number; });
    return found == databases.end() ? nullptr : &*found;
}

std::int64_t ServerFacts::serverTime(TimePoint ours) const noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(ours.time_since_epoch() +
                                                                 clockAhead)
        .count();
}

std::vector<RedisCommand> factQuestions() {
    RedisCommand commands{"COMMAND", "INFO"};
    for (const Ability& each : kAbilities) {
        commands.emplace_back(each.command);
    }
    return {{"INFO"}, {"DBSIZE"}, std::move(commands)};
}

ServerFacts factsFrom(std::span<const RedisReply> replies, TimePoint asked, TimePoint answered) {
    ServerFacts facts;
    if (replies.size() != kQuestions) {
        return facts;
    }
    const auto questions = factQuestions();
    for (std::size_t i = 0; i < kQuestions; ++i) {
        if (auto rule = missingRule(questions[i], replies[i]); !rule.empty()) {
            facts.missingRules.push_back(std::move(rule));
        }
    }
    if (replies[kInfo].isBulk()) {
        const RedisInfo info = readInfo(replies[kInfo].text, facts);
        const auto micro = static_cast<std::int64_t>(info.number("server_time_usec"));
        constexpr std::int64_t kFarFuture = 8'000'000'000'000'000;
        if (micro > 0 && micro < kFarFuture) {
            const TimePoint middle = asked + (answered - asked) / 2;
            facts.clockAhead = std::chrono::microseconds{micro} - middle.time_since_epoch();
            facts.knowsClock = true;
        }
    }
    if (replies[kSize].isInteger()) {
        facts.keys = static_cast<std::uint64_t>(std::max<std::int64_t>(replies[kSize].integer, 0));
    }
    readAbilities(replies[kCommands], facts);
    return facts;
}

Result<ServerFacts> readServerFacts(GuardedConnection& connection, TimePoint deadline,
                                    const Clock& clock) {
    const TimePoint asked = clock.now();
    const auto replies = connection.ask(factQuestions(), deadline);
    if (!replies) {
        return replies.error();
    }
    for (const RedisReply& reply : *replies) {
        const bool passes = reply.isError() && redisErrorCode(reply.text) == ErrorCode::loading;
        if (passes) {
            return redisError(reply, {});
        }
    }
    return factsFrom(*replies, asked, clock.now());
}

std::uint64_t deadButResident(const ServerFacts& facts, int database) noexcept {
    const DatabaseFigures* const figures = facts.database(database);
    if (figures == nullptr) {
        return 0;
    }
    return static_cast<std::uint64_t>(static_cast<double>(figures->expires) *
                                      std::clamp(facts.stalePercent, 0.0, 100.0) / 100.0);
}

}  // namespace cachescope::inspect
