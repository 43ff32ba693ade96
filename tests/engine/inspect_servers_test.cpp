// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspected_servers.h"

#include <gtest/gtest.h>

#include "engine/inspect/key_walk.h"
#include "tests/engine/inspect_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_sentinels.h"

namespace cachescope::inspect {
namespace {

using cachescope::test::eventually;
using cachescope::test::RedisSentinels;
using test::in;
using test::kLong;

TEST(RedisSentinelInspect, thePrimaryIsInspectedAndAfterAFailoverTheNewOne) {
    CACHESCOPE_NEEDS_REDIS();
    RedisSentinels watched;
    InspectedServers servers{RedisTarget::parse(watched.url()).value()};
    const auto before = servers.find(in(kLong));
    ASSERT_TRUE(before.ok()) << before.error().toLogLine();
    ASSERT_EQ(before->size(), 1u);
    EXPECT_EQ(before->front().port, watched.server(0).address().port);
    watched.server(0).command({"SET", "k", "v"});
    watched.server(0).command({"WAIT", "2", "5000"});
    const KeyWalk walk{{test::guarded(before->front())}};
    ASSERT_TRUE(walk.waitForEnd(in(kLong)));
    EXPECT_EQ(walk.view().size(), 1u);
    watched.server(0).kill();
    ASSERT_TRUE(eventually([&] {
        const auto now = servers.find(in(kLong));
        return now.ok() && now->front().port != before->front().port;
    }));
    const KeyWalk again{{test::guarded(servers.find(in(kLong)).value().front())}};
    ASSERT_TRUE(again.waitForEnd(in(kLong)));
    EXPECT_EQ(again.view().size(), 1u);
    EXPECT_EQ(again.facts().front()->role, "master");
}

}  // namespace
}  // namespace cachescope::inspect
