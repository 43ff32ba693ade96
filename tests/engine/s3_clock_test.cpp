// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "tests/support/synthetic_traces.h"

namespace cachescope {
namespace {

const PolicyKind& s3Clock() {
    return *PolicyRegistry::builtin().find("s3clock");
}

/// A cache of keys that are their own slots, around the policy as a backend has it.
class SlotCache {
public:
    SlotCache(std::size_t capacity, std::size_t keys) : m_capacity(capacity), m_resident(keys) {
        m_policy->grow(keys);
    }

    bool request(std::uint32_t key) {
        if (m_resident[key]) {
            m_policy->onHit(key, mix64(key));
            return true;
        }
        ++m_misses;
        if (m_size == m_capacity) {
            const auto victim = m_policy->victim(mix64(key));
            m_resident[victim] = false;
            m_policy->onEvict(victim, mix64(victim));
            --m_size;
        }
        ++m_size;
        m_resident[key] = true;
        m_policy->onInsert(key, mix64(key));
        return false;
    }
    void requestAll(std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t key = from; key < to; ++key) {
            request(key);
        }
    }
    bool holds(std::uint32_t key) const { return m_resident[key]; }
    std::uint64_t misses() const noexcept { return m_misses; }
    /// Of the requests that `what` makes.
    template <class What>
    std::uint64_t missesOf(What what) {
        const std::uint64_t before = m_misses;
        what();
        return m_misses - before;
    }

private:
    std::unique_ptr<EvictionPolicy> m_policy = s3Clock().make();
    std::size_t m_capacity;
    std::size_t m_size = 0;
    std::uint64_t m_misses = 0;
    std::vector<bool> m_resident;
};

TEST(S3Clock, aScanDoesNotFlushWhatWasRead) {
    SlotCache cache{1000, 200'000};
    cache.requestAll(0, 800);
    cache.requestAll(0, 800);
    cache.requestAll(1000, 200'000);
    EXPECT_EQ(cache.missesOf([&] { cache.requestAll(0, 800); }), 0u);
}

TEST(S3Clock, aLoopLargerThanTheCacheKeepsItsShare) {
    for (const unsigned length :
         {1050U, 1250U, 1500U, 1750U, 1950U, 2000U, 2050U, 3000U, 10'000U}) {
        const test::TraceSize size{length, std::size_t{100} * length, std::size_t{5} * length};
        const double ratio = hitRatio(s3Clock(), test::loopTrace(length, size), 1000);
        EXPECT_GT(ratio, 0.88 * 100'000 / length) << length;
    }
}

TEST(S3Clock, anExchangedHotSetIsFollowedWithinAFewRounds) {
    SlotCache cache{1000, 1600};
    for (int round = 0; round < 50; ++round) {
        cache.requestAll(0, 800);
    }
    for (int round = 0; round < 5; ++round) {
        cache.requestAll(800, 1600);
    }
    EXPECT_EQ(cache.missesOf([&] { cache.requestAll(800, 1600); }), 0u);
}

TEST(S3Clock, anEntryThatWasReadOnceInTheSmallQueueStays) {
    SlotCache cache{100, 1000};
    cache.requestAll(0, 100);
    cache.requestAll(100, 101);
    cache.requestAll(100, 101);
    cache.requestAll(200, 201);
    cache.requestAll(300, 400);
    EXPECT_TRUE(cache.holds(100));
    EXPECT_FALSE(cache.holds(200));
}

TEST(S3Clock, aKeyThatReturnsSoonAfterEvictionStays) {
    SlotCache cache{100, 1000};
    cache.requestAll(0, 111);
    ASSERT_FALSE(cache.holds(90));
    cache.request(90);
    cache.requestAll(200, 300);
    EXPECT_TRUE(cache.holds(90));
}

TEST(S3Clock, entriesInUseCostTheGhostsOfOthers) {
    SlotCache cache{100, 1000};
    cache.requestAll(0, 111);
    ASSERT_FALSE(cache.holds(90));
    ASSERT_FALSE(cache.holds(91));
    ASSERT_EQ(cache.missesOf([&] { cache.requestAll(0, 90); }), 0u);
    // The next miss sends the hand past all that was just read, and back to what returned. After
    // that no entry has a mark, but there is no ghost left either that could take advantage.
    cache.request(90);
    cache.request(300);
    EXPECT_FALSE(cache.holds(90));
    cache.request(91);
    cache.requestAll(200, 220);
    EXPECT_FALSE(cache.holds(91));
    EXPECT_EQ(cache.missesOf([&] { cache.requestAll(0, 90); }), 0u);
}

TEST(S3Clock, readingOftenCountsAsReadingOnce) {
    const test::TraceSize size{2000, 50'000, 0};
    const auto trace = test::zipfTrace(0.9, size);
    SlotCache once{200, 2000};
    SlotCache often{200, 2000};
    for (const std::uint32_t key : trace.keys) {
        const bool hit = once.request(key);
        ASSERT_EQ(often.request(key), hit);
        for (int i = 0; hit && i < 5; ++i) {
            often.request(key);
        }
    }
}

TEST(S3Clock, backendsAndReplaysEvictTheSame) {
    const test::TraceSize size{20'000, 300'000, 0};
    const auto trace = test::driftingTrace(size);
    for (const unsigned capacity : {1U, 2U, 5U, 10U, 100U, 1000U, 10'000U}) {
        SlotCache cache{capacity, size.keys};
        for (const std::uint32_t key : trace.keys) {
            cache.request(key);
        }
        ReplayRequests requests;
        requests.keys = trace.keys;
        requests.keyCount = trace.keyCount;
        ReplayOptions options;
        options.capacity = capacity;
        EXPECT_EQ(cache.misses(), s3Clock().replay(requests, options).misses) << capacity;
    }
}

}  // namespace
}  // namespace cachescope
