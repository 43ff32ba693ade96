// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two levels over a real server: what one process changes, another one's copies do not outlive.

#include <gtest/gtest.h>

#include <filesystem>

#include "engine/backend/tiered_backend.h"
#include "engine/sim/lane_store.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {
namespace {

struct TieredRedisStore {
    std::unique_ptr<RedisServer> server;

    std::string unavailable() const {
        return RedisServer::available() ? "" : "redis-server is not installed here";
    }
    ConformanceLimits limits() const { return {}; }

    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        if (server == nullptr) {
            server = std::make_unique<RedisServer>();
        }
        auto made = BackendRegistry::builtin().create("tiered:" + server->url(), config);
        // So that copies are what is tested, as far as the server lets them be.
        if (made) {
            auto& tiered = dynamic_cast<TieredBackend&>(**made);
            EXPECT_TRUE(eventually([&] { return tiered.usesUpper(); }));
        }
        return made;
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(TieredRedis, BackendConformance, TieredRedisStore);

class TieredRedisTest : public ::testing::Test {
protected:
    void SetUp() override {
        CACHESCOPE_NEEDS_REDIS();
        m_server = std::make_unique<RedisServer>();
    }
    std::unique_ptr<TieredBackend> open(const std::string& login = {},
                                        const std::string& parameters = {}) {
        BackendConfig config;
        config.timeout = 20s;
        auto made =
            BackendRegistry::builtin().create("tiered:" + m_server->url(login, parameters), config);
        EXPECT_TRUE(made.ok()) << made.error().toLogLine();
        return std::unique_ptr<TieredBackend>{dynamic_cast<TieredBackend*>(made->release())};
    }
    std::unique_ptr<TieredBackend> openWhole(const std::string& login = {}) {
        auto made = open(login);
        EXPECT_TRUE(eventually([&] { return made->usesUpper(); }));
        return made;
    }
    static void set(Backend& backend, std::string_view key, std::string_view value) {
        Entry entry;
        entry.value = Bytes{value};
        entry.created = SystemClock::instance().now();
        const auto done = backend.set(key, entry);
        ASSERT_TRUE(done.ok()) << done.error().toLogLine();
    }
    /// The value, "(absent)" or "(failed)".
    static std::string value(Backend& backend, std::string_view key) {
        const auto found = backend.get(key);
        return !found ? "(failed)" : *found ? (*found)->value.toString() : "(absent)";
    }
    static bool comesFromAbove(Backend& backend, std::string_view key) {
        const auto found = backend.get(key);
        return found && *found && (*found)->level == 0;
    }
    void seesChanges(TieredBackend& one, TieredBackend& other) {
        set(one, "key", "old");
        EXPECT_TRUE(eventually([&] { return comesFromAbove(other, "key"); }));
        set(one, "key", "new");
        EXPECT_TRUE(eventually([&] { return value(other, "key") == "new"; }));
        EXPECT_TRUE(eventually([&] { return comesFromAbove(other, "key"); }));
        EXPECT_TRUE(one.erase("key").value());
        EXPECT_TRUE(eventually([&] { return value(other, "key") == "(absent)"; }));
        set(one, "key", "again");
        EXPECT_TRUE(eventually([&] { return comesFromAbove(other, "key"); }));
        EXPECT_EQ(one.clear().value(), 1U);
        EXPECT_TRUE(eventually([&] { return value(other, "key") == "(absent)"; }));
    }

    std::unique_ptr<RedisServer> m_server;
};

TEST_F(TieredRedisTest, whatOneChangesTheOtherSees) {
    const auto one = openWhole();
    const auto other = openWhole();
    seesChanges(*one, *other);
    seesChanges(*other, *one);
    set(*one, "key", "value");
    EXPECT_TRUE(eventually([&] { return comesFromAbove(*other, "key"); }));
    m_server->command({"DEL", "cachescope:key"});
    EXPECT_TRUE(eventually([&] { return value(*other, "key") == "(absent)"; }));
}

TEST_F(TieredRedisTest, whoMayNotTrackSeesChangesByNotices) {
    m_server->command({"ACL", "SETUSER", "plain", "on", ">p", "~cachescope:*", "&cachescope:*",
                       "+@all", "-client"});
    const auto one = openWhole("plain:p");
    const auto other = openWhole("plain:p");
    const auto tracking = openWhole();
    seesChanges(*one, *other);
    seesChanges(*tracking, *other);
    set(*one, "own", "value");
    EXPECT_TRUE(comesFromAbove(*one, "own")) << "one's own notices are left out";
}

TEST_F(TieredRedisTest, whoCannotHearAnythingAlwaysReadsBelow) {
    m_server->command(
        {"ACL", "SETUSER", "deaf", "on", ">d", "~cachescope:*", "+@all", "-client", "-subscribe"});
    const auto deaf = open("deaf:d");
    const auto other = openWhole();
    for (int i = 0; i < 20; ++i) {
        set(*other, "key", std::to_string(i));
        EXPECT_EQ(value(*deaf, "key"), std::to_string(i));
        EXPECT_FALSE(comesFromAbove(*deaf, "key"));
    }
}

TEST_F(TieredRedisTest, nothingOldIsServedAfterItsFeedWasKilled) {
    const auto one = openWhole();
    const auto plain = BackendRegistry::builtin().create(m_server->url(), {}).value();
    for (int round = 0; round < 10; ++round) {
        const std::string old = "old " + std::to_string(round);
        set(*plain, "key", old);
        ASSERT_TRUE(eventually([&] { return value(*one, "key") == old; }));
        ASSERT_TRUE(eventually([&] { return comesFromAbove(*one, "key"); }));
        // Changed in the gap, most of the time: then nobody will ever tell of it.
        m_server->command({"CLIENT", "KILL", "TYPE", "pubsub"});
        m_server->command({"DEL", "cachescope:key"});
        EXPECT_TRUE(eventually([&] { return value(*one, "key") == "(absent)"; })) << round;
        ASSERT_TRUE(eventually([&] { return one->usesUpper(); }));
        EXPECT_EQ(value(*one, "key"), "(absent)");
    }
}

TEST_F(TieredRedisTest, nothingOldIsServedOnceTheServerIsGone) {
    const auto one = openWhole();
    const auto plain = BackendRegistry::builtin().create(m_server->url(), {}).value();
    set(*plain, "key", "old");
    ASSERT_TRUE(eventually([&] { return comesFromAbove(*one, "key"); }));
    m_server->kill();
    ASSERT_TRUE(eventually([&] { return !one->usesUpper(); }));
    EXPECT_EQ(value(*one, "key"), "(failed)");
    m_server->restart();
    EXPECT_TRUE(eventually([&] { return value(*one, "key") == "(absent)"; }));
    ASSERT_TRUE(eventually([&] { return one->usesUpper(); }));
    EXPECT_EQ(value(*one, "key"), "(absent)");
    ASSERT_TRUE(eventually([&] { return plain->check().ok(); }));
    set(*plain, "key", "new");
    EXPECT_TRUE(eventually([&] { return value(*one, "key") == "new"; }));
}

TEST_F(TieredRedisTest, aServerThatFallsSilentIsNotServedFromAboveForLong) {
    BackendConfig config;
    config.timeout = 200ms;
    const auto made =
        BackendRegistry::builtin().create("tiered:" + m_server->url(), config).value();
    auto& one = dynamic_cast<TieredBackend&>(*made);
    ASSERT_TRUE(eventually([&] { return one.usesUpper(); }));
    set(one, "key", "value");
    m_server->suspend();
    EXPECT_TRUE(eventually([&] { return !one.usesUpper(); }));
    EXPECT_EQ(value(one, "key"), "(failed)");
    m_server->resume();
    EXPECT_TRUE(eventually([&] { return comesFromAbove(one, "key"); }));
}

TEST_F(TieredRedisTest, changesMadeDuringAnOutageAreMadeAfterwardsAndSeen) {
    const auto one = openWhole();
    const auto other = openWhole();
    m_server->kill();
    set(*one, "key", "while it was down");
    EXPECT_EQ(value(*one, "key"), "while it was down");
    m_server->restart();
    EXPECT_TRUE(eventually([&] {
        (void)one->removeExpired(100);
        return value(*other, "key") == "while it was down";
    }));
    EXPECT_TRUE(eventually([&] { return comesFromAbove(*other, "key"); }));
}

TEST_F(TieredRedisTest, aLaneIsConfinedToAPlaceOfItsOwn) {
    TemporaryDirectory directory;
    const ManualClock clock{TimePoint{1'000'000s}};
    sim::LaneContext context;
    context.registry = &BackendRegistry::builtin();
    context.clock = &clock;
    context.runId = "run";
    context.scratchDirectory = (directory / "scratch").string();
    const auto open = [&](const std::string& url) {
        sim::LaneSpec spec;
        spec.backend = url;
        return sim::openLaneBackend(spec, 1, context).value();
    };
    Entry entry;
    entry.value = Bytes{"value"};
    const auto redis = open("tiered:" + m_server->url({}, "prefix=app:"));
    ASSERT_TRUE(redis->set("key", entry).ok());
    EXPECT_EQ(m_server->command({"EXISTS", "app:lab-run-lane-1:key"}).integer, 1);
    EXPECT_EQ(m_server->command({"DBSIZE"}).integer, 1);
    auto file = open("tiered:file:" + (directory / "mine").string());
    ASSERT_TRUE(file->set("key", entry).ok());
    const auto folder = directory / "mine" / "cachescope-lab-run-lane-1";
    EXPECT_TRUE(std::filesystem::exists(folder));
    file.reset();
    sim::LaneSpec spec;
    spec.backend = "tiered:file:" + (directory / "mine").string();
    sim::removeLaneFolder(spec, 1, context);
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace cachescope::test
