// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What every policy promises, whatever its rules are.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "tests/engine/policy_cache.h"

namespace cachescope {
namespace {

using test::makePolicy;
using test::Slot;
using test::SlotCache;

// Few keys often, many rarely, and now and then a scan or a loop: every branch of a policy runs.
std::vector<std::uint32_t> mixedRequests(std::size_t count, std::uint32_t keys,
                                         std::uint64_t seed = 5) {
    Random random{seed};
    std::vector<std::uint32_t> requests;
    while (requests.size() < count) {
        const std::uint64_t dice = random.below(400);
        if (dice == 0) {
            const auto first = static_cast<std::uint32_t>(random.below(keys));
            for (std::uint32_t i = 0; i < keys / 8; ++i) {
                requests.push_back((first + i) % keys);
            }
        } else {
            const double skewed = random.uniform() * random.uniform() * random.uniform();
            requests.push_back(static_cast<std::uint32_t>(skewed * keys));
        }
    }
    requests.resize(count);
    return requests;
}

class PolicyContract : public ::testing::TestWithParam<std::string> {};

TEST_P(PolicyContract, isEmptyWhenItHoldsNothing) {
    const auto policy = makePolicy(GetParam());
    EXPECT_EQ(policy->victim(0), EvictionPolicy::kNoSlot);
    policy->grow(1);
    EXPECT_EQ(policy->victim(0), EvictionPolicy::kNoSlot);
    policy->onInsert(0, 7);
    policy->onErase(0);
    EXPECT_EQ(policy->victim(0), EvictionPolicy::kNoSlot);
}

TEST_P(PolicyContract, aCacheOfOneEntryHoldsTheLastKey) {
    SlotCache cache{GetParam(), 1};
    for (const std::uint32_t key : mixedRequests(2000, 10)) {
        cache.request(key);
        ASSERT_TRUE(cache.holds(key));
        ASSERT_EQ(cache.size(), 1U);
    }
}

TEST_P(PolicyContract, theCacheStaysFullAndNeverOverfull) {
    SlotCache cache{GetParam(), 50};
    std::size_t most = 0;
    for (const std::uint32_t key : mixedRequests(50'000, 500)) {
        cache.request(key);
        ASSERT_TRUE(cache.holds(key));
        ASSERT_LE(cache.size(), 50U);
        ASSERT_GE(cache.size(), most);
        most = cache.size();
    }
    EXPECT_EQ(most, 50U);
}

TEST_P(PolicyContract, oneInsertMayNeedSeveralVictims) {
    SlotCache cache{GetParam(), 1000};
    Random random{3};
    for (const std::uint32_t key : mixedRequests(50'000, 500)) {
        cache.request(key, 1 + random.below(random.below(50) == 0 ? 1200 : 60));
        ASSERT_LE(cache.used(), 1000U);
    }
    EXPECT_GT(cache.evicted().size(), 1000U);
}

// Calls in any valid order, also victims that nobody asked to make room, keys that change slots,
// and slots that change keys.
TEST_P(PolicyContract, victimsAreExactlyTheEntriesItHolds) {
    const auto policy = makePolicy(GetParam());
    Random random{11};
    std::set<Slot> held;
    std::set<std::uint64_t> keysHeld;
    std::vector<std::uint64_t> keyOf;
    for (int step = 0; step < 200'000; ++step) {
        const auto dice = random.below(100);
        if (keyOf.empty() || (dice == 0 && keyOf.size() < 500)) {
            keyOf.resize(keyOf.size() + 1 + random.below(20));
            policy->grow(keyOf.size());
            continue;
        }
        const auto slot = static_cast<Slot>(random.below(keyOf.size()));
        const bool present = held.count(slot) != 0;
        if (present && dice < 50) {
            policy->onHit(slot, keyOf[slot]);
        } else if (present && dice < 60) {
            policy->onErase(slot);
            held.erase(slot);
            keysHeld.erase(keyOf[slot]);
        } else if (!present && dice < 80) {
            const std::uint64_t key = mix64(random.below(2000));
            if (keysHeld.insert(key).second) {
                keyOf[slot] = key;
                policy->onInsert(slot, key);
                held.insert(slot);
            }
        } else if (dice >= 90) {
            const Slot victim = policy->victim(mix64(random.below(2000)));
            if (held.empty()) {
                ASSERT_EQ(victim, EvictionPolicy::kNoSlot);
            } else {
                ASSERT_EQ(held.erase(victim), 1U);
                keysHeld.erase(keyOf[victim]);
                policy->onEvict(victim, keyOf[victim]);
            }
        }
    }
    while (!held.empty()) {
        ASSERT_EQ(held.erase(policy->victim(0)), 1U);
    }
    EXPECT_EQ(policy->victim(0), EvictionPolicy::kNoSlot);
}

TEST_P(PolicyContract, theNewestAndTheOldestCanBeHitAndErased) {
    SlotCache cache{GetParam(), 8};
    for (std::uint64_t key = 0; key < 8; ++key) {
        cache.request(key);
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(cache.request(7));
        EXPECT_TRUE(cache.request(0));
    }
    EXPECT_TRUE(cache.erase(7));
    EXPECT_TRUE(cache.erase(0));
    std::set<std::uint64_t> left;
    while (cache.size() != 0) {
        left.insert(cache.evict(100));
    }
    EXPECT_EQ(left, (std::set<std::uint64_t>{1, 2, 3, 4, 5, 6}));
}

TEST_P(PolicyContract, erasedAndEvictedKeysCanComeBack) {
    SlotCache cache{GetParam(), 20};
    Random random{9};
    for (const std::uint32_t key : mixedRequests(50'000, 100)) {
        cache.request(key);
        if (random.below(10) == 0) {
            cache.erase(random.below(100));
        }
        ASSERT_TRUE(cache.size() <= 20U);
    }
    // Whatever it remembers of them, each can be an entry again.
    for (std::uint64_t key = 0; key < 100; ++key) {
        cache.request(key);
        EXPECT_TRUE(cache.holds(key));
    }
}

TEST_P(PolicyContract, growingInOneStepOrInManyChangesNothing) {
    const auto evictions = [&](std::size_t slotsAtOnce) {
        const auto policy = makePolicy(GetParam());
        std::size_t slots = slotsAtOnce;
        policy->grow(slots);
        std::vector<Slot> victims;
        std::vector<bool> held(300, false);
        std::size_t size = 0;
        for (const std::uint32_t key : mixedRequests(20'000, 300)) {
            if (held[key]) {
                policy->onHit(key, key);
                continue;
            }
            if (size == 40) {
                victims.push_back(policy->victim(key));
                policy->onEvict(victims.back(), victims.back());
                held[victims.back()] = false;
                --size;
            }
            while (slots <= key) {
                policy->grow(++slots);
            }
            policy->onInsert(key, key);
            held[key] = true;
            ++size;
        }
        return victims;
    };
    EXPECT_EQ(evictions(1), evictions(1'000'000));
}

TEST_P(PolicyContract, theSameCallsGiveTheSameVictims) {
    SlotCache one{GetParam(), 64};
    SlotCache other{GetParam(), 64};
    for (const std::uint32_t key : mixedRequests(30'000, 600)) {
        one.request(key);
        other.request(key);
    }
    EXPECT_FALSE(one.evicted().empty());
    EXPECT_EQ(one.evicted(), other.evicted());
}

// Numbers below 2^32 are told apart by every hashed memory, so both must decide alike.
TEST_P(PolicyContract, aReplayAndACacheInSlotsAgree) {
    const auto requests = mixedRequests(60'000, 3000);
    for (const std::size_t capacity : {1U, 2U, 3U, 7U, 50U, 333U, 1000U, 2999U}) {
        SlotCache cache{GetParam(), capacity};
        std::uint64_t misses = 0;
        for (const std::uint32_t key : requests) {
            misses += cache.request(key) ? 0U : 1U;
        }
        ReplayOptions options;
        options.capacity = capacity;
        const ReplayCounts counts = PolicyRegistry::builtin()
                                        .find(GetParam())
                                        ->replay({requests, 3000, {}, {}, {}}, options);
        if (GetParam() != "random") {  // which draws among slots, and slots differ
            EXPECT_EQ(counts.misses, misses) << "at capacity " << capacity;
            EXPECT_EQ(counts.evictions, cache.evicted().size()) << "at capacity " << capacity;
        }
        EXPECT_EQ(counts.misses - counts.evictions, cache.size()) << "at capacity " << capacity;
    }
}

INSTANTIATE_TEST_SUITE_P(Builtin, PolicyContract, ::testing::ValuesIn(test::policyNames()),
                         test::testName);

class ReplayContract : public ::testing::TestWithParam<std::string> {
protected:
    ReplayCounts replay(const ReplayRequests& requests, const ReplayOptions& options) const {
        return PolicyRegistry::builtin().find(GetParam())->replay(requests, options);
    }
};

TEST_P(ReplayContract, withRoomForAllEveryKeyMissesOnce) {
    const auto keys = mixedRequests(20'000, 300);
    ReplayOptions options;
    options.capacity = 300;
    const ReplayCounts counts = replay({keys, 300, {}, {}, {}}, options);
    EXPECT_EQ(counts.requests, keys.size());
    EXPECT_EQ(counts.misses, std::set<std::uint32_t>(keys.begin(), keys.end()).size());
    EXPECT_EQ(counts.evictions, 0U);
}

TEST_P(ReplayContract, noPolicyBeatsBelady) {
    const auto keys = mixedRequests(20'000, 300);
    ReplayOptions options;
    for (const std::uint64_t capacity : {1U, 10U, 100U}) {
        options.capacity = capacity;
        const ReplayRequests requests{keys, 300, {}, {}, {}};
        EXPECT_GE(replay(requests, options).misses,
                  PolicyRegistry::builtin().find("belady")->replay(requests, options).misses);
    }
}

TEST_P(ReplayContract, expiryEvictionAndBytesAddUp) {
    const auto keys = mixedRequests(40'000, 500);
    std::vector<Duration> times;
    std::vector<Duration> ttls;
    std::vector<std::uint32_t> sizes;
    Random random{2};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        times.push_back(std::chrono::milliseconds{i / 3});
        ttls.push_back(std::chrono::milliseconds{random.below(3) * 40});
        sizes.push_back(static_cast<std::uint32_t>(1 + random.below(200)));
    }
    ReplayOptions options;
    options.capacity = 20'000;
    options.capacityInBytes = true;
    const ReplayCounts counts = replay({keys, 500, times, sizes, ttls}, options);
    EXPECT_EQ(counts.requests, keys.size());
    EXPECT_GT(counts.expirations, 0U);
    EXPECT_GT(counts.evictions, 0U);
    EXPECT_GE(counts.misses, counts.expirations + counts.evictions);
    // Everything that came in and did not leave fits.
    EXPECT_LE(counts.misses - counts.expirations - counts.evictions, 20'000U);
    options.capacity = 0;
    EXPECT_EQ(replay({keys, 500, times, sizes, ttls}, options).misses, keys.size());
}

INSTANTIATE_TEST_SUITE_P(Builtin, ReplayContract, ::testing::ValuesIn(test::policyNames(true)),
                         test::testName);

}  // namespace
}  // namespace cachescope
