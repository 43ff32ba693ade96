// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tune/surface_samples.h"

#include <limits>

#include "engine/core/random.h"

namespace cachescope::tune {

namespace {

constexpr std::uint32_t kNoKey = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kBetweenQuestions = std::size_t{1} << 18;

}  // namespace

SampledRequests::SampledRequests(const Trace& trace, Duration tick)
    : m_trace(trace), m_tick(tick) {}

bool SampledRequests::prepare(const std::function<bool()>& goOn) {
    bool copies = false;
    for (std::size_t i = 0; i < m_trace.size() && !copies; ++i) {
        if (i % kBetweenQuestions == 0 && goOn && !goOn()) {
            return false;
        }
        copies = isWrite(i) || m_trace.times[i] % m_tick != Duration::zero();
    }
    if (!copies) {
        return true;
    }
    m_keys.reserve(m_trace.size());
    m_times.reserve(m_trace.size());
    for (std::size_t i = 0; i < m_trace.size(); ++i) {
        if (i % kBetweenQuestions == 0 && goOn && !goOn()) {
            return false;
        }
        if (!isWrite(i)) {
            m_keys.push_back(m_trace.keys[i]);
            m_times.push_back(m_trace.times[i] / m_tick * m_tick);
        }
    }
    m_copied = true;
    return true;
}

bool SampledRequests::isWrite(std::size_t i) const noexcept {
    return !m_trace.operations.empty() && m_trace.operations[i] == TraceOperation::write;
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
