// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/inspected_servers.h"
#include "engine/inspect/walk_meter.h"
#include "engine/redis/redis_client.h"
#include "tests/engine/inspect_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_cluster.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::eventually;
using cachescope::test::RedisServer;
using test::fillShop;
using test::guarded;
using test::in;
using test::infoOf;
using test::kLong;

using State = WalkProgress::State;

WalkOptions fast() {
    WalkOptions options;
    options.pace = WalkPace::Mode::fast;
    return options;
}

std::map<std::string, KeyFacts> keysIn(const CensusView& view) {
    std::map<std::string, KeyFacts> all;
    for (std::size_t i = 0; i < view.size(); ++i) {
        all.emplace(view.name(i), view.facts(i));
    }
    return all;
}

void expectEnd(const KeyWalk& walk, State state) {
    ASSERT_TRUE(walk.waitForEnd(in(kLong)));
    const WalkProgress progress = walk.progress();
    EXPECT_EQ(progress.state, state)
        << (progress.failure ? progress.failure->toLogLine() : std::string{});
}

TEST(InspectWalk, findsEveryKeyWithItsTtlTypeAndSize) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 6000);
    for (const auto pace : {WalkPace::Mode::fast, WalkPace::Mode::gentle}) {
        WalkOptions options;
        options.pace = pace;
        const KeyWalk walk{{guarded(server.address())}, options};
        expectEnd(walk, State::done);
        const auto progress = walk.progress();
        EXPECT_EQ(progress.keys, 6000u);
        EXPECT_EQ(progress.expected, 6000u);
        EXPECT_DOUBLE_EQ(progress.fraction, 1.0);
        EXPECT_EQ(progress.remaining, Duration::zero());
        const auto keys = keysIn(walk.view());
        ASSERT_EQ(keys.size(), 6000u);
        for (const char* name : {"session:0", "cart:7", "config:9"}) {
            ASSERT_TRUE(keys.contains(name)) << name;
            const KeyFacts& facts = keys.at(name);
            EXPECT_EQ(facts.bytes, static_cast<std::uint64_t>(
                                       server.command({"MEMORY", "USAGE", name}).integer));
            EXPECT_EQ(facts.expiry == kNoExpiry ? -1 : facts.expiry,
                      server.command({"PEXPIRETIME", name}).integer);
            EXPECT_EQ(facts.type, server.command({"TYPE", name}).text);
            EXPECT_EQ(facts.idle, kIdleUnknown);
        }
    }
}

TEST(InspectWalk, keysOfAnyBytesComeBackAsTheyAre) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const std::set<std::string> names{"",
                                      std::string{"nul\0nul", 7},
                                      "line\r\nbreak\n",
                                      "\xff\xfe\x80 not UTF-8",
                                      "<b>html</b> \"quoted\" 'twice'",
                                      "\xe2\x80\xae"
                                      "right to left",
                                      std::string(500'000, 'n'),
                                      "*3\r\n$3\r\nDEL"};
    for (const std::string& name : names) {
        server.command({"SET", name, "v"});
    }
    const KeyWalk walk{{guarded(server.address())}, fast()};
    expectEnd(walk, State::done);
    std::set<std::string> found;
    for (const auto& [name, facts] : keysIn(walk.view())) {
        found.insert(name);
        EXPECT_EQ(facts.type, "string");
    }
    EXPECT_TRUE(found == names);
}

TEST(InspectWalk, everyTypeIsNamed) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "string", "v"});
    server.command({"HSET", "hash", "f", "v"});
    server.command({"RPUSH", "list", "v"});
    server.command({"SADD", "set", "v"});
    server.command({"ZADD", "zset", "1", "v"});
    server.command({"XADD", "stream", "*", "f", "v"});
    const KeyWalk walk{{guarded(server.address())}, fast()};
    expectEnd(walk, State::done);
    for (const auto& [name, facts] : keysIn(walk.view())) {
        EXPECT_EQ(facts.type, name);
    }
    EXPECT_EQ(walk.view().size(), 6u);
}

TEST(InspectWalk, keysThatScanGivesTwiceCountOnce) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 3000);
    KeyWalk walk{{guarded(server.address())}};
    // The table grows and is rehashed under the walk.
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > 200; }));
    walk.pause();
    fillShop(server.address(), 40'000);
    walk.resume();
    expectEnd(walk, State::done);
    const auto progress = walk.progress();
    EXPECT_EQ(progress.keys, keysIn(walk.view()).size());
    std::size_t early = 0;
    for (const auto& [name, facts] : keysIn(walk.view())) {
        early += std::stoi(name.substr(name.find(':') + 1)) < 3000 ? 1U : 0U;
    }
    EXPECT_EQ(early, 3000u) << "what was there all the time is found";
}

TEST(InspectWalk, pausesResumesAndStops) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 60'000);
    const GuardedServer target = guarded(server.address());
    KeyWalk walk{{target}};
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > 500; }));
    walk.pause();
    EXPECT_EQ(walk.progress().state, State::paused);
    // What was under way ends; then nothing more is sent.
    std::uint64_t before = 0;
    ASSERT_TRUE(eventually([&] {
        const auto now = target.guard->meter().figures().commands;
        return std::exchange(before, now) == now;
    }));
    const auto paused = walk.progress();
    EXPECT_LT(paused.keys, 60'000u);
    EXPECT_GT(paused.fraction, 0.0);
    EXPECT_LT(paused.fraction, 1.0);
    walk.resume();
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > paused.keys + 1000; }));
    walk.stop();
    expectEnd(walk, State::stopped);
    const std::size_t kept = walk.view().size();
    EXPECT_GT(kept, paused.keys);
    EXPECT_LT(kept, 60'000u);
    EXPECT_EQ(walk.progress().failure, std::nullopt);
    EXPECT_EQ(walk.progress().remaining, std::nullopt) << "it will not go on";
}

TEST(InspectWalk, saysHonestlyHowFarItIsAndHowLongItTakes) {
    EXPECT_DOUBLE_EQ(*fractionBehind("0"), 1.0);
    EXPECT_DOUBLE_EQ(*fractionBehind("1"), 0.5);
    EXPECT_DOUBLE_EQ(*fractionBehind("2"), 0.25);
    EXPECT_DOUBLE_EQ(*fractionBehind("3"), 0.75);
    EXPECT_EQ(fractionBehind("x"), std::nullopt);
    EXPECT_NEAR(*fractionBehind("18446744073709551615"), 1.0, 1e-9);
    RemainingTime remaining;
    remaining.note(0s, 0);
    EXPECT_EQ(remaining.estimate(), std::nullopt);
    remaining.note(1s, 0.1);
    EXPECT_NEAR(static_cast<double>(remaining.estimate()->count()), 9e9, 1e6);
    for (int second = 2; second <= 20; ++second) {
        remaining.note(second * 1s, 0.1 + 0.01 * (second - 1));
    }
    EXPECT_NEAR(static_cast<double>(remaining.estimate()->count()), 71e9, 1e8)
        << "it goes by the last seconds";
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 15'000);
    const KeyWalk walk{{guarded(server.address())}};
    double last = 0;
    ASSERT_TRUE(eventually([&] {
        const auto now = walk.progress();
        const double byKeys = static_cast<double>(now.keys) / 15'000.0;
        EXPECT_GE(now.fraction, last);
        EXPECT_NEAR(now.fraction, byKeys, 0.06);
        last = now.fraction;
        return now.hasEnded();
    }));
}

TEST(InspectWalk, aKeyThatVanishesMeanwhileIsLeftOut) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 30'000);
    KeyWalk walk{{guarded(server.address())}};
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > 500; }));
    server.command({"FLUSHALL"});
    expectEnd(walk, State::done);
    EXPECT_LT(walk.view().size(), 30'000u);
}

TEST(InspectWalk, aServerThatComesBackWithOtherDataEndsTheWalk) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    fillShop(server.address(), 30'000);
    KeyWalk walk{{guarded(server.address())}};
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > 500; }));
    walk.pause();
    server.kill();
    server.restart();
    server.command({"SET", "other", "data"});
    walk.resume();
    expectEnd(walk, State::failed);
    EXPECT_EQ(walk.progress().failure->code(), ErrorCode::closed);
    EXPECT_GT(walk.view().size(), 500u) << "what was read is kept";
    EXPECT_FALSE(keysIn(walk.view()).contains("other"));
}

TEST(InspectWalk, goesOnWhereItWasWhenOnlyTheConnectionWasLost) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 30'000);
    KeyWalk walk{{guarded(server.address())}};
    ASSERT_TRUE(eventually([&] { return walk.progress().keys > 500; }));
    server.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    expectEnd(walk, State::done);
    EXPECT_EQ(walk.view().size(), 30'000u);
}

TEST(InspectWalk, endsSoonWhenItIsDestroyedWhileTheServerIsSilent) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    fillShop(server.address(), 30'000);
    const TimePoint begun = SystemClock::instance().now();
    {
        const KeyWalk walk{{guarded(server.address())}};
        ASSERT_TRUE(eventually([&] { return walk.progress().keys > 500; }));
        server.suspend();
    }
    EXPECT_LT(SystemClock::instance().now() - begun, 8s) << "and not at the end of the time-out";
    server.resume();
}

TEST(InspectWalk, itsCensusOutlivesIt) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 100);
    std::shared_ptr<const KeyCensus> census;
    {
        const KeyWalk walk{{guarded(server.address())}, fast()};
        census = walk.sharedCensus();
        expectEnd(walk, State::done);
    }
    EXPECT_EQ(census->size(), 100u);
    EXPECT_TRUE(census->find("config:99").has_value());
}

TEST(InspectWalk, aServerThatIsNotThereFailsAtOnce) {
    RedisAddress nowhere;
    nowhere.unixPath = "/nonexistent/socket";
    const KeyWalk walk{{guarded(nowhere)}};
    expectEnd(walk, State::failed);
    EXPECT_EQ(walk.progress().failure->code(), ErrorCode::unreachable);
}

TEST(InspectWalk, readsIdleTimesOnDemand) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 100);
    WalkOptions options = fast();
    options.readsIdle = true;
    const KeyWalk walk{{guarded(server.address())}, options};
    expectEnd(walk, State::done);
    for (const auto& [name, facts] : keysIn(walk.view())) {
        EXPECT_LT(facts.idle, 60u) << name;
    }
}

TEST(InspectWalk, withoutARightItWorksAndSaysWhichRuleIsMissing) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 5000);
    server.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "-@all", "+scan", "+ping",
                    "+pexpiretime", "+pttl"});
    RedisAddress poor = server.address();
    poor.user = "poor";
    poor.password = "pw";
    const KeyWalk walk{{guarded(poor)}, fast()};
    expectEnd(walk, State::done);
    EXPECT_EQ(walk.view().size(), 5000u);
    const auto rules = walk.progress().missingRules;
    for (const char* rule : {"+info", "+dbsize", "+memory|usage", "+type"}) {
        EXPECT_EQ(std::count(rules.begin(), rules.end(), rule), 1) << rule;
    }
    const KeyFacts facts = walk.view().facts(0);
    EXPECT_EQ(facts.bytes, kSizeUnknown);
    EXPECT_EQ(facts.type, "");
    EXPECT_NE(facts.expiry, kExpiryUnknown);
}

TEST(RedisClusterInspect, allPrimariesAreWalkedSideBySide) {
    CACHESCOPE_NEEDS_REDIS();
    auto& cluster = cachescope::test::RedisCluster::shared();
    const auto client =
        RedisClient::create(RedisTarget::parse(cluster.url()).value(), {.timeout = kLong});
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 3000; ++i) {
        commands.push_back({"SET", "walked:" + std::to_string(i), "v"});
    }
    ASSERT_TRUE(client->callAll(commands).ok());
    InspectedServers servers{RedisTarget::parse(cluster.url()).value()};
    std::vector<GuardedServer> targets;
    const auto primaries = servers.find(in(kLong));
    ASSERT_TRUE(primaries.ok()) << primaries.error().toLogLine();
    for (const RedisAddress& address : *primaries) {
        targets.push_back(guarded(address));
    }
    const KeyWalk walk{targets, fast()};
    expectEnd(walk, State::done);
    std::set<std::string> found;
    std::map<std::uint16_t, int> byServer;
    for (const auto& [name, facts] : keysIn(walk.view())) {
        if (name.starts_with("walked:")) {
            found.insert(name);
            ++byServer[facts.server];
        }
    }
    EXPECT_EQ(found.size(), 3000u);
    ASSERT_EQ(byServer.size(), 3u);
    const auto parts = walk.progressByServer();
    std::uint64_t sum = 0;
    for (const auto& part : parts) {
        EXPECT_GT(part.keys, 700u);
        sum += part.keys;
    }
    EXPECT_EQ(walk.progress().keys, sum);
    const auto sample = takeSample(targets, {}, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    EXPECT_EQ(sample->figures.sampled, sum);
}

TEST(InspectPace, pagesShrinkUntilTheServerIsHeldUpNoLongerThanAllowed) {
    WalkPace pace{WalkPace::Mode::gentle};
    pace.pinged(100us);
    for (int i = 0; i < 100; ++i) {
        // A slow server: 20 µs a key.
        pace.paged(100us + static_cast<int>(pace.count()) * 20us);
    }
    EXPECT_LE(static_cast<int>(pace.count()) * 20us, WalkPace::kStall * 5 / 4);
    EXPECT_GE(pace.rest(), static_cast<int>(pace.count()) * 20us);
    WalkPace quick{WalkPace::Mode::gentle};
    quick.pinged(100us);
    for (int i = 0; i < 100; ++i) {
        quick.paged(100us + static_cast<int>(quick.count()) * 1us);
    }
    EXPECT_EQ(quick.count(), WalkPace::kGentlePage);
}

TEST(InspectPace, restsGrowWhileTheServerIsSlowerForAll) {
    WalkPace pace{WalkPace::Mode::gentle};
    const auto run = [&](Duration ping) {
        for (int i = 0; i < 40; ++i) {
            pace.pinged(ping);
            pace.paged(ping + 200us);
        }
        return pace.rest();
    };
    const Duration quiet = run(100us);
    EXPECT_FALSE(pace.backsOff());
    const Duration busy = run(2ms);
    EXPECT_TRUE(pace.backsOff());
    EXPECT_GT(busy, quiet * 8);
    run(100us);
    EXPECT_FALSE(pace.backsOff()) << "and shrink again";
}

TEST(InspectPace, fastDoesNotRest) {
    WalkPace pace{WalkPace::Mode::fast};
    pace.paged(50ms);
    EXPECT_EQ(pace.rest(), Duration::zero());
    EXPECT_EQ(pace.count(), WalkPace::kFastPage);
    EXPECT_FALSE(pace.wantsPing());
}

}  // namespace
}  // namespace cachescope::inspect
