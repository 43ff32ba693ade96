// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"
#include "tests/support/session_asker.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RedisServer;
using test::SessionAsker;

constexpr Duration kShort = 200ms;  // a deadline that a test waits for
constexpr Duration kSlack = 2s;     // what a busy machine may add to it

// Never gives a connection up because the server is slow.
RedisSessionOptions patient() {
    RedisSessionOptions options;
    options.connectTimeout = 20s;
    options.silence = 20s;
    return options;
}

TEST(RedisSession, connectsWhenFirstAsked) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    EXPECT_EQ(session.status().state, RedisSession::State::idle);
    EXPECT_EQ(session.status().connections, 0u);
    EXPECT_EQ(asker.ask(session, {"PING"})->text, "PONG");
    EXPECT_EQ(asker.ask(session, {"PING"})->text, "PONG");
    EXPECT_EQ(session.status().connections, 1u);
    EXPECT_EQ(session.status().state, RedisSession::State::connected);
}

TEST(RedisSession, everyRequestOfALongPipelineGetsItsOwnReply) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    std::vector<RedisSession::Request> requests;
    requests.reserve(20'000);
    for (int i = 0; i < 20'000; ++i) {
        requests.push_back(
            asker.request({"ECHO", std::to_string(i)}, 20s,
                          i % 3 == 0 ? RedisPriority::interactive : RedisPriority::background));
    }
    session.submitAll(std::move(requests));
    const auto replies = asker.awaitAll();
    for (std::size_t i = 0; i < replies.size(); ++i) {
        ASSERT_TRUE(replies[i].ok()) << replies[i].error().toLogLine();
        ASSERT_EQ(replies[i]->text, std::to_string(i));
    }
    EXPECT_TRUE(asker.eachOnce());
}

TEST(RedisSession, manyThreadsShareOneConnection) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    std::atomic<int> wrong{0};
    RedisSession session{server.address(), patient()};
    test::inParallel(8, [&](int thread) {
        SessionAsker asker;
        for (int i = 0; i < 300; ++i) {
            const std::string text = std::to_string(thread) + ':' + std::to_string(i);
            const auto reply = asker.ask(session, {"ECHO", text});
            wrong += reply.ok() && reply->text == text ? 0 : 1;
        }
    });
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(session.status().connections, 1u);
}

TEST(RedisSession, valuesLargerThanEveryBufferGoBothWays) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    const std::string value(1 << 20, 'v');
    std::vector<RedisSession::Request> requests;
    for (int i = 0; i < 20; ++i) {
        requests.push_back(
            asker.request({"SET", "key" + std::to_string(i), value + std::to_string(i)}));
        requests.push_back(asker.request({"GET", "key" + std::to_string(i)}));
    }
    session.submitAll(std::move(requests));
    const auto replies = asker.awaitAll();
    for (std::size_t i = 0; i < 20; ++i) {
        ASSERT_TRUE(replies[2 * i + 1].ok()) << replies[2 * i + 1].error().toLogLine();
        EXPECT_TRUE(replies[2 * i + 1]->text == value + std::to_string(i)) << i;
    }
}

TEST(RedisSession, aCallbackMaySubmit) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    std::function<void(Result<RedisReply>)> again;
    RedisSession session{server.address(), patient()};
    std::atomic<int> last{0};
    again = [&](Result<RedisReply> reply) {
        last = reply.ok() ? static_cast<int>(reply->integer) : -1;
        if (reply.ok() && reply->integer < 1000) {
            session.submit(
                {{"INCR", "n"}, test::in(20s), RedisPriority::interactive, asker.use, again});
        }
    };
    again([] {
        RedisReply zero;
        zero.type = RedisReply::Type::integer;
        return zero;
    }());
    EXPECT_TRUE(eventually([&] { return last == 1000 || last == -1; }));
    EXPECT_EQ(last, 1000);
}

TEST(RedisSession, whatIsUrgentGoesBeforeWhateverWasNotSentYet) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    RedisSessionOptions options = patient();
    options.backgroundWindow = 10;
    RedisSession session{server.address(), options};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    server.suspend();
    std::vector<RedisSession::Request> requests;
    requests.reserve(100);
    for (int i = 0; i < 100; ++i) {
        requests.push_back(asker.request({"RPUSH", "log", "background"}, 20s,  //
                                         RedisPriority::background));
    }
    session.submitAll(std::move(requests));
    ASSERT_TRUE(eventually([&] { return session.status().inFlight == 10; }));
    EXPECT_EQ(session.status().queued, 90u);
    session.submit(asker.request({"RPUSH", "log", "urgent"}));
    ASSERT_TRUE(eventually([&] { return session.status().inFlight == 11; }));
    server.resume();
    for (const auto& reply : asker.awaitAll()) {
        EXPECT_TRUE(reply.ok()) << reply.error().toLogLine();
    }
    const auto log = asker.ask(session, {"LRANGE", "log", "0", "-1"});
    ASSERT_EQ(log->elements.size(), 101u);
    EXPECT_EQ(log->elements[10].text, "urgent");
}

TEST(RedisSession, noMoreThanTheWindowIsOnTheWire) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    RedisSessionOptions options = patient();
    options.interactiveWindow = 20;
    RedisSession session{server.address(), options};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    server.suspend();
    for (int i = 0; i < 50; ++i) {
        session.submit(asker.request({"PING"}));
    }
    ASSERT_TRUE(eventually(
        [&] { return session.status().inFlight == 20 && session.status().queued == 30; }));
    server.resume();
    for (const auto& reply : asker.awaitAll()) {
        EXPECT_TRUE(reply.ok()) << reply.error().toLogLine();
    }
}

TEST(RedisSession, endsAtItsDeadlineWhileTheServerIsSilent) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    ASSERT_TRUE(asker.ask(session, {"PING"}).ok());
    server.suspend();
    session.submit(asker.request({"ECHO", "patient"}));
    const TimePoint start = SystemClock::instance().now();
    const auto reply = asker.ask(session, {"ECHO", "hasty"}, kShort);
    const Duration took = SystemClock::instance().now() - start;
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::timedOut);
    EXPECT_GE(took, kShort);
    EXPECT_LT(took, kShort + kSlack);
    server.resume();
    // The reply that came too late was nobody's.
    EXPECT_EQ(asker.ask(session, {"ECHO", "fresh"})->text, "fresh");
    EXPECT_EQ(asker.await(1)->text, "patient");
    EXPECT_EQ(session.status().connections, 1u);
    EXPECT_TRUE(asker.eachOnce());
}

TEST(RedisSession, whatIsLateAlreadyIsNotSent) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    EXPECT_EQ(asker.ask(session, {"SET", "late", "1"}, -1s).error().code(), ErrorCode::timedOut);
    EXPECT_EQ(asker.ask(session, {"EXISTS", "late"})->integer, 0);
}

TEST(RedisSession, aCancelledUseEndsAtOnceWhereverItsRequestsAre) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    SessionAsker other;
    RedisSessionOptions options = patient();
    options.backgroundWindow = 5;
    RedisSession session{server.address(), options};
    ASSERT_TRUE(other.ask(session, {"PING"}).ok());
    server.suspend();
    for (int i = 0; i < 20; ++i) {
        session.submit(asker.request({"INCR", "n"}, 20s, RedisPriority::background));
    }
    session.submit(other.request({"ECHO", "mine"}));
    ASSERT_TRUE(eventually([&] { return session.status().inFlight == 6; }));
    asker.use->cancel();
    session.sweepCancelled();
    for (const auto& reply : asker.awaitAll()) {
        ASSERT_FALSE(reply.ok());
        EXPECT_EQ(reply.error().code(), ErrorCode::cancelled);
    }
    server.resume();
    EXPECT_EQ(other.await(1)->text, "mine");
    EXPECT_EQ(other.ask(session, {"GET", "n"})->text, "5") << "what was not sent yet stays unsent";
    EXPECT_EQ(asker.ask(session, {"INCR", "n"}).error().code(), ErrorCode::cancelled);
    EXPECT_EQ(asker.use->counters().commands, 5u);
    EXPECT_EQ(asker.use->counters().replies, 0u);
    EXPECT_TRUE(asker.eachOnce());
}

TEST(RedisSession, endsEachRequestOnceWhenItIsDestroyed) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    SessionAsker asker;
    RedisSessionOptions options = patient();
    options.interactiveWindow = 10;
    auto session = std::make_unique<RedisSession>(server.address(), options);
    ASSERT_TRUE(asker.ask(*session, {"PING"}).ok());
    server.suspend();
    for (int i = 0; i < 50; ++i) {
        session->submit(asker.request({"PING"}));
    }
    ASSERT_TRUE(eventually([&] { return session->status().inFlight == 10; }));
    session.reset();
    EXPECT_TRUE(asker.eachOnce());
    for (std::size_t i = 1; i < asker.count(); ++i) {
        EXPECT_EQ(asker.await(i).error().code(), ErrorCode::closed);
    }
}

TEST(RedisSession, countsForEveryUseWhatItCost) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker one;
    SessionAsker two;
    RedisSession session{server.address(), patient()};
    ASSERT_TRUE(one.ask(session, {"SET", "k", "v"}).ok());
    ASSERT_TRUE(one.ask(session, {"GET", "k"}).ok());
    EXPECT_TRUE(two.ask(session, {"LLEN", "k"})->isError());
    const auto counters = one.use->counters();
    EXPECT_EQ(counters.commands, 2u);
    EXPECT_EQ(counters.replies, 2u);
    EXPECT_EQ(counters.errors, 0u);
    EXPECT_EQ(counters.bytesSent, std::string{"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"}.size() +
                                      std::string{"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"}.size());
    EXPECT_EQ(counters.bytesReceived,
              std::string{"+OK\r\n"}.size() + std::string{"$1\r\nv\r\n"}.size());
    EXPECT_GT(counters.waited, Duration::zero());
    EXPECT_EQ(two.use->counters().errors, 1u);
    EXPECT_EQ(two.use->counters().replies, 1u);
}

TEST(RedisSession, aRequestWithoutACommandIsRefused) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    SessionAsker asker;
    RedisSession session{server.address(), patient()};
    EXPECT_EQ(asker.ask(session, {}).error().code(), ErrorCode::missing);
    EXPECT_EQ(asker.ask(session, {"ECHO", "next"})->text, "next");
}

}  // namespace
}  // namespace cachescope
