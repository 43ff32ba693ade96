// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/guarded_session.h"
#include "engine/inspect/inspected_servers.h"
#include "engine/redis/stoppable_waits.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/redis_server.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;

constexpr Duration kLong = 20s;

TimePoint in(Duration span) {
    return SystemClock::instance().now() + span;
}

std::unique_ptr<GuardedConnection> connectTo(const RedisServer& server,
                                             const std::shared_ptr<Guard>& guard,
                                             CommandReach granted) {
    auto opened = GuardedConnection::open(server.address(), guard, granted, in(kLong));
    EXPECT_TRUE(opened.ok()) << opened.error().toLogLine();
    return std::move(*opened);
}

LookUps lookUpsOf(const RedisServer& server) {
    const RedisInfo info{server.command({"INFO", "stats"}).text};
    return {info.number("keyspace_hits"), info.number("keyspace_misses"), 0};
}

TEST(InspectGuard, whatWasNotGrantedIsNotSent) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const auto guard = std::make_shared<Guard>();
    GuardedSession session{server.address(), guard};
    server.command({"SET", "k", "v"});
    const auto code = [&](const RedisCommand& command, CommandReach granted) {
        const auto replies =
            session.ask({{"PING"}, command}, granted, RedisPriority::interactive, in(kLong));
        return replies ? ErrorCode::closed : replies.error().code();
    };
    EXPECT_EQ(code({"STRLEN", "k"}, CommandReach::observe), ErrorCode::noPermission);
    EXPECT_EQ(code({"UNLINK", "k"}, CommandReach::change), ErrorCode::noPermission);
    EXPECT_EQ(code({"MONITOR"}, CommandReach::settings), ErrorCode::noPermission);
    EXPECT_EQ(code({"GET", "k"}, CommandReach::change), ErrorCode::noPermission);
    EXPECT_EQ(guard->meter().figures().commands, 0u) << "not even what stood beside it";
    EXPECT_EQ(guard->meter().figures().refused, 4u);
    EXPECT_EQ(code({"STRLEN", "k"}, CommandReach::open), ErrorCode::closed);
    guard->unlock();
    EXPECT_EQ(code({"UNLINK", "k"}, CommandReach::change), ErrorCode::closed);
    EXPECT_EQ(server.command({"EXISTS", "k"}).integer, 0);
    guard->lock();
    EXPECT_EQ(code({"UNLINK", "k"}, CommandReach::change), ErrorCode::noPermission);
}

TEST(InspectGuard, aRefusedRequestEndsInItsCallback) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    GuardedSession session{server.address(), std::make_shared<Guard>()};
    std::optional<Error> failure;
    session.submit({{"KEYS", "*"},
                    CommandReach::change,
                    in(kLong),
                    RedisPriority::interactive,
                    std::make_shared<RedisUse>(),
                    [&](Result<RedisReply> reply) { failure = reply.error(); }});
    ASSERT_TRUE(failure.has_value());
    EXPECT_EQ(failure->code(), ErrorCode::noPermission);
    EXPECT_EQ(failure->subject(), "keys");
}

// What the server counted must be what we say that we have added, command by command.
TEST(InspectGuard, countsTheLookUpsThatTheServerCounts) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "string", "value"});
    server.command({"HSET", "hash", "f", "v"});
    server.command({"RPUSH", "list", "a", "b"});
    server.command({"SADD", "set", "a"});
    server.command({"ZADD", "zset", "1", "a"});
    server.command({"XADD", "stream", "*", "f", "v"});
    const auto guard = std::make_shared<Guard>();
    const auto connection = connectTo(server, guard, CommandReach::open);
    std::vector<RedisCommand> commands{{"DBSIZE"}, {"RANDOMKEY"}, {"SCAN", "0"}};
    for (const char* key : {"string", "hash", "list", "set", "zset", "stream", "none"}) {
        for (const char* name : {"PTTL", "TTL", "TYPE", "EXPIRETIME", "PEXPIRETIME", "EXISTS",
                                 "STRLEN", "HLEN", "LLEN", "SCARD", "ZCARD", "XLEN"}) {
            commands.push_back({name, key});
        }
        for (const char* name : {"IDLETIME", "FREQ", "ENCODING", "REFCOUNT"}) {
            commands.push_back({"OBJECT", name, key});
        }
        commands.push_back({"MEMORY", "USAGE", key});
        commands.push_back({"EXISTS", key, "none", key});
        commands.push_back({"HSCAN", key, "0"});
        commands.push_back({"SSCAN", key, "0"});
        commands.push_back({"ZSCAN", key, "0"});
        commands.push_back({"LRANGE", key, "0", "5"});
        commands.push_back({"ZRANGE", key, "0", "5"});
        commands.push_back({"GETRANGE", key, "0", "5"});
        commands.push_back({"XRANGE", key, "-", "+", "COUNT", "5"});
        commands.push_back({"XINFO", "STREAM", key});
        commands.push_back({"HGET", key, "f"});
        commands.push_back({"HSTRLEN", key, "f"});
        commands.push_back({"LINDEX", key, "0"});
        commands.push_back({"ZSCORE", key, "a"});
    }
    for (const RedisCommand& command : commands) {
        const LookUps before = lookUpsOf(server);
        const LookUps ownBefore = guard->meter().figures().lookUps;
        ASSERT_TRUE(connection->ask({&command, 1}, in(kLong)).ok());
        const LookUps after = lookUpsOf(server);
        const LookUps own = guard->meter().figures().lookUps;
        const std::uint64_t hits = after.hits - before.hits;
        const std::uint64_t misses = after.misses - before.misses;
        const std::string what = command.front() + ' ' + (command.size() > 1 ? command[1] : "");
        if (own.unsure != ownBefore.unsure) {
            EXPECT_EQ(hits + misses, own.unsure - ownBefore.unsure) << what;
            EXPECT_EQ(own.hits, ownBefore.hits) << what;
        } else {
            EXPECT_EQ(hits, own.hits - ownBefore.hits) << what << ' ' << command.back();
            EXPECT_EQ(misses, own.misses - ownBefore.misses) << what << ' ' << command.back();
        }
    }
}

TEST(InspectGuard, metersBytesAsTheServerDoes) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (int i = 0; i < 300; ++i) {
        server.command({"SET", "key" + std::to_string(i), std::string(1000, 'v')});
    }
    const auto guard = std::make_shared<Guard>();
    const auto connection = connectTo(server, guard, CommandReach::open);
    const auto traffic = [&] { return RedisInfo{server.command({"INFO", "stats"}).text}; };
    const RedisInfo before = traffic();
    const RedisInfo between = traffic();
    std::vector<RedisCommand> commands{{"SCAN", "0", "COUNT", "100"}, {"PTTL", "none"}};
    commands.push_back({"GETRANGE", "key1", "0", "500"});
    commands.push_back({"TYPE", "key1"});
    commands.push_back({"OBJECT", "FREQ", "key1"});
    ASSERT_TRUE(connection->ask(commands, in(kLong)).ok());
    const RedisInfo after = traffic();
    const auto moved = [&](const char* field) {
        const auto look = between.number(field) - before.number(field);
        return after.number(field) - between.number(field) - look;
    };
    const auto figures = guard->meter().figures();
    // The reply to INFO has a few digits more each time.
    EXPECT_NEAR(static_cast<double>(figures.bytesReceived),
                static_cast<double>(moved("total_net_output_bytes")), 32.0);
    EXPECT_EQ(figures.bytesSent, moved("total_net_input_bytes"));
    EXPECT_EQ(figures.commands, commands.size());
    EXPECT_GT(estimatedServerTime(figures, RedisInfo{server.command({"INFO", "all"}).text}), 0ns);
}

TEST(InspectGuard, aWaitForAnAnswerEndsWhenItIsStopped) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    const auto guard = std::make_shared<Guard>();
    GuardedSession session{server.address(), guard};
    ASSERT_TRUE(
        session.ask({{"PING"}}, CommandReach::observe, RedisPriority::background, in(kLong)).ok());
    server.suspend();
    std::stop_source stop;
    std::optional<ErrorCode> code;
    {
        test::TestThread asker{[&] {
            const auto replies =
                session.ask({{"PTTL", "k"}}, CommandReach::observe, RedisPriority::background,
                            in(kLong), stop.get_token());
            code = replies ? ErrorCode::closed : replies.error().code();
        }};
        EXPECT_TRUE(test::eventually([&] { return session.status().inFlight == 1; }));
        stop.request_stop();
    }
    EXPECT_EQ(code, ErrorCode::cancelled);
    EXPECT_EQ(guard->meter().figures().lookUps.unsure, 1u) << "it may have been looked up";
    server.resume();
}

TEST(InspectGuard, aConnectionOfItsOwnListensToTheServersNotifications) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"CONFIG", "SET", "notify-keyspace-events", "KEA"});
    const auto connection = connectTo(server, std::make_shared<Guard>(), CommandReach::observe);
    ASSERT_TRUE(connection->post({"PSUBSCRIBE", "__keyevent@0__:*"}, in(kLong)).ok());
    std::vector<RedisReply> heard;
    const auto hearNext = [&] {
        while (true) {
            auto replies = connection->receive();
            if (!replies || !replies->empty()) {
                heard = replies ? *replies : std::vector<RedisReply>{};
                return;
            }
            ASSERT_TRUE(*connection->waitForNews(in(kLong)));
        }
    };
    hearNext();
    ASSERT_FALSE(heard.empty());
    EXPECT_EQ(heard.front().elements.front().text, "psubscribe");
    server.command({"SET", "k", "v"});
    hearNext();
    ASSERT_FALSE(heard.empty());
    EXPECT_EQ(heard.front().elements.back().text, "k");
    EXPECT_EQ(connection->post({"PSUBSCRIBE", "*"}, in(kLong)).error().code(),
              ErrorCode::noPermission);
}

TEST(InspectGuard, oneServerIsInspectedWhereItIs) {
    const auto target = RedisTarget::parse("redis://:secret@127.0.0.1:7777/3").value();
    InspectedServers servers{target};
    const auto found = servers.find(in(kLong));
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front(), target.seeds.front());
}

TEST(RedisClusterInspect, allPrimariesOfAClusterAreInspected) {
    CACHESCOPE_NEEDS_REDIS();
    auto& cluster = test::RedisCluster::shared();
    InspectedServers servers{RedisTarget::parse(cluster.url()).value()};
    const auto found = servers.find(in(kLong));
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    ASSERT_EQ(found->size(), 3u);
    const std::array<std::size_t, 3> slots{0, 6000, 12'000};
    for (std::size_t i = 0; i < 3; ++i) {
        const int owner = cluster.ownerOf(slots.at(i), 0);
        EXPECT_EQ((*found)[i].port, cluster.server(owner).address().port);
    }
}

}  // namespace
}  // namespace cachescope::inspect
