// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/error.h"
#include "engine/inspect/key_census.h"
#include "engine/inspect/key_sample.h"
#include "engine/inspect/server_facts.h"
#include "engine/inspect/walk_pace.h"

namespace cachescope::inspect {

class ServerWalk;
struct RunControl;

struct WalkOptions {
    WalkPace::Mode pace = WalkPace::Mode::gentle;
    bool readsIdle = false;  ///< OBJECT IDLETIME or FREQ of each key too: another look-up
    std::string separator = ":";
    Duration connectTimeout = std::chrono::seconds{5};
    Duration pageTimeout = std::chrono::seconds{10};
    int reconnects = 5;  ///< how often in a row, when a connection is lost
    const Clock* clock = &SystemClock::instance();  ///< runs in real time; outlives the walk
};

/// How far a walk has come, over one server or all.
struct WalkProgress {
    enum class State : std::uint8_t {
        running,
        paused,
        done,     ///< every key that was there all the time has been seen
        stopped,  ///< by stop()
        failed,   ///< what was read is kept
    };

    State state = State::running;
    std::uint64_t keys = 0;        ///< that were read
    std::uint64_t expected = 0;    ///< that the server has, as it last said; 0: not known
    std::uint64_t duplicates = 0;  ///< that SCAN gave again
    std::uint64_t vanished = 0;    ///< that were gone before they were read
    std::uint64_t pages = 0;
    double fraction = 0;                ///< of the walk
    Duration active{};                  ///< without pauses
    std::optional<Duration> remaining;  ///< by the pace of the last seconds; nothing: too early
    std::uint64_t count = 0;            ///< SCAN's COUNT at present
    bool backsOff = false;              ///< the server has become slower, the walk too
    std::optional<Error> failure;
    std::vector<std::string> missingRules;

    bool hasEnded() const noexcept { return state != State::running && state != State::paused; }
};

/// A walk over all keys of all primaries, side by side, each at the same pace: SCAN, and TTL, type
/// and size of every key, the next page overlapped with the keys of the one before.
///
/// Begins when it is made, on a thread a server. What is found goes into a census, which may be
/// viewed at any time. A key that SCAN gives twice is in it once; one that has gone meanwhile is
/// not. A lost connection is made again and the walk goes on, unless the server was started anew
/// meanwhile: then its data may be other, and the walk over it fails with `closed`. Nobody is
/// called back: ask progress(). A walk changes nothing but what SCAN does by itself: it removes
/// keys that are dead and still there. Any thread.
class KeyWalk {
public:
    explicit KeyWalk(std::vector<GuardedServer> servers, WalkOptions options = {});
    /// Stops it, and waits for its threads, which takes no longer than a moment.
    ~KeyWalk();
    KeyWalk(const KeyWalk&) = delete;
    KeyWalk& operator=(const KeyWalk&) = delete;

    void pause();
    void resume();
    /// For good. Does not wait.
    void stop();
    /// Waits until the walk has ended, or the deadline; whether it has.
    bool waitForEnd(TimePoint deadline) const;

    /// Of all servers together; `remaining` is that of the slowest.
    WalkProgress progress() const;
    /// Of each, in their order.
    std::vector<WalkProgress> progressByServer() const;
    /// Of each server that has answered so far.
    std::vector<std::optional<ServerFacts>> facts() const;

    CensusView view() const { return m_census->view(); }
    const KeyCensus& census() const noexcept { return *m_census; }
    /// The same for whoever looks keys up after the walk is gone.
    std::shared_ptr<const KeyCensus> sharedCensus() const noexcept { return m_census; }

private:
    const WalkOptions m_options;
    const std::shared_ptr<KeyCensus> m_census;
    const std::unique_ptr<RunControl> m_shared;
    std::vector<std::unique_ptr<ServerWalk>> m_parts;  // last: their threads use the others
};

}  // namespace cachescope::inspect
