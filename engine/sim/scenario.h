// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/cache/cache.h"
#include "engine/core/clock.h"

namespace cachescope::sim {

/// Names a lane for as long as it exists: 1, 2, 3 …; the smallest free number is given out.
using LaneId = std::uint32_t;

enum class ArrivalKind : std::uint8_t { poisson, constant };

struct ArrivalSpec {
    ArrivalKind kind = ArrivalKind::poisson;
    double ratePerSecond = 200;
};

enum class PopularityKind : std::uint8_t { zipf, uniform, hotSet };

/// A share of the keys that has a name in front: "product:17".
struct NamespaceSpec {
    std::string name;
    double share = 1;
};

struct KeySpec {
    PopularityKind kind = PopularityKind::zipf;
    std::uint64_t count = 500;
    double exponent = 0.99;   ///< zipf: the k-th key is asked for in proportion to 1/k^exponent
    double hotKeys = 0.1;     ///< hotSet: this share of the keys …
    double hotTraffic = 0.9;  ///< … gets this share of the requests
    std::vector<NamespaceSpec> namespaces{{"product", 1}};
};

/// A recorded stream of requests that replaces arrivals and keys.
struct TraceSpec {
    std::string file;
    bool loop = true;
    double speed = 1;     ///< 2: twice as fast as recorded
    bool sizes = true;    ///< values are as large as recorded, up to 1 MiB; else WorkloadSpec says
    std::string format;   ///< as traceFormatNamed() knows it; empty: automatic
    std::string columns;  ///< of CSV, as parseTraceColumns() reads them; empty: found by themselves
};

/// Who asks for what, and how often the data behind it changes.
struct WorkloadSpec {
    ArrivalSpec arrivals;
    KeySpec keys;
    Duration
        updateInterval{};  ///< mean time between changes of one key's data; 0: it never changes
    std::uint32_t valueBytes = 256;
    std::uint32_t users = 1;  ///< who ask, each as often as any other; 1 to kMostUsers
    std::optional<TraceSpec> trace;
};

inline constexpr std::uint32_t kMostUsers = 1'000'000;

enum class LatencyKind : std::uint8_t { constant, logNormal, bimodal };

struct LatencySpec {
    LatencyKind kind = LatencyKind::logNormal;
    Duration median = std::chrono::seconds{2};  ///< the value itself where constant
    double sigma = 0.1;                         ///< of the logarithm; logNormal and bimodal
    Duration slow = std::chrono::seconds{8};    ///< bimodal: the median of the slow calls
    double slowShare = 0.05;                    ///< bimodal: how many calls are slow
};

/// The slow handler behind every lane.
struct OriginSpec {
    LatencySpec latency;
    std::uint32_t concurrency = 0;  ///< calls at once, the rest queue; 0: no limit
    double failureRatio = 0;        ///< share of the calls that fail, after their latency
    double absentRatio = 0;         ///< share of the keys for which there is no data
    /// Share of the keys whose answers come with a TTL of their own, which is `ownTtl`.
    double ownTtlRatio = 0;
    Duration ownTtl = std::chrono::seconds{5};
    /// Share of the keys whose answers say that they are not to be stored.
    double unstoredRatio = 0;
    /// Share of the keys whose answers are made for the one who asks, where several users do.
    double personalRatio = 1;
};

/// The TTL of the keys of one namespace, which is the text before the first separator.
struct NamespaceTtl {
    std::string name;  ///< empty: keys without a separator
    Duration ttl{};    ///< zero: not stored

    bool operator==(const NamespaceTtl&) const = default;
};

/// One cache to compare, or none.
struct LaneSpec {
    std::string name;
    std::string backend = "memory:";  ///< a backend URL, or "none"
    CacheOptions options{.ttl = std::chrono::seconds{60}};
    std::uint64_t capacity = 0;  ///< entries; 0: no bound
    std::string policy;          ///< empty: the backend's default
    /// Each entry has the text before the first colon of its key as a tag of its own.
    bool namespaceTags = false;
    bool breaker = false;                             ///< a circuit breaker in front of the backend
    int breakerFailures = 5;                          ///< in a row, until it opens
    Duration breakerPause = std::chrono::seconds{1};  ///< the first one; doubles from then on
    Duration breakerMaxPause = std::chrono::seconds{30};  ///< the longest one
    bool recovery = false;  ///< invalidations that the backend missed are made up for
    /// Instead of the TTL of the options, for what is loaded for these keys; each name once.
    std::vector<NamespaceTtl> namespaceTtls;
    std::string separator = ":";  ///< of `namespaceTtls`; empty: no key has a namespace
    /// Lanes with the same text and backend share their entries, as processes do; empty: a place of
    /// the lane's own. Letters, digits, dots, hyphens and underscores.
    std::string store{};
    /// Each user has entries of their own: who asks is part of every key.
    bool varyByUser = false;

    bool cached() const noexcept { return backend != "none"; }
    bool operator==(const LaneSpec&) const = default;
};

/// outOfRange when the options or the TTLs of namespaces are not allowed; the subject is the
/// field's name in scenario files.
Result<void> validate(const LaneSpec& spec);

/// Things that can be done to a run, by a scenario's timetable or by hand. Without a lane they are
/// done to all lanes.
struct InvalidateKey {
    std::optional<LaneId> lane;
    std::string key;
};
struct InvalidateMatching {
    std::optional<LaneId> lane;
    std::string pattern;
};
struct InvalidateAll {
    std::optional<LaneId> lane;
};
/// By mark: nothing is removed; entries from before the mark are not served any more.
struct InvalidateTag {
    std::optional<LaneId> lane;
    std::string tag;
};
struct InvalidateSpace {
    std::optional<LaneId> lane;
    std::string space;
};
struct InvalidateAllByMark {
    std::optional<LaneId> lane;
};
struct OriginOutage {
    bool down = true;
};
struct BackendOutage {
    std::optional<LaneId> lane;
    bool down = true;
    bool hangs = false;  ///< while down, each call costs the lane's time-out before it fails
};
/// The program restarts: what its memory held is lost, loads under way fail.
struct RestartLane {
    std::optional<LaneId> lane;
};
struct SetTtl {
    std::optional<LaneId> lane;
    std::optional<Duration> ttl;
};
struct SetRate {
    double ratePerSecond = 0;
};
struct SetOrigin {
    OriginSpec origin;
};
struct SetWorkload {
    WorkloadSpec workload;
};
struct AddLane {
    LaneSpec lane;
};
struct EditLane {
    LaneId lane = 0;
    LaneSpec spec;
};
struct RemoveLane {
    LaneId lane = 0;
};
using Action =
    std::variant<InvalidateKey, InvalidateMatching, InvalidateAll, InvalidateTag, InvalidateSpace,
                 InvalidateAllByMark, OriginOutage, BackendOutage, RestartLane, SetTtl, SetRate,
                 SetOrigin, SetWorkload, AddLane, EditLane, RemoveLane>;

struct TimedAction {
    Duration at{};
    Action action;
};

/// Whether real time spent in backend calls is part of a request's latency.
enum class Timing : std::uint8_t {
    automatic,  ///< measured when paced by real time, simulated in virtual time
    simulated,  ///< no: the same seed gives the same latencies
    measured,   ///< yes
};

/// Everything a run is made of: the file that drives the window, the command line, a lesson and a
/// test. A value type. The format is described in docs/scenario-format.md.
struct Scenario {
    std::string name = "Untitled";
    std::string description;
    std::uint64_t seed = 1;
    Duration duration = std::chrono::minutes{1};
    Timing timing = Timing::automatic;
    WorkloadSpec workload;
    OriginSpec origin;
    std::vector<LaneSpec> lanes;  ///< lane ids are 1, 2, 3 … in this order
    std::vector<TimedAction> actions;
};

inline constexpr std::size_t kMaxLanes = 12;

}  // namespace cachescope::sim
