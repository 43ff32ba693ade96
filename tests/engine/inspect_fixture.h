// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/inspect/key_sample.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_info.h"
#include "tests/support/redis_server.h"

namespace cachescope::inspect::test {

inline constexpr Duration kLong = std::chrono::seconds{20};

inline TimePoint in(Duration span) {
    return SystemClock::instance().now() + span;
}

inline GuardedServer guarded(const RedisAddress& address) {
    return {address, std::make_shared<Guard>()};
}

/// Sends many commands to a server as quickly as it takes them; each must succeed.
class Loader {
public:
    explicit Loader(const RedisAddress& address)
        : m_connection(RedisConnection::open(address, in(kLong)).value()) {}
    ~Loader() { flush(); }
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    void put(RedisCommand command) {
        m_commands.push_back(std::move(command));
        if (m_commands.size() >= 5000) {
            flush();
        }
    }
    void flush() {
        const auto replies = m_connection->send(m_commands, in(kLong));
        ASSERT_TRUE(replies.ok()) << replies.error().toLogLine();
        for (const RedisReply& reply : *replies) {
            ASSERT_FALSE(reply.isError()) << reply.text;
        }
        m_commands.clear();
    }

private:
    std::unique_ptr<RedisConnection> m_connection;
    std::vector<RedisCommand> m_commands;
};

/// Keys of three namespaces: sessions that end in an hour to two, carts (hashes) that end in a day,
/// and configuration that never ends: 70 %, 20 % and 10 %.
inline void fillShop(const RedisAddress& address, int keys) {
    Loader loader{address};
    for (int i = 0; i < keys; ++i) {
        const std::string number = std::to_string(i);
        if (i % 10 < 7) {
            loader.put({"SET", "session:" + number, std::string(100, 's'), "EX",
                        std::to_string(3600 + i % 3600)});
        } else if (i % 10 < 9) {
            loader.put({"HSET", "cart:" + number, "item", "1"});
            loader.put({"EXPIRE", "cart:" + number, "86400"});
        } else {
            loader.put({"SET", "config:" + number, "x"});
        }
    }
}

inline RedisInfo infoOf(const cachescope::test::RedisServer& server,
                        const std::string& section = "stats") {
    return RedisInfo{server.command({"INFO", section}).text};
}

}  // namespace cachescope::inspect::test
