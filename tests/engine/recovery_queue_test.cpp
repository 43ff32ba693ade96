// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/recovery_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "engine/core/random.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/in_parallel.h"
#include "tests/support/temporary_directory.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::FaultyBackend;

class RecoveryQueueTest : public ::testing::Test {
protected:
    RecoveryQueueTest() { make({}); }
    void make(RecoveryItems::Limits limits, bool shared = false) {
        auto lower = std::make_unique<FaultyBackend>(m_clock, shared);
        m_lower = lower.get();
        RecoveryQueueOptions options;
        options.limits = limits;
        options.retryAfter = 10s;
        options.turnWait = 10ms;
        options.clock = &m_clock;
        m_queue = std::make_unique<RecoveryQueue>(std::move(lower), options);
    }
    Entry entry(std::string_view value, Duration ttl = Duration::max()) const {
        Entry made;
        made.value = Bytes{value};
        made.created = m_clock.now();
        made.expires = deadlineAfter(m_clock.now(), ttl);
        return made;
    }
    void set(std::string_view key, std::string_view value, Duration ttl = Duration::max()) {
        const auto done = m_queue->set(key, entry(value, ttl));
        ASSERT_TRUE(done.ok()) << done.error().toLogLine();
    }
    std::string value(std::string_view key) {
        const auto found = m_queue->get(key);
        if (!found) {
            return errorCodeName(found.error().code());
        }
        return *found ? (*found)->value.toString() : "(absent)";
    }
    void down(ErrorCode code = ErrorCode::unreachable) { m_lower->fail(code); }
    void up() { m_lower->fail({}); }
    std::uint64_t waiting() const { return m_queue->counters().waiting; }
    void sweep() { ASSERT_TRUE(m_queue->removeExpired(1000).ok()); }
    std::set<std::string> scanned(std::string_view pattern = "*", std::size_t limit = 2) {
        std::set<std::string> keys;
        std::string cursor;
        do {
            const auto page = m_queue->scan(cursor, pattern, limit);
            EXPECT_TRUE(page.ok());
            if (!page) {
                break;
            }
            for (const ScannedKey& key : page->keys) {
                keys.insert(key.key);
            }
            cursor = page->next;
        } while (!cursor.empty());
        return keys;
    }

    ManualClock m_clock{TimePoint{1000s}};
    FaultyBackend* m_lower = nullptr;
    std::unique_ptr<RecoveryQueue> m_queue;
};

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

TEST_F(RecoveryQueueTest, aRetryThatFailsIsNotRepeatedWithEveryCall) {
    down();
    set("k", "new");
    m_lower->before = [&](std::string_view call, std::string_view) {
        m_lower->fail(call == "set" ? std::optional{ErrorCode::timedOut} : std::nullopt);
    };
    EXPECT_EQ(value("other"), "(absent)");
    const int before = m_lower->calls;
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(value("other"), "(absent)");
    }
    EXPECT_EQ(m_lower->calls - before, 5);
    m_lower->before = {};
    up();
    m_clock.advance(10s);
    EXPECT_EQ(value("other"), "(absent)");
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, aChangeBehindAHangingOneWaitsInTheQueueAndWins) {
    bool first = true;
    m_lower->before = [&](std::string_view call, std::string_view) {
        if (call == "set" && std::exchange(first, false)) {
            set("k", "second");  // while the first one is under way
            EXPECT_EQ(value("k"), "second");
        }
    };
    set("k", "first");
    EXPECT_EQ(value("k"), "second");
    sweep();
    EXPECT_EQ(m_lower->valueOf("k"), "second");
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, aRetryUnderWayDoesNotOvertakeWhatComesMeanwhile) {
    for (const char* what : {"set", "erase", "clear", "eraseMatching"}) {
        up();
        ASSERT_TRUE(m_queue->clear().ok());
        down();
        set("k", "waiting");
        up();
        bool first = true;
        m_lower->before = [&](std::string_view call, std::string_view) {
            if (call != "set" || !std::exchange(first, false)) {
                return;
            }
            const std::string_view name = what;
            if (name == "set") {
                set("k", "newer");
            } else if (name == "erase") {
                EXPECT_TRUE(m_queue->erase("k").ok());
            } else if (name == "clear") {
                EXPECT_TRUE(m_queue->clear().ok());
            } else {
                EXPECT_TRUE(m_queue->eraseMatching("k*").ok());
            }
        };
        sweep();
        EXPECT_FALSE(first) << what;
        const std::string expected = std::string_view{what} == "set" ? "newer" : "(absent)";
        EXPECT_EQ(value("k"), expected) << what;
        m_lower->before = {};
        sweep();
        sweep();
        EXPECT_EQ(m_lower->valueOf("k"), expected) << what;
        EXPECT_EQ(value("k"), expected) << what;
    }
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

// Whatever fails in whatever order: what is served is the present value, a miss, or a failure.
TEST_F(RecoveryQueueTest, noOrderOfFailuresBringsAnOldValueBack) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        make({.items = seed % 3 == 0 ? 4U : 1000U, .bytes = seed % 2 == 0 ? 2500U : 100'000U},
             seed % 5 == 0);
        Random random{seed};
        std::map<std::string, std::string> model;
        int hits = 0;
        m_lower->before = [&](std::string_view, std::string_view) {
            m_lower->afterwards = random.below(2) == 0;
        };
        for (int step = 0; step < 600; ++step) {
            const auto dice = random.below(100);
            const std::string key = "k" + std::to_string(random.below(8));
            const std::string value = std::to_string(step) + std::string(random.below(300), '.');
            if (dice < 6) {
                down(random.below(2) == 0 ? ErrorCode::timedOut : ErrorCode::unreachable);
            } else if (dice < 12) {
                up();
            } else if (dice < 35) {
                set(key, value);
                model[key] = value;
            } else if (dice < 50) {
                ASSERT_TRUE(m_queue->erase(key).ok());
                model.erase(key);
            } else if (dice < 52) {
                ASSERT_TRUE(m_queue->clear().ok());
                model.clear();
            } else if (dice < 55) {
                ASSERT_TRUE(m_queue->eraseMatching("k[0-3]*").ok());
                std::erase_if(model, [](const auto& pair) { return pair.first < "k4"; });
            } else if (dice < 60) {
                (void)m_queue->removeExpired(random.below(5));
            } else if (dice < 65) {
                m_clock.advance(3s);
            } else {
                const auto found = m_queue->get(key);
                if (found && *found) {
                    ++hits;
                    ASSERT_TRUE(model.contains(key)) << "seed " << seed << " step " << step;
                    ASSERT_EQ((*found)->value.toString(), model[key])
                        << "seed " << seed << " step " << step;
                }
            }
        }
        EXPECT_GT(hits, 10);
        up();
        m_lower->before = {};
        sweep();
        sweep();
        EXPECT_EQ(waiting(), 0u);
        for (int k = 0; k < 8; ++k) {
            const std::string key = "k" + std::to_string(k);
            const std::string below = m_lower->valueOf(key);
            ASSERT_TRUE(below == "(absent)" || (model.contains(key) && below == model[key]));
        }
    }
}

// A reader may never see less than what had been written before it began to read.
TEST_F(RecoveryQueueTest, threadsNeverSeeAnOlderValueThanTheLastOneWritten) {
    constexpr int kKeys = 4;
    std::atomic<int> written[kKeys] = {};
    std::atomic<int> stale{0};
    std::atomic<int> hits{0};
    std::atomic<bool> over{false};
    m_lower->afterwards = true;
    test::inParallel(kKeys + 3, [&](int t) {
        Random random{static_cast<std::uint64_t>(t) + 1};
        if (t < kKeys) {
            const std::string key = std::to_string(t);
            for (int i = 1; i <= 1500 || (hits < 1000 && i < 1'000'000); ++i) {
                const bool erased = random.below(4) == 0;
                const bool done = erased ? m_queue->erase(key).ok()
                                         : m_queue->set(key, entry(std::to_string(i))).ok();
                EXPECT_TRUE(done);
                written[t] = erased ? -i : i;
            }
            over = true;
        } else if (t < kKeys + 2) {
            while (!over) {
                const auto k = random.below(kKeys);
                const int before = written[k];
                const auto found = m_queue->get(std::to_string(k));
                if (found && *found) {
                    ++hits;
                    stale += std::stoi((*found)->value.toString()) < std::abs(before) ? 1 : 0;
                }
            }
        } else {
            while (!over) {
                m_lower->fail(random.below(2) == 0 ? std::optional{ErrorCode::timedOut}
                                                   : std::nullopt);
                (void)m_queue->removeExpired(5);
                m_clock.advance(3s);
            }
        }
    });
    EXPECT_EQ(stale, 0);
    EXPECT_GT(hits, 100);
    up();
    sweep();
    sweep();
    EXPECT_EQ(waiting(), 0u);
    for (int k = 0; k < kKeys; ++k) {
        const int last = written[k];
        EXPECT_EQ(m_lower->valueOf(std::to_string(k)),
                  last < 0 ? "(absent)" : std::to_string(last));
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
