// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/policy/replay.h"
#include "engine/trace/trace.h"

namespace cachescope::tune {

/// Requests for some keys of a trace, renumbered, and their part of all keys. A value type.
struct RequestSample {
    std::vector<std::uint32_t> keys;
    std::vector<Duration> times;
    std::size_t keyCount = 0;
    double share = 1;

    ReplayRequests requests() const noexcept { return {keys, keyCount, times, {}, {}}; }
};

/// The reads of a trace at moments of whole ticks, and samples of them by key.
///
/// Refers to the trace where that is what it has, otherwise holds a copy of two columns. Keys are
/// drawn by hash: a key is in the same sample however long the trace is. Const calls from any
/// thread.
class SampledRequests {
public:
    SampledRequests(const Trace& trace, Duration tick);

    /// Call first. False where `goOn` says so.
    bool prepare(const std::function<bool()>& goOn);

    ReplayRequests all() const noexcept;

    /// `count` samples without a common key, of `rate` of the keys each; rate * count is at most 1.
    /// Nothing where `goOn` says so.
    std::optional<std::vector<RequestSample>> samples(std::size_t count, double rate,
                                                      std::uint64_t seed,
                                                      const std::function<bool()>& goOn) const;

private:
    bool isWrite(std::size_t i) const noexcept;

    const Trace& m_trace;
    Duration m_tick;
    bool m_copied = false;
    std::vector<std::uint32_t> m_keys;
    std::vector<Duration> m_times;
};

}  // namespace cachescope::tune
