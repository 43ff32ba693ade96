// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The primary is found again when it changes, with real sentinels.

#include <gtest/gtest.h>

#include <atomic>

#include "engine/backend/redis_backend.h"
#include "engine/core/random.h"
#include "engine/redis/primary_finder.h"
#include "engine/redis/redis_client.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_sentinels.h"
#include "tests/support/scripted_server.h"

namespace cachescope::test {
namespace {

std::unique_ptr<RedisSentinels> theShared;

class EndOfSentinels final : public ::testing::Environment {
    void TearDown() override { theShared.reset(); }
};
[[maybe_unused]] const auto* const kEndOfSentinels =
    ::testing::AddGlobalTestEnvironment(new EndOfSentinels);

RedisSentinels& sentinels() {
    if (theShared == nullptr) {
        theShared = std::make_unique<RedisSentinels>();
    }
    return *theShared;
}

struct RedisSentinelStore {
    std::string unavailable() const {
        return RedisServer::available() ? "" : "redis-server is not installed here";
    }
    ConformanceLimits limits() const { return {}; }
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        BackendConfig own = config;
        own.prefix = prefix;
        return BackendRegistry::builtin().create(sentinels().url("db=2"), own);
    }
    std::string prefix = [] {
        static int number = 0;
        return "s" + std::to_string(number++) + ':';
    }();
};
INSTANTIATE_TYPED_TEST_SUITE_P(RedisSentinel, BackendConformance, RedisSentinelStore);

class SentinelClientTest : public ::testing::Test {
protected:
    void SetUp() override { CACHESCOPE_NEEDS_REDIS(); }
    static std::unique_ptr<RedisClient> client(const std::string& url, Duration timeout = 5s) {
        RedisClientOptions options;
        options.timeout = timeout;
        return RedisClient::create(RedisTarget::parse(url).value(), options);
    }
    static std::string gone() { return "127.0.0.1:" + std::to_string(freePort()); }
};

class CountingListener final : public ChangeListener {
public:
    std::atomic<int> all{0};
    std::atomic<int> keys{0};
    void changed(std::string_view) override { ++keys; }
    void everythingChanged() override { ++all; }
};

TEST_F(SentinelClientTest, oneSentinelThatAnswersIsEnough) {
    const auto client =
        this->client("redis+sentinel://" + gone() + ',' + sentinels().sentinel(1) + "/watched");
    EXPECT_EQ(client->call({"SET", "key", "value"}).value().text, "OK");
    EXPECT_EQ(client->call({"GET", "key"}).value().text, "value");
    EXPECT_EQ(client->call({"ROLE"}).value().elements.at(0).text, "master");
}

TEST_F(SentinelClientTest, theOtherSentinelsAreLearnedAndWhoAnsweredComesFirst) {
    const auto target = RedisTarget::parse("redis+sentinel://" + gone() + ',' +
                                           sentinels().sentinel(1) + "/watched")
                            .value();
    PrimaryFinder finder(target, SystemClock::instance());
    const auto found = finder.find(SystemClock::instance().now() + 5s);
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    EXPECT_EQ(found->port, sentinels().server(sentinels().primary()).address().port);
    ASSERT_EQ(finder.sentinels().size(), 4u);
    EXPECT_EQ(finder.sentinels()[0].port, target.seeds[1].port);
}

TEST_F(SentinelClientTest, aNameThatNoSentinelKnowsIsNotFound) {
    const auto client = this->client("redis+sentinel://" + sentinels().sentinel(0) + "/unheard");
    const auto reply = client->call({"GET", "key"});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::notFound);
    EXPECT_EQ(reply.error().detail(), "unheard");
}

TEST_F(SentinelClientTest, thatAllSentinelsAreGoneIsTold) {
    const auto client = this->client("redis+sentinel://" + gone() + ',' + gone() + "/watched");
    const auto reply = client->call({"GET", "key"});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::unreachable);
}

TEST_F(SentinelClientTest, aPrimaryThatIsKnownIsUsedOnWhenAllSentinelsAreGone) {
    RedisServer::Options options;
    options.tcp = true;
    RedisServer server(options);
    auto sentinel = std::make_unique<ScriptedServer>([&](ScriptedServer::Peer& peer) {
        const std::string port = std::to_string(server.address().port);
        peer.receive();
        peer.say("+OK\r\n");
        peer.receive();
        peer.say("*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) + "\r\n" + port +
                 "\r\n*0\r\n");
    });
    const auto client =
        this->client("redis+sentinel://127.0.0.1:" + std::to_string(sentinel->port()) + "/watched");
    EXPECT_EQ(client->call({"SET", "key", "1"}).value().text, "OK");
    sentinel.reset();
    server.kill();
    server.restart();
    EXPECT_TRUE(eventually([&] { return client->call({"SET", "key", "2"}).ok(); }));
}

TEST_F(SentinelClientTest, withoutAnySentinelADeadPrimaryIsWaitedForAndNoLonger) {
    RedisSentinels own;
    const auto hasty = this->client(own.url(), 200ms);
    ASSERT_TRUE(hasty->call({"SET", "key", "1"}).ok());
    const int first = own.primary();
    for (int i = 0; i < RedisSentinels::kEach; ++i) {
        own.killSentinel(i);
    }
    own.server(first).kill();
    for (int i = 0; i < 5; ++i) {
        const TimePoint start = SystemClock::instance().now();
        const auto reply = hasty->call({"GET", "key"});
        EXPECT_LT(SystemClock::instance().now() - start, 200ms + 2s);
        ASSERT_FALSE(reply.ok());
        EXPECT_TRUE(reply.error().code() == ErrorCode::unreachable ||
                    reply.error().code() == ErrorCode::unavailable)
            << reply.error().toLogLine();
    }
    own.server(first).restart();
    EXPECT_TRUE(eventually([&] { return hasty->call({"SET", "key", "2"}).ok(); }));
}

TEST_F(SentinelClientTest, aSentinelThatNamesAReplicaIsNotBelieved) {
    const int replica = (sentinels().primary() + 1) % 3;
    const std::string port = std::to_string(sentinels().server(replica).address().port);
    ScriptedServer liar([&](ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("+OK\r\n");
        peer.receive();
        peer.say("*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) + "\r\n" + port +
                 "\r\n*0\r\n");
    });
    const std::string lies = "127.0.0.1:" + std::to_string(liar.port());
    const auto deceived = this->client("redis+sentinel://" + lies + "/watched", 1s);
    EXPECT_EQ(deceived->call({"GET", "key"}).error().code(), ErrorCode::readOnly);
    const auto client =
        this->client("redis+sentinel://" + lies + ',' + sentinels().sentinel(2) + "/watched");
    EXPECT_EQ(client->call({"SET", "key", "value"}).value().text, "OK");
}

TEST_F(SentinelClientTest, aKilledPrimaryAndAnOrderedFailoverAreOvercomeUnderLoad) {
    const auto patient = client(sentinels().url(), 30s);
    const auto hasty = client(sentinels().url(), 200ms);
    BackendConfig config;
    config.prefix = "followed:";
    config.timeout = 2s;
    const auto backend = BackendRegistry::builtin().create(sentinels().url("announce=on"), config);
    CountingListener heard;
    const auto feed = dynamic_cast<RedisBackend&>(**backend).follow(heard);
    EXPECT_TRUE(eventually([&] { return feed->isWhole(); }));
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<int> patientFailures{0};
    std::atomic<int> worked{0};
    std::vector<std::unique_ptr<TestThread>> threads;
    for (int t = 0; t < 4; ++t) {
        threads.push_back(std::make_unique<TestThread>([&, t] {
            RedisClient& client = t % 2 == 0 ? *patient : *hasty;
            for (int i = 0; !stop; ++i) {
                const std::string key = "k" + std::to_string(t) + ':' + std::to_string(i % 7);
                const auto set = client.call({"SET", key, "of " + key});
                const auto got = client.call({"GET", key});
                const bool good = set && set->text == "OK" && got;
                wrong += got && got->isBulk() && got->text != "of " + key ? 1 : 0;
                patientFailures += !good && t % 2 == 0 ? 1 : 0;
                worked += good ? 1 : 0;
            }
        }));
    }
    const auto goesOn = [&] {
        return eventually([&, before = worked.load()] { return worked > before + 100; });
    };
    EXPECT_TRUE(goesOn());
    const int first = sentinels().primary();
    const int before = heard.all;
    sentinels().server(first).kill();
    EXPECT_TRUE(eventually([&] {
        const int now = sentinels().primary();
        return now != first && now >= 0;
    }));
    EXPECT_TRUE(goesOn());
    EXPECT_TRUE(eventually([&] { return feed->isWhole() && heard.all > before; }))
        << "the feed follows the primary";
    const auto other = BackendRegistry::builtin().create(sentinels().url(), config);
    const int keys = heard.keys;
    EXPECT_TRUE((*other)->set("key", Entry{}).ok());
    EXPECT_TRUE(eventually([&] { return heard.keys > keys; }));
    sentinels().server(first).restart();
    sentinels().waitUntilWhole();
    const int second = sentinels().primary();
    EXPECT_EQ(sentinels().ask(0, {"SENTINEL", "FAILOVER", "watched"}).text, "OK");
    EXPECT_TRUE(eventually([&] { return sentinels().primary() != second; }));
    EXPECT_TRUE(goesOn());
    stop = true;
    threads.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(patientFailures, 0) << "a call with a long time-out lasts through a failover";
}

TEST_F(SentinelClientTest, aPrimaryThatIsDemotedInPlaceIsLeftForItsSuccessor) {
    RedisServer::Options options;
    options.tcp = true;
    RedisServer former(options);
    RedisServer next(options);
    std::atomic<int> port{former.address().port};
    ScriptedServer sentinel([&](ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("+OK\r\n");
        peer.receive();
        const std::string text = std::to_string(port);
        peer.say("*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(text.size()) + "\r\n" + text +
                 "\r\n*0\r\n");
    });
    const auto client =
        this->client("redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/watched");
    EXPECT_EQ(client->call({"SET", "key", "1"}).value().text, "OK");
    former.command({"REPLICAOF", "127.0.0.1", std::to_string(next.address().port)});
    port = next.address().port;
    // Nothing was carried out, so that even what must not be repeated is sent again.
    EXPECT_EQ(client->call({"INCR", "counter"}, RedisRepeat::forbidden).value().integer, 1);
    EXPECT_EQ(next.command({"GET", "counter"}).text, "1");
}

}  // namespace
}  // namespace cachescope::test
