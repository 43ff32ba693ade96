// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/tune/ttl_curve.h"

namespace cachescope::tune::test {

/// What a TTL does to the requests of one group, one request after the other, as the definition
/// says it: what the fast sweeps are compared with.
inline TtlCounts countOneByOne(const Timeline& timeline, std::uint32_t ttl,
                               const TtlSweepOptions& options,
                               std::optional<std::uint32_t> group = {}) {
    TtlCounts counts;
    const bool dead = options.boundary == TtlBoundary::deadAtDeadline;
    const bool sliding = options.rule == TtlRule::sliding;
    for (std::size_t key = 0; key < timeline.keyCount(); ++key) {
        if (group && timeline.groups[key] != *group) {
            continue;
        }
        std::optional<std::uint64_t> stored;
        std::uint64_t counted = 0;  // from when its deadline counts
        std::uint64_t lives = 0;
        for (std::size_t i = timeline.offsets[key]; i < timeline.offsets[key + 1]; ++i) {
            const std::uint64_t now = timeline.times[i];
            const std::uint64_t deadline = counted + ttl;
            if (stored && (dead ? now < deadline : now <= deadline)) {
                counts.hitAges += now - *stored;
                if (!timeline.written.empty() && timeline.written[i] != Timeline::kNoWrite &&
                    timeline.written[i] > *stored) {
                    ++counts.staleHits;
                }
                if (sliding) {
                    lives += now - counted;
                    counted = now;
                }
            } else {
                if (stored) {
                    lives += ttl;
                }
                ++counts.misses;
                stored = now;
                counted = now;
            }
        }
        lives += std::min<std::uint64_t>(ttl, timeline.span - counted);
        counts.liveTicks += lives;
        if (!timeline.bytes.empty()) {
            counts.liveByteTicks += static_cast<double>(lives) * timeline.bytes[key];
        }
    }
    return counts;
}

/// Requests at random: many in the same tick where `ties` says so, some keys with one request, some
/// with most of them.
inline Timeline randomTimeline(Random& random, std::size_t keys, std::size_t mostRequests,
                               std::uint32_t span, std::uint32_t groups, bool writes,
                               bool ties = true) {
    Timeline timeline;
    timeline.tick = std::chrono::milliseconds{1};
    timeline.span = span;
    timeline.offsets = {0};
    for (std::uint32_t group = 0; group < groups; ++group) {
        timeline.groupNames.push_back(std::to_string(group));
    }
    for (std::size_t key = 0; key < keys; ++key) {
        const std::size_t requests =
            1 + random.below(random.below(4) == 0 ? mostRequests : 1 + mostRequests / 8);
        std::vector<std::uint32_t> times(requests);
        for (std::uint32_t& time : times) {
            time = static_cast<std::uint32_t>(random.below(std::uint64_t{span} + 1));
            time -= ties ? time % (1 + span / 500) : 0;
        }
        std::sort(times.begin(), times.end());
        std::uint32_t lastWrite = Timeline::kNoWrite;
        for (const std::uint32_t time : times) {
            if (random.below(3) == 0) {
                lastWrite = time - static_cast<std::uint32_t>(random.below(1 + time / 4));
            }
            timeline.times.push_back(time);
            if (writes) {
                timeline.written.push_back(lastWrite);
            }
        }
        timeline.offsets.push_back(static_cast<std::uint32_t>(timeline.times.size()));
        timeline.keys.push_back(static_cast<std::uint32_t>(key));
        timeline.groups.push_back(static_cast<std::uint32_t>(key * groups / keys));
        timeline.bytes.push_back(static_cast<std::uint32_t>(random.next()));
    }
    return timeline;
}

}  // namespace cachescope::tune::test
