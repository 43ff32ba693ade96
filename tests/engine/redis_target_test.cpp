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

TEST(RedisTarget, everySchemeIsAKindOfTarget) {
    using Kind = RedisTarget::Kind;
    struct Case {
        const char* url;
        Kind kind;
        bool tls;
    };
    for (const Case& scheme :
         {Case{"redis://h", Kind::server, false}, Case{"rediss://h", Kind::server, true},
          Case{"redis+unix:///s", Kind::server, false},
          Case{"redis+cluster://h", Kind::cluster, false},
          Case{"rediss+cluster://h", Kind::cluster, true},
          Case{"redis+sentinel://h", Kind::sentinel, false},
          Case{"rediss+sentinel://h", Kind::sentinel, true},
          Case{"tiered:rediss://h", Kind::server, true}}) {
        const auto target = RedisTarget::parse(scheme.url);
        ASSERT_TRUE(target.ok()) << scheme.url;
        EXPECT_EQ(target->kind, scheme.kind) << scheme.url;
        EXPECT_EQ(target->usesTls(), scheme.tls) << scheme.url;
    }
}

TEST(RedisTarget, readsHowToEncrypt) {
    const auto checked = RedisTarget::parse("rediss://h").value().seeds.front().tls.value();
    EXPECT_EQ(checked, TlsOptions{});
    EXPECT_TRUE(checked.verify);

    const auto target = RedisTarget::parse(
        "rediss+cluster://a,b?verify=off&ca=/c%20a&cert=/c&key=/k&servername=db.example");
    ASSERT_TRUE(target.ok()) << target.error().toLogLine();
    const TlsOptions expected{false, "/c a", "/c", "/k", "db.example"};
    for (const RedisAddress& seed : target->seeds) {
        EXPECT_EQ(seed.tls, expected);
    }
    EXPECT_EQ(failureOf("rediss://h?verify=no"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("rediss://h?key=/k"), ErrorCode::missing);
}

TEST(RedisTarget, readsThePartsOfSentinels) {
    const auto target = RedisTarget::parse(
        "rediss+sentinel://u:p@a:1,[fe80::1]:2/ma%20in/4?sentinel-user=su&sentinel-password=sp");
    ASSERT_TRUE(target.ok()) << target.error().toLogLine();
    EXPECT_EQ(target->primaryName, "ma in");
    EXPECT_EQ(target->sentinelUser, "su");
    EXPECT_EQ(target->sentinelPassword, "sp");
    ASSERT_EQ(target->seeds.size(), 2u);
    EXPECT_EQ(target->seeds[1].host, "fe80::1");
    EXPECT_EQ(target->seeds[1].port, 2);
    EXPECT_EQ(target->seeds[1].database, 4);
    EXPECT_EQ(target->seeds[1].user, "u");
    EXPECT_EQ(target->toText(), "rediss+sentinel://a:1,[fe80::1]:2/ma%20in/4");

    const auto plain = RedisTarget::parse("redis+sentinel:").value();
    EXPECT_EQ(plain.primaryName, "mymaster");
    EXPECT_EQ(plain.seeds.front().port, 26379);
    EXPECT_EQ(RedisTarget::parse("redis+sentinel://h/m?db=2").value().seeds[0].database, 2);
    EXPECT_EQ(failureOf("redis+sentinel://h?sentinel-user=su"), ErrorCode::missing);
    EXPECT_EQ(failureOf("redis+sentinel://h/m/x"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis+sentinel://h/m/1?db=2"), ErrorCode::syntax);
}

TEST(RedisTarget, noTextShowsALogin) {
    for (const char* url :
         {"redis+cluster://u:secret@a:1,b", "rediss+sentinel://u:secret@a?sentinel-password=secret",
          "redis+sentinel://a?sentinel-user=su&sentinel-password=secret&db=x",
          "redis+sentinel://a?sentinel%2Dpassword=secret&db=x",
          "redis+sentinel://a:0?sentinel%2dpassword=secret", "redis+cluster://u:secret@a/7"}) {
        const auto target = RedisTarget::parse(url);
        const std::string text = target ? target->toText() : target.error().toLogLine();
        EXPECT_EQ(text.find("secret"), std::string::npos) << text;
        EXPECT_EQ(hidePassword(url).find("secret"), std::string::npos) << hidePassword(url);
        EXPECT_EQ(removePassword(url).find("secret"), std::string::npos) << removePassword(url);
    }
    EXPECT_EQ(hidePassword("redis+sentinel://a?sentinel-user=su&sentinel-password=x&db=1"),
              "redis+sentinel://a?sentinel-user=su&sentinel-password=***&db=1");
    EXPECT_EQ(removePassword("redis+sentinel://a?sentinel-password=x&db=1"),
              "redis+sentinel://a?db=1");
    EXPECT_EQ(removePassword("redis+sentinel://a?sentinel-password=x"), "redis+sentinel://a");
}

TEST(RedisTarget, refusesTheParametersOfOtherSchemesAndLeavesForeignOnesAlone) {
    for (const char* url :
         {"redis://h?ca=/c", "redis://h?verify=off", "redis+unix:///s?servername=x",
          "redis://h?replicas=on", "redis+sentinel://h?replicas=on", "redis+cluster://h?db=1",
          "redis+cluster://h?sentinel-user=x", "rediss://h?sentinel-password=x"}) {
        EXPECT_EQ(failureOf(url), ErrorCode::unknownName) << url;
    }
    EXPECT_TRUE(RedisTarget::parse("redis://h?prefix=x&timeout=1s").ok());
}

TEST(RedisTarget, namesTheParametersOfAScheme) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(RedisTarget::parametersOf("redis"), Names{"db"});
    EXPECT_EQ(RedisTarget::parametersOf("rediss+cluster"),
              (Names{"verify", "ca", "cert", "key", "servername", "replicas"}));
    EXPECT_EQ(RedisTarget::parametersOf("redis+sentinel"),
              (Names{"db", "sentinel-user", "sentinel-password"}));
    EXPECT_TRUE(RedisTarget::parametersOf("memory").empty());
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
    EXPECT_EQ(failureOf("redis+tls://host"), ErrorCode::unknownName);
    EXPECT_EQ(failureOf("redis+cluster://a,b/2"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis+cluster://a?replicas=yes"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis+cluster://a:0,b"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis+cluster://a,b:x"), ErrorCode::outOfRange);
    EXPECT_EQ(failureOf("redis+cluster://a,::1"), ErrorCode::syntax);
    EXPECT_EQ(failureOf("redis+cluster://a,[::1"), ErrorCode::syntax);
}

}  // namespace
}  // namespace cachescope
