// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Commands find their server in a real cluster, whatever happens to it.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "engine/core/random.h"
#include "engine/redis/redis_client.h"
#include "engine/redis/slot_map.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_cluster.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;

class ClusterClientTest : public ::testing::Test {
protected:
    void SetUp() override { CACHESCOPE_NEEDS_REDIS(); }
    void TearDown() override {
        if (HasFailure()) {
            RedisCluster::renew();
        }
    }

    static RedisCluster& cluster() { return RedisCluster::shared(); }
    static std::unique_ptr<RedisClient> client(Duration timeout = 5s,
                                               const std::string& parameters = {}) {
        RedisClientOptions options;
        options.timeout = timeout;
        return RedisClient::create(RedisTarget::parse(cluster().url(parameters)).value(), options);
    }
    static std::string read(RedisClient& client, const std::string& key) {
        const auto reply = client.call({"GET", key});
        return reply ? reply->text : reply.error().toLogLine();
    }
    static void write(RedisClient& client, const std::string& key, const std::string& value) {
        const auto reply = client.call({"SET", key, value});
        ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
        ASSERT_EQ(reply->text, "OK");
    }
    static std::string keyIn(std::size_t slot, const std::string& name) {
        return '{' + tagOfSlot(slot) + '}' + name;
    }
    static TimePoint in(Duration span) { return SystemClock::instance().now() + span; }
    static int primaryOf(std::size_t slot) { return cluster().ownerOf(slot, 0); }
};

TEST_F(ClusterClientTest, everySlotIsServedByItsServerWithoutRedirections) {
    const auto client = this->client();
    std::vector<RedisCommand> sets;
    std::vector<RedisCommand> gets;
    for (std::size_t slot = 0; slot < kRedisSlots; slot += 7) {
        sets.push_back({"SET", keyIn(slot, "route"), std::to_string(slot)});
        gets.push_back({"GET", keyIn(slot, "route")});
    }
    const auto stored = client->callAll(sets);
    ASSERT_TRUE(stored.ok()) << stored.error().toLogLine();
    const auto found = client->callAll(gets);
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    for (std::size_t i = 0; i < gets.size(); ++i) {
        ASSERT_EQ((*stored)[i].text, "OK");
        ASSERT_EQ((*found)[i].text, sets[i][2]);
    }
    EXPECT_EQ(client->counters().redirections, 0u);
    EXPECT_EQ(client->counters().roundTrips, 7u) << "two for each of three servers, one to ask";
}

TEST_F(ClusterClientTest, commandsForOneKeyKeepTheirOrderAmongThoseForOthers) {
    const auto client = this->client();
    std::vector<RedisCommand> commands;
    for (int round = 0; round < 50; ++round) {
        for (int key = 0; key < 20; ++key) {
            commands.push_back({"GETSET", "order:" + std::to_string(key), std::to_string(round)});
        }
    }
    const auto replies = client->callAll(commands);
    ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
    for (std::size_t i = 20; i < commands.size(); ++i) {
        ASSERT_EQ((*replies)[i].text, commands[i - 20][2]) << i;
    }
}

TEST_F(ClusterClientTest, largeBatchesToAllServersGoThroughAtTheSameTime) {
    const auto client = this->client(20s);
    const std::string large(300'000, 'x');
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 60; ++i) {
        commands.push_back({"SET", "large:" + std::to_string(i), large});
        commands.push_back({"GET", "large:" + std::to_string(i)});
    }
    const auto replies = client->callAll(commands);
    ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
    for (std::size_t i = 1; i < replies->size(); i += 2) {
        ASSERT_EQ((*replies)[i].text.size(), large.size());
    }
    for (int i = 0; i < 60; ++i) {
        (void)client->call({"UNLINK", "large:" + std::to_string(i)});
    }
}

TEST_F(ClusterClientTest, keylessCommandsGoToAnyServer) {
    const auto client = this->client();
    EXPECT_EQ(client->call({"PING"}).value().text, "PONG");
    EXPECT_TRUE(client->call({"PUBLISH", "channel", "message"}).value().isInteger());
    EXPECT_TRUE(client->callAll({}).value().empty());
}

TEST_F(ClusterClientTest, aTagTakesAKeyToTheSlotOfAnother) {
    const auto client = this->client();
    for (int i = 0; i < 100; ++i) {
        const std::string key = "tagged:" + std::to_string(i);
        EXPECT_EQ(slotOf("lease{" + client->tagFor(key) + '}' + key), slotOf(key));
    }
}

TEST_F(ClusterClientTest, aMovedSlotIsFoundAndRemembered) {
    const auto client = this->client();
    const std::size_t slot = 16000;
    ASSERT_EQ(primaryOf(slot), 2);
    write(*client, keyIn(slot, "before"), "x");
    (void)client->call({"UNLINK", keyIn(slot, "before")});
    for (const int to : {1, 2}) {
        for (int i = 0; i < 3; ++i) {
            cluster()
                .server((to + i) % 3)
                .command({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", cluster().idOf(to)});
        }
        const auto before = client->counters().redirections;
        write(*client, keyIn(slot, "moved"), "to " + std::to_string(to));
        EXPECT_EQ(read(*client, keyIn(slot, "moved")), "to " + std::to_string(to));
        EXPECT_EQ(client->counters().redirections, before + 1) << "remembered after the first";
        (void)client->call({"UNLINK", keyIn(slot, "moved")});
    }
    cluster().waitUntilWhole();
}

TEST_F(ClusterClientTest, aSlotMigratesKeyByKeyUnderLoadAndNothingIsLostOrMixedUp) {
    constexpr int kKeys = 60;
    const std::size_t slot = 100;
    const auto client = this->client(10s);
    const auto keyOf = [&](int i) { return keyIn(slot, "m" + std::to_string(i)); };
    std::array<std::atomic<int>, kKeys> acknowledged{};
    for (int i = 0; i < kKeys; ++i) {
        write(*client, keyOf(i), keyOf(i) + "=0");
    }
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<int> failures{0};
    std::atomic<int> tried{0};
    const auto load = [&](int thread) {
        Random random{static_cast<std::uint64_t>(thread) + 1};
        while (!stop) {
            const int i = static_cast<int>(random.below(kKeys / 3)) * 3 + thread;
            const auto at = static_cast<std::size_t>(i);
            const int version = acknowledged.at(at) + 1;
            const auto set =
                client->call({"SET", keyOf(i), keyOf(i) + '=' + std::to_string(version)});
            if (!set || set->text != "OK") {
                ++failures;
                continue;
            }
            acknowledged.at(at) = version;
            const auto got = client->call({"GET", keyOf(i)});
            failures += got ? 0 : 1;
            wrong += got && got->text != keyOf(i) + '=' + std::to_string(version) ? 1 : 0;
            // Both keys, or TRYAGAIN while they are not together.
            const auto both = client->call({"MGET", keyOf(i), keyOf((i + 3) % kKeys)});
            failures += both && both->isArray() ? 0 : 1;
            ++tried;
        }
    };
    std::vector<std::unique_ptr<TestThread>> threads;
    for (int t = 0; t < 3; ++t) {
        threads.push_back(std::make_unique<TestThread>([&, t] { load(t); }));
    }
    const std::string text = std::to_string(slot);
    const auto move = [&](int from, int to) {
        cluster().server(to).command(
            {"CLUSTER", "SETSLOT", text, "IMPORTING", cluster().idOf(from)});
        cluster().server(from).command(
            {"CLUSTER", "SETSLOT", text, "MIGRATING", cluster().idOf(to)});
        for (int i = 0; i < kKeys; ++i) {
            cluster().server(from).command({"MIGRATE", "127.0.0.1",
                                            std::to_string(cluster().server(to).address().port),
                                            keyOf(i), "0", "5000"});
        }
        for (const int i : {to, from, 3 - to - from}) {
            cluster().server(i).command({"CLUSTER", "SETSLOT", text, "NODE", cluster().idOf(to)});
        }
    };
    EXPECT_TRUE(eventually([&] { return tried > 50; }));
    move(0, 1);
    EXPECT_TRUE(eventually([&, before = tried.load()] { return tried > before + 50; }));
    move(1, 0);
    stop = true;
    threads.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(failures, 0);
    EXPECT_GT(client->counters().redirections, 0u);
    for (int i = 0; i < kKeys; ++i) {
        const int version = acknowledged.at(static_cast<std::size_t>(i));
        EXPECT_EQ(read(*client, keyOf(i)), keyOf(i) + '=' + std::to_string(version));
        (void)client->call({"UNLINK", keyOf(i)});
    }
    cluster().waitUntilWhole();
}

TEST_F(ClusterClientTest, readsMayBeAnsweredByReplicas) {
    const auto writer = this->client();
    for (int i = 0; i < 30; ++i) {
        write(*writer, "replicated:" + std::to_string(i), std::to_string(i));
    }
    const auto reader = this->client(5s, "replicas=on");
    for (int i = 0; i < 30; ++i) {
        const std::string key = "replicated:" + std::to_string(i);
        EXPECT_TRUE(eventually([&] {
            return read(*reader, key) == std::to_string(i) &&
                   read(*reader, key) == std::to_string(i);
        })) << key;
    }
    EXPECT_EQ(reader->counters().redirections, 0u);
    write(*reader, "replicated:0", "written");
    EXPECT_TRUE(eventually([&] { return read(*reader, "replicated:0") == "written"; }));
    std::uint64_t reads = 0;
    for (int i = 3; i < 6; ++i) {
        const std::string info = cluster().server(i).command({"INFO", "commandstats"}).text;
        reads += info.find("cmdstat_get:") != std::string::npos ? 1U : 0U;
    }
    EXPECT_EQ(reads, 3u) << "each replica has had some";
}

TEST_F(ClusterClientTest, aScanGoesThroughAllServersAndFindsEveryKey) {
    const auto client = this->client();
    std::set<std::string> expected;
    for (int i = 0; i < 300; ++i) {
        expected.insert("scan:" + std::to_string(i));
        write(*client, "scan:" + std::to_string(i), "v");
    }
    const auto scanAll = [&](const std::function<void(int)>& between) {
        std::set<std::string> found;
        std::string cursor;
        int pages = 0;
        do {
            const auto page = client->scan(cursor, "scan:*", 50, in(5s));
            if (!page) {
                ADD_FAILURE() << page.error().toLogLine();
                return found;
            }
            found.insert(page->keys.begin(), page->keys.end());
            cursor = page->next;
            between(++pages);
        } while (!cursor.empty() && pages < 1000);
        return found;
    };
    EXPECT_EQ(scanAll([](int) {}), expected);
    for (const char* bad : {"x", "1", "1:2", "1:2:", "1:2:3:4", ":::", "-1:0:0", "0:0:x"}) {
        const auto page = client->scan(bad, "*", 10, in(5s));
        ASSERT_FALSE(page.ok()) << bad;
        EXPECT_EQ(page.error().code(), ErrorCode::outOfRange);
    }
    for (const std::string& key : expected) {
        (void)client->call({"UNLINK", key});
    }
}

TEST_F(ClusterClientTest, aPrimaryThatIsKilledUnderLoadIsReplacedAndNobodyGetsAnothersReply) {
    RedisCluster::renew();
    cluster().waitUntilWhole();
    const auto client = this->client(500ms);
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::array<std::atomic<int>, 3> worked{};
    const std::array<std::size_t, 3> slots{1, 8000, 16001};
    std::vector<std::unique_ptr<TestThread>> threads;
    for (int t = 0; t < 4; ++t) {
        threads.push_back(std::make_unique<TestThread>([&, t] {
            Random random{static_cast<std::uint64_t>(t) + 9};
            while (!stop) {
                const auto third = static_cast<std::size_t>(random.below(3));
                const std::string key =
                    keyIn(slots.at(third), "f" + std::to_string(random.below(9)));
                const auto set = client->call({"SET", key, "of " + key});
                const auto got = client->call({"GET", key});
                wrong +=
                    got && !got->isError() && !got->isNil() && got->text != "of " + key ? 1 : 0;
                worked.at(third) += set && got && got->text == "of " + key ? 1 : 0;
            }
        }));
    }
    const auto allWork = [&] {
        for (const auto& count : worked) {
            if (count < 20) {
                return false;
            }
        }
        return true;
    };
    const auto forget = [&] {
        for (auto& count : worked) {
            count = 0;
        }
    };
    EXPECT_TRUE(eventually(allWork));
    ASSERT_EQ(primaryOf(8000), 1);
    cluster().server(1).kill();
    forget();
    EXPECT_TRUE(eventually([&] { return worked.at(0) >= 20 && worked.at(2) >= 20; }))
        << "the others go on";
    EXPECT_TRUE(eventually([&] { return cluster().isPrimary(4); }));
    forget();
    EXPECT_TRUE(eventually(allWork)) << "without its former primary";
    cluster().server(1).restart();
    cluster().waitUntilWhole();
    forget();
    EXPECT_TRUE(eventually(allWork)) << "the former primary is a replica now";
    EXPECT_EQ(cluster().server(1).command({"ROLE"}).elements.at(0).text, "slave");
    // Back to how it was, for the other tests.
    EXPECT_TRUE(eventually([&] {
        cluster().server(1).command({"CLUSTER", "FAILOVER", "TAKEOVER"});
        return cluster().isPrimary(1);
    }));
    cluster().waitUntilWhole();
    forget();
    EXPECT_TRUE(eventually(allWork));
    stop = true;
    threads.clear();
    EXPECT_EQ(wrong, 0);
}

TEST_F(ClusterClientTest, whatIsNoClusterIsTold) {
    RedisServer::Options options;
    options.tcp = true;
    RedisServer plain(options);
    const auto target =
        RedisTarget::parse("redis+cluster://127.0.0.1:" + std::to_string(plain.address().port));
    const auto client = RedisClient::create(target.value());
    const auto reply = client->call({"GET", "key"});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::unsupported) << reply.error().toLogLine();
}

TEST_F(ClusterClientTest, seedsThatAreGoneAreStartedFromInVain) {
    const std::string gone = "127.0.0.1:" + std::to_string(freePort());
    const auto none = RedisClient::create(RedisTarget::parse("redis+cluster://" + gone).value());
    const auto reply = none->call({"GET", "key"});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::unreachable) << reply.error().toLogLine();
    const auto one = RedisClient::create(
        RedisTarget::parse("redis+cluster://" + gone + ',' + cluster().hostPort(5)).value());
    EXPECT_TRUE(one->call({"GET", "key"}).ok());
}

}  // namespace
}  // namespace cachescope::test
