// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_figures.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace cachescope::inspect {

namespace {

// The standard normal value that 97.5 % lie below.
constexpr double kZ = 1.959964;

struct Sums {
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;
    std::uint64_t noTtl = 0;
};

void count(Sums& sums, const KeyFacts& facts) {
    ++sums.keys;
    sums.bytes += facts.hasSize() ? facts.bytes : 0;
    sums.noTtl += facts.expiry == kNoExpiry ? 1U : 0U;
}

std::size_t ttlBucket(std::int64_t remaining) {
    const auto bounds = ttlBounds();
    const auto seconds = static_cast<std::uint64_t>(remaining) / 1000;
    return static_cast<std::size_t>(std::upper_bound(bounds.begin(), bounds.end(), seconds) -
                                    bounds.begin());
}

class Collector {
public:
    Collector(const CensusView& view, const FigureOptions& options)
        : m_view(view),
          m_options(options),
          m_types(view.typeCount()),
          m_spaces(view.namespaceCount()),
          m_ttls(ttlBounds().size() + 1),
          m_sizes(65) {}

    void look(std::size_t key) {
        const KeyFacts facts = m_view.facts(key);
        count(m_all, facts);
        count(m_types[m_view.typeOf(key)], facts);
        count(m_spaces[m_view.namespaceOf(key)], facts);
        if (facts.expiry == kNoExpiry) {
            m_noTtlBytes += facts.hasSize() ? facts.bytes : 0;
        } else if (facts.hasExpiry()) {
            const std::int64_t remaining = facts.expiry - m_options.now;
            m_expired += remaining <= 0 ? 1U : 0U;
            count(m_ttls[ttlBucket(std::max<std::int64_t>(remaining, 0))], facts);
        } else {
            ++m_ttlUnknown;
        }
        if (facts.hasSize()) {
            count(m_sizes[std::bit_width(facts.bytes)], facts);
            considerBig(facts.bytes, key);
        }
    }

    KeyFigures figures() {
        KeyFigures result;
        result.databaseKeys =
            m_options.databaseKeys != 0 || !m_options.exact ? m_options.databaseKeys : m_all.keys;
        result.sampled = m_all.keys;
        result.exact = m_options.exact;
        m_population = m_options.exact ? m_all.keys : result.databaseKeys;
        m_scale = m_all.keys == 0 || m_population == 0
                      ? 1.0
                      : static_cast<double>(m_population) / static_cast<double>(m_all.keys);
        result.bytes = m_all.bytes;
        result.allBytes = static_cast<double>(m_all.bytes) * m_scale;
        result.knowsTtl = m_ttlUnknown < m_all.keys || m_all.keys == 0;
        result.knowsSize = m_all.keys == 0 || m_sized != 0;
        result.noTtlKeys = m_all.noTtl;
        result.noTtlBytes = m_noTtlBytes;
        result.noTtl = share(m_all.noTtl);
        for (std::uint32_t i = 0; i < m_types.size(); ++i) {
            if (m_types[i].keys > 0) {
                result.types.push_back(group(m_view.typeName(i), m_types[i]));
            }
        }
        result.knowsType = m_all.keys == 0 || m_types.front().keys < m_all.keys;
        std::sort(result.types.begin(), result.types.end(),
                  [](const KeyGroup& one, const KeyGroup& other) { return one.keys > other.keys; });
        addNamespaces(result);
        addBuckets(result);
        result.expired = m_expired;
        std::sort(m_big.begin(), m_big.end(), std::greater<>{});
        for (const auto& [bytes, key] : m_big) {
            const KeyFacts facts = m_view.facts(key);
            result.bigKeys.push_back(
                {std::string{m_view.name(key)}, std::string{facts.type}, bytes, facts.expiry});
        }
        return result;
    }

private:
    void considerBig(std::uint64_t bytes, std::size_t key) {
        ++m_sized;
        // A heap with the smallest of the largest on top.
        if (m_big.size() < m_options.mostBigKeys) {
            m_big.emplace_back(bytes, key);
            std::push_heap(m_big.begin(), m_big.end(), std::greater<>{});
        } else if (!m_big.empty() && bytes > m_big.front().first) {
            std::pop_heap(m_big.begin(), m_big.end(), std::greater<>{});
            m_big.back() = {bytes, key};
            std::push_heap(m_big.begin(), m_big.end(), std::greater<>{});
        }
    }

    Share share(std::uint64_t hits) const { return shareOf(hits, m_all.keys, m_population); }

    KeyGroup group(std::string_view name, const Sums& sums) const {
        KeyGroup made;
        made.name = name;
        made.keys = sums.keys;
        made.bytes = sums.bytes;
        made.noTtl = sums.noTtl;
        made.share = share(sums.keys);
        made.allKeys = static_cast<double>(sums.keys) * m_scale;
        made.allBytes = static_cast<double>(sums.bytes) * m_scale;
        return made;
    }

    void addNamespaces(KeyFigures& result) const {
        std::vector<std::pair<Sums, std::uint32_t>> order;
        for (std::uint32_t i = 0; i < m_spaces.size(); ++i) {
            if (m_spaces[i].keys > 0) {
                order.emplace_back(m_spaces[i], i);
            }
        }
        std::sort(order.begin(), order.end(), [](const auto& one, const auto& other) {
            return std::pair{one.first.bytes, one.first.keys} >
                   std::pair{other.first.bytes, other.first.keys};
        });
        const std::size_t listed = std::min(order.size(), m_options.mostNamespaces);
        result.moreNamespaces = order.size() - listed;
        for (std::size_t i = 0; i < listed; ++i) {
            result.namespaces.push_back(
                group(m_view.namespaceName(order[i].second), order[i].first));
        }
    }

    void addBuckets(KeyFigures& result) const {
        const auto bounds = ttlBounds();
        for (std::size_t i = 0; i < m_ttls.size(); ++i) {
            result.ttls.push_back(
                {i == 0 ? 0 : bounds[i - 1],
                 i == bounds.size() ? std::numeric_limits<std::uint64_t>::max() : bounds[i],
                 m_ttls[i].keys, m_ttls[i].bytes, share(m_ttls[i].keys)});
        }
        for (std::size_t i = 0; i < m_sizes.size(); ++i) {
            if (m_sizes[i].keys > 0) {
                const std::uint64_t to =
                    i < 64 ? std::uint64_t{1} << i : std::numeric_limits<std::uint64_t>::max();
                result.sizes.push_back({i == 0 ? 0 : std::uint64_t{1} << (i - 1), to,
                                        m_sizes[i].keys, m_sizes[i].bytes, share(m_sizes[i].keys)});
            }
        }
    }

    const CensusView& m_view;
    const FigureOptions& m_options;
    Sums m_all;
    std::uint64_t m_noTtlBytes = 0;
    std::uint64_t m_expired = 0;
    std::uint64_t m_ttlUnknown = 0;
    std::uint64_t m_sized = 0;
    std::uint64_t m_population = 0;
    double m_scale = 1;
    std::vector<Sums> m_types;
    std::vector<Sums> m_spaces;
    std::vector<Sums> m_ttls;
    std::vector<Sums> m_sizes;  // by the number of bits
    std::vector<std::pair<std::uint64_t, std::size_t>> m_big;
};

}  // namespace

std::span<const std::uint64_t> ttlBounds() noexcept {
    constexpr std::uint64_t kHour = 3600;
    constexpr std::uint64_t kDay = 24 * kHour;
    static constexpr std::array<std::uint64_t, 12> kBounds{
        1, 10, 60, 300, 900, kHour, 4 * kHour, 12 * kHour, kDay, 3 * kDay, 7 * kDay, 30 * kDay};
    return kBounds;
}

Share shareOf(std::uint64_t hits, std::uint64_t sampled, std::uint64_t population) {
    if (sampled == 0) {
        return {0, 0, 1};
    }
    const auto drawn = static_cast<double>(sampled);
    const double value = static_cast<double>(hits) / drawn;
    if (population != 0 && sampled >= population) {
        return {value, value, value};
    }
    // As if more had been drawn: what was left out is all that can differ.
    const auto all = static_cast<double>(population);
    const double n = population == 0 ? drawn : drawn * (all - 1) / (all - drawn);
    const double z2 = kZ * kZ;
    const double middle = (value + z2 / (2 * n)) / (1 + z2 / n);
    const double half = kZ / (1 + z2 / n) * std::sqrt(value * (1 - value) / n + z2 / (4 * n * n));
    return {value, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

KeyFigures figuresOf(const CensusView& view, const FigureOptions& options) {
    Collector collector{view, options};
    for (std::size_t key = 0; key < view.size(); ++key) {
        collector.look(key);
    }
    return collector.figures();
}

}  // namespace cachescope::inspect
