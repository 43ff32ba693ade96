// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/inspect/key_census.h"
#include "engine/trace/monitor_line.h"

namespace cachescope::inspect {

/// What was asked of the keys of one namespace. Reads and writes come from MONITOR, misses from
/// events; where only one of them was heard, the others are zero.
struct NamespaceTraffic {
    std::string name;  ///< what stands before the separator; empty for keys without one
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t misses = 0;
    // Of the misses, by what was known of their keys:
    std::uint64_t expired = 0;    ///< the deadline had passed: a longer TTL would have been a hit
    std::uint64_t removed = 0;    ///< the key was there and not due: evicted or deleted
    std::uint64_t neverSeen = 0;  ///< nothing was known
};

/// Counts reads, writes and misses by namespace.
///
/// A namespace is what stands before the first separator. Beyond `mostNamespaces` further ones
/// count as one, KeyCensus::kManyOthers. Any thread.
class NamespaceTally {
public:
    /// The last deadline known of a key (kNever: none), or nothing where it was never seen. Called
    /// on the thread that counts.
    using Lookup = std::function<std::optional<TimePoint>(std::string_view key)>;

    /// As a census has them, which is not null. `serverAhead` is how far its server's clock is
    /// ahead of the one that misses are counted by. A deadline that could not be read counts as
    /// none.
    static Lookup lookupIn(std::shared_ptr<const KeyCensus> census, Duration serverAhead = {});

    explicit NamespaceTally(Lookup lookup = {}, std::string separator = ":",
                            std::size_t mostNamespaces = 10'000);

    /// All keys of a command that reads or writes some; of database `database` alone.
    void count(const MonitorLine& line, int database);
    void countMiss(std::string_view key, TimePoint at);

    /// Most misses first, then most reads.
    std::vector<NamespaceTraffic> traffic() const;
    void clear();

private:
    NamespaceTraffic& of(std::string_view key);

    const Lookup m_lookup;
    const std::string m_separator;
    const std::size_t m_most;
    mutable std::mutex m_mutex;
    std::map<std::string, NamespaceTraffic, std::less<>> m_all;
};

}  // namespace cachescope::inspect
