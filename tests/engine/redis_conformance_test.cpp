// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <optional>

#include "engine/backend/redis_backend.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/redis_server.h"
#include "tests/support/test_certificates.h"

namespace cachescope::test {
namespace {

enum class Way : std::uint8_t { unixSocket, tcp, tls };

/// A real server for each test, reached through the registry as a program does.
template <Way way>
struct RedisStore {
    std::optional<TestCertificates> certificates;
    std::unique_ptr<RedisServer> server;

    std::string unavailable() const {
        if (!RedisServer::available()) {
            return "redis-server is not installed here";
        }
        return way == Way::tls && !RedisServer::speaksTls() ? "redis-server has no TLS here" : "";
    }
    ConformanceLimits limits() const { return {}; }

    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        if (server == nullptr) {
            RedisServer::Options options;
            options.tcp = way != Way::unixSocket;
            if (way == Way::tls) {
                const auto pair = certificates.emplace().make();
                options.tls =
                    TlsOptions{true, certificates->authority(), pair.certificate, pair.key, {}};
            }
            server = std::make_unique<RedisServer>(options);
        }
        BackendRegistry registry;
        for (BackendKind& kind : redisBackendKinds()) {
            registry.add(std::move(kind));
        }
        return registry.create(server->url({}, way == Way::unixSocket ? "db=3" : "prefix=a*b[:]"),
                               config);
    }
};

/// The same as a user who may do no more than docs/library.md says that a cache needs.
struct RedisAsLeastUser {
    std::unique_ptr<RedisServer> server;

    std::string unavailable() const {
        return RedisServer::available() ? "" : "redis-server is not installed here";
    }
    ConformanceLimits limits() const { return {}; }

    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        if (server == nullptr) {
            server = std::make_unique<RedisServer>();
            server->command({"ACL",       "SETUSER",  "cache", "on",      ">pw",   "resetkeys",
                             "~app:*",    "-@all",    "+ping", "+get",    "+set",  "+unlink",
                             "+getrange", "+strlen",  "+scan", "+exists", "+eval", "+setrange",
                             "+persist",  "+pexpire", "+incr", "+del",    "+time"});
        }
        BackendRegistry registry;
        for (BackendKind& kind : redisBackendKinds()) {
            registry.add(std::move(kind));
        }
        return registry.create(server->url("cache:pw", "prefix=app:"), config);
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RedisLeastUser, BackendConformance, RedisAsLeastUser);
INSTANTIATE_TYPED_TEST_SUITE_P(RedisUnix, BackendConformance, RedisStore<Way::unixSocket>);
INSTANTIATE_TYPED_TEST_SUITE_P(RedisTcp, BackendConformance, RedisStore<Way::tcp>);
INSTANTIATE_TYPED_TEST_SUITE_P(RedisTls, BackendConformance, RedisStore<Way::tls>);

}  // namespace
}  // namespace cachescope::test
