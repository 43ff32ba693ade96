// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Single-flight across processes: two caches on one real Redis server, as two processes would have
// them.

#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cache.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"
#include "tests/support/turnstile.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

struct CacheLeaseTest : testing::Test {
    std::unique_ptr<test::RedisServer> server;
    std::array<std::unique_ptr<Cache>, 2> caches;
    test::Turnstile turnstile;
    std::atomic<int> loads{0};

    void SetUp() override {
        CACHESCOPE_NEEDS_REDIS();
        server = std::make_unique<test::RedisServer>();
        for (auto& cache : caches) {
            cache = std::make_unique<Cache>(
                BackendRegistry::builtin().create(server->url({}, "timeout=5s"), {}).value());
        }
    }
    Result<Fetched> fetch(Cache& cache, const CacheOptions& options) {
        return cache.fetchBlocking("k", options, [this]() -> LoadResult {
            const int number = ++loads;
            turnstile.pass();
            return Loaded{Bytes{std::to_string(number)}};
        });
    }
    void awaitMisses(const Cache& cache, std::uint64_t count) const {
        while (cache.stats().misses < count) {
            std::this_thread::yield();
        }
    }
};

TEST_F(CacheLeaseTest, aMissOnTwoCachesMakesOneLoad) {
    const CacheOptions options{.ttl = 60s, .lease = 30s};
    std::array<std::string, 8> values;
    {
        test::TestThread first(
            [&] { values[0] = fetch(*caches[0], options)->entry.value.toString(); });
        turnstile.awaitArrivals(1);
        test::TestThread others([&] {
            test::inParallel(7, [&](int i) {
                const auto at = static_cast<std::size_t>(i) + 1;
                const auto fetched = fetch(*caches[at % 2], options);
                values[at] = fetched->entry.value.toString();
                // Whoever asks after the load is over has a hit.
                EXPECT_NE(fetched->source, Source::loaded);
            });
        });
        awaitMisses(*caches[1], 1);
        turnstile.open(1);
    }
    for (const std::string& value : values) {
        EXPECT_EQ(value, "1");
    }
    EXPECT_EQ(loads, 1);
}

TEST_F(CacheLeaseTest, aHolderThatDiedHoldsOthersUpForTheLeaseAtMost) {
    ASSERT_TRUE(caches[0]->backend().acquireLease("k", 100ms).value().has_value());
    turnstile.open(1);
    const auto fetched = fetch(*caches[1], {.ttl = 60s, .lease = 100ms});
    EXPECT_EQ(fetched->entry.value.view(), "1");
    EXPECT_TRUE(fetched->kept);
}

TEST_F(CacheLeaseTest, whoseLeaseRanOutDuringTheLoadOverwritesNothing) {
    const CacheOptions options{.ttl = 60s, .lease = 50ms};
    std::optional<Fetched> late;
    {
        test::TestThread sleeper([&] { late = *fetch(*caches[0], options); });
        turnstile.awaitArrivals(1);
        // The other waits for the lease to run out, takes the next one and stores.
        const auto fetched = caches[1]->fetchBlocking(
            "k", options, []() -> LoadResult { return Loaded{Bytes{"newer"}}; });
        EXPECT_TRUE(fetched->kept);
        turnstile.open(1);
    }
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->entry.value.view(), "1") << "who waited for it gets it";
    EXPECT_FALSE(late->kept);
    EXPECT_EQ((*caches[0]->backend().get("k"))->value.view(), "newer");
}

TEST_F(CacheLeaseTest, theLeaseIsGivenBackWhenTheLoadFails) {
    const CacheOptions options{.ttl = 60s, .lease = 1h};
    const auto failed = caches[0]->fetchBlocking("k", options, []() -> LoadResult {
        return Error{ErrorCode::loadFailed, "origin"};
    });
    EXPECT_FALSE(failed.ok());
    turnstile.open(1);
    EXPECT_TRUE(fetch(*caches[1], options)->kept);
}

TEST_F(CacheLeaseTest, withoutTheServerEveryCacheLoadsForItself) {
    server->kill();
    turnstile.open(2);
    const CacheOptions options{.ttl = 60s, .lease = 1h};
    EXPECT_TRUE(fetch(*caches[0], options).ok());
    EXPECT_TRUE(fetch(*caches[1], options).ok());
    EXPECT_EQ(loads, 2);
}

}  // namespace
}  // namespace cachescope
