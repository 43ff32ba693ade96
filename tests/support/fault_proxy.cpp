// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace cachescope::test {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

void sendAtOnce(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connectTo(const RedisAddress& server) {
    if (server.isUnix()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, server.unixPath.c_str(), sizeof address.sun_path - 1);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            return fd;
        }
        ::close(fd);
        return -1;
    }
    const sockaddr_in address = loopback(server.port);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        sendAtOnce(fd);
        return fd;
    }
    ::close(fd);
    return -1;
}

}  // namespace

// Two sockets, and for each way what was read and not passed on yet.
struct FaultProxy::Pair {
    int client = -1;
    int server = -1;
    std::array<std::string, 2> kept{};
    bool ends = false;  // once the kept bytes are out
    bool endsWithReset = false;

    int from(Way way) const { return way == Way::toServer ? client : server; }
    int to(Way way) const { return way == Way::toServer ? server : client; }
    std::string& keptFor(Way way) { return kept[static_cast<std::size_t>(way)]; }
};

FaultProxy::FaultProxy(RedisAddress server) : m_server(std::move(server)) {
    listen();
    m_worker = std::make_unique<Worker>(
        "fault-proxy", [this](Worker&, const std::stop_token& stop) { run(stop); });
}

FaultProxy::~FaultProxy() {
    m_worker.reset();
    for (Pair& pair : m_pairs) {
        close(pair, false);
    }
    if (m_listener >= 0) {
        ::close(m_listener);
    }
}

void FaultProxy::listen() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(m_port);
    socklen_t length = sizeof address;
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 64) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    m_port = ntohs(address.sin_port);
    m_listener = fd;
}

RedisAddress FaultProxy::address() const {
    RedisAddress address = m_server;
    address.unixPath.clear();
    address.host = "127.0.0.1";
    address.port = m_port;
    return address;
}

void FaultProxy::damage(Way way, std::uint64_t after, Damage damage) {
    const std::lock_guard lock(m_mutex);
    stream(way).damage = damage;
    stream(way).damagedAt = stream(way).seen + after;
}

void FaultProxy::hold(Way way, bool on) {
    {
        const std::lock_guard lock(m_mutex);
        stream(way).held = on;
    }
    m_wakeUp.notify();
}

void FaultProxy::swallow(bool on) {
    const std::lock_guard lock(m_mutex);
    m_swallows = on;
}

void FaultProxy::split(bool on) {
    const std::lock_guard lock(m_mutex);
    m_splits = on;
}

void FaultProxy::refuse(bool on) {
    {
        const std::lock_guard lock(m_mutex);
        if (on && m_listener >= 0) {
            ::close(std::exchange(m_listener, -1));
        } else if (!on && m_listener < 0) {
            listen();
        }
    }
    m_wakeUp.notify();
}

void FaultProxy::resetAll() {
    {
        const std::lock_guard lock(m_mutex);
        for (Pair& pair : m_pairs) {
            close(pair, true);
        }
    }
    m_wakeUp.notify();
}

int FaultProxy::damages() const {
    const std::lock_guard lock(m_mutex);
    return m_damages;
}

std::size_t FaultProxy::connections() const {
    const std::lock_guard lock(m_mutex);
    return m_connections;
}

std::uint64_t FaultProxy::bytes(Way way) const {
    const std::lock_guard lock(m_mutex);
    return m_streams[static_cast<std::size_t>(way)].seen;
}

void FaultProxy::close(Pair& pair, bool reset) {
    for (int* fd : {&pair.client, &pair.server}) {
        if (*fd < 0) {
            continue;
        }
        if (reset) {
            const linger none{1, 0};
            ::setsockopt(*fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        }
        ::close(std::exchange(*fd, -1));
    }
}

void FaultProxy::accept() {
    const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
        return;
    }
    ++m_connections;
    Pair pair;
    pair.client = client;
    pair.server = connectTo(m_server);
    if (pair.server < 0) {
        close(pair, false);
        return;
    }
    sendAtOnce(client);
    m_pairs.push_back(std::move(pair));
}

// False at the end of the stream.
bool FaultProxy::readFrom(Pair& pair, Way way) {
    std::array<char, 16384> bytes{};
    const ssize_t count = ::recv(pair.from(way), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (count <= 0) {
        return false;
    }
    Stream& stream = this->stream(way);
    std::string& kept = pair.keptFor(way);
    for (ssize_t i = 0; i < count; ++i) {
        const char byte = bytes[static_cast<std::size_t>(i)];
        const bool damaged = stream.damage && stream.seen == stream.damagedAt;
        ++stream.seen;
        if (m_swallows || pair.ends) {
            continue;
        }
        if (!damaged) {
            kept += byte;
            continue;
        }
        ++m_damages;
        switch (*std::exchange(stream.damage, std::nullopt)) {
            case Damage::drop:
                break;
            case Damage::duplicate:
                kept.append(2, byte);
                break;
            case Damage::reset:
                pair.endsWithReset = true;
                [[fallthrough]];
            case Damage::cut:
                pair.ends = true;
                break;
        }
    }
    return true;
}

bool FaultProxy::writeTo(Pair& pair, Way way) {
    std::string& kept = pair.keptFor(way);
    while (!kept.empty() && !stream(way).held) {
        const std::size_t wanted = m_splits ? 1 : kept.size();
        const ssize_t count =
            ::send(pair.to(way), kept.data(), wanted, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        kept.erase(0, static_cast<std::size_t>(count));
    }
    return true;
}

void FaultProxy::run(const std::stop_token& stop) {
    const std::stop_callback waker{stop, [this] { m_wakeUp.notify(); }};
    std::vector<pollfd> wanted;
    while (!stop.stop_requested()) {
        wanted.clear();
        wanted.push_back({m_wakeUp.descriptor(), POLLIN, 0});
        {
            const std::lock_guard lock(m_mutex);
            wanted.push_back({m_listener, POLLIN, 0});
            for (Pair& pair : m_pairs) {
                const auto events = [&](Way into, Way outOf) {
                    const bool full = !pair.keptFor(into).empty() && !stream(into).held;
                    const bool room = pair.keptFor(outOf).size() < (std::size_t{1} << 20);
                    return static_cast<short>((full ? POLLOUT : 0) | (room ? POLLIN : 0));
                };
                wanted.push_back({pair.client, events(Way::toClient, Way::toServer), 0});
                wanted.push_back({pair.server, events(Way::toServer, Way::toClient), 0});
            }
        }
        ::poll(wanted.data(), wanted.size(), -1);
        if (wanted[0].revents != 0) {
            m_wakeUp.drain();
        }
        const std::lock_guard lock(m_mutex);
        std::size_t next = 2;
        for (auto it = m_pairs.begin(); it != m_pairs.end() && next + 1 < wanted.size();) {
            Pair& pair = *it++;
            const bool fromClient = wanted[next++].revents != 0;
            const bool fromServer = wanted[next++].revents != 0;
            if (pair.client < 0) {
                continue;
            }
            bool open = !fromClient || readFrom(pair, Way::toServer);
            open = (!fromServer || readFrom(pair, Way::toClient)) && open;
            open = writeTo(pair, Way::toServer) && open;
            open = writeTo(pair, Way::toClient) && open;
            if (!open || pair.ends) {
                close(pair, pair.endsWithReset);
            }
        }
        m_pairs.remove_if([](const Pair& pair) { return pair.client < 0; });
        if (wanted[1].revents != 0 && m_listener >= 0) {
            accept();
        }
    }
}

}  // namespace cachescope::test
