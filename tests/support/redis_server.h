// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/redis/redis_address.h"
#include "engine/redis/redis_process.h"
#include "engine/redis/redis_reply.h"

/// Leaves the test, saying so, where no redis-server is installed.
#define CACHESCOPE_NEEDS_REDIS()                              \
    if (!cachescope::test::RedisServer::available()) {        \
        GTEST_SKIP() << "redis-server is not installed here"; \
    }                                                         \
    static_assert(true)

namespace cachescope::test {

/// A real redis-server for one test, in a directory of its own, that can be treated badly.
///
/// A server that does not start fails the test at once. After kill(), restart() brings it back,
/// empty, at the same address. One thread.
class RedisServer {
public:
    struct Options {
        bool tcp = false;                 ///< a free port of 127.0.0.1 instead of a Unix socket
        std::string password{};           ///< requirepass
        std::optional<TlsOptions> tls{};  ///< the server's certificate, key and authority; with tcp
        bool wantsClientCertificate = false;   ///< with tls
        bool ipv6 = false;                     ///< on ::1; with tcp
        std::vector<std::string> arguments{};  ///< more of the command line
    };

    static bool available();
    /// Whether the server that is installed can encrypt.
    static bool speaksTls();

    RedisServer() : RedisServer(Options{}) {}
    explicit RedisServer(Options options);
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    /// Where it is, with the password if it has one. With TLS, `ca` is the server's, and its
    /// certificate is ours too where one is wanted.
    const RedisAddress& address() const { return m_address; }
    /// The same as a URL. `login` is "user:password", `parameters` is "db=2&prefix=x".
    std::string url(const std::string& login = {}, const std::string& parameters = {}) const;

    /// The reply to one command on a new connection, as the default user; fails the test otherwise.
    RedisReply command(const RedisCommand& command) const;

    void kill();     ///< SIGKILL, and gone when this returns
    void restart();  ///< after kill()
    void suspend();  ///< SIGSTOP
    void resume();   ///< SIGCONT

private:
    void start();

    Options m_options;
    std::string m_directory;
    RedisAddress m_address;
    std::unique_ptr<RedisProcess> m_process;
};

/// Whether this machine has ::1.
bool hasIpv6();

/// A port of 127.0.0.1 that nobody listens on at present.
int freePort();

}  // namespace cachescope::test
