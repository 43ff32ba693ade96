// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/reply_reader.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cachescope {
namespace {

using namespace std::string_literals;

// All replies in `bytes`, fed in pieces of `step` bytes.
Result<std::vector<RedisReply>> readAll(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    std::vector<RedisReply> replies;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        if (auto fed = reader.feed(bytes.substr(0, step)); !fed) {
            return fed.error();
        }
        for (;;) {
            auto reply = reader.next();
            if (!reply) {
                return reply.error();
            }
            if (!*reply) {
                break;
            }
            replies.push_back(std::move(**reply));
        }
    }
    EXPECT_FALSE(reader.isMidReply());
    return replies;
}

TEST(ReplyReader, readsTheSameHoweverTheBytesAreCut) {
    const std::string bytes =
        "+OK\r\n-ERR no\r\n:-7\r\n$-1\r\n$3\r\na\r\n\r\n*2\r\n*1\r\n:1\r\n$0\r\n\r\n*0\r\n*-1\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        const auto replies = readAll(bytes, step);
        ASSERT_TRUE(replies.ok()) << step << ' ' << replies.error().toLogLine();
        ASSERT_EQ(replies->size(), 8u) << step;
        EXPECT_EQ((*replies)[0].text, "OK");
        EXPECT_TRUE((*replies)[1].isError());
        EXPECT_EQ((*replies)[2].integer, -7);
        EXPECT_TRUE((*replies)[3].isNil());
        EXPECT_EQ((*replies)[4].text, "a\r\n");
        EXPECT_EQ((*replies)[5].elements.at(0).elements.at(0).integer, 1);
        EXPECT_TRUE((*replies)[6].isArray());
        EXPECT_TRUE((*replies)[7].isNil());
    }
}

TEST(ReplyReader, countsTheBytesOfTheRepliesThatItGave) {
    ReplyReader reader;
    ASSERT_TRUE(reader.feed("+OK\r\n$5\r\nhello\r\n:1").ok());
    ASSERT_TRUE(reader.next().value().has_value());
    EXPECT_EQ(reader.bytesTaken(), 5u);
    EXPECT_TRUE(reader.isMidReply());
    EXPECT_EQ(reader.next().value()->text, "hello");
    EXPECT_EQ(reader.bytesTaken(), 16u);
    EXPECT_FALSE(reader.next().value().has_value());
    EXPECT_TRUE(reader.isMidReply());
    ASSERT_TRUE(reader.feed("2\r\n").ok());
    EXPECT_EQ(reader.next().value()->integer, 12);
    EXPECT_EQ(reader.bytesTaken(), 21u);
    EXPECT_FALSE(reader.isMidReply());
}

TEST(ReplyReader, countsOnAcrossManyReplies) {
    ReplyReader reader;
    const std::string reply = "$700\r\n" + std::string(700, 'x') + "\r\n";
    for (std::uint64_t i = 1; i <= 500; ++i) {
        ASSERT_TRUE(reader.feed(reply).ok());
        ASSERT_TRUE(reader.next().value().has_value());
        ASSERT_EQ(reader.bytesTaken(), i * reply.size());
    }
}

TEST(ReplyReader, whatIsNoReplyIsQuotedAndStaysAFailure) {
    ReplyReader reader;
    ASSERT_TRUE(reader.feed("HTTP/1.1 400 Bad Request\r\n").ok());
    const auto reply = reader.next();
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code(), ErrorCode::notThisProtocol);
    EXPECT_EQ(reply.error().detail(), "HTTP/1.1 400 Bad Request");
    EXPECT_EQ(reader.feed("+OK\r\n").error().code(), ErrorCode::notThisProtocol);
    EXPECT_EQ(reader.next().error().code(), ErrorCode::notThisProtocol);
}

TEST(ReplyReader, aReplyThatOnlyResp3HasIsAnotherProtocol) {
    for (const char* said : {"_\r\n", "#t\r\n", ",1.5\r\n", "%1\r\n+a\r\n+b\r\n", "*1\r\n_\r\n"}) {
        const auto replies = readAll(said, 64);
        ASSERT_FALSE(replies.ok()) << said;
        EXPECT_EQ(replies.error().code(), ErrorCode::notThisProtocol) << said;
    }
}

TEST(ReplyReader, aNilOfATypeThatOnlyResp3HasIsAnotherProtocol) {
    for (const char* said : {"%-1\r\n", "~-1\r\n", ">-1\r\n", "=-1\r\n"}) {
        const auto replies = readAll(said, 64);
        ASSERT_FALSE(replies.ok()) << said;
        EXPECT_EQ(replies.error().code(), ErrorCode::notThisProtocol) << said;
    }
}

TEST(ReplyReader, eightLevelsLieInEachOtherAndNoMore) {
    std::string deep;
    for (int level = 0; level < 8; ++level) {
        deep += "*1\r\n";
    }
    const auto read = readAll(deep + ":7\r\n", 5);
    ASSERT_TRUE(read.ok()) << read.error().toLogLine();
    const RedisReply* reply = &read->front();
    while (reply->isArray()) {
        reply = &reply->elements.at(0);
    }
    EXPECT_EQ(reply->integer, 7);
    EXPECT_FALSE(readAll(deep + "*1\r\n:7\r\n", 5).ok());
}

TEST(ReplyReader, longArraysInArraysComeOutWhole) {
    std::string bytes = "*500\r\n";
    for (int i = 0; i < 500; ++i) {
        bytes += "*300\r\n";
        for (int k = 0; k < 300; ++k) {
            bytes += ':' + std::to_string(i * 300 + k) + "\r\n";
        }
    }
    for (const std::size_t step : {std::size_t{7}, bytes.size()}) {
        const auto replies = readAll(bytes, step);
        ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
        ASSERT_EQ(replies->front().elements.size(), 500u);
        std::int64_t next = 0;
        for (const RedisReply& inner : replies->front().elements) {
            ASSERT_EQ(inner.elements.size(), 300u);
            for (const RedisReply& number : inner.elements) {
                ASSERT_EQ(number.integer, next++);
            }
        }
    }
}

TEST(ReplyReader, anAnnouncedLengthCostsNoMemoryBeforeItsElementsCome) {
    std::string bytes;
    for (int level = 0; level < 8; ++level) {
        bytes += "*1000000\r\n";
    }
    const auto peak = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    };
    const long before = peak();
    ReplyReader reader;
    ASSERT_TRUE(reader.feed(bytes).ok());
    ASSERT_TRUE(reader.next().ok());
    EXPECT_TRUE(reader.isMidReply());
    EXPECT_LT(peak() - before, 50'000) << "kilobytes";
}

TEST(ReplyReader, writesCommandsThatHoldAnyBytes) {
    std::string out = "before";
    ASSERT_TRUE(appendCommand({"SET", "\0\r\n"s, ""}, out).ok());
    EXPECT_EQ(out, "before*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n"s);
}

}  // namespace
}  // namespace cachescope
