// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/stampede_model.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <new>
#include <vector>

#include "engine/core/random.h"

namespace cachescope::tune {

namespace {

constexpr std::size_t kBetweenQuestions = std::size_t{1} << 15;
constexpr Duration kLongAgo = Duration::min() / 2;

/// The waits of all requests: none is longer than a load, or than a hit.
class Waits {
public:
    explicit Waits(Duration longest)
        : m_width(std::max<Duration::rep>(1, (longest.count() + kBuckets - 1) / kBuckets)),
          m_buckets(kBuckets + 1) {}

    void add(Duration wait) {
        Bucket& bucket = m_buckets[static_cast<std::size_t>(wait.count() / m_width)];
        ++bucket.count;
        bucket.longest = std::max(bucket.longest, wait);
        ++m_count;
        m_sum += static_cast<double>(wait.count());
        m_longest = std::max(m_longest, wait);
    }
    std::uint64_t count() const noexcept { return m_count; }
    Duration longest() const noexcept { return m_longest; }
    Duration mean() const { return Duration{std::llround(m_sum / static_cast<double>(m_count))}; }
    /// So much of all waits are at most as long.
    Duration percentile(double part) const {
        const auto wanted =
            static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(m_count)));
        std::uint64_t seen = 0;
        for (const Bucket& bucket : m_buckets) {
            seen += bucket.count;
            if (seen >= wanted && bucket.count > 0) {
                return bucket.longest;
            }
        }
        return m_longest;
    }

private:
    static constexpr Duration::rep kBuckets = 65'536;

    struct Bucket {
        std::uint64_t count = 0;
        Duration longest{};
    };

    Duration::rep m_width;
    std::vector<Bucket> m_buckets;
    std::uint64_t m_count = 0;
    double m_sum = 0;
    Duration m_longest{};
};

/// One pass over the keys, one after another.
class Model {
public:
    Model(const Timeline& timeline, const StampedeOptions& options)
        : m_timeline(timeline), m_options(options), m_waits(std::max(options.load, options.hit)) {}

    bool run() {
        std::size_t untilQuestion = 0;
        for (std::size_t key = 0; key < m_timeline.keyCount(); ++key) {
            beginKey();
            for (std::size_t i = m_timeline.offsets[key]; i < m_timeline.offsets[key + 1]; ++i) {
                if (untilQuestion-- == 0) {
                    untilQuestion = kBetweenQuestions;
                    if (m_options.goOn && !m_options.goOn()) {
                        return false;
                    }
                }
                const Duration now = m_timeline.tick * m_timeline.times[i];
                land(now);
                m_waits.add(request(now, i));
            }
        }
        return true;
    }

    StampedeOutcome outcome() {
        StampedeOutcome outcome;
        outcome.requests = m_waits.count();
        outcome.originCalls = m_calls.size();
        outcome.servedExpired = m_servedExpired;
        outcome.mostConcurrent = mostAtATime();
        outcome.mostConcurrentKey = m_mostConcurrentKey;
        outcome.mean = m_waits.mean();
        outcome.p99 = m_waits.percentile(0.99);
        outcome.p999 = m_waits.percentile(0.999);
        outcome.longest = m_waits.longest();
        return outcome;
    }

private:
    void beginKey() {
        m_freshUntil = kLongAgo;
        m_underWay.clear();
    }

    /// Loads that have ended by now; the latest sets the deadline.
    void land(Duration now) {
        while (!m_underWay.empty() && m_underWay.front() <= now) {
            m_freshUntil = deadlineAfter(m_underWay.front());
            m_underWay.pop_front();
        }
    }

    Duration deadlineAfter(Duration loaded) const noexcept {
        return m_options.ttl > Duration::max() / 4 - loaded ? Duration::max() / 4
                                                            : loaded + m_options.ttl;
    }

    Duration request(Duration now, std::size_t number) {
        switch (m_options.protection) {
            case Protection::none:
                return now <= m_freshUntil ? m_options.hit : call(now);
            case Protection::xfetch:
                return now + head(number) < m_freshUntil || isFreshWithoutLuck(now) ? m_options.hit
                                                                                    : call(now);
            case Protection::singleFlight:
            case Protection::staleWhileRevalidate:
                break;
        }
        if (now <= m_freshUntil) {
            return m_options.hit;
        }
        if (m_underWay.empty()) {
            call(now);
        }
        if (m_options.protection == Protection::staleWhileRevalidate &&
            now - m_options.stale <= m_freshUntil) {
            ++m_servedExpired;
            return m_options.hit;
        }
        return m_underWay.front() - now;
    }

    bool isFreshWithoutLuck(Duration now) const noexcept {
        return m_options.beta == 0 && now <= m_freshUntil;
    }

    /// How far ahead of the deadline this request takes itself to be.
    Duration head(std::size_t number) const noexcept {
        const double draw = unitInterval(mix64(m_options.seed ^ mix64(number)));
        const double ahead =
            -std::log1p(-draw) * m_options.beta * static_cast<double>(m_options.load.count());
        constexpr double kMost = 1e18;
        return Duration{static_cast<Duration::rep>(std::min(ahead, kMost))};
    }

    Duration call(Duration now) {
        m_calls.push_back(now);
        m_underWay.push_back(now + m_options.load);
        m_mostConcurrentKey = std::max<std::uint64_t>(m_mostConcurrentKey, m_underWay.size());
        return m_options.load;
    }

    /// Of all keys: calls in the order of time, each until its load has ended.
    std::uint64_t mostAtATime() {
        std::sort(m_calls.begin(), m_calls.end());
        std::size_t most = 0;
        std::size_t ended = 0;
        for (std::size_t begun = 0; begun < m_calls.size(); ++begun) {
            while (m_calls[ended] + m_options.load <= m_calls[begun]) {
                ++ended;
            }
            most = std::max(most, begun - ended + 1);
        }
        return most;
    }

    const Timeline& m_timeline;
    const StampedeOptions& m_options;
    Waits m_waits;
    std::vector<Duration> m_calls;
    std::deque<Duration> m_underWay;  // ends of the loads of the present key, in their order
    Duration m_freshUntil = kLongAgo;
    std::uint64_t m_servedExpired = 0;
    std::uint64_t m_mostConcurrentKey = 0;
};

}  // namespace

Result<StampedeOutcome> StampedeOutcome::of(const Timeline& timeline,
                                            const StampedeOptions& options) {
    // Half of what a Duration holds is for moments, so that sums of them need no care.
    static constexpr Duration kMost = Duration::max() / 4;
    const auto isSpan = [](Duration span) { return span >= Duration::zero() && span <= kMost; };
    if (options.ttl <= Duration::zero()) {
        return Error{ErrorCode::outOfRange, "ttl"};
    }
    if (options.load <= Duration::zero() || !isSpan(options.load)) {
        return Error{ErrorCode::outOfRange, "load"};
    }
    if (!isSpan(options.hit) || !isSpan(options.stale)) {
        return Error{ErrorCode::outOfRange, std::string{isSpan(options.hit) ? "stale" : "hit"}};
    }
    if (!std::isfinite(options.beta) || options.beta < 0) {
        return Error{ErrorCode::outOfRange, "beta"};
    }
    if (static_cast<double>(timeline.tick.count()) * timeline.span >
        static_cast<double>(kMost.count())) {
        return Error{ErrorCode::outOfRange, "span"};
    }
    if (timeline.requests() == 0) {
        return Error{ErrorCode::missing, "requests"};
    }
    try {
        Model model{timeline, options};
        if (!model.run()) {
            return Error{ErrorCode::cancelled};
        }
        return model.outcome();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, "calls"};
    }
}

}  // namespace cachescope::tune
