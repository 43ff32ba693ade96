// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/key_space.h"

#include <algorithm>
#include <cmath>

namespace cachescope::sim {

namespace {

// (exp(x) - 1) / x and log(1 + x) / x, continued to x = 0, so that an exponent of 1 is no special
// case of the integral.
double expm1Ratio(double x) noexcept {
    return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2;
}
double log1pRatio(double x) noexcept {
    return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2;
}

}  // namespace

ZipfSampler::ZipfSampler(std::uint64_t count, double exponent)
    : m_count(static_cast<double>(std::max<std::uint64_t>(count, 1))),
      m_exponent(exponent),
      m_low(integral(1.5) - 1),
      m_high(integral(m_count + 0.5)),
      m_sure(2 - inverse(integral(2.5) - weight(2))) {}

double ZipfSampler::integral(double x) const noexcept {
    const double logX = std::log(x);
    return expm1Ratio((1 - m_exponent) * logX) * logX;
}

double ZipfSampler::inverse(double y) const noexcept {
    const double t = std::max(-1.0, y * (1 - m_exponent));
    return std::exp(log1pRatio(t) * y);
}

double ZipfSampler::weight(double x) const noexcept {
    return std::exp(-m_exponent * std::log(x));
}

std::uint64_t ZipfSampler::sample(Random& random) const noexcept {
    for (;;) {
        const double u = m_high + random.uniform() * (m_low - m_high);
        const double x = inverse(u);
        const double k = std::clamp(std::floor(x + 0.5), 1.0, m_count);
        if (k - x <= m_sure || u >= integral(k + 0.5) - weight(k)) {
            return static_cast<std::uint64_t>(k) - 1;
        }
    }
}

KeySpace::KeySpace(const KeySpec& spec) : m_spec(spec), m_zipf(spec.count, spec.exponent) {
    double total = 0;
    for (const NamespaceSpec& part : spec.namespaces) {
        total += part.share;
    }
    std::vector<std::uint64_t> next(spec.namespaces.size(), 1);
    m_ends.reserve(spec.count);
    std::string name;
    for (std::uint64_t key = 0; key < spec.count; ++key) {
        // The golden ratio spreads each namespace evenly over the ranks, at any number of keys.
        double point = std::fmod(static_cast<double>(key + 1) * 0.6180339887498949, 1.0) * total;
        std::size_t part = 0;
        while (part + 1 < spec.namespaces.size() && point >= spec.namespaces[part].share) {
            point -= spec.namespaces[part].share;
            ++part;
        }
        name.assign(spec.namespaces[part].name).append(":").append(std::to_string(next[part]++));
        append(name);
    }
    m_hotCount = static_cast<std::uint32_t>(
        std::clamp(std::round(spec.hotKeys * static_cast<double>(spec.count)), 1.0,
                   static_cast<double>(spec.count)));
}

KeySpace::KeySpace(const KeyTable& names) : m_zipf(names.size(), 0) {
    m_spec.kind = PopularityKind::uniform;
    m_ends.reserve(names.size());
    for (std::size_t key = 0; key < names.size(); ++key) {
        append(names.name(static_cast<std::uint32_t>(key)));
    }
}

void KeySpace::append(std::string_view name) {
    m_text += name;
    m_ends.push_back(m_text.size());
}

std::string_view KeySpace::name(std::uint32_t key) const noexcept {
    const std::size_t begin = key == 0 ? 0 : m_ends[key - 1];
    return std::string_view{m_text}.substr(begin, m_ends[key] - begin);
}

bool KeySpace::contains(const KeySpace& other) const noexcept {
    return other.size() <= size() && std::string_view{m_text}.starts_with(other.m_text) &&
           std::equal(other.m_ends.begin(), other.m_ends.end(), m_ends.begin());
}

std::uint32_t KeySpace::sample(Random& random) const noexcept {
    switch (m_spec.kind) {
        case PopularityKind::zipf:
            return static_cast<std::uint32_t>(m_zipf.sample(random));
        case PopularityKind::uniform:
            return static_cast<std::uint32_t>(random.below(size()));
        case PopularityKind::hotSet:
            if (m_hotCount == size() || random.uniform() < m_spec.hotTraffic) {
                return static_cast<std::uint32_t>(random.below(m_hotCount));
            }
            return m_hotCount + static_cast<std::uint32_t>(random.below(size() - m_hotCount));
    }
    return 0;
}

}  // namespace cachescope::sim
