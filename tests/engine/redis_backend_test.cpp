// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/redis_backend.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "engine/core/random.h"
#include "engine/core/worker.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/shifted_clock.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;
using test::RemovalLog;
using test::ShiftedClock;

constexpr Duration kSlack = 2s;

class RedisBackendTest : public ::testing::Test {
protected:
    void SetUp() override { CACHESCOPE_NEEDS_REDIS(); }

    RedisServer& start(RedisServer::Options options = {}) {
        m_server = std::make_unique<RedisServer>(std::move(options));
        return *m_server;
    }
    std::unique_ptr<Backend> open(const std::string& url, const Clock& clock,
                                  Duration timeout = 20s, const std::string& prefix = {}) {
        BackendConfig config;
        config.clock = &clock;
        config.timeout = timeout;
        config.prefix = prefix;
        auto made = RedisBackend::create(BackendUrl::parse(url).value(), config);
        EXPECT_TRUE(made.ok()) << made.error().toLogLine();
        (*made)->setRemovalListener(m_log.listener());
        return std::move(*made);
    }
    Entry entryFor(std::string_view value, const Clock& clock, Duration ttl = 1h) const {
        Entry entry;
        entry.value = Bytes{value};
        entry.created = clock.now();
        entry.expires = clock.now() + ttl;
        return entry;
    }
    std::set<std::string> serverKeys() {
        std::set<std::string> keys;
        // The server is the test's own and small.
        for (const RedisReply& key : m_server->command({"KEYS", "*"}).elements) {
            keys.insert(key.text);
        }
        return keys;
    }

    std::unique_ptr<RedisServer> m_server;
    RemovalLog m_log;
};

TEST_F(RedisBackendTest, nothingOutsideThePrefixIsEverTouched) {
    RedisServer& server = start();
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(server.url(), clock, 20s, "mine*:");
    const std::set<std::string> foreign{"other:1", "mine", "minex:1", "mine*", "MINE*:1", ""};
    for (const std::string& key : foreign) {
        server.command({"SET", key, "foreign"});
    }
    // Another cache on the same server.
    const auto other = open(server.url(), clock, 20s, "theirs:");
    ASSERT_TRUE(other->set("1", entryFor("theirs", clock, 1s)).ok());
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(backend->set("k" + std::to_string(i), entryFor("v", clock, 1s)).ok());
    }
    clock.advance(2s);
    EXPECT_EQ(backend->removeExpired(1000).value(), 50u);
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(backend->set("k" + std::to_string(i), entryFor("v", clock)).ok());
    }
    EXPECT_EQ(backend->scan("", "*", 1000)->keys.size(), 50u);
    EXPECT_EQ(backend->eraseMatching("k1*").value(), 11u);
    EXPECT_EQ(backend->eraseMatching("*").value(), 39u);
    ASSERT_TRUE(backend->set("again", entryFor("v", clock)).ok());
    EXPECT_EQ(backend->clear().value(), 1u);
    std::set<std::string> expected = foreign;
    expected.insert("theirs:1");
    EXPECT_EQ(serverKeys(), expected);
    for (const std::string& key : foreign) {
        EXPECT_EQ(server.command({"GET", key}).text, "foreign") << key;
    }
}

TEST_F(RedisBackendTest, withoutAPrefixItTakesItsOwn) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance());
    ASSERT_TRUE(backend->set("k", entryFor("v", SystemClock::instance())).ok());
    EXPECT_EQ(serverKeys(), (std::set<std::string>{"cachescope:k"}));
    EXPECT_TRUE(backend->check().ok());
}

TEST_F(RedisBackendTest, whatSomebodyElsePutUnderThePrefixIsAMissAndStays) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance());
    server.command({"SET", "cachescope:text", "no header"});
    server.command({"SET", "cachescope:empty", ""});
    server.command({"RPUSH", "cachescope:list", "a", "b"});
    server.command({"SET", "cachescope:future", "\xC5SC\x03" + std::string(60, 'x')});
    for (const char* key : {"text", "empty", "list", "future"}) {
        const auto found = backend->get(key);
        ASSERT_TRUE(found.ok()) << found.error().toLogLine();
        EXPECT_FALSE(found->has_value()) << key;
    }
    EXPECT_TRUE(backend->scan("", "*", 100)->keys.empty());
    EXPECT_EQ(backend->clear().value(), 0u);
    EXPECT_EQ(backend->eraseMatching("*").value(), 0u);
    EXPECT_EQ(serverKeys().size(), 4u);
    EXPECT_FALSE(backend->erase("text").value()) << "it was no entry";
    ASSERT_TRUE(backend->set("list", entryFor("mine", SystemClock::instance())).ok());
    EXPECT_EQ(backend->get("list").value()->value.toString(), "mine");
    EXPECT_TRUE(m_log.take().empty());
}

TEST_F(RedisBackendTest, theServerKeepsAnEntryALittleLongerThanItLives) {
    RedisServer& server = start();
    const ShiftedClock real;
    const auto backend = open(server.url(), real);
    ASSERT_TRUE(backend->set("k", entryFor("v", real, 10s)).ok());
    const auto ttl = server.command({"PTTL", "cachescope:k"}).integer;
    EXPECT_GT(ttl, 10'000 - 5000) << "unless the machine slept for seconds";
    EXPECT_LE(ttl, 11'001);
    Entry forever = entryFor("v", real);
    forever.expires = kNever;
    ASSERT_TRUE(backend->set("ever", forever).ok());
    EXPECT_EQ(server.command({"PTTL", "cachescope:ever"}).integer, -1);
    forever.expires = kNever - 1ns;
    EXPECT_TRUE(backend->set("almost", forever).ok());

    ManualClock simulated{TimePoint{5s}};
    const auto lab = open(server.url(), simulated, 20s, "lab:");
    ASSERT_TRUE(lab->set("k", entryFor("v", simulated, 10s)).ok());
    const auto labTtl = server.command({"PTTL", "lab:k"}).integer;
    EXPECT_GT(labTtl, 3'600'000);
    EXPECT_LE(labTtl, 3'610'000);
}

TEST_F(RedisBackendTest, expirationsAreToldInTimeAndOnceThoughNobodyReads) {
    RedisServer& server = start();
    ShiftedClock clock;
    const auto backend = open(server.url(), clock);
    ASSERT_TRUE(backend->set("read", entryFor("v", clock, 10s)).ok());
    ASSERT_TRUE(backend->set("unread", entryFor("v", clock, 10s)).ok());
    ASSERT_TRUE(backend->set("long", entryFor("v", clock, 10h)).ok());
    EXPECT_EQ(backend->removeExpired(100).value(), 0u);
    clock.advance(11s);
    EXPECT_FALSE(backend->get("read").value().has_value());
    EXPECT_EQ(backend->removeExpired(100).value(), 1u);
    EXPECT_FALSE(backend->get("unread").value().has_value());
    EXPECT_EQ(backend->removeExpired(100).value(), 0u);
    EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), (std::vector<std::string>{"read", "unread"}));
    EXPECT_EQ(serverKeys().size(), 3u) << "the server deletes by itself, in real time";
    EXPECT_EQ(backend->stat()->entries, 1u);
}

TEST_F(RedisBackendTest, aKeyThatWentAwayBeforeItsDeadlineIsToldOnce) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance());
    ASSERT_TRUE(backend->set("k", entryFor("v", SystemClock::instance())).ok());
    ASSERT_TRUE(backend->set("swept", entryFor("v", SystemClock::instance())).ok());
    server.command({"DEL", "cachescope:k", "cachescope:swept"});
    EXPECT_FALSE(backend->get("k").value().has_value());
    EXPECT_FALSE(backend->get("k").value().has_value());
    EXPECT_EQ(m_log.takeKeys(RemovalCause::remote), (std::vector<std::string>{"k"}));
    EXPECT_EQ(backend->clear().value(), 0u);
    EXPECT_EQ(m_log.takeKeys(RemovalCause::remote), (std::vector<std::string>{"swept"}));
    EXPECT_FALSE(backend->get("never set").value().has_value());
    EXPECT_TRUE(m_log.take().empty());
}

TEST_F(RedisBackendTest, twoProcessesSeeEachOthersEntriesAndDeadlines) {
    RedisServer& server = start();
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(server.url(), clock);
    const auto b = open(server.url(), clock);
    ASSERT_TRUE(a->set("k", entryFor("from a", clock, 10s)).ok());
    EXPECT_EQ(b->get("k").value()->value.toString(), "from a");
    clock.advance(9s);
    ASSERT_TRUE(b->set("k", entryFor("from b", clock, 10s)).ok());
    clock.advance(5s);
    // a's own deadline is past, but the entry there is b's and alive.
    EXPECT_EQ(a->removeExpired(100).value(), 1u);
    const auto kept = a->get("k").value();
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->value.toString(), "from b");
    EXPECT_TRUE(a->erase("k").value());
    EXPECT_FALSE(b->get("k").value().has_value());
}

TEST_F(RedisBackendTest, aRefreshByAnotherProcessMovesTheDeadlineThatIsWatched) {
    RedisServer& server = start();
    ManualClock clock{TimePoint{1000s}};
    const auto a = open(server.url(), clock);
    const auto b = open(server.url(), clock);
    ASSERT_TRUE(a->set("k", entryFor("from a", clock, 10s)).ok());
    ASSERT_TRUE(b->set("k", entryFor("from b", clock, 60s)).ok());
    EXPECT_TRUE(a->get("k").value().has_value());
    clock.advance(11s);
    EXPECT_EQ(a->removeExpired(100).value(), 0u);
    EXPECT_TRUE(m_log.take().empty());
    clock.advance(60s);
    EXPECT_EQ(a->removeExpired(100).value(), 1u);
    EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), (std::vector<std::string>{"k"}));
}

TEST_F(RedisBackendTest, aMissingPermissionIsToldAndTheRestWorks) {
    RedisServer& server = start();
    server.command({"ACL", "SETUSER", "reader", "on", ">r", "~cachescope:*", "-@all", "+get"});
    const auto backend = open(server.url("reader:r"), SystemClock::instance());
    const auto refused = backend->set("k", entryFor("v", SystemClock::instance()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::noPermission);
    EXPECT_NE(refused.error().detail().find("set"), std::string::npos) << refused.error().detail();
    const auto found = backend->get("k");
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    EXPECT_FALSE(found->has_value());
    EXPECT_EQ(backend->erase("k").error().code(), ErrorCode::noPermission);
    EXPECT_EQ(backend->clear().error().code(), ErrorCode::noPermission);
    EXPECT_EQ(backend->scan("", "*", 10).error().code(), ErrorCode::noPermission);
    EXPECT_EQ(backend->check().error().code(), ErrorCode::noPermission);

    const auto elsewhere = open(server.url("reader:r"), SystemClock::instance(), 20s, "not mine:");
    EXPECT_EQ(elsewhere->get("k").error().code(), ErrorCode::noPermission);
}

TEST_F(RedisBackendTest, aWrongPasswordIsToldByEveryCall) {
    RedisServer::Options options;
    options.password = "secret";
    RedisServer& server = start(options);
    const auto backend = open(server.url(":wrong"), SystemClock::instance());
    EXPECT_EQ(backend->get("k").error().code(), ErrorCode::authentication);
    const auto again = backend->get("k");
    ASSERT_EQ(again.error().code(), ErrorCode::unavailable);
    EXPECT_EQ(again.error().cause()->code(), ErrorCode::authentication);
    EXPECT_EQ(backend->url().find("wrong"), std::string::npos) << backend->url();
}

TEST_F(RedisBackendTest, aReplicaIsReadOnlyAndStillReads) {
    RedisServer::Options options;
    options.arguments = {"--replicaof", "127.0.0.1", std::to_string(test::freePort())};
    RedisServer& server = start(options);
    const auto backend = open(server.url(), SystemClock::instance());
    const auto refused = backend->set("k", entryFor("v", SystemClock::instance()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::readOnly) << refused.error().toLogLine();
    const auto found = backend->get("k");
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    EXPECT_FALSE(found->has_value());
    EXPECT_EQ(backend->erase("k").error().code(), ErrorCode::readOnly);
}

TEST_F(RedisBackendTest, aFullServerRefusesAndKeepsWhatItHad) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance());
    ASSERT_TRUE(backend->set("k", entryFor("old", SystemClock::instance())).ok());
    server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "1"});
    const auto refused = backend->set("k", entryFor("new", SystemClock::instance()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::outOfMemory) << refused.error().toLogLine();
    EXPECT_EQ(backend->get("k").value()->value.toString(), "old");
    EXPECT_TRUE(m_log.take().empty()) << "nothing was replaced";
}

TEST_F(RedisBackendTest, aServerThatStillReadsItsDataIsLoading) {
    const test::ScriptedServer server{[](test::ScriptedServer::Peer& peer) {
        peer.receive();
        peer.say("+OK\r\n");
        while (peer.receive() && peer.say("-LOADING Redis is loading the dataset in memory\r\n")) {
        }
    }};
    const auto backend = open(server.url(), SystemClock::instance());
    EXPECT_EQ(backend->get("k").error().code(), ErrorCode::loading);
    EXPECT_EQ(backend->check().error().code(), ErrorCode::loading);
}

TEST_F(RedisBackendTest, aKilledServerFailsInTimeAndARestartHeals) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance(), 1s);
    ASSERT_TRUE(backend->set("k", entryFor("v", SystemClock::instance())).ok());
    server.kill();
    const TimePoint start = SystemClock::instance().now();
    const auto failed = backend->get("k");
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code(), ErrorCode::unreachable) << failed.error().toLogLine();
    EXPECT_LT(SystemClock::instance().now() - start, 1s + kSlack);
    EXPECT_TRUE(m_log.take().empty()) << "unknown is not absent";
    server.restart();
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto found = backend->get("k");
    while (!found && SystemClock::instance().now() < limit) {
        found = backend->get("k");
    }
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    EXPECT_FALSE(found->has_value()) << "it came back empty";
    EXPECT_EQ(m_log.takeKeys(RemovalCause::remote), (std::vector<std::string>{"k"}));
}

TEST_F(RedisBackendTest, aStoppedServerLetsNoCallWaitLongerThanTheTimeout) {
    RedisServer& server = start();
    const auto backend = open(server.url(), SystemClock::instance(), 200ms);
    ASSERT_TRUE(backend->set("k", entryFor("v", SystemClock::instance())).ok());
    server.suspend();
    const auto timed = [&](const char* what, auto&& call) {
        const TimePoint start = SystemClock::instance().now();
        EXPECT_FALSE(call().ok()) << what;
        EXPECT_LT(SystemClock::instance().now() - start, 200ms + kSlack) << what;
    };
    timed("get", [&] { return backend->get("k"); });
    timed("set", [&] { return backend->set("k", entryFor("v", SystemClock::instance())); });
    timed("erase", [&] { return backend->erase("k"); });
    timed("scan", [&] { return backend->scan("", "*", 10); });
    timed("clear", [&] { return backend->clear(); });
    timed("check", [&] { return backend->check(); });
    EXPECT_TRUE(backend->stat().ok()) << "needs no server";
    server.resume();
    const TimePoint limit = SystemClock::instance().now() + 20s;
    auto found = backend->get("k");
    while (!found && SystemClock::instance().now() < limit) {
        found = backend->get("k");
    }
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->value.toString(), "v");
}

TEST_F(RedisBackendTest, whatIsNotRedisIsNamed) {
    const test::ScriptedServer http{std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}};
    const auto backend = open(http.url(), SystemClock::instance());
    EXPECT_EQ(backend->get("k").error().code(), ErrorCode::notThisProtocol);
    const test::BlackHole hole;
    const TimePoint start = SystemClock::instance().now();
    const auto far = open(hole.url(), SystemClock::instance(), 200ms);
    EXPECT_EQ(far->get("k").error().code(), ErrorCode::timedOut);
    EXPECT_LT(SystemClock::instance().now() - start, 200ms + kSlack);
}

TEST_F(RedisBackendTest, bulkWorkIsPipelined) {
    RedisServer& server = start();
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(server.url(), clock);
    constexpr int kKeys = 5000;
    for (int i = 0; i < kKeys; ++i) {
        ASSERT_TRUE(backend->set("k" + std::to_string(i), entryFor("v", clock, 1s)).ok());
    }
    const auto& redis = static_cast<const RedisBackend&>(*backend);
    auto before = redis.counters().roundTrips;
    std::set<std::string> seen;
    std::string cursor;
    do {
        const auto page = backend->scan(cursor, "*", 500);
        ASSERT_TRUE(page.ok());
        for (const ScannedKey& key : page->keys) {
            seen.insert(key.key);
        }
        cursor = page->next;
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 5000u);
    EXPECT_LE(redis.counters().roundTrips - before, 30u) << "two for a page of 500";

    clock.advance(2s);
    before = redis.counters().roundTrips;
    EXPECT_EQ(backend->removeExpired(kKeys).value(), 5000u);
    EXPECT_LE(redis.counters().roundTrips - before, 20u) << "two for 500 keys";
    EXPECT_TRUE(serverKeys().empty());
    EXPECT_EQ(backend->removeExpired(kKeys).value(), 0u);
    EXPECT_LE(redis.counters().roundTrips - before, 20u) << "nothing due needs no server";
}

TEST_F(RedisBackendTest, concurrentWritersLeaveATrueLedger) {
    RedisServer& server = start();
    ManualClock clock{TimePoint{1000s}};
    const auto backend = open(server.url(), clock);
    std::atomic<int> sets{0};
    std::atomic<int> failures{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.push_back(std::make_unique<Worker>("writer", [&, t](Worker&, std::stop_token) {
                Random random{static_cast<std::uint64_t>(t) + 1};
                for (int i = 0; i < 500; ++i) {
                    const std::string key = std::to_string(random.below(6));
                    const auto dice = random.below(20);
                    if (dice < 9) {
                        failures += backend->set(key, entryFor("v", clock)).ok() ? 0 : 1;
                        ++sets;
                    } else if (dice < 13) {
                        failures += backend->erase(key).ok() ? 0 : 1;
                    } else if (dice == 13) {
                        failures += backend->eraseMatching("[0-2]*").ok() ? 0 : 1;
                    } else {
                        failures += backend->get(key).ok() ? 0 : 1;
                    }
                }
            }));
        }
    }
    EXPECT_EQ(failures, 0);
    const auto log = m_log.take();
    for (const RemovalLog::Item& item : log) {
        EXPECT_TRUE(item.cause == RemovalCause::replaced || item.cause == RemovalCause::invalidated)
            << item.key << ' ' << static_cast<int>(item.cause);
    }
    // Each entry that was set has gone exactly once, or is still there.
    EXPECT_EQ(static_cast<std::size_t>(sets), log.size() + serverKeys().size());
    EXPECT_EQ(backend->stat()->entries, serverKeys().size());
}

TEST_F(RedisBackendTest, limitsOfTheServerAreNotOursToSet) {
    BackendRegistry registry;
    for (BackendKind& kind : redisBackendKinds()) {
        registry.add(std::move(kind));
    }
    const auto codeOf = [&](const char* url) {
        const auto made = registry.create(url, {});
        return made ? std::string{"made"} : errorCodeName(made.error().code());
    };
    EXPECT_EQ(codeOf("redis://host?entries=5"), "unsupported");
    EXPECT_EQ(codeOf("redis://host?policy=lru"), "unsupported");
    EXPECT_EQ(codeOf("redis://host?db=x"), "outOfRange");
    EXPECT_EQ(codeOf("redis://host?colour=red"), "unknownName");
    EXPECT_EQ(codeOf("redis+unix://"), "missing");
    EXPECT_EQ(codeOf("redis://host/2?prefix=p:&timeout=1s"), "made");
    for (const BackendKind& kind : registry.kinds()) {
        EXPECT_EQ(codeOf(kind.example.c_str()), "made") << kind.example;
    }
}

}  // namespace
}  // namespace cachescope
