// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/redis/expiry_ledger.h"
#include "engine/redis/redis_entry.h"
#include "engine/redis/redis_info.h"
#include "engine/redis/redis_reply.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

RedisReply errorReply(std::string text) {
    RedisReply reply;
    reply.type = RedisReply::Type::error;
    reply.text = std::move(text);
    return reply;
}

TEST(RedisReply, errorsAreClassifiedByTheirFirstWordAndKeepTheServersText) {
    const auto codeOf = [](const char* text) { return redisError(errorReply(text), "s").code(); };
    EXPECT_EQ(codeOf("WRONGPASS invalid username-password pair"), ErrorCode::authentication);
    EXPECT_EQ(codeOf("NOAUTH Authentication required."), ErrorCode::authentication);
    EXPECT_EQ(codeOf("NOPERM this user has no permissions"), ErrorCode::noPermission);
    EXPECT_EQ(codeOf("READONLY You can't write against a read only replica."), ErrorCode::readOnly);
    EXPECT_EQ(codeOf("MISCONF Redis is configured to save"), ErrorCode::readOnly);
    EXPECT_EQ(codeOf("OOM command not allowed"), ErrorCode::outOfMemory);
    for (const char* passing :
         {"MASTERDOWN Link with MASTER is down", "CLUSTERDOWN Hash slot not served",
          "TRYAGAIN Multiple keys request during rehashing of slot", "BUSY Redis is busy"}) {
        EXPECT_EQ(codeOf(passing), ErrorCode::loading) << passing;
    }
    EXPECT_EQ(codeOf("NOREPLICAS Not enough good replicas to write."), ErrorCode::readOnly);
    EXPECT_EQ(codeOf("BUSYKEY Target key name already exists."), ErrorCode::serverError);
    EXPECT_EQ(codeOf("LOADING Redis is loading"), ErrorCode::loading);
    EXPECT_EQ(codeOf("ERR OOM is not the first word"), ErrorCode::serverError);
    EXPECT_EQ(codeOf("OOMPH"), ErrorCode::serverError);
    EXPECT_EQ(codeOf(""), ErrorCode::serverError);
    EXPECT_EQ(redisError(errorReply("ERR no"), "s").detail(), "ERR no");
    EXPECT_TRUE(isWrongType(errorReply("WRONGTYPE Operation against a key")));
    EXPECT_FALSE(isWrongType(errorReply("ERR WRONGTYPE")));
}

TEST(RedisEntry, readsBackWhatItWrote) {
    Entry entry;
    entry.value = Bytes{std::string_view{"a\0b\xff", 4}};
    entry.created = TimePoint{-5ns};
    entry.expires = TimePoint{1'767'225'600s + 7ns};
    entry.version = 0xfedc'ba98'7654'3210;
    entry.loadCost = 123ms;
    const std::string stored = encodeRedisEntry(entry);
    EXPECT_EQ(stored.size(), kRedisEntryHeader + 4);
    const auto read = decodeRedisEntry(stored);
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->value == entry.value);
    EXPECT_EQ(read->created, entry.created);
    EXPECT_EQ(read->expires, entry.expires);
    EXPECT_EQ(read->version, entry.version);
    EXPECT_EQ(read->loadCost, entry.loadCost);
    const auto header = decodeRedisEntryHeader(stored);
    EXPECT_EQ(header->entry.version, entry.version);
    EXPECT_EQ(header->overhead, kRedisEntryHeader);
}

TEST(RedisEntry, notesStandBetweenTheHeaderAndTheValue) {
    Entry entry;
    entry.value = Bytes{"value"};
    entry.notes = SharedBytes{std::string_view{"n\0\xff", 3}};
    entry.expires = TimePoint{7ns};
    const std::string stored = encodeRedisEntry(entry);
    const std::string expected{
        "\xC5SC\x02"
        "\0\0\0\0\0\0\0\0"
        "\x07\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0\0"
        "\x03\0\0\0"
        "n\0\xff"
        "value",
        48};
    EXPECT_EQ(stored, expected);
    EXPECT_EQ(redisEntryOverhead(entry), 43u);
    const auto read = decodeRedisEntry(stored);
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->notes == entry.notes);
    EXPECT_EQ(read->value.toString(), "value");
    EXPECT_EQ(read->expires, TimePoint{7ns});
    const auto header = decodeRedisEntryHeader(stored.substr(0, kRedisEntryLongestHeader));
    ASSERT_TRUE(header.has_value()) << "the header alone tells";
    EXPECT_EQ(header->overhead, 43u);
    for (std::size_t length = 0; length < 43; ++length) {
        EXPECT_FALSE(decodeRedisEntry(stored.substr(0, length)).has_value()) << length;
    }
    std::string endless = stored;
    endless.replace(36, 4, "\xff\xff\xff\xff");
    EXPECT_FALSE(decodeRedisEntry(endless).has_value());
}

TEST(RedisEntry, theLayoutStaysAsOtherProcessesKnowIt) {
    Entry entry;
    entry.value = Bytes{"v"};
    entry.created = TimePoint{1ns};
    entry.expires = kNever;
    entry.version = 0x0102;
    entry.loadCost = 3ns;
    const std::string expected{
        "\xC5SC\x01"
        "\x01\0\0\0\0\0\0\0"
        "\xff\xff\xff\xff\xff\xff\xff\x7f"
        "\x02\x01\0\0\0\0\0\0"
        "\x03\0\0\0\0\0\0\0"
        "v",
        37};
    EXPECT_EQ(encodeRedisEntry(entry), expected);
}

TEST(RedisEntry, foreignAndCutOffValuesAreNoEntries) {
    const std::string stored = encodeRedisEntry(Entry{});
    for (std::size_t length = 0; length < stored.size(); ++length) {
        EXPECT_FALSE(decodeRedisEntry(std::string_view{stored}.substr(0, length)).has_value());
    }
    EXPECT_TRUE(decodeRedisEntry(stored).has_value());
    std::string newer = stored;
    newer[3] = 3;
    EXPECT_FALSE(decodeRedisEntry(newer).has_value()) << "a layout of the future";
    EXPECT_FALSE(decodeRedisEntry(std::string(100, 'x')).has_value());
}

TEST(RedisInfo, readsFieldsAndIgnoresTheRest) {
    const RedisInfo info{
        "# Server\r\nredis_version:7.0.15\r\n\r\nbroken\r\n:x\r\n"
        "maxmemory:1024\r\nexecutable:/a:b\nlast:1"};
    EXPECT_EQ(info.value("redis_version"), "7.0.15");
    EXPECT_EQ(info.value("executable"), "/a:b");
    EXPECT_EQ(info.number("maxmemory"), 1024u);
    EXPECT_EQ(info.number("last"), 1u);
    EXPECT_EQ(info.number("redis_version"), 0u);
    EXPECT_EQ(info.value("absent"), "");
}

TEST(ExpiryLedger, handsOutWhatIsDueOnceAndInOrder) {
    ExpiryLedger ledger;
    ledger.record("late", TimePoint{}, TimePoint{30s}, 1);
    ledger.record("early", TimePoint{}, TimePoint{10s}, 1);
    ledger.record("never", TimePoint{}, kNever, 1);
    EXPECT_FALSE(ledger.anyDue(TimePoint{10s})) << "the deadline itself is still alive";
    EXPECT_TRUE(ledger.anyDue(TimePoint{10s + 1ns}));
    const auto first = ledger.takeDue(TimePoint{1h}, 1);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].first, "early");
    const auto rest = ledger.takeDue(TimePoint::max() - 1ns, 10);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].first, "late");
    EXPECT_EQ(ledger.entries(), 1u);
}

TEST(ExpiryLedger, aRewritingMovesTheDeadlineAndTheStamp) {
    ExpiryLedger ledger;
    EXPECT_FALSE(ledger.record("key", TimePoint{1s}, TimePoint{10s}, 5).has_value());
    const auto before = ledger.find("key").value();
    const auto old = ledger.record("key", TimePoint{2s}, TimePoint{20s}, 7);
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(old->expires, TimePoint{10s});
    EXPECT_EQ(ledger.bytes(), 7u);
    EXPECT_FALSE(ledger.anyDue(TimePoint{15s}));
    EXPECT_FALSE(ledger.takeIf("key", before.stamp).has_value()) << "an older writing's stamp";
    EXPECT_FALSE(ledger.markReported("key", before.stamp));
    const std::uint64_t stamp = ledger.find("key")->stamp;
    EXPECT_TRUE(ledger.markReported("key", stamp));
    EXPECT_FALSE(ledger.markReported("key", stamp)) << "only once";
    ledger.adopt("key", stamp, TimePoint{3s}, TimePoint{5s});
    EXPECT_TRUE(ledger.anyDue(TimePoint{6s}));
    EXPECT_TRUE(ledger.takeIf("key", stamp).has_value());
    EXPECT_EQ(ledger.bytes(), 0u);
}

TEST(ExpiryLedger, aMovedDeadlineKeepsTheSizeUnderANewStamp) {
    ExpiryLedger ledger;
    ledger.move("unknown", TimePoint{}, TimePoint{1s});
    EXPECT_EQ(ledger.entries(), 0u);
    ledger.record("key", TimePoint{1s}, TimePoint{10s}, 5);
    const std::uint64_t stamp = ledger.find("key")->stamp;
    ledger.move("key", TimePoint{1s}, TimePoint{20s});
    EXPECT_FALSE(ledger.anyDue(TimePoint{15s}));
    EXPECT_TRUE(ledger.anyDue(TimePoint{21s}));
    EXPECT_FALSE(ledger.markReported("key", stamp)) << "who looked before the move knows nothing";
    EXPECT_EQ(ledger.bytes(), 5u);
}

TEST(ExpiryLedger, restoreNeverOverwritesANewerWriting) {
    ExpiryLedger ledger;
    ledger.record("key", TimePoint{}, TimePoint{10s}, 1);
    const auto taken = ledger.take("key").value();
    ledger.record("key", TimePoint{}, TimePoint{99s}, 1);
    ledger.restore("key", taken);
    EXPECT_EQ(ledger.find("key")->expires, TimePoint{99s});
    EXPECT_EQ(ledger.entries(), 1u);
    EXPECT_EQ(ledger.takeDue(TimePoint{100s}, 10).size(), 1u);
    ledger.restore("key", taken);
    EXPECT_TRUE(ledger.anyDue(TimePoint{11s}));
}

TEST(ExpiryLedger, remembersNoMoreThanItsCapacity) {
    ExpiryLedger ledger{2};
    ledger.record("a", TimePoint{}, TimePoint{1s}, 1);
    ledger.record("b", TimePoint{}, kNever, 1);
    ledger.record("c", TimePoint{}, TimePoint{2s}, 1);
    EXPECT_EQ(ledger.entries(), 2u);
    EXPECT_EQ(ledger.bytes(), 2u);
    EXPECT_FALSE(ledger.find("c").has_value());
    ledger.record("a", TimePoint{}, TimePoint{5s}, 4);
    EXPECT_EQ(ledger.find("a")->expires, TimePoint{5s}) << "known keys are still kept up to date";
    EXPECT_EQ(ledger.takeBefore(ledger.nextStamp()).size(), 2u);
    EXPECT_EQ(ledger.entries(), 0u);
}

}  // namespace
}  // namespace cachescope
