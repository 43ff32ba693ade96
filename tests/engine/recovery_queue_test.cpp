// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>
#include <vector>

#include "engine/backend/recovery_items.h"
#include "engine/backend/reserved_keys.h"
#include "tests/engine/backend_conformance.h"
#include "tests/engine/recovery_queue_fixture.h"
#include "tests/support/temporary_directory.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RecoveryQueueTest;

TEST(RecoveryItemsTest, aMarkNeverGivesWayToAnEraseOfItself) {
    RecoveryItems items({.items = 10, .bytes = 3000});
    const std::string mark = std::string{kReservedPrefix} + "tprice";
    Entry entry;
    entry.value = Bytes{std::string(600, 'x')};
    items.put(mark, entry, 1);
    for (std::uint64_t i = 2; i < 8; ++i) {
        items.put("k" + std::to_string(i), entry, i);
    }
    EXPECT_FALSE(items.find("k2")->entry.has_value()) << "values have made room";
    ASSERT_NE(items.find(mark), nullptr);
    EXPECT_TRUE(items.find(mark)->entry.has_value());
    // Where it is itself given up, everything is void.
    for (std::uint64_t i = 8; i < 12; ++i) {
        items.put("k" + std::to_string(i), std::nullopt, i);
    }
    EXPECT_TRUE(items.find(mark) != nullptr || items.removals().everything);
}

TEST_F(RecoveryQueueTest, aFailedSetIsServedFromTheQueueAndWrittenLater) {
    set("k", "old");
    for (const ErrorCode code : {ErrorCode::unreachable, ErrorCode::timedOut, ErrorCode::io,
                                 ErrorCode::disconnected, ErrorCode::unavailable}) {
        down(code);
        set("k", errorCodeName(code));
        EXPECT_EQ(value("k"), errorCodeName(code));
        EXPECT_EQ(value("other"), errorCodeName(code)) << "unknown is not absent";
        EXPECT_EQ(waiting(), 1u) << "one item a key";
    }
    up();
    EXPECT_EQ(m_lower->valueOf("k"), "old");
    EXPECT_EQ(value("k"), "unavailable") << "an item answers without a call below";
    EXPECT_EQ(m_lower->valueOf("k"), "old");
    EXPECT_EQ(value("other"), "(absent)");
    EXPECT_EQ(m_lower->valueOf("k"), "unavailable") << "any success starts a retry";
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(value("k"), "unavailable");
    EXPECT_EQ(m_queue->counters().retried, 1u);
    EXPECT_EQ(m_queue->counters().queued, 5u);
    EXPECT_EQ(m_queue->counters().bytes, 0u);
}

TEST_F(RecoveryQueueTest, aFailedEraseIsAMissUntilItIsDone) {
    set("k", "old");
    down();
    EXPECT_FALSE(m_queue->erase("k").value());
    EXPECT_EQ(value("k"), "(absent)");
    up();
    EXPECT_EQ(value("k"), "(absent)");
    EXPECT_FALSE(m_queue->erase("k").value()) << "what lies below was removed before";
    EXPECT_EQ(m_lower->valueOf("k"), "(absent)");
    EXPECT_EQ(waiting(), 0u);
    down();
    set("k", "new");
    EXPECT_TRUE(m_queue->erase("k").value()) << "the waiting value was alive";
    EXPECT_EQ(value("k"), "(absent)");
    up();
    sweep();
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, aCallThatTookEffectThoughItFailedDoesNoHarm) {
    set("k", "old");
    m_lower->afterwards = true;
    down(ErrorCode::timedOut);
    set("k", "new");
    EXPECT_EQ(value("k"), "new");
    up();
    sweep();
    EXPECT_EQ(m_lower->valueOf("k"), "new");
    EXPECT_EQ(value("k"), "new");
}

TEST_F(RecoveryQueueTest, aDirectChangeMakesTheWaitingOneSuperfluous) {
    down();
    set("a", "old");
    ASSERT_TRUE(m_queue->erase("b").ok());
    set("c", "old");
    up();
    m_lower->before = [&](std::string_view call, std::string_view) {
        EXPECT_NE(call, "removeExpired");
    };
    set("a", "new");
    EXPECT_EQ(m_lower->valueOf("a"), "new");
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(m_queue->counters().retried, 2u) << "b and c, and not a";
    EXPECT_EQ(value("a"), "new");
}

TEST_F(RecoveryQueueTest, refusalsAreHandedOn) {
    set("k", "old");
    for (const ErrorCode code :
         {ErrorCode::tooLarge, ErrorCode::outOfMemory, ErrorCode::noPermission}) {
        down(code);
        EXPECT_EQ(m_queue->set("k", entry("new")).error().code(), code);
        EXPECT_EQ(waiting(), 0u);
        EXPECT_EQ(m_queue->touch("k", kNever).error().code(), code);
        EXPECT_EQ(m_queue->clear().error().code(), code);
        if (code == ErrorCode::tooLarge) {
            up();
            EXPECT_EQ(value("k"), "old");
        }
        m_lower->fail({});
        ASSERT_TRUE(m_queue->clear().ok());
        set("k", "old");
    }
}

TEST_F(RecoveryQueueTest, aRefusedEraseIsAMissAllTheSame) {
    set("k", "old");
    down(ErrorCode::readOnly);
    EXPECT_EQ(m_queue->erase("k").error().code(), ErrorCode::readOnly);
    up();
    m_lower->before = [&](std::string_view call, std::string_view) {
        m_lower->fail(call == "erase" ? std::optional{ErrorCode::readOnly} : std::nullopt);
    };
    EXPECT_EQ(value("k"), "(absent)");
    down();
    set("j", "waits behind it");
    sweep();
    EXPECT_EQ(value("k"), "(absent)");
    EXPECT_EQ(waiting(), 1u) << "what is refused keeps nobody else waiting";
    m_lower->before = {};
    up();
    sweep();
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(m_lower->valueOf("k"), "(absent)");
    EXPECT_EQ(m_lower->valueOf("j"), "waits behind it");
}

TEST_F(RecoveryQueueTest, aValueThatIsRefusedLaterLeavesNoOlderOneBehind) {
    set("k", "old");
    down();
    set("k", "new");
    m_lower->before = [&](std::string_view call, std::string_view) {
        m_lower->fail(call == "set" ? std::optional{ErrorCode::outOfMemory} : std::nullopt);
    };
    sweep();
    EXPECT_EQ(value("k"), "(absent)");
    sweep();
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(m_lower->valueOf("k"), "(absent)");
}

TEST_F(RecoveryQueueTest, aSetThatExpiresWhileItWaitsDoesNotBringTheOlderOneBack) {
    set("k", "old");
    down();
    set("k", "new", 5s);
    m_clock.advance(5s);
    EXPECT_EQ(value("k"), "new") << "the deadline itself is still alive";
    m_clock.advance(1ns);
    EXPECT_EQ(value("k"), "(absent)");
    up();
    EXPECT_EQ(value("k"), "(absent)");
    sweep();
    EXPECT_EQ(m_lower->valueOf("k"), "(absent)");
    EXPECT_EQ(waiting(), 0u);
    set("k", "old");
    down();
    Entry dead = entry("dead");
    dead.expires = m_clock.now() - 1ns;
    ASSERT_TRUE(m_queue->set("k", dead).ok());
    up();
    EXPECT_EQ(value("k"), "(absent)") << "set when it had expired";
}

TEST_F(RecoveryQueueTest, valuesThatFindNoRoomBecomeErases) {
    make({.items = 100, .bytes = 3000});
    for (const char* key : {"a", "b", "c"}) {
        set(key, "old");
    }
    down();
    for (const char* key : {"a", "b", "c"}) {
        set(key, std::string(800, *key));
    }
    EXPECT_LE(m_queue->counters().bytes, 3000u);
    EXPECT_EQ(value("a"), "(absent)") << "the oldest, and never its older value";
    EXPECT_EQ(value("c"), std::string(800, 'c'));
    EXPECT_EQ(m_queue->counters().dropped, 1u);
    EXPECT_FALSE(m_queue->counters().everythingVoid);
    set("huge", std::string(10'000, 'h'));
    EXPECT_LE(m_queue->counters().bytes, 3000u);
    EXPECT_EQ(value("huge"), "(absent)");
    up();
    sweep();
    EXPECT_EQ(m_lower->valueOf("a"), "(absent)");
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, anEraseThatFindsNoRoomVoidsEverythingBelow) {
    make({.items = 3, .bytes = 1 << 20});
    for (const char* key : {"a", "b", "untouched"}) {
        set(key, "old");
    }
    down();
    ASSERT_TRUE(m_queue->erase("a").ok());
    set("b", "new");
    set("c", "new");
    set("d", "new");
    EXPECT_TRUE(m_queue->counters().everythingVoid);
    EXPECT_EQ(value("a"), "(absent)");
    EXPECT_EQ(value("untouched"), "(absent)") << "nobody knows any more what was removed";
    EXPECT_EQ(value("b"), "new");
    up();
    EXPECT_EQ(value("a"), "(absent)") << "until the store could be cleared";
    set("e", "new");
    EXPECT_FALSE(m_queue->counters().everythingVoid);
    sweep();
    EXPECT_EQ(waiting(), 0u);
    for (const char* key : {"a", "untouched"}) {
        EXPECT_EQ(m_lower->valueOf(key), "(absent)") << key;
    }
    for (const char* key : {"b", "c", "d", "e"}) {
        EXPECT_EQ(m_lower->valueOf(key), "new") << key;
    }
}

TEST_F(RecoveryQueueTest, removalsOfManyWaitAndWhatIsSetAfterThemStays) {
    for (const char* key : {"u:1", "u:2", "v:1"}) {
        set(key, "old");
    }
    down();
    set("u:3", "before");
    EXPECT_EQ(m_queue->eraseMatching("u:*").value(), 0u);
    EXPECT_EQ(value("u:1"), "(absent)");
    EXPECT_EQ(value("u:3"), "(absent)");
    EXPECT_EQ(value("v:1"), "unreachable") << "only what matches";
    set("u:1", "after");
    EXPECT_EQ(value("u:1"), "after");
    up();
    EXPECT_EQ(value("v:1"), "old");
    EXPECT_EQ(m_lower->valueOf("u:1"), "after");
    EXPECT_EQ(m_lower->valueOf("u:2"), "(absent)");
    down();
    EXPECT_EQ(m_queue->clear().value(), 0u);
    EXPECT_EQ(value("v:1"), "(absent)");
    EXPECT_EQ(value("never heard of"), "(absent)");
    const auto before = waiting();
    ASSERT_TRUE(m_queue->erase("never heard of").ok());
    EXPECT_EQ(waiting(), before) << "what is void needs no erase";
    set("w", "after");
    EXPECT_EQ(m_queue->eraseMatching("w").value(), 1u) << "a pattern that names one key";
    set("x", "after");
    up();
    sweep();
    EXPECT_EQ(m_lower->valueOf("v:1"), "(absent)");
    EXPECT_EQ(m_lower->valueOf("x"), "after");
    EXPECT_EQ(m_lower->inner().stat()->entries, 1u);
}

TEST_F(RecoveryQueueTest, aRemovalThatWaitsDoesNotTakeWhatIsSetWhileTheBackendIsBack) {
    set("k", "old");
    down();
    ASSERT_TRUE(m_queue->clear().ok());
    EXPECT_FALSE(m_queue->removeExpired(1000).ok());
    up();
    set("k", "new");
    EXPECT_EQ(value("k"), "new");
    EXPECT_EQ(m_lower->valueOf("k"), "old") << "too early for another try";
    m_clock.advance(10s);
    set("j", "newer");
    EXPECT_EQ(m_lower->valueOf("k"), "new");
    EXPECT_EQ(value("j"), "newer");
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, tooManyPatternsBecomeOneRemoval) {
    for (int i = 0; i < 40; ++i) {
        set("k" + std::to_string(i) + "x", "old");
    }
    down();
    for (int i = 0; i < 40; ++i) {
        ASSERT_TRUE(m_queue->eraseMatching("k" + std::to_string(i) + "*").ok());
    }
    EXPECT_TRUE(m_queue->counters().everythingVoid);
    up();
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(value("k" + std::to_string(i) + "x"), "(absent)");
    }
    sweep();
    EXPECT_EQ(m_lower->inner().stat()->entries, 0u);
}

TEST_F(RecoveryQueueTest, inASharedStoreANewerValueOfAnotherProcessStays) {
    make({}, true);
    down();
    set("theirs", "ours, loaded before");
    m_clock.advance(1s);
    ASSERT_TRUE(m_lower->inner().set("theirs", entry("theirs, loaded later")).ok());
    ASSERT_TRUE(m_lower->inner().set("ours", entry("theirs, loaded before")).ok());
    m_clock.advance(1s);
    set("ours", "ours, loaded later");
    up();
    sweep();
    EXPECT_EQ(value("theirs"), "theirs, loaded later");
    EXPECT_EQ(value("ours"), "ours, loaded later");
    EXPECT_EQ(m_queue->counters().outdated, 1u);
}

TEST_F(RecoveryQueueTest, touchReachesWhatWaits) {
    set("below", "v", 10s);
    EXPECT_TRUE(m_queue->touch("below", m_clock.now() + 20s).value());
    down();
    EXPECT_FALSE(m_queue->touch("below", kNever).ok());
    set("waits", "v", 10s);
    ASSERT_TRUE(m_queue->erase("erased").ok());
    EXPECT_TRUE(m_queue->touch("waits", m_clock.now() + 20s).value());
    EXPECT_FALSE(m_queue->touch("erased", kNever).value());
    up();
    m_clock.advance(15s);
    EXPECT_EQ(value("below"), "v");
    EXPECT_EQ(m_lower->inner().get("waits").value()->expires, TimePoint{1020s});
}

TEST_F(RecoveryQueueTest, aLoadBegunBeforeAWaitingEraseStoresNothing) {
    const auto token = m_queue->acquireLease("k", 1h).value();
    ASSERT_TRUE(token.has_value());
    down();
    ASSERT_TRUE(m_queue->erase("k").ok());
    up();
    EXPECT_FALSE(m_queue->setAndRelease("k", entry("old"), *token).value());
    EXPECT_EQ(value("k"), "(absent)");
    const auto next = m_queue->acquireLease("k", 1h).value();
    ASSERT_TRUE(next.has_value()) << "the waiting erase is carried out first";
    EXPECT_EQ(waiting(), 0u);
    EXPECT_TRUE(m_queue->setAndRelease("k", entry("new"), *next).value());
    EXPECT_EQ(value("k"), "new");
    down();
    ASSERT_TRUE(m_queue->clear().ok());
    EXPECT_FALSE(m_queue->acquireLease("k", 1h).ok());
}

TEST_F(RecoveryQueueTest, aScanSeesWhatGetSees) {
    for (const char* key : {"a1", "a2", "a3", "b1"}) {
        set(key, "old");
    }
    m_lower->before = [&](std::string_view call, std::string_view) {
        m_lower->fail(call == "set" || call == "erase" || call == "eraseMatching"
                          ? std::optional{ErrorCode::timedOut}
                          : std::nullopt);
    };
    ASSERT_TRUE(m_queue->erase("a1").ok());
    set("a2", "longer than before");
    set("a4", "new");
    set("a5", "new", 1s);
    m_clock.advance(2s);
    using Keys = std::set<std::string>;
    EXPECT_EQ(scanned(), (Keys{"a2", "a3", "a4", "b1"}));
    EXPECT_EQ(scanned("a*", 1), (Keys{"a2", "a3", "a4"}));
    ASSERT_TRUE(m_queue->eraseMatching("a[23]*").ok());
    EXPECT_EQ(scanned(), (Keys{"a4", "b1"}));
    for (const char* cursor : {"q", "qx", "x", "q1x"}) {
        EXPECT_FALSE(m_queue->scan(cursor, "*", 1).ok()) << cursor;
    }
}

}  // namespace

namespace test {
namespace {

struct RecoveryOverFile {
    TemporaryDirectory directory;

    std::string unavailable() const { return {}; }
    ConformanceLimits limits() const { return {}; }
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        auto lower =
            BackendRegistry::builtin().create("file:" + (directory / "cache").string(), config);
        if (!lower) {
            return lower.error();
        }
        RecoveryQueueOptions options;
        options.clock = config.clock;
        return std::unique_ptr<Backend>{
            std::make_unique<RecoveryQueue>(std::move(*lower), options)};
    }
};
INSTANTIATE_TYPED_TEST_SUITE_P(RecoveryOverFile, BackendConformance, RecoveryOverFile);

}  // namespace
}  // namespace test
}  // namespace cachescope
