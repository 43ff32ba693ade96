// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/backend/backend.h"

namespace cachescope {

struct CircuitBreakerOptions {
    int failures = 5;                                ///< in a row, until it opens
    Duration openFor = std::chrono::seconds{1};      ///< the first time
    Duration maxOpenFor = std::chrono::seconds{30};  ///< however often it opens again
    const Clock* clock = &SystemClock::instance();   ///< must outlive the breaker
};

/// A backend in front of another that stops asking it while it is out of order.
///
///     closed ── `failures` failed calls in a row ──► open ── after openFor ──► half-open
///        ▲                                             ▲                          │
///        └──────────────── the probe succeeds ─────────┼──────────────────────────┤
///                                                      └── it fails: twice as long ┘
///
/// Closed, every call goes through. Open, calls fail at once with unavailable, whose cause is the
/// last failure. Half-open, one call goes through as the probe, and the others fail as before. Only
/// failures that speak of the backend count (BackendFailure::outage); one that it refuses shows
/// that it is there, and one about the call alone shows nothing. A call that began before a change
/// of state has no say after it. stat() is never held back; removeExpired() does nothing but while
/// closed, and its success shows nothing, because many backends need not look. Time runs on the
/// given clock: an open breaker becomes half-open with the first call after its time, not by
/// itself. Any thread; while closed, a call costs one look at an atomic number.
class CircuitBreaker final : public Backend {
public:
    enum class State : std::uint8_t { closed, open, halfOpen };

    struct Counters {
        std::uint64_t failures = 0;  ///< calls that failed in a way that speaks of the backend
        std::uint64_t rejected = 0;  ///< calls that were not passed on
        std::uint64_t opened = 0;    ///< from closed, or again after a probe
        std::uint64_t probes = 0;
    };
    struct Change {
        State from;
        State to;
        TimePoint at{};
        TimePoint until{};             ///< when open: no probe before this
        std::optional<Error> failure;  ///< when open: the last one
    };
    /// Called by the thread that causes the change, in the order of changes, with a lock held: it
    /// must be quick. It may ask for state and counters, and must not call the backend.
    using Listener = std::function<void(const Change&)>;

    explicit CircuitBreaker(std::unique_ptr<Backend> lower, CircuitBreakerOptions options = {});

    /// Before the first use.
    void setListener(Listener listener) { m_listener = std::move(listener); }
    State state() const noexcept { return stateOf(m_phase.load(std::memory_order_acquire)); }
    Counters counters() const noexcept;
    Backend& lower() noexcept { return *m_lower; }
    Backend* below() noexcept override { return m_lower.get(); }

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override { return m_lower->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys) override;
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override { return m_lower->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span) override;
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override;
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override;
    Result<void> flush() override;
    Result<void> check() override;
    void setRemovalListener(RemovalListener listener) override;

private:
    // What a call that was passed on owes: one verdict, or the probe is given back without one.
    class Permit;
    enum class Verdict : std::uint8_t { works, fails, unknown };
    enum class Success : std::uint8_t { shows, showsNothing };

    static State stateOf(std::uint64_t phase) noexcept { return static_cast<State>(phase & 3U); }

    template <class Call>
    std::invoke_result_t<Call, Backend&> guarded(Success success, Call call);
    static Verdict verdictOn(const Error& failure) noexcept;
    std::optional<std::uint64_t> enter();
    void leave(std::uint64_t phase, Verdict verdict, const Error* failure);
    void change(State to);
    Error rejection() const;

    const std::unique_ptr<Backend> m_lower;
    const std::string m_url;
    const CircuitBreakerOptions m_options;
    Listener m_listener;

    // The number of changes so far times four, plus the state.
    std::atomic<std::uint64_t> m_phase{0};
    std::atomic<int> m_row{0};  // failures in a row; changes under the lock

    mutable std::mutex m_mutex;
    bool m_probing = false;
    Duration m_span{};
    TimePoint m_until{};
    std::optional<Error> m_failure;

    std::atomic<std::uint64_t> m_failures{0};
    std::atomic<std::uint64_t> m_rejected{0};
    std::atomic<std::uint64_t> m_opened{0};
    std::atomic<std::uint64_t> m_probes{0};
};

}  // namespace cachescope
