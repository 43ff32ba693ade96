// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_target.h"

#include <gtest/gtest.h>

namespace cachescope {
namespace {

ErrorCode failureOf(std::string_view url) {
    const auto parsed = RedisTarget::parse(url);
    EXPECT_FALSE(parsed.ok()) << url;
    return parsed ? ErrorCode::closed : parsed.error().code();
}

TEST(RedisTarget, everythingHasADefault) {
    const auto address = RedisTarget::parse("redis:").value().seeds.front();
    EXPECT_FALSE(address.isUnix());
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_EQ(address.port, 6379);
    EXPECT_EQ(address.database, 0);
    EXPECT_TRUE(address.user.empty());
    EXPECT_TRUE(address.password.empty());
}

TEST(RedisTarget, readsEveryPartOfATcpUrl) {
    const auto address =
        RedisTarget::parse("redis://al%40ice:p%2Fw@[::1]:6400/7").value().seeds.front();
    EXPECT_EQ(address.user, "al@ice");
    EXPECT_EQ(address.password, "p/w");
    EXPECT_EQ(address.host, "::1");
    EXPECT_EQ(address.port, 6400);
    EXPECT_EQ(address.database, 7);
    EXPECT_EQ(address.toText(), "redis://[::1]:6400/7");
}

TEST(RedisTarget, aPasswordNeedsNoUserButAUserNeedsAPassword) {
    const auto address = RedisTarget::parse("redis://:secret@host").value().seeds.front();
    EXPECT_TRUE(address.user.empty());
    EXPECT_EQ(address.password, "secret");
    EXPECT_EQ(failureOf("redis://alice@host"), ErrorCode::missing);
}

TEST(RedisTarget, aSocketsDatabaseIsAParameter) {
    const auto address =
        RedisTarget::parse("redis+unix://u:p@/run/redis.sock?db=2").value().seeds.front();
    EXPECT_TRUE(address.isUnix());
    EXPECT_EQ(address.unixPath, "/run/redis.sock");
    EXPECT_EQ(address.user, "u");
    EXPECT_EQ(address.password, "p");
    EXPECT_EQ(address.database, 2);
    EXPECT_EQ(RedisTarget::parse("redis://host?db=3").value().seeds.front().database, 3);
    EXPECT_EQ(RedisTarget::parse("redis+unix:/run/redis.sock").value().seeds.front().unixPath,
              "/run/redis.sock");
}

TEST(RedisTarget, itsTextReadsBackAndHidesTheLogin) {
    for (const char* url : {"redis://u:secret@host:1234/5", "redis+unix://u:secret@/a b/s?db=4"}) {
        const auto address = RedisTarget::parse(url).value().seeds.front();
        const std::string text = address.toText();
        EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        const auto again = RedisTarget::parse(text).value().seeds.front();
        EXPECT_EQ(again.host, address.host);
        EXPECT_EQ(again.port, address.port);
        EXPECT_EQ(again.unixPath, address.unixPath);
        EXPECT_EQ(again.database, address.database);
    }
}

TEST(RedisTarget, readsListsOfHosts) {
    const auto target =
        RedisTarget::parse("rediss+cluster://u:p@a,[::1]:7001,c:7002?replicas=on").value();
    EXPECT_EQ(target.kind, RedisTarget::Kind::cluster);
    ASSERT_EQ(target.seeds.size(), 3u);
    EXPECT_EQ(target.seeds[0].port, 6379);
    EXPECT_EQ(target.seeds[1].host, "::1");
    EXPECT_EQ(target.seeds[1].port, 7001);
    EXPECT_EQ(target.seeds[2].password, "p");
    EXPECT_TRUE(target.usesTls());
    EXPECT_TRUE(target.readsReplicas);
    EXPECT_EQ(target.toText(), "rediss+cluster://a:6379,[::1]:7001,c:7002");

    const auto sentinels = RedisTarget::parse("redis+sentinel://a,b:5/main/3").value();
    EXPECT_EQ(sentinels.primaryName, "main");
    EXPECT_EQ(sentinels.seeds[0].port, 26379);
    EXPECT_EQ(sentinels.seeds[1].database, 3);
    EXPECT_EQ(failureOf("redis://a,b"), ErrorCode::syntax);
}

TEST(RedisTarget, saysWhatIsWrong) {
    EXPECT_EQ(failureOf("memcached://host"), ErrorCode::unknownName);
    EXPECT_EQ(failureOf("redis+unix://"), ErrorCode::missing);
    EXPECT_EQ(failureOf("redis+unix://host/path"), ErrorCode::syntax);
    EXPECT_EQ(failureOf("redis://host/x"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis://host/-1"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis://host/99999999999999999999"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis://host/1?db=2"), ErrorCode::syntax);
    EXPECT_EQ(failureOf("redis://host?db="), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("not a url"), ErrorCode::syntax);
}

}  // namespace
}  // namespace cachescope
