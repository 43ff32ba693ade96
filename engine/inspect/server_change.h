// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/worker.h"
#include "engine/inspect/key_changes.h"
#include "engine/inspect/server_facts.h"
#include "engine/inspect/server_run.h"

namespace cachescope::inspect {

/// The deadline of a key before and after a change; kNoExpiry where there is none.
struct FormerDeadline {
    std::size_t target = 0;  ///< its number
    std::int64_t before = 0;
    std::int64_t after = 0;
};

/// The part of a ChangeRun at one server, on a thread of its own. All that it is given outlives it.
/// wake(), progress(), formers() and changedKeys() from any thread.
class ServerChange {
public:
    struct Task {
        GuardedServer server;
        std::size_t number = 0;  ///< whose targets are its own
        const ChangeTargets& targets;
        const KeyChange& change;
        /// Of an undo, in the order of the targets' numbers; otherwise null.
        const std::vector<FormerDeadline>* undo = nullptr;
        const ChangeOptions& options;
        RunControl& shared;
    };

    explicit ServerChange(Task task);
    ~ServerChange();
    ServerChange(const ServerChange&) = delete;
    ServerChange& operator=(const ServerChange&) = delete;

    void wake() { m_worker.wake(); }
    ChangeProgress progress() const;
    /// What can be undone; only once the part has ended.
    const std::vector<FormerDeadline>& formers() const noexcept { return m_formers; }
    /// What is known of keys by now; only once the part has ended.
    const std::vector<ChangedKey>& changedKeys() const noexcept { return m_changed; }

private:
    struct Item {
        std::size_t target = 0;
        std::string name;
        std::int64_t before = 0;  // of an undo: that the key has to have still
        std::int64_t after = 0;   // that is to be set
        bool open = true;         // nothing is known of it yet
        bool sent = false;        // the change has been asked for, perhaps in vain
    };

    void run(Worker& worker);
    Result<void> change(Worker& worker);
    void countTargets();
    void fetch(std::size_t most);
    Result<void> connectAgain(Worker& worker);
    Result<void> connect();
    Result<void> batch();
    Result<std::vector<RedisReply>> ask();
    Result<void> removeAll();
    Result<void> readDeadlines();
    bool plan(Item& item, std::int64_t present) const;
    Result<void> setDeadlines();
    void settle(const Item& item, const RedisReply& read, const RedisReply& written, bool wasSent);
    std::vector<bool> markSent();
    RedisCommand reading(const Item& item) const;
    RedisCommand writing(const Item& item) const;
    std::int64_t deadlineIn(const RedisReply& reply) const;
    std::int64_t serverNow() const;
    bool isSame(std::int64_t one, std::int64_t other) const;
    void refuse(const RedisCommand& command, const RedisReply& reply, Result<void>& fatal);
    bool isStopped() const { return m_task.shared.stopped; }
    void publish();

    const Task m_task;
    const std::string m_subject;

    ChangeProgress m_published;  // guarded by the shared mutex

    // The thread's own.
    std::unique_ptr<GuardedConnection> m_connection;
    std::optional<ServerFacts> m_facts;
    bool m_readsAbsolute = false;
    Duration m_clockAhead{};        // of the server's, as it last said
    std::int64_t m_serverTime = 0;  // at the last round trip
    WalkPace m_pace;
    std::size_t m_next = 0;  // target, or place in the undo
    std::vector<Item> m_items;
    std::vector<RedisCommand> m_commands;
    int m_failures = 0;  // in a row
    ChangeProgress m_progress;
    std::vector<FormerDeadline> m_formers;
    std::vector<ChangedKey> m_changed;

    Worker m_worker;  // last
};

}  // namespace cachescope::inspect
