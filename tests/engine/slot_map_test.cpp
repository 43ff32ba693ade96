// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/slot_map.h"

#include <gtest/gtest.h>

#include <functional>

#include "engine/core/random.h"
#include "engine/redis/command_key.h"

namespace cachescope {
namespace {

RedisReply number(std::int64_t value) {
    RedisReply reply;
    reply.type = RedisReply::Type::integer;
    reply.integer = value;
    return reply;
}
RedisReply text(std::string value) {
    RedisReply reply;
    reply.type = RedisReply::Type::bulk;
    reply.text = std::move(value);
    return reply;
}
RedisReply array(std::vector<RedisReply> elements) {
    RedisReply reply;
    reply.type = RedisReply::Type::array;
    reply.elements = std::move(elements);
    return reply;
}
RedisReply server(RedisReply host, std::int64_t port) {
    return array({std::move(host), number(port), text("id")});
}
const ClusterEndpoint kAsked{"asked.example", 7000};

TEST(SlotOf, isThatOfTheSpecification) {
    EXPECT_EQ(slotOf("123456789"), 0x31C3u % kRedisSlots);
    EXPECT_EQ(slotOf(""), 0u);
    EXPECT_EQ(slotOf("foo"), 12182u);
    EXPECT_EQ(slotOf("somekey"), 11058u);
}

TEST(SlotOf, countsWhatStandsInTheFirstPairOfBraces) {
    EXPECT_EQ(hashedPart("{user1000}.following"), "user1000");
    EXPECT_EQ(hashedPart("foo{}{bar}"), "foo{}{bar}");
    EXPECT_EQ(hashedPart("foo{{bar}}zap"), "{bar");
    EXPECT_EQ(hashedPart("foo{bar}{zap}"), "bar");
    EXPECT_EQ(hashedPart("foo{bar"), "foo{bar");
    EXPECT_EQ(hashedPart("}foo{bar}"), "bar");
    EXPECT_EQ(hashedPart("{}"), "{}");
    EXPECT_EQ(hashedPart("{"), "{");
    EXPECT_EQ(slotOf("{user1000}.following"), slotOf("{user1000}.followers"));
    EXPECT_EQ(tagOfPrefix("app:"), PrefixTag::none);
    EXPECT_EQ(tagOfPrefix("}app:"), PrefixTag::none);
    EXPECT_EQ(tagOfPrefix("{app}:"), PrefixTag::complete);
    EXPECT_EQ(tagOfPrefix("{}app:"), PrefixTag::broken);
    EXPECT_EQ(tagOfPrefix("{app:"), PrefixTag::broken);
}

TEST(SlotOf, everySlotHasATagThatLeadsToIt) {
    for (std::size_t slot = 0; slot < kRedisSlots; ++slot) {
        const std::string& tag = tagOfSlot(slot);
        ASSERT_LE(tag.size(), 5u);
        ASSERT_EQ(slotOf("any{" + tag + "}thing{else}"), slot);
    }
}

TEST(SlotMap, readsRangesPrimariesAndReplicasInTheOrderOfSlots) {
    const auto map =
        SlotMap::fromReply(array({array({number(8192), number(16383), server(text("::1"), 7002)}),
                                  array({number(0), number(8191), server(text("10.0.0.1"), 7001),
                                         server(text(""), 7003), server(RedisReply{}, 7004)})}),
                           kAsked);
    ASSERT_TRUE(map.ok()) << map.error().toLogLine();
    EXPECT_EQ(map->covered(), kRedisSlots);
    ASSERT_EQ(map->shards().size(), 2u);
    EXPECT_EQ(map->shards()[0].primary.toText(), "10.0.0.1:7001");
    ASSERT_EQ(map->shards()[0].replicas.size(), 2u);
    EXPECT_EQ(map->shards()[0].replicas[0].toText(), "asked.example:7003");
    EXPECT_EQ(map->shards()[0].replicas[1].toText(), "asked.example:7004");
    EXPECT_EQ(map->shardOf(8192)->primary.toText(), "[::1]:7002");
}

TEST(SlotMap, aServerWithoutTheNameItShouldHaveIsCalledByItsAddress) {
    RedisReply named = server(text("?"), 7001);
    named.elements.push_back(array({text("ip"), text("10.0.0.1")}));
    const auto map = SlotMap::fromReply(array({array({number(0), number(10), named})}), kAsked);
    ASSERT_TRUE(map.ok());
    EXPECT_EQ(map->shardOf(10)->primary.toText(), "10.0.0.1:7001");
    EXPECT_EQ(map->shardOf(11), nullptr);
    EXPECT_EQ(map->covered(), 11u);
}

TEST(SlotMap, aMovedSlotChangesTheFingerprintAndNothingElse) {
    auto map =
        SlotMap::fromReply(array({array({number(0), number(16383), server(text("a"), 1)})}), kAsked)
            .value();
    const auto before = map.fingerprint();
    map.move(77, {"b", 2});
    EXPECT_EQ(map.shardOf(77)->primary.toText(), "b:2");
    EXPECT_EQ(map.shardOf(76)->primary.toText(), "a:1");
    EXPECT_NE(map.fingerprint(), before);
    map.move(77, {"a", 1});
    EXPECT_EQ(map.fingerprint(), before);
}

TEST(SlotMap, moreServersThanSlotsAreNotBelieved) {
    std::vector<RedisReply> ranges;
    for (int i = 0; i < 16385; ++i) {
        ranges.push_back(array({number(0), number(1), server(text("h" + std::to_string(i)), 1)}));
    }
    EXPECT_EQ(SlotMap::fromReply(array(ranges), kAsked).error().code(), ErrorCode::notThisProtocol);
    ranges.pop_back();
    auto map = SlotMap::fromReply(array(std::move(ranges)), kAsked).value();
    EXPECT_EQ(map.shards().size(), kRedisSlots);
    for (int i = 0; i < 0x10000 - 16384 + 5; ++i) {
        map.move(7, {"h", i + 2});
    }
    EXPECT_LT(map.shards().size(), 0x10000u);
    ASSERT_NE(map.shardOf(7), nullptr);
    EXPECT_EQ(map.shardOf(7)->primary.host, "h");
}

TEST(SlotMap, nonsenseIsRefusedOrLeftOut) {
    EXPECT_EQ(SlotMap::fromReply(text("x"), kAsked).error().code(), ErrorCode::notThisProtocol);
    EXPECT_EQ(SlotMap::fromReply(array({}), kAsked).error().code(), ErrorCode::unavailable);
    const std::vector<RedisReply> bad{number(1),
                                      array({number(0), number(1)}),
                                      array({number(5), number(1), server(text("a"), 1)}),
                                      array({number(-1), number(1), server(text("a"), 1)}),
                                      array({number(0), number(16384), server(text("a"), 1)}),
                                      array({number(0), number(1), server(text("a"), 0)}),
                                      array({number(0), number(1), server(text("a"), 65536)}),
                                      array({number(0), number(1), server(text("?"), 1)}),
                                      array({number(0), number(1), text("a")}),
                                      array({text("0"), number(1), server(text("a"), 1)})};
    for (const RedisReply& item : bad) {
        EXPECT_FALSE(SlotMap::fromReply(array({item}), kAsked).ok());
    }
    auto all = bad;
    all.push_back(array({number(3), number(4), server(text("a"), 1)}));
    EXPECT_EQ(SlotMap::fromReply(array(all), kAsked).value().covered(), 2u);
}

TEST(SlotMap, anyReplyIsReadWithoutHarm) {
    Random random{3};
    const std::function<RedisReply(int)> any = [&](int depth) {
        switch (random.below(depth > 3 ? 3 : 5)) {
            case 0:
                return number(static_cast<std::int64_t>(random.next() >> random.below(64)));
            case 1:
                return text(std::string(random.below(4), '?'));
            case 2:
                return RedisReply{};
            default:
                break;
        }
        std::vector<RedisReply> elements;
        for (auto left = random.below(6); left > 0; --left) {
            elements.push_back(any(depth + 1));
        }
        return array(std::move(elements));
    };
    for (int i = 0; i < 20'000; ++i) {
        const auto map = SlotMap::fromReply(any(0), kAsked);
        EXPECT_TRUE(!map.ok() || map->covered() > 0);
    }
}

TEST(CommandKey, standsWhereTheCommandHasIt) {
    using Place = std::optional<std::size_t>;
    EXPECT_EQ(keyPlace({"get", "k"}), Place{1});
    EXPECT_EQ(keyPlace({"SET", "k", "v"}), Place{1});
    EXPECT_EQ(keyPlace({"EVAL", "script", "1", "k"}), Place{3});
    EXPECT_EQ(keyPlace({"EVAL", "script", "0", "argument"}), std::nullopt);
    EXPECT_EQ(keyPlace({"EVALSHA", "sha", "2", "k"}), Place{3});
    EXPECT_EQ(keyPlace({"EVAL", "script", "1"}), std::nullopt);
    EXPECT_EQ(keyPlace({"OBJECT", "ENCODING", "k"}), Place{2});
    EXPECT_EQ(keyPlace({"MEMORY", "USAGE", "k"}), Place{2});
    EXPECT_EQ(keyPlace({"MEMORY", "DOCTOR"}), std::nullopt);
    EXPECT_EQ(keyPlace({"XINFO", "STREAM", "k"}), Place{2});
    EXPECT_EQ(keyPlace({"XGROUP", "CREATE", "k", "g", "$"}), Place{2});
    EXPECT_EQ(keyPlace({"BITOP", "AND", "to", "from"}), Place{2});
    EXPECT_EQ(keyPlace({"XREAD", "COUNT", "1", "STREAMS", "k", "0"}), Place{4});
    for (const char* name : {"PING", "INFO", "PUBLISH", "SCAN", "DBSIZE", "CLUSTER"}) {
        EXPECT_EQ(keyPlace({name, "x", "y", "z"}), std::nullopt) << name;
    }
    EXPECT_EQ(keyPlace({}), std::nullopt);
    EXPECT_EQ(keyPlace({"GET"}), std::nullopt);
    EXPECT_TRUE(onlyReads({"get", "k"}));
    EXPECT_TRUE(onlyReads({"GETRANGE", "k", "0", "1"}));
    EXPECT_FALSE(onlyReads({"EVAL", "script", "1", "k"}));
    EXPECT_FALSE(onlyReads({"GETDEL", "k"}));
    EXPECT_FALSE(onlyReads({"UNLINK", "k"}));
}

}  // namespace
}  // namespace cachescope
