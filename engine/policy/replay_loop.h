// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <deque>
#include <limits>
#include <vector>

#include "engine/policy/eviction_policy.h"
#include "engine/policy/replay.h"

namespace cachescope {

/// The loop behind every ReplayFunction: a cache over dense ids around one policy.
///
/// `Policy` is a final class, so that the compiler sees through its virtual calls. A key is its own
/// slot; nothing is hashed and, after the arrays are made, nothing is allocated. One thread. TTLs
/// and sizes cost only where they are asked for. What a policy may offer beside EvictionPolicy:
///  - `bool holds(Slot)`: whether the slot is an entry, where the policy knows it anyway;
///  - `void prefetch(Slot)`: called some requests ahead, to begin loading what a request will need;
///  - `void foresee(requests)` before the first request and `void atRequest(index)` before each:
///    for policies that know the future.
template <class Policy, bool kWithTtl, bool kInBytes>
class ReplayLoop {
public:
    ReplayLoop(const ReplayRequests& requests, const ReplayOptions& options)
        : m_requests(requests), m_options(options) {
        m_policy.grow(requests.keyCount);
        if constexpr (!kPolicyKnowsEntries) {
            m_resident.resize(requests.keyCount);
        }
        if constexpr (requires { m_policy.foresee(requests); }) {
            m_policy.foresee(requests);
        }
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
    /// Long enough for a line to arrive from memory, short enough for it to stay.
    static constexpr std::size_t kRequestsAhead = 24;
    static constexpr bool kPolicyKnowsEntries =
        requires(const Policy& policy, EvictionPolicy::Slot slot) {
        policy.holds(slot);
    };

    void runFromTo(std::size_t begin, std::size_t end) {
        const std::size_t count = m_requests.keys.size();
        const std::size_t ahead = count > kRequestsAhead ? count - kRequestsAhead : 0;
        const std::size_t middle = std::clamp(ahead, begin, end);
        run<true>(begin, middle);
        run<false>(middle, end);
        m_counts.requests += end - begin;
    }

    template <bool kPrefetch>
    void run(std::size_t begin, std::size_t end) {
        const std::uint32_t* const keys = m_requests.keys.data();
        for (std::size_t i = begin; i < end; ++i) {
            const std::uint32_t key = keys[i];
            if constexpr (kPrefetch) {
                prefetch(keys[i + kRequestsAhead]);
            }
            if constexpr (requires { m_policy.atRequest(i); }) {
                m_policy.atRequest(i);
            }
            if constexpr (kWithTtl) {
                removeExpired(m_requests.times[i]);
            }
            if (holds(key)) {
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
    }

    bool holds(std::uint32_t key) const noexcept {
        if constexpr (kPolicyKnowsEntries) {
            return m_policy.holds(key);
        } else {
            return m_resident[key] != 0;
        }
    }

    void prefetch(std::uint32_t key) const noexcept {
        if constexpr (!kPolicyKnowsEntries) {
            __builtin_prefetch(&m_resident[key], 1);
        }
        if constexpr (requires { m_policy.prefetch(key); }) {
            m_policy.prefetch(key);
        }
        if constexpr (kWithTtl) {
            __builtin_prefetch(&m_deadlines[key], 1);
        }
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
        if constexpr (!kPolicyKnowsEntries) {
            m_resident[key] = 1;
        }
        if constexpr (kInBytes) {
            m_sizes[key] = m_requests.sizes[request];
        }
        if constexpr (kWithTtl) {
            m_deadlines[key] = deadline(request);
            if (m_options.removeAtDeadline && m_options.ttl) {
                m_expiring.push_back({m_deadlines[key], key});
            }
        }
        m_policy.onInsert(key, key);
    }

    /// One TTL for all: deadlines come in the order in which entries were stored.
    void removeExpired(Duration now) {
        while (!m_expiring.empty() && m_expiring.front().deadline < now) {
            const Expiring expired = m_expiring.front();
            m_expiring.pop_front();
            // Unless it left by itself, or was stored again since.
            if (holds(expired.key) && m_deadlines[expired.key] == expired.deadline) {
                remove(expired.key);
                m_policy.onErase(expired.key);
                ++m_counts.expirations;
            }
        }
    }

    void remove(std::uint32_t key) noexcept {
        if constexpr (!kPolicyKnowsEntries) {
            m_resident[key] = 0;
        }
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

    struct Expiring {
        Duration deadline;
        std::uint32_t key;
    };

    const ReplayRequests& m_requests;
    const ReplayOptions& m_options;
    Policy m_policy;
    ReplayCounts m_counts;
    std::uint64_t m_used = 0;
    std::vector<std::uint8_t> m_resident;  // empty where the policy knows
    std::vector<Duration> m_deadlines;
    std::deque<Expiring> m_expiring;  // with removeAtDeadline
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
