// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/backend/backend.h"

namespace cachescope::sim {

/// How long a lane waits for one call of its backend.
inline constexpr Duration kCallTimeout = std::chrono::milliseconds{250};

/// Whether a lane's backend serves.
enum class BackendCondition : std::uint8_t {
    up,
    down,   ///< every call fails at once
    hangs,  ///< every call costs kCallTimeout of the request's time, and then fails
};

/// The backend of a lane, with a switch that takes it down and a stopwatch around every call.
///
/// Made without a backend, it answers every call with the reason why there is none, so that a lane
/// whose backend could not be set up still serves from the origin and says what is wrong. One
/// thread.
class LaneBackend final : public Backend {
public:
    /// `stopwatch` may be null: nothing is measured then.
    LaneBackend(std::unique_ptr<Backend> backend, const Clock* stopwatch);
    LaneBackend(Error reason, std::string url);

    void setCondition(BackendCondition condition) noexcept { m_condition = condition; }

    /// Time spent in calls since the last time this was asked: real time, and what a backend that
    /// hangs would have cost.
    Duration takeSpent() noexcept { return std::exchange(m_spent, Duration{}); }

    Backend* below() noexcept override { return m_backend.get(); }
    std::string url() const override;
    BackendCapabilities capabilities() const override;
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override;
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
    template <class Call>
    std::invoke_result_t<Call, Backend&> timed(Call call);

    std::unique_ptr<Backend> m_backend;
    std::optional<Error> m_reason;
    std::string m_url;
    const Clock* m_stopwatch = nullptr;
    BackendCondition m_condition = BackendCondition::up;
    Duration m_spent{};
};

}  // namespace cachescope::sim
