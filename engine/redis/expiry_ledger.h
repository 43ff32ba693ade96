// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope {

/// What one process remembers about the entries that it wrote to a shared server.
///
/// A server tells nobody reliably when an entry expires or is evicted. The ledger knows the
/// deadline of each key, so that an expiration can be reported in time and once, and so that a key
/// that is gone before its deadline can be told from one that was never there. It holds at most
/// `capacity` keys (about 200 bytes each beside the key); keys beyond that are not remembered, and
/// their removals go unreported. A stamp tells one writing of a key from the next. Any thread.
class ExpiryLedger {
public:
    struct Known {
        TimePoint created{};
        TimePoint expires = kNever;
        std::uint64_t bytes = 0;
        std::uint64_t stamp = 0;
        bool reported = false;  ///< its removal has been told; only the server's copy is left
    };
    using Item = std::pair<std::string, Known>;

    static constexpr std::size_t kDefaultCapacity = 1'000'000;

    explicit ExpiryLedger(std::size_t capacity = kDefaultCapacity) : m_capacity(capacity) {}

    std::optional<Known> find(std::string_view key) const;

    /// Remembers a new writing of a key under a new stamp; what was known of the old one.
    std::optional<Known> record(std::string_view key, TimePoint created, TimePoint expires,
                                std::uint64_t bytes);

    /// Forgets a key; what was known.
    std::optional<Known> take(std::string_view key);
    /// The same, unless it was written again since `stamp`.
    std::optional<Known> takeIf(std::string_view key, std::uint64_t stamp);

    /// Undoes a take(), unless the key has been written again meanwhile.
    void restore(std::string_view key, const Known& known);

    /// Somebody else has rewritten the key: keeps the stamp, changes the deadline.
    void adopt(std::string_view key, std::uint64_t stamp, TimePoint created, TimePoint expires);

    /// The deadline of what stands there has been moved: keeps the size, under a new stamp. Does
    /// nothing for a key that is not known.
    void move(std::string_view key, TimePoint created, TimePoint expires);

    /// True for the first who says that this writing's removal has been told.
    bool markReported(std::string_view key, std::uint64_t stamp);

    bool anyDue(TimePoint now) const;
    /// Forgets up to `limit` keys whose deadline is past, the oldest deadline first.
    std::vector<Item> takeDue(TimePoint now, std::size_t limit);

    /// The stamp that the next writing gets at least.
    std::uint64_t nextStamp() const;
    /// Forgets all that was written before `stamp`.
    std::vector<Item> takeBefore(std::uint64_t stamp);

    std::uint64_t entries() const;
    std::uint64_t bytes() const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept;
    };
    using Deadlines = std::multimap<TimePoint, std::string_view>;
    struct Node {
        Known known;
        Deadlines::iterator deadline;  // end() when it never expires
    };
    using Nodes = std::unordered_map<std::string, Node, Hash, std::equal_to<>>;

    void insert(std::string_view key, const Known& known);
    Known remove(Nodes::iterator node);
    void setTimes(Nodes::iterator node, TimePoint created, TimePoint expires);
    void forgetDeadline(Node& node);
    void setDeadline(Nodes::iterator node);

    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    Nodes m_nodes;
    Deadlines m_deadlines;  // views of the keys in m_nodes, which stay where they are
    std::uint64_t m_bytes = 0;
    std::uint64_t m_nextStamp = 1;
};

}  // namespace cachescope
