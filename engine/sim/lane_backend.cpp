// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/lane_backend.h"

namespace cachescope::sim {

LaneBackend::LaneBackend(std::unique_ptr<Backend> backend, const Clock* stopwatch)
    : m_backend(std::move(backend)), m_url(m_backend->url()), m_stopwatch(stopwatch) {}

LaneBackend::LaneBackend(Error reason, std::string url)
    : m_reason(std::move(reason)), m_url(std::move(url)) {}

template <class Call>
std::invoke_result_t<Call, Backend&> LaneBackend::timed(Call call) {
    if (m_condition == BackendCondition::down) {
        return Error{ErrorCode::unavailable, m_url};
    }
    if (m_condition == BackendCondition::hangs) {
        m_spent += kCallTimeout;
        return Error{ErrorCode::timedOut, m_url};
    }
    if (m_reason) {
        return *m_reason;
    }
    if (m_stopwatch == nullptr) {
        return call(*m_backend);
    }
    const TimePoint begin = m_stopwatch->now();
    auto result = call(*m_backend);
    m_spent += m_stopwatch->now() - begin;
    return result;
}

std::string LaneBackend::url() const {
    return m_url;
}

BackendCapabilities LaneBackend::capabilities() const {
    return m_backend ? m_backend->capabilities() : BackendCapabilities{};
}

Result<std::optional<Entry>> LaneBackend::get(std::string_view key) {
    return timed([&](Backend& backend) { return backend.get(key); });
}

Result<void> LaneBackend::set(std::string_view key, const Entry& entry) {
    return timed([&](Backend& backend) { return backend.set(key, entry); });
}

Result<bool> LaneBackend::erase(std::string_view key) {
    return timed([&](Backend& backend) { return backend.erase(key); });
}

Result<std::uint64_t> LaneBackend::clear() {
    return timed([](Backend& backend) { return backend.clear(); });
}

Result<ScanPage> LaneBackend::scan(const std::string& cursor, std::string_view pattern,
                                   std::size_t limit) {
    return timed([&](Backend& backend) { return backend.scan(cursor, pattern, limit); });
}

Result<BackendStat> LaneBackend::stat() {
    return timed([](Backend& backend) { return backend.stat(); });
}

Result<std::uint64_t> LaneBackend::removeExpired(std::size_t limit) {
    if (m_condition != BackendCondition::up || m_reason) {
        return std::uint64_t{0};  // sweeping is nobody's request: there is nothing to report
    }
    return m_backend->removeExpired(limit);
}

Result<std::uint64_t> LaneBackend::eraseMatching(std::string_view pattern) {
    return timed([&](Backend& backend) { return backend.eraseMatching(pattern); });
}

Result<bool> LaneBackend::touch(std::string_view key, TimePoint expires) {
    return timed([&](Backend& backend) { return backend.touch(key, expires); });
}

Result<std::optional<std::uint64_t>> LaneBackend::acquireLease(std::string_view key,
                                                               Duration span) {
    return timed([&](Backend& backend) { return backend.acquireLease(key, span); });
}

Result<bool> LaneBackend::setAndRelease(std::string_view key, const Entry& entry,
                                        std::uint64_t token) {
    return timed([&](Backend& backend) { return backend.setAndRelease(key, entry, token); });
}

Result<void> LaneBackend::releaseLease(std::string_view key, std::uint64_t token) {
    return timed([&](Backend& backend) { return backend.releaseLease(key, token); });
}

Result<void> LaneBackend::flush() {
    return timed([](Backend& backend) { return backend.flush(); });
}

Result<void> LaneBackend::check() {
    return timed([](Backend& backend) { return backend.check(); });
}

void LaneBackend::setRemovalListener(RemovalListener listener) {
    if (m_backend) {
        m_backend->setRemovalListener(std::move(listener));
    }
}

}  // namespace cachescope::sim
