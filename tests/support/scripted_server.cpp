// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace cachescope::test {

namespace {

constexpr int kLookMs = 10;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

int listenOnFreePort(int backlog, int& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, backlog) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("cannot listen");
    }
    port = ntohs(address.sin_port);
    return fd;
}

bool readable(int fd, int milliseconds) {
    pollfd wanted{fd, POLLIN, 0};
    return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

bool ScriptedServer::Peer::waitReadable() {
    while (!m_stop.stop_requested()) {
        if (readable(m_fd, kLookMs)) {
            return true;
        }
    }
    return false;
}

bool ScriptedServer::Peer::receive() {
    char bytes[4096];
    const ssize_t count = waitReadable() ? ::recv(m_fd, bytes, sizeof bytes, 0) : -1;
    m_heard.assign(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
    return count > 0;
}

bool ScriptedServer::Peer::say(std::string_view bytes) {
    while (!bytes.empty() && !m_stop.stop_requested()) {
        const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return bytes.empty();
}

void ScriptedServer::Peer::wait() {
    while (receive()) {
    }
}

ScriptedServer::ScriptedServer(Script script) : m_listener(listenOnFreePort(16, m_port)) {
    m_worker = std::make_unique<Worker>(
        "scripted", [this, script = std::move(script)](Worker&, std::stop_token stop) {
            while (!stop.stop_requested()) {
                if (!readable(m_listener, kLookMs)) {
                    continue;
                }
                const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
                if (fd < 0) {
                    continue;
                }
                Peer peer(fd, stop);
                script(peer);
                ::close(fd);
            }
        });
}

ScriptedServer::ScriptedServer(std::string text)
    : ScriptedServer([text = std::move(text)](Peer& peer) {
          if (peer.receive() && peer.say(text)) {
              peer.wait();
          }
      }) {}

ScriptedServer::~ScriptedServer() {
    m_worker.reset();
    ::close(m_listener);
}

BlackHole::BlackHole() : m_listener(listenOnFreePort(0, m_port)) {
    const sockaddr_in address = loopback(m_port);
    for (int& filler : m_fillers) {
        filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
}

BlackHole::~BlackHole() {
    for (const int filler : m_fillers) {
        ::close(filler);
    }
    ::close(m_listener);
}

}  // namespace cachescope::test
