// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// All options of the front at once, on a backend that fails in every way, by seeds: whatever
// happens, every promise of cache.h and cache_options.h holds. tests/support/cache_history.h says
// which.

#include <gtest/gtest.h>

#include "tests/support/chaos_world.h"

namespace cachescope {
namespace {

using test::CacheHistory;
using test::ChaosWorld;

constexpr std::size_t kOperations = 250'000;

struct ChaosTest : testing::TestWithParam<std::uint64_t> {
    void expectAllKinds(const CacheHistory::Kinds& kinds) {
        EXPECT_GT(kinds.fresh, 100U);
        EXPECT_GT(kinds.revalidating, 100U);
        EXPECT_GT(kinds.loadFailed, 100U);
        EXPECT_GT(kinds.slowLoad, 20U);
        EXPECT_GT(kinds.absent, 100U);
        EXPECT_GT(kinds.waited, 100U);
        EXPECT_GT(kinds.failures, 100U);
        EXPECT_GT(kinds.remembered, 100U);
        EXPECT_GT(kinds.timedOut, 100U);
    }
};

TEST_P(ChaosTest, everyPromiseHoldsOnABackendThatFailsInEveryWay) {
    ChaosWorld world(GetParam(), false);
    world.run(kOperations);
    ASSERT_EQ(world.operations(), kOperations);
    world.finish();
    expectAllKinds(world.history().kinds());
}

TEST_P(ChaosTest, everyPromiseHoldsBehindABreakerAndAQueueThatRetries) {
    ChaosWorld world(GetParam(), true);
    world.run(kOperations);
    ASSERT_EQ(world.operations(), kOperations);
    world.finish();
    expectAllKinds(world.history().kinds());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChaosTest, testing::Range<std::uint64_t>(1, 7));

TEST(ChaosOfSeedsTest, theSameSeedDoesTheSameAndAnotherDoesNot) {
    const auto hashOf = [](std::uint64_t seed, bool guarded) {
        ChaosWorld world(seed, guarded);
        world.run(20'000);
        world.finish();
        return world.history().hash();
    };
    for (const bool guarded : {false, true}) {
        EXPECT_EQ(hashOf(11, guarded), hashOf(11, guarded));
        EXPECT_NE(hashOf(11, guarded), hashOf(12, guarded));
    }
}

}  // namespace
}  // namespace cachescope
