// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/worker.h"
#include "engine/inspect/key_questions.h"
#include "engine/inspect/key_walk.h"
#include "engine/inspect/server_run.h"
#include "engine/inspect/walk_meter.h"

namespace cachescope::inspect {

/// The part of a KeyWalk over one server, on a thread of its own. All that it is given outlives it.
/// wake(), progress() and facts() from any thread; stop it by `shared`, and wake it.
class ServerWalk {
public:
    ServerWalk(GuardedServer server, std::uint16_t number, const WalkOptions& options,
               KeyCensus& census, RunControl& shared);
    ~ServerWalk();
    ServerWalk(const ServerWalk&) = delete;
    ServerWalk& operator=(const ServerWalk&) = delete;

    void wake() { m_worker.wake(); }
    WalkProgress progress() const;
    std::optional<ServerFacts> facts() const;

private:
    struct Page {
        std::string cursor;
        std::vector<std::string> keys;
    };

    void run(Worker& worker);
    Result<void> walk(Worker& worker);
    bool isStopped() const { return m_shared.stopped; }
    Result<void> connectAgain(Worker& worker);
    Result<void> connect();
    Result<void> page();
    Result<Page> pageIn(RedisReply& reply) const;
    Result<void> keepPending();
    double fractionNow() const;
    void publish();

    const GuardedServer m_server;
    const std::string m_subject;
    const std::uint16_t m_number;
    const WalkOptions& m_options;
    KeyCensus& m_census;
    RunControl& m_shared;

    // Guarded by the shared mutex.
    WalkProgress m_progress;
    std::optional<ServerFacts> m_published;

    // The thread's own.
    std::unique_ptr<GuardedConnection> m_connection;
    ServerFacts m_facts;
    std::optional<KeyQuestions> m_questions;
    WalkPace m_pace;
    RemainingTime m_remaining;
    std::string m_cursor = "0";
    bool m_atEnd = false;
    std::vector<std::string> m_fresh;  // of the last page, and not asked about yet
    // Answered, and not in the census yet: that is done while the server works on the next page.
    struct Pending {
        std::vector<std::string> keys;
        KeyQuestions::Round round;
        std::vector<RedisReply> replies;
        std::size_t leading = 0;  // replies to other commands
        TimePoint came{};
    };
    Pending m_pending;
    std::vector<RedisCommand> m_commands;
    std::vector<NamedKey> m_found;
    std::uint64_t m_keys = 0;
    std::uint64_t m_expected = 0;
    std::uint64_t m_duplicates = 0;
    std::uint64_t m_vanished = 0;
    std::uint64_t m_pages = 0;
    int m_failures = 0;  // in a row
    double m_fraction = 0;
    Duration m_active{};

    Worker m_worker;  // last
};

}  // namespace cachescope::inspect
