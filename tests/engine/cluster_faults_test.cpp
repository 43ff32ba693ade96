// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What callers see of a cluster while it is not whole.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "engine/redis/redis_client.h"
#include "engine/redis/redis_session.h"
#include "engine/redis/slot_map.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/scripted_server.h"
#include "tests/support/session_asker.h"
#include "tests/support/test_certificates.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<RedisClient> clientOf(const std::string& url, Duration timeout) {
    RedisClientOptions options;
    options.timeout = timeout;
    return RedisClient::create(RedisTarget::parse(url).value(), options);
}

std::string keyIn(std::size_t slot, const std::string& name) {
    return '{' + tagOfSlot(slot) + '}' + name;
}

class RedisClusterFaults : public ::testing::Test {
protected:
    void SetUp() override {
        CACHESCOPE_NEEDS_REDIS();
        RedisCluster::renew();
    }
    static void TearDownTestSuite() { RedisCluster::renew(); }

    static RedisCluster& cluster() { return RedisCluster::shared(); }
    static std::unique_ptr<RedisClient> client(Duration timeout) {
        return clientOf(cluster().url(), timeout);
    }
    static void setSlot(int server, std::size_t slot, const RedisCommand& what) {
        RedisCommand command{"CLUSTER", "SETSLOT", std::to_string(slot)};
        command.insert(command.end(), what.begin(), what.end());
        EXPECT_EQ(cluster().server(server).command(command).text, "OK");
    }
    // A slot that may be given away: no other test has left a key in it.
    static std::size_t emptySlot(int server, std::size_t from) {
        const auto keysIn = [&](std::size_t slot) {
            return cluster()
                .server(server)
                .command({"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)})
                .integer;
        };
        while (keysIn(from) > 0) {
            ++from;
        }
        return from;
    }
    // Gives a slot without keys to another server, until everybody knows. Who takes over what it
    // imports counts up, so that nobody's older view can win.
    static void give(std::size_t slot, int from, int to) {
        setSlot(to, slot, {"IMPORTING", cluster().idOf(from)});
        settle(slot, from, to);
    }
    // The same where it has been importing the keys.
    static void settle(std::size_t slot, int from, int to) {
        for (const int i : {to, from, 3 - to - from}) {
            setSlot(i, slot, {"NODE", cluster().idOf(to)});
        }
        for (int i = 0; i < RedisCluster::kServers; ++i) {
            EXPECT_TRUE(eventually([&] { return cluster().ownerOf(slot, i) == to; })) << i;
        }
    }
    static void migrate(int from, int to, const std::string& key) {
        const std::string port = std::to_string(cluster().server(to).address().port);
        cluster().server(from).command({"MIGRATE", "127.0.0.1", port, key, "0", "5000"});
    }
};

TEST_F(RedisClusterFaults, keysThatAMigrationPartsAreTriedAgainUntilTheyAreTogether) {
    cluster().waitUntilWhole();
    const std::size_t slot = emptySlot(0, 200);
    const std::string one = keyIn(slot, "one");
    const std::string two = keyIn(slot, "two");
    const auto client = this->client(20s);
    ASSERT_TRUE(client->callAll(std::vector<RedisCommand>{{"SET", one, "1"}, {"SET", two, "2"}}));
    setSlot(1, slot, {"IMPORTING", cluster().idOf(0)});
    setSlot(0, slot, {"MIGRATING", cluster().idOf(1)});
    migrate(0, 1, one);
    const RedisCommand both{"MGET", one, two};
    const auto soon =
        client->call(both, RedisRepeat::forbidden, SystemClock::instance().now() + 200ms);
    ASSERT_TRUE(soon.ok()) << soon.error().toLogLine();
    ASSERT_TRUE(soon->isError());
    EXPECT_TRUE(soon->text.starts_with("TRYAGAIN")) << soon->text;
    EXPECT_EQ(redisErrorCode(soon->text), ErrorCode::loading);
    const std::uint64_t before = client->counters().commands;
    {
        const TestThread waiting([&] {
            const auto found = client->call(both, RedisRepeat::forbidden);
            ASSERT_TRUE(found.ok()) << found.error().toLogLine();
            ASSERT_TRUE(found->isArray()) << found->text;
            EXPECT_EQ(found->elements.at(0).text, "1");
            EXPECT_EQ(found->elements.at(1).text, "2");
        });
        EXPECT_TRUE(eventually([&] { return client->counters().commands > before + 6; }));
        migrate(0, 1, two);
        settle(slot, 0, 1);
    }
    EXPECT_TRUE(client->callAll(std::vector<RedisCommand>{{"UNLINK", one}, {"UNLINK", two}}));
    give(slot, 1, 0);
    cluster().waitUntilWhole();
}

TEST_F(RedisClusterFaults, aKeyThatNeverWasIsToldWhenItsSlotHasMigrated) {
    cluster().waitUntilWhole();
    const std::size_t slot = emptySlot(0, 201);
    const std::string one = keyIn(slot, "one");
    const auto client = this->client(20s);
    ASSERT_TRUE(client->call({"SET", one, "1"}).ok());
    setSlot(1, slot, {"IMPORTING", cluster().idOf(0)});
    setSlot(0, slot, {"MIGRATING", cluster().idOf(1)});
    migrate(0, 1, one);
    const std::uint64_t before = client->counters().redirections;
    {
        const TestThread waiting([&] {
            const auto found = client->call({"MGET", one, keyIn(slot, "never")});
            ASSERT_TRUE(found.ok()) << found.error().toLogLine();
            ASSERT_TRUE(found->isArray()) << found->text;
            EXPECT_EQ(found->elements.at(0).text, "1");
            EXPECT_TRUE(found->elements.at(1).isNil());
        });
        EXPECT_TRUE(eventually([&] { return client->counters().redirections > before + 12; }))
            << "each time by way of ASK";
        settle(slot, 0, 1);
    }
    EXPECT_TRUE(client->call({"UNLINK", one}).ok());
    give(slot, 1, 0);
    cluster().waitUntilWhole();
}

TEST_F(RedisClusterFaults, aScanOverAChangeOfTheLayoutBeginsAgainAndMissesNothing) {
    cluster().waitUntilWhole();
    const auto client = this->client(20s);
    constexpr int kKeys = 300;
    std::vector<RedisCommand> sets;
    sets.reserve(kKeys);
    for (int i = 0; i < kKeys; ++i) {
        sets.push_back({"SET", "relaid:" + std::to_string(i), "v"});
    }
    ASSERT_TRUE(client->callAll(sets).ok());
    const std::size_t slot = emptySlot(2, 16001);
    std::map<std::string, int> found;
    std::string cursor;
    int pages = 0;
    do {
        const auto page = client->scan(cursor, "relaid:*", 20, client->deadline());
        ASSERT_TRUE(page.ok()) << page.error().toLogLine();
        for (const std::string& key : page->keys) {
            ++found[key];
        }
        cursor = page->next;
        if (++pages == 4) {
            give(slot, 2, 1);
            ASSERT_TRUE(client->call({"GET", keyIn(slot, "none")}).ok());
            EXPECT_GT(client->counters().redirections, 0u);
        }
    } while (!cursor.empty() && pages < 1000);
    EXPECT_EQ(found.size(), std::size_t{kKeys});
    int twice = 0;
    for (const auto& [key, times] : found) {
        twice += times > 1 ? 1 : 0;
    }
    EXPECT_GT(twice, 0) << "it began again";
    for (RedisCommand& command : sets) {
        command = {"UNLINK", command[1]};
    }
    EXPECT_TRUE(client->callAll(sets).ok());
    give(slot, 1, 2);
    cluster().waitUntilWhole();
}

TEST_F(RedisClusterFaults, aCallWithALongTimeOutLastsThroughTheFailoverOfItsServer) {
    constexpr std::size_t kSlot = 8001;
    cluster().waitUntilWhole();
    const auto patient = client(20s);
    const auto hasty = client(150ms);
    ASSERT_TRUE(patient->call({"SET", keyIn(kSlot, "a"), "1"}).ok());
    ASSERT_TRUE(hasty->call({"GET", keyIn(kSlot, "a")}).ok());
    ASSERT_EQ(cluster().ownerOf(kSlot, 0), 1);
    cluster().server(1).kill();
    const std::vector<RedisCommand> mixed{{"GET", keyIn(1, "x")}, {"GET", keyIn(kSlot, "a")}};
    const auto each = hasty->callEach(mixed, RedisRepeat::allowed, hasty->deadline());
    EXPECT_TRUE(each[0].ok()) << each[0].error().toLogLine();
    ASSERT_FALSE(each[1].ok());
    EXPECT_NE(each[1].error().subject().find(cluster().hostPort(1)), std::string::npos);
    // Nothing of this can have reached a server.
    const auto counted = patient->call({"INCR", keyIn(kSlot, "n")}, RedisRepeat::forbidden);
    ASSERT_TRUE(counted.ok()) << counted.error().toLogLine();
    EXPECT_EQ(counted->integer, 1);
    std::string cursor;
    do {
        const auto page = patient->scan(cursor, "*", 1000, patient->deadline());
        ASSERT_TRUE(page.ok()) << page.error().toLogLine();
        cursor = page->next;
    } while (!cursor.empty());
    cluster().server(1).restart();
    cluster().waitUntilWhole();
    EXPECT_TRUE(eventually([&] {
        cluster().server(1).command({"CLUSTER", "FAILOVER", "TAKEOVER"});
        return cluster().isPrimary(1);
    }));
    cluster().waitUntilWhole();
    EXPECT_TRUE(patient->call({"UNLINK", keyIn(kSlot, "n")}).ok());
}

TEST_F(RedisClusterFaults, readsAreAnsweredByPrimariesWhenAllReplicasAreGone) {
    cluster().waitUntilWhole();
    const auto reader = clientOf(cluster().url("replicas=on"), 10s);
    const std::vector<std::size_t> slots{2, 8002, 16002};
    for (const std::size_t slot : slots) {
        ASSERT_TRUE(reader->call({"SET", keyIn(slot, "r"), "v"}).ok());
        EXPECT_TRUE(eventually([&] {
            return reader->call({"GET", keyIn(slot, "r")}).value().text == "v";
        }));
    }
    for (const int i : {3, 4, 5}) {
        cluster().server(i).kill();
    }
    for (int round = 0; round < 4; ++round) {
        for (const std::size_t slot : slots) {
            const auto found = reader->call({"GET", keyIn(slot, "r")});
            ASSERT_TRUE(found.ok()) << found.error().toLogLine();
            EXPECT_EQ(found->text, "v");
        }
    }
    for (const int i : {3, 4, 5}) {
        cluster().server(i).restart();
    }
    cluster().waitUntilWhole();
    for (const std::size_t slot : slots) {
        EXPECT_TRUE(reader->call({"UNLINK", keyIn(slot, "r")}).ok());
    }
}

TEST_F(RedisClusterFaults, aSessionWithOneServerOfAClusterIsToldWhereElseToAsk) {
    SessionAsker asker;
    RedisSession session{cluster().server(0).address()};
    const auto elsewhere = asker.ask(session, {"GET", keyIn(16000, "k")});
    ASSERT_TRUE(elsewhere.ok()) << elsewhere.error().toLogLine();
    ASSERT_TRUE(elsewhere->isError());
    EXPECT_TRUE(elsewhere->text.starts_with("MOVED 16000 ")) << elsewhere->text;
    EXPECT_TRUE(asker.ask(session, {"GET", keyIn(1, "k")}).value().isNil());
    EXPECT_EQ(session.status().connections, 1u);
}

std::string bulk(const std::string& text) {
    return '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string rangeOf(int first, int last, int port) {
    return "*3\r\n:" + std::to_string(first) + "\r\n:" + std::to_string(last) + "\r\n*2\r\n" +
           bulk("127.0.0.1") + ':' + std::to_string(port) + "\r\n";
}

// A cluster of two servers: one says "here" to everything, the other's host swallows packets.
TEST(RedisClusterHole, aServerThatSwallowsPacketsCostsTheOthersNoAnswers) {
    const BlackHole hole;
    std::atomic<int> port{0};
    ScriptedServer alive([&](ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            peer.say(peer.heard().find("SLOTS") == std::string::npos
                         ? "+here\r\n"
                         : "*2\r\n" + rangeOf(0, 8191, hole.port()) + rangeOf(8192, 16383, port));
        }
    });
    port = alive.port();
    RedisClientOptions options;
    options.maxConnections = 1;
    options.timeout = 600ms;
    const auto client = RedisClient::create(
        RedisTarget::parse("redis+cluster://127.0.0.1:" + std::to_string(alive.port())).value(),
        options);
    const std::vector<RedisCommand> commands{{"GET", keyIn(1, "k")}, {"GET", keyIn(9000, "k")}};
    for (int round = 0; round < 3; ++round) {
        const auto each = client->callEach(commands, RedisRepeat::allowed, client->deadline());
        ASSERT_TRUE(each[1].ok()) << each[1].error().toLogLine();
        EXPECT_EQ(each[1]->text, "here");
        ASSERT_FALSE(each[0].ok());
        EXPECT_TRUE(each[0].error().code() == ErrorCode::timedOut ||
                    each[0].error().code() == ErrorCode::unavailable)
            << each[0].error().toLogLine();
    }
}

TEST(RedisClusterHole, aCallWithTimeLeftGoesToTheSuccessorOfAServerThatSwallowsPackets) {
    const BlackHole hole;
    std::atomic<int> port{0};
    std::atomic<int> asked{0};
    ScriptedServer alive([&](ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            const bool slots = peer.heard().find("SLOTS") != std::string::npos;
            const int first = slots && asked++ == 0 ? hole.port() : port.load();
            peer.say(slots ? "*2\r\n" + rangeOf(0, 8191, first) + rangeOf(8192, 16383, port)
                           : "+here\r\n");
        }
    });
    port = alive.port();
    const auto client = clientOf("redis+cluster://127.0.0.1:" + std::to_string(alive.port()), 3s);
    const auto reply = client->call({"INCR", keyIn(1, "k")}, RedisRepeat::forbidden);
    ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
    EXPECT_EQ(reply->text, "here");
}

TEST(RedisClusterTls, isFollowedFromServerToServer) {
    CACHESCOPE_NEEDS_REDIS();
    if (!RedisServer::speaksTls()) {
        GTEST_SKIP() << "redis-server is built without TLS here";
    }
    TestCertificates certificates;
    const auto pair = certificates.make();
    RedisServer::Options options;
    options.tcp = true;
    options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
    options.wantsClientCertificate = true;
    options.arguments = {"--tls-cluster", "yes", "--cluster-enabled", "yes"};
    const RedisServer first{options};
    const RedisServer second{options};
    first.command({"CLUSTER", "SET-CONFIG-EPOCH", "1"});
    second.command({"CLUSTER", "SET-CONFIG-EPOCH", "2"});
    first.command({"CLUSTER", "ADDSLOTSRANGE", "0", "8191"});
    second.command({"CLUSTER", "ADDSLOTSRANGE", "8192", "16383"});
    first.command({"CLUSTER", "MEET", "127.0.0.1", std::to_string(second.address().port)});
    const auto isUp = [](const RedisServer& server) {
        const std::string info = server.command({"CLUSTER", "INFO"}).text;
        return info.find("cluster_state:ok") != std::string::npos &&
               info.find("cluster_slots_assigned:16384") != std::string::npos;
    };
    EXPECT_TRUE(eventually([&] { return isUp(first) && isUp(second); }));
    const auto urlWith = [&](const std::string& parameters) {
        return "rediss+cluster://127.0.0.1:" + std::to_string(first.address().port) + '?' +
               parameters;
    };
    const auto client = clientOf(urlWith("ca=" + certificates.authority() +
                                         "&cert=" + pair.certificate + "&key=" + pair.key),
                                 20s);
    for (const std::size_t slot : {std::size_t{1}, std::size_t{9000}}) {
        EXPECT_EQ(client->call({"SET", keyIn(slot, "k"), "v"}).value().text, "OK");
        EXPECT_EQ(client->call({"GET", keyIn(slot, "k")}).value().text, "v");
    }
    EXPECT_EQ(client->counters().redirections, 0u);
    TestCertificates others;
    const auto refused = clientOf(urlWith("ca=" + others.authority()), 5s);
    EXPECT_EQ(refused->call({"GET", "k"}).error().code(), ErrorCode::untrusted);
}

}  // namespace
}  // namespace cachescope::test
