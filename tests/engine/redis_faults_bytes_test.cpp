// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Single bytes lost, doubled or cut off on the way from the server, at every place of a reply. TCP
// does not do that; what stands in between may. (On the way to the server nobody could tell: the
// command would be another one.)

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <tuple>

#include "engine/redis/reply_reader.h"
#include "tests/engine/redis_faults_layers.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::FaultProxy;
using test::LayerKind;
using test::RedisServer;
using Damage = FaultProxy::Damage;

struct Spoiling {
    const char* name;
    Damage damage;
};

const Spoiling kSpoilings[] = {
    {"dropped", Damage::drop},
    {"doubled", Damage::duplicate},
    {"cut", Damage::cut},
    {"reset", Damage::reset},
};

class RedisFaultsEveryByte : public testing::TestWithParam<std::tuple<std::size_t, LayerKind>> {};

TEST_P(RedisFaultsEveryByte, neverGiveAValueOfAnotherKey) {
    CACHESCOPE_NEEDS_REDIS();
    const RedisServer server;
    FaultProxy proxy{server.address()};
    const auto layer = test::makeLayer(std::get<1>(GetParam()), proxy.address(), 60ms);
    constexpr int kKeys = 8;
    for (int i = 0; i < kKeys; ++i) {
        const std::string key = test::keyAt(i);
        ASSERT_TRUE(layer->write(key, test::valueFor(key)).ok());
    }
    const std::set<ErrorCode> allowed{ErrorCode::disconnected, ErrorCode::notThisProtocol,
                                      ErrorCode::timedOut, ErrorCode::unavailable};
    std::atomic<int> wrong{0};
    std::atomic<int> unexpected{0};
    // A reply of "$14\r\nvalue of key:0\r\n", and a bit: every byte has its turn.
    constexpr int kPlaces = 24;
    for (int place = 0; place < kPlaces; ++place) {
        proxy.damage(FaultProxy::Way::toClient, static_cast<std::uint64_t>(place),
                     kSpoilings[std::get<0>(GetParam())].damage);
        test::inParallel(4, [&](int thread) {
            for (int i = 0; i < 2; ++i) {
                const std::string key = test::keyAt(thread * 2 + i);
                const auto value = layer->read(key);
                if (!value) {
                    unexpected += allowed.contains(value.error().code()) ? 0 : 1;
                } else if (*value) {
                    wrong += **value == test::valueFor(key) ? 0 : 1;
                }
            }
        });
        for (int i = 0; i < kKeys; ++i) {
            const std::string key = test::keyAt(i);
            ASSERT_TRUE(test::eventually([&] {
                const auto value = layer->read(key);
                wrong += value && *value && **value != test::valueFor(key) ? 1 : 0;
                return value.ok() && value->has_value();
            })) << "no recovery after place "
                << place;
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(unexpected, 0);
    EXPECT_EQ(proxy.damages(), kPlaces);
}

INSTANTIATE_TEST_SUITE_P(All, RedisFaultsEveryByte,
                         testing::Combine(testing::Range<std::size_t>(0, std::size(kSpoilings)),
                                          testing::ValuesIn(test::kLayerKinds)),
                         [](const auto& each) {
                             return std::string{kSpoilings[std::get<0>(each.param)].name} + '_' +
                                    test::layerName(std::get<1>(each.param));
                         });

TEST(RedisFaultsBytes, aStringThatDoesNotEndWhereItSaysIsNoReply) {
    for (const char* said : {"$5\r\nhllo\r\n$1\r\na\r\n", "$5\r\nheello\r\n",
                             "$5\r\nhello\n\r+\r\n", "*1\r\n$1\r\nab\r\n"}) {
        ReplyReader reader;
        ASSERT_TRUE(reader.feed(said).ok());
        const auto reply = reader.next();
        ASSERT_FALSE(reply.ok()) << said;
        EXPECT_EQ(reply.error().code(), ErrorCode::notThisProtocol) << said;
    }
}

}  // namespace
}  // namespace cachescope
