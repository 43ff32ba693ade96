// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/worker.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;

constexpr Duration kSlack = 2s;

RedisClientOptions patient() {
    RedisClientOptions options;
    options.timeout = 20s;
    return options;
}

TEST(RedisClient, connectsOnlyWhenUsed) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisClient client{server.address(), patient()};
    EXPECT_EQ(client.counters().connections, 0u);
    EXPECT_EQ(client.call({"PING"})->text, "PONG");
    EXPECT_EQ(client.call({"PING"})->text, "PONG");
    const auto counters = client.counters();
    EXPECT_EQ(counters.connections, 1u);
    EXPECT_EQ(counters.commands, 2u);
    EXPECT_EQ(counters.roundTrips, 2u);
}

TEST(RedisClient, aBatchOfFiveHundredSetsIsOneRoundTrip) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisClient client{server.address(), patient()};
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 500; ++i) {
        commands.push_back({"SET", "key:" + std::to_string(i), std::to_string(i)});
    }
    const auto replies = client.callAll(commands);
    ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
    ASSERT_EQ(replies->size(), 500u);
    for (const RedisReply& reply : *replies) {
        EXPECT_EQ(reply.text, "OK");
    }
    EXPECT_EQ(client.counters().roundTrips, 1u);
    EXPECT_EQ(client.counters().commands, 500u);
    EXPECT_EQ(client.call({"GET", "key:499"})->text, "499");
    EXPECT_TRUE(client.callAll({})->empty());
    EXPECT_EQ(client.counters().roundTrips, 2u) << "nothing to send is no round trip";
}

TEST(RedisClient, aRestartBetweenTwoCallsCostsNoneOfThem) {
    CACHESCOPE_NEEDS_REDIS();
    for (const bool tcp : {false, true}) {
        RedisServer::Options options;
        options.tcp = tcp;
        RedisServer server{options};
        RedisClient client{server.address(), patient()};
        ASSERT_TRUE(client.call({"PING"}).ok());
        server.kill();
        server.restart();
        const auto again = client.call({"PING"});
        ASSERT_TRUE(again.ok()) << again.error().toLogLine();
        EXPECT_EQ(again->text, "PONG");
        EXPECT_EQ(client.counters().connections, 2u);
    }
}

TEST(RedisClient, aKilledServerIsToldAtOnceAndComesBackByItself) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    ManualClock clock{TimePoint{1000s}};
    RedisClientOptions options = patient();
    options.clock = &clock;
    RedisClient client{server.address(), options};
    ASSERT_TRUE(client.call({"PING"}).ok());
    server.kill();
    const auto first = client.call({"PING"});
    ASSERT_FALSE(first.ok());
    EXPECT_EQ(first.error().code(), ErrorCode::unreachable) << first.error().toLogLine();
    const auto second = client.call({"PING"});
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), ErrorCode::unavailable);
    ASSERT_NE(second.error().cause(), nullptr);
    EXPECT_EQ(second.error().cause()->code(), ErrorCode::unreachable);
    server.restart();
    clock.advance(options.minBackoff);
    const auto third = client.call({"PING"});
    ASSERT_TRUE(third.ok()) << third.error().toLogLine();
    EXPECT_EQ(third->text, "PONG");
}

TEST(RedisClient, waitsTwiceAsLongAfterEveryFailureUpToTheGreatest) {
    ManualClock clock{TimePoint{1000s}};
    RedisClientOptions options;
    options.clock = &clock;
    RedisAddress nowhere;
    nowhere.unixPath = "/nonexistent/redis.sock";
    RedisClient client{nowhere, options};
    Duration expected = options.minBackoff;
    for (int attempt = 1; attempt <= 12; ++attempt) {
        EXPECT_EQ(client.call({"PING"}).error().code(), ErrorCode::unreachable);
        EXPECT_EQ(client.counters().failedConnections, static_cast<std::uint64_t>(attempt));
        clock.advance(expected / 2 - 1ns);
        EXPECT_EQ(client.call({"PING"}).error().code(), ErrorCode::unavailable)
            << "not before half of the wait, attempt " << attempt;
        clock.advance(expected / 2 + 1ns);
        expected = std::min(expected * 2, options.maxBackoff);
    }
    EXPECT_EQ(expected, 5s);
}

TEST(RedisClient, theJitterDiffersBetweenSeeds) {
    // How long the client waits after its first failure, to the millisecond.
    const auto waitWith = [](std::uint64_t seed) {
        ManualClock clock{TimePoint{1000s}};
        RedisClientOptions options;
        options.clock = &clock;
        options.seed = seed;
        RedisAddress nowhere;
        nowhere.unixPath = "/nonexistent/redis.sock";
        RedisClient client{nowhere, options};
        EXPECT_FALSE(client.call({"PING"}).ok());
        int waited = 0;
        while (client.call({"PING"}).error().code() == ErrorCode::unavailable) {
            clock.advance(1ms);
            ++waited;
        }
        return waited;
    };
    std::vector<int> waits;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        waits.push_back(waitWith(seed));
        EXPECT_GE(waits.back(), 25);
        EXPECT_LE(waits.back(), 51);
    }
    EXPECT_NE(*std::min_element(waits.begin(), waits.end()),
              *std::max_element(waits.begin(), waits.end()));
    EXPECT_EQ(waitWith(1), waits[0]);
}

TEST(RedisClient, onlyWhatMayBeRepeatedIsSentAgainWhenAKeptConnectionDies) {
    // Answers the login and one command of each connection; hangs up at the next, without a word.
    std::atomic<int> seen{0};
    const test::ScriptedServer server{[&](test::ScriptedServer::Peer& peer) {
        for (int answered = 0; peer.receive(); ++answered) {
            ++seen;
            if (answered == 2) {
                return;
            }
            peer.say("+OK\r\n");
        }
    }};
    RedisClient client{RedisAddress::parse(server.url()).value(), patient()};
    ASSERT_TRUE(client.call({"PING"}).ok());
    ASSERT_EQ(seen, 2);
    const auto once = client.call({"INCR", "n"}, RedisRepeat::forbidden);
    ASSERT_FALSE(once.ok());
    EXPECT_EQ(once.error().code(), ErrorCode::disconnected);
    EXPECT_EQ(seen, 3);

    ASSERT_TRUE(client.call({"PING"}).ok());
    ASSERT_EQ(seen, 5);
    const auto twice = client.call({"GET", "n"}, RedisRepeat::allowed);
    ASSERT_TRUE(twice.ok()) << twice.error().toLogLine();
    EXPECT_EQ(seen, 8) << "the lost command, a new login, the command again";
}

TEST(RedisClient, aNewConnectionThatDiesIsNotTriedAgain) {
    std::atomic<int> seen{0};
    const test::ScriptedServer server{[&](test::ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            if (++seen % 2 == 0) {
                return;
            }
            peer.say("+OK\r\n");
        }
    }};
    RedisClient client{RedisAddress::parse(server.url()).value(), patient()};
    EXPECT_EQ(client.call({"GET", "n"}).error().code(), ErrorCode::disconnected);
    EXPECT_EQ(seen, 2) << "one login, one command";
}

TEST(RedisClient, aStoppedServerTimesOutAndIsUsedAgainWhenItGoesOn) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 300ms;
    options.minBackoff = 1ms;
    options.maxBackoff = 1ms;
    RedisClient client{server.address(), options};
    ASSERT_TRUE(client.call({"PING"}).ok());
    server.suspend();
    for (int i = 0; i < 2; ++i) {
        const TimePoint start = SystemClock::instance().now();
        const auto failed = client.call({"ECHO", "late"});
        ASSERT_FALSE(failed.ok());
        EXPECT_TRUE(failed.error().code() == ErrorCode::timedOut ||
                    failed.error().code() == ErrorCode::unavailable)
            << failed.error().toLogLine();
        EXPECT_LT(SystemClock::instance().now() - start, options.timeout + kSlack);
    }
    server.resume();
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto reply = client.call({"ECHO", "fresh"});
    while (!reply && SystemClock::instance().now() < limit) {
        reply = client.call({"ECHO", "fresh"});
    }
    ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
    EXPECT_EQ(reply->text, "fresh");
}

TEST(RedisClient, noCallerEverGetsTheReplyOfAnother) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 30ms;
    options.minBackoff = 1ms;
    options.maxBackoff = 2ms;
    RedisClient client{server.address(), options};
    std::atomic<int> wrong{0};
    std::atomic<int> right{0};
    std::atomic<int> failed{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.push_back(
                std::make_unique<Worker>("echo", [&, t](Worker&, std::stop_token stop) {
                    for (int i = 0; !stop.stop_requested(); ++i) {
                        const std::string text = std::to_string(t) + ':' + std::to_string(i);
                        const auto reply = client.call({"ECHO", text});
                        failed += reply.ok() ? 0 : 1;
                        if (reply.ok()) {
                            (reply->text == text ? right : wrong)++;
                        }
                    }
                }));
        }
        // Stops the server in the middle of the traffic, until somebody has felt it.
        const TimePoint limit = SystemClock::instance().now() + 30s;
        for (int round = 0; round < 5; ++round) {
            const int before = right;
            while (right < before + 100 && SystemClock::instance().now() < limit) {
                (void)client.call({"PING"});
            }
            const int failures = failed;
            server.suspend();
            while (failed < failures + 8 && SystemClock::instance().now() < limit) {
                (void)client.call({"PING"});
            }
            server.resume();
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_GE(right, 500);
    EXPECT_GE(failed, 40);
}

TEST(RedisClient, threadsBeyondThePoolWaitForAConnection) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisClientOptions options = patient();
    options.maxConnections = 2;
    RedisClient client{server.address(), options};
    std::atomic<int> wrong{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 6; ++t) {
            threads.push_back(std::make_unique<Worker>("pool", [&, t](Worker&, std::stop_token) {
                for (int i = 0; i < 300; ++i) {
                    const std::string text = std::to_string(t * 1000 + i);
                    const auto reply = client.call({"ECHO", text});
                    wrong += reply.ok() && reply->text == text ? 0 : 1;
                }
            }));
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(client.counters().connections, 2u);
    EXPECT_EQ(client.counters().roundTrips, 1800u);
}

TEST(RedisClient, waitingForAConnectionEndsAtTheTimeout) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 300ms;
    options.maxConnections = 1;
    RedisClient client{server.address(), options};
    ASSERT_TRUE(client.call({"PING"}).ok());
    server.suspend();
    std::atomic<int> tooLong{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.push_back(std::make_unique<Worker>("queue", [&](Worker&, std::stop_token) {
                const TimePoint start = SystemClock::instance().now();
                EXPECT_FALSE(client.call({"PING"}).ok());
                tooLong += SystemClock::instance().now() - start < 300ms + kSlack ? 0 : 1;
            }));
        }
    }
    server.resume();
    EXPECT_EQ(tooLong, 0);
}

TEST(RedisClient, aLoginThatIsTakenBackIsTriedAnew) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all"});
    RedisAddress address = server.address();
    address.user = "bob";
    address.password = "b";
    RedisClient client{address, patient()};
    EXPECT_EQ(client.call({"ACL", "WHOAMI"})->text, "bob");
    server.command({"ACL", "DELUSER", "bob"});
    EXPECT_EQ(client.call({"PING"}).error().code(), ErrorCode::authentication);
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all"});
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto reply = client.call({"PING"});
    while (!reply && SystemClock::instance().now() < limit) {
        reply = client.call({"PING"});
    }
    ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
}

}  // namespace
}  // namespace cachescope
