// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/inspect/key_changes.h"
#include "engine/redis/slot_map.h"
#include "tests/engine/inspect_changes_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::eventually;
using cachescope::test::FaultProxy;
using cachescope::test::RedisServer;
using test::deadlinesOf;
using test::expectEnd;
using test::fast;
using test::fillShop;
using test::named;
using test::shop;
using test::unlocked;

using State = ChangeProgress::State;

TEST(InspectChangesFaults, goesOnWhenOnlyTheConnectionWasLost) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 20'000);
    const auto keys = shop(20'000);
    const auto before = deadlinesOf(server, keys);
    const ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(keys), KeyChange::expireIn(10h)};
    for (const std::uint64_t at : {200U, 4000U}) {
        ASSERT_TRUE(eventually([&] { return run.progress().done > at; }));
        server.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    }
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 20'000u);
    // Of what was on its way, the deadline before may be unknown: of one pipeline each time.
    EXPECT_GE(run.undoable(), 20'000u - 2 * WalkPace::kGentlePage);
    const auto undo = run.undo();
    expectEnd(*undo, State::done);
    const auto after = deadlinesOf(server, keys);
    std::uint64_t same = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        same += after[i] == before[i] ? 1U : 0U;
    }
    EXPECT_EQ(same, run.undoable());
}

TEST(InspectChangesFaults, aReplyThatWasLostLeavesARemovalUnsure) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.tcp = true;
    const RedisServer server{options};
    fillShop(server.address(), 10'000);
    FaultProxy proxy{server.address()};
    ChangeRun run{
        {unlocked(proxy.address())}, ChangeTargets::of(shop(10'000)), KeyChange::remove()};
    ASSERT_TRUE(eventually([&] { return run.progress().done > 500; }));
    proxy.hold(FaultProxy::Way::toClient, true);
    // What is on its way is done, and nobody hears of it.
    ASSERT_TRUE(eventually([&] {
        return server.command({"DBSIZE"}).integer <
               10'000 - static_cast<std::int64_t>(run.progress().done);
    }));
    proxy.resetAll();
    proxy.hold(FaultProxy::Way::toClient, false);
    expectEnd(run, State::done);
    const ChangeProgress end = run.progress();
    EXPECT_EQ(end.handled(), 10'000u);
    EXPECT_GT(end.unsure, 0u);
    EXPECT_LE(end.unsure, WalkPace::kGentlePage);
    EXPECT_EQ(end.gone, 0u);
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 0);
}

TEST(InspectChangesFaults, aServerThatWasStartedAnewEndsItWithWhatWasDone) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    fillShop(server.address(), 20'000);
    ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(shop(20'000)), KeyChange::remove()};
    ASSERT_TRUE(eventually([&] { return run.progress().done > 200; }));
    run.pause();
    server.kill();
    server.restart();
    server.command({"SET", "config:19999", "of the next start"});
    run.resume();
    expectEnd(run, State::failed);
    EXPECT_EQ(run.progress().failure->code(), ErrorCode::closed);
    EXPECT_GT(run.progress().done, 200u);
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 1);
}

TEST(InspectChangesFaults, aKeyThatMayNotBeTouchedFailsAloneAndARuleForAllEndsIt) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"MSET", "open:1", "v", "closed:1", "v", "open:2", "v"});
    server.command({"ACL", "SETUSER", "some", "on", ">pw", "~open:*", "+@all"});
    server.command({"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-unlink"});
    RedisAddress address = server.address();
    address.password = "pw";
    const ChangeTargets targets = named({"open:1", "closed:1", "open:2"});
    address.user = "reader";
    const ChangeRun refused{{unlocked(address)}, targets, KeyChange::remove(), fast()};
    expectEnd(refused, State::failed);
    EXPECT_EQ(refused.progress().failure->code(), ErrorCode::noPermission);
    EXPECT_EQ(refused.progress().failure->subject(), "+unlink");
    address.user = "some";
    const ChangeRun run{{unlocked(address)}, targets, KeyChange::remove(), fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 2u);
    EXPECT_EQ(run.progress().failed, 1u);
    ASSERT_EQ(run.progress().reasons.size(), 1u);
    EXPECT_EQ(run.progress().reasons[0].keys, 1u);
    EXPECT_EQ(server.command({"EXISTS", "closed:1"}).integer, 1);
}

TEST(InspectChangesFaults, ofAMovedSlotTheReasonIsSaid) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.tcp = true;
    options.arguments = {"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"};
    const RedisServer server{options};
    const RedisServer other{options};
    // A half of the slots each.
    server.command({"CLUSTER", "ADDSLOTSRANGE", "0", "8191"});
    other.command({"CLUSTER", "ADDSLOTSRANGE", "8192", "16383"});
    server.command({"CLUSTER", "MEET", "127.0.0.1", std::to_string(other.address().port)});
    ASSERT_TRUE(eventually([&] {
        return server.command({"CLUSTER", "INFO"}).text.find("cluster_state:ok") !=
                   std::string::npos &&
               other.command({"CLUSTER", "INFO"}).text.find("cluster_state:ok") !=
                   std::string::npos;
    }));
    std::vector<ChangeTargets::Named> keys;
    std::size_t mine = 0;
    for (int i = 0; i < 40; ++i) {
        const std::string key = "{t" + std::to_string(i) + "}:k";
        if (slotOf(key) < 8192) {
            server.command({"SET", key, "v"});
            ++mine;
        }
        keys.push_back({key, 0});
    }
    ASSERT_GT(mine, 0u);
    ASSERT_LT(mine, keys.size());
    // All of them said to be of the first server, as before a move of slots.
    const ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(keys), KeyChange::remove(), fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, mine);
    EXPECT_EQ(run.progress().failed, keys.size() - mine);
    ASSERT_EQ(run.progress().reasons.size(), 1u) << "one kind, however many keys";
    EXPECT_TRUE(run.progress().reasons[0].error.detail().starts_with("MOVED "));
    EXPECT_EQ(run.progress().reasons[0].keys, keys.size() - mine);
}

}  // namespace
}  // namespace cachescope::inspect
