// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "engine/backend/redis_backend.h"
#include "engine/redis/redis_leases.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"
#include "tests/support/shifted_clock.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;
using test::RemovalLog;

/// touch(), notes and leases of RedisBackend on a real server.
class RedisLeaseTest : public ::testing::Test {
protected:
    void SetUp() override {
        CACHESCOPE_NEEDS_REDIS();
        m_server = std::make_unique<RedisServer>();
    }
    RedisServer& server() { return *m_server; }
    std::unique_ptr<Backend> open(const Clock& clock, const std::string& login = {}) {
        BackendConfig config;
        config.clock = &clock;
        config.timeout = 20s;
        const auto url = BackendUrl::parse(m_server->url(login));
        auto made = RedisBackend::create(url.value(), config);
        EXPECT_TRUE(made.ok()) << made.error().toLogLine();
        (*made)->setRemovalListener(m_log.listener());
        return std::move(*made);
    }
    static Entry entryFor(std::string_view value, const Clock& clock, Duration ttl = 1h) {
        Entry entry;
        entry.value = Bytes{value};
        entry.created = clock.now();
        entry.expires = clock.now() + ttl;
        return entry;
    }
    std::int64_t ttlOf(const std::string& key) {
        return m_server->command({"PTTL", "cachescope:" + key}).integer;
    }
    static std::uint64_t acquired(Backend& backend, std::string_view key, Duration span = 1h) {
        const auto token = backend.acquireLease(key, span);
        EXPECT_TRUE(token.ok()) << token.error().toLogLine();
        return token && *token ? **token : 0;
    }

    std::unique_ptr<RedisServer> m_server;
    RemovalLog m_log;
};

TEST_F(RedisLeaseTest, touchMovesTheDeadlineAndNothingElse) {
    ManualClock clock{TimePoint{1'767'225'600s}};
    const auto backend = open(clock);
    for (const bool notes : {false, true}) {
        Entry entry = entryFor(std::string(100, 'v'), clock, 10s);
        entry.version = 7;
        entry.loadCost = 5ms;
        entry.notes = SharedBytes{notes ? "noted" : ""};
        ASSERT_TRUE(backend->set("k", entry).ok());
        clock.advance(10s);
        EXPECT_TRUE(backend->touch("k", clock.now() + 60s).value());
        clock.advance(60s);
        const auto found = backend->get("k").value();
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->expires, clock.now());
        EXPECT_EQ(found->created, entry.created);
        EXPECT_EQ(found->version, 7u);
        EXPECT_EQ(found->loadCost, 5ms);
        EXPECT_TRUE(found->value == entry.value);
        EXPECT_TRUE(found->notes == entry.notes);
        EXPECT_EQ(backend->removeExpired(10).value(), 0u) << "the new deadline is the one watched";
        clock.advance(1ns);
        EXPECT_FALSE(backend->touch("k", clock.now() + 60s).value()) << "it had expired";
        EXPECT_FALSE(backend->get("k").value().has_value());
        EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), (std::vector<std::string>{"k"}));
        EXPECT_EQ(backend->removeExpired(10).value(), 1u);
    }
}

TEST_F(RedisLeaseTest, touchComparesDeadlinesOfAnySizeExactly) {
    for (const TimePoint now : {TimePoint{-5s}, TimePoint{-1ns}, TimePoint{0ns},
                                TimePoint{4'294'967'295ns}, TimePoint{1'767'225'600s + 1ns}}) {
        ManualClock clock{now};
        const auto backend = open(clock);
        Entry entry = entryFor("v", clock, 0ns);
        ASSERT_TRUE(backend->set("k", entry).ok());
        EXPECT_TRUE(backend->touch("k", now + 1ns).value());
        clock.advance(2ns);
        EXPECT_FALSE(backend->touch("k", kNever).value()) << now.time_since_epoch().count();
    }
}

TEST_F(RedisLeaseTest, touchMovesTheServersTtlAsWell) {
    const test::ShiftedClock clock;
    const auto backend = open(clock);
    ASSERT_TRUE(backend->set("k", entryFor("v", clock, 10s)).ok());
    ASSERT_TRUE(backend->touch("k", clock.now() + 1h).value());
    EXPECT_GT(ttlOf("k"), 3'000'000);
    EXPECT_LE(ttlOf("k"), 3'601'001);
    ASSERT_TRUE(backend->touch("k", kNever).value());
    EXPECT_EQ(ttlOf("k"), -1);
    ASSERT_TRUE(backend->touch("k", clock.now() + 10s).value());
    EXPECT_GT(ttlOf("k"), 0);
    EXPECT_EQ(backend->get("k").value()->value.toString(), "v");
}

TEST_F(RedisLeaseTest, touchRevivesNothingAndLeavesForeignKeysAlone) {
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(clock);
    EXPECT_FALSE(backend->touch("absent", kNever).value());
    ASSERT_TRUE(backend->set("erased", entryFor("v", clock)).ok());
    ASSERT_TRUE(backend->erase("erased").value());
    EXPECT_FALSE(backend->touch("erased", kNever).value());
    const std::string foreign(60, 'x');
    server().command({"SET", "cachescope:text", foreign});
    server().command({"SET", "cachescope:short", "\xC5SC\x01"});
    server().command({"RPUSH", "cachescope:list", "a"});
    for (const char* key : {"text", "short", "list"}) {
        const auto touched = backend->touch(key, kNever);
        ASSERT_TRUE(touched.ok()) << touched.error().toLogLine();
        EXPECT_FALSE(*touched) << key;
    }
    EXPECT_EQ(server().command({"GET", "cachescope:text"}).text, foreign);
    EXPECT_EQ(server().command({"DBSIZE"}).integer, 3);
}

TEST_F(RedisLeaseTest, aTouchedKeyThatTheServerLostIsReportedAsSuch) {
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(clock);
    ASSERT_TRUE(backend->set("k", entryFor("v", clock)).ok());
    server().command({"DEL", "cachescope:k"});
    EXPECT_FALSE(backend->touch("k", kNever).value());
    EXPECT_EQ(m_log.takeKeys(RemovalCause::remote), (std::vector<std::string>{"k"}));
}

TEST_F(RedisLeaseTest, notesSurviveAndAreNoPartOfTheValue) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    Entry entry = entryFor("12345", clock);
    entry.notes = SharedBytes{std::string(300, 'n')};
    ASSERT_TRUE(a->set("k", entry).ok());
    const auto found = b->get("k").value();
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->notes == entry.notes);
    EXPECT_EQ(found->value.toString(), "12345");
    const auto page = b->scan("", "*", 100).value();
    ASSERT_EQ(page.keys.size(), 1u);
    EXPECT_EQ(page.keys[0].bytes, 5u);
    EXPECT_EQ(b->clear().value(), 1u);
}

TEST_F(RedisLeaseTest, oneHolderAtATimeAndTokensGrow) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    const auto first = acquired(*a, "k");
    EXPECT_GT(first, 0u);
    EXPECT_EQ(acquired(*b, "k"), 0u) << "held by a";
    EXPECT_EQ(acquired(*a, "k"), 0u) << "also for its holder";
    const auto other = acquired(*b, "other");
    EXPECT_GT(other, first);
    ASSERT_TRUE(a->releaseLease("k", first).ok());
    const auto second = acquired(*b, "k");
    EXPECT_GT(second, other);
    ASSERT_TRUE(a->releaseLease("k", first).ok()) << "an old token ends nothing";
    EXPECT_EQ(acquired(*a, "k"), 0u);
}

TEST_F(RedisLeaseTest, concurrentAskersGetOneLeaseAndDistinctTokens) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    std::mutex mutex;
    std::vector<std::uint64_t> tokens;
    for (int round = 0; round < 20; ++round) {
        const std::string key = std::to_string(round);
        test::inParallel(4, [&](int i) {
            const auto token = acquired(i % 2 == 0 ? *a : *b, key);
            const std::lock_guard lock(mutex);
            if (token != 0) {
                tokens.push_back(token);
            }
        });
        ASSERT_EQ(tokens.size(), static_cast<std::size_t>(round) + 1);
        EXPECT_TRUE(std::is_sorted(tokens.begin(), tokens.end()));
    }
    EXPECT_EQ((std::set<std::uint64_t>{tokens.begin(), tokens.end()}).size(), tokens.size());
}

TEST_F(RedisLeaseTest, onlyTheHolderStores) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    const auto token = acquired(*a, "k");
    EXPECT_FALSE(b->setAndRelease("k", entryFor("stolen", clock), token + 1).value());
    EXPECT_FALSE(b->get("k").value().has_value());
    EXPECT_TRUE(a->setAndRelease("k", entryFor("mine", clock), token).value());
    EXPECT_EQ(b->get("k").value()->value.toString(), "mine");
    EXPECT_GT(ttlOf("k"), 3'600'000);
    EXPECT_FALSE(a->setAndRelease("k", entryFor("again", clock), token).value());
    EXPECT_EQ(b->get("k").value()->value.toString(), "mine");
    EXPECT_EQ(a->stat()->entries, 1u);
    const auto next = acquired(*b, "k");
    EXPECT_GT(next, token);
    Entry dead = entryFor("dead", clock);
    dead.expires = clock.now() - 1ns;
    EXPECT_TRUE(b->setAndRelease("k", dead, next).value());
    EXPECT_FALSE(a->get("k").value().has_value());
    EXPECT_GT(acquired(*a, "k"), next) << "that ended the lease too";
    Entry ever = entryFor("ever", clock);
    ever.expires = kNever;
    EXPECT_TRUE(a->setAndRelease("x", ever, acquired(*a, "x")).value());
    EXPECT_EQ(ttlOf("x"), -1);
}

TEST_F(RedisLeaseTest, aSleeperFindsItsLeaseGone) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    const auto old = acquired(*a, "k", 1ms);
    const TimePoint limit = SystemClock::instance().now() + 20s;
    std::uint64_t token = 0;
    while (token == 0 && SystemClock::instance().now() < limit) {
        token = acquired(*b, "k");
    }
    ASSERT_GT(token, old);
    EXPECT_FALSE(a->setAndRelease("k", entryFor("old", clock), old).value());
    EXPECT_TRUE(b->setAndRelease("k", entryFor("new", clock), token).value());
    EXPECT_EQ(a->get("k").value()->value.toString(), "new");
}

TEST_F(RedisLeaseTest, anInvalidationEndsTheLeasesOfWhatItRemoves) {
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(clock);
    const auto b = open(clock);
    const auto erased = acquired(*a, "erased");
    const auto matched = acquired(*a, "user:1");
    const auto cleared = acquired(*a, "left");
    ASSERT_TRUE(b->erase("erased").ok());
    ASSERT_TRUE(b->eraseMatching("user:?").ok());
    EXPECT_FALSE(a->setAndRelease("erased", entryFor("old", clock), erased).value());
    EXPECT_FALSE(a->setAndRelease("user:1", entryFor("old", clock), matched).value());
    EXPECT_EQ(acquired(*b, "left"), 0u) << "not of anything else";
    EXPECT_EQ(b->clear().value(), 0u) << "a lease is no entry";
    EXPECT_FALSE(a->setAndRelease("left", entryFor("old", clock), cleared).value());
    EXPECT_GT(acquired(*b, "left"), cleared) << "the counter goes on";
}

TEST_F(RedisLeaseTest, leasesAndTheirCounterAreNoEntries) {
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(clock);
    EXPECT_GT(acquired(*backend, "k"), 0u);
    EXPECT_TRUE(backend->scan("", "*", 100)->keys.empty());
    EXPECT_EQ(backend->removeExpired(100).value(), 0u);
    EXPECT_EQ(backend->stat()->entries, 0u);
    EXPECT_EQ(acquired(*backend, "k"), 0u) << "still held";
    for (const RedisReply& key : server().command({"KEYS", "*"}).elements) {
        EXPECT_TRUE(key.text.starts_with("cachescope:")) << key.text;
    }
}

TEST_F(RedisLeaseTest, tokensGrowEvenWhenTheServerLosesItsData) {
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(clock);
    const auto before = acquired(*backend, "k");
    server().command({"FLUSHALL"});
    EXPECT_GT(acquired(*backend, "k"), before);
}

TEST_F(RedisLeaseTest, whoMayNotRunScriptsIsToldSoAndGetsAndSets) {
    server().command(
        {"ACL", "SETUSER", "plain", "on", ">p", "~cachescope:*", "+@all", "-@scripting"});
    server().command(
        {"ACL", "SETUSER", "half", "on", ">p", "~cachescope:*", "+@all", "-time", "-setrange"});
    ManualClock clock{TimePoint{1000s}};
    for (const char* login : {"plain:p", "half:p"}) {
        const auto backend = open(clock, login);
        ASSERT_TRUE(backend->set("k", entryFor("v", clock)).ok());
        EXPECT_EQ(backend->touch("k", kNever).error().code(), ErrorCode::noPermission) << login;
        EXPECT_EQ(backend->acquireLease("k", 1s).error().code(), ErrorCode::noPermission) << login;
        EXPECT_EQ(backend->get("k").value()->value.toString(), "v");
        EXPECT_EQ(backend->get("k").value()->expires, clock.now() + 1h);
        EXPECT_TRUE(backend->erase("k").value());
        EXPECT_EQ(backend->clear().value(), 0u);
    }
}

}  // namespace
}  // namespace cachescope
