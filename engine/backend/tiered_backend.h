// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"
#include "engine/backend/change_feed.h"
#include "engine/backend/recovery_queue.h"
#include "engine/backend/upper_level.h"

namespace cachescope {

/// Two levels: copies in this process's memory over any other backend. `tiered:` before its URL.
///
///     get ──► UpperLevel ── not there ──► RecoveryQueue ──► CircuitBreaker ──► the lower backend
///                 ▲                                                                  │
///                 └────────────── dropped: what a ChangeFeed says that others changed ┘
///
/// The lower one has every entry; the upper one has copies of some, and nothing that the lower one
/// is known to have removed. Changes take effect below first and above afterwards, so that a reader
/// in between finds the old or the new value, and whoever reads after the change has returned never
/// the old one (UpperLevel says why). Entry::level is 1 for what came from below. What others
/// change is dropped as soon as the feed tells. Before the feed is whole, and from the moment it is
/// not until it is again, the upper level is empty and not used, unless `longest` allows copies of
/// that age. A store that others share and that has no feed needs `longest`.
///
/// What only waits in the RecoveryQueue is not copied, because another process may overtake it, nor
/// what is under a reserved key (reserved_keys.h). A lower backend that fails, fails the call;
/// copies are served as long as the feed is whole. Counts, scans, leases, capabilities and the
/// removal listener are those below: the listener hears nothing of copies. Any thread.
class TieredBackend final : public Backend, private ChangeListener {
public:
    struct Parts {
        std::unique_ptr<Backend> upper;  ///< keeps to this process and does not fail
        std::unique_ptr<Backend> lower;
        RecoveryQueue* queue = nullptr;  ///< in `lower`, if there is one
        ChangeFeedMaker feed{};  ///< nothing: nobody else changes the lower one, or `longest`
    };

    TieredBackend(std::string url, Parts parts, UpperLevel::Options options);
    ~TieredBackend() override;

    /// The parameters of tieredBackendKind(); everything else in `url` and `config` is for the
    /// lower backend, which `registry` makes.
    static Result<std::unique_ptr<Backend>> make(const BackendUrl& url, const BackendConfig& config,
                                                 const BackendRegistry& registry);

    /// Whether copies are being used at this moment.
    bool usesUpper() const noexcept {
        return m_feed == nullptr || m_trustsAge || m_feed->isWhole();
    }
    BackendStat upperStat() { return m_upper.stat(); }
    Backend* below() noexcept override { return m_lower.get(); }

    std::string url() const override { return m_url; }
    BackendCapabilities capabilities() const override { return m_lower->capabilities(); }
    Result<std::optional<Entry>> get(std::string_view key) override;
    Result<void> set(std::string_view key, const Entry& entry) override;
    Result<std::vector<std::optional<Entry>>> getMany(std::span<const std::string> keys) override;
    std::vector<Result<void>> setMany(std::span<const KeyedEntry> entries) override;
    Result<bool> erase(std::string_view key) override;
    Result<std::uint64_t> clear() override;
    Result<ScanPage> scan(const std::string& cursor, std::string_view pattern,
                          std::size_t limit) override;
    Result<BackendStat> stat() override { return m_lower->stat(); }
    Result<std::uint64_t> removeExpired(std::size_t limit) override;
    Result<std::uint64_t> eraseMatching(std::string_view pattern) override;
    Result<bool> touch(std::string_view key, TimePoint expires) override;
    Result<std::optional<std::uint64_t>> acquireLease(std::string_view key, Duration span) override;
    Result<bool> setAndRelease(std::string_view key, const Entry& entry,
                               std::uint64_t token) override;
    Result<void> releaseLease(std::string_view key, std::uint64_t token) override;
    Result<void> flush() override { return m_lower->flush(); }
    Result<void> check() override { return m_lower->check(); }
    void setRemovalListener(RemovalListener listener) override;

private:
    // How things stood before the lower backend was called.
    struct Before {
        UpperLevel::Mark mark = 0;
        bool mayCopy = false;
        std::uint64_t waited = 0;  // of the queue
    };

    void changed(std::string_view key) override { m_upper.drop(key); }
    void everythingChanged() override { m_upper.dropAll(); }

    Before before(std::string_view key) const;
    bool mayCopyAfter(const Before& before) const;

    const std::string m_url;
    const bool m_trustsAge;
    UpperLevel m_upper;
    const std::unique_ptr<Backend> m_lower;
    RecoveryQueue* const m_queue;
    RemovalListener m_listener;
    std::unique_ptr<ChangeFeed> m_feed;  // last: it calls this until it is gone
};

/// `tiered:`, for BackendRegistry. `registry` says where lower backends come from.
///
/// Parameters: upper_entries and upper_bytes (bounds of the upper level; kDefaultUpperBytes where
/// neither is given), upper_policy, upper_ttl (the longest a copy stays; 0, as long as below; over
/// a shared store without a feed kDefaultUnfedTtl), breaker and recovery (on or off).
BackendKind tieredBackendKind(const BackendRegistry& (*registry)() = &BackendRegistry::builtin);

inline constexpr std::uint64_t kDefaultUpperBytes = std::uint64_t{64} << 20;
inline constexpr Duration kDefaultUnfedTtl = std::chrono::seconds{1};

}  // namespace cachescope
