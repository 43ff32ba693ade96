// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What those who wrap a backend do with several keys in one call.

#include <gtest/gtest.h>

#include "engine/backend/circuit_breaker.h"
#include "engine/backend/recovery_queue.h"
#include "engine/backend/tiered_backend.h"
#include "tests/support/faulty_backend.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;

class ManyKeysTest : public ::testing::Test {
protected:
    std::unique_ptr<FaultyBackend> faulty() {
        auto made = std::make_unique<FaultyBackend>(m_clock);
        m_faulty = made.get();
        return made;
    }
    Entry entry(std::string_view value) const {
        Entry made;
        made.value = Bytes{value};
        made.created = m_clock.now();
        return made;
    }
    std::vector<KeyedEntry> entries(const char* value) const {
        return {{"a", entry(value)}, {"b", entry(value)}, {"c", entry(value)}};
    }
    static std::string values(const Result<std::vector<std::optional<Entry>>>& found) {
        if (!found) {
            return found.error().toLogLine();
        }
        std::string text;
        for (const auto& one : *found) {
            text += (one ? one->value.toString() : std::string{"-"}) + ' ';
        }
        return text;
    }

    const std::vector<std::string> m_keys{"a", "x", "b", "c"};
    ManualClock m_clock{TimePoint{1000s}};
    FaultyBackend* m_faulty = nullptr;
};

TEST_F(ManyKeysTest, aBatchIsOneCallToTheBreakerWhichItCanOpen) {
    CircuitBreakerOptions options;
    options.failures = 2;
    options.clock = &m_clock;
    CircuitBreaker breaker(faulty(), options);
    m_faulty->fail(ErrorCode::timedOut);
    EXPECT_FALSE(breaker.getMany(m_keys).ok());
    EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
    for (const auto& done : breaker.setMany(entries("v"))) {
        EXPECT_FALSE(done.ok());
    }
    EXPECT_EQ(breaker.state(), CircuitBreaker::State::open);
    m_faulty->fail({});
    const int calls = m_faulty->calls;
    EXPECT_EQ(breaker.getMany(m_keys).error().code(), ErrorCode::unavailable);
    const auto refused = breaker.setMany(entries("v"));
    ASSERT_EQ(refused.size(), 3u);
    EXPECT_EQ(refused[2].error().code(), ErrorCode::unavailable);
    EXPECT_EQ(m_faulty->calls, calls) << "an open breaker asks nobody";
    m_clock.advance(2s);
    EXPECT_TRUE(breaker.setMany(entries("v")).front().ok());
    EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
}

TEST_F(ManyKeysTest, aBatchThatWorkedInPartShowsTheBreakerThatTheBackendIsThere) {
    CircuitBreakerOptions options;
    options.failures = 2;
    options.clock = &m_clock;
    CircuitBreaker breaker(faulty(), options);
    m_faulty->before = [this](std::string_view, std::string_view key) {
        m_faulty->fail(key == "b" ? std::optional{ErrorCode::timedOut} : std::nullopt);
    };
    for (int i = 0; i < 4; ++i) {
        const auto done = breaker.setMany(entries("v"));
        EXPECT_TRUE(done[0].ok());
        EXPECT_FALSE(done[1].ok());
        EXPECT_TRUE(done[2].ok());
    }
    EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
}

TEST_F(ManyKeysTest, whatOfABatchCouldNotBeWrittenWaitsAndIsReadFromTheQueue) {
    RecoveryQueueOptions options;
    options.clock = &m_clock;
    RecoveryQueue queue(faulty(), options);
    for (const auto& done : queue.setMany(entries("old"))) {
        EXPECT_TRUE(done.ok());
    }
    m_faulty->before = [this](std::string_view call, std::string_view key) {
        const bool fails = key == "b" && call == "set";
        m_faulty->fail(fails ? std::optional{ErrorCode::unreachable} : std::nullopt);
    };
    for (const auto& done : queue.setMany(entries("new"))) {
        EXPECT_TRUE(done.ok()) << "what failed waits";
    }
    EXPECT_EQ(queue.counters().waiting, 1u);
    EXPECT_EQ(m_faulty->valueOf("b"), "old");
    EXPECT_EQ(values(queue.getMany(m_keys)), "new - new new ");
    m_faulty->before = {};
    m_faulty->fail({});
    m_clock.advance(5s);
    EXPECT_EQ(values(queue.getMany(m_keys)), "new - new new ");
    EXPECT_EQ(queue.counters().waiting, 0u);
    EXPECT_EQ(m_faulty->valueOf("b"), "new");
}

TEST_F(ManyKeysTest, aRefusedEntryOfABatchIsHandedOn) {
    RecoveryQueueOptions options;
    options.clock = &m_clock;
    RecoveryQueue queue(faulty(), options);
    m_faulty->before = [this](std::string_view, std::string_view key) {
        m_faulty->fail(key == "b" ? std::optional{ErrorCode::readOnly} : std::nullopt);
    };
    const auto done = queue.setMany(entries("v"));
    EXPECT_TRUE(done[0].ok());
    EXPECT_EQ(done[1].error().code(), ErrorCode::readOnly);
    EXPECT_EQ(queue.counters().waiting, 0u);
}

TEST_F(ManyKeysTest, aBatchUnderARemovalThatWaitsDoesNotFallVictimToIt) {
    RecoveryQueueOptions options;
    options.clock = &m_clock;
    RecoveryQueue queue(faulty(), options);
    m_faulty->fail(ErrorCode::unreachable);
    EXPECT_TRUE(queue.clear().ok());
    for (const auto& done : queue.setMany(entries("new"))) {
        EXPECT_TRUE(done.ok());
    }
    m_faulty->fail({});
    m_clock.advance(5s);
    EXPECT_TRUE(queue.check().ok());
    m_clock.advance(5s);
    EXPECT_TRUE(queue.check().ok());
    EXPECT_EQ(queue.counters().waiting, 0u);
    EXPECT_EQ(values(queue.getMany(m_keys)), "new - new new ");
    EXPECT_EQ(m_faulty->valueOf("a"), "new");
}

TEST_F(ManyKeysTest, ofTwoLevelsTheLowerOneIsAskedForWhatIsNotAboveAndCopied) {
    TieredBackend::Parts parts;
    BackendConfig config;
    config.clock = &m_clock;
    parts.upper = BackendRegistry::builtin().create("memory:", config).value();
    parts.lower = faulty();
    TieredBackend tiered("tiered:faulty:", std::move(parts), {Duration::zero(), &m_clock});
    ASSERT_TRUE(m_faulty->inner().set("b", entry("below")).ok());
    ASSERT_TRUE(tiered.set("a", entry("above")).ok());
    const auto found = tiered.getMany(m_keys);
    EXPECT_EQ(values(found), "above - below - ");
    EXPECT_EQ((*found)[0]->level, 0);
    EXPECT_EQ((*found)[2]->level, 1);
    EXPECT_EQ((*tiered.getMany(m_keys))[2]->level, 0) << "copied";
    for (const auto& done : tiered.setMany(entries("set"))) {
        EXPECT_TRUE(done.ok());
    }
    const int calls = m_faulty->calls;
    EXPECT_EQ(values(tiered.getMany(std::vector<std::string>{"a", "b", "c"})), "set set set ");
    EXPECT_EQ(m_faulty->calls, calls) << "all of it lies above";
    m_faulty->fail(ErrorCode::timedOut);
    EXPECT_FALSE(tiered.setMany(entries("lost")).front().ok());
    m_faulty->fail({});
    EXPECT_EQ(values(tiered.getMany(m_keys)), "set - set set ") << "no copy of what failed";
}

}  // namespace
}  // namespace cachescope::test
