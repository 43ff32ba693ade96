// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace cachescope {

class Clock;

/// All spans of time in the engine. Signed, so that a difference may be negative.
using Duration = std::chrono::nanoseconds;

/// A moment on some Clock. Moments of different clocks must not be compared.
using TimePoint = std::chrono::time_point<Clock, Duration>;

/// The deadline of an entry that never expires.
inline constexpr TimePoint kNever = TimePoint::max();

/// The only source of time in the program.
///
/// A clock never runs backwards within one process. It may be called from any thread and does not
/// block. Code that needs the time takes a `const Clock&`, so that tests and the simulation can
/// decide what time it is.
class Clock {
public:
    virtual ~Clock() = default;

    virtual TimePoint now() const noexcept = 0;

    /// A moment not after now(), that may lag behind but is quicker to have; by default now().
    virtual TimePoint recently() const noexcept { return now(); }

    /// How much real time `span` of this clock takes; nothing when the clock can pause, jump or
    /// change its rate, so that no promise is possible. Backends whose server keeps its own time
    /// (Redis) ask this before they hand a TTL over.
    virtual std::optional<Duration> realTime(Duration span) const noexcept = 0;
};

/// Nanoseconds since 1970, read once from the wall clock and advanced by the monotonic clock.
///
/// A step of the wall clock therefore neither expires entries nor makes them immortal while the
/// process lives, and moments still compare across processes and restarts to within the error of
/// the wall clock. Any thread.
class SystemClock final : public Clock {
public:
    SystemClock();

    TimePoint now() const noexcept override;
    /// The last tick of the system's timer, a few milliseconds ago, where there is such a thing.
    TimePoint recently() const noexcept override;
    std::optional<Duration> realTime(Duration span) const noexcept override { return span; }

    /// The process's one instance, for code that has no reason to choose another clock.
    static const SystemClock& instance();

private:
    Duration m_offset;
};

/// Stands still until told to move: time for tests and for the simulation.
///
/// now() may be called from any thread; advance() and set() from one thread at a time. Attempts to
/// move backwards are ignored, so that the promise of Clock holds.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start = TimePoint{}) : m_now(start.time_since_epoch().count()) {}

    TimePoint now() const noexcept override {
        return TimePoint{Duration{m_now.load(std::memory_order_relaxed)}};
    }
    std::optional<Duration> realTime(Duration) const noexcept override { return std::nullopt; }

    void advance(Duration by) noexcept { set(now() + by); }
    void set(TimePoint to) noexcept {
        if (to > now()) {
            m_now.store(to.time_since_epoch().count(), std::memory_order_relaxed);
        }
    }

private:
    std::atomic<std::int64_t> m_now;
};

/// `start + span` without overflow: a sum past the end of time is kNever. `span` is not negative.
constexpr TimePoint deadlineAfter(TimePoint start, Duration span) noexcept {
    return start.time_since_epoch() > Duration::max() - span ? kNever : start + span;
}

/// Whether `deadline` lies before clock.now(). Asks for the exact time only when it matters: a
/// timer of the system that is later than a second would have to be met for a wrong answer.
inline bool hasPassed(const Clock& clock, TimePoint deadline) noexcept {
    if (deadline == kNever) {
        return false;
    }
    constexpr Duration kFarAway = std::chrono::seconds{1};
    const TimePoint recently = clock.recently();
    if (deadline < recently || deadline > deadlineAfter(recently, kFarAway)) {
        return deadline < recently;
    }
    return deadline < clock.now();
}

}  // namespace cachescope
