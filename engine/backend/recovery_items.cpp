// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/recovery_items.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/backend/reserved_keys.h"
#include "engine/core/hash.h"

namespace cachescope {

std::size_t RecoveryItems::Hash::operator()(std::string_view key) const noexcept {
    return static_cast<std::size_t>(hash64(key));
}

std::uint64_t RecoveryItems::costOf(std::string_view key, const Item& item) {
    const std::uint64_t content =
        item.entry ? item.entry->value.size() + item.entry->notes.view().size() : 0;
    return key.size() + content + kItemOverhead;
}

const RecoveryItems::Item* RecoveryItems::find(std::string_view key) const {
    const auto item = m_items.find(key);
    return item == m_items.end() ? nullptr : &item->second;
}

bool RecoveryItems::covers(std::string_view key) const {
    return m_everything || std::any_of(m_patterns.begin(), m_patterns.end(),
                                       [&](const auto& p) { return patternMeans(p.glob, key); });
}

void RecoveryItems::put(std::string_view key, std::optional<Entry> entry, std::uint64_t stamp) {
    const auto known = m_items.find(key);
    if (known != m_items.end() && known->second.stamp > stamp) {
        return;
    }
    if (m_everything && m_everythingStamp > stamp) {
        return;
    }
    for (const Pattern& pattern : m_patterns) {
        if (pattern.stamp > stamp && patternMeans(pattern.glob, key)) {
            return;
        }
    }
    if (!entry && covers(key)) {
        if (known != m_items.end()) {
            remove(known);
        }
        return;
    }
    // Made beside the old one first, so that a lack of memory changes nothing.
    Order place;
    place.emplace(stamp, std::string_view{});
    Order placeOfSet;
    // A mark that gave way to its key's erase would be no mark at all.
    if (entry && !isReservedKey(key)) {
        placeOfSet.emplace(stamp, std::string_view{});
    }
    auto item = known;
    if (item == m_items.end()) {
        item = m_items.try_emplace(std::string{key}).first;
    } else {
        m_bytes -= costOf(key, item->second);
        m_order.erase(item->second.stamp);
        m_sets.erase(item->second.stamp);
    }
    item->second = Item{std::move(entry), stamp};
    m_bytes += costOf(key, item->second);
    place.begin()->second = item->first;
    m_order.merge(place);
    if (!placeOfSet.empty()) {
        placeOfSet.begin()->second = item->first;
        m_sets.merge(placeOfSet);
    }
    keepBounds();
}

void RecoveryItems::forget(std::string_view key, std::uint64_t upTo) {
    const auto item = m_items.find(key);
    if (item != m_items.end() && item->second.stamp <= upTo) {
        remove(item);
    }
}

void RecoveryItems::toErase(std::string_view key) {
    const auto item = m_items.find(key);
    if (item == m_items.end()) {
        return;
    }
    if (covers(key)) {
        remove(item);
    } else {
        dropValue(item);
    }
}

void RecoveryItems::moveDeadline(std::string_view key, TimePoint expires, std::uint64_t stamp) {
    const auto item = m_items.find(key);
    if (item != m_items.end() && item->second.entry) {
        item->second.entry->expires = expires;
        restamp(item, stamp);
    }
}

void RecoveryItems::moveBack(std::string_view key, std::uint64_t stamp) {
    const auto item = m_items.find(key);
    if (item != m_items.end()) {
        restamp(item, stamp);
    }
}

void RecoveryItems::voidAll(std::uint64_t stamp) noexcept {
    removedAll(stamp);
    m_everything = true;
    m_everythingStamp = std::max(m_everythingStamp, stamp);
    ++m_serial;
}

void RecoveryItems::voidMatching(std::string_view glob, std::uint64_t stamp) {
    std::string copy{glob};
    m_patterns.reserve(kMostPatterns);
    removedMatching(glob, stamp);
    if (m_everything) {
        return;
    }
    if (m_patterns.size() == kMostPatterns) {
        ++m_dropped;
        voidAllForLackOfRoom();
        return;
    }
    m_patterns.push_back({std::move(copy), stamp});
}

void RecoveryItems::voidAllForLackOfRoom() noexcept {
    m_everything = true;
    ++m_serial;
    m_patterns.clear();
    for (auto item = m_items.begin(); item != m_items.end();) {
        const auto next = std::next(item);
        if (!item->second.entry) {
            remove(item);
        }
        item = next;
    }
}

void RecoveryItems::removedAll(std::uint64_t stamp) noexcept {
    while (!m_order.empty() && m_order.begin()->first <= stamp) {
        remove(m_items.find(m_order.begin()->second));
    }
    std::erase_if(m_patterns, [&](const Pattern& p) { return p.stamp <= stamp; });
    if (m_everythingStamp <= stamp) {
        m_everything = false;
    }
}

void RecoveryItems::removedMatching(std::string_view glob, std::uint64_t stamp) noexcept {
    for (auto place = m_order.begin(); place != m_order.end() && place->first <= stamp;) {
        const auto next = std::next(place);
        if (patternMeans(glob, place->second)) {
            remove(m_items.find(place->second));
        }
        place = next;
    }
    std::erase_if(m_patterns, [&](const Pattern& p) { return p.glob == glob && p.stamp <= stamp; });
}

void RecoveryItems::settleEverything(std::uint64_t serial) noexcept {
    if (m_everything && m_serial == serial) {
        m_everything = false;
    }
}

void RecoveryItems::settlePattern(const Pattern& pattern) noexcept {
    std::erase_if(m_patterns, [&](const Pattern& p) {
        return p.glob == pattern.glob && p.stamp == pattern.stamp;
    });
}

std::optional<RecoveryItems::Waiting> RecoveryItems::next(std::uint64_t after) const {
    const auto place = m_order.upper_bound(after);
    return place == m_order.end()
               ? std::nullopt
               : std::optional{Waiting{std::string{place->second}, place->first}};
}

void RecoveryItems::remove(Items::iterator item) noexcept {
    m_bytes -= costOf(item->first, item->second);
    m_order.erase(item->second.stamp);
    m_sets.erase(item->second.stamp);
    m_items.erase(item);
}

void RecoveryItems::restamp(Items::iterator item, std::uint64_t stamp) noexcept {
    for (Order* order : {&m_order, &m_sets}) {
        if (auto place = order->extract(item->second.stamp)) {
            place.key() = stamp;
            order->insert(std::move(place));
        }
    }
    item->second.stamp = stamp;
}

void RecoveryItems::dropValue(Items::iterator item) noexcept {
    m_bytes -= costOf(item->first, item->second);
    item->second.entry.reset();
    m_bytes += costOf(item->first, item->second);
    m_sets.erase(item->second.stamp);
}

void RecoveryItems::keepBounds() noexcept {
    while (m_bytes > m_limits.bytes && !m_sets.empty()) {
        const auto item = m_items.find(m_sets.begin()->second);
        ++m_dropped;
        if (covers(item->first)) {
            remove(item);
        } else {
            dropValue(item);
        }
    }
    while (!m_items.empty() && (m_items.size() > m_limits.items || m_bytes > m_limits.bytes)) {
        ++m_dropped;
        const auto item = m_items.find(m_order.begin()->second);
        const bool covered = covers(item->first);
        remove(item);
        if (!covered) {
            voidAllForLackOfRoom();
        }
    }
}

}  // namespace cachescope
