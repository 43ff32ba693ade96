// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/circuit_breaker.h"

#include <algorithm>
#include <utility>

#include "engine/backend/backend_failure.h"

namespace cachescope {

class CircuitBreaker::Permit {
public:
    Permit(CircuitBreaker& breaker, std::uint64_t phase) : m_breaker(breaker), m_phase(phase) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
        if (!m_settled) {
            m_breaker.leave(m_phase, Verdict::unknown, nullptr);
        }
    }
    void settle(Verdict verdict, const Error* failure) {
        m_settled = true;
        m_breaker.leave(m_phase, verdict, failure);
    }

private:
    CircuitBreaker& m_breaker;
    const std::uint64_t m_phase;
    bool m_settled = false;
};

CircuitBreaker::CircuitBreaker(std::unique_ptr<Backend> lower, CircuitBreakerOptions options)
    : m_lower(std::move(lower)), m_url(m_lower->url()), m_options(options) {}

CircuitBreaker::Counters CircuitBreaker::counters() const noexcept {
    return {m_failures.load(std::memory_order_relaxed), m_rejected.load(std::memory_order_relaxed),
            m_opened.load(std::memory_order_relaxed), m_probes.load(std::memory_order_relaxed)};
}

template <class Call>
std::invoke_result_t<Call, Backend&> CircuitBreaker::guarded(Success success, Call call) {
    const auto phase = enter();
    if (!phase) {
        return rejection();
    }
    Permit permit(*this, *phase);
    auto result = call(*m_lower);
    if (result.ok()) {
        permit.settle(success == Success::shows ? Verdict::works : Verdict::unknown, nullptr);
        return result;
    }
    permit.settle(verdictOn(result.error()), &result.error());
    return result;
}

CircuitBreaker::Verdict CircuitBreaker::verdictOn(const Error& failure) noexcept {
    switch (backendFailure(failure.code())) {
        case BackendFailure::outage:
            return Verdict::fails;
        case BackendFailure::refusal:
            return Verdict::works;
        case BackendFailure::call:
            break;
    }
    return Verdict::unknown;
}

// The phase in which a call may go through; nothing when it may not.
std::optional<std::uint64_t> CircuitBreaker::enter() {
    const std::uint64_t phase = m_phase.load(std::memory_order_acquire);
    if (stateOf(phase) == State::closed) [[likely]] {
        return phase;
    }
    const std::lock_guard lock(m_mutex);
    if (state() == State::open && m_options.clock->now() >= m_until) {
        change(State::halfOpen);
    }
    if (state() == State::open || (state() == State::halfOpen && m_probing)) {
        m_rejected.fetch_add(1, std::memory_order_relaxed);
        return std::nullopt;
    }
    if (state() == State::halfOpen) {
        m_probing = true;
        m_probes.fetch_add(1, std::memory_order_relaxed);
    }
    return m_phase.load(std::memory_order_relaxed);
}

void CircuitBreaker::leave(std::uint64_t phase, Verdict verdict, const Error* failure) {
    if (verdict == Verdict::fails) {
        m_failures.fetch_add(1, std::memory_order_relaxed);
    }
    const bool wasClosed = stateOf(phase) == State::closed;
    const bool nothingToDo =
        verdict == Verdict::unknown ||
        (verdict == Verdict::works && m_row.load(std::memory_order_relaxed) == 0);
    if (wasClosed && nothingToDo) [[likely]] {
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (m_phase.load(std::memory_order_relaxed) != phase) {
        return;
    }
    if (!wasClosed) {
        m_probing = false;
    }
    if (verdict == Verdict::works) {
        m_row = 0;
        if (!wasClosed) {
            change(State::closed);
        }
    } else if (verdict == Verdict::fails) {
        m_failure = *failure;
        m_row = wasClosed ? m_row + 1 : 0;
        if (!wasClosed || m_row >= m_options.failures) {
            m_span = wasClosed ? m_options.openFor : std::min(m_span, m_options.maxOpenFor / 2) * 2;
            m_span = std::min(m_span, m_options.maxOpenFor);
            m_row = 0;
            change(State::open);
        }
    }
}

// With the lock held.
void CircuitBreaker::change(State to) {
    Change what{state(), to, m_options.clock->now(), {}, {}};
    if (to == State::open) {
        m_until = deadlineAfter(what.at, m_span);
        what.until = m_until;
        what.failure = m_failure;
        m_opened.fetch_add(1, std::memory_order_relaxed);
    }
    const std::uint64_t changes = m_phase.load(std::memory_order_relaxed) >> 2U;
    m_phase.store((changes + 1) << 2U | static_cast<std::uint64_t>(to), std::memory_order_release);
    if (m_listener) {
        m_listener(what);
    }
}

Error CircuitBreaker::rejection() const {
    const std::lock_guard lock(m_mutex);
    const Error error{ErrorCode::unavailable, m_url};
    return m_failure ? error.because(*m_failure) : error;
}

Result<std::optional<Entry>> CircuitBreaker::get(std::string_view key) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.get(key); });
}

Result<void> CircuitBreaker::set(std::string_view key, const Entry& entry) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.set(key, entry); });
}

Result<std::vector<std::optional<Entry>>> CircuitBreaker::getMany(
    std::span<const std::string> keys) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.getMany(keys); });
}

// One call, with one verdict: whatever worked shows that the backend does.
std::vector<Result<void>> CircuitBreaker::setMany(std::span<const KeyedEntry> entries) {
    const auto phase = enter();
    if (!phase) {
        return std::vector<Result<void>>(entries.size(), rejection());
    }
    Permit permit(*this, *phase);
    auto done = m_lower->setMany(entries);
    Verdict verdict = Verdict::unknown;
    const Error* failure = nullptr;
    for (const Result<void>& one : done) {
        const Verdict said = one.ok() ? Verdict::works : verdictOn(one.error());
        if (said == Verdict::works) {
            verdict = said;
            break;
        }
        if (said == Verdict::fails) {
            verdict = said;
            failure = &one.error();
        }
    }
    permit.settle(verdict, failure);
    return done;
}

Result<bool> CircuitBreaker::erase(std::string_view key) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.erase(key); });
}

Result<std::uint64_t> CircuitBreaker::clear() {
    return guarded(Success::shows, [](Backend& lower) { return lower.clear(); });
}

Result<ScanPage> CircuitBreaker::scan(const std::string& cursor, std::string_view pattern,
                                      std::size_t limit) {
    return guarded(Success::shows,
                   [&](Backend& lower) { return lower.scan(cursor, pattern, limit); });
}

Result<std::uint64_t> CircuitBreaker::removeExpired(std::size_t limit) {
    if (state() != State::closed) {
        return std::uint64_t{0};  // sweeping is nobody's request: there is nothing to report
    }
    return guarded(Success::showsNothing,
                   [&](Backend& lower) { return lower.removeExpired(limit); });
}

Result<std::uint64_t> CircuitBreaker::eraseMatching(std::string_view pattern) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.eraseMatching(pattern); });
}

Result<bool> CircuitBreaker::touch(std::string_view key, TimePoint expires) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.touch(key, expires); });
}

Result<std::optional<std::uint64_t>> CircuitBreaker::acquireLease(std::string_view key,
                                                                  Duration span) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.acquireLease(key, span); });
}

Result<bool> CircuitBreaker::setAndRelease(std::string_view key, const Entry& entry,
                                           std::uint64_t token) {
    return guarded(Success::shows,
                   [&](Backend& lower) { return lower.setAndRelease(key, entry, token); });
}

Result<void> CircuitBreaker::releaseLease(std::string_view key, std::uint64_t token) {
    return guarded(Success::shows, [&](Backend& lower) { return lower.releaseLease(key, token); });
}

Result<void> CircuitBreaker::flush() {
    return guarded(Success::showsNothing, [](Backend& lower) { return lower.flush(); });
}

Result<void> CircuitBreaker::check() {
    return guarded(Success::shows, [](Backend& lower) { return lower.check(); });
}

void CircuitBreaker::setRemovalListener(RemovalListener listener) {
    m_lower->setRemovalListener(std::move(listener));
}

}  // namespace cachescope
