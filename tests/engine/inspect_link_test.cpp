// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_link.h"

#include <gtest/gtest.h>

#include "tests/support/redis_server.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;
using inspect::CommandReach;
using inspect::InspectLink;

TimePoint soon() {
    return SystemClock::instance().now() + 20s;
}

TEST(InspectLink, aRefusedServerSaysWhy) {
    RedisAddress nowhere;
    nowhere.unixPath = "/nonexistent/redis.sock";
    const auto link = InspectLink::connect(RedisTarget::of(nowhere), soon());
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code(), ErrorCode::unreachable);
}

TEST(InspectLink, whatWasCountedAndUnlockedStaysInANewLink) {
    if (!RedisServer::available()) {
        GTEST_SKIP() << "redis-server is not installed here";
    }
    const RedisServer server;
    const RedisTarget target = RedisTarget::of(server.address());
    auto first = InspectLink::connect(target, soon());
    ASSERT_TRUE(first);
    EXPECT_EQ((*first)->size(), 1u);
    EXPECT_FALSE((*first)->server(0).facts.runId.empty());
    EXPECT_FALSE((*first)->isUnlocked());
    const auto asked = (*first)->own().commands;
    EXPECT_GT(asked, 0u);
    (*first)->setUnlocked(true);

    auto second = InspectLink::connect(target, soon(), first->get());
    ASSERT_TRUE(second);
    EXPECT_TRUE((*second)->isUnlocked());
    EXPECT_GT((*second)->own().commands, asked);
    (*second)->setUnlocked(false);
    EXPECT_FALSE((*first)->isUnlocked());
}

TEST(InspectLink, allPanelsShareOneSessionUnderTheSamePolicy) {
    if (!RedisServer::available()) {
        GTEST_SKIP() << "redis-server is not installed here";
    }
    const RedisServer server;
    const auto link = InspectLink::connect(RedisTarget::of(server.address()), soon());
    ASSERT_TRUE(link);
    const auto refused = (*link)->server(0).session->ask({{"DEL", "k"}}, CommandReach::change,
                                                         RedisPriority::interactive, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::noPermission);
    EXPECT_EQ((*link)->own().refused, 1u);
}

}  // namespace
}  // namespace cachescope::test
