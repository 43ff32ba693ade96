// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the connection, the server and the way between them can suffer, under traffic of four
// threads, for each of the ways to Redis. docs/reliability.md says the same in a table.

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <tuple>

#include "tests/engine/redis_faults_layers.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::FaultProxy;
using test::LayerKind;
using test::RedisLayer;
using test::RedisServer;
using test::Traffic;
using Way = FaultProxy::Way;

constexpr Duration kSlack = 2s;  // what a busy machine may add to a deadline

struct World {
    RedisServer server{{.arguments = {"--enable-debug-command", "yes"}}};
    FaultProxy proxy{server.address()};
};

struct Fault {
    const char* name;
    std::function<void(World&)> begin;
    std::function<void(World&)> end;
    std::set<ErrorCode> codes;  // that callers may see
    bool hurts = true;          // somebody must see one of them
};

const std::set<ErrorCode> kLost{ErrorCode::disconnected, ErrorCode::timedOut,
                                ErrorCode::unreachable, ErrorCode::unavailable};
const std::set<ErrorCode> kSilent{ErrorCode::timedOut, ErrorCode::unavailable,
                                  ErrorCode::disconnected};

void nothing(World&) {}

const std::vector<Fault>& faults() {
    static const std::vector<Fault> all{
        {"serverKilledAndRestarted", [](World& world) { world.server.kill(); },
         [](World& world) { world.server.restart(); }, kLost},
        {"serverStopped", [](World& world) { world.server.suspend(); },
         [](World& world) { world.server.resume(); }, kSilent},
        {"serverAsleep",
         [](World& world) {
             world.server.command({"DEBUG", "SLEEP", "0.4"});
         },
         nothing, kSilent},
        {"clientsKilled",
         [](World& world) {
             for (int i = 0; i < 20; ++i) {
                 world.server.command({"CLIENT", "KILL", "TYPE", "normal"});
             }
         },
         nothing, kLost, false},
        {"halfOpen", [](World& world) { world.proxy.swallow(true); },
         [](World& world) {
             world.proxy.swallow(false);
             world.proxy.resetAll();
         },
         kLost},
        {"resetAndRefused",
         [](World& world) {
             world.proxy.refuse(true);
             world.proxy.resetAll();
         },
         [](World& world) { world.proxy.refuse(false); }, kLost},
        {"repliesHeldBack", [](World& world) { world.proxy.hold(Way::toClient, true); },
         [](World& world) { world.proxy.hold(Way::toClient, false); }, kSilent},
        {"commandsHeldBack", [](World& world) { world.proxy.hold(Way::toServer, true); },
         [](World& world) { world.proxy.hold(Way::toServer, false); }, kSilent},
        {"everyByteAlone",
         [](World& world) { world.proxy.split(true); },
         [](World& world) { world.proxy.split(false); },
         {},
         false},
    };
    return all;
}

void fill(RedisLayer& layer) {
    for (int i = 0; i < Traffic::kKeys; ++i) {
        const std::string key = test::keyAt(i);
        EXPECT_TRUE(eventually([&] { return layer.write(key, test::valueFor(key)).ok(); }));
    }
}

class RedisFaults : public testing::TestWithParam<std::tuple<std::size_t, LayerKind>> {
protected:
    const Fault& fault() const { return faults()[std::get<0>(GetParam())]; }
};

TEST_P(RedisFaults, endInTimeSayWhatHappenedAndAreOverWhenTheyAreOver) {
    CACHESCOPE_NEEDS_REDIS();
    World world;
    const auto layer = test::makeLayer(std::get<1>(GetParam()), world.proxy.address());
    fill(*layer);
    Traffic traffic{*layer};
    ASSERT_TRUE(eventually([&] { return traffic.right >= 100; }));

    const int failedBefore = traffic.failed;
    const int rightBefore = traffic.right;
    fault().begin(world);
    if (fault().hurts) {
        EXPECT_TRUE(eventually([&] { return traffic.failed >= failedBefore + 8; }));
    } else {
        EXPECT_TRUE(eventually([&] { return traffic.right >= rightBefore + 200; }));
    }
    fault().end(world);

    fill(*layer);  // a server that was killed has forgotten
    const int rightAfter = traffic.right;
    EXPECT_TRUE(eventually([&] { return traffic.right >= rightAfter + 200; }));
    traffic.stop();
    EXPECT_EQ(traffic.wrong, 0) << "a value of another key";
    EXPECT_LT(traffic.slowest(), test::kCallTimeout + kSlack);
    for (const auto& [code, example] : traffic.codes()) {
        EXPECT_TRUE(fault().codes.contains(code)) << example;
    }
}

INSTANTIATE_TEST_SUITE_P(All, RedisFaults,
                         testing::Combine(testing::Range<std::size_t>(0, faults().size()),
                                          testing::ValuesIn(test::kLayerKinds)),
                         [](const auto& each) {
                             return std::string{faults()[std::get<0>(each.param)].name} + '_' +
                                    test::layerName(std::get<1>(each.param));
                         });

struct Peer {
    const char* name;
    const char* says;  // as soon as it is spoken to; null: nothing
    std::set<ErrorCode> codes;
};

const Peer kPeers[] = {
    {"http",
     "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
     {ErrorCode::notThisProtocol, ErrorCode::unavailable}},
    {"ssh", "SSH-2.0-OpenSSH_9.2\r\n", {ErrorCode::notThisProtocol, ErrorCode::unavailable}},
    {"garbage", "\x01\x02\x03\xff\xfe", {ErrorCode::notThisProtocol, ErrorCode::unavailable}},
    {"silence", nullptr, {ErrorCode::timedOut, ErrorCode::unavailable}},
};

class RedisStrangers : public testing::TestWithParam<std::tuple<std::size_t, LayerKind>> {};

TEST_P(RedisStrangers, areToldInTime) {
    const Peer& peer = kPeers[std::get<0>(GetParam())];
    const test::ScriptedServer server{[&](test::ScriptedServer::Peer& client) {
        if (client.receive() && peer.says != nullptr) {
            client.say(peer.says);
        }
        client.wait();
    }};
    RedisAddress address;
    address.port = server.port();
    const auto layer = test::makeLayer(std::get<1>(GetParam()), address);
    for (int i = 0; i < 3; ++i) {
        const TimePoint start = SystemClock::instance().now();
        const auto read = layer->read("key");
        EXPECT_LT(SystemClock::instance().now() - start, test::kCallTimeout + kSlack);
        ASSERT_FALSE(read.ok());
        EXPECT_TRUE(peer.codes.contains(read.error().code())) << read.error().toLogLine();
        if (i == 0 && read.error().code() == ErrorCode::unavailable) {
            ASSERT_NE(read.error().cause(), nullptr);
            EXPECT_TRUE(peer.codes.contains(read.error().cause()->code()))
                << read.error().cause()->toLogLine();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, RedisStrangers,
                         testing::Combine(testing::Range<std::size_t>(0, std::size(kPeers)),
                                          testing::ValuesIn(test::kLayerKinds)),
                         [](const auto& each) {
                             return std::string{kPeers[std::get<0>(each.param)].name} + '_' +
                                    test::layerName(std::get<1>(each.param));
                         });

}  // namespace
}  // namespace cachescope
