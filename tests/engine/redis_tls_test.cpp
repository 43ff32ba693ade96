// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_target.h"
#include "engine/redis/tls_refusal.h"
#include "tests/support/redis_server.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_certificates.h"

/// Leaves the test, saying so, where the redis-server cannot encrypt.
#define CACHESCOPE_NEEDS_TLS()                                    \
    CACHESCOPE_NEEDS_REDIS();                                     \
    if (!cachescope::test::RedisServer::speaksTls()) {            \
        GTEST_SKIP() << "redis-server is built without TLS here"; \
    }                                                             \
    static_assert(true)

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;
using test::ScriptedServer;
using test::TestCertificates;
using Why = TlsRefusal::Why;

constexpr Duration kLong = 20s;
constexpr Duration kShort = 600ms;  // a time-out that a test waits for

TimePoint in(Duration span) {
    return SystemClock::instance().now() + span;
}

struct Encrypted {
    TestCertificates certificates;
    std::unique_ptr<RedisServer> server;

    explicit Encrypted(const TestCertificates::Wish& wish = {}, bool wantsOurs = false,
                       std::vector<std::string> arguments = {}, bool ipv6 = false) {
        const auto pair = certificates.make(wish);
        RedisServer::Options options;
        options.tcp = true;
        options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
        options.wantsClientCertificate = wantsOurs;
        options.arguments = std::move(arguments);
        options.ipv6 = ipv6;
        server = std::make_unique<RedisServer>(options);
    }
    // The address as a program has it that knows the authority alone.
    RedisAddress address() const {
        RedisAddress place = server->address();
        place.tls = TlsOptions{true, certificates.authority(), {}, {}, {}};
        return place;
    }
};

Result<std::unique_ptr<RedisConnection>> open(const RedisAddress& address,
                                              Duration timeout = kLong) {
    return RedisConnection::open(address, in(timeout));
}

Error openFailure(const RedisAddress& address, Duration timeout = kLong) {
    const auto opened = open(address, timeout);
    EXPECT_FALSE(opened.ok());
    return opened ? Error{ErrorCode::closed} : opened.error();
}

TlsRefusal refusalOf(const RedisAddress& address) {
    const Error error = openFailure(address);
    const auto refusal = TlsRefusal::of(error);
    EXPECT_TRUE(refusal) << error.toLogLine();
    EXPECT_EQ(error.subject(), address.toText());
    return refusal.value_or(TlsRefusal{Why::other, "no refusal"});
}

std::vector<RedisReply> ask(RedisConnection& connection,
                            const std::vector<RedisCommand>& commands) {
    auto replies = connection.send(commands, in(kLong));
    EXPECT_TRUE(replies.ok()) << replies.error().toLogLine();
    return replies ? std::move(*replies) : std::vector<RedisReply>(commands.size());
}

TEST(RedisTls, aServerWithAGoodCertificateIsSpokenTo) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const auto connection = open(encrypted.address());
    ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
    EXPECT_EQ(ask(**connection, {{"PING"}})[0].text, "PONG");
    EXPECT_TRUE((*connection)->isQuiet());
}

TEST(RedisTls, valuesOfAMegabyteGoThroughInBothDirections) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const auto connection = open(encrypted.address()).value();
    const std::string value(1 << 20, 'v');
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 10; ++i) {
        commands.push_back({"SET", "key" + std::to_string(i), value + std::to_string(i)});
        commands.push_back({"GET", "key" + std::to_string(i)});
    }
    const auto replies = ask(*connection, commands);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(replies[2 * i].text, "OK");
        EXPECT_TRUE(replies[2 * i + 1].text == value + std::to_string(i)) << i;
    }
    EXPECT_TRUE(connection->isQuiet());
}

TEST(RedisTls, aPipelineOfTenThousandCommandsIsAnsweredInItsOrder) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const auto connection = open(encrypted.address()).value();
    std::vector<RedisCommand> commands;
    for (int i = 0; i < 10'000; ++i) {
        commands.push_back({"ECHO", std::to_string(i)});
    }
    const auto replies = ask(*connection, commands);
    for (std::size_t i = 0; i < replies.size(); ++i) {
        ASSERT_EQ(replies[i].text, std::to_string(i));
    }
}

TEST(RedisTls, versionOneDotTwoIsSpokenToo) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{}, false, {"--tls-protocols", "TLSv1.2"}};
    const auto connection = open(encrypted.address());
    ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
    EXPECT_EQ(ask(**connection, {{"PING"}})[0].text, "PONG");
}

TEST(RedisTls, bytesThatWereReadAheadWakeWhoWaitsForThem) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const auto listening = open(encrypted.address()).value();
    const auto quiet = open(encrypted.address()).value();
    ask(*listening, {{"CLIENT", "NO-EVICT", "off"}});
    ASSERT_TRUE(listening->post({"SUBSCRIBE", "news"}, in(kLong)).ok());
    const auto publisher = open(encrypted.address()).value();
    // More messages than one look takes, so that some stay behind in the stream.
    std::size_t heard = 0;
    for (bool subscribed = false; heard < 20'001;) {
        ASSERT_TRUE(RedisConnection::waitForEither(*listening, *quiet, in(kLong)).value());
        const auto messages = listening->receive();
        ASSERT_TRUE(messages.ok()) << messages.error().toLogLine();
        heard += messages->size();
        if (!subscribed && heard > 0) {
            subscribed = true;
            ask(*publisher, std::vector<RedisCommand>(20'000, {"PUBLISH", "news", "x"}));
        }
    }
    EXPECT_FALSE(RedisConnection::waitForEither(*listening, *quiet, in(10ms)).value());
}

TEST(RedisTls, anExpiredCertificateIsRefusedWithItsDate) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{.fromDay = -30, .toDay = -2}};
    const TlsRefusal refusal = refusalOf(encrypted.address());
    EXPECT_EQ(refusal.why, Why::expired);
    EXPECT_EQ(refusal.about.size(), 10u) << refusal.about;
}

TEST(RedisTls, aCertificateOfTomorrowIsRefused) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{.fromDay = 2, .toDay = 30}};
    EXPECT_EQ(refusalOf(encrypted.address()).why, Why::notYetValid);
}

TEST(RedisTls, aCertificateForOthersIsRefusedWithTheNamesItHas) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{.hosts = "DNS:db.example,DNS:other.example,IP:10.1.2.3"}};
    const TlsRefusal refusal = refusalOf(encrypted.address());
    EXPECT_EQ(refusal.why, Why::wrongName);
    EXPECT_EQ(refusal.about, "db.example, other.example, 10.1.2.3");

    RedisAddress byName = encrypted.address();
    byName.host = "localhost";
    EXPECT_EQ(refusalOf(byName).why, Why::wrongName);
}

TEST(RedisTls, theNameToExpectCanBeGiven) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{.hosts = "DNS:db.example"}};
    RedisAddress address = encrypted.address();
    address.tls->serverName = "db.example";
    EXPECT_TRUE(open(address).ok());
    address.tls->serverName = "other.example";
    EXPECT_EQ(refusalOf(address).why, Why::wrongName);
}

TEST(RedisTls, aServerOfAnotherAuthorityIsRefusedWithWhoSignedIt) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const TestCertificates others;
    RedisAddress address = encrypted.address();
    address.tls->caFile = others.authority();
    // Both authorities have the same name, so that the signature alone tells them apart.
    const Error error = openFailure(address);
    EXPECT_EQ(error.code(), ErrorCode::untrusted) << error.toLogLine();

    address.tls->caFile.clear();
    const TlsRefusal refusal = refusalOf(address);
    EXPECT_EQ(refusal.why, Why::unknownAuthority);
    EXPECT_EQ(refusal.about, "authority of a test");
}

TEST(RedisTls, aSelfSignedCertificateIsRefusedUnlessItIsTheAuthority) {
    CACHESCOPE_NEEDS_TLS();
    TestCertificates certificates;
    const auto pair = certificates.make({.name = "lonely", .selfSigned = true});
    RedisServer::Options options;
    options.tcp = true;
    options.tls = TlsOptions{true, pair.certificate, pair.certificate, pair.key, {}};
    const RedisServer server{options};
    RedisAddress address = server.address();
    EXPECT_TRUE(open(address).ok());
    address.tls->caFile = certificates.authority();
    const TlsRefusal refusal = refusalOf(address);
    EXPECT_EQ(refusal.why, Why::selfSigned);
    EXPECT_EQ(refusal.about, "lonely");
}

TEST(RedisTls, withoutVerificationAnyCertificateWillDo) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted{{.hosts = "DNS:db.example", .fromDay = -30, .toDay = -2}};
    RedisAddress address = encrypted.address();
    address.tls->caFile.clear();
    address.tls->verify = false;
    const auto connection = open(address);
    ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
    EXPECT_EQ(ask(**connection, {{"PING"}})[0].text, "PONG");
}

TEST(RedisTls, aServerThatWantsACertificateOfOursGetsIt) {
    CACHESCOPE_NEEDS_TLS();
    for (const char* versions : {"TLSv1.2", "TLSv1.2 TLSv1.3"}) {
        Encrypted encrypted{{}, true, {"--tls-protocols", versions}};
        RedisAddress address = encrypted.address();
        const TlsRefusal refusal = refusalOf(address);
        EXPECT_EQ(refusal.why, Why::clientCertificate) << versions;
        EXPECT_FALSE(refusal.about.empty());

        const auto ours = encrypted.certificates.make({.name = "client"});
        address.tls->certificateFile = ours.certificate;
        address.tls->keyFile = ours.key;
        const auto connection = open(address);
        ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
        EXPECT_EQ(ask(**connection, {{"PING"}})[0].text, "PONG");

        TestCertificates strangers;
        const auto theirs = strangers.make({.name = "stranger"});
        address.tls->certificateFile = theirs.certificate;
        address.tls->keyFile = theirs.key;
        EXPECT_EQ(refusalOf(address).why, Why::clientCertificate) << versions;
    }
}

TEST(RedisTls, aServerWithoutTlsIsNamedAsThat) {
    CACHESCOPE_NEEDS_REDIS();
    RedisServer::Options options;
    options.tcp = true;
    const RedisServer server{options};
    RedisAddress address = server.address();
    address.tls.emplace();
    const Error error = openFailure(address, kShort);
    EXPECT_EQ(error.code(), ErrorCode::notThisProtocol) << error.toLogLine();
    EXPECT_TRUE(error.detail().starts_with(kSpeaksNoTls)) << error.detail();

    const ScriptedServer http{std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}};
    address.port = http.port();
    EXPECT_EQ(openFailure(address).detail(), "no TLS: HTTP/1.1 400 Bad Request");
}

TEST(RedisTls, aServerThatWantsTlsIsNamedAsThat) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    RedisAddress address = encrypted.address();
    address.tls.reset();
    const Error error = openFailure(address);
    EXPECT_EQ(error.code(), ErrorCode::notThisProtocol) << error.toLogLine();
    EXPECT_EQ(error.detail(), kSpeaksOnlyTls);

    const ScriptedServer alerts{std::string{"\x15\x03\x03\x00\x02\x02\x28", 7}};
    address.port = alerts.port();
    EXPECT_EQ(openFailure(address).detail(), kSpeaksOnlyTls);
}

TEST(RedisTls, aHandshakeThatNobodyAnswersTimesOut) {
    const ScriptedServer silent{[](ScriptedServer::Peer& peer) { peer.wait(); }};
    RedisAddress address;
    address.port = silent.port();
    address.tls.emplace();
    EXPECT_EQ(openFailure(address, kShort).code(), ErrorCode::timedOut);
    const ScriptedServer closes{[](ScriptedServer::Peer& peer) { peer.receive(); }};
    address.port = closes.port();
    EXPECT_EQ(openFailure(address).code(), ErrorCode::disconnected);
}

TEST(RedisTls, aServerThatDiesIsDisconnected) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    const auto connection = open(encrypted.address()).value();
    const auto watched = open(encrypted.address()).value();
    encrypted.server->kill();
    const RedisCommand ping{"PING"};
    const auto replies = connection->send({&ping, 1}, in(kLong));
    ASSERT_FALSE(replies.ok());
    EXPECT_EQ(replies.error().code(), ErrorCode::disconnected) << replies.error().toLogLine();
    EXPECT_FALSE(watched->isQuiet());
}

TEST(RedisTls, aFileThatCannotBeReadIsNamed) {
    CACHESCOPE_NEEDS_TLS();
    Encrypted encrypted;
    TestCertificates& files = encrypted.certificates;
    const RedisAddress good = encrypted.address();
    const auto pair = files.make();
    const auto other = files.make();
    const auto locked = files.make({.password = "secret"});
    const std::string junk = files.write("junk.pem", "no certificate\n");
    const auto failure = [&](const TlsOptions& options) {
        RedisAddress address = good;
        address.tls = options;
        return openFailure(address);
    };
    const auto expect = [](const Error& error, ErrorCode code, const std::string& path) {
        EXPECT_EQ(error.code(), code) << error.toLogLine();
        EXPECT_EQ(error.subject(), path) << error.toLogLine();
    };
    const std::string ca = files.authority();
    expect(failure({true, "/nonexistent/ca", "", "", ""}), ErrorCode::notFound, "/nonexistent/ca");
    expect(failure({true, junk, "", "", ""}), ErrorCode::damaged, junk);
    expect(failure({true, ca, "/nonexistent/c", "", ""}), ErrorCode::notFound, "/nonexistent/c");
    expect(failure({true, ca, junk, pair.key, ""}), ErrorCode::damaged, junk);
    expect(failure({true, ca, pair.certificate, junk, ""}), ErrorCode::damaged, junk);
    expect(failure({true, ca, pair.certificate, other.key, ""}), ErrorCode::damaged, other.key);
    expect(failure({true, ca, locked.certificate, locked.key, ""}), ErrorCode::unsupported,
           locked.key);
}

TEST(RedisTls, aCertificateFileThatIsWrittenAnewIsReadAnew) {
    CACHESCOPE_NEEDS_TLS();
    const Encrypted encrypted;
    TestCertificates others;
    RedisAddress address = encrypted.address();
    address.tls->caFile = others.write("changing.pem", "no certificate\n");
    EXPECT_EQ(openFailure(address).code(), ErrorCode::damaged);
    std::filesystem::copy_file(encrypted.certificates.authority(), address.tls->caFile,
                               std::filesystem::copy_options::overwrite_existing);
    const auto first = open(address);
    ASSERT_TRUE(first.ok()) << first.error().toLogLine();
    std::filesystem::copy_file(others.authority(), address.tls->caFile,
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(openFailure(address).code(), ErrorCode::untrusted);
}

TEST(RedisTls, anAddressOfVersionSixIsVerifiedAsOne) {
    CACHESCOPE_NEEDS_TLS();
    if (!test::hasIpv6()) {
        GTEST_SKIP() << "there is no ::1 here";
    }
    const Encrypted encrypted{{}, false, {}, true};
    const auto connection = open(encrypted.address());
    ASSERT_TRUE(connection.ok()) << connection.error().toLogLine();
    const auto target = RedisTarget::parse(encrypted.server->url()).value();
    EXPECT_EQ(target.seeds.front().host, "::1");
    EXPECT_TRUE(open(target.seeds.front()).ok());

    const Encrypted forOthers{{.hosts = "IP:127.0.0.1"}, false, {}, true};
    EXPECT_EQ(refusalOf(forOthers.address()).why, Why::wrongName);
}

TEST(TlsRefusal, isReadBackFromItsError) {
    for (const TlsRefusal& refusal :
         {TlsRefusal{Why::expired, "2024-05-01"}, TlsRefusal{Why::notYetValid, "2034-05-01"},
          TlsRefusal{Why::wrongName, "a, b: c"}, TlsRefusal{Why::unknownAuthority, "x"},
          TlsRefusal{Why::selfSigned, ""}, TlsRefusal{Why::clientCertificate, "y"},
          TlsRefusal{Why::other, "z"}}) {
        EXPECT_EQ(TlsRefusal::of(refusal.toError()), refusal) << refusal.toError().detail();
    }
    EXPECT_EQ(TlsRefusal::of(Error{ErrorCode::authentication, "", "has expired: x"}), std::nullopt);
    EXPECT_EQ(TlsRefusal::of(Error{ErrorCode::untrusted, "", "so"})->about, "so");
}

}  // namespace
}  // namespace cachescope
