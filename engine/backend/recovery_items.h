// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend.h"

namespace cachescope {

/// What a RecoveryQueue remembers: changes of single keys, and removals of many keys at once.
///
/// One item a key, a set or an erase, with the stamp of the change; the newest wins. A removal
/// voids whatever lies below for the keys that it covers; items are newer than it, so it is to be
/// carried out before them. Bounds hold after each call, and never by forgetting that something
/// below is old: where values take too much room, the oldest sets become erases; where there are
/// too many items, or patterns, the oldest go, and one removal of everything takes their place,
/// which makes erases superfluous. Allocates, and may throw std::bad_alloc, only in put() and
/// voidMatching(), with nothing changed then. Not thread-safe.
class RecoveryItems {
public:
    struct Limits {
        std::size_t items = 100'000;
        std::uint64_t bytes = std::uint64_t{64} << 20;  ///< keys, values, notes and overhead
    };
    struct Item {
        std::optional<Entry> entry;  ///< nothing: an erase
        std::uint64_t stamp = 0;
    };
    struct Waiting {
        std::string key;
        std::uint64_t stamp = 0;
    };
    struct Pattern {
        std::string glob;
        std::uint64_t stamp = 0;  ///< of the latest change that wanted it
    };
    /// The removals that wait, as of a moment.
    struct Removals {
        bool everything = false;
        std::uint64_t serial = 0;  ///< changes whenever `everything` is wanted again
        std::vector<Pattern> patterns;
    };

    static constexpr std::size_t kItemOverhead = 200;
    static constexpr std::size_t kMostPatterns = 32;

    explicit RecoveryItems(Limits limits) : m_limits(limits) {}

    bool empty() const noexcept { return m_items.empty() && !m_everything && m_patterns.empty(); }
    std::size_t size() const noexcept { return m_items.size(); }
    std::uint64_t bytes() const noexcept { return m_bytes; }
    /// Values or whole items given up because of the bounds.
    std::uint64_t dropped() const noexcept { return m_dropped; }

    const Item* find(std::string_view key) const;
    /// Whether a removal waits for what lies below at this key.
    bool covers(std::string_view key) const;

    /// Keeps a change, unless a newer one of the key or a newer removal is known.
    void put(std::string_view key, std::optional<Entry> entry, std::uint64_t stamp);
    /// The change is done, or has been overtaken: forgets the key's item unless it is newer.
    void forget(std::string_view key, std::uint64_t upTo);
    /// The key's set becomes an erase with the same stamp.
    void toErase(std::string_view key);
    /// The key's item gets another deadline, or only another place in the order.
    void moveDeadline(std::string_view key, TimePoint expires, std::uint64_t stamp);
    void moveBack(std::string_view key, std::uint64_t stamp);

    /// Items older than the change go, and what lies below is void.
    void voidAll(std::uint64_t stamp) noexcept;
    void voidMatching(std::string_view glob, std::uint64_t stamp);
    /// The same where no memory or room is left to remember single changes: newer items stay valid.
    void voidAllForLackOfRoom() noexcept;

    /// Everything below has been removed by a change with this stamp: older items are done with.
    void removedAll(std::uint64_t stamp) noexcept;
    void removedMatching(std::string_view glob, std::uint64_t stamp) noexcept;

    Removals removals() const { return {m_everything, m_serial, m_patterns}; }
    void settleEverything(std::uint64_t serial) noexcept;
    void settlePattern(const Pattern& pattern) noexcept;

    /// The oldest item after a stamp.
    std::optional<Waiting> next(std::uint64_t after) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept;
    };
    using Items = std::unordered_map<std::string, Item, Hash, std::equal_to<>>;
    using Order = std::map<std::uint64_t, std::string_view>;  // views of the keys in m_items

    static std::uint64_t costOf(std::string_view key, const Item& item);
    void remove(Items::iterator item) noexcept;
    void restamp(Items::iterator item, std::uint64_t stamp) noexcept;
    void dropValue(Items::iterator item) noexcept;
    void keepBounds() noexcept;

    const Limits m_limits;
    Items m_items;
    Order m_order;  // all items by stamp
    Order m_sets;   // those with a value
    std::uint64_t m_bytes = 0;
    std::uint64_t m_dropped = 0;

    bool m_everything = false;
    std::uint64_t m_everythingStamp = 0;  // 0: for lack of room, which no change is older than
    std::uint64_t m_serial = 0;
    std::vector<Pattern> m_patterns;
};

}  // namespace cachescope
