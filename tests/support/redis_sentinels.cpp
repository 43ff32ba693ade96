// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_sentinels.h"

#include <signal.h>

#include <fstream>

#include "engine/redis/redis_connection.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"

namespace cachescope::test {

RedisSentinels::RedisSentinels() {
    RedisServer::Options options;
    options.tcp = true;
    options.arguments = {"--repl-diskless-sync-delay", "0"};
    m_servers[0] = std::make_unique<RedisServer>(options);
    options.arguments.insert(options.arguments.end(), {"--replicaof", "127.0.0.1",
                                                       std::to_string(server(0).address().port)});
    inParallel(kEach, [&](int i) {
        if (i > 0) {
            m_servers.at(static_cast<std::size_t>(i)) = std::make_unique<RedisServer>(options);
        }
        startSentinel(static_cast<std::size_t>(i));
    });
    waitUntilWhole();
}

void RedisSentinels::startSentinel(std::size_t i) {
    for (int attempt = 0; attempt < 5 && m_sentinels.at(i) == nullptr; ++attempt) {
        RedisAddress& address = m_addresses.at(i);
        address.port = freePort();
        const auto path = m_directory / ("sentinel" + std::to_string(i) + ".conf");
        std::ofstream(path) << "port " << address.port << "\nbind 127.0.0.1\ndir "
                            << m_directory.path().string()
                            << "\nsentinel monitor watched 127.0.0.1 " << server(0).address().port
                            << " 2\nsentinel down-after-milliseconds watched 500\n"
                               "sentinel failover-timeout watched 1500\n";
        RedisProcessOptions process;
        process.executable = findRedisServer().value();
        process.address = address;
        process.logFile = path.string() + ".log";
        process.timeout = std::chrono::seconds{20};
        process.arguments = {path.string(), "--sentinel"};
        if (auto made = RedisProcess::start(process)) {
            m_sentinels.at(i) = std::move(*made);
        }
    }
    ASSERT_NE(m_sentinels.at(i), nullptr);
    // They look at each other and at the servers every ten seconds otherwise.
    EXPECT_EQ(ask(static_cast<int>(i), {"SENTINEL", "DEBUG", "INFO-PERIOD", "200", "ASK-PERIOD",
                                        "100", "PUBLISH-PERIOD", "200", "ELECTION-TIMEOUT", "300"})
                  .text,
              "OK");
}

std::string RedisSentinels::sentinel(int i) const {
    return "127.0.0.1:" + std::to_string(m_addresses.at(static_cast<std::size_t>(i)).port);
}

std::string RedisSentinels::url(const std::string& parameters) const {
    return "redis+sentinel://" + sentinel(0) + ',' + sentinel(1) + ',' + sentinel(2) + "/watched" +
           (parameters.empty() ? "" : '?' + parameters);
}

RedisReply RedisSentinels::ask(int sentinel, const RedisCommand& command) {
    const TimePoint deadline = SystemClock::instance().now() + std::chrono::seconds{20};
    const auto connection =
        RedisConnection::open(m_addresses.at(static_cast<std::size_t>(sentinel)), deadline);
    const auto replies = connection ? (*connection)->send({&command, 1}, deadline)
                                    : Result<std::vector<RedisReply>>{connection.error()};
    if (!replies) {
        ADD_FAILURE() << replies.error().toLogLine();
        return {};
    }
    return replies->front();
}

void RedisSentinels::killSentinel(int i) {
    auto& process = m_sentinels.at(static_cast<std::size_t>(i));
    ::kill(process->pid(), SIGKILL);
    process.reset();
}

int RedisSentinels::primary(int sentinel) {
    const RedisReply reply = ask(sentinel, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", "watched"});
    for (int i = 0; i < kEach && reply.elements.size() == 2; ++i) {
        if (reply.elements[1].text == std::to_string(server(i).address().port)) {
            return i;
        }
    }
    return -1;
}

bool RedisSentinels::isWhole(int i) {
    const RedisReply reply = ask(i, {"SENTINEL", "MASTER", "watched"});
    std::string facts;
    for (std::size_t n = 0; n + 1 < reply.elements.size(); n += 2) {
        facts += reply.elements[n].text + '=' + reply.elements[n + 1].text + '\n';
    }
    if (facts.find("\nnum-other-sentinels=2\n") == std::string::npos ||
        facts.find("\nflags=master\n") == std::string::npos) {
        return false;
    }
    const RedisReply replicas = ask(i, {"SENTINEL", "REPLICAS", "watched"});
    int healthy = 0;
    for (const RedisReply& replica : replicas.elements) {
        bool good = false;
        bool linked = false;
        for (std::size_t n = 0; n + 1 < replica.elements.size(); n += 2) {
            const std::string& name = replica.elements[n].text;
            const std::string& value = replica.elements[n + 1].text;
            good = good || (name == "flags" && value == "slave");
            linked = linked || (name == "master-link-status" && value == "ok");
        }
        healthy += good && linked ? 1 : 0;
    }
    return healthy == kEach - 1;
}

void RedisSentinels::waitUntilWhole() {
    for (int i = 0; i < kEach; ++i) {
        if (m_sentinels.at(static_cast<std::size_t>(i)) != nullptr) {
            EXPECT_TRUE(eventually([&] { return isWhole(i); })) << "sentinel " << i;
        }
    }
}

}  // namespace cachescope::test
