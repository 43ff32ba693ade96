// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "engine/redis/redis_connection.h"

namespace cachescope::test {

namespace {

constexpr int kAttempts = 5;

std::string makeDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "cachescope-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
        throw std::runtime_error("no temporary directory");
    }
    return path;
}

}  // namespace

bool hasIpv6() {
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return bound;
}

int freePort() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("no free port");
    }
    ::close(fd);
    return ntohs(address.sin_port);
}

bool RedisServer::available() {
    return findRedisServer().has_value();
}

bool RedisServer::speaksTls() {
    // It names the first option that it does not know.
    static const bool speaks = [] {
        const std::string command = '\'' + findRedisServer().value() +
                                    "' --tls-port 0 --no-such-option 0 2>&1 | "
                                    "grep -q \"'no-such-option\"";
        return std::system(command.c_str()) == 0;
    }();
    return speaks;
}

RedisServer::RedisServer(Options options)
    : m_options(std::move(options)), m_directory(makeDirectory()) {
    m_address.password = m_options.password;
    if (m_options.ipv6) {
        m_address.host = "::1";
    }
    if (m_options.tls) {
        TlsOptions& tls = m_address.tls.emplace();
        tls.caFile = m_options.tls->caFile;
        if (m_options.wantsClientCertificate) {
            tls.certificateFile = m_options.tls->certificateFile;
            tls.keyFile = m_options.tls->keyFile;
        }
    }
    if (!m_options.tcp) {
        m_address.unixPath = m_directory + "/redis.sock";
    }
    // Somebody else may take a free port before the server does.
    for (int attempt = 0; attempt < kAttempts && m_process == nullptr; ++attempt) {
        if (m_options.tcp) {
            m_address.port = freePort();
        }
        start();
    }
    if (m_process == nullptr) {
        throw std::runtime_error("redis-server does not start");
    }
}

RedisServer::~RedisServer() {
    if (m_process != nullptr) {
        kill();  // it has nothing to save, and ends ten times faster so
    }
    std::error_code ignored;
    std::filesystem::remove_all(m_directory, ignored);
}

void RedisServer::start() {
    RedisProcessOptions process;
    process.executable = findRedisServer().value();
    process.address = m_address;
    process.logFile = m_directory + "/redis.log";
    process.timeout = std::chrono::seconds{20};
    process.arguments = {"--save", "", "--appendonly", "no", "--dir", m_directory};
    const auto add = [&](const std::vector<std::string>& more) {
        process.arguments.insert(process.arguments.end(), more.begin(), more.end());
    };
    if (m_options.tcp) {
        add({"--bind", m_address.host});
        add({"--port", m_options.tls ? "0" : std::to_string(m_address.port)});
    }
    if (m_options.tls) {
        const TlsOptions& tls = *m_options.tls;
        add({"--tls-port", std::to_string(m_address.port), "--tls-cert-file", tls.certificateFile});
        add({"--tls-key-file", tls.keyFile, "--tls-ca-cert-file", tls.caFile});
        add({"--tls-auth-clients", m_options.wantsClientCertificate ? "yes" : "no"});
    }
    if (!m_options.tcp) {
        add({"--port", "0", "--unixsocket", m_address.unixPath});
    }
    if (!m_options.password.empty()) {
        add({"--requirepass", m_options.password});
    }
    add(m_options.arguments);
    auto made = RedisProcess::start(process);
    if (made) {
        m_process = std::move(*made);
    } else {
        std::fprintf(stderr, "redis-server: %s\n", made.error().toLogLine().c_str());
    }
}

std::string RedisServer::url(const std::string& login, const std::string& parameters) const {
    const std::string user =
        !login.empty() ? login + '@'
                       : (m_options.password.empty() ? "" : ":" + m_options.password + '@');
    std::string query = parameters.empty() ? "" : '?' + parameters;
    if (!m_options.tcp) {
        return "redis+unix://" + user + m_address.unixPath + query;
    }
    std::string scheme = "redis://";
    if (m_address.tls) {
        scheme = "rediss://";
        query += (query.empty() ? "?ca=" : "&ca=") + m_address.tls->caFile;
    }
    const std::string host = m_options.ipv6 ? "[::1]" : "127.0.0.1";
    return scheme + user + host + ':' + std::to_string(m_address.port) + query;
}

RedisReply RedisServer::command(const RedisCommand& command) const {
    const TimePoint deadline = SystemClock::instance().now() + std::chrono::seconds{20};
    const auto connection = RedisConnection::open(m_address, deadline);
    if (!connection) {
        ADD_FAILURE() << connection.error().toLogLine();
        return {};
    }
    auto replies = (*connection)->send({&command, 1}, deadline);
    if (!replies) {
        ADD_FAILURE() << replies.error().toLogLine();
        return {};
    }
    EXPECT_FALSE(replies->front().isError()) << replies->front().text;
    return std::move(replies->front());
}

void RedisServer::kill() {
    ::kill(m_process->pid(), SIGKILL);
    m_process.reset();
}

void RedisServer::restart() {
    start();
    ASSERT_NE(m_process, nullptr);
}

void RedisServer::suspend() {
    ::kill(m_process->pid(), SIGSTOP);
}

void RedisServer::resume() {
    ::kill(m_process->pid(), SIGCONT);
}

}  // namespace cachescope::test
