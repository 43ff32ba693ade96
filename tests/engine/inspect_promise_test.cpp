// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is promised to whoever lets a live server be inspected, as the server sees it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/inspect/guarded_session.h"
#include "engine/inspect/key_walk.h"
#include "tests/engine/inspect_fixture.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::RedisServer;
using test::fillShop;
using test::in;
using test::infoOf;
using test::kLong;

// Listens to all that the server is sent.
class Eavesdropper {
public:
    explicit Eavesdropper(const RedisServer& server)
        : m_server(server),
          m_connection(RedisConnection::open(server.address(), in(kLong)).value()) {
        EXPECT_TRUE(m_connection->post({"MONITOR"}, in(kLong)).ok());
        hearUntil("OK");
    }

    // The commands so far, without those of logging in and our own.
    std::vector<RedisCommand> commands() {
        m_server.command({"ECHO", "that is all"});
        hearUntil("\"that is all\"");
        std::vector<RedisCommand> all;
        for (const std::string& line : m_lines) {
            all.push_back(wordsIn(line));
        }
        std::erase_if(all, [](const RedisCommand& command) {
            return command.empty() || (command.size() > 1 && command[1] == "SETNAME") ||
                   command.back() == "that is all";
        });
        return all;
    }

private:
    void hearUntil(const std::string& end) {
        for (;;) {
            const auto heard = m_connection->receive();
            ASSERT_TRUE(heard.ok()) << heard.error().toLogLine();
            for (const RedisReply& line : *heard) {
                m_lines.push_back(line.text);
                if (line.text.ends_with(end)) {
                    return;
                }
            }
            ASSERT_TRUE(RedisConnection::waitForEither(*m_connection, *m_connection, in(kLong))
                            .valueOr(false));
        }
    }

    // 1795000000.123456 [0 unix:/path] "SCAN" "0"
    static RedisCommand wordsIn(const std::string& line) {
        RedisCommand words;
        for (std::size_t at = line.find("] \""); at != std::string::npos;) {
            at = line.find('"', at);
            if (at == std::string::npos) {
                break;
            }
            const std::size_t end = line.find('"', at + 1);
            words.push_back(line.substr(at + 1, end - at - 1));
            at = end == std::string::npos ? end : end + 1;
        }
        return words;
    }

    const RedisServer& m_server;
    std::unique_ptr<RedisConnection> m_connection;
    std::vector<std::string> m_lines;
};

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

void inspectAsAWhole(const GuardedServer& target) {
    SampleOptions sample;
    sample.keys = 500;
    ASSERT_TRUE(takeSample({target}, sample, in(kLong)).ok());
    WalkOptions options;
    options.pace = WalkPace::Mode::fast;
    const KeyWalk fastWalk{{target}, options};
    ASSERT_TRUE(fastWalk.waitForEnd(in(kLong)));
    EXPECT_EQ(fastWalk.progress().state, WalkProgress::State::done);
    const KeyWalk gentleWalk{{target}};
    ASSERT_TRUE(gentleWalk.waitForEnd(in(kLong)));
    EXPECT_EQ(gentleWalk.progress().state, WalkProgress::State::done);
}

// This list is the test's own, on purpose: it does not ask the policy.
TEST(InspectPromise, theServerSeesNothingButHarmlessCommands) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 2000);
    Eavesdropper eavesdropper{server};
    const GuardedServer target = test::guarded(server.address());
    inspectAsAWhole(target);
    GuardedSession session{server.address(), target.guard};
    for (const RedisCommand& forbidden : std::vector<RedisCommand>{{"KEYS", "*"},
                                                                   {"GET", "session:0"},
                                                                   {"UNLINK", "session:0"},
                                                                   {"EVAL", "return 1", "0"}}) {
        EXPECT_FALSE(
            session.ask({forbidden}, CommandReach::change, RedisPriority::interactive, in(kLong))
                .ok());
    }
    const std::set<std::string> harmless{"INFO",        "DBSIZE", "COMMAND", "RANDOMKEY", "SCAN",
                                         "PEXPIRETIME", "TYPE",   "MEMORY",  "PING"};
    std::map<std::string, int> seen;
    const auto commands = eavesdropper.commands();
    for (const RedisCommand& command : commands) {
        const std::string name = upper(command.front());
        ++seen[name];
        EXPECT_TRUE(harmless.contains(name)) << name;
        if (name == "MEMORY") {
            EXPECT_EQ(command.size(), 3u);
            EXPECT_EQ(command[1], "USAGE");
        }
        if (name == "SCAN") {
            ASSERT_EQ(command.size(), 4u);
            EXPECT_LE(std::stoi(command[3]), 5000);
        }
    }
    EXPECT_GE(seen["MEMORY"], 4000) << "the session was heard";
    EXPECT_GE(seen["RANDOMKEY"], 500);
    EXPECT_EQ(commands.size(), target.guard->meter().figures().commands) << "the meter says all";
}

TEST(InspectPromise, theHitRatioOfTheProgramsIsUnmoved) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 3000);
    for (int i = 0; i < 70; ++i) {
        server.command({"GET", i < 50 ? "session:0" : "nobody"});
    }
    const RedisInfo before = infoOf(server);
    const GuardedServer target = test::guarded(server.address());
    inspectAsAWhole(target);
    const RedisInfo after = infoOf(server);
    const LookUps own = target.guard->meter().figures().lookUps;
    EXPECT_GT(own.hits, 10'000u);
    EXPECT_EQ(own.unsure, 0u);
    EXPECT_EQ(after.number("keyspace_hits") - own.hits, before.number("keyspace_hits"));
    EXPECT_EQ(after.number("keyspace_misses") - own.misses, before.number("keyspace_misses"));
}

TEST(InspectPromise, noKeyLooksUsedBecauseOfUs) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server{{.arguments = {"--maxmemory-policy", "allkeys-lfu", "--lfu-decay-time",
                                            "0", "--lfu-log-factor", "0"}}};
    fillShop(server.address(), 300);
    // Under LFU every touch shows in the counter at once, where idle times would take seconds.
    const auto frequencies = [&] {
        std::map<std::string, std::int64_t> all;
        for (int i = 0; i < 300; i += 10) {
            const std::string key = "session:" + std::to_string(i);
            all[key] = server.command({"OBJECT", "FREQ", key}).integer;
        }
        return all;
    };
    const auto before = frequencies();
    server.command({"GET", "session:0"});
    ASSERT_GT(frequencies().at("session:0"), before.at("session:0")) << "a touch would be seen";
    const auto touched = frequencies();
    inspectAsAWhole(test::guarded(server.address()));
    EXPECT_EQ(frequencies(), touched);
}

TEST(InspectPromise, theLeastPrivilegedUserSeesEverything) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 2000);
    server.command({"ACL",
                    "SETUSER",
                    "cachescope",
                    "on",
                    ">pw",
                    "~*",
                    "&*",
                    "-@all",
                    "+@connection",
                    "+@read",
                    "+@keyspace",
                    "-@write",
                    "-@dangerous",
                    "+info",
                    "+dbsize",
                    "+config|get",
                    "+slowlog|get",
                    "+slowlog|len",
                    "+latency|latest",
                    "+latency|histogram",
                    "+client|list",
                    "+memory|usage",
                    "+memory|stats",
                    "+object",
                    "+command",
                    "+acl|whoami",
                    "+latency|history",
                    "+cluster|slots"});
    RedisAddress user = server.address();
    user.user = "cachescope";
    user.password = "pw";
    const GuardedServer target = test::guarded(user);
    inspectAsAWhole(target);
    const auto sample = takeSample({target}, {}, in(kLong));
    ASSERT_TRUE(sample.ok());
    EXPECT_TRUE(sample->missingRules.empty()) << sample->missingRules.front();
    EXPECT_TRUE(sample->figures.knowsSize && sample->figures.knowsTtl && sample->figures.knowsType);
}

}  // namespace
}  // namespace cachescope::inspect
