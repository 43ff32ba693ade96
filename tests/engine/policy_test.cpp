// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "tests/engine/policy_cache.h"

namespace cachescope {
namespace {

using test::makePolicy;
using test::Slot;

/// A cache of keys that are their own slots, as a replay of a trace uses a policy.
class DenseCache {
public:
    DenseCache(const std::string& policy, std::size_t capacity, std::size_t keys)
        : m_policy(makePolicy(policy)), m_capacity(capacity), m_resident(keys, false) {
        m_policy->grow(keys);
    }

    bool request(Slot key) {
        if (m_resident[key]) {
            m_policy->onHit(key, mix64(key));
            return true;
        }
        if (m_size == m_capacity) {
            const Slot victim = m_policy->victim(mix64(key));
            m_policy->onEvict(victim, mix64(victim));
            m_resident[victim] = false;
            --m_size;
        }
        m_resident[key] = true;
        ++m_size;
        m_policy->onInsert(key, mix64(key));
        return false;
    }

    std::string residents() const {
        std::string names;
        for (std::size_t key = 0; key < m_resident.size(); ++key) {
            if (m_resident[key]) {
                names += static_cast<char>('a' + key);
            }
        }
        return names;
    }

private:
    std::unique_ptr<EvictionPolicy> m_policy;
    std::size_t m_capacity;
    std::size_t m_size = 0;
    std::vector<bool> m_resident;
};

std::string after(const std::string& policy, std::size_t capacity, const std::string& requests) {
    DenseCache cache{policy, capacity, 26};
    for (const char key : requests) {
        cache.request(static_cast<Slot>(key - 'a'));
    }
    return cache.residents();
}

TEST(PolicyRegistry, theDefaultIsS3Clock) {
    EXPECT_EQ(PolicyRegistry::builtin().find("")->name, "s3clock");
    EXPECT_TRUE(PolicyRegistry::builtin().create("").ok());
}

TEST(PolicyRegistry, anUnknownNameNamesTheKnownOnes) {
    const auto made = PolicyRegistry::builtin().create("lRu");
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), ErrorCode::unknownName);
    EXPECT_EQ(made.error().subject(), "lRu");
    EXPECT_EQ(
        made.error().detail(),
        "s3clock, s3fifo, wtinylfu, sieve, lru, clock, fifo, lfu, slru, s4lru, 2q, arc, lirs, "
        "wtinylfu-fixed, random");
}

TEST(PolicyRegistry, aPolicyThatKnowsTheFutureIsForReplaysAlone) {
    const PolicyKind* belady = PolicyRegistry::builtin().find("belady");
    ASSERT_NE(belady, nullptr);
    EXPECT_FALSE(belady->worksInBackends());
    EXPECT_NE(belady->replay, nullptr);
    const auto made = PolicyRegistry::builtin().create("belady");
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), ErrorCode::unsupported);
    EXPECT_EQ(made.error().subject(), "belady");
    EXPECT_EQ(made.error().detail().find("belady"), std::string::npos);
}

TEST(PolicyRegistry, aKindOfTheSameNameIsReplaced) {
    PolicyRegistry registry = PolicyRegistry::builtin();
    const auto count = registry.kinds().size();
    registry.add({"lru", "Mine", registry.find("fifo")->make});
    EXPECT_EQ(registry.kinds().size(), count);
    EXPECT_EQ(registry.find("lru")->title, "Mine");
}

TEST(Fifo, evictsInTheOrderOfArrivalWhateverWasRead) {
    EXPECT_EQ(after("fifo", 3, "abcaaad"), "bcd");
}

TEST(Lru, evictsWhatWasNotReadForLongest) {
    EXPECT_EQ(after("lru", 3, "abcad"), "acd");
    EXPECT_EQ(after("lru", 3, "abcabcd"), "bcd");
}

TEST(Sieve, theHandSparesWhatWasReadAndStaysWhereItIs) {
    EXPECT_EQ(after("sieve", 3, "abcad"), "acd");
    // The hand has passed a; so c is judged next, although a is older.
    EXPECT_EQ(after("sieve", 3, "abcade"), "ade");
}

TEST(S3Fifo, aScanDoesNotFlushWhatIsReadOften) {
    std::string requests = "abcdefghij";
    for (const char favourite : std::string{"abcdefgh"}) {
        requests += std::string(2, favourite);
    }
    EXPECT_EQ(after("s3fifo", 10, requests + "klmnopqrstuvwxyz").substr(0, 8), "abcdefgh");
}

TEST(S3Fifo, aKeyThatReturnsSoonAfterEvictionGoesToTheMainQueue) {
    // a is evicted unread and comes back: the keys that follow no longer push it out.
    const std::string filled = "abcdefghij";
    EXPECT_EQ(after("s3fifo", 10, filled + "k").find('a'), std::string::npos);
    EXPECT_EQ(after("s3fifo", 10, filled + "ka" + "lmnopqrstuvwx").front(), 'a');
}

TEST(Clock, whatWasReadGoesRoundOnceMore) {
    EXPECT_EQ(after("clock", 3, "abcad"), "acd");
    // a is spared once and then, unread, the oldest again after c.
    EXPECT_EQ(after("clock", 3, "abcade"), "ade");
    EXPECT_EQ(after("clock", 3, "abcadef"), "def");
}

TEST(Lfu, evictsTheRarestAndAmongThemTheFirst) {
    EXPECT_EQ(after("lfu", 3, "aabbbccd"), "bcd");
    EXPECT_EQ(after("lfu", 3, "aabbbccde"), "bce");
}

TEST(Slru, aHitProtectsFromAScan) {
    EXPECT_EQ(after("slru", 5, "abcdeabfghijk").substr(0, 2), "ab");
    EXPECT_EQ(after("s4lru", 8, "abcdefghabijklmnopq").substr(0, 2), "ab");
}

TEST(TwoQueue, readsInOneBurstEarnNothing) {
    EXPECT_EQ(after("2q", 4, "aaabcde"), "bcde");
    // a comes back after it was evicted, and stays.
    EXPECT_EQ(after("2q", 4, "abcdeafghijk").front(), 'a');
}

TEST(Arc, whatIsReadTwiceOutlivesAScan) {
    EXPECT_EQ(after("arc", 4, "aabbcdefghijk").substr(0, 2), "ab");
}

TEST(Lirs, aLoopLargerThanTheCacheStillHits) {
    std::string loop;
    for (int round = 0; round < 10; ++round) {
        loop += "abcdefghijkl";
    }
    DenseCache cache{"lirs", 10, 26};
    int hits = 0;
    for (const char key : loop) {
        hits += cache.request(static_cast<Slot>(key - 'a')) ? 1 : 0;
    }
    EXPECT_GE(hits, 9 * 9);
}

TEST(WTinyLfu, aKeyThatIsAskedForOnceDisplacesNoFavourite) {
    std::string requests;
    for (int round = 0; round < 4; ++round) {
        requests += "abcdefghi";
    }
    EXPECT_EQ(after("wtinylfu", 10, requests + "klmnopqrstuvwxyz").substr(0, 9), "abcdefghi");
    EXPECT_EQ(after("wtinylfu-fixed", 10, requests + "klmnopqrstuvwxyz").substr(0, 9), "abcdefghi");
}

TEST(Belady, evictsWhatIsAskedForLast) {
    const std::vector<std::uint32_t> keys{0, 1, 2, 3, 0, 1, 3, 2};
    ReplayOptions options;
    options.capacity = 3;
    // 3 displaces 2; then 2, the only one that is asked for again.
    EXPECT_EQ(
        PolicyRegistry::builtin().find("belady")->replay({keys, 4, {}, {}, {}}, options).misses,
        5U);
}

}  // namespace
}  // namespace cachescope
