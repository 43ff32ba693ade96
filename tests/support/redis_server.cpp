// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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

RedisServer::RedisServer(Options options)
    : m_options(std::move(options)), m_directory(makeDirectory()) {
    m_address.password = m_options.password;
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
        add({"--bind", "127.0.0.1", "--port", std::to_string(m_address.port)});
    } else {
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
    const std::string query = parameters.empty() ? "" : '?' + parameters;
    return m_options.tcp ? "redis://" + user + "127.0.0.1:" + std::to_string(m_address.port) + query
                         : "redis+unix://" + user + m_address.unixPath + query;
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
