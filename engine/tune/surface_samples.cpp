// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/surface_samples.h"

#include <algorithm>
#include <limits>

#include "engine/core/random.h"

namespace cachescope::tune {

namespace {

constexpr std::uint32_t kNoKey = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kBetweenQuestions = std::size_t{1} << 18;

bool hasWrites(const Trace& trace) {
    return std::count(trace.operations.begin(), trace.operations.end(), TraceOperation::write) != 0;
}

bool hasFinerTimes(const Trace& trace, Duration tick) {
    return std::any_of(trace.times.begin(), trace.times.end(),
                       [tick](Duration time) { return time % tick != Duration::zero(); });
}

}  // namespace

SampledRequests::SampledRequests(const Trace& trace, Duration tick)
    : m_trace(trace), m_copied(hasWrites(trace) || hasFinerTimes(trace, tick)) {
    if (!m_copied) {
        return;
    }
    m_keys.reserve(trace.size());
    m_times.reserve(trace.size());
    for (std::size_t i = 0; i < trace.size(); ++i) {
        if (trace.operations.empty() || trace.operations[i] == TraceOperation::read) {
            m_keys.push_back(trace.keys[i]);
            m_times.push_back(trace.times[i] / tick * tick);
        }
    }
}

ReplayRequests SampledRequests::all() const noexcept {
    return m_copied ? ReplayRequests{m_keys, m_trace.names.size(), m_times, {}, {}}
                    : ReplayRequests{m_trace.keys, m_trace.names.size(), m_trace.times, {}, {}};
}

std::optional<std::vector<RequestSample>> SampledRequests::samples(
    std::size_t count, double rate, std::uint64_t seed, const std::function<bool()>& goOn) const {
    const ReplayRequests requests = all();
    std::vector<RequestSample> samples(count);
    std::vector<std::uint32_t> sampleOf(requests.keyCount, kNoKey);
    for (std::size_t key = 0; key < requests.keyCount; ++key) {
        const auto sample = static_cast<std::size_t>(unitInterval(mix64(mix64(seed) ^ key)) / rate);
        if (sample < count) {
            sampleOf[key] = static_cast<std::uint32_t>(sample);
        }
    }
    std::vector<std::uint32_t> numberOf(requests.keyCount, kNoKey);
    std::size_t keysInAll = 0;
    for (std::size_t i = 0; i < requests.keys.size(); ++i) {
        if (i % kBetweenQuestions == 0 && goOn && !goOn()) {
            return std::nullopt;
        }
        const std::uint32_t key = requests.keys[i];
        std::uint32_t& number = numberOf[key];
        const bool isNew = number == kNoKey;
        keysInAll += isNew ? 1 : 0;
        if (sampleOf[key] == kNoKey) {
            number = 0;
            continue;
        }
        RequestSample& sample = samples[sampleOf[key]];
        if (isNew) {
            number = static_cast<std::uint32_t>(sample.keyCount++);
        }
        sample.keys.push_back(number);
        sample.times.push_back(requests.times[i]);
    }
    for (RequestSample& sample : samples) {
        sample.share = static_cast<double>(sample.keyCount) / static_cast<double>(keysInAll);
    }
    return samples;
}

}  // namespace cachescope::tune
