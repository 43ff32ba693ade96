// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/redis_backend.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/redis_server.h"

namespace cachescope::test {
namespace {

/// A real server for each test, reached through the registry as a program does.
template <bool tcp>
struct RedisStore {
    std::unique_ptr<RedisServer> server;

    std::string unavailable() const {
        return RedisServer::available() ? "" : "redis-server is not installed here";
    }
    ConformanceLimits limits() const { return {}; }

    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        if (server == nullptr) {
            RedisServer::Options options;
            options.tcp = tcp;
            server = std::make_unique<RedisServer>(options);
        }
        BackendRegistry registry;
        for (BackendKind& kind : redisBackendKinds()) {
            registry.add(std::move(kind));
        }
        return registry.create(server->url({}, tcp ? "prefix=a*b[:]" : "db=3"), config);
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RedisUnix, BackendConformance, RedisStore<false>);
INSTANTIATE_TYPED_TEST_SUITE_P(RedisTcp, BackendConformance, RedisStore<true>);

}  // namespace
}  // namespace cachescope::test
