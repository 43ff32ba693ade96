// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/inspect/key_census.h"

namespace cachescope::inspect {

enum class TtlFilter : std::uint8_t {
    any,
    none,     ///< keys that never expire
    some,     ///< that have an expiry, past or to come
    between,  ///< whose remaining time is from `ttlFrom` (included) to `ttlTo` (excluded)
    expired,  ///< whose time is over
};

/// Which keys of a census are wanted: those that pass every part that is set; at first, all.
///
/// A key of which nothing is known does not pass a filter for it. A value; any thread.
struct KeyQuery {
    /// A glob where it has any of *?[ in it, otherwise a text that stands anywhere in the name.
    /// Bytes, and their case matters.
    std::string pattern;
    std::string prefix;              ///< that the name begins with
    bool direct = false;             ///< no separator after the prefix
    std::vector<std::string> types;  ///< names; the empty one is unknown. Empty: all types
    TtlFilter ttl = TtlFilter::any;
    std::int64_t ttlFrom = 0;        ///< milliseconds, for TtlFilter::between
    std::int64_t ttlTo = kNoExpiry;  ///< the same
    std::optional<std::uint64_t> minBytes;
    std::optional<std::uint64_t> maxBytes;
    std::optional<std::uint32_t> minIdle;  ///< seconds, or a frequency: as the census has it
    std::optional<std::uint32_t> maxIdle;
    std::optional<std::uint16_t> server;

    bool operator==(const KeyQuery&) const = default;
    /// Whether all keys pass.
    bool isOpen() const { return *this == KeyQuery{}; }
    /// Whether the same key can pass now and not later.
    bool dependsOnTime() const noexcept {
        return ttl == TtlFilter::between || ttl == TtlFilter::expired;
    }
};

enum class KeyColumn : std::uint8_t { found, name, type, ttl, size, idle, server };

/// By what keys are sorted. Equals stay in the order in which they were found, and what is unknown
/// comes last, whichever way it goes. Names are sorted by their bytes, types by their names; no
/// expiry is the longest TTL.
struct KeyOrder {
    KeyColumn column = KeyColumn::found;
    bool descending = false;

    bool operator==(const KeyOrder&) const = default;
};

/// The numbers of those keys from number `from` on that pass, sorted. `now` is on the server's
/// clock, in milliseconds. A million keys take some 30 ms to filter, 20 ms to sort by a number and
/// 400 ms by name. `cancelled` soon after `goOn` says false, tooLarge when memory is short. Pure;
/// any thread.
Result<std::vector<std::uint32_t>> selectKeys(const CensusView& view, const KeyQuery& query,
                                              const KeyOrder& order, std::int64_t now,
                                              const std::function<bool()>& goOn,
                                              std::size_t from = 0);

/// Two selections of the same order as one, `later` having keys of higher numbers alone: what a
/// walk has found since goes into what was sorted before. Quick where `later` is small. Pure; any
/// thread.
Result<std::vector<std::uint32_t>> mergeKeys(const CensusView& view, const KeyOrder& order,
                                             const std::vector<std::uint32_t>& former,
                                             const std::vector<std::uint32_t>& later,
                                             const std::function<bool()>& goOn);

}  // namespace cachescope::inspect
