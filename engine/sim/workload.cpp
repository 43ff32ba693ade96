// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/workload.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cachescope::sim {

namespace {

// A looped trace needs a gap between its last request and its first; a second keeps block traces
// with whole seconds in step.
constexpr Duration kLoopGap = std::chrono::seconds{1};
constexpr std::uint32_t kLargestValue = 1U << 20;
constexpr double kLongest = 4e18;  // nanoseconds, so that a start can be added
constexpr std::uint64_t kForUser = 0x77686f61736b7337ULL;

}  // namespace

Workload::Workload(WorkloadSpec spec, std::uint64_t seed, TimePoint start)
    : m_spec(std::move(spec)), m_seed(seed), m_random(mix64(seed)), m_start(start) {}

Result<std::unique_ptr<Workload>> Workload::create(const WorkloadSpec& spec, std::uint64_t seed,
                                                   TimePoint start) {
    std::unique_ptr<Workload> workload(new Workload(spec, seed, start));
    if (spec.trace) {
        TraceReadOptions options;
        options.format = traceFormatNamed(spec.trace->format).value_or(TraceFormat::automatic);
        if (!spec.trace->columns.empty()) {
            auto columns = parseTraceColumns(spec.trace->columns);
            if (!columns) {
                return columns.error();
            }
            options.columns = std::move(*columns);
        }
        auto reading = readTrace(spec.trace->file, options);
        if (!reading) {
            return reading.error();
        }
        workload->m_trace = std::move(reading->trace);
        workload->m_keys = std::make_shared<const KeySpace>(workload->m_trace.names);
        workload->m_trace.names = {};  // the key space has them
        workload->m_trace.ttls = {};   // the lanes' rule
        workload->m_traceNote = reading->note();
        workload->drawFromTrace();
    } else {
        workload->m_keys = std::make_shared<const KeySpace>(spec.keys);
        workload->drawArrival(start);
    }
    workload->drawUser();
    return workload;
}

// By the seed and the request's number alone, so that times and keys are the same for any users.
void Workload::drawUser() noexcept {
    const std::uint64_t drawn = mix64(mix64(m_seed ^ kForUser) ^ m_next.number);
    m_next.user =
        m_spec.users <= 1
            ? Request::kNobody
            : static_cast<std::uint32_t>(unitInterval(drawn) * static_cast<double>(m_spec.users));
}

void Workload::drawArrival(TimePoint from) {
    const double rate = m_spec.arrivals.ratePerSecond;
    if (rate <= 0) {
        m_next.time = kNever;
        return;
    }
    const double gap = m_spec.arrivals.kind == ArrivalKind::constant ? 1 : m_random.exponential();
    m_next.time = deadlineAfter(from, Duration{std::llround(std::min(gap / rate, 9e8) * 1e9)});
    m_next.key = m_keys->sample(m_random);
    m_next.bytes = m_spec.valueBytes;
}

// A recording without times comes at the rate of the arrivals it replaces.
Duration Workload::traceTime(std::size_t position) const noexcept {
    if (!m_trace.times.empty()) {
        return m_trace.times[position];
    }
    const double rate = m_spec.arrivals.ratePerSecond > 0 ? m_spec.arrivals.ratePerSecond : 1;
    return Duration{std::llround(std::min(static_cast<double>(position) / rate * 1e9, kLongest))};
}

void Workload::drawFromTrace() {
    if (m_position >= m_trace.size()) {
        if (!m_spec.trace->loop) {
            m_next.time = kNever;
            return;
        }
        const double span = static_cast<double>((traceTime(m_trace.size() - 1) + kLoopGap).count());
        m_start = deadlineAfter(
            m_start, Duration{std::llround(std::min(span / m_spec.trace->speed, kLongest))});
        m_position = 0;
    }
    const double offset = static_cast<double>(traceTime(m_position).count()) / m_spec.trace->speed;
    m_next.time = deadlineAfter(m_start, Duration{std::llround(std::min(offset, kLongest))});
    m_next.key = m_trace.keys[m_position];
    const bool sized = m_spec.trace->sizes && !m_trace.sizes.empty();
    m_next.bytes = !sized || m_trace.sizes[m_position] == 0
                       ? m_spec.valueBytes
                       : std::min(m_trace.sizes[m_position], kLargestValue);
    m_next.write =
        !m_trace.operations.empty() && m_trace.operations[m_position] == TraceOperation::write;
    ++m_position;
}

void Workload::pop() {
    ++m_next.number;
    if (m_spec.trace) {
        drawFromTrace();
    } else {
        drawArrival(m_next.time);
    }
    drawUser();
}

void Workload::setRate(double ratePerSecond, TimePoint now) {
    m_spec.arrivals.ratePerSecond = ratePerSecond;
    if (!m_spec.trace) {
        drawArrival(now);
    }
}

}  // namespace cachescope::sim
