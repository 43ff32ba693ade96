// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace.h"

namespace cachescope {

ReplayRequests replayRequests(const Trace& trace) noexcept {
    ReplayRequests requests;
    requests.keys = trace.keys;
    requests.keyCount = trace.names.size();
    requests.times = trace.times;
    requests.sizes = trace.sizes;
    if (!trace.times.empty()) {
        requests.ttls = trace.ttls;
    }
    return requests;
}

std::uint64_t distinctBytes(const Trace& trace) {
    std::uint64_t bytes = 0;
    // Keys are numbered in order of first use, so a first use is recognised by its number.
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < trace.sizes.size(); ++i) {
        if (trace.keys[i] == next) {
            bytes += trace.sizes[i];
            ++next;
        }
    }
    return bytes;
}

}  // namespace cachescope
