// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

namespace cachescope {

/// One step of SplitMix64 (Steele, Lea, Flood, 2014): turns a counter into well-mixed bits. Used
/// where a random number must depend on what it is for, not on how many were drawn before it.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// The top 53 bits of `bits` as a number in [0, 1).
constexpr double unitInterval(std::uint64_t bits) noexcept {
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

/// A small, fast, seeded generator (SplitMix64), equal on every platform. One thread. Not for
/// secrets.
class Random {
public:
    explicit Random(std::uint64_t seed) noexcept : m_state(seed) {}

    std::uint64_t next() noexcept {
        const std::uint64_t result = mix64(m_state);
        m_state += 0x9e3779b97f4a7c15ULL;
        return result;
    }
    /// In [0, 1).
    double uniform() noexcept { return unitInterval(next()); }
    /// In [0, bound); bound > 0. Bias below bound / 2^32 for small bounds.
    std::uint64_t below(std::uint64_t bound) noexcept {
        if (bound <= 0xffffffffULL) {
            return ((next() >> 32) * bound) >> 32;
        }
        return next() % bound;
    }
    /// Exponential with mean 1.
    double exponential() noexcept { return -std::log1p(-uniform()); }

private:
    std::uint64_t m_state;
};

/// The standard normal value at the given cumulative probability in (0, 1): the rational
/// approximation of P. Acklam, relative error below 1.2e-9.
double normalQuantile(double probability) noexcept;

}  // namespace cachescope
