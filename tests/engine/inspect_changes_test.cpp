// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_changes.h"

#include <gtest/gtest.h>
#include <algorithm>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/inspect_changes_fixture.h"
#include "tests/support/eventually.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using cachescope::test::eventually;
using cachescope::test::RedisServer;
using test::deadlineOf;
using test::deadlinesOf;
using test::expectEnd;
using test::fast;
using test::fillShop;
using test::infoOf;
using test::Loader;
using test::named;
using test::shop;
using test::unlocked;

using State = ChangeProgress::State;

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

TEST(InspectChanges, tellsOfEachKeyWhatIsKnownOfIt) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    for (const char* name : {"a", "b", "d"}) {
        server.command({"SET", name, "v", "EX", "1000"});
    }
    server.command({"SET", "e", "v"});
    const std::int64_t before = deadlineOf(server, "a");
    const GuardedServer guarded = unlocked(server.address());
    const ChangeTargets targets = named({"a", "b", "c", "d", "e"});
    {
        const ChangeRun run{{guarded}, targets, KeyChange::persist(), fast()};
        expectEnd(run, State::done);
        // "e" had nothing to lose, and that is known of it now.
        const std::vector<ChangedKey> expected{
            {0, kNoExpiry}, {1, kNoExpiry}, {2, kKeyGone}, {3, kNoExpiry}, {4, kNoExpiry}};
        EXPECT_EQ(run.changedKeys(), expected);
        server.command({"PEXPIRE", "b", "99999"});
        const auto undo = run.undo();
        expectEnd(*undo, State::done);
        const std::vector<ChangedKey> undone = undo->changedKeys();
        ASSERT_EQ(undone.size(), 3u);
        const auto of = [&undone](std::size_t target) {
            const auto found =
                std::find_if(undone.begin(), undone.end(),
                             [target](const ChangedKey& key) { return key.target == target; });
            return found == undone.end() ? kKeyGone : found->expiry;
        };
        EXPECT_EQ(of(0), before);
        EXPECT_EQ(of(1), deadlineOf(server, "b")) << "left alone, and seen as somebody else set it";
        EXPECT_EQ(of(3), deadlineOf(server, "d"));
    }
    const ChangeRun run{{guarded}, targets, KeyChange::remove(), fast()};
    expectEnd(run, State::done);
    const std::vector<ChangedKey> expected{
        {0, kKeyRemoved}, {1, kKeyRemoved}, {2, kKeyGone}, {3, kKeyRemoved}, {4, kKeyRemoved}};
    EXPECT_EQ(run.changedKeys(), expected);
}

TEST(InspectChanges, aStoppedRunTellsOnlyOfWhatItReached) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    fillShop(server.address(), 30'000);
    const ChangeTargets targets = ChangeTargets::of(shop(30'000));
    ChangeRun run{{unlocked(server.address())}, targets, KeyChange::remove()};
    ASSERT_TRUE(eventually([&] { return run.progress().done > 100; }));
    EXPECT_TRUE(run.changedKeys().empty()) << "while it goes on";
    run.stop();
    expectEnd(run, State::stopped);
    const std::vector<ChangedKey> changed = run.changedKeys();
    EXPECT_EQ(changed.size(), run.progress().done);
    for (const ChangedKey& key : {changed.front(), changed.back()}) {
        const std::string name{targets.at(key.target).name};
        EXPECT_EQ(server.command({"EXISTS", name}).integer, 0);
    }
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
