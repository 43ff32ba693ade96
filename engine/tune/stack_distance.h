// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "engine/core/result.h"
#include "engine/trace/trace.h"
#include "engine/tune/timeline.h"

namespace cachescope::tune {

/// How many distinct keys were asked for since a key's last request, itself counted: an LRU cache
/// of C entries holds the key if and only if its distance is at most C.
///
/// Laid out like Timeline::times, 4 bytes a request. Reads count, as in a Timeline; writes move
/// nothing. With expiry at the request (lazy), TTLs change no distance, because an expired entry is
/// stored anew where a hit would have put it. Exact. A value type.
struct StackDistances {
    /// Of a key's first request: no capacity holds it.
    static constexpr std::uint32_t kCold = std::numeric_limits<std::uint32_t>::max();

    std::vector<std::uint32_t> distances;  ///< one for each of Timeline::times

    /// `timeline` is that of `trace`; damaged where their requests differ in number, tooLarge
    /// without memory. While it runs, it needs 12 bytes a key and a fifth of a byte a request
    /// beside the result. Cancelled as soon as `goOn` says false, which is asked some thousand
    /// times a second.
    static Result<StackDistances> of(const Trace& trace, const Timeline& timeline,
                                     const std::function<bool()>& goOn = {});
};

}  // namespace cachescope::tune
