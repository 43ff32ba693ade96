// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/guard_figures.h"

#include "engine/backend/recovery_queue.h"
#include "engine/backend/tiered_backend.h"

namespace cachescope {

namespace {

using State = CircuitBreaker::State;

State worse(State a, State b) noexcept {
    if (a == State::open || b == State::open) {
        return State::open;
    }
    return a == State::halfOpen ? a : b;
}

}  // namespace

GuardFigures guardFigures(Backend& backend) {
    GuardFigures figures;
    for (Backend* each = &backend; each != nullptr; each = each->below()) {
        if (const auto* breaker = dynamic_cast<const CircuitBreaker*>(each)) {
            const CircuitBreaker::Counters counters = breaker->counters();
            auto& sum = figures.breaker ? *figures.breaker : figures.breaker.emplace();
            sum.state = worse(sum.state, breaker->state());
            sum.opened += counters.opened;
            sum.rejected += counters.rejected;
        } else if (const auto* queue = dynamic_cast<const RecoveryQueue*>(each)) {
            const RecoveryQueue::Counters counters = queue->counters();
            auto& sum = figures.recovery ? *figures.recovery : figures.recovery.emplace();
            sum.waiting += counters.waiting;
            sum.dropped += counters.dropped;
        } else if (dynamic_cast<const TieredBackend*>(each) != nullptr) {
            figures.levels = true;
        }
    }
    return figures;
}

}  // namespace cachescope
