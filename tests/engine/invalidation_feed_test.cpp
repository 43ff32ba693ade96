// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/invalidation_feed.h"
#include "engine/redis/redis_target.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "engine/backend/redis_backend.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"
#include "tests/support/test_certificates.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RedisServer;
using Means = InvalidationFeed::Means;

/// What a feed told.
class Heard final : public ChangeListener {
public:
    void changed(std::string_view key) override {
        const std::lock_guard lock(m_mutex);
        m_keys.emplace(key);
    }
    void everythingChanged() override {
        const std::lock_guard lock(m_mutex);
        ++m_everything;
    }
    bool has(const std::string& key) const {
        const std::lock_guard lock(m_mutex);
        return m_keys.contains(key);
    }
    std::set<std::string> keys() const {
        const std::lock_guard lock(m_mutex);
        return m_keys;
    }
    int everything() const {
        const std::lock_guard lock(m_mutex);
        return m_everything;
    }

private:
    mutable std::mutex m_mutex;
    std::set<std::string> m_keys;
    int m_everything = 0;
};

/// A feed on a real server, by tracking unless a login may not.
class InvalidationFeedTest : public ::testing::Test {
protected:
    void SetUp() override {
        CACHESCOPE_NEEDS_REDIS();
        m_server = std::make_unique<RedisServer>();
    }
    static InvalidationFeedOptions patient() {
        InvalidationFeedOptions options;
        options.timeout = 20s;
        options.maxBackoff = 50ms;
        return options;
    }
    void follow(InvalidationFeedOptions options = patient(), const std::string& login = {}) {
        const auto address = RedisTarget::parse(m_server->url(login)).value().seeds.front();
        m_feed = std::make_unique<InvalidationFeed>(address, "app:", m_own, m_heard, options);
    }
    void followUntilWhole(Means means = Means::tracking, const std::string& login = {}) {
        follow(patient(), login);
        ASSERT_TRUE(eventually([&] { return m_feed->isWhole(); }));
        ASSERT_EQ(m_feed->status().means, means);
    }
    void set(const std::string& key) { m_server->command({"SET", key, "value"}); }
    std::string idOf(const std::string& mark) const {
        const std::string list = m_server->command({"CLIENT", "LIST"}).text;
        const auto at = list.find(mark);
        EXPECT_NE(at, std::string::npos) << list;
        const auto line = list.rfind('\n', at) + 1;  // 0 where it is the first
        return list.substr(line + 3, list.find(' ', line) - line - 3);
    }
    void killAndExpectAGap(const std::string& mark) {
        const int before = m_heard.everything();
        m_server->command({"CLIENT", "KILL", "ID", idOf(mark)});
        EXPECT_TRUE(eventually([&] { return m_feed->status().begun == 2; }));
        EXPECT_EQ(m_feed->status().lost, 1U);
        EXPECT_GE(m_heard.everything(), before + 2) << "once for the end, once for the beginning";
        set("app:after");
        EXPECT_TRUE(eventually([&] { return m_heard.has("after"); }));
    }
    RedisBackend& backend(std::unique_ptr<Backend>& made, const std::string& parameters) {
        BackendConfig config;
        config.prefix = "app:";
        config.timeout = 20s;
        const auto url = BackendUrl::parse(m_server->url({}, parameters)).value();
        made = RedisBackend::create(url, config).value();
        return static_cast<RedisBackend&>(*made);
    }

    std::unique_ptr<RedisServer> m_server;
    Heard m_heard;
    std::shared_ptr<OwnNotices> m_own = std::make_shared<OwnNotices>();
    std::unique_ptr<InvalidationFeed> m_feed;
};

TEST_F(InvalidationFeedTest, itTellsEveryChangeUnderThePrefixAndNoOther) {
    followUntilWhole();
    EXPECT_EQ(m_heard.everything(), 1) << "what was before the beginning is unknown";
    set("other:x");
    set("app:one");
    m_server->command({"MSET", "app:two", "1", "app:", "2"});
    m_server->command({"DEL", "app:one"});
    m_server->command({"SET", "app:brief", "1", "PX", "1"});
    set("app:last");
    EXPECT_TRUE(eventually([&] { return m_heard.has("last"); }));
    EXPECT_EQ(m_heard.keys(), (std::set<std::string>{"one", "two", "", "brief", "last"}));
    EXPECT_EQ(m_heard.everything(), 1);
    EXPECT_TRUE(m_feed->isWhole());
}

TEST_F(InvalidationFeedTest, manyChangesAtOnceAreAllToldOverTlsToo) {
    if (!RedisServer::speaksTls()) {
        GTEST_SKIP() << "redis-server is built without TLS here";
    }
    test::TestCertificates certificates;
    const auto pair = certificates.make();
    RedisServer::Options options;
    options.tcp = true;
    options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
    m_server = std::make_unique<RedisServer>(options);
    followUntilWhole();
    RedisCommand all{"MSET"};
    std::set<std::string> expected;
    for (int i = 0; i < 20'000; ++i) {
        all.insert(all.end(), {"app:" + std::to_string(i), "x"});
        expected.insert(std::to_string(i));
    }
    m_server->command(all);
    EXPECT_TRUE(eventually([&] { return m_heard.keys().size() == expected.size(); }));
    EXPECT_EQ(m_heard.keys(), expected);
    EXPECT_EQ(m_feed->status().lost, 0U);
    killAndExpectAGap(" sub=1");
}

TEST_F(InvalidationFeedTest, aFlushChangesEverythingAndIsNoGap) {
    followUntilWhole();
    m_server->command({"FLUSHALL"});
    EXPECT_TRUE(eventually([&] { return m_heard.everything() == 2; }));
    EXPECT_EQ(m_feed->status().lost, 0U);
    EXPECT_TRUE(m_feed->isWhole());
}

TEST_F(InvalidationFeedTest, theLossOfTheListeningConnectionIsAGap) {
    followUntilWhole();
    killAndExpectAGap(" sub=1");
}

TEST_F(InvalidationFeedTest, theLossOfTheTrackingConnectionIsAGap) {
    followUntilWhole();
    killAndExpectAGap(" flags=tB");
}

TEST_F(InvalidationFeedTest, anOverflowOfTheServersBufferIsAGap) {
    m_server->command({"CONFIG", "SET", "client-output-buffer-limit", "pubsub 64kb 64kb 0"});
    followUntilWhole();
    RedisCommand many{"MSET"};
    for (int i = 0; i < 2000; ++i) {
        many.push_back("app:" + std::to_string(i) + std::string(500, 'k'));
        many.emplace_back("value");
    }
    m_server->command(many);
    EXPECT_TRUE(eventually([&] { return m_feed->status().begun == 2; }));
    EXPECT_EQ(m_heard.everything(), 3);
}

TEST_F(InvalidationFeedTest, aServerThatDiedAndCameBackIsAGap) {
    followUntilWhole();
    m_server->kill();
    EXPECT_TRUE(eventually([&] { return !m_feed->isWhole(); }));
    EXPECT_TRUE(eventually([&] { return m_heard.everything() == 2; }));
    m_server->restart();
    EXPECT_TRUE(eventually([&] { return m_feed->isWhole(); }));
    set("app:key");
    EXPECT_TRUE(eventually([&] { return m_heard.has("key"); }));
}

TEST_F(InvalidationFeedTest, itBeginsOnceTheServerIsThere) {
    m_server->kill();
    follow();
    EXPECT_TRUE(eventually([&] { return m_feed->status().failure.has_value(); }));
    EXPECT_FALSE(m_feed->isWhole());
    EXPECT_EQ(m_heard.everything(), 0) << "nothing was promised yet";
    m_server->restart();
    EXPECT_TRUE(eventually([&] { return m_feed->isWhole(); }));
}

TEST_F(InvalidationFeedTest, silenceIsNotTakenForPeace) {
    InvalidationFeedOptions options = patient();
    options.timeout = 200ms;
    options.interval = 100ms;
    follow(options);
    ASSERT_TRUE(eventually([&] { return m_feed->isWhole(); }));
    m_server->suspend();
    EXPECT_TRUE(eventually([&] { return !m_feed->isWhole(); }));
    EXPECT_TRUE(eventually([&] { return m_feed->status().lost > 0; }));
    m_server->resume();
    EXPECT_TRUE(eventually([&] { return m_feed->isWhole(); }));
}

TEST_F(InvalidationFeedTest, itEndsWhileTheServerHangs) {
    followUntilWhole();
    m_server->suspend();
    m_feed.reset();  // hangs here for its time-out of twenty seconds unless it is told to end
    m_server->resume();
}

TEST_F(InvalidationFeedTest, whoMayNotTrackHearsTheNoticesOfOthers) {
    m_server->command({"ACL", "SETUSER", "plain", "on", ">p", "~app:*", "&*", "+@all", "-client"});
    followUntilWhole(Means::notices, "plain:p");
    std::unique_ptr<Backend> silent;
    std::unique_ptr<Backend> made;
    Entry entry;
    entry.value = Bytes{"value"};
    ASSERT_TRUE(backend(silent, "").set("unheard", entry).ok());
    RedisBackend& telling = backend(made, "announce=on");
    ASSERT_TRUE(telling.set("set", entry).ok());
    ASSERT_TRUE(telling.touch("set", SystemClock::instance().now() + 1h).value());
    EXPECT_TRUE(eventually([&] { return m_heard.has("set"); }));
    ASSERT_FALSE(telling.erase("absent").value());
    EXPECT_TRUE(eventually([&] { return m_heard.has("absent"); }));
    const auto token = telling.acquireLease("leased", 10s).value();
    ASSERT_TRUE(telling.setAndRelease("leased", entry, token.value()).value());
    EXPECT_TRUE(eventually([&] { return m_heard.has("leased"); }));
    EXPECT_EQ(m_heard.keys(), (std::set<std::string>{"set", "absent", "leased"}));
    EXPECT_EQ(m_heard.everything(), 1);
    ASSERT_TRUE(telling.clear().ok());
    EXPECT_TRUE(eventually([&] { return m_heard.everything() == 2; }));
}

TEST_F(InvalidationFeedTest, ownNoticesAreLeftOutUnlessTheirChangeIsInDoubt) {
    m_server->command({"ACL", "SETUSER", "plain", "on", ">p", "~app:*", "&*", "+@all", "-client"});
    followUntilWhole(Means::notices, "plain:p");
    const auto publish = [&](const ChangeNotice& notice) {
        const auto reply =
            m_server->command({"PUBLISH", ChangeNotice::channelOf("app:"), notice.encode()});
        EXPECT_EQ(reply.integer, 1);
    };
    publish(m_own->next("mine"));
    const ChangeNotice late = m_own->next("late");
    m_own->doubt(late.number);
    publish(late);
    EXPECT_TRUE(eventually([&] { return m_heard.has("late"); }));
    EXPECT_FALSE(m_heard.has("mine"));
    m_server->command({"PUBLISH", ChangeNotice::channelOf("app:"), "words of a later version"});
    EXPECT_TRUE(eventually([&] { return m_heard.everything() == 2; }));
}

TEST_F(InvalidationFeedTest, whoMayNeitherTrackNorListenIsNeverWhole) {
    m_server->command(
        {"ACL", "SETUSER", "deaf", "on", ">d", "~app:*", "+@all", "-client", "-subscribe"});
    follow(patient(), "deaf:d");
    EXPECT_TRUE(eventually([&] { return m_feed->status().failure.has_value(); }));
    EXPECT_EQ(m_feed->status().failure->code(), ErrorCode::noPermission);
    EXPECT_FALSE(m_feed->isWhole());
    EXPECT_EQ(m_feed->status().begun, 0U);
}

}  // namespace
}  // namespace cachescope
