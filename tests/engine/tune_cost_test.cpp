// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/tune/cost_model.h"

namespace cachescope::tune {
namespace {

using namespace std::chrono_literals;

Usage usage() {
    Usage usage;
    usage.span = 100s;
    usage.originCalls = 200;
    usage.bytes = 4e9;
    usage.staleAnswers = 50;
    usage.waited = 8s;
    return usage;
}

TEST(CostModelTest, aPointCostsTheSumOfItsParts) {
    CostModel model;
    model.originCall = 0.5;
    model.byteSecond = 1e-9;
    model.staleAnswer = 4;
    model.millisecondWaited = 0.125;
    const Cost cost = model.perSecond(usage());
    EXPECT_DOUBLE_EQ(cost.originCalls, 1);
    EXPECT_DOUBLE_EQ(cost.memory, 4);
    EXPECT_DOUBLE_EQ(cost.staleAnswers, 2);
    EXPECT_DOUBLE_EQ(cost.waiting, 10);
    EXPECT_DOUBLE_EQ(cost.total(), 17);
}

TEST(CostModelTest, aMonthHas730Hours) {
    CostModel model;
    model.originCall = 0.5;
    EXPECT_DOUBLE_EQ(model.perMonth(usage()).total(), 730 * 3600.0);
}

TEST(CostModelTest, memoryIsPricedByTheGigabyteHour) {
    CostModel model;
    model.byteSecond = CostModel::byteSecondAt(0.02);
    EXPECT_NEAR(model.perMonth(usage()).memory, 4 * 0.02 * 730, 1e-9);
    EXPECT_NEAR(model.perSecond(usage()).memory, 4 * 0.02 / 3600, 1e-15);
}

TEST(CostModelTest, whatHasNoPriceCostsNothing) {
    EXPECT_EQ(CostModel{}.perMonth(usage()).total(), 0);
}

TEST(CostModelTest, anEmptySpanCostsNothingButItsMemory) {
    CostModel model;
    model.originCall = 1;
    model.staleAnswer = 1;
    model.millisecondWaited = 1;
    model.byteSecond = 1e-9;
    Usage empty = usage();
    empty.span = 0s;
    const Cost cost = model.perSecond(empty);
    EXPECT_EQ(cost.originCalls, 0);
    EXPECT_EQ(cost.staleAnswers, 0);
    EXPECT_EQ(cost.waiting, 0);
    EXPECT_DOUBLE_EQ(cost.memory, 4);
}

}  // namespace
}  // namespace cachescope::tune
