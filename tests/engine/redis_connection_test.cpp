// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_target.h"

#include <gtest/gtest.h>

#include "engine/redis/name_lookup.h"
#include "engine/redis/redis_probe.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::BlackHole;
using test::RedisServer;
using test::ScriptedServer;

constexpr Duration kLong = 20s;     // more than any step of a test may take
constexpr Duration kShort = 300ms;  // a time-out that a test waits for
constexpr Duration kSlack = 2s;     // what a busy machine may add to it

TimePoint in(Duration span) {
    return SystemClock::instance().now() + span;
}

Result<std::unique_ptr<RedisConnection>> openUrl(const std::string& url, Duration timeout = kLong) {
    const auto address = RedisTarget::parse(url);
    if (!address) {
        return address.error();
    }
    return RedisConnection::open(address->seeds.front(), in(timeout));
}

Error openFailure(const std::string& url, Duration timeout = kLong) {
    const auto opened = openUrl(url, timeout);
    EXPECT_FALSE(opened.ok()) << url;
    return opened ? Error{ErrorCode::closed} : opened.error();
}

RedisReply ask(RedisConnection& connection, const RedisCommand& command) {
    auto replies = connection.send({&command, 1}, in(kLong));
    EXPECT_TRUE(replies.ok()) << replies.error().toLogLine();
    return replies ? std::move(replies->front()) : RedisReply{};
}

// The code of opening the URL with a short time-out, which must be kept.
ErrorCode codeWithinTimeout(const std::string& url) {
    const TimePoint start = SystemClock::instance().now();
    const Error error = openFailure(url, kShort);
    EXPECT_LT(SystemClock::instance().now() - start, kShort + kSlack);
    return error.code();
}

TEST(RedisConnection, everyTypeOfReplyArrivesAsItIs) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const auto connection = openUrl(server.url()).value();
    const std::string binary{"\0\r\n\xff$5\r\n", 8};
    EXPECT_EQ(ask(*connection, {"SET", binary, binary}).type, RedisReply::Type::status);
    EXPECT_EQ(ask(*connection, {"GET", binary}).text, binary);
    EXPECT_TRUE(ask(*connection, {"GET", "absent"}).isNil());
    EXPECT_EQ(ask(*connection, {"DECR", "n"}).integer, -1);
    EXPECT_TRUE(ask(*connection, {"SET", "empty", ""}).text == "OK");
    const RedisReply empty = ask(*connection, {"GET", "empty"});
    EXPECT_TRUE(empty.isBulk());
    EXPECT_EQ(empty.text, "");
    EXPECT_TRUE(isWrongType(ask(*connection, {"LLEN", "n"})));
    const RedisReply array = ask(*connection, {"MGET", "n", "absent", "empty"});
    ASSERT_EQ(array.elements.size(), 3u);
    EXPECT_EQ(array.elements[0].text, "-1");
    EXPECT_TRUE(array.elements[1].isNil());
    const RedisReply nested = ask(*connection, {"EVAL", "return {1,{2,{'x'}},{}}", "0"});
    ASSERT_EQ(nested.elements.size(), 3u);
    EXPECT_EQ(nested.elements[1].elements.at(1).elements.at(0).text, "x");
    EXPECT_TRUE(nested.elements[2].isArray());
    EXPECT_TRUE(connection->isQuiet());
}

TEST(RedisConnection, aPipelineLargerThanEverySocketBufferGoesThroughInBothDirections) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const auto connection = openUrl(server.url()).value();
    const std::string value(1 << 20, 'v');
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 20; ++i) {
        commands.push_back({"SET", "key" + std::to_string(i), value + std::to_string(i)});
        commands.push_back({"GET", "key" + std::to_string(i)});
    }
    const auto replies = connection->send(commands, in(kLong));
    ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
    ASSERT_EQ(replies->size(), 40u);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_EQ((*replies)[2 * i].text, "OK");
        EXPECT_TRUE((*replies)[2 * i + 1].text == value + std::to_string(i)) << i;
    }
}

TEST(RedisConnection, logsInWithAPasswordAndWithAUser) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.tcp = true;
    options.password = "p@ss/word";
    const RedisServer server{options};
    server.command({"ACL", "SETUSER", "alice", "on", ">alices", "~*", "+@all"});
    const std::string place = "127.0.0.1:" + std::to_string(server.address().port);

    const auto byPassword = openUrl("redis://:p%40ss%2Fword@" + place).value();
    EXPECT_EQ(ask(*byPassword, {"ACL", "WHOAMI"}).text, "default");
    EXPECT_EQ(ask(*byPassword, {"CLIENT", "GETNAME"}).text, "cachescope");
    const auto byUser = openUrl("redis://alice:alices@" + place).value();
    EXPECT_EQ(ask(*byUser, {"ACL", "WHOAMI"}).text, "alice");

    for (const std::string& login : {std::string{"alice:wrong@"}, std::string{":wrong@"},
                                     std::string{"nobody:x@"}, std::string{}}) {
        const Error error = openFailure("redis://" + login + place);
        EXPECT_EQ(error.code(), ErrorCode::authentication) << login;
        EXPECT_EQ(error.toLogLine().find("wrong"), std::string::npos) << error.toLogLine();
        EXPECT_FALSE(error.detail().empty());
    }
}

TEST(RedisConnection, aPasswordThatTheServerDoesNotAskForIsALoginFailure) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    EXPECT_EQ(openFailure(server.url(":unasked")).code(), ErrorCode::authentication);
}

TEST(RedisConnection, aPasswordThatTheServerRepeatsIsNotPassedOn) {
    // A server without AUTH says what came with it, of long words the beginning.
    const std::string begin = "-ERR unknown command 'AUTH', with args beginning with: 'hush";
    for (const char* rest : {"hush'\r\n", "'\r\n"}) {
        const ScriptedServer server{begin + rest + "+OK\r\n"};
        const std::string port = std::to_string(server.port());
        const Error error = openFailure("redis://:hushhush@127.0.0.1:" + port);
        EXPECT_EQ(error.code(), ErrorCode::authentication);
        EXPECT_EQ(error.toLogLine().find("hush"), std::string::npos) << error.toLogLine();
        EXPECT_NE(error.detail().find("unknown command"), std::string::npos);
    }
    const ScriptedServer blunt{"-ERR no hushhush here\r\n+OK\r\n"};
    const Error error = openFailure("redis://:hushhush@127.0.0.1:" + std::to_string(blunt.port()));
    EXPECT_EQ(error.detail(), "ERR no *** here");
}

TEST(RedisConnection, selectsTheDatabase) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "where", "zero"});
    const auto connection = openUrl(server.url({}, "db=2")).value();
    EXPECT_TRUE(ask(*connection, {"GET", "where"}).isNil());
    const Error error = openFailure(server.url({}, "db=999"));
    EXPECT_EQ(error.code(), ErrorCode::serverError);
    EXPECT_NE(error.detail().find("DB index"), std::string::npos) << error.detail();
}

TEST(RedisConnection, aUserWhoMayNotSetTheNameIsLetInNevertheless) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "-@all", "+get"});
    const auto connection = openUrl(server.url("bob:b")).value();
    EXPECT_TRUE(ask(*connection, {"GET", "x"}).isNil());
    EXPECT_EQ(redisError(ask(*connection, {"SET", "x", "1"}), "").code(), ErrorCode::noPermission);
}

TEST(RedisConnection, nobodyThereIsUnreachable) {
    EXPECT_EQ(codeWithinTimeout("redis://127.0.0.1:" + std::to_string(test::freePort())),
              ErrorCode::unreachable);
    EXPECT_EQ(codeWithinTimeout("redis+unix:///nonexistent/redis.sock"), ErrorCode::unreachable);
    EXPECT_EQ(codeWithinTimeout("redis+unix:///" + std::string(200, 'x')), ErrorCode::outOfRange);
}

TEST(RedisConnection, aNameWithoutAnAddressFailsWithinTheTimeout) {
    const ErrorCode code = codeWithinTimeout("redis://no-such-host.invalid");
    EXPECT_TRUE(code == ErrorCode::unreachable || code == ErrorCode::timedOut)
        << errorCodeName(code);
}

TEST(RedisConnection, aLookupWhoseTimeIsUpIsNotWaitedFor) {
    const Clock& clock = SystemClock::instance();
    for (int i = 0; i < 20; ++i) {
        const TimePoint start = clock.now();
        const auto found = lookUpHost("localhost", 6379, start - 1s, clock);
        EXPECT_LT(clock.now() - start, kSlack);
        // A lookup that was faster than its caller is no failure.
        if (!found) {
            EXPECT_EQ(found.error().code(), ErrorCode::timedOut) << found.error().toLogLine();
        }
    }
    // What was given up does not get in the way of what comes after.
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(lookUpHost("localhost", 6379, in(kLong), clock).ok());
    }
}

TEST(RedisConnection, localhostIsFoundByName) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.tcp = true;
    const RedisServer server{options};
    const auto connection = openUrl("redis://localhost:" + std::to_string(server.address().port));
    ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
    EXPECT_EQ(ask(**connection, {"PING"}).text, "PONG");
}

TEST(RedisConnection, anAddressThatSwallowsPacketsTimesOut) {
    const BlackHole hole;
    EXPECT_EQ(codeWithinTimeout(hole.url()), ErrorCode::timedOut);
}

TEST(RedisConnection, aServerThatSaysNothingTimesOut) {
    const ScriptedServer silent{[](ScriptedServer::Peer& peer) { peer.wait(); }};
    EXPECT_EQ(codeWithinTimeout(silent.url()), ErrorCode::timedOut);
}

TEST(RedisConnection, aReplyThatTricklesForeverTimesOut) {
    const ScriptedServer endless{[](ScriptedServer::Peer& peer) {
        peer.say("$500000000\r\n");
        while (peer.say(std::string(1000, 'x'))) {
        }
    }};
    EXPECT_EQ(codeWithinTimeout(endless.url()), ErrorCode::timedOut);
}

TEST(RedisConnection, whoSpeaksAnotherProtocolIsNamedByItsFirstLine) {
    const ScriptedServer http{std::string{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}};
    const Error error = openFailure(http.url());
    EXPECT_EQ(error.code(), ErrorCode::notThisProtocol);
    EXPECT_EQ(error.detail(), "HTTP/1.1 400 Bad Request");

    const ScriptedServer ssh{[](ScriptedServer::Peer& peer) {
        peer.say("SSH-2.0-OpenSSH_9.2\r\n");
        peer.wait();
    }};
    EXPECT_EQ(openFailure(ssh.url()).detail(), "SSH-2.0-OpenSSH_9.2");
}

TEST(RedisConnection, nonsenseIsNeverAReplyAndNeverACrash) {
    using namespace std::string_literals;
    for (const std::string& said :
         {"\x16\x03\x01\x02"s, "%1\r\n+a\r\n+b\r\n"s, "~1\r\n+a\r\n"s, ",1.5\r\n"s, "#t\r\n"s,
          "_\r\n"s, ">2\r\n+message\r\n+x\r\n"s, "(123\r\n"s, "=5\r\ntxt:x\r\n"s, "$-7\r\n"s,
          "$99999999999999999999\r\n"s, "*-9\r\n"s, "*1\r\n%0\r\n"s, ":\r\n:x\r\n"s,
          std::string(4096, '\0'), std::string(4096, 'A')}) {
        const ScriptedServer server{said};
        const Error error = openFailure(server.url());
        EXPECT_EQ(error.code(), ErrorCode::notThisProtocol) << error.toLogLine() << " to " << said;
    }
}

TEST(RedisConnection, anArrayOfAbsurdSizeIsRefusedBeforeItIsMade) {
    for (const char* said : {"*4000000\r\n", "*2147483647\r\n"}) {
        const ScriptedServer server{std::string{said}};
        const ErrorCode code = openFailure(server.url()).code();
        EXPECT_TRUE(code == ErrorCode::tooLarge || code == ErrorCode::notThisProtocol)
            << errorCodeName(code);
    }
}

TEST(RedisConnection, aServerThatHangsUpIsDisconnected) {
    const ScriptedServer closes{[](ScriptedServer::Peer& peer) { peer.receive(); }};
    EXPECT_EQ(openFailure(closes.url()).code(), ErrorCode::disconnected);
    const ScriptedServer halfway{[](ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("$100\r\nhalf");
    }};
    EXPECT_EQ(openFailure(halfway.url()).code(), ErrorCode::disconnected);
}

TEST(RedisConnection, whatAServerSaysBeforeItHangsUpIsHeard) {
    const ScriptedServer server{[](ScriptedServer::Peer& peer) {
        peer.say("-DENIED Redis is running in protected mode\r\n");
        peer.receive();
    }};
    const auto address = RedisTarget::parse(server.url() + "/3").value().seeds.front();
    const auto opened = RedisConnection::open(address, in(kLong));
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), ErrorCode::noPermission) << opened.error().toLogLine();
    EXPECT_EQ(opened.error().detail(), "DENIED Redis is running in protected mode");
}

TEST(RedisConnection, moreRepliesThanCommandsEndTheConnection) {
    const ScriptedServer server{[](ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("+OK\r\n");
        peer.receive();
        peer.say("+first\r\n+second\r\n");
        peer.wait();
    }};
    const auto connection = openUrl(server.url()).value();
    const RedisCommand ping{"PING"};
    const auto replies = connection->send({&ping, 1}, in(kLong));
    ASSERT_FALSE(replies.ok());
    EXPECT_EQ(replies.error().code(), ErrorCode::notThisProtocol);
    EXPECT_FALSE(connection->isOpen());
    EXPECT_EQ(connection->send({&ping, 1}, in(kLong)).error().code(), ErrorCode::disconnected);
}

TEST(RedisConnection, afterATimeoutTheConnectionIsClosedForGood) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    const auto connection = openUrl(server.url()).value();
    server.suspend();
    const TimePoint start = SystemClock::instance().now();
    const RedisCommand late{"ECHO", "late"};
    const auto replies = connection->send({&late, 1}, in(kShort));
    ASSERT_FALSE(replies.ok());
    EXPECT_EQ(replies.error().code(), ErrorCode::timedOut);
    EXPECT_LT(SystemClock::instance().now() - start, kShort + kSlack);
    server.resume();
    EXPECT_FALSE(connection->isOpen());
    EXPECT_FALSE(connection->send({&late, 1}, in(kLong)).ok());
}

TEST(RedisConnection, noticesAServerThatDiedMeanwhile) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    const auto connection = openUrl(server.url()).value();
    EXPECT_TRUE(connection->isQuiet());
    server.kill();
    EXPECT_FALSE(connection->isQuiet());
    EXPECT_FALSE(connection->isOpen());
}

TEST(RedisProbe, tellsWhatTheServerIs) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.arguments = {"--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lfu"};
    const RedisServer server{options};
    const auto info = probeRedis(server.url(), kLong);
    ASSERT_TRUE(info.ok()) << info.error().toLogLine();
    EXPECT_TRUE(info->infoPermitted);
    EXPECT_NE(info->version.find('.'), std::string::npos);
    EXPECT_EQ(info->role, "master");
    EXPECT_EQ(info->mode, "standalone");
    EXPECT_EQ(info->maxmemoryPolicy, "allkeys-lfu");
    EXPECT_EQ(info->maxmemory, 10u * 1024 * 1024);
    EXPECT_GT(info->roundTrip, Duration::zero());
    EXPECT_LT(info->roundTrip, kLong);
}

TEST(RedisProbe, isContentWithAUserWhoMayNotAskInfo) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "-@all", "+ping"});
    const auto info = probeRedis(server.url("bob:b"), kLong);
    ASSERT_TRUE(info.ok()) << info.error().toLogLine();
    EXPECT_FALSE(info->infoPermitted);
    EXPECT_EQ(info->version, "");
}

TEST(RedisProbe, endsWithinItsTimeout) {
    const BlackHole hole;
    const TimePoint start = SystemClock::instance().now();
    const auto info = probeRedis(hole.url(), kShort);
    ASSERT_FALSE(info.ok());
    EXPECT_EQ(info.error().code(), ErrorCode::timedOut);
    EXPECT_LT(SystemClock::instance().now() - start, kShort + kSlack);
    EXPECT_EQ(probeRedis("half a url", kShort).error().code(), ErrorCode::syntax);
    EXPECT_EQ(probeRedis("redis+tls://host", kShort).error().code(), ErrorCode::unknownName);
}

}  // namespace
}  // namespace cachescope
