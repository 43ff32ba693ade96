// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/core/worker.h"
#include "engine/redis/redis_address.h"
#include "engine/redis/wake_up.h"

namespace cachescope::test {

/// A TCP port of 127.0.0.1 in front of a server, that treats the bytes in between as it is told.
///
/// Passes everything on until then. What is set holds for all connections, those that are open and
/// those to come, from the next byte on. Make and destroy on one thread; all else from any.
class FaultProxy {
public:
    enum class Way : std::uint8_t { toServer, toClient };

    /// What happens to one byte, once.
    enum class Damage : std::uint8_t {
        drop,
        duplicate,
        cut,    ///< the connection ends before it
        reset,  ///< the same with a reset
    };

    explicit FaultProxy(RedisAddress server);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    /// Where clients connect to: the server's, but for the place.
    RedisAddress address() const;
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(m_port); }

    /// Does `damage` to the byte that comes after `after` others, counted from now over all
    /// connections; nothing else is done to bytes of that way any more.
    void damage(Way way, std::uint64_t after, Damage damage);
    /// Keeps what comes that way, in its order, until told to let it go.
    void hold(Way way, bool on);
    /// Half open: reads and forgets what comes, from both sides, and keeps the connections.
    void swallow(bool on);
    /// Passes every byte on alone, in a write of its own.
    void split(bool on);
    /// Nobody listens any more, so that the system refuses connections; open ones stay.
    void refuse(bool on);
    /// Ends all open connections with a reset.
    void resetAll();

    /// How many bytes were damaged so far.
    int damages() const;
    /// How many connections were accepted so far.
    std::size_t connections() const;
    /// How many bytes came that way so far, whatever was done to them.
    std::uint64_t bytes(Way way) const;

private:
    struct Pair;
    struct Stream {
        bool held = false;
        std::uint64_t seen = 0;
        std::optional<Damage> damage{};
        std::uint64_t damagedAt = 0;
    };

    void run(const std::stop_token& stop);
    void listen();
    void accept();
    bool readFrom(Pair& pair, Way way);
    bool writeTo(Pair& pair, Way way);
    static void close(Pair& pair, bool reset);
    Stream& stream(Way way) { return m_streams[static_cast<std::size_t>(way)]; }

    const RedisAddress m_server;
    int m_port = 0;
    WakeUp m_wakeUp;

    mutable std::mutex m_mutex;  // over all that follows but the thread
    int m_listener = -1;
    std::list<Pair> m_pairs;
    Stream m_streams[2];
    bool m_swallows = false;
    bool m_splits = false;
    int m_damages = 0;
    std::size_t m_connections = 0;

    std::unique_ptr<Worker> m_worker;
};

}  // namespace cachescope::test
