// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>

#include "engine/trace/trace.h"

namespace cachescope::test {

struct TraceShape {
    std::size_t requests = 20'000;
    std::size_t namespaces = 3;
    std::size_t keysEach = 200;
    double perSecond = 50;
    double writeShare = 0;
    bool sized = false;
};

/// Requests at random for keys "n0:0" …: those of the first namespace come most often, and some
/// keys of each much more often than others. The same on every call.
inline std::shared_ptr<const Trace> randomTrace(const TraceShape& shape) {
    auto trace = std::make_shared<Trace>();
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> unit;
    std::exponential_distribution<double> gap(shape.perSecond);
    for (std::size_t space = 0; space < shape.namespaces; ++space) {
        for (std::size_t key = 0; key < shape.keysEach; ++key) {
            trace->names.append("n" + std::to_string(space) + ":" + std::to_string(key));
        }
    }
    double now = 0;
    for (std::size_t i = 0; i < shape.requests; ++i) {
        const auto space = std::min(static_cast<std::size_t>(static_cast<double>(shape.namespaces) *
                                                             unit(random) * unit(random)),
                                    shape.namespaces - 1);
        const auto key = static_cast<std::size_t>(static_cast<double>(shape.keysEach) *
                                                  std::pow(unit(random), 3));
        trace->keys.push_back(
            static_cast<std::uint32_t>(space * shape.keysEach + std::min(key, shape.keysEach - 1)));
        trace->times.push_back(std::chrono::milliseconds{static_cast<long long>(now * 1000)});
        now += gap(random);
        if (shape.writeShare > 0) {
            trace->operations.push_back(i > 0 && unit(random) < shape.writeShare
                                            ? TraceOperation::write
                                            : TraceOperation::read);
        }
        if (shape.sized) {
            trace->sizes.push_back(static_cast<std::uint32_t>(100 + key));
        }
    }
    return trace;
}

}  // namespace cachescope::test
