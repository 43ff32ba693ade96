// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/policy/unbounded_ttl.h"

#include <algorithm>
#include <vector>

namespace cachescope {

namespace {

constexpr Duration kNotYet = Duration::min();

struct Object {
    Duration stored = kNotYet;
    Duration storedIfDeadAtDeadline = kNotYet;
    Duration lastRequest = kNotYet;
};

}  // namespace

UnboundedTtlCounts countUnboundedTtl(const ReplayRequests& requests, Duration ttl) {
    UnboundedTtlCounts counts;
    counts.requests = requests.keys.size();
    std::vector<Object> objects(requests.keyCount);
    const Duration end = requests.times.empty() ? Duration::zero() : requests.times.back();
    for (std::size_t i = 0; i < requests.keys.size(); ++i) {
        const Duration now = requests.times[i];
        Object& object = objects[requests.keys[i]];
        if (object.stored == kNotYet || now - object.stored > ttl) {
            ++counts.misses;
            object.stored = now;
            counts.sumOfLives += std::min(ttl, end - now);
        } else {
            counts.sumOfHitAges += now - object.stored;
        }
        if (object.storedIfDeadAtDeadline == kNotYet ||
            now - object.storedIfDeadAtDeadline >= ttl) {
            ++counts.missesIfDeadAtDeadline;
            object.storedIfDeadAtDeadline = now;
        }
        if (object.lastRequest == kNotYet || now - object.lastRequest > ttl) {
            ++counts.missesIfSliding;
        }
        object.lastRequest = now;
    }
    return counts;
}

}  // namespace cachescope
