// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/clock.h"
#include "engine/core/result.h"

namespace cachescope {

/// A connected stream of bytes over TCP or a Unix socket that never blocks but in waitFor().
///
/// Made by connectTcp() and connectUnix(), which keep to their deadline (a moment on the `clock`
/// they are given, which must run in real time). TCP goes out without delay (Nagle's algorithm is
/// off) and is watched by keep-alive. Writing to a peer that has gone is an error, never a signal.
/// Errors have no subject; who knows the address adds it. One thread at a time.
class StreamSocket {
public:
    StreamSocket(StreamSocket&& other) noexcept;
    StreamSocket& operator=(StreamSocket&& other) noexcept;
    ~StreamSocket();

    /// unreachable, timedOut, notPermitted. Tries all addresses of `host`, each with its share of
    /// the time that is left.
    static Result<StreamSocket> connectTcp(const std::string& host, int port, TimePoint deadline,
                                           const Clock& clock);
    /// As connectTcp(); outOfRange for a path that is too long for the operating system.
    static Result<StreamSocket> connectUnix(const std::string& path, TimePoint deadline,
                                            const Clock& clock);

    /// How many bytes went out, 0 when there is no room at present; disconnected or io.
    Result<std::size_t> writeSome(std::string_view bytes);

    /// How many bytes came in, 0 when there are none at present; disconnected at the end of the
    /// stream or on a reset, or io.
    Result<std::size_t> readSome(std::span<char> into);

    /// Waits until one of the wanted directions may go on; timedOut at the deadline.
    Result<void> waitFor(bool readable, bool writable, TimePoint deadline, const Clock& clock);

    /// Waits until there is something to read, or an end to notice, on either of the two; false at
    /// the deadline.
    static Result<bool> waitForEither(const StreamSocket& one, const StreamSocket& other,
                                      TimePoint deadline, const Clock& clock);

    /// Ends the stream in both directions, so that whoever waits or reads notices. The one call
    /// that another thread may make meanwhile.
    void hangUp() noexcept;

private:
    explicit StreamSocket(int fd) noexcept : m_fd(fd) {}
    static Result<StreamSocket> connectAddress(int family, const void* address, std::size_t length,
                                               TimePoint deadline, const Clock& clock);
    void close() noexcept;

    int m_fd = -1;
};

}  // namespace cachescope
