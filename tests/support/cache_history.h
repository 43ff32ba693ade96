// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cache/cache.h"

namespace cachescope::test {

/// When what was loaded earlier was voided: for one key, tag, space or everything.
class VoidLog {
public:
    /// What began before `begun` must not be served to who asks after `ended`.
    void add(std::uint64_t begun, std::uint64_t ended);
    /// For who asked at `asked`: what he is served must have begun after this; 0: no matter.
    std::uint64_t before(std::uint64_t asked) const noexcept;

    /// The latest attempt, successful or not: its beginning or its end, and when it was.
    std::uint64_t attempted = 0;
    TimePoint attemptedAt{};

private:
    struct Voided {
        std::uint64_t ended;
        std::uint64_t begun;  // the largest up to here
    };
    std::vector<Voided> m_voided;
};

/// What happened to a cache under test, and whether it was allowed to.
///
/// The test says when it asks, loads and invalidates; each answer is held against what it said: the
/// right key, a value that a load of the key gave, not older than the options of the key allow, not
/// from before an invalidation, not late, and a failure only where nothing else could be served.
/// Moments are numbered in the order in which they happen. Values name the load they come from. The
/// first violations become failures of the test, each with what happened to the key last. One
/// thread.
class CacheHistory {
public:
    static constexpr std::size_t kTags = 8;
    static constexpr std::size_t kSpaces = 3;

    struct Key {
        std::string name;
        CacheOptions options;
        unsigned tags = 0;  ///< of the options, one bit each
        std::optional<std::size_t> space{};
    };
    enum class Outcome : std::uint8_t { running, gave, failed, cancelled };
    struct LoadOf {
        std::size_t key = 0;
        std::uint64_t asked = 0;  ///< when the request began that it is for
        std::uint64_t begun = 0;
        TimePoint begunAt{};
        std::uint64_t version = 0;
        Outcome outcome = Outcome::running;
        TimePoint endedAt{};
        bool absent = false;
        bool store = true;
        std::optional<Duration> ownTtl{};
        unsigned tags = 0;
        std::optional<TimePoint> servedFresh{};  ///< the last hit, by which a TTL slides
    };

    CacheHistory(std::uint64_t seed, const Clock& clock, std::vector<Key> keys);

    // --- What the test does ---

    /// A request begins; its number.
    std::size_t ask(std::size_t key, bool insideOther);
    /// fetch() has returned.
    void asked(std::size_t request);
    /// The first look at the backend for a request: what it got.
    void looked(std::size_t request, std::string_view key, const std::optional<Entry>* found);
    /// A mark could not be read: what heeds marks may have to be loaded anew.
    void marksUnread() { m_latestUnread = next(); }
    /// The cache calls the load of a request; its number.
    std::size_t begin(std::size_t request, std::uint64_t version);
    /// It is about to end so. What it is to give:
    Loaded give(std::size_t load, bool absent, bool store, std::optional<Duration> ownTtl,
                unsigned tags);
    Error fail(std::size_t load, bool cancelled);
    std::string textOf(std::size_t load) const;

    /// The moment before an invalidation, which is attempted of all these from now on.
    std::uint64_t voiding(const std::vector<VoidLog*>& logs);
    void voided(const std::vector<VoidLog*>& logs, std::uint64_t begun, bool ok);
    VoidLog& ofKey(std::size_t key) { return m_ofKeys[key]; }
    VoidLog& ofAllKeys() { return m_ofAllKeys; }
    VoidLog& ofTag(std::size_t tag) { return m_ofTags[tag]; }
    VoidLog& ofSpace(std::size_t space) { return m_ofSpaces[space]; }
    VoidLog& ofEverything() { return m_ofEverything; }

    /// Since the present operation of the test began, calls have moved the clock by this.
    Duration dawdled{};

    // --- What is checked ---

    void answered(std::size_t request, const Result<Fetched>& result);
    /// The backend is told to store this in place of `before`.
    void storing(std::string_view key, const Entry& entry, const std::optional<Entry>& before);
    /// Nobody waits who should have been answered by now.
    void nobodyIsLate();
    /// All loads have ended and time went on: nobody waits. The counters fit what happened.
    void ended(const StatsSnapshot& stats, std::optional<std::uint64_t> failuresOfBackend);

    const Key& key(std::size_t number) const { return m_keys[number]; }
    const LoadOf& load(std::size_t number) const { return m_loads[number]; }
    std::size_t keyOf(std::size_t request) const { return m_requests[request].key; }
    std::size_t keyCount() const noexcept { return m_keys.size(); }
    std::uint64_t hash() const noexcept { return m_hash; }
    std::uint64_t violations() const noexcept { return m_violations; }
    std::uint64_t answers() const noexcept { return m_answers; }
    /// How often each kind of answer was given, to see that the test sees all of them.
    struct Kinds {
        std::uint64_t fresh = 0, revalidating = 0, loadFailed = 0, slowLoad = 0, absent = 0,
                      waited = 0, failures = 0, remembered = 0, timedOut = 0;
    };
    const Kinds& kinds() const noexcept { return m_kinds; }

private:
    struct Request {
        std::size_t key;
        std::uint64_t begun;
        TimePoint at;
        TimePoint deadline = kNever;
        bool insideOther = false;
        bool isAsking = true;
        bool looked = false;
        bool answered = false;
        // What the first look found that could stand in for a load.
        std::optional<std::size_t> fallback{};
        TimePoint fallbackUntil{};
    };
    struct Trail {
        std::uint64_t moment;
        TimePoint at;
        const char* what;
        std::uint64_t number;
    };
    static constexpr std::size_t kTrailLength = 40;

    std::uint64_t next() noexcept { return ++m_moment; }
    static std::string inSeconds(TimePoint moment);
    void note(std::size_t key, const char* what, std::uint64_t number);
    void violated(std::size_t key, const std::string& what);
    std::optional<std::size_t> loadOf(std::size_t key, std::string_view text) const;
    std::optional<Duration> ttlOf(const LoadOf& load) const;
    std::uint64_t voidBefore(const LoadOf& load, std::uint64_t asked) const;
    static bool mayBeVoid(const LoadOf& load, const VoidLog& log);
    bool mayBeVoid(const LoadOf& load) const;
    bool mayBeDoubtful(const LoadOf& load, const Request& request) const;
    void checkValue(Request& request, const Fetched& fetched);
    void checkAge(const Request& request, LoadOf& load, const Fetched& fetched);
    void checkFailure(const Request& request, const Error& error);
    void hashIn(std::uint64_t number) noexcept;

    const std::uint64_t m_seed;
    const Clock& m_clock;
    const std::vector<Key> m_keys;
    std::uint64_t m_moment = 0;
    std::vector<LoadOf> m_loads;
    std::vector<Request> m_requests;
    std::vector<std::vector<std::size_t>> m_running;  // loads, of each key
    std::deque<std::pair<TimePoint, std::size_t>> m_deadlines;
    std::vector<std::deque<Trail>> m_trails;
    std::vector<VoidLog> m_ofKeys;
    VoidLog m_ofAllKeys;
    std::array<VoidLog, kTags> m_ofTags;
    std::array<VoidLog, kSpaces> m_ofSpaces;
    VoidLog m_ofEverything;
    std::uint64_t m_latestMark = 0;
    std::uint64_t m_latestUnread = 0;
    std::uint64_t m_hash = 0;
    std::uint64_t m_violations = 0;
    std::uint64_t m_answers = 0;
    std::uint64_t m_failedLoads = 0;
    Kinds m_kinds;
};

}  // namespace cachescope::test
