// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/backend/guard_figures.h"
#include "engine/cache/cache.h"
#include "engine/core/histogram.h"
#include "engine/sim/data_versions.h"
#include "engine/sim/lane_backend.h"
#include "engine/sim/lane_event.h"
#include "engine/sim/lane_metrics.h"
#include "engine/sim/origin.h"
#include "engine/sim/scenario.h"
#include "engine/sim/workload.h"

namespace cachescope::sim {

class StoreUsers;

/// What all lanes of a run share.
struct LaneContext {
    const BackendRegistry* registry = nullptr;
    const ManualClock* clock = nullptr;
    const Clock* stopwatch = nullptr;  ///< null: backend calls cost no time
    Scheduler* scheduler = nullptr;
    DataVersions* data = nullptr;
    StoreUsers* stores = nullptr;  ///< may be null where no lane has a `store`
    std::uint64_t seed = 0;
    std::string runId;             ///< part of every key and folder a lane uses outside
    std::string scratchDirectory;  ///< where a file lane without a path of its own keeps its files
    std::function<void(LaneEvent)> onEvent;  ///< may be empty
};

/// A lane's figures and condition at one moment.
struct LaneState {
    LaneId id = 0;
    LaneSpec spec;
    LaneTotals totals;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint32_t running = 0;  ///< calls of the origin under way
    std::uint64_t queued = 0;   ///< calls waiting for the origin
    bool backendDown = false;   ///< switched off, or hangs
    bool backendHangs = false;
    std::optional<Error> trouble;  ///< of the backend's latest call
    GuardFigures guards;           ///< what stands between cache and store
    HistogramSnapshot loads;       ///< how long the cache's loads took
};

/// One cache in front of its own copy of the origin; or no cache at all.
///
/// Takes each request of the run, asks its cache, and records latency = simulated wait + measured
/// backend calls. In a store that it shares with others (Redis, a given folder) it touches only
/// what lies under a prefix or folder of its own, and removes that when it ends; the last one does
/// where lanes have a `store` together. One thread.
class Lane {
public:
    Lane(LaneId id, LaneSpec spec, const OriginSpec& origin, LaneContext context);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    LaneId id() const noexcept { return m_id; }
    const LaneSpec& spec() const noexcept { return m_spec; }

    void request(const Request& request, const KeySpace& keys);
    void removeExpired();

    /// Other options, which must be valid; the entries stay unless backend, capacity, policy,
    /// breaker or recovery change.
    void edit(LaneSpec spec);
    /// Refused where another option does not allow it.
    Result<void> setTtl(std::optional<Duration> ttl);
    /// What the lane's process held in memory is gone, its loads fail.
    void restart();
    /// Ends the lane for good: loads fail, what it stored outside is removed.
    void close();

    /// All users' entries of it.
    Result<std::uint64_t> invalidate(std::string_view key);
    Result<std::uint64_t> invalidateMatching(std::string_view pattern);
    Result<std::uint64_t> invalidateAll();
    Result<void> invalidateTag(std::string_view tag);
    Result<void> invalidateSpace(std::string_view space);
    Result<void> invalidateAllByMark();
    void setBackend(BackendCondition condition);
    Origin& origin() noexcept { return m_origin; }

    LaneTotals totals() const;
    LaneState state() const;
    LaneSample sample(Duration interval) {
        return m_metrics.take(m_id, m_spec.cached(), totals(), interval);
    }

private:
    // One request under way: what its completion needs to know.
    struct Pending {
        TimePoint begun{};
        Duration spent{};
        std::uint32_t key = 0;
        std::uint32_t user = Request::kNobody;
        std::uint32_t serial = 0;  // of the slot's present request
        bool open = false;
        bool loads = false;  // it has called the origin
        std::string name;    // of the key, if somebody wants to know
    };
    // Names a request for as long as anybody may speak of it: loads in the background end after
    // the request that began them, when its slot may be another's.
    struct Ticket {
        std::uint32_t slot = 0;
        std::uint32_t serial = 0;
    };
    static constexpr std::uint32_t kNobody = ~std::uint32_t{0};

    void openCache();
    void closeCache();
    void takeOptions();
    /// Empties the place where the entries lie and ends the cache, unless others use the place.
    void leavePlace();
    /// The TTL that the key's namespace has, where that rules what was loaded.
    std::optional<Duration> namespaceTtl(std::string_view key, bool absent) const;
    Ticket openTicket(const Request& request);
    /// Null once the request is answered.
    Pending* find(Ticket ticket);
    void load(Ticket ticket, const Request& request, std::string name, LoadDone done);
    void loaded(Ticket ticket, TimePoint begun, const std::string& name, LoadResult result,
                const LoadDone& done);
    void finish(Ticket ticket, const Result<Fetched>& result);
    LaneEvent eventOf(EventKind kind, std::string_view key) const;
    void report(const Removal& removal);
    /// What an answer is beside its source.
    struct Truth {
        bool outdated = false;  // the data has changed since it was made
        bool leaked = false;    // it was made for another user
    };
    void report(EventKind kind, std::string_view key, std::uint32_t number, Duration latency,
                Truth truth, const Result<Fetched>& result);
    template <class Invalidate>
    Result<std::uint64_t> invalidateBy(Invalidate invalidate);
    template <class Invalidate>
    Result<void> markBy(Invalidate invalidate);

    const LaneId m_id;
    LaneSpec m_spec;
    LaneContext m_context;
    Origin m_origin;
    std::unique_ptr<Cache> m_cache;
    LaneBackend* m_backend = nullptr;  // owned by the cache
    BackendCondition m_condition = BackendCondition::up;
    CacheOptions m_options;  // of the spec, with what the spec implies
    std::map<std::string, Duration, std::less<>> m_namespaceTtls;  // of the spec
    bool m_closed = false;
    StatsSnapshot m_past;  // of caches before the present one, and of a lane without a cache
    HistogramSnapshot m_pastLoads;
    std::uint64_t m_leaks = 0;
    std::shared_ptr<const std::string> m_seat;  // in the store that it shares; null without one
    LatencyHistogram m_latency;
    LaneMetrics m_metrics;
    std::uint32_t m_present = kNobody;  // the request being made at this moment
    std::string_view m_presentKey;
    std::vector<Pending> m_pending;
    std::vector<std::uint32_t> m_freePending;
};

}  // namespace cachescope::sim
