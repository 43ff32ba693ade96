// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/inspect/expiry_forecast.h"
#include "engine/inspect/inspect_link.h"
#include "engine/inspect/key_census.h"
#include "engine/inspect/key_figures.h"
#include "engine/inspect/ttl_lint.h"

namespace cachescope::ui {

/// How far ahead and how finely expirations are looked at: seconds, minutes or hours, kDueBuckets
/// of them.
enum class DueSpan : std::uint8_t { seconds, minutes, hours };
inline constexpr std::size_t kDueSpans = 3;
inline constexpr std::size_t kDueBuckets = 120;

/// What is known of a cache's keys at one moment, by a sample or by a walk, perhaps one under way.
///
/// An immutable value, shared as `std::shared_ptr<const Keyspace>`: tables, trees and charts keep
/// the one that they show. Any thread.
struct Keyspace {
    std::shared_ptr<const inspect::InspectLink> link;  ///< that it was read over
    inspect::CensusView view;
    /// What of it is there by now, as far as is known; its numbers are others where `isRevised`.
    inspect::CensusView present;
    inspect::KeyFigures figures;
    std::array<std::shared_ptr<const inspect::ExpiryForecast>, kDueSpans> forecasts;
    std::vector<inspect::TtlFinding> findings;
    bool walked = false;     ///< by a walk, otherwise by a sample
    bool isRefresh = false;  ///< new figures that nobody asked for: rows that are looked at stay
    bool isRevised = false;  ///< keys were changed since, and all figures are of `present`
    bool complete = false;   ///< the view has all keys of the database
    bool knowsIdle = false;  ///< idle times, or frequencies where `usesFrequency`
    bool usesFrequency = false;  ///< the server counts uses rather than idle times
    std::int64_t taken = 0;      ///< on the clock of the first server, milliseconds
    TimePoint readAt{};          ///< the same on ours
    std::uint64_t number = 0;  ///< another one for each cache that is connected and each new walk:
                               ///< within one, keys keep their numbers in the view
    std::vector<std::string> missingRules;
};

/// A key that somebody has chosen, wherever its name came from.
struct KeyRef {
    std::string name;         ///< any bytes
    std::size_t server = 0;   ///< of the link
    inspect::KeyFacts facts;  ///< as they were last read; `type` is not set
    /// In the view that it was chosen from, which may not be there any more.
    std::uint32_t number = inspect::kNoKeyNumber;
    bool operator==(const KeyRef& other) const {
        return name == other.name && server == other.server;
    }
};

}  // namespace cachescope::ui
