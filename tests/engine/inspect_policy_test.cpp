// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/command_policy.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace cachescope::inspect {
namespace {

ErrorCode refusal(const RedisCommand& command) {
    const auto reach = reachOf(command);
    EXPECT_FALSE(reach.ok()) << command.front();
    if (reach) {
        return ErrorCode::closed;
    }
    EXPECT_FALSE(reach.error().detail().empty()) << command.front();
    return reach.error().code();
}

CommandReach reach(const RedisCommand& command) {
    const auto found = reachOf(command);
    EXPECT_TRUE(found.ok()) << command.front();
    return found ? *found : CommandReach::change;
}

RedisReply integer(std::int64_t number) {
    RedisReply reply;
    reply.type = RedisReply::Type::integer;
    reply.integer = number;
    return reply;
}

RedisReply text(RedisReply::Type type, std::string content) {
    RedisReply reply;
    reply.type = type;
    reply.text = std::move(content);
    return reply;
}

TEST(InspectPolicy, whatLooksWithoutATraceIsObserving) {
    for (const RedisCommand& command : std::vector<RedisCommand>{
             {"SCAN", "0", "COUNT", "1000", "MATCH", "a*"},
             {"scan", "18446744073709551615"},
             {"PTTL", "k"},
             {"PexpireTime", "k"},
             {"TYPE", "k"},
             {"MEMORY", "USAGE", "k"},
             {"memory", "usage", "k", "samples", "5"},
             {"OBJECT", "IDLETIME", "k"},
             {"RANDOMKEY"},
             {"INFO", "all"},
             {"CONFIG", "GET", "maxmemory", "maxmemory-policy"},
             {"CLIENT", "LIST"},
             {"SLOWLOG", "GET", "128"},
             {"LATENCY", "HISTOGRAM"},
         }) {
        EXPECT_EQ(reach(command), CommandReach::observe) << command.front();
    }
}

TEST(InspectPolicy, whatMakesAKeyLookUsedIsForKeysThatAPersonOpened) {
    for (const RedisCommand& command : std::vector<RedisCommand>{
             {"GETRANGE", "k", "0", "1023"},
             {"STRLEN", "k"},
             {"HSCAN", "k", "0", "COUNT", "100"},
             {"LRANGE", "k", "0", "99"},
             {"LRANGE", "k", "-100", "-1"},
             {"ZRANGE", "k", "0", "99", "WITHSCORES"},
             {"XRANGE", "k", "-", "+", "COUNT", "50"},
             {"HPTTL", "k", "FIELDS", "1", "f"},
         }) {
        EXPECT_EQ(reach(command), CommandReach::open) << command.front();
    }
}

TEST(InspectPolicy, whatHarmsIsNeverSent) {
    for (const RedisCommand& command : std::vector<RedisCommand>{
             {"KEYS", "*"},
             {"GET", "k"},
             {"HGETALL", "k"},
             {"SMEMBERS", "k"},
             {"DEL", "k"},
             {"SET", "k", "v"},
             {"EVAL", "return 1", "0"},
             {"EVALSHA", "abc", "0"},
             {"FCALL", "f", "0"},
             {"SCRIPT", "LOAD", "return 1"},
             {"FLUSHALL"},
             {"DEBUG", "OBJECT", "k"},
             {"SHUTDOWN"},
             {"SELECT", "1"},
             {"MULTI"},
             {"BLPOP", "k", "0"},
             {"CLIENT", "KILL", "ID", "1"},
             {"CLIENT", "PAUSE", "1"},
             {"CLIENT"},
             {"CONFIG", "RESETSTAT"},
             {"CONFIG", "REWRITE"},
             {"LATENCY", "RESET"},
             {"SLOWLOG", "RESET"},
             {"TOUCH", "k"},
             {"GETEX", "k"},
             {"PUBLISH", "c", "m"},
             {"ACL", "SETUSER", "u"},
             {"CLUSTER", "FAILOVER"},
             {"MODULE", "LOAD", "m"},
             {"MEMORY", "PURGE"},
             {std::string{"SCAN\0", 5}, "0"},
             {"MEMORY|USAGE", "k", "k"},
             {"MEMORYXUSAGE", "k", "k"},
             {std::string(1000, 'x')},
         }) {
        EXPECT_EQ(refusal(command), ErrorCode::noPermission) << command.front();
    }
    EXPECT_EQ(reachOf({}).error().code(), ErrorCode::missing);
    EXPECT_EQ(reachOf({""}).error().code(), ErrorCode::missing);
}

TEST(InspectPolicy, argumentsThatAskForTooMuchAreRefused) {
    for (const RedisCommand& command : std::vector<RedisCommand>{
             {"MEMORY", "USAGE", "k", "SAMPLES", "0"},
             {"MEMORY", "USAGE", "k", "SAMPLES", "00"},
             {"MEMORY", "USAGE", "k", "SAMPLES", "1000000"},
             {"MEMORY", "USAGE", "k", "SAMPLES", "five"},
             {"SCAN", "0", "COUNT", "5001"},
             {"SCAN", "0", "COUNT", "99999999999999999999"},
             {"SCAN", "0", "TYPE", "hash"},
             {"SCAN", "0", "COUNT"},
             {"LRANGE", "k", "0", "-1"},
             {"LRANGE", "k", "0", "10000"},
             {"LRANGE", "k", "-10001", "-1"},
             {"ZRANGE", "k", "-inf", "+inf", "BYSCORE"},
             {"GETRANGE", "k", "0", "-1"},
             {"GETRANGE", "k", "0", "1048576"},
             {"HSCAN", "k", "0", "COUNT", "10001"},
             {"XRANGE", "k", "-", "+"},
             {"XRANGE", "k", "-", "+", "COUNT", "10001"},
             {"XINFO", "STREAM", "k", "FULL"},
             {"CONFIG", "GET", "*"},
             {"CONFIG", "GET", "maxmemory", "save*"},
             {"CONFIG", "GET", "requirepass"},
             {"CONFIG", "SET", "maxmemory", "1"},
             {"CONFIG", "SET", "notify-keyspace-events", "KEA", "maxmemory", "1"},
             {"SLOWLOG", "GET", "-1"},
             {"SLOWLOG", "GET", "1001"},
             {"SUBSCRIBE", "chat"},
             {"PSUBSCRIBE", "*"},
             {"COMMAND", "INFO"},
             RedisCommand(1002, "UNLINK"),
         }) {
        EXPECT_EQ(refusal(command), ErrorCode::noPermission) << command.front();
    }
}

TEST(InspectPolicy, settingsAndChangesAreReachesOfTheirOwn) {
    EXPECT_EQ(reach({"MONITOR"}), CommandReach::settings);
    EXPECT_EQ(reach({"CONFIG", "SET", "notify-keyspace-events", "Exm"}), CommandReach::settings);
    EXPECT_EQ(reach({"UNLINK", "a", "b"}), CommandReach::change);
    EXPECT_EQ(reach({"PEXPIREAT", "a", "5", "GT"}), CommandReach::change);
    EXPECT_EQ(reach({"PERSIST", "a"}), CommandReach::change);
    EXPECT_TRUE(covers(CommandReach::open, CommandReach::observe));
    EXPECT_TRUE(covers(CommandReach::change, CommandReach::open));
    EXPECT_FALSE(covers(CommandReach::observe, CommandReach::open));
    EXPECT_FALSE(covers(CommandReach::change, CommandReach::settings));
    EXPECT_FALSE(covers(CommandReach::settings, CommandReach::open));
}

TEST(InspectPolicy, whatListensNeedsAConnectionOfItsOwn) {
    EXPECT_TRUE(passOf({"MONITOR"})->ownConnection);
    EXPECT_TRUE(passOf({"SUBSCRIBE", "__redis__:invalidate"})->ownConnection);
    EXPECT_TRUE(passOf({"PSUBSCRIBE", "__keyevent@0__:*"})->ownConnection);
    EXPECT_FALSE(passOf({"SCAN", "0"})->ownConnection);
}

TEST(InspectPolicy, eachCommandHasANumberAndANameOfItsOwn) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < commandCount(); ++i) {
        names.emplace(commandName(i));
    }
    EXPECT_EQ(names.size(), commandCount());
    EXPECT_EQ(commandName(passOf({"Memory", "USAGE", "k"})->number), "memory|usage");
    EXPECT_EQ(commandName(passOf({"PTTL", "k"})->number), "pttl");
}

TEST(InspectPolicy, aReplyTellsWhichLookUpsWereAdded) {
    EXPECT_EQ(lookUpsOf({"PTTL", "k"}, integer(-1)), (LookUps{1, 0, 0}));
    EXPECT_EQ(lookUpsOf({"PTTL", "k"}, integer(-2)), (LookUps{0, 1, 0}));
    EXPECT_EQ(lookUpsOf({"EXISTS", "a", "b", "c"}, integer(2)), (LookUps{2, 1, 0}));
    EXPECT_EQ(lookUpsOf({"TYPE", "k"}, text(RedisReply::Type::status, "none")), (LookUps{0, 1, 0}));
    EXPECT_EQ(lookUpsOf({"SCAN", "0"}, RedisReply{}), LookUps{});
    EXPECT_EQ(lookUpsOf({"GETRANGE", "k", "0", "9"}, text(RedisReply::Type::bulk, "")),
              (LookUps{0, 0, 1}))
        << "nothing there, or nothing in that place";
    EXPECT_EQ(lookUpsOf({"LLEN", "k"}, text(RedisReply::Type::error, "WRONGTYPE Operation")),
              (LookUps{1, 0, 0}));
    EXPECT_EQ(lookUpsOf({"PTTL", "k"}, text(RedisReply::Type::error, "NOPERM no")), LookUps{});
}

TEST(InspectPolicy, namesTheRuleThatAUserLacks) {
    const auto refused = [](const char* what) { return text(RedisReply::Type::error, what); };
    EXPECT_EQ(missingRule({"MEMORY", "USAGE", "k"},
                          refused("NOPERM this user has no permissions to run the "
                                  "'memory|usage' command")),
              "+memory|usage");
    EXPECT_EQ(missingRule({"INFO"}, refused("NOPERM User x has no permissions to run the 'info' "
                                            "command")),
              "+info");
    EXPECT_EQ(missingRule({"PTTL", "k"}, refused("NOPERM this user has no permissions to access "
                                                 "one of the keys used as arguments")),
              "~*");
    EXPECT_EQ(missingRule({"INFO"}, refused("ERR unknown command")), "");
    EXPECT_EQ(missingRule({"PTTL", "k"}, integer(1)), "");
}

}  // namespace
}  // namespace cachescope::inspect
