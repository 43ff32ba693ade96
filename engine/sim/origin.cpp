// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/origin.h"

#include <algorithm>
#include <cmath>

#include "engine/core/random.h"
#include "engine/sim/answer_mark.h"

namespace cachescope::sim {

namespace {

// Different questions about one request must not share their random numbers.
constexpr std::uint64_t kForLatency = 0x6c6174656e637931ULL;
constexpr std::uint64_t kForMode = 0x6d6f646532323232ULL;
constexpr std::uint64_t kForFailure = 0x6661696c75726533ULL;
constexpr std::uint64_t kForAbsence = 0x616273656e636534ULL;
constexpr std::uint64_t kForOwnTtl = 0x6f776e2074746c35ULL;
constexpr std::uint64_t kForStoring = 0x73746f72696e6736ULL;
constexpr std::uint64_t kForPersons = 0x706572736f6e6138ULL;

double drawFor(std::uint64_t purpose, std::uint64_t seed, std::uint64_t number) noexcept {
    return unitInterval(mix64(mix64(seed ^ purpose) ^ number));
}

Bytes makeValue(std::uint32_t key, std::uint64_t version, std::uint32_t bytes) {
    std::string text = std::to_string(key) + '@' + std::to_string(version) + ' ';
    text.resize(bytes, '.');
    return Bytes{text};
}

}  // namespace

Origin::Origin(const OriginSpec& spec, std::uint64_t seed, Scheduler& scheduler, const Clock& clock,
               DataVersions& data)
    : m_spec(spec), m_seed(seed), m_scheduler(scheduler), m_clock(clock), m_data(data) {}

Duration Origin::latencyOf(std::uint64_t number) const noexcept {
    const LatencySpec& latency = m_spec.latency;
    if (latency.kind == LatencyKind::constant) {
        return latency.median;
    }
    const bool slow = latency.kind == LatencyKind::bimodal &&
                      drawFor(kForMode, m_seed, number) < latency.slowShare;
    const auto median = static_cast<double>((slow ? latency.slow : latency.median).count());
    const double uniform =
        std::clamp(drawFor(kForLatency, m_seed, number), 0x1.0p-53, 1 - 0x1.0p-53);
    const double drawn = median * std::exp(latency.sigma * normalQuantile(uniform));
    return Duration{static_cast<std::int64_t>(std::min(drawn, 9e17))};
}

bool Origin::fails(std::uint64_t number) const noexcept {
    return m_spec.failureRatio > 0 && drawFor(kForFailure, m_seed, number) < m_spec.failureRatio;
}

bool Origin::isAbsent(std::uint32_t key) const noexcept {
    return m_spec.absentRatio > 0 && drawFor(kForAbsence, m_seed, key) < m_spec.absentRatio;
}

bool Origin::isStored(std::uint32_t key) const noexcept {
    return m_spec.unstoredRatio <= 0 || drawFor(kForStoring, m_seed, key) >= m_spec.unstoredRatio;
}

bool Origin::isPersonal(std::uint32_t key) const noexcept {
    return drawFor(kForPersons, m_seed, key) < m_spec.personalRatio;
}

std::optional<Duration> Origin::ownTtl(std::uint32_t key) const noexcept {
    return m_spec.ownTtlRatio > 0 && drawFor(kForOwnTtl, m_seed, key) < m_spec.ownTtlRatio
               ? std::optional(m_spec.ownTtl)
               : std::nullopt;
}

void Origin::call(const Request& request, LoadDone done) {
    ++m_calls;
    if (m_down) {
        done(Error{ErrorCode::unavailable, "origin"});
        return;
    }
    Call call{request, 0, 0, std::move(done)};
    if (m_spec.concurrency != 0 && m_running >= m_spec.concurrency) {
        m_queue.push_back(std::move(call));
    } else {
        begin(std::move(call));
    }
}

void Origin::begin(Call call) {
    const TimePoint now = m_clock.now();
    call.version = m_data.at(call.request.key, now);
    call.serial = ++m_serial;
    std::uint32_t slot = 0;
    if (m_free.empty()) {
        slot = static_cast<std::uint32_t>(m_slots.size());
        m_slots.emplace_back();
    } else {
        slot = m_free.back();
        m_free.pop_back();
    }
    const std::uint32_t serial = call.serial;
    const TimePoint end = deadlineAfter(now, latencyOf(call.request.number));
    m_slots[slot] = std::move(call);
    ++m_running;
    m_scheduler.at(end, [this, slot, serial] { this->end(slot, serial); });
}

void Origin::end(std::uint32_t slot, std::uint32_t serial) {
    if (m_slots[slot].serial != serial) {
        return;  // cancelled meanwhile
    }
    const Call call = std::move(m_slots[slot]);
    m_slots[slot] = {};
    m_free.push_back(slot);
    --m_running;
    if (m_down) {
        call.done(Error{ErrorCode::unavailable, "origin"});
    } else if (fails(call.request.number)) {
        call.done(Error{ErrorCode::loadFailed, "origin"});
    } else {
        const Request& request = call.request;
        Loaded loaded;
        AnswerMark mark{call.version};
        loaded.absent = isAbsent(request.key);
        if (!loaded.absent) {
            loaded.value = makeValue(request.key, call.version, request.bytes);
            loaded.store = isStored(request.key);
            loaded.ttl = ownTtl(request.key);
            if (request.user != Request::kNobody && isPersonal(request.key)) {
                mark.user = request.user;
            }
        }
        loaded.version = mark.pack();
        call.done(std::move(loaded));
    }
    fillFromQueue();
}

void Origin::fillFromQueue() {
    while (!m_queue.empty() && (m_spec.concurrency == 0 || m_running < m_spec.concurrency)) {
        Call call = std::move(m_queue.front());
        m_queue.pop_front();
        begin(std::move(call));
    }
}

void Origin::change(const OriginSpec& spec) {
    m_spec = spec;
    fillFromQueue();
}

void Origin::setDown(bool down) {
    m_down = down;
    if (down) {
        auto queue = std::move(m_queue);
        m_queue.clear();
        for (const Call& call : queue) {
            call.done(Error{ErrorCode::unavailable, "origin"});
        }
    }
}

void Origin::cancelAll() {
    auto queue = std::move(m_queue);
    m_queue.clear();
    auto running = std::move(m_slots);
    m_slots.clear();
    m_free.clear();
    m_running = 0;
    // Slots keep their numbers, because their ends are still planned; serial 0 is nobody's.
    m_slots.resize(running.size());
    for (std::uint32_t slot = 0; slot < m_slots.size(); ++slot) {
        m_free.push_back(slot);
    }
    for (const Call& call : running) {
        if (call.done) {
            call.done(Error{ErrorCode::cancelled, "origin"});
        }
    }
    for (const Call& call : queue) {
        call.done(Error{ErrorCode::cancelled, "origin"});
    }
}

}  // namespace cachescope::sim
