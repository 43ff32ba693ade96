// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "engine/inspect/key_changes.h"
#include "engine/redis/slot_map.h"
#include "tests/engine/inspect_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::eventually;
using cachescope::test::FaultProxy;
using cachescope::test::RedisServer;
using test::fillShop;
using test::in;
using test::infoOf;
using test::kLong;
using test::Loader;

using State = ChangeProgress::State;

GuardedServer unlocked(const RedisAddress& address) {
    GuardedServer server = test::guarded(address);
    server.guard->unlock();
    return server;
}

ChangeOptions fast() {
    ChangeOptions options;
    options.pace = WalkPace::Mode::fast;
    return options;
}

// The keys of fillShop().
std::vector<ChangeTargets::Named> shop(int keys) {
    std::vector<ChangeTargets::Named> all;
    for (int i = 0; i < keys; ++i) {
        const char* const space = i % 10 < 7 ? "session:" : i % 10 < 9 ? "cart:" : "config:";
        all.push_back({space + std::to_string(i), 0});
    }
    return all;
}

ChangeTargets named(const std::vector<std::string>& names) {
    std::vector<ChangeTargets::Named> all;
    for (const std::string& name : names) {
        all.push_back({name, 0});
    }
    return ChangeTargets::of(std::move(all));
}

void expectEnd(const ChangeRun& run, State state) {
    ASSERT_TRUE(run.waitForEnd(in(kLong)));
    const ChangeProgress progress = run.progress();
    EXPECT_EQ(progress.state, state)
        << (progress.failure ? progress.failure->toLogLine() : std::string{});
}

std::int64_t deadlineOf(const RedisServer& server, const std::string& key) {
    return server.command({"PEXPIRETIME", key}).integer;
}

std::vector<std::int64_t> deadlinesOf(const RedisServer& server,
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

TEST(InspectChanges, aLockedGuardSendsNothing) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    server.command({"SET", "k", "v"});
    const auto before = infoOf(server).number("total_connections_received");
    const GuardedServer locked = test::guarded(server.address());
    for (const KeyChange& change : {KeyChange::remove(), KeyChange::expireIn(1s),
                                    KeyChange::spread(0.1), KeyChange::persist()}) {
        const ChangeRun run{{locked}, named({"k"}), change, fast()};
        expectEnd(run, State::failed);
        EXPECT_EQ(run.progress().failure->code(), ErrorCode::noPermission);
        EXPECT_EQ(run.progress().handled(), 0u);
        EXPECT_EQ(run.undoable(), 0u);
    }
    EXPECT_EQ(infoOf(server).number("total_connections_received"), before + 1)
        << "but for the one that asks this";
    EXPECT_EQ(locked.guard->meter().figures().commands, 0u);
    EXPECT_EQ(server.command({"EXISTS", "k"}).integer, 1);
}

TEST(InspectChanges, lockingEndsARunThatIsUnderWay) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 20'000);
    const GuardedServer guarded = unlocked(server.address());
    const ChangeRun run{{guarded}, ChangeTargets::of(shop(20'000)), KeyChange::remove()};
    ASSERT_TRUE(eventually([&] { return run.progress().done > 100; }));
    guarded.guard->lock();
    expectEnd(run, State::failed);
    const ChangeProgress end = run.progress();
    EXPECT_EQ(end.failure->code(), ErrorCode::noPermission);
    EXPECT_LT(end.done, 20'000u);
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 20'000 - static_cast<std::int64_t>(end.done));
}

TEST(InspectChanges, removesWhatIsNamedAndNothingElse) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const std::vector<std::string> odd{
        std::string("a\0b", 3),   "new\nline", "\xff\xfe", "", "sp ace", "{tag}:1",
        std::string(500'000, 'x')};
    for (const std::string& name : odd) {
        server.command({"SET", name, "v"});
    }
    server.command({"SET", "a", "stays"});
    server.command({"HSET", "hash", "f", "v"});
    auto names = odd;
    names.emplace_back("hash");
    names.emplace_back("never there");
    const ChangeRun run{{unlocked(server.address())}, named(names), KeyChange::remove(), fast()};
    expectEnd(run, State::done);
    const ChangeProgress end = run.progress();
    EXPECT_EQ(end.targets, names.size());
    EXPECT_EQ(end.done, odd.size() + 1);
    EXPECT_EQ(end.gone, 1u);
    EXPECT_EQ(end.failed + end.left + end.unsure, 0u);
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 1);
    EXPECT_EQ(server.command({"GET", "a"}).text, "stays");
    EXPECT_EQ(run.undoable(), 0u) << "a removal has no undo";
    EXPECT_EQ(run.undo(), nullptr);
}

TEST(InspectChanges, takesASelectionOfACensus) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    KeyCensus census;
    std::vector<std::uint32_t> odd;
    for (std::uint32_t i = 0; i < 100; ++i) {
        const std::string name = "k:" + std::to_string(i);
        server.command({"SET", name, "v"});
        const NamedKey key{name, {}};
        ASSERT_TRUE(census.add({&key, 1}));
        if (i % 2 == 1) {
            odd.push_back(i);
        }
    }
    const ChangeRun run{{unlocked(server.address())},
                        ChangeTargets::of(census.view(), odd),
                        KeyChange::remove(),
                        fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 50u);
    EXPECT_EQ(server.command({"EXISTS", "k:98"}).integer, 1);
    EXPECT_EQ(server.command({"EXISTS", "k:99"}).integer, 0);
}

TEST(InspectChanges, stopsAtOnceAndTheCountIsRight) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 30'000);
    ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(shop(30'000)), KeyChange::remove()};
    ASSERT_TRUE(eventually([&] { return run.progress().done > 200; }));
    run.pause();
    ASSERT_TRUE(eventually([&] {
        const auto one = run.progress();
        return one.state == State::paused &&
               server.command({"DBSIZE"}).integer == 30'000 - static_cast<std::int64_t>(one.done);
    }));
    run.resume();
    run.stop();
    expectEnd(run, State::stopped);
    const ChangeProgress end = run.progress();
    EXPECT_LT(end.done, 30'000u);
    EXPECT_EQ(end.targets, 30'000u);
    EXPECT_EQ(server.command({"DBSIZE"}).integer, 30'000 - static_cast<std::int64_t>(end.done));
}

TEST(InspectChanges, endsSoonWhenItIsDestroyedWhileTheServerIsSilent) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer server;
    fillShop(server.address(), 20'000);
    const TimePoint begun = SystemClock::instance().now();
    {
        const ChangeRun run{
            {unlocked(server.address())}, ChangeTargets::of(shop(20'000)), KeyChange::persist()};
        ASSERT_TRUE(eventually([&] { return run.progress().handled() > 200; }));
        server.suspend();
    }
    EXPECT_LT(SystemClock::instance().now() - begun, 8s) << "and not at the end of the time-out";
    server.resume();
}

TEST(InspectChanges, aNewTtlIsSetAndUndoneToTheMillisecond) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 2000);
    const auto keys = shop(2000);
    const auto before = deadlinesOf(server, keys);
    const std::int64_t now = SystemClock::instance().now().time_since_epoch() / 1ms;
    const ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(keys), KeyChange::expireIn(10h), fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 2000u);
    for (const std::int64_t deadline : deadlinesOf(server, keys)) {
        EXPECT_NEAR(static_cast<double>(deadline - now), 36e6, 20e3);
    }
    EXPECT_EQ(run.undoable(), 2000u);
    const auto undo = run.undo();
    ASSERT_NE(undo, nullptr);
    expectEnd(*undo, State::done);
    EXPECT_EQ(undo->progress().targets, 2000u);
    EXPECT_EQ(undo->progress().done, 2000u);
    EXPECT_EQ(deadlinesOf(server, keys), before);
    EXPECT_EQ(undo->undoable(), 0u);
}

TEST(InspectChanges, jitterSpreadsTtlsTheSameWayEachTime) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    std::vector<ChangeTargets::Named> keys;
    const std::int64_t due = SystemClock::instance().now().time_since_epoch() / 1ms + 3'600'000;
    {
        Loader loader{server.address()};
        for (int i = 0; i < 1000; ++i) {
            keys.push_back({"storm:" + std::to_string(i), 0});
            loader.put({"SET", keys.back().name, "v", "PXAT", std::to_string(due)});
        }
        keys.push_back({"forever", 0});
        loader.put({"SET", "forever", "v"});
    }
    const auto before = deadlinesOf(server, keys);
    const ChangeTargets targets = ChangeTargets::of(keys);
    const GuardedServer guarded = unlocked(server.address());
    const ChangeRun run{{guarded}, targets, KeyChange::spread(0.1, 7), fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 1000u);
    EXPECT_EQ(run.progress().left, 1u) << "without a TTL there is nothing to spread";
    const auto spread = deadlinesOf(server, keys);
    double sum = 0;
    std::set<std::int64_t> minutes;
    for (std::size_t i = 0; i < 1000; ++i) {
        const auto moved = static_cast<double>(spread[i] - due);
        EXPECT_LE(std::abs(moved), 360'000);
        sum += moved;
        minutes.insert(spread[i] / 60'000);
    }
    EXPECT_LT(std::abs(sum / 1000), 30'000) << "as many earlier as later";
    EXPECT_GE(minutes.size(), 11u) << "over twelve minutes";
    EXPECT_EQ(spread.back(), -1);

    const auto undo = run.undo();
    expectEnd(*undo, State::done);
    EXPECT_EQ(deadlinesOf(server, keys), before);
    const ChangeRun again{{guarded}, targets, KeyChange::spread(0.1, 7), fast()};
    expectEnd(again, State::done);
    const auto second = deadlinesOf(server, keys);
    for (std::size_t i = 0; i < 1000; ++i) {
        EXPECT_NEAR(static_cast<double>(second[i] - spread[i]), 0, 3000) << "but for what passed";
    }
}

TEST(InspectChanges, whatWasChangedMeanwhileIsNotUndone) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (const char* key : {"kept", "again", "removed", "soon"}) {
        server.command({"SET", key, "v", "EX", "1000"});
    }
    server.command({"PEXPIRE", "soon", "300"});
    server.command({"SET", "bare", "v"});
    const std::int64_t former = deadlineOf(server, "kept");
    const ChangeRun run{{unlocked(server.address())},
                        named({"kept", "again", "removed", "soon", "bare"}),
                        KeyChange::persist(),
                        fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 4u);
    EXPECT_EQ(run.progress().left, 1u) << "one had no TTL";
    EXPECT_EQ(run.undoable(), 4u);
    server.command({"SET", "again", "new", "EX", "50"});
    server.command({"DEL", "removed"});
    const std::int64_t own = deadlineOf(server, "again");
    // Until the deadline that "soon" had has passed for the server.
    ASSERT_TRUE(eventually([&] {
        const auto time = server.command({"TIME"}).elements;
        return std::stoll(time[0].text) * 1000 + std::stoll(time[1].text) / 1000 >
               former - 1'000'000 + 400;
    }));
    const auto undo = run.undo();
    expectEnd(*undo, State::done);
    EXPECT_EQ(undo->progress().done, 1u);
    EXPECT_EQ(undo->progress().gone, 1u);
    EXPECT_EQ(undo->progress().left, 2u);
    EXPECT_EQ(deadlineOf(server, "kept"), former);
    EXPECT_EQ(deadlineOf(server, "again"), own);
    EXPECT_EQ(deadlineOf(server, "soon"), -1) << "to bring it back would remove the key";
}

TEST(InspectChanges, aServerWithoutAbsoluteDeadlinesIsUndoneNearly) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options old;
    old.arguments = {"--rename-command", "PEXPIRETIME", ""};
    const RedisServer server{old};
    server.command({"SET", "k", "v", "EX", "1000"});
    server.command({"SET", "n", "v"});
    const ChangeRun run{
        {unlocked(server.address())}, named({"k", "n"}), KeyChange::expireIn(5h), fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 2u);
    const auto undo = run.undo();
    ASSERT_NE(undo, nullptr);
    expectEnd(*undo, State::done);
    EXPECT_EQ(undo->progress().done, 2u);
    EXPECT_NEAR(static_cast<double>(server.command({"PTTL", "k"}).integer), 1e6, 20e3);
    EXPECT_EQ(server.command({"PTTL", "n"}).integer, -1);
}

TEST(InspectChanges, goesOnWhenOnlyTheConnectionWasLost) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 20'000);
    const auto keys = shop(20'000);
    const auto before = deadlinesOf(server, keys);
    const ChangeRun run{
        {unlocked(server.address())}, ChangeTargets::of(keys), KeyChange::expireIn(10h)};
    for (const std::uint64_t at : {200, 4000}) {
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
        same += after[i] == before[i] ? 1 : 0;
    }
    EXPECT_EQ(same, run.undoable());
}

TEST(InspectChanges, aReplyThatWasLostLeavesARemovalUnsure) {
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

TEST(InspectChanges, aServerThatWasStartedAnewEndsItWithWhatWasDone) {
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

TEST(InspectChanges, aKeyThatMayNotBeTouchedFailsAloneAndARuleForAllEndsIt) {
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

TEST(InspectChanges, ofAMovedSlotTheReasonIsSaid) {
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

TEST(InspectChanges, eachServerGetsItsOwnKeys) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer one;
    const RedisServer two;
    std::vector<ChangeTargets::Named> keys;
    for (std::size_t i = 0; i < 600; ++i) {
        keys.push_back({"k" + std::to_string(i), i % 2});
        one.command({"SET", keys.back().name, "v"});
        two.command({"SET", keys.back().name, "v"});
    }
    const ChangeRun run{{unlocked(one.address()), unlocked(two.address())},
                        ChangeTargets::of(keys),
                        KeyChange::expireIn(1h),
                        fast()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().done, 600u);
    EXPECT_GT(deadlineOf(one, "k0"), 0);
    EXPECT_EQ(deadlineOf(one, "k1"), -1);
    EXPECT_EQ(deadlineOf(two, "k0"), -1);
    EXPECT_GT(deadlineOf(two, "k1"), 0);
    const auto undo = run.undo();
    expectEnd(*undo, State::done);
    EXPECT_EQ(undo->progress().done, 600u);
    EXPECT_EQ(deadlineOf(two, "k1"), -1);
}

TEST(InspectChanges, whatWouldRemoveKeysIsNoTtl) {
    for (const KeyChange& change : {KeyChange::expireIn(Duration::zero()), KeyChange::expireIn(-1s),
                                    KeyChange::expireIn(24h * 40'000), KeyChange::spread(0),
                                    KeyChange::spread(1), KeyChange::spread(std::nan(""))}) {
        ASSERT_FALSE(change.check());
        EXPECT_EQ(change.check().error().code(), ErrorCode::outOfRange);
    }
    EXPECT_TRUE(KeyChange::expireIn(1ms).check());
    EXPECT_TRUE(KeyChange::spread(0.9).check());
}

TEST(InspectChanges, noTargetsAreDoneAtOnce) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    const ChangeRun run{{unlocked(server.address())}, named({}), KeyChange::remove()};
    expectEnd(run, State::done);
    EXPECT_EQ(run.progress().handled(), 0u);
}

}  // namespace
}  // namespace cachescope::inspect
