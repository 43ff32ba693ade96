// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/chaos_backend.h"

#include <array>
#include <string>
#include <utility>

#include "engine/cache/entry_notes.h"

namespace cachescope::test {

namespace {

constexpr std::array kCodes{
    ErrorCode::unreachable, ErrorCode::timedOut,     ErrorCode::disconnected,
    ErrorCode::io,          ErrorCode::loading,      ErrorCode::authentication,
    ErrorCode::unavailable, ErrorCode::notPermitted, ErrorCode::notThisProtocol,
    ErrorCode::readOnly,    ErrorCode::outOfMemory,  ErrorCode::diskFull,
    ErrorCode::serverError, ErrorCode::noPermission, ErrorCode::tooLarge,
    ErrorCode::damaged,     ErrorCode::closed,       ErrorCode::unsupported,
};
// The first of them are what a backend says that is out of order.
constexpr std::size_t kCodesOfOutages = 9;
constexpr double kFailsInOutage = 0.97;
constexpr double kTakesEffectInOutage = 0.1;

}  // namespace

ChaosBackend::ChaosBackend(std::unique_ptr<Backend> inner, const Clock& clock, Options options)
    : m_inner(std::move(inner)), m_clock(clock), m_options(options), m_random(options.seed) {}

void ChaosBackend::trouble(double fails, double late) {
    m_fails = fails;
    m_late = late;
}

ChaosBackend::Fate ChaosBackend::decide(ErrorCode& code) {
    const bool down = m_clock.now().time_since_epoch().count() < m_downUntil;
    const std::lock_guard lock(m_mutex);
    if (m_random.uniform() >= (down ? kFailsInOutage : m_fails.load())) {
        return Fate::works;
    }
    code = kCodes[m_random.below(down ? kCodesOfOutages : kCodes.size())];
    return m_random.uniform() < (down ? kTakesEffectInOutage : 0.5) ? Fate::failsAfter
                                                                    : Fate::failsBefore;
}

void ChaosBackend::dawdle() {
    if (m_options.moved == nullptr || m_late <= 0 || m_random.uniform() >= m_late) {
        return;
    }
    const Duration span{static_cast<std::int64_t>(1 + m_random.below(300'000'000))};
    m_options.moved->advance(span);
    m_moved += span;
}

template <class Do>
std::invoke_result_t<Do> ChaosBackend::call(std::string_view key, Do work) {
    ErrorCode code{};
    const Fate fate = decide(code);
    dawdle();
    if (between) {
        between(key);
    }
    const auto fail = [&] {
        ++m_failures;
        return Error{code, "chaos:", std::string{key}};
    };
    if (fate == Fate::failsBefore) {
        return fail();
    }
    auto result = work();
    dawdle();
    if (between) {
        between(key);
    }
    return fate == Fate::works ? std::move(result) : std::invoke_result_t<Do>{fail()};
}

BackendCapabilities ChaosBackend::capabilities() const {
    BackendCapabilities can = m_inner->capabilities();
    can.shared = m_options.shared;
    can.remote = m_options.remote;
    can.touches = m_options.touches;
    can.leases = m_options.leases;
    return can;
}

Result<std::optional<Entry>> ChaosBackend::get(std::string_view key) {
    const bool isMark = key.starts_with('\x01');
    auto found = call(key, [&] { return m_inner->get(key); });
    if (unreadMark && isMark && !found.ok()) {
        unreadMark();
    }
    if (m_options.torn > 0 && found.ok() && *found && !(*found)->notes.empty()) {
        tear(**found);
    }
    if (read && !isMark) {
        read(key, found.ok() ? &*found : nullptr);
    }
    return found;
}

void ChaosBackend::tear(Entry& entry) {
    const std::lock_guard lock(m_mutex);
    if (m_random.uniform() >= m_options.torn) {
        return;
    }
    ++m_torn;
    std::string notes{entry.notes.view()};
    notes.resize(1 + m_random.below(notes.size()));
    // What is cut off between two tags cannot be told from what was written whole: backends have
    // checksums against that.
    if (!EntryNotes::decode(notes).damaged) {
        notes.front() = static_cast<char>(notes.front() | 0x60);
    }
    entry.notes = SharedBytes{notes};
}

Result<void> ChaosBackend::set(std::string_view key, const Entry& entry) {
    return call(key, [&] {
        stored(key, entry);
        return m_inner->set(key, entry);
    });
}

Result<bool> ChaosBackend::erase(std::string_view key) {
    return call(key, [&] {
        {
            const std::lock_guard lock(m_mutex);
            if (const auto lease = m_leases.find(key); lease != m_leases.end()) {
                m_leases.erase(lease);
            }
        }
        return m_inner->erase(key);
    });
}

Result<std::uint64_t> ChaosBackend::clear() {
    return call({}, [&] { return m_inner->clear(); });
}

Result<ScanPage> ChaosBackend::scan(const std::string& cursor, std::string_view pattern,
                                    std::size_t limit) {
    return call({}, [&] { return m_inner->scan(cursor, pattern, limit); });
}

Result<std::uint64_t> ChaosBackend::removeExpired(std::size_t limit) {
    return call({}, [&] { return m_inner->removeExpired(limit); });
}

Result<std::uint64_t> ChaosBackend::eraseMatching(std::string_view pattern) {
    return call({}, [&] { return m_inner->eraseMatching(pattern); });
}

Result<bool> ChaosBackend::touch(std::string_view key, TimePoint expires) {
    return call(key, [&]() -> Result<bool> {
        if (!m_options.touches) {
            return Error{ErrorCode::unsupported, "chaos:"};
        }
        return m_inner->touch(key, expires);
    });
}

Result<std::optional<std::uint64_t>> ChaosBackend::acquireLease(std::string_view key,
                                                                Duration span) {
    return call(key, [&]() -> Result<std::optional<std::uint64_t>> {
        const TimePoint now = m_clock.now();
        const std::lock_guard lock(m_mutex);
        auto lease = m_leases.find(key);
        if (lease != m_leases.end() && now < lease->second.until) {
            return std::optional<std::uint64_t>{};
        }
        if (lease == m_leases.end()) {
            lease = m_leases.emplace(std::string{key}, Lease{}).first;
        }
        lease->second = {m_nextToken, deadlineAfter(now, span)};
        return std::optional{m_nextToken++};
    });
}

Result<bool> ChaosBackend::setAndRelease(std::string_view key, const Entry& entry,
                                         std::uint64_t token) {
    return call(key, [&]() -> Result<bool> {
        if (!endLease(key, token)) {
            return false;
        }
        stored(key, entry);
        const auto done = m_inner->set(key, entry);
        return done.ok() ? Result<bool>{true} : Result<bool>{done.error()};
    });
}

Result<void> ChaosBackend::releaseLease(std::string_view key, std::uint64_t token) {
    return call(key, [&]() -> Result<void> {
        (void)endLease(key, token);
        return {};
    });
}

bool ChaosBackend::endLease(std::string_view key, std::uint64_t token) {
    const std::lock_guard lock(m_mutex);
    const auto lease = m_leases.find(key);
    if (lease == m_leases.end() || lease->second.token != token) {
        return false;
    }
    m_leases.erase(lease);
    return true;
}

}  // namespace cachescope::test
