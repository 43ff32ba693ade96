// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A server that answers, and refuses: each of the ways to Redis says which refusal it is, and goes
// on by itself when it is over.

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "tests/engine/redis_faults_layers.h"
#include "tests/support/eventually.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::LayerKind;
using test::RedisServer;

constexpr Duration kLong = 20s;  // more than any step of a test may take

struct Refusal {
    const char* name;
    std::function<void(const RedisServer&)> begin;
    std::function<void(const RedisServer&)> end;
    std::set<ErrorCode> reads;   // nothing: reads go on
    std::set<ErrorCode> writes;  // the same
};

// Connections of before are not asked for a new password, so they are ended.
void setPassword(const RedisServer& server, const char* password) {
    server.command({"ACL", "SETUSER", "bob", "resetpass", password});
    server.command({"CLIENT", "KILL", "USER", "bob"});
}

const std::set<ErrorCode> kLogin{ErrorCode::authentication, ErrorCode::unavailable};

const Refusal kRefusals[] = {
    {"outOfMemory",
     [](const RedisServer& server) {
         server.command({"CONFIG", "SET", "maxmemory", "1"});
     },
     [](const RedisServer& server) {
         server.command({"CONFIG", "SET", "maxmemory", "0"});
     },
     {},
     {ErrorCode::outOfMemory}},
    {"replica",
     [](const RedisServer& server) {
         server.command({"REPLICAOF", "127.0.0.1", "1"});
     },
     [](const RedisServer& server) {
         server.command({"REPLICAOF", "NO", "ONE"});
     },
     {},
     {ErrorCode::readOnly}},
    {"replicaWithoutPrimary",
     [](const RedisServer& server) {
         server.command({"CONFIG", "SET", "replica-serve-stale-data", "no"});
         server.command({"REPLICAOF", "127.0.0.1", "1"});
     },
     [](const RedisServer& server) {
         server.command({"REPLICAOF", "NO", "ONE"});
     },
     {ErrorCode::loading},
     {ErrorCode::readOnly}},
    {"noPermission",
     [](const RedisServer& server) {
         server.command({"ACL", "SETUSER", "bob", "-set"});
     },
     [](const RedisServer& server) {
         server.command({"ACL", "SETUSER", "bob", "+set"});
     },
     {},
     {ErrorCode::noPermission}},
    {"wrongPassword", [](const RedisServer& server) { setPassword(server, ">other"); },
     [](const RedisServer& server) { setPassword(server, ">bobs"); }, kLogin, kLogin},
};

class RedisRefusals : public testing::TestWithParam<std::tuple<std::size_t, LayerKind>> {};

void expectCode(const std::optional<Error>& failure, const std::set<ErrorCode>& codes,
                const char* what) {
    EXPECT_EQ(failure.has_value(), !codes.empty()) << what;
    if (failure) {
        EXPECT_TRUE(codes.contains(failure->code())) << what << ' ' << failure->toLogLine();
    }
}

TEST_P(RedisRefusals, haveTheirCodeAndEndByThemselves) {
    CACHESCOPE_NEEDS_REDIS();
    const Refusal& refusal = kRefusals[std::get<0>(GetParam())];
    const RedisServer server;
    server.command({"ACL", "SETUSER", "bob", "on", ">bobs", "~*", "&*", "+@all"});
    RedisAddress address = server.address();
    address.user = "bob";
    address.password = "bobs";
    const auto layer = test::makeLayer(std::get<1>(GetParam()), address, kLong);
    ASSERT_TRUE(layer->write("key", "value of key").ok());

    refusal.begin(server);
    const auto read = layer->read("key");
    expectCode(read ? std::nullopt : std::optional{read.error()}, refusal.reads, "read");
    const auto written = layer->write("key", "value of key");
    expectCode(written ? std::nullopt : std::optional{written.error()}, refusal.writes, "write");

    refusal.end(server);
    EXPECT_TRUE(eventually([&] { return layer->write("key", "value of key").ok(); }));
    const auto again = layer->read("key");
    ASSERT_TRUE(again.ok()) << again.error().toLogLine();
    EXPECT_EQ(*again, "value of key");
}

INSTANTIATE_TEST_SUITE_P(All, RedisRefusals,
                         testing::Combine(testing::Range<std::size_t>(0, std::size(kRefusals)),
                                          testing::ValuesIn(test::kLayerKinds)),
                         [](const auto& each) {
                             return std::string{kRefusals[std::get<0>(each.param)].name} + '_' +
                                    test::layerName(std::get<1>(each.param));
                         });

class RedisLoading : public testing::TestWithParam<LayerKind> {};

TEST_P(RedisLoading, isSaidUntilTheDataIsThere) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server{{.arguments = {"--enable-debug-command", "yes"}}};
    const auto layer = test::makeLayer(GetParam(), server.address(), kLong);
    ASSERT_TRUE(layer->write("key", "value of key").ok());
    // The server reads its data anew, a thousandth of a second a key, and answers in between.
    server.command({"DEBUG", "POPULATE", "300"});
    server.command({"CONFIG", "SET", "key-load-delay", "1000"});
    server.command({"CONFIG", "SET", "loading-process-events-interval-bytes", "1024"});
    test::TestThread reload{[&] { server.command({"DEBUG", "RELOAD"}); }};
    EXPECT_TRUE(eventually([&] {
        const auto read = layer->read("key");
        return !read && read.error().code() == ErrorCode::loading;
    }));
    EXPECT_TRUE(eventually([&] {
        const auto read = layer->read("key");
        return read && *read == "value of key";
    }));
}

INSTANTIATE_TEST_SUITE_P(All, RedisLoading, testing::ValuesIn(test::kLayerKinds),
                         [](const auto& each) { return test::layerName(each.param); });

}  // namespace
}  // namespace cachescope
