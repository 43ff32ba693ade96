// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/synthetic_traces.h"

#include <cmath>
#include <span>

#include "engine/core/random.h"

namespace cachescope::test {

namespace {

/// Draws ranks from 0 in constant time: Walker's alias method, as M. Vose builds its table (1991).
class ZipfRanks {
public:
    ZipfRanks(std::size_t count, double exponent) : m_columns(count) {
        std::vector<double> heights(count);
        double sum = 0;
        for (std::size_t rank = 0; rank < count; ++rank) {
            heights[rank] = std::pow(static_cast<double>(rank + 1), -exponent);
            sum += heights[rank];
        }
        std::vector<std::uint32_t> low;
        std::vector<std::uint32_t> high;
        for (std::size_t rank = 0; rank < count; ++rank) {
            heights[rank] *= static_cast<double>(count) / sum;
            (heights[rank] < 1 ? low : high).push_back(static_cast<std::uint32_t>(rank));
        }
        while (!low.empty() && !high.empty()) {
            const std::uint32_t filled = low.back();
            const std::uint32_t giver = high.back();
            low.pop_back();
            m_columns[filled] = {heights[filled], giver};
            heights[giver] -= 1 - heights[filled];
            if (heights[giver] < 1) {
                high.pop_back();
                low.push_back(giver);
            }
        }
        // What rounding left over.
        for (const auto* rest : {&low, &high}) {
            for (const std::uint32_t rank : *rest) {
                m_columns[rank] = {1, rank};
            }
        }
    }

    std::uint32_t draw(Random& random) const {
        const auto rank = static_cast<std::uint32_t>(random.below(m_columns.size()));
        return random.uniform() < m_columns[rank].own ? rank : m_columns[rank].other;
    }

private:
    struct Column {
        double own = 1;
        std::uint32_t other = 0;
    };
    std::vector<Column> m_columns;
};

constexpr double kExponent = 0.99;
constexpr double kMixedIn = 0.2;

SyntheticTrace emptyTrace(std::size_t keyCount, const TraceSize& size) {
    SyntheticTrace trace;
    trace.keys.reserve(size.requests);
    trace.keyCount = keyCount;
    trace.warmUp = size.warmUp;
    return trace;
}

}  // namespace

SyntheticTrace zipfTrace(double exponent, const TraceSize& size) {
    const ZipfRanks ranks{size.keys, exponent};
    Random random{1};
    SyntheticTrace trace = emptyTrace(size.keys, size);
    for (std::size_t i = 0; i < size.requests; ++i) {
        trace.keys.push_back(ranks.draw(random));
    }
    return trace;
}

SyntheticTrace scannedTrace(const TraceSize& size) {
    const ZipfRanks ranks{size.keys, kExponent};
    Random random{2};
    SyntheticTrace trace = emptyTrace(size.keys, size);
    const std::size_t between = size.keys / 5;
    const std::size_t scan = size.keys / 20;
    for (std::size_t i = 0; i < size.requests; ++i) {
        trace.keys.push_back(i % (between + scan) < between
                                 ? ranks.draw(random)
                                 : static_cast<std::uint32_t>(trace.keyCount++));
    }
    return trace;
}

SyntheticTrace driftingTrace(const TraceSize& size) {
    const ZipfRanks ranks{size.keys, kExponent};
    Random random{3};
    SyntheticTrace trace = emptyTrace(size.keys, size);
    const std::size_t period = size.keys * 3 / 10;
    const std::size_t step = size.keys / 125;
    for (std::size_t i = 0; i < size.requests; ++i) {
        const std::size_t shift = i / period * step;
        trace.keys.push_back(static_cast<std::uint32_t>((ranks.draw(random) + shift) % size.keys));
    }
    return trace;
}

SyntheticTrace loopTrace(std::size_t length, const TraceSize& size) {
    SyntheticTrace trace = emptyTrace(length, size);
    for (std::size_t i = 0; i < size.requests; ++i) {
        trace.keys.push_back(static_cast<std::uint32_t>(i % length));
    }
    return trace;
}

SyntheticTrace loopInZipfTrace(std::size_t length, const TraceSize& size) {
    const ZipfRanks ranks{size.keys, kExponent};
    Random random{4};
    SyntheticTrace trace = emptyTrace(size.keys + length, size);
    std::size_t next = 0;
    for (std::size_t i = 0; i < size.requests; ++i) {
        if (random.uniform() < kMixedIn) {
            trace.keys.push_back(static_cast<std::uint32_t>(size.keys + next));
            next = (next + 1) % length;
        } else {
            trace.keys.push_back(ranks.draw(random));
        }
    }
    return trace;
}

double hitRatio(const PolicyKind& policy, const SyntheticTrace& trace, std::uint64_t capacity) {
    ReplayOptions options;
    options.capacity = capacity;
    ReplayRequests requests;
    requests.keyCount = trace.keyCount;
    requests.keys = trace.keys;
    const ReplayCounts all = policy.replay(requests, options);
    // A replay counts from its beginning, so what the warm-up missed is found by doing it alone.
    requests.keys = std::span{trace.keys}.first(trace.warmUp);
    const ReplayCounts warmUp = policy.replay(requests, options);
    const auto counted = static_cast<double>(all.requests - warmUp.requests);
    return 100 * (1 - static_cast<double>(all.misses - warmUp.misses) / counted);
}

}  // namespace cachescope::test
