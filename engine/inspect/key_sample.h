// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/inspect/guard.h"
#include "engine/inspect/key_census.h"
#include "engine/inspect/key_figures.h"
#include "engine/inspect/server_facts.h"
#include "engine/redis/redis_address.h"

namespace cachescope::inspect {

/// A server to look at: where it is, and what guards it. Not null.
struct GuardedServer {
    RedisAddress address;
    std::shared_ptr<Guard> guard;
};

struct SampleOptions {
    std::size_t keys = 10'000;
    std::string separator = ":";
    const Clock* clock = &SystemClock::instance();  ///< runs in real time
};

/// Keys drawn at random from all primaries, in proportion to their numbers of keys.
struct KeySample {
    CensusView keys;                 ///< each once
    std::vector<ServerFacts> facts;  ///< of each server, in the order that was asked
    KeyFigures figures;
    std::uint64_t drawn = 0;  ///< how often a key was drawn, the same one again included
    std::int64_t taken = 0;   ///< when, in milliseconds on the first server's clock
    Duration took{};
    std::vector<std::string> missingRules;
};

/// A first picture within a tenth of a second or two, of a database of any size: RANDOMKEY,
/// pipelined, then TTL, type and size of each key that was drawn, in the same round trips.
///
/// A database with fewer keys than asked for is read as a whole with SCAN instead, and its figures
/// are exact. A key that is drawn twice counts once, so that the intervals are those of drawing
/// without putting back. Waits, on the calling thread, until `deadline`; ends early with
/// StoppableWaits. A user who may not use RANDOMKEY gets the first keys of SCAN instead, who may
/// not use SCAN keys drawn at random; noPermission where he may use neither. Otherwise fails as
/// GuardedConnection does. The servers must have the same database.
Result<KeySample> takeSample(const std::vector<GuardedServer>& servers,
                             const SampleOptions& options, TimePoint deadline);

/// The failure that one of the replies is, of the kind that passes by itself: the server loads its
/// data, or the cluster is down. The caller tries again later.
std::optional<Error> passingFailure(const std::vector<RedisReply>& replies,
                                    const std::string& subject);

}  // namespace cachescope::inspect
