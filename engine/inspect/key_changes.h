// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/error.h"
#include "engine/inspect/key_census.h"
#include "engine/inspect/key_sample.h"
#include "engine/inspect/walk_pace.h"

namespace cachescope::inspect {

class ServerChange;
struct RunControl;

/// What is to be done with keys. A value.
struct KeyChange {
    enum class Kind : std::uint8_t {
        remove,    ///< UNLINK
        expireIn,  ///< `ttl` from the moment at which the key's turn comes
        spread,    ///< what is left of the TTL, by up to `part` of it longer or shorter
        persist,   ///< no TTL
    };

    Kind kind = Kind::remove;
    Duration ttl{};          ///< of expireIn: a millisecond to a hundred years
    double part = 0.1;       ///< of spread: over 0, at most 0.9
    std::uint64_t seed = 1;  ///< of spread: the same one moves a key by the same share of its TTL

    static KeyChange remove() { return {}; }
    static KeyChange expireIn(Duration ttl) { return {Kind::expireIn, ttl}; }
    static KeyChange spread(double part, std::uint64_t seed = 1) {
        return {Kind::spread, {}, part, seed};
    }
    static KeyChange persist() { return {Kind::persist}; }

    /// outOfRange, about "ttl" or "part".
    Result<void> check() const;
    bool operator==(const KeyChange&) const = default;
};

struct ChangeTarget {
    std::string_view name;                 ///< any bytes
    std::size_t server = 0;                ///< of those that the run is given
    std::uint64_t bytes = kSizeUnknown;    ///< as it was last known, for previews
    std::uint32_t number = kNoKeyNumber;   ///< in the census that it was chosen from, if any
    std::int64_t expiry = kExpiryUnknown;  ///< as it was last known, for previews
};

/// Instead of a deadline: the run itself has removed the key.
inline constexpr std::int64_t kKeyRemoved = -3;

/// What a run has learnt of a key, whether it has changed it or left it alone. A value.
struct ChangedKey {
    std::size_t target = 0;   ///< its number among the targets
    std::int64_t expiry = 0;  ///< its deadline now, kNoExpiry, kKeyRemoved, or, if it was not
                              ///< there when its turn came, kKeyGone
    bool operator==(const ChangedKey&) const = default;
};

/// The keys that are to be changed, by number: a list or a selection of a census, of any length
/// and without a copy. What `at` returns is valid as long as a copy of it lives. `at` is called
/// from several threads. A value; cheap to copy.
struct ChangeTargets {
    std::size_t count = 0;
    std::function<ChangeTarget(std::size_t)> at;

    struct Named {
        std::string name;
        std::size_t server = 0;
        std::uint64_t bytes = kSizeUnknown;
        std::uint32_t number = kNoKeyNumber;
        std::int64_t expiry = kExpiryUnknown;
    };
    static ChangeTargets of(std::vector<Named> keys);
    /// Those of the census with these numbers.
    static ChangeTargets of(CensusView view, std::vector<std::uint32_t> numbers);
};

struct ChangeOptions {
    WalkPace::Mode pace = WalkPace::Mode::gentle;
    Duration connectTimeout = std::chrono::seconds{5};
    Duration timeout = std::chrono::seconds{10};    ///< of a round trip
    int reconnects = 5;                             ///< how often in a row
    const Clock* clock = &SystemClock::instance();  ///< runs in real time; outlives the run
};

/// How far a run has come, over one server or all.
struct ChangeProgress {
    enum class State : std::uint8_t { running, paused, done, stopped, failed };

    /// Why keys could not be changed, such as a slot that has moved.
    struct Reason {
        Error error;
        std::uint64_t keys = 0;
    };

    State state = State::running;
    std::uint64_t targets = 0;
    std::uint64_t done = 0;    ///< changed
    std::uint64_t gone = 0;    ///< were not there any more
    std::uint64_t left = 0;    ///< had nothing to change: no TTL to spread or to remove; of undo():
                               ///< have another deadline by now, or the former one has passed
    std::uint64_t failed = 0;  ///< the server refused; `reasons` say why
    std::uint64_t unsure = 0;  ///< asked for when the connection was lost: perhaps changed
    Duration active{};         ///< without pauses
    std::optional<Duration> remaining;  ///< by the pace so far; nothing: too early
    bool backsOff = false;              ///< the server has become slower, the run too
    std::vector<Reason> reasons;        ///< some kinds at most
    std::optional<Error> failure;       ///< that ended it; what was done is kept

    bool hasEnded() const noexcept { return state != State::running && state != State::paused; }
    std::uint64_t handled() const noexcept { return done + gone + left + failed + unsure; }
};

/// Changes keys of all servers side by side: removes them, or sets their TTLs.
///
/// Begins when it is made, on a thread a server, and rests between short pipelines, as a gentle
/// walk does, so that others hardly notice. Needs the guards unlocked, otherwise it fails with
/// noPermission before anything is sent; locking them ends it. A lost connection is made again,
/// unless the server was started anew meanwhile: then the run fails with `closed`. Of a TTL, the
/// deadline of before is read in the same round trip and remembered, so that undo() can bring it
/// back. A removal has no undo. Nobody is called back: ask progress(). Any thread.
class ChangeRun {
public:
    ChangeRun(std::vector<GuardedServer> servers, ChangeTargets targets, const KeyChange& change,
              ChangeOptions options = {});
    /// Stops it, and waits for its threads, also where a server is silent.
    ~ChangeRun();
    ChangeRun(const ChangeRun&) = delete;
    ChangeRun& operator=(const ChangeRun&) = delete;

    void pause();
    void resume();
    /// For good. Does not wait; what has been sent is waited for, so that the counts are right.
    void stop();
    /// Waits until the run has ended, or the deadline; whether it has.
    bool waitForEnd(TimePoint deadline) const;

    ChangeProgress progress() const;
    const KeyChange& change() const noexcept { return m_change; }

    const ChangeTargets& targets() const noexcept { return m_targets; }
    /// What is known of single keys after the run, also after one that was stopped or has failed,
    /// or that was an undo: nothing of those that the server refused, or of which no answer came.
    /// Those of a server in the order of their turns. Copies; empty while the run goes on.
    std::vector<ChangedKey> changedKeys() const;

    /// How many keys undo() would bring back; 0 while the run goes on, and for removals.
    std::uint64_t undoable() const;
    /// A run that brings the deadlines of before back, for keys that still have the deadline that
    /// this run gave them. A key that was written anew without a TTL cannot be told from one whose
    /// TTL this run removed. A former deadline that has passed is not brought back, since that
    /// would remove the key. Null where undoable() is 0.
    std::unique_ptr<ChangeRun> undo() const;

private:
    struct Undo;

    ChangeRun(std::vector<GuardedServer> servers, ChangeTargets targets, const KeyChange& change,
              ChangeOptions options, std::shared_ptr<const Undo> undo);

    const std::vector<GuardedServer> m_servers;
    const ChangeTargets m_targets;
    const KeyChange m_change;
    const ChangeOptions m_options;
    const std::shared_ptr<const Undo> m_undo;  // null: this is none
    const std::unique_ptr<RunControl> m_shared;
    std::vector<std::unique_ptr<ServerChange>> m_parts;  // last: their threads use the others
};

}  // namespace cachescope::inspect
