// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/cost_model.h"

namespace cachescope::tune {

namespace {

double seconds(Duration span) noexcept {
    return std::chrono::duration<double>(span).count();
}

/// `length` seconds of what `usage` went on to do at the same pace.
Cost costOf(const CostModel& model, const Usage& usage, double length) noexcept {
    Cost cost;
    // Multiplied before divided, so that a span of the asked length gives the plain products.
    const double span = seconds(usage.span);
    if (span > 0) {
        cost.originCalls = model.originCall * usage.originCalls * length / span;
        cost.staleAnswers = model.staleAnswer * usage.staleAnswers * length / span;
        cost.waiting = model.millisecondWaited * seconds(usage.waited) * 1000 * length / span;
    }
    cost.memory = model.byteSecond * usage.bytes * length;
    return cost;
}

}  // namespace

double CostModel::byteSecondAt(double gigabyteHour) noexcept {
    return gigabyteHour / (1e9 * 3600);
}

Cost CostModel::perSecond(const Usage& usage) const noexcept {
    return costOf(*this, usage, 1);
}

Cost CostModel::perMonth(const Usage& usage) const noexcept {
    return costOf(*this, usage, seconds(kMonth));
}

}  // namespace cachescope::tune
