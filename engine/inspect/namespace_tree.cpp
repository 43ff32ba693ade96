// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/namespace_tree.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace cachescope::inspect {

namespace {

constexpr std::size_t kKeysBetweenLooks = 8192;

void count(NamespaceTotals& totals, const KeyFacts& facts, std::int64_t soon) {
    ++totals.keys;
    totals.bytes += facts.hasSize() ? facts.bytes : 0;
    totals.noTtl += facts.expiry == kNoExpiry ? 1U : 0U;
    totals.dueSoon += facts.hasExpiry() && facts.expiry < soon ? 1U : 0U;
}

void add(NamespaceTotals& sum, const NamespaceTotals& one) {
    sum.keys += one.keys;
    sum.bytes += one.bytes;
    sum.noTtl += one.noTtl;
    sum.dueSoon += one.dueSoon;
    sum.deepestKeys += one.deepestKeys;
}

// The number of the first-level namespace that all keys below the prefix have, if it is known.
std::optional<std::uint32_t> namespaceOfAll(const CensusView& view, std::string_view prefix) {
    const auto end =
        view.separator().empty() ? std::string_view::npos : prefix.find(view.separator());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    // The first two stand for none and for all that were too many.
    for (std::uint32_t i = 2; i < view.namespaceCount(); ++i) {
        if (view.namespaceName(i) == prefix.substr(0, end)) {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace

NamespaceLevel levelBelow(const CensusView& view, std::string_view prefix, std::int64_t soon,
                          std::size_t most, const std::function<bool()>& goOn) {
    NamespaceLevel level;
    level.prefix = prefix;
    const std::string& separator = view.separator();
    const auto space = namespaceOfAll(view, prefix);
    std::unordered_map<std::string_view, NamespaceTotals> groups;
    for (std::size_t key = 0; key < view.size(); ++key) {
        if (goOn && key % kKeysBetweenLooks == 0 && !goOn()) {
            return level;
        }
        if (space && view.namespaceOf(key) != *space) {
            continue;
        }
        const std::string_view name = view.name(key);
        if (!name.starts_with(prefix)) {
            continue;
        }
        const KeyFacts facts = view.facts(key);
        count(level.all, facts, soon);
        const auto end =
            separator.empty() ? std::string_view::npos : name.find(separator, prefix.size());
        if (end == std::string_view::npos) {
            count(level.here, facts, soon);
            ++level.here.deepestKeys;
            ++level.all.deepestKeys;
            continue;
        }
        const std::string_view group = name.substr(prefix.size(), end - prefix.size());
        auto found = groups.find(group);
        if (found == groups.end() && groups.size() < kMostGroups) {
            found = groups.emplace(group, NamespaceTotals{}).first;
        }
        NamespaceTotals& totals = found != groups.end() ? found->second : level.others;
        count(totals, facts, soon);
        const bool deepest = name.find(separator, end + separator.size()) == std::string_view::npos;
        totals.deepestKeys += deepest ? 1U : 0U;
    }
    for (auto& [name, totals] : groups) {
        totals.name = name;
        level.groups.push_back(std::move(totals));
    }
    std::sort(level.groups.begin(), level.groups.end(),
              [](const NamespaceTotals& one, const NamespaceTotals& other) {
                  if (one.bytes != other.bytes) {
                      return one.bytes > other.bytes;
                  }
                  return one.keys != other.keys ? one.keys > other.keys : one.name < other.name;
              });
    for (std::size_t i = most; i < level.groups.size(); ++i) {
        add(level.others, level.groups[i]);
    }
    if (level.groups.size() > most) {
        level.groups.resize(most);
    }
    return level;
}

}  // namespace cachescope::inspect
