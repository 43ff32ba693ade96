// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/private_redis_server.h"

#include <stdlib.h>
#include <sys/un.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace cachescope {

namespace {

constexpr const char* kSocketName = "/redis.sock";
constexpr const char* kDirectoryPattern = "/cachescope-redis-XXXXXX";

// A fresh directory with mode 0700, short enough for the name of a socket in it.
Result<std::string> makeDirectory() {
    std::error_code failure;
    std::string base = std::filesystem::temp_directory_path(failure).string();
    const std::size_t rest =
        std::string_view{kDirectoryPattern}.size() + std::string_view{kSocketName}.size();
    if (failure || base.size() + rest >= sizeof(sockaddr_un{}.sun_path)) {
        base = "/tmp";
    }
    std::string path = base + kDirectoryPattern;
    if (::mkdtemp(path.data()) == nullptr) {
        return Error{ErrorCode::io, base, std::system_category().message(errno)};
    }
    return path;
}

}  // namespace

bool PrivateRedisServer::available() {
    return findRedisServer().has_value();
}

Result<std::unique_ptr<PrivateRedisServer>> PrivateRedisServer::start(
    Duration timeout, const std::vector<std::string>& extraArguments, const Clock& clock) {
    const auto executable = findRedisServer();
    if (!executable) {
        return Error{ErrorCode::notFound, "redis-server"};
    }
    auto directory = makeDirectory();
    if (!directory) {
        return directory.error();
    }
    std::unique_ptr<PrivateRedisServer> server{new PrivateRedisServer};
    server->m_directory = *directory;
    server->m_address.unixPath = *directory + kSocketName;

    RedisProcessOptions options;
    options.executable = *executable;
    options.address = server->m_address;
    options.logFile = *directory + "/redis.log";
    options.timeout = timeout;
    options.arguments = {"--port",
                         "0",
                         "--unixsocket",
                         server->m_address.unixPath,
                         "--unixsocketperm",
                         "700",
                         "--dir",
                         *directory,
                         "--save",
                         "",
                         "--appendonly",
                         "no",
                         "--daemonize",
                         "no",
                         "--maxmemory",
                         "64mb",
                         "--maxmemory-policy",
                         "allkeys-lru",
                         "--loglevel",
                         "warning"};
    options.arguments.insert(options.arguments.end(), extraArguments.begin(), extraArguments.end());
    auto process = RedisProcess::start(options, clock);
    if (!process) {
        return process.error();
    }
    server->m_process = std::move(*process);
    return server;
}

PrivateRedisServer::~PrivateRedisServer() {
    m_process.reset();
    std::error_code ignored;
    std::filesystem::remove_all(m_directory, ignored);
}

std::string PrivateRedisServer::url() const {
    return m_address.toText();
}

}  // namespace cachescope
