// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/core/worker.h"

namespace cachescope::test {

/// A TCP server on a free port of 127.0.0.1 that says what a test tells it to: not a Redis.
///
/// The script is called for one accepted connection after the other, on a thread of its own. Make
/// and destroy on one thread.
class ScriptedServer {
public:
    /// One accepted connection. Calls end early when the server is to stop.
    class Peer {
    public:
        Peer(int fd, std::stop_token stop) : m_fd(fd), m_stop(std::move(stop)) {}
        /// Waits for some bytes; false at the end of the stream or the server's.
        bool receive();
        /// What receive() got last.
        const std::string& heard() const { return m_heard; }
        /// False when the other side has gone.
        bool say(std::string_view bytes);
        /// Reads and forgets until the other side hangs up.
        void wait();

    private:
        bool waitReadable();

        int m_fd;
        std::stop_token m_stop;
        std::string m_heard{};
    };
    using Script = std::function<void(Peer&)>;

    explicit ScriptedServer(Script script);
    /// A server that says `text` when it is first spoken to, and then waits.
    explicit ScriptedServer(std::string text);
    ~ScriptedServer();

    int port() const { return m_port; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(m_port); }

private:
    int m_port = 0;  // first: listening sets it
    int m_listener = -1;
    std::unique_ptr<Worker> m_worker;
};

/// A port of 127.0.0.1 that swallows attempts to connect: its queue is full, and nobody accepts.
class BlackHole {
public:
    BlackHole();
    ~BlackHole();
    int port() const { return m_port; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(m_port); }

private:
    static constexpr int kFillers = 8;
    int m_port = 0;  // first: listening sets it
    int m_listener = -1;
    int m_fillers[kFillers];
};

}  // namespace cachescope::test
