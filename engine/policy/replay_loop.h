// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/policy/eviction_policy.h"
#include "engine/policy/replay.h"

namespace cachescope {

/// The loop behind every ReplayFunction: a cache over dense ids around one policy.
///
/// `Policy` is a final class, so that the compiler sees through its virtual calls. A key is its own
/// slot; nothing is hashed and, after the arrays are made, nothing is allocated. One thread. TTLs
/// and sizes cost only where they are asked for.
template <class Policy, bool kWithTtl, bool kInBytes>
class ReplayLoop {
public:
    ReplayLoop(const ReplayRequests& requests, const ReplayOptions& options)
        : m_requests(requests), m_options(options), m_resident(requests.keyCount) {
        m_policy.grow(requests.keyCount);
        if constexpr (kWithTtl) {
            m_deadlines.resize(requests.keyCount);
        }
        if constexpr (kInBytes) {
            m_sizes.resize(requests.keyCount);
        }
    }

    ReplayCounts run() {
        const std::size_t count = m_requests.keys.size();
        for (std::size_t done = 0; done < count;) {
            const std::size_t end = std::min(count, done + kRequestsBetweenReports);
            runFromTo(done, end);
            done = end;
            if (m_options.progress && !m_options.progress(done)) {
                break;
            }
        }
        return m_counts;
    }

private:
    static constexpr std::size_t kRequestsBetweenReports = std::size_t{1} << 18;

    void runFromTo(std::size_t begin, std::size_t end) {
        const std::uint32_t* const keys = m_requests.keys.data();
        for (std::size_t i = begin; i < end; ++i) {
            const std::uint32_t key = keys[i];
            if (m_resident[key] != 0) {
                if (isAlive(key, i)) {
                    m_policy.onHit(key, key);
                    continue;
                }
                remove(key);
                m_policy.onErase(key);
                ++m_counts.expirations;
            }
            ++m_counts.misses;
            store(key, i);
        }
        m_counts.requests += end - begin;
    }

    bool isAlive(std::uint32_t key, std::size_t request) const noexcept {
        if constexpr (kWithTtl) {
            return m_requests.times[request] <= m_deadlines[key];
        } else {
            return true;
        }
    }

    void store(std::uint32_t key, std::size_t request) {
        std::uint64_t cost = 1;
        if constexpr (kInBytes) {
            cost = m_requests.sizes[request];
        }
        if (cost > m_options.capacity) {
            return;
        }
        while (m_used > m_options.capacity - cost) {
            const EvictionPolicy::Slot victim = m_policy.victim(key);
            remove(victim);
            m_policy.onEvict(victim, victim);
            ++m_counts.evictions;
        }
        m_used += cost;
        m_resident[key] = 1;
        if constexpr (kInBytes) {
            m_sizes[key] = m_requests.sizes[request];
        }
        if constexpr (kWithTtl) {
            m_deadlines[key] = deadline(request);
        }
        m_policy.onInsert(key, key);
    }

    void remove(std::uint32_t key) noexcept {
        m_resident[key] = 0;
        if constexpr (kInBytes) {
            m_used -= m_sizes[key];
        } else {
            --m_used;
        }
    }

    Duration deadline(std::size_t request) const noexcept {
        const Duration ttl = m_options.ttl             ? *m_options.ttl
                             : m_requests.ttls.empty() ? Duration::zero()
                                                       : m_requests.ttls[request];
        const Duration now = m_requests.times[request];
        // No TTL, or one that ends after the end of time.
        return ttl <= Duration::zero() || ttl > Duration::max() - now ? Duration::max() : now + ttl;
    }

    const ReplayRequests& m_requests;
    const ReplayOptions& m_options;
    Policy m_policy;
    ReplayCounts m_counts;
    std::uint64_t m_used = 0;
    std::vector<std::uint8_t> m_resident;
    std::vector<Duration> m_deadlines;
    std::vector<std::uint32_t> m_sizes;
};

/// A ReplayFunction for `Policy`.
template <class Policy>
ReplayCounts replayWith(const ReplayRequests& requests, const ReplayOptions& options) {
    const bool withTtl = options.ttl.has_value() || !requests.ttls.empty();
    if (options.capacityInBytes) {
        return withTtl ? ReplayLoop<Policy, true, true>{requests, options}.run()
                       : ReplayLoop<Policy, false, true>{requests, options}.run();
    }
    return withTtl ? ReplayLoop<Policy, true, false>{requests, options}.run()
                   : ReplayLoop<Policy, false, false>{requests, options}.run();
}

}  // namespace cachescope
