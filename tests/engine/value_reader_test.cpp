// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/value_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>

#include "engine/inspect/key_watch.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RedisServer;

struct Reading {
    std::shared_ptr<Guard> guard = std::make_shared<Guard>();
    GuardedSession session;
    ValueReader reader;

    explicit Reading(const RedisAddress& address, ValueReaderOptions options = {})
        : session(address, guard), reader(session, options) {}

    // All pages of a value, one behind the other.
    ValuePage whole(const std::string& key, int* pages = nullptr) {
        const auto head = reader.head(key);
        EXPECT_TRUE(head) << head.error().toLogLine();
        ValuePage all;
        std::optional<ValuePlace> place = ValuePlace{};
        while (place) {
            auto page = reader.page(key, *head, *place);
            EXPECT_TRUE(page) << page.error().toLogLine();
            all.bytes += page->bytes;
            all.length = page->length;
            for (ValueElement& element : page->elements) {
                all.elements.push_back(std::move(element));
            }
            place = page->next;
            if (pages != nullptr) {
                ++*pages;
            }
        }
        return all;
    }
};

TEST(ValueReaderTest, aLongStringIsReadInWindowsAlone) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const std::string ending = "the end";
    server.command({"SETRANGE", "big", std::to_string((512U << 20U) - ending.size()), ending});
    server.command({"PEXPIRE", "big", "100000"});
    Reading reading(server.address());
    const auto head = reading.reader.head("big");
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->exists);
    EXPECT_EQ(head->type, ValueType::string);
    EXPECT_EQ(head->length, 512U << 20U);
    ASSERT_TRUE(head->ttl);
    EXPECT_GT(*head->ttl, 50s);
    EXPECT_LE(*head->ttl, 100s);
    const auto page = reading.reader.page("big", *head);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->bytes.size(), 64U * 1024);
    ASSERT_TRUE(page->next);
    EXPECT_EQ(page->next->index, 64U * 1024);
    const auto last = reading.reader.page("big", *head, {(512U << 20U) - ending.size(), {}});
    ASSERT_TRUE(last);
    EXPECT_EQ(last->bytes, ending);
    EXPECT_FALSE(last->next);
    EXPECT_LT(reading.guard->meter().figures().bytesReceived, 100U * 1024);
}

TEST(ValueReaderTest, valuesOfEveryTypeAreReadInPages) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const std::string odd("a\0\r\n\xff", 5);
    for (int i = 0; i < 700; ++i) {
        const std::string n = std::to_string(i);
        server.command({"HSET", "hash", "f" + n, odd + n});
        server.command({"RPUSH", "list", odd + n});
        server.command({"SADD", "set", odd + n});
        server.command({"ZADD", "zset", n + ".5", odd + n});
        server.command({"XADD", "stream", "*", "field", odd + n, "other", "x"});
    }
    server.command({"SET", "string", odd});
    Reading reading(server.address(), {.stringBytes = 2, .elements = 100});
    EXPECT_EQ(reading.whole("string").bytes, odd);
    int pages = 0;
    const auto list = reading.whole("list", &pages);
    ASSERT_EQ(list.elements.size(), 700U);
    EXPECT_EQ(list.elements[699].value, odd + "699");
    EXPECT_EQ(pages, 7);
    const auto zset = reading.whole("zset");
    ASSERT_EQ(zset.elements.size(), 700U);
    EXPECT_EQ(zset.elements[7].name, odd + "7");
    EXPECT_EQ(zset.elements[7].value, "7.5");
    const auto stream = reading.whole("stream");
    ASSERT_EQ(stream.elements.size(), 700U);
    ASSERT_EQ(stream.elements[699].fields.size(), 2U);
    EXPECT_EQ(stream.elements[699].fields[0].second, odd + "699");
    std::set<std::string> names;
    for (const auto& element : reading.whole("hash").elements) {
        names.insert(element.name);
        EXPECT_EQ(element.value, odd + element.name.substr(1));
        EXPECT_FALSE(element.ttl);
    }
    EXPECT_EQ(names.size(), 700U);
    std::set<std::string> members;
    for (const auto& element : reading.whole("set").elements) {
        members.insert(element.value);
    }
    EXPECT_EQ(members.size(), 700U);
}

TEST(ValueReaderTest, largeElementsMakeSmallPagesAndTooLargeOnesAreRefused) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (int i = 0; i < 50; ++i) {
        server.command({"RPUSH", "list", std::string(10'000, 'x')});
    }
    server.command({"HSET", "hash", "field", std::string(200'000, 'x')});
    Reading reading(server.address(), {.pageBytes = 100'000, .largestElement = 100'000});
    const auto head = reading.reader.head("list");
    ASSERT_TRUE(head);
    const auto page = reading.reader.page("list", *head);
    ASSERT_TRUE(page);
    EXPECT_GE(page->elements.size(), 5U);
    EXPECT_LE(page->elements.size(), 10U);
    const auto large = reading.reader.head("hash");
    ASSERT_TRUE(large);
    const auto refused = reading.reader.page("hash", *large);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::tooLarge);
}

TEST(ValueReaderTest, aKeyThatVanishesOrChangesItsTypeIsSaidToHave) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    Reading reading(server.address());
    const auto missing = reading.reader.head("k");
    ASSERT_TRUE(missing);
    EXPECT_FALSE(missing->exists);
    server.command({"RPUSH", "k", "a"});
    const auto head = reading.reader.head("k");
    ASSERT_TRUE(head);
    server.command({"DEL", "k"});
    auto page = reading.reader.page("k", *head);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->state, ValuePage::State::vanished);
    server.command({"SET", "k", "text"});
    page = reading.reader.page("k", *head);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->state, ValuePage::State::otherType);
    EXPECT_EQ(page->typeName, "string");
    EXPECT_TRUE(page->elements.empty());
}

TEST(ValueReaderTest, theRuleThatIsMissingIsNamed) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"HSET", "k", "f", "v"});
    server.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "-@all", "+@connection",
                    "+type", "+pttl", "+hlen"});
    RedisAddress address = server.address();
    address.user = "poor";
    address.password = "pw";
    Reading reading(address);
    const auto head = reading.reader.head("k");
    ASSERT_TRUE(head) << head.error().toLogLine();
    EXPECT_FALSE(head->memory);
    EXPECT_EQ(head->length, 1U);
    const auto page = reading.reader.page("k", *head);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code(), ErrorCode::noPermission);
    EXPECT_EQ(page.error().subject(), "+hscan");
}

// How many arrays of strings begin in what a client has sent: commands, that is.
std::size_t commandsIn(const std::string& heard) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = heard.find('*', at)) != std::string::npos; ++at) {
        ++count;
    }
    return count;
}

TEST(ValueReaderTest, fieldsHaveTheTimesThatANewerServerGives) {
    // What Redis 7.4 says; the one installed here may be older.
    test::ScriptedServer server([](test::ScriptedServer::Peer& peer) {
        while (peer.receive()) {
            const std::string heard = peer.heard();
            if (heard.find("HPTTL") != std::string::npos) {
                peer.say("*2\r\n:1500\r\n:-1\r\n");
            } else if (heard.find("HSCAN") != std::string::npos) {
                peer.say(
                    "+hash\r\n:2\r\n*2\r\n$1\r\n0\r\n*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n"
                    "$1\r\n2\r\n");
            } else {
                for (std::size_t i = commandsIn(heard); i > 0; --i) {
                    peer.say("+OK\r\n");
                }
            }
        }
    });
    RedisAddress address;
    address.port = server.port();
    Reading reading(address);
    ValueHead head;
    head.exists = true;
    head.type = ValueType::hash;
    const auto page = reading.reader.page("k", head);
    ASSERT_TRUE(page) << page.error().toLogLine();
    ASSERT_EQ(page->elements.size(), 2U);
    EXPECT_EQ(page->elements[0].ttl, Duration{1500ms});
    EXPECT_FALSE(page->elements[1].ttl);
}

struct Watched {
    std::atomic<int> changes{0};
    std::shared_ptr<Guard> guard = std::make_shared<Guard>();
    KeyWatch watch;

    explicit Watched(const RedisAddress& address, const std::string& key = "k")
        : watch(address, guard, key, [this] { ++changes; },
                {.timeout = 2s, .interval = 50ms, .minBackoff = 1ms, .maxBackoff = 10ms}) {}
    bool has(int count) {
        return eventually([&] { return changes >= count; });
    }
};

TEST(KeyWatchTest, tellsEachChangeOfItsKeyAndOfNoOther) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "k", "1"});
    Watched watched(server.address());
    ASSERT_TRUE(watched.has(1));
    for (int i = 2; i < 6; ++i) {
        server.command({"SET", "k2", "other"});
        server.command({"SET", "k", std::to_string(i)});
        ASSERT_TRUE(watched.has(i));
    }
    server.command({"DEL", "k"});
    ASSERT_TRUE(watched.has(6));
    server.command({"SET", "k", "again"});
    ASSERT_TRUE(watched.has(7));
    server.command({"FLUSHALL"});
    ASSERT_TRUE(watched.has(8));
    EXPECT_EQ(watched.watch.status().told, 8U);
    EXPECT_TRUE(watched.watch.status().isWatching);
}

TEST(KeyWatchTest, leavesTheIdleTimeAlone) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "k", "1"});
    ASSERT_TRUE(eventually([&] {
        return server.command({"OBJECT", "IDLETIME", "k"}).integer >= 1;
    }));
    Watched watched(server.address());
    ASSERT_TRUE(watched.has(1));
    EXPECT_GE(server.command({"OBJECT", "IDLETIME", "k"}).integer, 1);
}

TEST(KeyWatchTest, watchesAgainAfterTheServerWasGone) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    Watched watched(server.address());
    ASSERT_TRUE(watched.has(1));
    server.kill();
    ASSERT_TRUE(eventually([&] { return !watched.watch.status().isWatching; }));
    server.restart();
    ASSERT_TRUE(watched.has(2));
    server.command({"SET", "k", "new"});
    ASSERT_TRUE(watched.has(3));
}

TEST(KeyWatchTest, saysWhichRuleIsMissing) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command(
        {"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "-@all", "+@connection", "+type"});
    RedisAddress address = server.address();
    address.user = "poor";
    address.password = "pw";
    Watched watched(address);
    ASSERT_TRUE(eventually([&] { return watched.watch.status().failure.has_value(); }));
    const Error failure = *watched.watch.status().failure;
    EXPECT_EQ(failure.code(), ErrorCode::noPermission);
    EXPECT_EQ(failure.subject(), "+subscribe");
}

TEST(KeyWatchTest, aServerThatIsSilentDoesNotHoldTheEndUp) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    {
        Watched watched(server.address());
        ASSERT_TRUE(watched.has(1));
        server.suspend();
    }
    server.resume();
    EXPECT_EQ(server.command({"PING"}).text, "PONG");
}

}  // namespace
}  // namespace cachescope::inspect
