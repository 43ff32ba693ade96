// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/live_monitor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "engine/inspect/server_panels.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RedisServer;

LiveSnapshot at(Duration when, std::uint64_t hits, std::uint64_t misses,
                std::uint64_t ownHits = 0) {
    LiveSnapshot snapshot;
    snapshot.at = TimePoint{when};
    snapshot.runId = "a";
    snapshot.uptimeSeconds = static_cast<std::uint64_t>(when / 1s);
    snapshot.hits = hits;
    snapshot.misses = misses;
    snapshot.commands = hits + misses;
    snapshot.before.lookUps.hits = ownHits;
    snapshot.after.lookUps.hits = ownHits;
    return snapshot;
}

TEST(LiveMetricsTest, theRatioIsThatOfTheWindowWithoutOurLookUps) {
    const auto figures = liveFigures(at(10s, 1000, 500), at(20s, 6080, 520, 5000));
    EXPECT_EQ(figures.hits, 80U);
    EXPECT_EQ(figures.misses, 20U);
    EXPECT_EQ(figures.hitRatio, 0.8);
    const auto lifetime = lifetimeHitRatio(at(10s, 1000, 500), at(20s, 6080, 520, 5000));
    EXPECT_EQ(lifetime, 1080.0 / 1600);
}

TEST(LiveMetricsTest, whatMayAllBeOursIsNoRatio) {
    auto later = at(20s, 3100, 0, 3000);
    later.after.pending = 200;
    const auto figures = liveFigures(at(10s, 0, 0), later);
    EXPECT_EQ(figures.hits, 0U);
    EXPECT_FALSE(figures.hitRatio);
}

TEST(LiveMetricsTest, aRestartAndAResetAreNoFigures) {
    auto other = at(20s, 5, 5);
    other.runId = "b";
    EXPECT_EQ(liveFigures(at(10s, 100, 100), other).broken, LiveBreak::restart);
    const auto reset = liveFigures(at(10s, 100, 100), at(20s, 5, 500));
    EXPECT_EQ(reset.broken, LiveBreak::statsReset);
    EXPECT_FALSE(reset.hitRatio);
    EXPECT_EQ(reset.operationsPerSecond, 0);
    // More than there was before the reset, but for our own INFO.
    auto before = at(10s, 1, 1);
    before.infoCalls = 30;
    auto after = at(20s, 50, 50);
    after.infoCalls = 1;
    EXPECT_EQ(breakBetween(before, after), LiveBreak::statsReset);
}

RedisReply histogramOf(const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& all) {
    const auto number = [](std::int64_t value) {
        return RedisReply{RedisReply::Type::integer, value, {}, {}};
    };
    RedisReply reply{RedisReply::Type::array, 0, {}, {}};
    for (const auto& [name, steps] : all) {
        reply.elements.push_back({RedisReply::Type::bulk, 0, name, {}});
        RedisReply buckets{RedisReply::Type::array, 0, {}, {}};
        for (const std::int64_t step : steps) {
            buckets.elements.push_back(number(step));
        }
        reply.elements.push_back({RedisReply::Type::array,
                                  0,
                                  {},
                                  {{RedisReply::Type::bulk, 0, "calls", {}},
                                   number(steps.empty() ? 0 : steps.back()),
                                   {RedisReply::Type::bulk, 0, "histogram_usec", {}},
                                   buckets}});
    }
    return reply;
}

TEST(LiveMetricsTest, latencyIsThatOfDataCommandsSinceTheLastLook) {
    const auto first = ServerLatency::of(histogramOf({{"get", {1, 10, 4, 20}}}));
    const auto second = ServerLatency::of(
        histogramOf({{"get", {1, 10, 4, 110}}, {"set", {8, 10}}, {"info", {264, 5}}}));
    const auto between = second.since(first);
    EXPECT_EQ(between.count(), 100U);
    EXPECT_EQ(between.percentile(0.5), 4us);
    EXPECT_EQ(between.percentile(0.99), 8us);
    EXPECT_EQ(first.since(second).count(), 0U) << "after a reset";
    EXPECT_EQ(ServerLatency{}.percentile(0.5), 0s);
}

struct Watching {
    std::shared_ptr<Guard> guard = std::make_shared<Guard>();
    GuardedSession session;
    LiveMonitor monitor;

    explicit Watching(const RedisAddress& address, LiveMonitorOptions options = {})
        : session(address, guard), monitor(session, quick(std::move(options))) {
        monitor.setWatched(true);
    }
    static LiveMonitorOptions quick(LiveMonitorOptions options) {
        options.interval = 10ms;
        options.configuration = 10ms;
        return options;
    }
    std::uint64_t samples() const {
        const auto view = monitor.view();
        return view.samples.empty() ? 0 : view.samples.back().number;
    }
    // Looks that began after this call.
    bool seesTwoMore() {
        const std::uint64_t now = samples();
        return eventually([&] { return samples() >= now + 2; });
    }
    bool has(LiveMark::Kind kind) const {
        const auto marks = monitor.view().marks;
        return std::any_of(marks.begin(), marks.end(),
                           [&](const LiveMark& mark) { return mark.kind == kind; });
    }
    std::uint64_t sum(std::uint64_t LiveFigures::*figure) const {
        std::uint64_t all = 0;
        for (const auto& sample : monitor.view().samples) {
            all += sample.figures.*figure;
        }
        return all;
    }
};

TEST(LiveMonitorTest, countsWhatOthersDo) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    server.command({"SET", "k", "v"});
    for (int i = 0; i < 30; ++i) {
        server.command({"GET", "k"});
    }
    for (int i = 0; i < 10; ++i) {
        server.command({"GET", "none"});
    }
    ASSERT_TRUE(watching.seesTwoMore());
    EXPECT_EQ(watching.sum(&LiveFigures::hits), 30U);
    EXPECT_EQ(watching.sum(&LiveFigures::misses), 10U);
    const auto last = watching.monitor.view().samples.back();
    EXPECT_EQ(last.windowHitRatio, 0.75);
    EXPECT_EQ(last.lifetimeHitRatio, 0.75);
    EXPECT_EQ(last.keys, 1U);
    EXPECT_GT(last.memory, 0U);
    EXPECT_TRUE(last.ping);
    EXPECT_GT(last.own.commands, 0U);
    EXPECT_GT(last.ownServerTime, 0s);
}

TEST(LiveMonitorTest, ourOwnWalkMovesNoRatio) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (int i = 0; i < 50; ++i) {
        server.command({"SET", "k" + std::to_string(i), "v"});
    }
    server.command({"GET", "k1"});
    server.command({"GET", "none"});
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    auto walker = GuardedConnection::open(server.address(), watching.guard, CommandReach::observe,
                                          SystemClock::instance().now() + 10s);
    ASSERT_TRUE(walker);
    for (int round = 0; round < 200; ++round) {
        std::vector<RedisCommand> page;
        for (int i = 0; i < 50; ++i) {
            page.push_back({"PTTL", "k" + std::to_string(i)});
            page.push_back({"TYPE", "k" + std::to_string(i)});
        }
        page.push_back({"PTTL", "gone"});
        ASSERT_TRUE((*walker)->ask(page, SystemClock::instance().now() + 10s));
    }
    ASSERT_TRUE(watching.seesTwoMore());
    for (const auto& sample : watching.monitor.view().samples) {
        EXPECT_EQ(sample.figures.hits, 0U);
        EXPECT_EQ(sample.figures.misses, 0U);
        EXPECT_FALSE(sample.windowHitRatio);
        EXPECT_EQ(sample.lifetimeHitRatio, 0.5);
    }
    EXPECT_EQ(watching.guard->meter().figures().pending, 0U);
    const RedisInfo info{server.command({"INFO", "stats"}).text};
    EXPECT_EQ(info.number("keyspace_hits"), 20'001U);
}

// Samples come in the midst of the walk: what others look up then is counted to the last one.
TEST(LiveMonitorTest, othersAreCountedExactlyInTheMidstOfOurWalk) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    std::vector<RedisCommand> page;
    for (int i = 0; i < 500; ++i) {
        server.command({"SET", "k" + std::to_string(i), "v"});
        page.push_back({"PTTL", "k" + std::to_string(i)});
    }
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    std::atomic<bool> hasEnded{false};
    std::uint64_t hits = 0;
    test::inParallel(2, [&](int thread) {
        if (thread == 0) {
            auto walker =
                GuardedConnection::open(server.address(), watching.guard, CommandReach::observe,
                                        SystemClock::instance().now() + 10s);
            while (walker && !hasEnded &&
                   (*walker)->ask(page, SystemClock::instance().now() + 10s)) {
            }
            return;
        }
        for (int i = 0; i < 10; ++i) {
            server.command({"GET", "k" + std::to_string(i)});
            server.command({"GET", "none"});
            EXPECT_TRUE(watching.seesTwoMore());
        }
        hasEnded = true;
    });
    ASSERT_TRUE(watching.seesTwoMore());
    std::uint64_t misses = 0;
    for (const auto& sample : watching.monitor.view().samples) {
        hits += sample.figures.hits;
        misses += sample.figures.misses;
    }
    EXPECT_EQ(hits, 10U);
    EXPECT_EQ(misses, 10U);
}

TEST(LiveMonitorTest, asksNothingWhileNobodyWatches) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    watching.monitor.setWatched(false);
    const auto info = [&] {
        return RedisInfo{server.command({"INFO", "commandstats"}).text}.value("cmdstat_ping");
    };
    std::string last;
    // The look that is under way may still end.
    ASSERT_TRUE(eventually([&] { return std::exchange(last, info()) == last; }));
    for (int i = 0; i < 200; ++i) {
        server.command({"GET", "k"});
    }
    EXPECT_EQ(info(), last);
    const std::uint64_t misses = watching.sum(&LiveFigures::misses);
    watching.monitor.setWatched(true);
    ASSERT_TRUE(watching.seesTwoMore());
    EXPECT_EQ(watching.sum(&LiveFigures::misses), misses)
        << "what came while nobody watched belongs to no second";
}

TEST(LiveMonitorTest, aRestartIsMarkedAndNothingIsNegative) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    for (int i = 0; i < 100; ++i) {
        server.command({"GET", "none"});
    }
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    server.kill();
    ASSERT_TRUE(eventually([&] { return watching.monitor.view().failure.has_value(); }));
    server.restart();
    ASSERT_TRUE(eventually([&] { return watching.has(LiveMark::Kind::restart); }));
    EXPECT_TRUE(watching.has(LiveMark::Kind::lost));
    ASSERT_TRUE(watching.seesTwoMore());
    EXPECT_TRUE(watching.has(LiveMark::Kind::found));
    EXPECT_FALSE(watching.monitor.view().failure);
    EXPECT_EQ(watching.sum(&LiveFigures::misses), 0U);
}

TEST(LiveMonitorTest, resetsEvictionsAndSettingsAreMarked) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    Watching watching(server.address());
    ASSERT_TRUE(watching.seesTwoMore());
    server.command({"CONFIG", "RESETSTAT"});
    EXPECT_TRUE(eventually([&] { return watching.has(LiveMark::Kind::statsReset); }));
    server.command({"CONFIG", "SET", "maxmemory", "3mb", "maxmemory-policy", "allkeys-lru"});
    EXPECT_TRUE(eventually([&] { return watching.has(LiveMark::Kind::configuration); }));
    for (int i = 0; i < 300; ++i) {
        server.command({"SET", "k" + std::to_string(i), std::string(20'000, 'x')});
    }
    EXPECT_TRUE(eventually([&] { return watching.has(LiveMark::Kind::evictions); }));
    ASSERT_TRUE(watching.seesTwoMore());
    EXPECT_GT(watching.sum(&LiveFigures::evicted), 0U);
}

TEST(LiveMonitorTest, expirationsAreDueDeletedAndTold) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    LiveMonitorOptions options;
    options.due = [](TimePoint from, TimePoint to) {
        return from < to ? std::optional{3.0} : std::nullopt;
    };
    Watching watching(server.address(), options);
    ASSERT_TRUE(watching.seesTwoMore());
    EXPECT_FALSE(watching.monitor.view().samples.back().expiredEvents)
        << "the server was not asked to send them";
    EXPECT_EQ(watching.monitor.view().samples.back().due, 3.0);
    server.command({"CONFIG", "SET", "notify-keyspace-events", "Ex"});
    ASSERT_TRUE(eventually(
        [&] { return watching.monitor.view().samples.back().expiredEvents.has_value(); }));
    for (int i = 0; i < 20; ++i) {
        server.command({"SET", "k" + std::to_string(i), "v", "PX", "1"});
    }
    ASSERT_TRUE(eventually([&] { return watching.sum(&LiveFigures::expired) == 20; }));
    ASSERT_TRUE(eventually([&] {
        std::uint64_t told = 0;
        for (const auto& sample : watching.monitor.view().samples) {
            told += sample.expiredEvents.value_or(0);
        }
        return told == 20;
    }));
    EXPECT_EQ(server.command({"CONFIG", "GET", "notify-keyspace-events"}).elements[1].text, "xE");
}

TEST(LiveMonitorTest, saysWhichRulesAreMissingAndGoesOnWithout) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command(
        {"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "-@all", "+@connection", "+info"});
    RedisAddress address = server.address();
    address.user = "poor";
    address.password = "pw";
    Watching watching(address);
    ASSERT_TRUE(watching.seesTwoMore());
    const auto view = watching.monitor.view();
    EXPECT_FALSE(view.failure);
    EXPECT_EQ(view.missingRules, (std::vector<std::string>{"+latency|histogram", "+config|get"}));
    const std::uint64_t before = watching.guard->meter().figures().commands;
    const std::uint64_t samples = watching.samples();
    ASSERT_TRUE(watching.seesTwoMore());
    // PING and INFO: what was refused is not asked again, since servers log that.
    EXPECT_LE(watching.guard->meter().figures().commands - before,
              2 * (watching.samples() - samples + 2));
    server.command({"ACL", "SETUSER", "poor", "-info"});
    ASSERT_TRUE(eventually([&] { return watching.monitor.view().failure.has_value(); }));
    EXPECT_EQ(watching.monitor.view().failure->subject(), "+info");
}

TEST(LiveMonitorTest, endsWhileTheServerIsSilent) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    {
        Watching watching(server.address());
        ASSERT_TRUE(watching.seesTwoMore());
        server.suspend();
    }
    server.resume();
    EXPECT_EQ(server.command({"PING"}).text, "PONG");
}

TEST(ServerPanelsTest, slowCommandsAndClientsAreRead) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"CONFIG", "SET", "slowlog-log-slower-than", "0"});
    const std::string odd("k\0\r\n \xff", 6);
    server.command({"SET", odd, "v"});
    server.command({"CONFIG", "SET", "slowlog-log-slower-than", "-1"});
    GuardedSession session(server.address(), std::make_shared<Guard>());
    const auto slow = readSlowLog(session, 10, 5s);
    ASSERT_TRUE(slow);
    const auto found = std::find_if(slow->begin(), slow->end(), [&](const SlowCommand& each) {
        return each.words == std::vector<std::string>{"SET", odd, "v"};
    });
    ASSERT_NE(found, slow->end());
    EXPECT_GT(found->at, TimePoint{} + 24h * 365 * 50);
    const auto clients = readClients(session, 5s);
    ASSERT_TRUE(clients);
    ASSERT_FALSE(clients->empty());
    EXPECT_EQ(1, std::count_if(clients->begin(), clients->end(),
                               [](const ClientEntry& each) { return each.isOurs; }));
    EXPECT_EQ(clients->front().user, "default");
}

TEST(ServerPanelsTest, linesOfClientsMayHoldAnything) {
    const auto clients = clientsIn(
        "id=3 addr=1.2.3.4:5 name=a=b age=99999999999999999999 idle=-4 db=x sub=1 psub=2 cmd=\r\n"
        "\n\ngarbage\nid= \nid=7 omem=5");
    ASSERT_EQ(clients.size(), 2U);
    EXPECT_EQ(clients[0].name, "a=b");
    EXPECT_EQ(clients[0].subscriptions, 3U);
    EXPECT_GE(clients[0].idle, 0s);
    EXPECT_EQ(clients[1].outputMemory, 5U);
}

TEST(ServerPanelsTest, settingsAreToldWithWhatTheyMeanForACache) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    GuardedSession session(server.address(), std::make_shared<Guard>());
    const auto meaning = [&](ConfigurationId id) {
        const auto all = readConfiguration(session, 5s);
        EXPECT_TRUE(all);
        const auto found =
            std::find_if(all->begin(), all->end(), [&](const auto& each) { return each.id == id; });
        return found == all->end() ? ConfigurationMeaning::plain : found->meaning;
    };
    EXPECT_EQ(meaning(ConfigurationId::maxMemory), ConfigurationMeaning::growsWithoutBound);
    server.command({"CONFIG", "SET", "maxmemory", "100mb"});
    EXPECT_EQ(meaning(ConfigurationId::maxMemory), ConfigurationMeaning::plain);
    EXPECT_EQ(meaning(ConfigurationId::maxMemoryPolicy), ConfigurationMeaning::refusesWrites);
    server.command({"CONFIG", "SET", "maxmemory-policy", "volatile-ttl"});
    EXPECT_EQ(meaning(ConfigurationId::maxMemoryPolicy), ConfigurationMeaning::evictsVolatileOnly);
    EXPECT_EQ(meaning(ConfigurationId::notifyKeyspaceEvents), ConfigurationMeaning::sendsNoEvents);
    server.command({"CONFIG", "SET", "notify-keyspace-events", "Exm"});
    EXPECT_EQ(meaning(ConfigurationId::notifyKeyspaceEvents),
              ConfigurationMeaning::sendsMissEvents);
    server.command({"ACL", "SETUSER", "default", "-config|get", "-slowlog"});
    const auto refused = readConfiguration(session, 5s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().subject(), "+config|get");
    EXPECT_EQ(readSlowLog(session, 5, 5s).error().subject(), "+slowlog|get");
}

}  // namespace
}  // namespace cachescope::inspect
