// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"
#include "engine/redis/redis_address.h"

namespace cachescope {

/// How to start a server process.
struct RedisProcessOptions {
    std::string executable;              ///< its path, as findRedisServer() gives it
    std::vector<std::string> arguments;  ///< must make it listen at `address` and stay in front
    RedisAddress address;                ///< where it will answer
    std::string logFile;                 ///< takes its output; its last line explains a failure
    Duration timeout = std::chrono::seconds{5};  ///< until it must answer, in real time
};

/// The path of redis-server (or valkey-server, which behaves the same) in PATH, or nothing.
std::optional<std::string> findRedisServer();

/// A redis-server that runs as a child of this process, and ends with it.
///
/// start() returns once the server answers, or with what kept it from that. On Linux the kernel
/// ends the child when this process dies, however that happens; everywhere the destructor asks it
/// to end, insists after two seconds, and waits for it. Make and destroy it on any thread, use it
/// on one.
class RedisProcess {
public:
    /// io when the process cannot be made or ends at once, with the last line of its log; timedOut
    /// when it does not answer in time. `clock` must run in real time.
    static Result<std::unique_ptr<RedisProcess>> start(
        const RedisProcessOptions& options, const Clock& clock = SystemClock::instance());

    ~RedisProcess();
    RedisProcess(const RedisProcess&) = delete;
    RedisProcess& operator=(const RedisProcess&) = delete;

    pid_t pid() const noexcept { return m_pid; }
    /// False once the process has ended, for whatever reason.
    bool running() const;

private:
    explicit RedisProcess(const RedisProcessOptions& options);
    Result<void> waitUntilItAnswers(const RedisProcessOptions& options, const Clock& clock);
    void live(const RedisProcessOptions& options, Worker& worker);
    bool waitForEnd(int milliseconds) const;

    std::mutex m_mutex;
    std::condition_variable m_forked;
    bool m_forkDone = false;
    int m_forkFailure = 0;  // errno of pipe, fork or exec
    pid_t m_pid = -1;
    int m_lifeline = -1;  // reads the end of the stream when the child ends
    // The kernel ties the child's life to the thread that forked it, so that thread stays as long.
    std::unique_ptr<Worker> m_worker;
};

}  // namespace cachescope
