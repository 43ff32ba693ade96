// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/inspect_fixture.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::RedisServer;
using test::fillShop;
using test::guarded;
using test::in;
using test::infoOf;
using test::kLong;

const KeyGroup* groupOf(const std::vector<KeyGroup>& groups, const std::string& name) {
    const auto found = std::find_if(groups.begin(), groups.end(),
                                    [&](const KeyGroup& each) { return each.name == name; });
    return found == groups.end() ? nullptr : &*found;
}

TEST(InspectSample, aLargeDatabaseIsEstimatedWithinItsIntervals) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 60'000);
    const GuardedServer target = guarded(server.address());
    SampleOptions options;
    options.keys = 4000;
    const auto sample = takeSample({target}, options, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    const KeyFigures& figures = sample->figures;
    EXPECT_FALSE(figures.exact);
    EXPECT_EQ(figures.databaseKeys, 60'000u);
    EXPECT_EQ(sample->drawn, 4000u);
    EXPECT_EQ(figures.sampled, sample->keys.size());
    EXPECT_LT(figures.sampled, 4000u) << "some are drawn twice, and count once";
    EXPECT_GT(figures.sampled, 3600u);
    // Five times the half of an interval: a failure of the method, not of luck.
    EXPECT_NEAR(figures.noTtl.value, 0.1, 2.5 * (figures.noTtl.high - figures.noTtl.low));
    EXPECT_LT(figures.noTtl.high - figures.noTtl.low, 0.025);
    const KeyGroup* const sessions = groupOf(figures.namespaces, "session");
    ASSERT_NE(sessions, nullptr);
    EXPECT_NEAR(sessions->allKeys, 42'000, 2500);
    const KeyGroup* const hashes = groupOf(figures.types, "hash");
    ASSERT_NE(hashes, nullptr);
    EXPECT_NEAR(hashes->share.value, 0.2, 0.04);
    EXPECT_TRUE(sample->missingRules.empty());
    EXPECT_EQ(sample->facts.front().version, infoOf(server, "server").value("redis_version"));
}

TEST(InspectSample, aSmallDatabaseIsReadAsAWhole) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 3000);
    const auto sample = takeSample({guarded(server.address())}, {}, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    EXPECT_TRUE(sample->figures.exact);
    EXPECT_EQ(sample->figures.sampled, 3000u);
    EXPECT_EQ(sample->figures.noTtlKeys, 300u);
    EXPECT_DOUBLE_EQ(sample->figures.noTtl.low, sample->figures.noTtl.high);
    const KeyGroup* const carts = groupOf(sample->figures.namespaces, "cart");
    ASSERT_NE(carts, nullptr);
    EXPECT_EQ(carts->keys, 600u);
}

TEST(InspectSample, anEmptyDatabaseHasNoKeys) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const auto sample = takeSample({guarded(server.address())}, {}, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    EXPECT_TRUE(sample->figures.exact);
    EXPECT_EQ(sample->figures.sampled, 0u);
}

TEST(InspectSample, addsNoHitThatItDoesNotKnowOf) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 20'000);
    const GuardedServer target = guarded(server.address());
    const RedisInfo before = infoOf(server);
    SampleOptions options;
    options.keys = 2000;
    ASSERT_TRUE(takeSample({target}, options, in(kLong)).ok());
    const RedisInfo after = infoOf(server);
    const LookUps own = target.guard->meter().figures().lookUps;
    EXPECT_EQ(after.number("keyspace_hits") - before.number("keyspace_hits"), own.hits);
    EXPECT_EQ(after.number("keyspace_misses") - before.number("keyspace_misses"), own.misses);
    EXPECT_EQ(own.unsure, 0u);
    EXPECT_GT(own.hits, 3000u);
}

TEST(InspectSample, readsTheDatabaseOfItsAddress) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 50);
    RedisAddress third = server.address();
    third.database = 3;
    test::Loader{third}.put({"SET", "only", "one", "PX", "90000"});
    const auto sample = takeSample({guarded(third)}, {}, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    ASSERT_EQ(sample->keys.size(), 1u);
    EXPECT_EQ(sample->keys.name(0), "only");
    const std::int64_t remaining = sample->keys.facts(0).expiry - sample->taken;
    EXPECT_GT(remaining, 60'000);
    EXPECT_LE(remaining, 90'000);
    EXPECT_EQ(sample->facts.front().database(0)->keys, 50u);
    EXPECT_EQ(sample->facts.front().database(3)->expires, 1u);
}

TEST(InspectSample, aUserWhoMayDoLittleGetsWhatHeMaySee) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 500);
    server.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "-@all", "+scan", "+pttl",
                    "+pexpiretime", "+dbsize", "+type"});
    RedisAddress poor = server.address();
    poor.user = "poor";
    poor.password = "pw";
    const auto sample = takeSample({guarded(poor)}, {}, in(kLong));
    ASSERT_TRUE(sample.ok()) << sample.error().toLogLine();
    EXPECT_EQ(sample->figures.sampled, 500u);
    EXPECT_EQ(sample->figures.noTtlKeys, 50u);
    EXPECT_FALSE(sample->figures.knowsSize);
    EXPECT_TRUE(sample->figures.knowsTtl);
    for (const char* rule : {"+info", "+memory|usage"}) {
        EXPECT_EQ(std::count(sample->missingRules.begin(), sample->missingRules.end(), rule), 1)
            << rule;
    }
    SampleOptions few;
    few.keys = 100;
    const auto first = takeSample({guarded(poor)}, few, in(kLong));
    ASSERT_TRUE(first.ok()) << first.error().toLogLine();
    EXPECT_GE(first->figures.sampled, 100u) << "the first of SCAN, without RANDOMKEY";
    EXPECT_FALSE(first->figures.exact);
    EXPECT_EQ(std::count(first->missingRules.begin(), first->missingRules.end(), "+randomkey"), 1);
    server.command({"ACL", "SETUSER", "poor", "-scan", "+randomkey"});
    const auto drawn = takeSample({guarded(poor)}, {}, in(kLong));
    ASSERT_TRUE(drawn.ok()) << drawn.error().toLogLine();
    EXPECT_GT(drawn->figures.sampled, 450u);
    EXPECT_EQ(std::count(drawn->missingRules.begin(), drawn->missingRules.end(), "+scan"), 1);
    server.command({"ACL", "SETUSER", "poor", "-randomkey"});
    EXPECT_EQ(takeSample({guarded(poor)}, {}, in(kLong)).error().code(), ErrorCode::noPermission);
}

TEST(InspectSample, aServerThatDoesNotAnswerIsGivenUpAtTheDeadline) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    server.suspend();
    EXPECT_EQ(takeSample({guarded(server.address())}, {}, in(200ms)).error().code(),
              ErrorCode::timedOut);
    server.resume();
}

}  // namespace
}  // namespace cachescope::inspect
