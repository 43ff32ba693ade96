// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/policy/policy_kind.h"

namespace cachescope::test {

/// How large a synthetic trace is. Everything else about it scales with the number of keys.
struct TraceSize {
    std::size_t keys = 1'000'000;
    std::size_t requests = 6'000'000;
    std::size_t warmUp = 1'000'000;  ///< the first requests, which no hit ratio counts
};

/// Requests made by rule, for comparing the hit ratios of policies.
///
/// Keys are dense ids, as a replay wants them. The functions below return the same requests each
/// time and on each platform with the same `std::pow`. A plain value; one thread.
struct SyntheticTrace {
    std::vector<std::uint32_t> keys;
    std::size_t keyCount = 0;
    std::size_t warmUp = 0;
};

/// Independent draws; the key of rank r (from 1) with a probability in proportion to r^-exponent.
SyntheticTrace zipfTrace(double exponent, const TraceSize& size);

/// Zipf 0.99, and a fifth of the requests for keys that occur once. They come as scans: after
/// `keys / 5` draws `keys / 20` new keys in a row. The published table does not say how the scans
/// lie. With scattered ones LRU's figure is two points lower, the others' are the same.
SyntheticTrace scannedTrace(const TraceSize& size);

/// Zipf 0.99 whose favourites change: after each 0.3 * `keys` requests, the key of rank r has the
/// rank r - 0.008 * `keys`, and the favourites of before are at the end of the ranks. The published
/// table does not say how its hot set drifts; these two numbers give all six of its figures for
/// LRU, SIEVE and S3-FIFO within a fifth of a point, at both capacities.
SyntheticTrace driftingTrace(const TraceSize& size);

/// 0, 1, … `length` - 1, and again.
SyntheticTrace loopTrace(std::size_t length, const TraceSize& size);

/// Each request with a probability of a fifth the next one of a loop of `length` keys, otherwise
/// drawn from Zipf 0.99 over other keys.
SyntheticTrace loopInZipfTrace(std::size_t length, const TraceSize& size);

/// In percent, of the requests after the warm-up.
double hitRatio(const PolicyKind& policy, const SyntheticTrace& trace, std::uint64_t capacity);

}  // namespace cachescope::test
