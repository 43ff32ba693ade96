// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_session.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/redis/redis_target.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/session_asker.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::FaultProxy;
using test::RedisServer;
using test::SessionAsker;

constexpr Duration kShort = 200ms;  // a deadline that a test waits for
constexpr Duration kSlack = 2s;     // what a busy machine may add to it

RedisAddress addressOf(const std::string& url) {
    return RedisTarget::parse(url).value().seeds.front();
}

// Never gives a connection up because the server is slow.
RedisSessionOptions patient() {
    RedisSessionOptions options;
    options.connectTimeout = 20s;
    options.silence = 20s;
    return options;
}

TEST(RedisSessionFailures, aConnectionThatStaysSilentIsGivenUp) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    FaultProxy proxy{server.address()};
    SessionAsker asker;
    RedisSessionOptions options;
    options.silence = kShort;
    RedisSession session{proxy.address(), options};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    proxy.swallow(true);
    session.submit(asker.request({"ECHO", "long"}));
    EXPECT_EQ(asker.ask(session, {"ECHO", "short"}, kShort).error().code(), ErrorCode::timedOut);
    const auto other = asker.await(1);
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code(), ErrorCode::disconnected);
    EXPECT_EQ(other.error().cause()->code(), ErrorCode::timedOut);
    proxy.swallow(false);
    EXPECT_EQ(asker.ask(session, {"ECHO", "again"})->text, "again");
    EXPECT_EQ(session.status().connections, 2u);
}

TEST(RedisSessionFailures, isDestroyedSoonWhereverItsAttemptToConnectStands) {
    const test::BlackHole hole;
    const test::ScriptedServer silent{[](test::ScriptedServer::Peer& peer) { peer.wait(); }};
    for (const std::string& url : {hole.url(), silent.url()}) {
        SessionAsker asker;
        auto session = std::make_unique<RedisSession>(addressOf(url), patient());
        session->submit(asker.request({"PING"}));
        ASSERT_TRUE(
            eventually([&] { return session->status().state == RedisSession::State::connecting; }));
        const TimePoint start = SystemClock::instance().now();
        session.reset();
        EXPECT_LT(SystemClock::instance().now() - start, kSlack) << url;
        EXPECT_EQ(asker.await(0).error().code(), ErrorCode::closed);
        EXPECT_TRUE(asker.eachOnce());
    }
}

TEST(RedisSessionFailures, deadlinesHoldWhileItConnects) {
    const test::BlackHole hole;
    SessionAsker asker;
    RedisSession session{addressOf(hole.url()), patient()};
    const TimePoint start = SystemClock::instance().now();
    EXPECT_EQ(asker.ask(session, {"PING"}, kShort).error().code(), ErrorCode::timedOut);
    EXPECT_LT(SystemClock::instance().now() - start, kShort + kSlack);
}

TEST(RedisSessionFailures, neverSendsTwice) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    FaultProxy proxy{server.address()};
    SessionAsker asker;
    RedisSession session{proxy.address(), patient()};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    proxy.hold(FaultProxy::Way::toClient, true);
    session.submit(asker.request({"INCR", "n"}));
    ASSERT_TRUE(eventually([&] { return server.command({"GET", "n"}).text == "1"; }));
    proxy.resetAll();
    proxy.hold(FaultProxy::Way::toClient, false);
    const auto lost = asker.await(1);
    ASSERT_FALSE(lost.ok());
    EXPECT_EQ(lost.error().code(), ErrorCode::disconnected);
    EXPECT_EQ(asker.ask(session, {"GET", "n"})->text, "1");
}

TEST(RedisSessionFailures, whatWasNotSentWaitsForTheNextConnection) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    RedisSessionOptions options = patient();
    options.interactiveWindow = 10;
    options.minBackoff = 1ms;
    RedisSession session{server.address(), options};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    server.suspend();
    for (int i = 1; i <= 30; ++i) {
        session.submit(asker.request({"ECHO", std::to_string(i)}));
    }
    ASSERT_TRUE(eventually([&] { return session.status().inFlight == 10; }));
    server.kill();
    server.restart();
    for (std::size_t i = 1; i <= 30; ++i) {
        const auto reply = asker.await(i);
        if (i <= 10) {
            EXPECT_EQ(reply.error().code(), ErrorCode::disconnected) << i;
        } else {
            ASSERT_TRUE(reply.ok()) << i << ' ' << reply.error().toLogLine();
            EXPECT_EQ(reply->text, std::to_string(i));
        }
    }
    EXPECT_EQ(asker.use->counters().commands, 31u);
    EXPECT_EQ(asker.use->counters().failures, 10u);
}

TEST(RedisSessionFailures, aServerThatCannotBeReachedIsSaidAtTheDeadline) {
    SessionAsker asker;
    RedisSession session{addressOf("redis+unix:///nonexistent/redis.sock")};
    const auto reply = asker.ask(session, {"PING"}, kShort);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::unavailable);
    ASSERT_NE(reply.error().cause(), nullptr);
    EXPECT_EQ(reply.error().cause()->code(), ErrorCode::unreachable);
    EXPECT_EQ(session.status().failure->code(), ErrorCode::unreachable);
}

TEST(RedisSessionFailures, aRefusedLoginIsSaidAtOnceAndTriedAgainLater) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisAddress address = server.address();
    address.user = "bob";
    address.password = "b";
    SessionAsker asker;
    RedisSession session{address, patient()};
    const auto refused = asker.ask(session, {"PING"});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::unavailable) << "long before its deadline";
    EXPECT_EQ(refused.error().cause()->code(), ErrorCode::authentication);
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all"});
    EXPECT_TRUE(eventually([&] { return asker.ask(session, {"PING"}).ok(); }));
}

TEST(RedisSessionFailures, attemptsToConnectWaitLongerAndLonger) {
    const test::ScriptedServer closes{[](test::ScriptedServer::Peer& peer) { peer.receive(); }};
    FaultProxy proxy{addressOf(closes.url())};
    SessionAsker asker;
    RedisSessionOptions options;
    options.minBackoff = 50ms;
    options.maxBackoff = 400ms;
    RedisSession session{proxy.address(), options};
    const TimePoint start = SystemClock::instance().now();
    session.submit(asker.request({"PING"}));
    // Two connections an attempt: the second looks whether TLS is wanted. Between five attempts lie
    // at least the halves of 50, 100, 200 and 400 ms.
    ASSERT_TRUE(eventually([&] { return proxy.connections() >= 9; }));
    EXPECT_GE(SystemClock::instance().now() - start, 375ms);
    EXPECT_EQ(session.status().connections, 0u);
}

TEST(RedisSessionFailures, aReplyThatNobodyAskedForEndsTheConnection) {
    const test::ScriptedServer server{[](test::ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("+OK\r\n");
        peer.receive();
        peer.say("+mine\r\n+whose\r\n");
        peer.wait();
    }};
    SessionAsker asker;
    RedisSession session{addressOf(server.url()), patient()};
    EXPECT_EQ(asker.ask(session, {"PING"})->text, "mine");
    ASSERT_TRUE(
        eventually([&] { return session.status().state != RedisSession::State::connected; }));
    EXPECT_EQ(session.status().failure->code(), ErrorCode::notThisProtocol);
}

}  // namespace
}  // namespace cachescope
