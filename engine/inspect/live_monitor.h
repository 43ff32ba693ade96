// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/worker.h"
#include "engine/inspect/guarded_connection.h"
#include "engine/inspect/guarded_session.h"
#include "engine/inspect/live_metrics.h"

namespace cachescope::inspect {

/// Something that happened at one moment, to be marked in charts.
struct LiveMark {
    enum class Kind : std::uint8_t {
        evictions,      ///< keys began to be evicted; count: so many since the sample before
        failover,       ///< the server's role or replication changed
        configuration,  ///< detail: "maxmemory 100 -> 200"
        restart,
        statsReset,
        lost,   ///< no answer any more; detail: why
        found,  ///< and again
        walkBegan,
        walkEnded,
        captureBegan,
        captureEnded,
    };
    std::uint64_t number = 0;  ///< set by the monitor, counted from 1
    Kind kind = Kind::evictions;
    TimePoint at{};
    std::uint64_t count = 0;
    std::string detail;
};

/// One second of a server. Figures are those since the sample before.
struct LiveSample {
    std::uint64_t number = 0;  ///< counted from 1; a gap in time is none in numbers
    TimePoint at{};
    LiveFigures figures;
    std::optional<double> windowHitRatio;    ///< over LiveMonitorOptions::window
    std::optional<double> lifetimeHitRatio;  ///< since the server began to count
    std::uint64_t memory = 0, maxMemory = 0, residentMemory = 0;
    std::uint64_t clients = 0, blockedClients = 0, keys = 0, keysWithTtl = 0;
    double staleShare = 0;
    std::optional<Duration> ping;
    std::optional<double> due;                   ///< expirations due since the sample before
    std::optional<std::uint64_t> expiredEvents;  ///< where the server tells them already
    Meter::Figures own;                          ///< ours, since connecting
    Duration ownServerTime{};                    ///< estimated
};

struct LiveMonitorOptions {
    Duration interval = std::chrono::seconds{1};
    Duration window = std::chrono::seconds{10};
    Duration timeout = std::chrono::seconds{2};         ///< of an answer
    Duration configuration = std::chrono::seconds{10};  ///< between two looks at that
    std::size_t keptSamples = 3600;
    std::size_t keptMarks = 1000;
    /// How many keys are due after the first and up to the second moment, by the forecast; on the
    /// monitor's thread. Empty: not known.
    std::function<std::optional<double>(TimePoint, TimePoint)> due{};
};

/// Looks at a server every second while somebody watches, and keeps what it saw.
///
/// While nobody watches nothing is asked, and the next sample after that begins anew: no figure
/// covers a time that was not watched. A server that does not answer is asked again every second;
/// until then there are no samples, and `failure` says why: what there is, is old. Expired events
/// are heard only where the server sends them by itself, which is never asked for here. Any thread;
/// the end waits for no answer.
class LiveMonitor {
public:
    struct View {
        std::vector<LiveSample> samples;  ///< the oldest first
        std::vector<LiveMark> marks;
        std::optional<Error> failure;  ///< of the last look; noPermission as refusalOf() says
        /// What is left out because of permissions: "+latency|histogram", "+config|get".
        std::vector<std::string> missingRules;
        std::string version, role;
    };

    /// The session outlives the monitor.
    explicit LiveMonitor(GuardedSession& session, LiveMonitorOptions options = {});
    ~LiveMonitor();
    LiveMonitor(const LiveMonitor&) = delete;
    LiveMonitor& operator=(const LiveMonitor&) = delete;

    /// Not at first.
    void setWatched(bool isWatched);

    /// Something of our own to be marked, such as a walk.
    void mark(LiveMark::Kind kind, std::string detail = {});

    /// All samples and marks with higher numbers than those given.
    View view(std::uint64_t afterSample = 0, std::uint64_t afterMark = 0) const;

private:
    void run(Worker& self, const std::stop_token& stop);
    bool waitForNext(Worker& self, TimePoint next, const std::stop_token& stop);
    Result<void> look(const std::stop_token& stop);
    using Ask = std::function<Result<std::vector<RedisReply>>(std::vector<RedisCommand>)>;
    Result<LiveSnapshot> takeSnapshot(const std::stop_token& stop);
    Result<LiveSnapshot> takeCounters(const Ask& ask);
    void lookAtConfiguration(const std::stop_token& stop);
    void hearEvents();
    void add(LiveSnapshot snapshot);
    void noteChanges(const LiveSnapshot& snapshot, const LiveFigures& figures);
    void fail(const Error& failure);
    void needRule(const Error& refused);
    void beginAnew();

    GuardedSession& m_session;
    const LiveMonitorOptions m_options;
    const Clock& m_clock;
    std::atomic<bool> m_isWatched{false};

    // The worker's alone.
    std::deque<LiveSnapshot> m_window;    // up to the window's length, the oldest first
    std::optional<LiveSnapshot> m_first;  // since the counters can be compared
    std::optional<LiveSnapshot> m_known;  // the last one, also across a time nobody watched
    std::vector<std::pair<std::string, std::string>> m_configuration;
    TimePoint m_nextConfiguration{};
    std::unique_ptr<GuardedConnection> m_events;
    std::uint64_t m_heard = 0;
    bool m_evicts = false;
    // What was refused is not asked again each second: servers log that.
    bool m_asksLatency = true;
    bool m_asksConfiguration = true;
    Duration m_ownServerTime{};

    mutable std::mutex m_mutex;
    std::deque<LiveSample> m_samples;
    std::deque<LiveMark> m_marks;
    std::uint64_t m_sampleNumber = 0;
    std::uint64_t m_markNumber = 0;
    View m_status;    // without samples and marks
    Worker m_worker;  // last: it uses everything above
};

}  // namespace cachescope::inspect
