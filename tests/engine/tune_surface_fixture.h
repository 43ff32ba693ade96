// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "engine/trace/trace.h"

namespace cachescope::test {

/// Draws from a Zipf distribution over `keys` keys with exponential gaps of `meanGap`, rounded to
/// milliseconds: several requests in one tick are common. Keys are numbered by first use, as a
/// reader does it.
inline Trace zipfTraceWithTimes(std::uint64_t seed, std::size_t requests, std::size_t keys,
                                double exponent, Duration meanGap) {
    std::vector<double> sums;
    double sum = 0;
    for (std::size_t rank = 1; rank <= keys; ++rank) {
        sum += std::pow(static_cast<double>(rank), -exponent);
        sums.push_back(sum);
    }
    Random random{seed};
    Trace trace;
    std::vector<std::uint32_t> numbers(keys, 0xffff'ffff);
    double now = 0;
    for (std::size_t i = 0; i < requests; ++i) {
        const auto rank = static_cast<std::size_t>(
            std::lower_bound(sums.begin(), sums.end(), random.uniform() * sum) - sums.begin());
        if (numbers[rank] == 0xffff'ffff) {
            numbers[rank] = static_cast<std::uint32_t>(trace.names.size());
            trace.names.append(std::uint64_t{rank});
        }
        trace.keys.push_back(numbers[rank]);
        trace.times.push_back(std::chrono::milliseconds{static_cast<std::int64_t>(now)});
        now += random.exponential() * static_cast<double>(meanGap.count()) / 1e6;
    }
    return trace;
}

inline std::uint64_t replayedMisses(const Trace& trace, std::string_view policy,
                                    std::uint64_t capacity, Duration ttl) {
    ReplayOptions options;
    options.capacity = capacity;
    options.ttl = ttl;
    return PolicyRegistry::builtin().find(policy)->replay(replayRequests(trace), options).misses;
}

}  // namespace cachescope::test
