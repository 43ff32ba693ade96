// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/stream_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace cachescope {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

Error systemError(int number) {
    ErrorCode code = ErrorCode::io;
    switch (number) {
        case ECONNRESET:
        case EPIPE:
        case ECONNABORTED:
        case ENOTCONN:
            code = ErrorCode::disconnected;
            break;
        case ETIMEDOUT:
            code = ErrorCode::timedOut;
            break;
        default:
            break;
    }
    return Error{code, {}, std::system_category().message(number)};
}

Error connectError(int number) {
    ErrorCode code = ErrorCode::unreachable;
    if (number == EACCES || number == EPERM) {
        code = ErrorCode::notPermitted;
    } else if (number == ETIMEDOUT) {
        code = ErrorCode::timedOut;
    }
    return Error{code, {}, std::system_category().message(number)};
}

void setOption(int fd, int level, int name, int value) {
    // A socket without one of these still works, so a refusal is no failure.
    (void)::setsockopt(fd, level, name, &value, sizeof value);
}

void prepare(int fd, int family) {
    (void)::fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
#if defined(SO_NOSIGPIPE)
    setOption(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
    if (family == AF_INET || family == AF_INET6) {
        setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE)
        setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
        setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
        setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
#endif
    }
}

}  // namespace

StreamSocket::~StreamSocket() {
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<std::unique_ptr<StreamSocket>> StreamSocket::connectAddress(int family, const void* address,
                                                                   std::size_t length,
                                                                   TimePoint deadline,
                                                                   const Clock& clock) {
    std::unique_ptr<StreamSocket> made{new StreamSocket{::socket(family, SOCK_STREAM, 0)}};
    if (made->m_fd < 0) {
        return connectError(errno);
    }
    prepare(made->m_fd, family);
    if (::connect(made->m_fd, static_cast<const sockaddr*>(address),
                  static_cast<socklen_t>(length)) == 0) {
        return made;
    }
    // An interrupted connect goes on in the background, as one that is in progress does.
    if (errno != EINPROGRESS && errno != EINTR) {
        return connectError(errno);
    }
    if (auto waited = waitFor(*made, false, true, deadline, clock); !waited) {
        return waited.error();
    }
    int failure = 0;
    socklen_t size = sizeof failure;
    if (::getsockopt(made->m_fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) {
        failure = errno;
    }
    if (failure != 0) {
        return connectError(failure);
    }
    return made;
}

Result<std::unique_ptr<StreamSocket>> StreamSocket::connectTcp(const std::string& host, int port,
                                                               TimePoint deadline,
                                                               const Clock& clock) {
    const auto addresses = lookUpHost(host, port, deadline, clock);
    if (!addresses) {
        return addresses.error();
    }
    return connectTcp(*addresses, deadline, clock);
}

Result<std::unique_ptr<StreamSocket>> StreamSocket::connectTcp(
    std::span<const SocketAddress> addresses, TimePoint deadline, const Clock& clock) {
    Error last{ErrorCode::unreachable, {}, "no address"};
    auto left = static_cast<int>(addresses.size());
    for (const SocketAddress& address : addresses) {
        const TimePoint now = clock.now();
        const TimePoint until = now + std::max((deadline - now) / left--, Duration::zero());
        auto made = connectAddress(address.storage.ss_family, &address.storage, address.length,
                                   until, clock);
        if (made) {
            return made;
        }
        last = made.error();
    }
    return last;
}

Result<std::unique_ptr<StreamSocket>> StreamSocket::connectUnix(const std::string& path,
                                                                TimePoint deadline,
                                                                const Clock& clock) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return Error{ErrorCode::outOfRange,
                     {},
                     "a socket's path has at most " + std::to_string(sizeof address.sun_path - 1) +
                         " bytes"};
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return connectAddress(AF_UNIX, &address, sizeof address, deadline, clock);
}

Result<std::size_t> StreamSocket::writeSome(std::string_view bytes) {
    for (;;) {
        const ssize_t count = ::send(m_fd, bytes.data(), bytes.size(), kSendFlags);
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return std::size_t{0};
        }
        if (errno != EINTR) {
            return systemError(errno);
        }
    }
}

Result<std::size_t> StreamSocket::readSome(std::span<char> into) {
    for (;;) {
        const ssize_t count = ::recv(m_fd, into.data(), into.size(), 0);
        if (count > 0) {
            return static_cast<std::size_t>(count);
        }
        if (count == 0) {
            return Error{ErrorCode::disconnected, {}, "the other side closed the connection"};
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return std::size_t{0};
        }
        if (errno != EINTR) {
            return systemError(errno);
        }
    }
}

short StreamSocket::pollEvents(bool toRead, bool toWrite) const noexcept {
    return static_cast<short>((toRead ? POLLIN : 0) | (toWrite ? POLLOUT : 0));
}

void StreamSocket::hangUp() noexcept {
    ::shutdown(m_fd, SHUT_RDWR);
}

std::string StreamSocket::peerText() const {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    if (::getpeername(m_fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.length) != 0) {
        return {};
    }
    return peer.toText();
}

}  // namespace cachescope
