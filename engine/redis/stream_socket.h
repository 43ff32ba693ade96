// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/redis/byte_stream.h"
#include "engine/redis/name_lookup.h"

namespace cachescope {

/// A ByteStream over TCP or a Unix socket, as the operating system gives it.
///
/// Made by connectTcp() and connectUnix(), which keep to their deadline (a moment on the `clock`
/// they are given, which must run in real time). TCP goes out without delay (Nagle's algorithm is
/// off) and is watched by keep-alive. It never blocks but while it connects.
class StreamSocket final : public ByteStream {
public:
    ~StreamSocket() override;

    /// unreachable, timedOut, notPermitted. Tries all addresses of `host`, each with its share of
    /// the time that is left.
    static Result<std::unique_ptr<StreamSocket>> connectTcp(const std::string& host, int port,
                                                            TimePoint deadline, const Clock& clock);
    /// The same with addresses that are known already.
    static Result<std::unique_ptr<StreamSocket>> connectTcp(
        std::span<const SocketAddress> addresses, TimePoint deadline, const Clock& clock);
    /// As connectTcp(); outOfRange for a path that is too long for the operating system.
    static Result<std::unique_ptr<StreamSocket>> connectUnix(const std::string& path,
                                                             TimePoint deadline,
                                                             const Clock& clock);

    Result<std::size_t> writeSome(std::string_view bytes) override;
    Result<std::size_t> readSome(std::span<char> into) override;
    short pollEvents(bool toRead, bool toWrite) const noexcept override;
    bool hasBuffered() const noexcept override { return false; }
    int descriptor() const noexcept override { return m_fd; }
    void hangUp() noexcept override;

    /// Where the other side is, as "127.0.0.1:6379", "[::1]:6379" or a path; empty if unknown.
    std::string peerText() const;

private:
    explicit StreamSocket(int fd) noexcept : m_fd(fd) {}
    static Result<std::unique_ptr<StreamSocket>> connectAddress(int family, const void* address,
                                                                std::size_t length,
                                                                TimePoint deadline,
                                                                const Clock& clock);

    const int m_fd;
};

}  // namespace cachescope
