// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// In which order a RecoveryQueue makes changes, with others under way and in any order of failures.

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "engine/core/random.h"
#include "tests/engine/recovery_queue_fixture.h"
#include "tests/support/in_parallel.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RecoveryQueueTest;

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

TEST_F(RecoveryQueueTest, aRemovalWaitsForTheRetryThatIsUnderWay) {
    down();
    set("k", "waiting");
    up();
    bool first = true;
    m_lower->before = [&](std::string_view call, std::string_view) {
        if (call == "set" && std::exchange(first, false)) {
            EXPECT_EQ(m_queue->clear().value(), 0u);
            set("j", "after it");  // would carry the removal out, were nothing under way
        }
    };
    (void)m_queue->acquireLease("k", 1h);
    ASSERT_FALSE(first);
    m_lower->before = {};
    EXPECT_EQ(value("k"), "(absent)") << "it was removed after it had been set";
    m_clock.advance(10s);
    sweep();
    sweep();
    EXPECT_EQ(m_lower->valueOf("k"), "(absent)");
    EXPECT_EQ(m_lower->valueOf("j"), "after it");
}

TEST_F(RecoveryQueueTest, aRetryNeverLandsAfterANewerDirectSetThatWasUnderWay) {
    down();
    set("k", "waiting");
    up();
    std::mutex mutex;
    std::condition_variable changed;
    int begun = 0;
    bool go = false;
    bool directIsDone = false;
    m_lower->before = [&](std::string_view call, std::string_view) {
        if (call != "set") {
            return;
        }
        std::unique_lock lock(mutex);
        if (++begun == 1) {
            changed.notify_all();
            changed.wait_for(lock, 20s, [&] { return go; });
        } else {  // a retry that did not wait for its turn: let it be the later one
            go = true;
            changed.notify_all();
            changed.wait_for(lock, 20s, [&] { return directIsDone; });
        }
    };
    test::TestThread direct([&] {
        set("k", "newer");
        const std::lock_guard lock(mutex);
        directIsDone = true;
        changed.notify_all();
    });
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, 20s, [&] { return begun == 1; }));
    }
    sweep();
    {
        const std::lock_guard lock(mutex);
        go = true;
        changed.notify_all();
    }
    direct.join();
    EXPECT_EQ(m_lower->valueOf("k"), "newer");
    EXPECT_EQ(value("k"), "newer");
    EXPECT_EQ(waiting(), 0u);
}

TEST_F(RecoveryQueueTest, whatWaitsBehindARemovalIsNotWrittenBeforeIt) {
    down();
    ASSERT_TRUE(m_queue->clear().ok());
    set("k", "after");
    up();
    EXPECT_FALSE(m_queue->acquireLease("k", 1h).ok());
    EXPECT_EQ(value("k"), "after");
    sweep();
    EXPECT_EQ(m_lower->valueOf("k"), "after");
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
}  // namespace cachescope
