// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two caches with two levels each over one store that fails in every way, as two processes have
// them: each hears of the other's changes late and not of all, and knows when it has missed some.
// Many keys at a time, entries that are found torn. By seeds: the same seed does the same.

#include <gtest/gtest.h>

#include "tests/support/chaos_levels.h"

namespace cachescope {
namespace {

using test::ChaosLevels;

constexpr std::size_t kOperations = 100'000;

struct ChaosLevelsTest : testing::TestWithParam<std::uint64_t> {};

TEST_P(ChaosLevelsTest, twoProcessesServeNothingWrongOrTooOldAndHangNever) {
    ChaosLevels world(GetParam());
    world.run(kOperations);
    ASSERT_EQ(world.operations(), kOperations);
    world.finish();
    const ChaosLevels::Kinds& kinds = world.kinds();
    EXPECT_GT(kinds.upper, 1000U);
    EXPECT_GT(kinds.lower, 1000U);
    EXPECT_GT(kinds.stale, 100U);
    EXPECT_GT(kinds.failures, 100U);
    EXPECT_GT(kinds.timedOut, 20U);
    EXPECT_GT(kinds.many, 100U);
    EXPECT_GT(kinds.gaps, 20U);
    EXPECT_GT(kinds.ofOther, 1000U) << "what the other process loaded";
    EXPECT_GT(world.torn(), 20U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChaosLevelsTest, testing::Range<std::uint64_t>(1, 5));

TEST(ChaosLevelsOfSeedsTest, theSameSeedDoesTheSameAndAnotherDoesNot) {
    const auto hashOf = [](std::uint64_t seed) {
        ChaosLevels world(seed);
        world.run(10'000);
        world.finish();
        return world.hash();
    };
    EXPECT_EQ(hashOf(11), hashOf(11));
    EXPECT_NE(hashOf(11), hashOf(12));
}

}  // namespace
}  // namespace cachescope
