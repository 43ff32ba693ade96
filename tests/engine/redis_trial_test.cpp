// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_trial.h"

#include <gtest/gtest.h>

#include "engine/redis/tls_refusal.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_certificates.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;
using test::ScriptedServer;
using test::TestCertificates;
using Kind = TrialStep::Kind;
using Outcome = TrialStep::Outcome;
using Kinds = std::vector<Kind>;

constexpr Duration kLong = 20s;
constexpr Duration kShort = 300ms;

RedisTrial tryUrl(const std::string& url, Duration timeout = kLong) {
    return tryRedis(RedisTarget::parse(url).value(), timeout);
}

Kinds kindsOf(const RedisTrial& trial) {
    Kinds kinds;
    for (const TrialStep& step : trial.steps) {
        kinds.push_back(step.kind);
    }
    return kinds;
}

// All went well but the last step, which is what the trial failed with.
void expectLastFails(const RedisTrial& trial, Kind kind, ErrorCode code) {
    ASSERT_FALSE(trial.works());
    EXPECT_EQ(trial.failure->code(), code) << trial.failure->toLogLine();
    EXPECT_FALSE(trial.server.has_value());
    for (std::size_t i = 0; i + 1 < trial.steps.size(); ++i) {
        EXPECT_EQ(trial.steps[i].outcome, Outcome::done) << i;
    }
    const TrialStep& last = trial.steps.back();
    EXPECT_EQ(last.kind, kind);
    EXPECT_EQ(last.outcome, Outcome::failed);
    ASSERT_TRUE(last.error.has_value());
    EXPECT_EQ(last.error->code(), code);
}

RedisServer::Options onTcp() {
    RedisServer::Options options;
    options.tcp = true;
    return options;
}

TEST(RedisTrial, aServerThatAnswersIsTriedToTheEnd) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options = onTcp();
    options.password = "secret";
    options.arguments = {"--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lfu"};
    const RedisServer server{options};
    server.command({"MSET", "a", "1", "b", "2"});
    const std::string port = std::to_string(server.address().port);
    const RedisTrial trial = tryUrl("redis://:secret@localhost:" + port);
    ASSERT_TRUE(trial.works()) << trial.failure->toLogLine();
    EXPECT_EQ(kindsOf(trial),
              (Kinds{Kind::lookUp, Kind::connect, Kind::logIn, Kind::ping, Kind::info}));
    EXPECT_EQ(trial.steps[0].where, "localhost");
    EXPECT_TRUE(trial.steps[1].where.ends_with(":" + port)) << trial.steps[1].where;
    EXPECT_EQ(trial.steps[2].answer, "default");
    for (const TrialStep& step : trial.steps) {
        EXPECT_EQ(step.outcome, Outcome::done);
        EXPECT_GT(step.took, Duration::zero());
        EXPECT_EQ(step.where.find("secret"), std::string::npos);
    }
    EXPECT_EQ(trial.server->product, "Redis");
    EXPECT_EQ(trial.server->mode, "standalone");
    EXPECT_EQ(trial.server->role, "master");
    EXPECT_EQ(trial.server->maxmemoryPolicy, "allkeys-lfu");
    EXPECT_EQ(trial.server->keys, 2u);
    EXPECT_EQ(trial.server->roundTrip, trial.steps[3].took);
    EXPECT_FALSE(trial.certificate.has_value());
}

TEST(RedisTrial, anAddressInDigitsAndASocketNeedNoLookup) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer tcp{onTcp()};
    EXPECT_EQ(kindsOf(tryUrl(tcp.url())), (Kinds{Kind::connect, Kind::ping, Kind::info}));
    const RedisServer socket;
    const RedisTrial trial = tryUrl(socket.url({}, "db=3"));
    EXPECT_EQ(kindsOf(trial), (Kinds{Kind::connect, Kind::ping, Kind::info}));
    EXPECT_EQ(trial.steps[0].where, socket.address().unixPath);
    EXPECT_EQ(trial.server->keys, 0u);
}

TEST(RedisTrial, infoThatIsNotPermittedIsSkipped) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">b", "~*", "-@all", "+ping"});
    const RedisTrial trial = tryUrl(server.url("bob:b"));
    ASSERT_TRUE(trial.works());
    EXPECT_EQ(trial.steps[1].answer, "bob");
    EXPECT_EQ(trial.steps.back().kind, Kind::info);
    EXPECT_EQ(trial.steps.back().outcome, Outcome::skipped);
    EXPECT_EQ(trial.steps.back().error->code(), ErrorCode::noPermission);
    EXPECT_FALSE(trial.server->infoPermitted);
}

TEST(RedisTrial, theStepThatFailsIsTheLast) {
    CACHESCOPE_NEEDS_REDIS();
    expectLastFails(tryUrl("redis://127.0.0.1:" + std::to_string(test::freePort())), Kind::connect,
                    ErrorCode::unreachable);
    const test::BlackHole hole;
    expectLastFails(tryUrl(hole.url(), kShort), Kind::connect, ErrorCode::timedOut);
    const ScriptedServer silent{[](ScriptedServer::Peer& peer) { peer.wait(); }};
    expectLastFails(tryUrl(silent.url(), kShort), Kind::ping, ErrorCode::timedOut);

    RedisServer::Options options = onTcp();
    options.password = "secret";
    const RedisServer server{options};
    expectLastFails(tryUrl(server.url(":wrong")), Kind::logIn, ErrorCode::authentication);
    const std::string place = "127.0.0.1:" + std::to_string(server.address().port);
    expectLastFails(tryUrl("redis://" + place), Kind::logIn, ErrorCode::authentication);
    expectLastFails(tryUrl("rediss://:secret@" + place, 2s), Kind::tls, ErrorCode::notThisProtocol);
}

TEST(RedisTrial, showsWhatWasAgreedOnAndTheCertificate) {
    CACHESCOPE_NEEDS_REDIS();
    if (!RedisServer::speaksTls()) {
        GTEST_SKIP() << "redis-server is built without TLS here";
    }
    for (const bool wanted : {false, true}) {
        TestCertificates certificates;
        const auto pair = certificates.make();
        RedisServer::Options options = onTcp();
        options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
        options.wantsClientCertificate = wanted;
        const RedisServer server{options};
        const RedisTrial trial = tryUrl(server.url());
        ASSERT_TRUE(trial.certificate.has_value());
        EXPECT_EQ(trial.certificate->subject, "server");
        EXPECT_EQ(trial.certificate->issuer, "authority of a test");
        EXPECT_EQ(trial.certificate->names,
                  (std::vector<std::string>{"localhost", "127.0.0.1", "::1"}));
        EXPECT_EQ(trial.certificate->notAfter.size(), 10u);
        EXPECT_TRUE(trial.certificate->verified);
        EXPECT_EQ(trial.steps.at(1).kind, Kind::tls);
        EXPECT_TRUE(trial.steps[1].answer.starts_with("TLSv1.3 TLS_")) << trial.steps[1].answer;
        if (wanted) {
            expectLastFails(trial, Kind::tls, ErrorCode::untrusted);
            EXPECT_EQ(TlsRefusal::of(*trial.failure)->why, TlsRefusal::Why::clientCertificate);
        } else {
            EXPECT_TRUE(trial.works());
        }
        const auto port = std::to_string(server.address().port);
        expectLastFails(tryUrl("rediss://127.0.0.1:" + port), Kind::tls, ErrorCode::untrusted);
        expectLastFails(tryUrl("redis://127.0.0.1:" + port), Kind::ping,
                        ErrorCode::notThisProtocol);
    }
}

TEST(RedisTrial, asksSentinelsUntilOneKnowsThePrimary) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer primary{onTcp()};
    const std::string port = std::to_string(primary.address().port);
    const std::string known =
        "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) + "\r\n" + port + "\r\n";
    const auto sentinel = [](const std::string& answer) {
        return [answer](ScriptedServer::Peer& peer) {
            peer.receive();
            peer.say("-ERR unknown command 'client'\r\n");
            peer.receive();
            peer.say(answer);
            peer.wait();
        };
    };
    const ScriptedServer knows{sentinel(known)};
    const ScriptedServer knowsNot{sentinel("*-1\r\n")};
    const auto place = [](int number) { return "127.0.0.1:" + std::to_string(number); };
    const std::string nobody = place(test::freePort());
    const RedisTrial trial = tryUrl("redis+sentinel://" + nobody + ',' + place(knowsNot.port()) +
                                    ',' + place(knows.port()) + "/main");
    ASSERT_TRUE(trial.works()) << trial.failure->toLogLine();
    EXPECT_EQ(kindsOf(trial), (Kinds{Kind::sentinel, Kind::sentinel, Kind::sentinel, Kind::connect,
                                     Kind::ping, Kind::info}));
    EXPECT_EQ(trial.steps[0].error->code(), ErrorCode::unreachable);
    EXPECT_EQ(trial.steps[1].error->code(), ErrorCode::unknownName);
    EXPECT_EQ(trial.steps[1].error->subject(), "main");
    EXPECT_EQ(trial.steps[2].answer, "127.0.0.1 " + port);
    EXPECT_EQ(trial.steps[3].where, place(primary.address().port));

    const ScriptedServer still{sentinel("*-1\r\n")};
    const RedisTrial lost = tryUrl("redis+sentinel://" + place(still.port()));
    expectLastFails(lost, Kind::sentinel, ErrorCode::unknownName);
}

TEST(RedisTrial, countsTheSlotsOfACluster) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options = onTcp();
    options.arguments = {"--cluster-enabled", "yes"};
    const RedisServer server{options};
    server.command({"CLUSTER", "ADDSLOTSRANGE", "0", "99"});
    const auto nobody = std::to_string(test::freePort());
    const RedisTrial trial = tryUrl("redis+cluster://127.0.0.1:" + nobody +
                                    ",127.0.0.1:" + std::to_string(server.address().port));
    ASSERT_TRUE(trial.works()) << trial.failure->toLogLine();
    EXPECT_EQ(kindsOf(trial),
              (Kinds{Kind::connect, Kind::connect, Kind::ping, Kind::info, Kind::cluster}));
    EXPECT_EQ(trial.steps[0].outcome, Outcome::failed);
    EXPECT_EQ(trial.steps[4].answer, "1/0/100");
    EXPECT_EQ(trial.server->mode, "cluster");

    const RedisServer alone{onTcp()};
    const RedisTrial none =
        tryUrl("redis+cluster://127.0.0.1:" + std::to_string(alone.address().port));
    ASSERT_FALSE(none.works());
    EXPECT_EQ(none.steps.back().kind, Kind::cluster);
    EXPECT_EQ(none.steps.back().outcome, Outcome::failed);
}

TEST(RedisTrial, aServerThatSaysItIsValkeyIsNamedSo) {
    // It gives redis_version too, of the Redis that it is compatible with.
    const std::string info =
        "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.3\r\n"
        "redis_mode:standalone\r\n";
    const ScriptedServer valkey{[&](ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            const bool asksInfo = peer.heard().find("INFO") != std::string::npos;
            const std::string fact = '$' + std::to_string(info.size()) + "\r\n" + info + "\r\n";
            const bool pings = peer.heard().find("PING") != std::string::npos;
            peer.say(asksInfo ? fact + "$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n"
                     : pings  ? "+PONG\r\n"
                              : "+OK\r\n");
        }
    }};
    const RedisTrial trial = tryUrl(valkey.url());
    ASSERT_TRUE(trial.works()) << trial.failure->toLogLine();
    EXPECT_EQ(trial.server->product, "Valkey");
    EXPECT_EQ(trial.server->version, "8.1.3");
    EXPECT_EQ(trial.server->mode, "standalone");
}

TEST(RedisTrial, endsWithinItsTimeHoweverManyAreSilent) {
    const test::BlackHole hole;
    const std::string place = "127.0.0.1:" + std::to_string(hole.port());
    for (const char* scheme : {"redis+sentinel://", "redis+cluster://"}) {
        const TimePoint start = SystemClock::instance().now();
        const RedisTrial trial = tryUrl(scheme + place + ',' + place + ',' + place, kShort);
        EXPECT_EQ(trial.failure->code(), ErrorCode::timedOut);
        EXPECT_EQ(trial.steps.size(), 3u);
        EXPECT_LT(SystemClock::instance().now() - start, kShort + 2s);
    }
}

}  // namespace
}  // namespace cachescope
