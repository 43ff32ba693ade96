// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The promises of a backend, and what is particular to Redis, over a real cluster.

#include <gtest/gtest.h>

#include "engine/backend/redis_backend.h"
#include "engine/backend/tiered_backend.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_cluster.h"

namespace cachescope::test {
namespace {

std::string freshPrefix() {
    static int number = 0;
    return "t" + std::to_string(number++) + ':';
}

Result<std::unique_ptr<Backend>> openOverCluster(BackendConfig config, const std::string& prefix) {
    config.prefix = prefix;
    return BackendRegistry::builtin().create(RedisCluster::shared().url(), config);
}

/// Prefixes of their own in one cluster.
template <bool tagged>
struct RedisClusterStore {
    std::string prefix = (tagged ? "{tag}" : "") + freshPrefix();

    std::string unavailable() const {
        return RedisServer::available() ? "" : "redis-server is not installed here";
    }
    ConformanceLimits limits() const { return {}; }
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        return openOverCluster(config, prefix);
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RedisCluster, BackendConformance, RedisClusterStore<false>);
INSTANTIATE_TYPED_TEST_SUITE_P(RedisClusterTagged, BackendConformance, RedisClusterStore<true>);

class RedisClusterBackendTest : public ::testing::Test {
protected:
    void SetUp() override { CACHESCOPE_NEEDS_REDIS(); }
    std::unique_ptr<Backend> open(const std::string& prefix) {
        BackendConfig config;
        config.timeout = 5s;
        return openOverCluster(config, prefix).value();
    }
    static Entry entry(std::string_view value) {
        Entry made;
        made.value = Bytes{value};
        return made;
    }
    static std::string keyAt(int i) { return "key:" + std::to_string(i); }
};

TEST_F(RedisClusterBackendTest, aPrefixWhoseBracesWouldPartLeasesFromEntriesIsRefused) {
    for (const char* prefix : {"{", "{}", "app{:", "app{}{x}:"}) {
        const auto made = openOverCluster({}, prefix);
        ASSERT_FALSE(made.ok()) << prefix;
        EXPECT_EQ(made.error().code(), ErrorCode::outOfRange);
    }
    for (const char* prefix : {"app:", "{app}:", "}app:", "a{b}{"}) {
        EXPECT_TRUE(openOverCluster({}, prefix).ok()) << prefix;
    }
}

TEST_F(RedisClusterBackendTest, leasesLieWithTheirEntriesWhateverTheKey) {
    for (const std::string& prefix : {std::string{"l:"}, std::string{"{l}:"}}) {
        const auto backend = open(prefix);
        std::vector<std::string> keys = awkwardKeys();
        for (const char* braces : {"a{b}c", "{", "}", "{}", "a{}{b}", "{{x}}", "x{y"}) {
            keys.emplace_back(braces);
        }
        for (const std::string& key : keys) {
            const auto first = backend->acquireLease(key, 60s);
            ASSERT_TRUE(first.ok()) << first.error().toLogLine();
            ASSERT_TRUE(first->has_value());
            EXPECT_FALSE(backend->acquireLease(key, 60s).value().has_value());
            EXPECT_FALSE(backend->setAndRelease(key, entry("late"), **first + 1).value());
            EXPECT_TRUE(backend->setAndRelease(key, entry("stored"), **first).value());
            EXPECT_EQ(backend->get(key).value()->value.toString(), "stored");
            const auto second = backend->acquireLease(key, 60s).value();
            ASSERT_TRUE(second.has_value());
            EXPECT_GT(*second, **first);
            EXPECT_TRUE(backend->erase(key).value());
            EXPECT_FALSE(backend->setAndRelease(key, entry("late"), *second).value())
                << "the removal has ended the lease";
        }
        EXPECT_EQ(backend->clear().value(), 0u);
    }
}

TEST_F(RedisClusterBackendTest, bulkRemovalsEndTheLeasesOfWhatMatchesAndNoOthers) {
    const auto backend = open("bulk:");
    const auto lease = [&](const char* key) {
        return backend->acquireLease(key, 60s).value().value();
    };
    const auto a = lease("a:1");
    const auto b = lease("b}a:1");
    const auto c = lease("b:1");
    EXPECT_TRUE(backend->eraseMatching("a:*").ok());
    EXPECT_FALSE(backend->setAndRelease("a:1", entry("late"), a).value());
    EXPECT_TRUE(backend->setAndRelease("b}a:1", entry("kept"), b).value());
    EXPECT_TRUE(backend->clear().ok());
    EXPECT_FALSE(backend->setAndRelease("b:1", entry("late"), c).value());
}

TEST_F(RedisClusterBackendTest, batchesAndBulkRemovalsReachAllServers) {
    constexpr int kKeys = 500;
    const auto backend = open("all:");
    std::vector<std::string> keys;
    std::vector<KeyedEntry> entries;
    for (int i = 0; i < kKeys; ++i) {
        keys.push_back(keyAt(i));
    }
    for (const std::string& key : keys) {
        entries.push_back({key, entry("of " + key)});
    }
    for (const auto& done : backend->setMany(entries)) {
        ASSERT_TRUE(done.ok()) << done.error().toLogLine();
    }
    const auto counters = dynamic_cast<RedisBackend&>(*backend).counters();
    EXPECT_EQ(counters.roundTrips, 4u) << "one a server, and one to ask for the map";
    const auto found = backend->getMany(keys);
    ASSERT_TRUE(found.ok()) << found.error().toLogLine();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ASSERT_TRUE((*found)[i].has_value());
        EXPECT_EQ((*found)[i]->value.toString(), "of " + keys[i]);
    }
    EXPECT_EQ(backend->eraseMatching("key:1*").value(), 111u);
    EXPECT_EQ(backend->clear().value(), kKeys - 111u);
    EXPECT_TRUE(backend->check().ok());
}

TEST_F(RedisClusterBackendTest, twoLevelsOverAClusterTrustTheAgeOfTheirCopies) {
    BackendConfig config;
    config.prefix = "two:";
    config.timeout = 5s;
    const auto made =
        BackendRegistry::builtin().create("tiered:" + RedisCluster::shared().url(), config);
    ASSERT_TRUE(made.ok()) << made.error().toLogLine();
    EXPECT_TRUE(dynamic_cast<TieredBackend&>(**made).usesUpper());
    ASSERT_TRUE((*made)->set("key", entry("value")).ok());
    EXPECT_EQ((*made)->get("key").value()->level, 0);
    const auto other = open("two:");
    ASSERT_TRUE(other->set("key", entry("other")).ok());
    EXPECT_TRUE(eventually([&] { return (*made)->get("key").value()->value.view() == "other"; }));
    EXPECT_TRUE((*made)->clear().ok());
}

}  // namespace
}  // namespace cachescope::test
