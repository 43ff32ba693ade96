// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_event.h"

namespace cachescope::sim {

EventKind outcomeOf(const Result<Fetched>& result, bool outdated, bool remembered) noexcept {
    if (!result.ok()) {
        // The simulated origin never times out by itself.
        return remembered                                     ? EventKind::rememberedFailure
               : result.error().code() == ErrorCode::timedOut ? EventKind::timedOut
                                                              : EventKind::failed;
    }
    switch (result->stale) {
        case StaleReason::revalidating:
            return EventKind::expiredHit;
        case StaleReason::loadFailed:
        case StaleReason::slowLoad:
            return EventKind::fallback;
        case StaleReason::none:
            break;
    }
    switch (result->source) {
        case Source::loaded:
            return EventKind::miss;
        case Source::waited:
            return EventKind::coalesced;
        case Source::stored:
            break;
    }
    if (result->absent) {
        return EventKind::rememberedAbsence;
    }
    if (outdated) {
        return EventKind::staleHit;
    }
    return result->entry.level > 0 ? EventKind::lowerHit : EventKind::hit;
}

}  // namespace cachescope::sim
