// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/tune/ttl_export.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

TtlAdvice adviceFor(const std::string& name, Duration ttl = 300s) {
    TtlAdvice advice;
    advice.groups = {{name, {ttl, 40, 2.5}, {}}};
    return advice;
}

TtlAdvice twoGroups() {
    TtlAdvice advice;
    advice.groups = {{"prices", {2s, 1'000, 20.25}, TtlChoice{12s, 300, 40}},
                     {"static", {591s, 50, 0}, TtlChoice{12s, 1'200, 0}}};
    advice.originCalls = 1'050;
    advice.staleHits = 20.25;
    advice.single = TtlChoice{12s, 1'500, 40};
    return advice;
}

TEST(TtlExportTest, theTableIsReadByColumns) {
    EXPECT_EQ(adviceAsText(twoGroups()),
              "group              TTL  origin calls  stale hits\n"
              "prices              2s          1000          20\n"
              "static           9m51s            50           0\n"
              "all                             1050          20\n"
              "one TTL for all    12s          1500          40\n");
}

TEST(TtlExportTest, csvHasALineAGroup) {
    EXPECT_EQ(adviceAsCsv(twoGroups()),
              "group,ttl_s,origin_calls,stale_hits,single_ttl_s,single_origin_calls,"
              "single_stale_hits\r\n"
              "prices,2,1000,20.25,12,300,40\r\n"
              "static,591,50,0,12,1200,0\r\n");
}

TEST(TtlExportTest, csvQuotesWhatWouldSplitAField) {
    const auto lineOf = [](const std::string& name) {
        const std::string csv = adviceAsCsv(adviceFor(name));
        return csv.substr(csv.find("\r\n") + 2);
    };
    EXPECT_EQ(lineOf("a,b"), "\"a,b\",300,40,2.5,,,\r\n");
    EXPECT_EQ(lineOf("say \"a\""), "\"say \"\"a\"\"\",300,40,2.5,,,\r\n");
    EXPECT_EQ(lineOf("two\nlines"), "\"two\nlines\",300,40,2.5,,,\r\n");
    EXPECT_EQ(lineOf(" edge"), "\" edge\",300,40,2.5,,,\r\n");
    EXPECT_EQ(lineOf(""), ",300,40,2.5,,,\r\n");
}

TEST(TtlExportTest, decoratorsHaveTheirTtlInSeconds) {
    EXPECT_EQ(adviceAsDecorators(twoGroups()),
              "@cache(ttl=2)  # \"prices\"\n@cache(ttl=591)  # \"static\"\n");
    EXPECT_EQ(adviceAsDecorators(adviceFor("a", 250ms)), "@cache(ttl=0.25)  # \"a\"\n");
    EXPECT_EQ(adviceAsDecorators(adviceFor("a", 10s + 1ns)), "@cache(ttl=10.000000001)  # \"a\"\n");
}

TEST(TtlExportTest, noNameLeavesItsComment) {
    const auto commentOf = [](const std::string& name) {
        const std::string line = adviceAsDecorators(adviceFor(name));
        EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
        return line.substr(19, line.size() - 20);
    };
    EXPECT_EQ(commentOf("a\nimport os"), R"("a\x0aimport os")");
    EXPECT_EQ(commentOf("a\r\x1b[2J\x7f"), R"("a\x0d\x1b[2J\x7f")");
    EXPECT_EQ(commentOf(R"(a"b\c)"), R"("a\"b\\c")");
    EXPECT_EQ(commentOf("größe 価格"), "\"größe 価格\"");
    EXPECT_EQ(commentOf("a\u2028b"), R"("a\xe2\x80\xa8b")") << "a line separator";
    EXPECT_EQ(commentOf("a\u202eb"), R"("a\xe2\x80\xaeb")") << "text from right to left";
    EXPECT_EQ(commentOf("a\u0085b"), R"("a\xc2\x85b")") << "another new line";
    EXPECT_EQ(commentOf("\xff\xc3"), R"("\xff\xc3")") << "not UTF-8";
    EXPECT_EQ(commentOf("\xc0\x80\xed\xa0\x80"), R"("\xc0\x80\xed\xa0\x80")")
        << "what UTF-8 forbids";
}

TEST(TtlExportTest, redisGetsACommandToStoreAndOneToExpire) {
    EXPECT_EQ(adviceAsRedisCommands(twoGroups()),
              "SET prices:<key> <value> EX 2\nEXPIRE prices:<key> 2\n"
              "SET static:<key> <value> EX 591\nEXPIRE static:<key> 591\n");
    EXPECT_EQ(adviceAsRedisCommands(adviceFor("", 250ms)),
              "SET <key> <value> PX 250\nPEXPIRE <key> 250\n");
    EXPECT_EQ(adviceAsRedisCommands(adviceFor("a", 1us), "/"),
              "SET a/<key> <value> PX 1\nPEXPIRE a/<key> 1\n");
}

TEST(TtlExportTest, noNameIsMoreThanOneWordToRedis) {
    EXPECT_EQ(adviceAsRedisCommands(adviceFor("a 1 EX 5\nFLUSHALL\n")),
              "SET \"a 1 EX 5\\x0aFLUSHALL\\x0a:<key>\" <value> EX 300\n"
              "EXPIRE \"a 1 EX 5\\x0aFLUSHALL\\x0a:<key>\" 300\n");
    EXPECT_EQ(adviceAsRedisCommands(adviceFor("x\"; y")).substr(0, 20), "SET \"x\\\"; y:<key>\" <");
}

TEST(TtlExportTest, memoryLinesNameTheNearestPolicy) {
    EXPECT_EQ(redisMemoryLines(1'000'000, "lru"),
              "maxmemory 1000000\nmaxmemory-policy allkeys-lru\n");
    EXPECT_EQ(redisMemoryLines(5, "lfu"), "maxmemory 5\nmaxmemory-policy allkeys-lfu\n");
    EXPECT_EQ(redisMemoryLines(5, "random"), "maxmemory 5\nmaxmemory-policy allkeys-random\n");
    EXPECT_EQ(redisMemoryLines(5, "s3fifo"),
              "maxmemory 5\n# Redis has no s3fifo; this is its nearest.\n"
              "maxmemory-policy allkeys-lru\n");
    EXPECT_EQ(redisMemoryLines(5, "wtinylfu").substr(12),
              "# Redis has no wtinylfu; this is its nearest.\nmaxmemory-policy allkeys-lfu\n");
}

}  // namespace
}  // namespace cachescope::tune
