// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/inspect/key_changes.h"
#include "tests/engine/inspect_fixture.h"

namespace cachescope::inspect::test {

inline GuardedServer unlocked(const RedisAddress& address) {
    GuardedServer server = guarded(address);
    server.guard->unlock();
    return server;
}

inline ChangeOptions fast() {
    ChangeOptions options;
    options.pace = WalkPace::Mode::fast;
    return options;
}

/// The keys of fillShop().
inline std::vector<ChangeTargets::Named> shop(int keys) {
    std::vector<ChangeTargets::Named> all;
    for (int i = 0; i < keys; ++i) {
        const char* const space = i % 10 < 7 ? "session:" : i % 10 < 9 ? "cart:" : "config:";
        all.push_back({space + std::to_string(i), 0});
    }
    return all;
}

inline ChangeTargets named(const std::vector<std::string>& names) {
    std::vector<ChangeTargets::Named> all;
    for (const std::string& name : names) {
        all.push_back({name, 0});
    }
    return ChangeTargets::of(std::move(all));
}

inline void expectEnd(const ChangeRun& run, ChangeProgress::State state) {
    ASSERT_TRUE(run.waitForEnd(in(kLong)));
    const ChangeProgress progress = run.progress();
    EXPECT_EQ(progress.state, state)
        << (progress.failure ? progress.failure->toLogLine() : std::string{});
}

inline std::int64_t deadlineOf(const cachescope::test::RedisServer& server,
                               const std::string& key) {
    return server.command({"PEXPIRETIME", key}).integer;
}

inline std::vector<std::int64_t> deadlinesOf(const cachescope::test::RedisServer& server,
                                             const std::vector<ChangeTargets::Named>& keys) {
    const auto connection = RedisConnection::open(server.address(), in(kLong)).value();
    std::vector<RedisCommand> commands;
    for (const auto& key : keys) {
        commands.push_back({"PEXPIRETIME", key.name});
    }
    std::vector<std::int64_t> deadlines;
    const auto replies = connection->send(commands, in(kLong)).value();
    for (const RedisReply& reply : replies) {
        deadlines.push_back(reply.integer);
    }
    return deadlines;
}

}  // namespace cachescope::inspect::test
