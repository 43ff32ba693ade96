// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/random.h"
#include "engine/sim/scenario.h"
#include "engine/trace/key_table.h"

namespace cachescope::sim {

/// Draws keys 0 … n-1 with the probabilities of a Zipf law: key k in proportion to
/// 1/(k+1)^exponent.
///
/// By rejection-inversion (W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates
/// from monotone discrete distributions", 1996): constant time and memory for any n and exponent >=
/// 0.
class ZipfSampler {
public:
    ZipfSampler(std::uint64_t count, double exponent);
    std::uint64_t sample(Random& random) const noexcept;

private:
    double integral(double x) const noexcept;
    double inverse(double y) const noexcept;
    double weight(double x) const noexcept;

    double m_count;
    double m_exponent;
    double m_low;
    double m_high;
    double m_sure;
};

/// The keys of a workload: their names, "product:17", and which is asked for next.
///
/// Key 0 is the most popular one. Namespaces are spread over all popularities in proportion to
/// their shares, and a key's name does not depend on how many keys there are. Immutable; any
/// thread.
class KeySpace {
public:
    explicit KeySpace(const KeySpec& spec);
    /// Names given, popularity unused: the keys of a trace.
    explicit KeySpace(const KeyTable& names);

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(m_ends.size()); }
    std::string_view name(std::uint32_t key) const noexcept;
    std::uint32_t sample(Random& random) const noexcept;
    /// Whether all keys of `other` are keys here too, with the same numbers.
    bool contains(const KeySpace& other) const noexcept;

private:
    void append(std::string_view name);

    KeySpec m_spec;
    ZipfSampler m_zipf;
    std::uint32_t m_hotCount = 0;
    std::string m_text;  // all names, one after the other
    std::vector<std::size_t> m_ends;
};

}  // namespace cachescope::sim
