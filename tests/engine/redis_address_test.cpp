// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_address.h"

#include <gtest/gtest.h>

namespace cachescope {
namespace {

ErrorCode failureOf(std::string_view url) {
    const auto parsed = RedisAddress::parse(url);
    EXPECT_FALSE(parsed.ok()) << url;
    return parsed ? ErrorCode::closed : parsed.error().code();
}

TEST(RedisAddress, everythingHasADefault) {
    const auto address = RedisAddress::parse("redis:").value();
    EXPECT_FALSE(address.isUnix());
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_EQ(address.port, 6379);
    EXPECT_EQ(address.database, 0);
    EXPECT_TRUE(address.user.empty());
    EXPECT_TRUE(address.password.empty());
}

TEST(RedisAddress, readsEveryPartOfATcpUrl) {
    const auto address = RedisAddress::parse("redis://al%40ice:p%2Fw@[::1]:6400/7").value();
    EXPECT_EQ(address.user, "al@ice");
    EXPECT_EQ(address.password, "p/w");
    EXPECT_EQ(address.host, "::1");
    EXPECT_EQ(address.port, 6400);
    EXPECT_EQ(address.database, 7);
    EXPECT_EQ(address.toText(), "redis://[::1]:6400/7");
}

TEST(RedisAddress, aPasswordNeedsNoUserButAUserNeedsAPassword) {
    const auto address = RedisAddress::parse("redis://:secret@host").value();
    EXPECT_TRUE(address.user.empty());
    EXPECT_EQ(address.password, "secret");
    EXPECT_EQ(failureOf("redis://alice@host"), ErrorCode::missing);
}

TEST(RedisAddress, aSocketsDatabaseIsAParameter) {
    const auto address = RedisAddress::parse("redis+unix://u:p@/run/redis.sock?db=2").value();
    EXPECT_TRUE(address.isUnix());
    EXPECT_EQ(address.unixPath, "/run/redis.sock");
    EXPECT_EQ(address.user, "u");
    EXPECT_EQ(address.password, "p");
    EXPECT_EQ(address.database, 2);
    EXPECT_EQ(RedisAddress::parse("redis://host?db=3").value().database, 3);
    EXPECT_EQ(RedisAddress::parse("redis+unix:/run/redis.sock").value().unixPath,
              "/run/redis.sock");
}

TEST(RedisAddress, itsTextReadsBackAndHidesTheLogin) {
    for (const char* url : {"redis://u:secret@host:1234/5", "redis+unix://u:secret@/a b/s?db=4"}) {
        const auto address = RedisAddress::parse(url).value();
        const std::string text = address.toText();
        EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        const auto again = RedisAddress::parse(text).value();
        EXPECT_EQ(again.host, address.host);
        EXPECT_EQ(again.port, address.port);
        EXPECT_EQ(again.unixPath, address.unixPath);
        EXPECT_EQ(again.database, address.database);
    }
}

TEST(RedisAddress, saysWhatIsWrong) {
    EXPECT_EQ(failureOf("rediss://host"), ErrorCode::unsupported);
    EXPECT_EQ(failureOf("redis+cluster://host"), ErrorCode::unsupported);
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
