// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/inspect/key_census.h"

namespace cachescope::inspect {

/// All keys below one place of the namespace tree, or the keys right at it.
struct NamespaceTotals {
    std::string name;  ///< of this level alone: "user" of "app:user:17" below "app:"
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;
    std::uint64_t noTtl = 0;
    std::uint64_t dueSoon = 0;      ///< whose TTL ends before `soon`
    std::uint64_t deepestKeys = 0;  ///< that have no further separator: leaves of the tree
};

/// One level of the tree below a prefix.
struct NamespaceLevel {
    std::string prefix;                   ///< "app:", or empty at the root
    NamespaceTotals all;                  ///< of all keys that begin with the prefix
    NamespaceTotals here;                 ///< of those without a further separator
    std::vector<NamespaceTotals> groups;  ///< most bytes first, then most keys
    NamespaceTotals others;               ///< of groups that were too many to be listed
};

/// The level below `prefix` (empty, or ending in a separator), of all keys in the view: at most
/// `most` groups. `soon` is a moment on the server's clock in milliseconds. Looks at every key
/// once, some 50 ms a million keys of names alike; holds at most kMostGroups groups. Ends soon
/// after `goOn` says false; what it returns is of no use then. Pure; any thread.
NamespaceLevel levelBelow(const CensusView& view, std::string_view prefix, std::int64_t soon,
                          std::size_t most = 1000, const std::function<bool()>& goOn = {});

inline constexpr std::size_t kMostGroups = 100'000;

}  // namespace cachescope::inspect
