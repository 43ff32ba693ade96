// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/backend/backend.h"
#include "engine/core/random.h"

namespace cachescope::test {

/// A backend that fails, dawdles and breaks down as a seed says, around one that works.
///
/// A call that fails does so with any code a backend may give, before it took effect or after; in
/// an outage nearly all do. A call may move a ManualClock, as if it had taken so long, and a test
/// may step in before and after it takes effect, as another thread might. Leases are its own. What
/// is stored it never changes, and no call has an effect once it has returned; but a look-up may
/// find the notes of an entry torn, as after a crash in the middle of writing it. Any thread, but
/// for what is set up before.
class ChaosBackend final : public Backend {
public:
    struct Options {
        std::uint64_t seed = 0;
        bool shared = false;
        bool remote = false;
        bool touches = true;
        bool leases = true;
        ManualClock* moved = nullptr;  ///< null: calls take no time
        double torn = 0;  ///< share of look-ups that find only a part of what was noted, or worse
    };
    ChaosBackend(std::unique_ptr<Backend> inner, const Clock& clock, Options options);

    /// Shares of the calls, 0 to 1: that fail, and that take long.
    void trouble(double fails, double late);
    /// Nearly every call fails up to this moment.
    void breakDown(TimePoint until) { m_downUntil = until.time_since_epoch().count(); }

    /// By how much calls have moved the clock.
    Duration moved() const noexcept { return m_moved; }
    /// Entries that were handed out torn.
    std::uint64_t torn() const noexcept { return m_torn; }
    /// Calls that failed.
    std::uint64_t failures() const noexcept { return m_failures; }
    Backend& inner() noexcept { return *m_inner; }

    // Before the first call.
    /// Called before a call and after it took effect, with its key where it has one.
    std::function<void(std::string_view key)> between;
    /// What get() is about to return; null where it fails.
    std::function<void(std::string_view key, const std::optional<Entry>* found)> read;
    /// A mark could not be read.
    std::function<void()> unreadMark;
    /// Called right before an entry is stored.
    std::function<void(std::string_view key, const Entry& entry)> storing;

    std::string url() const override { return "chaos:"; }
    BackendCapabilities capabilities() const override;
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override { return m_inner->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span) override;
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override;
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override;
    void setRemovalListener(RemovalListener listener) override {
        m_inner->setRemovalListener(std::move(listener));
    }

private:
    enum class Fate : std::uint8_t { works, failsBefore, failsAfter };
    struct Lease {
        std::uint64_t token;
        TimePoint until;
    };
    template <class Do>
    std::invoke_result_t<Do> call(std::string_view key, Do work);
    Fate decide(ErrorCode& code);
    void tear(Entry& entry);
    void dawdle();
    void stored(std::string_view key, const Entry& entry) {
        if (storing) {
            storing(key, entry);
        }
    }
    bool endLease(std::string_view key, std::uint64_t token);

    std::unique_ptr<Backend> m_inner;
    const Clock& m_clock;
    const Options m_options;
    std::atomic<double> m_fails{0};
    std::atomic<double> m_late{0};
    std::atomic<std::int64_t> m_downUntil{0};
    std::atomic<std::uint64_t> m_failures{0};
    std::atomic<std::uint64_t> m_torn{0};
    Duration m_moved{};
    std::mutex m_mutex;
    Random m_random;
    std::map<std::string, Lease, std::less<>> m_leases;
    std::uint64_t m_nextToken = 1;
};

}  // namespace cachescope::test
