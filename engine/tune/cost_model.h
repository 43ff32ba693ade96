// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/clock.h"

namespace cachescope::tune {

/// What a cache did in a span of time, as far as it costs something.
///
/// Counts may be expected values, hence not whole. A plain value; any thread.
struct Usage {
    Duration span{};          ///< in which the counts were made; positive
    double originCalls = 0;   ///< loads from the origin
    double bytes = 0;         ///< kept, on average over the span
    double staleAnswers = 0;  ///< answers that a write had made wrong
    Duration waited{};        ///< by all requests together
};

/// What a point costs, in parts, in the unit of the prices and for the span that its maker names.
struct Cost {
    double originCalls = 0;
    double memory = 0;
    double staleAnswers = 0;
    double waiting = 0;

    double total() const noexcept { return originCalls + memory + staleAnswers + waiting; }
};

/// Prices that turn the outcome of a TTL and a capacity into one number.
///
/// A price of zero leaves its part out. There is no currency: all prices are in the same one. The
/// model is linear; it knows no steps, such as the next larger machine. A plain value; any thread.
struct CostModel {
    /// The month of price lists: 730 hours.
    static constexpr Duration kMonth = std::chrono::hours{730};

    double originCall = 0;         ///< of one call of the origin
    double byteSecond = 0;         ///< of one byte kept for one second
    double staleAnswer = 0;        ///< of one answer that was out of date
    double millisecondWaited = 0;  ///< of a millisecond that one request waits

    /// The price of a byte for a second where a gigabyte (10^9 bytes) costs `price` an hour.
    static double byteSecondAt(double gigabyteHour) noexcept;

    Cost perSecond(const Usage& usage) const noexcept;
    Cost perMonth(const Usage& usage) const noexcept;
};

}  // namespace cachescope::tune
