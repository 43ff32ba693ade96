// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/expiry_forecast.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace cachescope::inspect {

namespace {

// What makes a bucket a storm: so many keys that were really seen, so many times the usual, and a
// part of all that is due that is worth a word.
constexpr double kLeastKeys = 50;
constexpr double kTimesUsual = 5;
constexpr double kPartOfWindow = 0.01;
constexpr double kDeviations = 6;
constexpr double kPartOfUsual = 0.75;
constexpr std::size_t kMostStorms = 20;
constexpr std::size_t kMostBuckets = 100'000;

DueKeys one(const KeyFacts& facts) {
    return {1, facts.hasSize() ? static_cast<double>(facts.bytes) : 0.0};
}

DueKeys scaled(const DueKeys& due, double by) {
    return {due.keys * by, due.bytes * by};
}

double medianOf(const std::vector<DueKeys>& buckets) {
    std::vector<double> keys;
    keys.reserve(buckets.size());
    for (const DueKeys& each : buckets) {
        keys.push_back(each.keys);
    }
    const auto middle = keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2);
    std::nth_element(keys.begin(), middle, keys.end());
    return *middle;
}

}  // namespace

ExpiryForecast::ExpiryForecast(const CensusView& view, ForecastOptions options)
    : m_options(options) {
    m_options.buckets = std::clamp<std::size_t>(options.buckets, 1, kMostBuckets);
    m_step = std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(options.bucket).count(), 1);
    m_from = options.now / m_step * m_step;
    // Twice the window, so that it can move.
    const std::size_t horizon = m_options.buckets * 2;
    m_all.resize(horizon);
    const auto placeOf = [&](std::int64_t expiry) {
        return static_cast<std::size_t>((expiry - m_from) / m_step);
    };
    std::vector<double> bySpace(view.namespaceCount());
    for (std::size_t key = 0; key < view.size(); ++key) {
        const KeyFacts facts = view.facts(key);
        const DueKeys due = one(facts);
        if (facts.expiry == kNoExpiry) {
            m_never += due;
        } else if (!facts.hasExpiry()) {
            ++m_unknown;
        } else if (facts.expiry < m_from) {
            m_past += due;
        } else if (const std::size_t place = placeOf(facts.expiry); place < horizon) {
            m_all[place] += due;
            ++bySpace[view.namespaceOf(key)];
        } else {
            m_later += due;
        }
    }
    std::vector<std::uint32_t> order(bySpace.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t first, std::uint32_t second) {
        return bySpace[first] > bySpace[second];
    });
    constexpr std::size_t kNoRow = ~std::size_t{0};
    std::vector<std::size_t> rowOf(bySpace.size(), kNoRow);
    for (const std::uint32_t space : order) {
        if (m_rows.size() >= m_options.namespaces || bySpace[space] == 0) {
            break;
        }
        rowOf[space] = m_rows.size();
        m_rows.push_back({std::string{view.namespaceName(space)}, std::vector<DueKeys>(horizon)});
    }
    for (std::size_t key = 0; key < view.size(); ++key) {
        const std::size_t row = rowOf[view.namespaceOf(key)];
        const KeyFacts facts = view.facts(key);
        if (row == kNoRow || !facts.hasExpiry() || facts.expiry < m_from) {
            continue;
        }
        if (const std::size_t place = placeOf(facts.expiry); place < horizon) {
            m_rows[row].buckets[place] += one(facts);
        }
    }
}

bool ExpiryForecast::reaches(std::int64_t now) const noexcept {
    const std::int64_t moved = now / m_step - m_from / m_step;
    return moved <= static_cast<std::int64_t>(m_all.size() - m_options.buckets);
}

ForecastWindow ExpiryForecast::at(std::int64_t now) const {
    ForecastWindow window;
    window.bucket = std::chrono::milliseconds{m_step};
    const std::int64_t moved = std::max<std::int64_t>(now / m_step - m_from / m_step, 0);
    const std::size_t begin = std::min(static_cast<std::size_t>(moved), m_all.size());
    const std::size_t end = std::min(begin + m_options.buckets, m_all.size());
    window.from = m_from + moved * m_step;
    window.isShort = !reaches(now);
    const double by = m_options.scale;
    window.passed = scaled(m_past, by);
    for (std::size_t i = 0; i < begin; ++i) {
        window.passed += scaled(m_all[i], by);
    }
    for (std::size_t i = begin; i < end; ++i) {
        window.buckets.push_back(scaled(m_all[i], by));
        window.due += window.buckets.back();
    }
    window.later = scaled(m_later, by);
    for (std::size_t i = end; i < m_all.size(); ++i) {
        window.later += scaled(m_all[i], by);
    }
    window.never = scaled(m_never, by);
    window.unknown = m_unknown * by;
    window.others = window.due;
    for (const Row& row : m_rows) {
        NamespaceDue due;
        due.name = row.name;
        for (std::size_t i = begin; i < end; ++i) {
            due.buckets.push_back(scaled(row.buckets[i], by));
            due.all += due.buckets.back();
        }
        window.others.keys -= due.all.keys;
        window.others.bytes -= due.all.bytes;
        window.namespaces.push_back(std::move(due));
    }
    std::stable_sort(window.namespaces.begin(), window.namespaces.end(),
                     [](const NamespaceDue& first, const NamespaceDue& second) {
                         return first.all.keys > second.all.keys;
                     });
    findStorms(window, now);
    return window;
}

// Finds the storms of a window and names them.
void ExpiryForecast::findStorms(ForecastWindow& window, std::int64_t now) const {
    if (window.buckets.empty()) {
        return;
    }
    const auto leastOf = [&](double usual) {
        return std::max({kLeastKeys * m_options.scale, kTimesUsual * usual,
                         kPartOfWindow * window.due.keys,
                         usual + kDeviations * std::sqrt(usual * m_options.scale)});
    };
    const double usual = medianOf(window.buckets);
    const double least = leastOf(usual);
    std::vector<double> usualOf;
    for (const NamespaceDue& space : window.namespaces) {
        usualOf.push_back(medianOf(space.buckets));
    }
    for (std::size_t i = 0; i < window.buckets.size(); ++i) {
        ExpiryStorm storm;
        bool isStorm = window.buckets[i].keys >= least;
        double excess = 0;
        for (std::size_t space = 0; space < window.namespaces.size(); ++space) {
            const DueKeys& due = window.namespaces[space].buckets[i];
            // Also one that is hidden among many keys of others, if it nearly doubles what is due.
            isStorm = isStorm || (due.keys >= leastOf(usualOf[space]) &&
                                  due.keys - usualOf[space] >= usual * kPartOfUsual);
            if (due.keys - usualOf[space] > excess) {
                excess = due.keys - usualOf[space];
                storm.space = window.namespaces[space].name;
                storm.ofSpace = due;
                storm.usualOfSpace = usualOf[space];
            }
        }
        if (!isStorm) {
            continue;
        }
        storm.bucket = i;
        storm.from = window.from + static_cast<std::int64_t>(i) * m_step;
        storm.due = window.buckets[i];
        storm.usual = usual;
        window.storms.push_back(std::move(storm));
    }
    std::stable_sort(window.storms.begin(), window.storms.end(),
                     [](const ExpiryStorm& first, const ExpiryStorm& second) {
                         return first.due.keys > second.due.keys;
                     });
    if (window.storms.size() > kMostStorms) {
        window.storms.resize(kMostStorms);
    }
    for (ExpiryStorm& storm : window.storms) {
        const auto curve = calmed(window, storm, now, kJitter);
        storm.calmed = curve[storm.bucket];
    }
}

std::vector<double> ExpiryForecast::calmed(const ForecastWindow& window, const ExpiryStorm& storm,
                                           std::int64_t now, double part) {
    std::vector<double> keys;
    keys.reserve(window.buckets.size());
    for (const DueKeys& each : window.buckets) {
        keys.push_back(each.keys);
    }
    const auto step = static_cast<double>(
        std::chrono::duration_cast<std::chrono::milliseconds>(window.bucket).count());
    const double middle = static_cast<double>(storm.from - now) + step / 2;
    const double half = std::max(middle * part, 0.0);
    if (half * 2 <= step || storm.bucket >= keys.size()) {
        return keys;  // too narrow to reach another bucket
    }
    const double spread = storm.ofSpace.keys / (2 * half);
    keys[storm.bucket] -= storm.ofSpace.keys;
    const auto start = static_cast<double>(window.from - now);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const double from = start + static_cast<double>(i) * step;
        const double overlap = std::min(from + step, middle + half) - std::max(from, middle - half);
        keys[i] += std::max(overlap, 0.0) * spread;
    }
    return keys;
}

}  // namespace cachescope::inspect
