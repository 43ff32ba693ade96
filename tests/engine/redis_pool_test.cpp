// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_pool.h"
#include "engine/redis/redis_target.h"

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

TEST(RedisPool, connectsOnlyWhenUsed) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisPool pool{server.address(), patient()};
    EXPECT_EQ(pool.counters().connections, 0u);
    EXPECT_EQ(pool.call({"PING"})->text, "PONG");
    EXPECT_EQ(pool.call({"PING"})->text, "PONG");
    const auto counters = pool.counters();
    EXPECT_EQ(counters.connections, 1u);
    EXPECT_EQ(counters.commands, 2u);
    EXPECT_EQ(counters.roundTrips, 2u);
}

TEST(RedisPool, aBatchOfFiveHundredSetsIsOneRoundTrip) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisPool pool{server.address(), patient()};
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 500; ++i) {
        commands.push_back({"SET", "key:" + std::to_string(i), std::to_string(i)});
    }
    const auto replies = pool.callAll(commands);
    ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
    ASSERT_EQ(replies->size(), 500u);
    for (const RedisReply& reply : *replies) {
        EXPECT_EQ(reply.text, "OK");
    }
    EXPECT_EQ(pool.counters().roundTrips, 1u);
    EXPECT_EQ(pool.counters().commands, 500u);
    EXPECT_EQ(pool.call({"GET", "key:499"})->text, "499");
    EXPECT_TRUE(pool.callAll({})->empty());
    EXPECT_EQ(pool.counters().roundTrips, 2u) << "nothing to send is no round trip";
}

TEST(RedisPool, aRestartBetweenTwoCallsCostsNoneOfThem) {
    CACHESCOPE_NEEDS_REDIS();
    for (const bool tcp : {false, true}) {
        RedisServer::Options options;
        options.tcp = tcp;
        RedisServer server{options};
        RedisPool pool{server.address(), patient()};
        ASSERT_TRUE(pool.call({"PING"}).ok());
        server.kill();
        server.restart();
        const auto again = pool.call({"PING"});
        ASSERT_TRUE(again.ok()) << again.error().toLogLine();
        EXPECT_EQ(again->text, "PONG");
        EXPECT_EQ(pool.counters().connections, 2u);
    }
}

TEST(RedisPool, aKilledServerIsToldAtOnceAndComesBackByItself) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    ManualClock clock{TimePoint{1000s}};
    RedisClientOptions options = patient();
    options.clock = &clock;
    RedisPool pool{server.address(), options};
    ASSERT_TRUE(pool.call({"PING"}).ok());
    server.kill();
    const auto first = pool.call({"PING"});
    ASSERT_FALSE(first.ok());
    EXPECT_EQ(first.error().code(), ErrorCode::unreachable) << first.error().toLogLine();
    const auto second = pool.call({"PING"});
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), ErrorCode::unavailable);
    ASSERT_NE(second.error().cause(), nullptr);
    EXPECT_EQ(second.error().cause()->code(), ErrorCode::unreachable);
    server.restart();
    clock.advance(options.minBackoff);
    const auto third = pool.call({"PING"});
    ASSERT_TRUE(third.ok()) << third.error().toLogLine();
    EXPECT_EQ(third->text, "PONG");
}

TEST(RedisPool, waitsTwiceAsLongAfterEveryFailureUpToTheGreatest) {
    ManualClock clock{TimePoint{1000s}};
    RedisClientOptions options;
    options.clock = &clock;
    RedisAddress nowhere;
    nowhere.unixPath = "/nonexistent/redis.sock";
    RedisPool pool{nowhere, options};
    Duration expected = options.minBackoff;
    for (int attempt = 1; attempt <= 12; ++attempt) {
        EXPECT_EQ(pool.call({"PING"}).error().code(), ErrorCode::unreachable);
        EXPECT_EQ(pool.counters().failedConnections, static_cast<std::uint64_t>(attempt));
        clock.advance(expected / 2 - 1ns);
        EXPECT_EQ(pool.call({"PING"}).error().code(), ErrorCode::unavailable)
            << "not before half of the wait, attempt " << attempt;
        clock.advance(expected / 2 + 1ns);
        expected = std::min(expected * 2, options.maxBackoff);
    }
    EXPECT_EQ(expected, 5s);
}

TEST(RedisPool, theJitterDiffersBetweenSeeds) {
    // How long the pool waits after its first failure, to the millisecond.
    const auto waitWith = [](std::uint64_t seed) {
        ManualClock clock{TimePoint{1000s}};
        RedisClientOptions options;
        options.clock = &clock;
        options.seed = seed;
        RedisAddress nowhere;
        nowhere.unixPath = "/nonexistent/redis.sock";
        RedisPool pool{nowhere, options};
        EXPECT_FALSE(pool.call({"PING"}).ok());
        int waited = 0;
        while (pool.call({"PING"}).error().code() == ErrorCode::unavailable) {
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

TEST(RedisPool, onlyWhatMayBeRepeatedIsSentAgainWhenAKeptConnectionDies) {
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
    RedisPool pool{RedisTarget::parse(server.url()).value().seeds.front(), patient()};
    ASSERT_TRUE(pool.call({"PING"}).ok());
    ASSERT_EQ(seen, 2);
    const auto once = pool.call({"INCR", "n"}, RedisRepeat::forbidden);
    ASSERT_FALSE(once.ok());
    EXPECT_EQ(once.error().code(), ErrorCode::disconnected);
    EXPECT_EQ(seen, 3);

    ASSERT_TRUE(pool.call({"PING"}).ok());
    ASSERT_EQ(seen, 5);
    const auto twice = pool.call({"GET", "n"}, RedisRepeat::allowed);
    ASSERT_TRUE(twice.ok()) << twice.error().toLogLine();
    EXPECT_EQ(seen, 8) << "the lost command, a new login, the command again";
}

TEST(RedisPool, aNewConnectionThatDiesIsNotTriedAgain) {
    std::atomic<int> seen{0};
    const test::ScriptedServer server{[&](test::ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            if (++seen % 2 == 0) {
                return;
            }
            peer.say("+OK\r\n");
        }
    }};
    RedisPool pool{RedisTarget::parse(server.url()).value().seeds.front(), patient()};
    EXPECT_EQ(pool.call({"GET", "n"}).error().code(), ErrorCode::disconnected);
    EXPECT_EQ(seen, 2) << "one login, one command";
}

TEST(RedisPool, aStoppedServerTimesOutAndIsUsedAgainWhenItGoesOn) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 300ms;
    options.minBackoff = 1ms;
    options.maxBackoff = 1ms;
    RedisPool pool{server.address(), options};
    ASSERT_TRUE(pool.call({"PING"}).ok());
    server.suspend();
    for (int i = 0; i < 2; ++i) {
        const TimePoint start = SystemClock::instance().now();
        const auto failed = pool.call({"ECHO", "late"});
        ASSERT_FALSE(failed.ok());
        EXPECT_TRUE(failed.error().code() == ErrorCode::timedOut ||
                    failed.error().code() == ErrorCode::unavailable)
            << failed.error().toLogLine();
        EXPECT_LT(SystemClock::instance().now() - start, options.timeout + kSlack);
    }
    server.resume();
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto reply = pool.call({"ECHO", "fresh"});
    while (!reply && SystemClock::instance().now() < limit) {
        reply = pool.call({"ECHO", "fresh"});
    }
    ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
    EXPECT_EQ(reply->text, "fresh");
}

TEST(RedisPool, noCallerEverGetsTheReplyOfAnother) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 30ms;
    options.minBackoff = 1ms;
    options.maxBackoff = 2ms;
    RedisPool pool{server.address(), options};
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
                        const auto reply = pool.call({"ECHO", text});
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
                (void)pool.call({"PING"});
            }
            const int failures = failed;
            server.suspend();
            while (failed < failures + 8 && SystemClock::instance().now() < limit) {
                (void)pool.call({"PING"});
            }
            server.resume();
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_GE(right, 500);
    EXPECT_GE(failed, 40);
}

TEST(RedisPool, threadsBeyondThePoolWaitForAConnection) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    RedisClientOptions options = patient();
    options.maxConnections = 2;
    RedisPool pool{server.address(), options};
    std::atomic<int> wrong{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 6; ++t) {
            threads.push_back(std::make_unique<Worker>("pool", [&, t](Worker&, std::stop_token) {
                for (int i = 0; i < 300; ++i) {
                    const std::string text = std::to_string(t * 1000 + i);
                    const auto reply = pool.call({"ECHO", text});
                    wrong += reply.ok() && reply->text == text ? 0 : 1;
                }
            }));
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(pool.counters().connections, 2u);
    EXPECT_EQ(pool.counters().roundTrips, 1800u);
}

TEST(RedisPool, waitingForAConnectionEndsAtTheTimeout) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    RedisClientOptions options;
    options.timeout = 300ms;
    options.maxConnections = 1;
    RedisPool pool{server.address(), options};
    ASSERT_TRUE(pool.call({"PING"}).ok());
    server.suspend();
    std::atomic<int> tooLong{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.push_back(std::make_unique<Worker>("queue", [&](Worker&, std::stop_token) {
                const TimePoint start = SystemClock::instance().now();
                EXPECT_FALSE(pool.call({"PING"}).ok());
                tooLong += SystemClock::instance().now() - start < 300ms + kSlack ? 0 : 1;
            }));
        }
    }
    server.resume();
    EXPECT_EQ(tooLong, 0);
}

TEST(RedisPool, aLoginThatIsTakenBackIsTriedAnew) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all"});
    RedisAddress address = server.address();
    address.user = "bob";
    address.password = "b";
    RedisPool pool{address, patient()};
    EXPECT_EQ(pool.call({"ACL", "WHOAMI"})->text, "bob");
    server.command({"ACL", "DELUSER", "bob"});
    EXPECT_EQ(pool.call({"PING"}).error().code(), ErrorCode::authentication);
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "+@all"});
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto reply = pool.call({"PING"});
    while (!reply && SystemClock::instance().now() < limit) {
        reply = pool.call({"PING"});
    }
    ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
}

}  // namespace
}  // namespace cachescope
