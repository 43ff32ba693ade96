// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The half of ChaosLevels that says what was not allowed.

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/cache/mark_table.h"
#include "tests/support/chaos_levels.h"

namespace cachescope::test {

namespace {

// Of moments that are set apart although the clock stands.
constexpr Duration kApart = std::chrono::microseconds{1};

}  // namespace

void ChaosLevels::violated(const Request& request, const std::string& what) {
    if (++m_violations <= 3) {
        ADD_FAILURE() << what << "\nseed " << m_seed << ", operation " << m_operations << ", key "
                      << m_keys[request.key].name << ", process " << request.process
                      << ", asked as " << request.begun;
    }
}

std::string ChaosLevels::whyVoid(const Request& request, const LoadOf& load,
                                 const Fetched& fetched) const {
    const auto byKey = [&](const Voided& each) {
        const bool settledBefore = load.settled != 0 && load.settled < each.begun;
        if (each.process == request.process) {
            return each.ended < request.begun && load.begun < each.begun &&
                   (settledBefore || load.process == each.process);
        }
        // Messages come between the steps: calls that take long hold them up.
        return each.endedAt + LossyFeeds::kLag < request.stepBegan && settledBefore;
    };
    const auto byMark = [&](const Voided& each) {
        const bool own = each.process == request.process;
        const bool before = own && load.process == request.process
                                ? load.begun < each.begun
                                : load.begunAt + kApart < each.begunAt;
        if (own) {
            return before && each.ended < request.begun;
        }
        // Who cannot know joins a load that is under way all the same, to spare the origin.
        const bool joined = load.settled == 0;
        const bool failSafe =
            (joined || fetched.stale != StaleReason::none) && m_unread > request.begun;
        return before && each.endedAt + MarkTable::kBelieved + kApart < request.at && !failSafe;
    };
    const auto say = [&](const char* what, const Voided& each) {
        const auto ms = [](TimePoint moment) {
            return std::to_string(static_cast<double>(moment.time_since_epoch().count()) / 1e6);
        };
        return std::string{what} + " by process " + std::to_string(each.process) + " from " +
               std::to_string(each.begun) + " at " + ms(each.begunAt) + " ms to " +
               std::to_string(each.ended) + " at " + ms(each.endedAt) + " ms; load of process " +
               std::to_string(load.process) + " from " + std::to_string(load.begun) + " at " +
               ms(load.begunAt) + " ms to " + std::to_string(load.settled) + "; asked at " +
               ms(request.at) + " ms";
    };
    for (const Voided& each : m_voidedKeys[load.key]) {
        if (byKey(each)) {
            return say("its key was invalidated", each);
        }
    }
    for (std::size_t tag = 0; tag < CacheHistory::kTags; ++tag) {
        for (const Voided& each : m_voidedTags[tag]) {
            if ((m_keys[load.key].tags >> tag & 1U) != 0 && byMark(each)) {
                return say("its tag was voided", each);
            }
        }
    }
    return {};
}

void ChaosLevels::checkValue(const Request& request, const Fetched& fetched) {
    const std::string text = fetched.entry.value.toString();
    const std::size_t bar = text.find('|');
    std::size_t number = m_loads.size();
    std::from_chars(text.data() + bar + 1, text.data() + text.size(), number);
    if (bar == std::string::npos || number >= m_loads.size() || !m_loads[number].gave ||
        m_loads[number].key != request.key || text.substr(0, bar) != m_keys[request.key].name) {
        violated(request, "not a value that it was loaded with: " + text);
        return;
    }
    const LoadOf& load = m_loads[number];
    if (const std::string why = whyVoid(request, load, fetched); !why.empty()) {
        violated(request, "load " + text + ": " + why);
    }
    const CacheOptions& options = m_keys[request.key].options;
    const bool bounded = load.store && load.ttl && *load.ttl > Duration::zero();
    if (bounded && (!options.sliding || options.maxAge)) {
        const Duration ttl = options.sliding ? std::max(*load.ttl, *options.maxAge) : *load.ttl;
        const Duration grace = fetched.stale == StaleReason::none ? Duration::zero()
                               : fetched.stale == StaleReason::revalidating
                                   ? options.staleWhileRevalidate
                                   : options.grace();
        if (m_stepBegan > fetched.entry.created + ttl + grace) {
            violated(request, "too old: " + text);
        }
    }
    m_hash = mix64(m_hash ^ mix64(number));
    m_kinds.upper += fetched.source == Source::stored && fetched.entry.level == 0 ? 1 : 0;
    m_kinds.lower += fetched.source == Source::stored && fetched.entry.level == 1 ? 1 : 0;
    m_kinds.stale += fetched.stale != StaleReason::none ? 1 : 0;
    m_kinds.ofOther += load.process != request.process ? 1 : 0;
}

void ChaosLevels::answered(std::size_t number, const Result<Fetched>& result) {
    Request& request = m_requests[number];
    ++m_moment;
    m_hash = mix64(m_hash ^ mix64(number) ^
                   static_cast<std::uint64_t>(m_clock.now().time_since_epoch().count()));
    if (std::exchange(request.answered, true)) {
        violated(request, "answered twice");
    }
    if (result.ok()) {
        checkValue(request, *result);
        return;
    }
    const bool timedOut = result.error().code() == ErrorCode::timedOut;
    const Duration limit = m_keys[request.key].options.hardTimeout;
    m_kinds.timedOut += timedOut ? 1 : 0;
    m_kinds.failures += timedOut ? 0 : 1;
    if (timedOut ? limit <= Duration::zero() || m_clock.now() < request.at + limit
                 : result.error().code() != ErrorCode::loadFailed) {
        violated(request, "no failure to be told of: " + result.error().toLogLine());
    }
}

void ChaosLevels::nobodyIsLate() {
    std::erase_if(m_limited, [this](std::size_t number) { return m_requests[number].answered; });
    for (const std::size_t number : m_limited) {
        if (m_requests[number].deadline <= m_clock.now()) {
            violated(m_requests[number], "waits too long");
        }
    }
}

}  // namespace cachescope::test
