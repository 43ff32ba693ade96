// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/tiered_backend.h"

#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "engine/core/random.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/in_parallel.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {
namespace {

struct TieredFileStore {
    TemporaryDirectory directory;

    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        return BackendRegistry::builtin().create("tiered:file:" + (directory / "cache").string(),
                                                 config);
    }
    // As file: alone, whose groups are written after set() returned.
    ConformanceLimits limits() const { return {.reportsRemovals = false}; }
    std::string unavailable() const { return {}; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(TieredFile, BackendConformance, TieredFileStore);

/// A feed that is as the test says.
class HandFeed final : public ChangeFeed {
public:
    HandFeed(ChangeListener& to, const std::atomic<bool>& whole) : listener(to), m_whole(whole) {}
    bool isWhole() const noexcept override { return m_whole; }

    ChangeListener& listener;

private:
    const std::atomic<bool>& m_whole;
};

/// Two levels over a backend into which the test may step, on a clock that stands still.
class TieredBackendTest : public ::testing::Test {
protected:
    TieredBackendTest() { make(); }
    void make(Duration longest = {}, bool queue = false) {
        TieredBackend::Parts parts;
        auto lower = std::make_unique<FaultyBackend>(m_clock, true);
        m_lower = lower.get();
        BackendConfig config;
        config.clock = &m_clock;
        parts.upper = BackendRegistry::builtin().create("memory:", config).value();
        parts.lower = std::move(lower);
        if (queue) {
            RecoveryQueueOptions options;
            options.clock = &m_clock;
            auto made = std::make_unique<RecoveryQueue>(std::move(parts.lower), options);
            parts.queue = made.get();
            parts.lower = std::move(made);
        }
        parts.feed = [this](ChangeListener& listener) {
            auto made = std::make_unique<HandFeed>(listener, m_whole);
            m_feed = made.get();
            return made;
        };
        m_tiered = std::make_unique<TieredBackend>("tiered:test:", std::move(parts),
                                                   UpperLevel::Options{longest, &m_clock});
    }
    Entry entry(std::string_view value, Duration ttl = 1h) const {
        Entry made;
        made.value = Bytes{value};
        made.notes = SharedBytes{"notes of " + std::string{value}};
        made.created = m_clock.now();
        made.expires = m_clock.now() + ttl;
        return made;
    }
    void set(std::string_view key, std::string_view value, Duration ttl = 1h) {
        ASSERT_TRUE(m_tiered->set(key, entry(value, ttl)).ok());
    }
    /// As another process does it, without a word to anybody.
    void setBelow(std::string_view key, std::string_view value) {
        m_clock.advance(1ns);
        ASSERT_TRUE(m_lower->inner().set(key, entry(value)).ok());
    }
    /// "value from above", "value from below", "nothing", or the name of an error.
    std::string get(std::string_view key) {
        const auto found = m_tiered->get(key);
        if (!found) {
            return errorCodeName(found.error().code());
        }
        if (!*found) {
            return "nothing";
        }
        return (*found)->value.toString() + ((*found)->level == 0 ? " from above" : " from below");
    }
    /// Does `what` once, in the lower backend, after the next call of this name has had its effect.
    void duringNext(std::string_view call, std::function<void()> what) {
        m_lower->after = [this, call, what](std::string_view name, std::string_view) {
            if (name == call && !std::exchange(m_stepped, true)) {
                what();
            }
        };
        m_stepped = false;
    }
    void lose() {
        m_whole = false;
        m_feed->listener.everythingChanged();
    }
    void regain() {
        m_feed->listener.everythingChanged();
        m_whole = true;
    }

    ManualClock m_clock{TimePoint{1'000'000s}};
    std::atomic<bool> m_whole{true};
    FaultyBackend* m_lower = nullptr;
    HandFeed* m_feed = nullptr;
    bool m_stepped = true;
    std::unique_ptr<TieredBackend> m_tiered;
};

TEST_F(TieredBackendTest, whatWasReadOrSetOnceComesFromAbove) {
    setBelow("read", "r");
    EXPECT_EQ(get("read"), "r from below");
    EXPECT_EQ(get("read"), "r from above");
    set("set", "s");
    EXPECT_EQ(get("set"), "s from above");
    EXPECT_EQ(m_lower->valueOf("set"), "s");
    EXPECT_EQ(get("absent"), "nothing");
    EXPECT_EQ(m_tiered->get("read").value()->notes.view(), "notes of r");
}

TEST_F(TieredBackendTest, everyChangeOfOursIsSeenAtOnce) {
    set("a", "1");
    set("a", "2");
    EXPECT_EQ(get("a"), "2 from above");
    EXPECT_TRUE(m_tiered->erase("a").value());
    EXPECT_EQ(get("a"), "nothing");
    set("b:1", "1");
    set("c", "1");
    EXPECT_EQ(m_tiered->eraseMatching("b:*").value(), 1U);
    EXPECT_EQ(get("b:1"), "nothing");
    EXPECT_EQ(get("c"), "1 from above");
    EXPECT_EQ(m_tiered->clear().value(), 1U);
    EXPECT_EQ(get("c"), "nothing");
    const auto token = m_tiered->acquireLease("d", 1s).value();
    EXPECT_TRUE(m_tiered->setAndRelease("d", entry("3"), token.value()).value());
    EXPECT_EQ(get("d"), "3 from above");
    EXPECT_FALSE(m_tiered->setAndRelease("d", entry("4"), token.value()).value());
    EXPECT_EQ(get("d"), "3 from below") << "whoever stored instead is not known";
}

TEST_F(TieredBackendTest, aMovedDeadlineHoldsAbove) {
    set("a", "1", 10s);
    EXPECT_TRUE(m_tiered->touch("a", m_clock.now() + 30s).value());
    m_clock.advance(20s);
    EXPECT_EQ(get("a"), "1 from above");
    EXPECT_TRUE(m_tiered->touch("a", m_clock.now() + 1s).value());
    m_clock.advance(2s);
    EXPECT_EQ(get("a"), "nothing");
    EXPECT_FALSE(m_tiered->touch("a", m_clock.now() + 1h).value());
    EXPECT_EQ(get("a"), "nothing");
}

TEST_F(TieredBackendTest, whatOthersChangeIsReadAnew) {
    set("a", "1");
    setBelow("a", "2");
    m_feed->listener.changed("a");
    EXPECT_EQ(get("a"), "2 from below");
    setBelow("a", "3");
    m_feed->listener.everythingChanged();
    EXPECT_EQ(get("a"), "3 from below");
}

TEST_F(TieredBackendTest, aReadThatAChangeOvertakesLeavesNoCopy) {
    const std::vector<std::pair<std::string, std::function<void()>>> changes{
        {"heard", [&] { m_feed->listener.changed("a"); }},
        {"all", [&] { m_feed->listener.everythingChanged(); }},
        {"gap", [&] { lose(), regain(); }},
        {"own set", [&] { (void)m_tiered->set("a", entry("2")); }},
        {"own erase", [&] { (void)m_tiered->erase("a"); }},
        {"own clear", [&] { (void)m_tiered->clear(); }},
        {"own pattern", [&] { (void)m_tiered->eraseMatching("a*"); }},
        {"own touch", [&] { (void)m_tiered->touch("a", kNever); }}};
    for (const auto& [name, change] : changes) {
        m_feed->listener.everythingChanged();
        setBelow("a", "1");
        duringNext("get", [&] {
            change();
            setBelow("a", "2");
        });
        EXPECT_EQ(get("a"), "1 from below") << name;
        EXPECT_TRUE(get("a").starts_with("2")) << name << ": the copy of the old value stayed";
    }
}

TEST_F(TieredBackendTest, ofTwoSetsThatOverlapNeitherLeavesACopy) {
    // The order below is "inner" after "outer", and that of the ends the other way round.
    duringNext("set", [&] { set("a", "inner"); });
    set("a", "outer");
    EXPECT_EQ(get("a"), "inner from below");
    // And with the order below that of the ends.
    m_lower->before = [this](std::string_view name, std::string_view) {
        if (name == "set" && !std::exchange(m_stepped, true)) {
            set("a", "inner");
        }
    };
    m_stepped = false;
    set("a", "outer");
    EXPECT_EQ(get("a"), "outer from below");
}

TEST_F(TieredBackendTest, withoutAWholeFeedNothingIsServedFromAbove) {
    set("a", "1");
    lose();
    EXPECT_FALSE(m_tiered->usesUpper());
    setBelow("a", "2");
    EXPECT_EQ(get("a"), "2 from below");
    EXPECT_EQ(get("a"), "2 from below");
    set("b", "1");
    EXPECT_EQ(get("b"), "1 from below");
    setBelow("a", "3");
    setBelow("b", "3");
    regain();
    EXPECT_EQ(get("a"), "3 from below");
    EXPECT_EQ(get("b"), "3 from below");
    EXPECT_EQ(get("a"), "3 from above");
}

TEST_F(TieredBackendTest, aReadThatBeganInAGapLeavesNoCopy) {
    lose();
    setBelow("a", "1");
    duringNext("get", [&] { regain(); });
    EXPECT_EQ(get("a"), "1 from below");
    setBelow("a", "2");
    EXPECT_EQ(get("a"), "2 from below");
}

TEST_F(TieredBackendTest, aCopyOfAllowedAgeIsServedThroughAGap) {
    make(10s);
    lose();
    setBelow("a", "1");
    EXPECT_EQ(get("a"), "1 from below");
    setBelow("a", "2");
    m_clock.advance(9s);
    EXPECT_EQ(get("a"), "1 from above");
    const auto copy = m_tiered->get("a").value().value();
    EXPECT_EQ(copy.expires, copy.created + 1h) << "its own deadline, not that of the copy";
    EXPECT_EQ(copy.notes.view(), "notes of 1");
    m_clock.advance(2s);
    EXPECT_EQ(get("a"), "2 from below");
}

TEST_F(TieredBackendTest, aFailureBelowIsAFailureAndDropsTheCopyOfWhatWasChanged) {
    set("kept", "1");
    set("set", "1");
    set("erased", "1");
    m_lower->fail(ErrorCode::timedOut);
    EXPECT_EQ(get("kept"), "1 from above");
    EXPECT_FALSE(m_tiered->set("set", entry("2")).ok());
    EXPECT_FALSE(m_tiered->erase("erased").ok());
    EXPECT_EQ(get("set"), "timedOut") << "nobody knows whether the new value is there";
    EXPECT_EQ(get("erased"), "timedOut");
}

TEST_F(TieredBackendTest, whatOnlyWaitsToBeWrittenIsNotCopied) {
    make({}, true);
    m_lower->fail(ErrorCode::unreachable);
    set("a", "mine");
    EXPECT_EQ(get("a"), "mine from below");
    m_lower->fail({});
    setBelow("a", "newer");  // by another process, whose way was not broken
    m_feed->listener.changed("a");
    EXPECT_EQ(get("a"), "mine from below") << "as the queue answers while it waits";
    m_clock.advance(1min);
    ASSERT_TRUE(m_tiered->removeExpired(100).ok());
    EXPECT_EQ(get("a"), "newer from below");
    EXPECT_EQ(get("a"), "newer from above");
}

TEST_F(TieredBackendTest, whatTheLowerOneGivesUpIsNotFoundAbove) {
    BackendConfig config;
    config.clock = &m_clock;
    TieredBackend::Parts parts;
    parts.upper = BackendRegistry::builtin().create("memory:", config).value();
    parts.lower =
        BackendRegistry::builtin().create("memory:?entries=3&policy=fifo", config).value();
    TieredBackend tiered("tiered:memory:", std::move(parts), {{}, &m_clock});
    RemovalLog log;
    tiered.setRemovalListener(log.listener());
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(tiered.set(std::to_string(i), entry("value")).ok());
    }
    EXPECT_EQ(log.takeKeys(RemovalCause::evicted).size(), 7U);
    EXPECT_LE(tiered.upperStat().entries, 3U);
}

TEST_F(TieredBackendTest, afterAStormOfChangesBothLevelsAgree) {
    constexpr int kKeys = 4;
    const auto key = [](std::uint64_t n) { return "key:" + std::to_string(n % kKeys); };
    // Others get their turn where it matters: between the effect below and what is made of it.
    m_lower->after = [](std::string_view, std::string_view) { std::this_thread::yield(); };
    // Only the end of a storm can be looked at, so there are many short ones.
    for (int storm = 0; storm < 200; ++storm) {
        inParallel(4, [&](int thread) {
            Random random{static_cast<std::uint64_t>(storm * 10 + thread)};
            for (int i = 0; i < 300; ++i) {
                const std::string name = key(random.next());
                const std::string value = std::to_string(thread * 1000 + i);
                switch (random.below(10)) {
                    case 0:
                        (void)m_tiered->set(name, entry(value));
                        break;
                    case 1:
                        (void)m_tiered->erase(name);
                        break;
                    case 2:
                        (void)m_lower->inner().set(name, entry("foreign " + value));
                        m_feed->listener.changed(name);
                        break;
                    case 3:
                        (void)m_tiered->touch(name, m_clock.now() + 1h * (1 + i));
                        break;
                    default:
                        (void)m_tiered->get(name);
                }
            }
        });
        for (std::uint64_t i = 0; i < kKeys; ++i) {
            const auto found = m_tiered->get(key(i)).value();
            const auto below = m_lower->inner().get(key(i)).value();
            ASSERT_EQ(found.has_value(), below.has_value()) << storm;
            if (found) {
                ASSERT_EQ(found->value.view(), below->value.view()) << storm;
                ASSERT_EQ(found->expires, below->expires) << storm;
            }
        }
    }
}

TEST(TieredUrlTest, itIsPutBeforeAnyOtherUrl) {
    const auto url =
        BackendUrl::parse("tiered:redis://user:p%40ss@host:1234/2?upper_ttl=5s").value();
    EXPECT_EQ(url.scheme, "tiered");
    EXPECT_EQ(url.lower, "redis");
    EXPECT_EQ(url.storeScheme(), "redis");
    EXPECT_EQ(url.password, "p@ss");
    EXPECT_EQ(url.withoutPassword(), "tiered:redis://user:***@host:1234/2?upper_ttl=5s");
    const auto code = [](const char* text) {
        const auto made = BackendRegistry::builtin().create(text, {});
        return made ? std::string{"works"} : errorCodeName(made.error().code());
    };
    EXPECT_EQ(code("tiered:"), "syntax");
    EXPECT_EQ(code("tiered:tiered:memory:"), "syntax");
    EXPECT_EQ(code("tiered:nothing:"), "unknownName");
    EXPECT_EQ(code("tiered:memory:?what=1"), "unknownName");
    EXPECT_EQ(code("memory:?upper_ttl=1s"), "unknownName");
    EXPECT_EQ(code("tiered:memory:?breaker=maybe"), "wrongType");
    EXPECT_EQ(code("tiered:memory:?upper_ttl=-1s"), "wrongType");
    EXPECT_EQ(code("tiered:memory:?upper_bytes=many"), "wrongType");
    EXPECT_EQ(code("tiered:memory:?upper_policy=none"), "unknownName");
    EXPECT_EQ(code("tiered:memory:?entries=7&upper_entries=3&upper_bytes=9&upper_ttl=1s"
                   "&upper_policy=lru&breaker=off&recovery=off"),
              "works");
}

TEST(TieredUrlTest, boundsOfTheUpperLevelAreItsOwn) {
    const auto made =
        BackendRegistry::builtin().create("tiered:memory:?entries=7&upper_entries=3", {}).value();
    auto& tiered = dynamic_cast<TieredBackend&>(*made);
    EXPECT_EQ(tiered.upperStat().maxEntries, 3U);
    EXPECT_EQ(tiered.upperStat().maxBytes, 0U);
    EXPECT_EQ(tiered.stat()->maxEntries, 7U);
    const auto plain = BackendRegistry::builtin().create("tiered:memory:", {}).value();
    EXPECT_EQ(dynamic_cast<TieredBackend&>(*plain).upperStat().maxBytes, kDefaultUpperBytes);
}

}  // namespace
}  // namespace cachescope::test
