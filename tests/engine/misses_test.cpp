// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/inspect/miss_events.h"
#include "engine/inspect/monitor_burst.h"
#include "engine/inspect/namespace_tally.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RedisServer;

std::string flagsOf(const RedisServer& server) {
    return server.command({"CONFIG", "GET", "notify-keyspace-events"}).elements[1].text;
}

NamespaceTraffic trafficOf(const NamespaceTally& tally, std::string_view name) {
    for (const NamespaceTraffic& each : tally.traffic()) {
        if (each.name == name) {
            return each;
        }
    }
    return {};
}

MissEventsOptions quick() {
    MissEventsOptions options;
    options.listenForNew = 100ms;
    options.retry = 5ms;
    return options;
}

TEST(NamespaceTallyTest, tellsMissesApartByWhatWasKnown) {
    const TimePoint now{1000s};
    const std::map<std::string, TimePoint, std::less<>> known{
        {"user:1", now - 1s}, {"user:2", now + 1s}, {"user:3", kNever}};
    NamespaceTally tally([&](std::string_view key) {
        const auto found = known.find(key);
        return found == known.end() ? std::nullopt : std::optional{found->second};
    });
    for (const char* key : {"user:1", "user:2", "user:3", "user:4", "page"}) {
        tally.countMiss(key, now);
    }
    const auto users = trafficOf(tally, "user");
    EXPECT_EQ(users.misses, 4U);
    EXPECT_EQ(users.expired, 1U);
    EXPECT_EQ(users.removed, 2U);
    EXPECT_EQ(users.neverSeen, 1U);
    EXPECT_EQ(trafficOf(tally, "").misses, 1U);
    EXPECT_EQ(tally.traffic().front().name, "user");
}

TEST(NamespaceTallyTest, knowsWhatAWalkHasFound) {
    const auto census = std::make_shared<KeyCensus>();
    const auto facts = [](std::int64_t expiry) {
        KeyFacts made;
        made.expiry = expiry;
        made.type = "string";
        return made;
    };
    const NamedKey keys[]{{"u:dead", facts(5000)},
                          {"u:alive", facts(9000)},
                          {"u:kept", facts(kNoExpiry)},
                          {"u:unknown", facts(kExpiryUnknown)}};
    ASSERT_TRUE(census->add(keys));
    NamespaceTally tally(NamespaceTally::lookupIn(census, 1s));
    for (const char* key : {"u:dead", "u:alive", "u:kept", "u:unknown", "u:new"}) {
        tally.countMiss(key, TimePoint{4500ms});
    }
    EXPECT_EQ(trafficOf(tally, "u").expired, 1U);
    EXPECT_EQ(trafficOf(tally, "u").removed, 3U);
    EXPECT_EQ(trafficOf(tally, "u").neverSeen, 1U);
    EXPECT_FALSE(census->find("none"));
    EXPECT_EQ(census->find("u:alive")->expiry, 9000);
    EXPECT_FALSE(KeyCensus{}.find("u:alive"));
}

TEST(NamespaceTallyTest, countsCommandsOfItsDatabaseWithAllTheirKeys) {
    NamespaceTally tally;
    MonitorLine line;
    for (const char* text :
         {R"(1.000000 [0 a:1] "MGET" "u:1" "u:2" "p:1")", R"(1.000000 [0 a:1] "SET" "u:1" "x")",
          R"(1.000000 [1 a:1] "GET" "u:1")", R"(1.000000 [0 a:1] "PTTL" "u:1")",
          R"(1.000000 [0 a:1] "DEL" "u:1")", R"(1.000000 [0 a:1] "EXPIRE" "u:1" "5")"}) {
        ASSERT_TRUE(parseMonitorLine(text, line));
        tally.count(line, 0);
    }
    EXPECT_EQ(trafficOf(tally, "u").reads, 2U);
    EXPECT_EQ(trafficOf(tally, "u").writes, 2U);
    EXPECT_EQ(trafficOf(tally, "p").reads, 1U);
}

TEST(NamespaceTallyTest, namespacesWithoutEndTakeNoMemoryWithoutEnd) {
    NamespaceTally tally({}, ":", 100);
    for (int i = 0; i < 1000; ++i) {
        tally.countMiss("n" + std::to_string(i) + ":k", TimePoint{});
        tally.countMiss(std::string(100'000, 'x') + ":" + std::to_string(i), TimePoint{});
    }
    EXPECT_LE(tally.traffic().size(), 101U);
    EXPECT_EQ(trafficOf(tally, KeyCensus::kManyOthers).misses, 901U);
}

TEST(MissEventsTest, hearsMissesAndPutsTheFlagsBack) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (const char* before : {"", "Kx", "Elg", "KEm"}) {
        server.command({"CONFIG", "SET", "notify-keyspace-events", before});
        const std::string was = flagsOf(server);
        NamespaceTally tally;
        {
            MissEvents events(
                server.address(), std::make_shared<Guard>(),
                [&](std::string_view key, TimePoint at) { tally.countMiss(key, at); }, quick());
            ASSERT_TRUE(
                eventually([&] { return events.status().state == MissEvents::State::listening; }));
            EXPECT_FALSE(events.status().newUncertain);
            server.command({"GET", "user:1"});
            server.command({"SET", "there", "1"});
            server.command({"GET", "there"});
            server.command({"MGET", "user:2", "page:1"});
            ASSERT_TRUE(eventually([&] { return events.status().misses == 3; }));
        }
        EXPECT_EQ(trafficOf(tally, "user").misses, 2U);
        EXPECT_EQ(flagsOf(server), was);
        server.command({"DEL", "there"});
    }
}

TEST(MissEventsTest, withAllClassesOnItListensForEventsOfNewKeysFirst) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"CONFIG", "SET", "notify-keyspace-events", "AKE"});
    {
        MissEvents events(
            server.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {},
            quick());
        ASSERT_TRUE(
            eventually([&] { return events.status().state == MissEvents::State::listening; }));
        EXPECT_TRUE(events.status().newUncertain);
        EXPECT_EQ(flagsOf(server), "AKEm");
    }
    EXPECT_EQ(flagsOf(server), "AKE");
    // The server says AKE here too, and sends events of new keys.
    server.command({"CONFIG", "SET", "notify-keyspace-events", "AKEn"});
    ASSERT_EQ(flagsOf(server), "AKE");
    std::atomic<bool> isDone{false};
    test::TestThread writer([&] {
        for (int i = 0; !isDone; ++i) {
            server.command({"SET", "new" + std::to_string(i), "x"});
        }
    });
    {
        MissEventsOptions options = quick();
        options.listenForNew = 10s;
        MissEvents events(
            server.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {},
            options);
        EXPECT_TRUE(
            eventually([&] { return events.status().state == MissEvents::State::listening; }));
        EXPECT_FALSE(events.status().newUncertain);
    }
    isDone = true;
    writer.join();
    // That they are still sent shows where somebody listens for them.
    server.command({"CONFIG", "RESETSTAT"});
    auto listener = RedisConnection::open(server.address(), SystemClock::instance().now() + 5s);
    ASSERT_TRUE(listener);
    const TimePoint soon = SystemClock::instance().now() + 5s;
    ASSERT_TRUE((*listener)->post({"PSUBSCRIBE", "__keyevent@*__:new"}, soon));
    ASSERT_TRUE(RedisConnection::waitForEither(**listener, **listener, soon).value());
    ASSERT_TRUE((*listener)->receive());
    server.command({"SET", "one more", "x"});
    EXPECT_TRUE(RedisConnection::waitForEither(**listener, **listener, soon).value());
}

TEST(MissEventsTest, whatSomebodyElseHasSetMeanwhileIsLeft) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    MissEvents events(
        server.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {}, quick());
    ASSERT_TRUE(eventually([&] { return events.status().state == MissEvents::State::listening; }));
    server.command({"CONFIG", "SET", "notify-keyspace-events", "Kgl"});
    events.stop();
    EXPECT_TRUE(events.status().othersChanged);
    EXPECT_EQ(events.status().state, MissEvents::State::ended);
    EXPECT_EQ(flagsOf(server), "glK");
}

TEST(MissEventsTest, afterALostConnectionTheFlagsArePutBack) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server(RedisServer::Options{.tcp = true});
    test::FaultProxy proxy(server.address());
    MissEvents events(
        proxy.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {}, quick());
    ASSERT_TRUE(eventually([&] { return events.status().state == MissEvents::State::listening; }));
    EXPECT_EQ(flagsOf(server), "Em");
    proxy.refuse(true);
    proxy.resetAll();
    ASSERT_TRUE(eventually([&] { return events.status().state == MissEvents::State::restoring; }));
    EXPECT_EQ(flagsOf(server), "Em");
    proxy.refuse(false);
    ASSERT_TRUE(eventually([&] { return events.status().state == MissEvents::State::ended; }));
    EXPECT_EQ(flagsOf(server), "");
}

TEST(MissEventsTest, aServerThatCannotBeReachedAtTheEndIsSaid) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    MissEventsOptions options = quick();
    options.timeout = 200ms;
    MissEvents events(
        server.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {}, options);
    ASSERT_TRUE(eventually([&] { return events.status().state == MissEvents::State::listening; }));
    server.suspend();
    events.stop();
    EXPECT_EQ(events.status().state, MissEvents::State::abandoned);
    EXPECT_EQ(events.status().flagsBefore, "");
    server.resume();
}

TEST(MissEventsTest, endsByItselfAndSaysWhichRuleIsMissing) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    MissEventsOptions options = quick();
    options.most = 50ms;
    MissEvents brief(
        server.address(), std::make_shared<Guard>(), [](std::string_view, TimePoint) {}, options);
    ASSERT_TRUE(eventually([&] { return brief.status().state == MissEvents::State::ended; }));
    EXPECT_FALSE(brief.status().failure);
    EXPECT_EQ(flagsOf(server), "");
    server.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "-@all", "+@connection",
                    "+config|get", "+subscribe"});
    RedisAddress address = server.address();
    address.user = "poor";
    address.password = "pw";
    MissEvents poor(
        address, std::make_shared<Guard>(), [](std::string_view, TimePoint) {}, quick());
    ASSERT_TRUE(eventually([&] { return poor.status().state == MissEvents::State::ended; }));
    ASSERT_TRUE(poor.status().failure);
    EXPECT_EQ(poor.status().failure->subject(), "+config|set");
}

struct Heard {
    std::vector<std::string> words;
    std::function<void(const MonitorLine&)> take() {
        return [this](const MonitorLine& line) {
            words.push_back(line.words.size() > 1 ? line.words[1] : line.words[0]);
        };
    }
    bool has(const std::string& word) const {
        return std::find(words.begin(), words.end(), word) != words.end();
    }
};

TEST(MonitorBurstTest, hearsCommandsUntilItsTimeIsOver) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    std::atomic<bool> isDone{false};
    const std::string odd("k\0\"\\\r\n\xff", 7);
    test::TestThread others([&] {
        while (!isDone) {
            server.command({"GET", odd});
        }
    });
    Heard heard;
    MonitorBurstOptions options;
    options.most = 300ms;
    options.worst = 1000;
    const auto report =
        runMonitorBurst(server.address(), std::make_shared<Guard>(), options, heard.take(), {});
    isDone = true;
    ASSERT_TRUE(report) << report.error().toLogLine();
    EXPECT_EQ(report->end, BurstEnd::elapsed);
    EXPECT_GE(report->span, 300ms);
    EXPECT_EQ(report->lines, heard.words.size());
    EXPECT_EQ(report->unreadable, 0U);
    EXPECT_TRUE(heard.has(odd));
    EXPECT_GT(report->latencyBefore, 0s);
}

TEST(MonitorBurstTest, endsAtItsBytes) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    std::atomic<bool> isDone{false};
    test::TestThread others([&] {
        while (!isDone) {
            server.command({"SET", "k", std::string(10'000, 'x')});
        }
    });
    Heard heard;
    MonitorBurstOptions options;
    options.most = 20s;
    options.mostBytes = 100'000;
    options.worst = 1000;
    const auto report =
        runMonitorBurst(server.address(), std::make_shared<Guard>(), options, heard.take(), {});
    isDone = true;
    ASSERT_TRUE(report);
    EXPECT_EQ(report->end, BurstEnd::bytes);
    EXPECT_GE(report->bytes, 100'000U);
    EXPECT_LT(report->bytes, 120'000U);
}

TEST(MonitorBurstTest, endsAsSoonAsTheServerAnswersMoreSlowly) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server(RedisServer::Options{.arguments = {"--enable-debug-command", "yes"}});
    Heard heard;
    std::atomic<bool> isDone{false};
    MonitorBurstOptions options;
    options.most = 20s;
    options.probeEvery = 1ms;
    std::unique_ptr<test::TestThread> slow;
    const auto report = runMonitorBurst(server.address(), std::make_shared<Guard>(), options,
                                        [&](const MonitorLine& line) {
                                            if (line.words[0] == "PING" && slow == nullptr) {
                                                slow = std::make_unique<test::TestThread>([&] {
                                                    while (!isDone) {
                                                        server.command({"DEBUG", "SLEEP", "0.02"});
                                                    }
                                                });
                                            }
                                        },
                                        {});
    isDone = true;
    ASSERT_TRUE(report);
    EXPECT_EQ(report->end, BurstEnd::latency);
    EXPECT_GT(report->latencyAtEnd, 2 * report->latencyBefore);
}

TEST(MonitorBurstTest, endsWhenItIsStoppedOrTheServerGoes) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    MonitorBurstOptions options;
    options.most = 60s;
    options.worst = 1000;
    std::stop_source stop;
    const auto stopped = runMonitorBurst(
        server.address(), std::make_shared<Guard>(), options,
        [&](const MonitorLine&) { stop.request_stop(); }, stop.get_token());
    ASSERT_TRUE(stopped);
    EXPECT_EQ(stopped->end, BurstEnd::stopped);
    const auto lost = runMonitorBurst(server.address(), std::make_shared<Guard>(), options,
                                      [&](const MonitorLine&) { server.kill(); }, {});
    ASSERT_TRUE(lost);
    EXPECT_EQ(lost->end, BurstEnd::lost);
    EXPECT_TRUE(lost->failure);
}

TEST(MonitorBurstTest, saysWhichRuleIsMissing) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "-@all", "+@connection"});
    RedisAddress address = server.address();
    address.user = "poor";
    address.password = "pw";
    const auto report =
        runMonitorBurst(address, std::make_shared<Guard>(), {}, [](const MonitorLine&) {}, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::noPermission);
    EXPECT_EQ(report.error().subject(), "+monitor");
}

}  // namespace
}  // namespace cachescope::inspect
