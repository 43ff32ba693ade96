// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/namespace_tally.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/trace/monitor_requests.h"

namespace cachescope::inspect {

NamespaceTally::NamespaceTally(Lookup lookup, std::string separator, std::size_t mostNamespaces)
    : m_lookup(std::move(lookup)), m_separator(std::move(separator)), m_most(mostNamespaces) {}

NamespaceTally::Lookup NamespaceTally::lookupIn(std::shared_ptr<const KeyCensus> census,
                                                Duration serverAhead) {
    return [census = std::move(census), serverAhead](std::string_view key) {
        const auto facts = census->find(key);
        if (!facts) {
            return std::optional<TimePoint>{};
        }
        // Beyond what nanoseconds can count is as good as never.
        constexpr std::int64_t kMost = kNever.time_since_epoch() / std::chrono::milliseconds{4};
        return std::optional{facts->hasExpiry() && facts->expiry < kMost
                                 ? TimePoint{std::chrono::milliseconds{facts->expiry}} - serverAhead
                                 : kNever};
    };
}

NamespaceTraffic& NamespaceTally::of(std::string_view key) {
    // A name that nobody can have meant is cut, so that keys cannot fill the memory.
    constexpr std::size_t kLongestName = 256;
    const std::size_t end = m_separator.empty() ? std::string_view::npos : key.find(m_separator);
    const std::string_view name = end == std::string_view::npos
                                      ? std::string_view{}
                                      : key.substr(0, std::min(end, kLongestName));
    if (const auto found = m_all.find(name); found != m_all.end()) {
        return found->second;
    }
    const std::string_view place = m_all.size() < m_most ? name : KeyCensus::kManyOthers;
    NamespaceTraffic& made = m_all[std::string{place}];
    made.name = place;
    return made;
}

void NamespaceTally::count(const MonitorLine& line, int database) {
    const KeyedAccess access = accessOf(line);
    if (line.database != database || access == KeyedAccess::none ||
        access == KeyedAccess::deadline) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    forEachKey(line, [&](std::string_view key, std::uint64_t) {
        NamespaceTraffic& traffic = of(key);
        ++(access == KeyedAccess::read ? traffic.reads : traffic.writes);
    });
}

void NamespaceTally::countMiss(std::string_view key, TimePoint at) {
    const std::optional<TimePoint> deadline = m_lookup ? m_lookup(key) : std::nullopt;
    const std::lock_guard lock(m_mutex);
    NamespaceTraffic& traffic = of(key);
    ++traffic.misses;
    ++(!deadline ? traffic.neverSeen : *deadline <= at ? traffic.expired : traffic.removed);
}

std::vector<NamespaceTraffic> NamespaceTally::traffic() const {
    std::vector<NamespaceTraffic> all;
    {
        const std::lock_guard lock(m_mutex);
        all.reserve(m_all.size());
        for (const auto& [name, traffic] : m_all) {
            all.push_back(traffic);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
        return std::tie(one.misses, one.reads) > std::tie(other.misses, other.reads);
    });
    return all;
}

void NamespaceTally::clear() {
    const std::lock_guard lock(m_mutex);
    m_all.clear();
}

}  // namespace cachescope::inspect
