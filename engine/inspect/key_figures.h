// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/inspect/key_census.h"

namespace cachescope::inspect {

/// A part of all keys, with the interval in which it lies with a probability of 95 %. Where all
/// keys were looked at, the interval is the part itself. A value; any thread.
struct Share {
    double value = 0;
    double low = 0;
    double high = 0;
};

/// Wilson's interval for `hits` of `sampled` keys, that were drawn from `population` keys without
/// putting any back: the closer the sample comes to all keys, the narrower. A population of 0 is
/// not known, and taken as without bound. Pure; any thread.
Share shareOf(std::uint64_t hits, std::uint64_t sampled, std::uint64_t population);

/// A group of keys among those that were looked at: a namespace, a type, a span of TTLs.
struct KeyGroup {
    std::string name;         ///< any bytes
    std::uint64_t keys = 0;   ///< that were looked at
    std::uint64_t bytes = 0;  ///< of those
    std::uint64_t noTtl = 0;  ///< of those
    Share share;              ///< of all keys
    double allKeys = 0;       ///< how many the database has of them, estimated
    double allBytes = 0;      ///< the same in bytes
};

/// A bucket of remaining TTLs or of sizes: from `from` (included) to `to` (excluded).
struct FigureBucket {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;
    Share share;
};

struct BigKey {
    std::string name;
    std::string type;
    std::uint64_t bytes = 0;
    std::int64_t expiry = kExpiryUnknown;
};

/// What the keys of a database are like, counted or estimated from a sample.
struct KeyFigures {
    std::uint64_t databaseKeys = 0;  ///< that the database has; 0: not known
    std::uint64_t sampled = 0;       ///< that were looked at
    bool exact = false;              ///< all were
    std::uint64_t bytes = 0;         ///< of those that were looked at
    double allBytes = 0;             ///< of all keys, estimated
    bool knowsTtl = true;            ///< false: the server's user may not ask for TTLs
    bool knowsSize = true;
    bool knowsType = true;
    std::uint64_t noTtlKeys = 0;
    std::uint64_t noTtlBytes = 0;
    Share noTtl;
    std::vector<KeyGroup> types;       ///< most keys first
    std::vector<KeyGroup> namespaces;  ///< most bytes first, by keys where sizes are not known
    std::uint64_t moreNamespaces = 0;  ///< that are not in the list
    std::vector<FigureBucket> ttls;    ///< remaining seconds; without keys that have no TTL
    std::uint64_t expired = 0;         ///< whose TTL is over at `now`
    std::vector<FigureBucket> sizes;   ///< bytes, powers of two
    std::vector<BigKey> bigKeys;       ///< largest first
};

struct FigureOptions {
    std::int64_t now = 0;            ///< on the server's clock, milliseconds
    std::uint64_t databaseKeys = 0;  ///< 0: not known
    bool exact = false;              ///< the view holds all keys of the database
    std::size_t mostNamespaces = 100;
    std::size_t mostBigKeys = 20;
};

/// Looks at every key of the view once. Pure; any thread, which is busy for some 15 ms a million
/// keys.
KeyFigures figuresOf(const CensusView& view, const FigureOptions& options);

/// Bounds of the buckets of remaining TTLs, in seconds: 1, 10, 60, 300, … 30 days.
std::span<const std::uint64_t> ttlBounds() noexcept;

}  // namespace cachescope::inspect
