// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/redis/redis_session.h"
#include "tests/support/redis_server.h"
#include "tests/support/session_asker.h"
#include "tests/support/test_certificates.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;

// Encryption changes what there is to wait for: a record may be read and not handed out yet.
TEST(RedisSessionTls, everyRequestGetsItsOwnReplyHoweverLargeItIs) {
    CACHESCOPE_NEEDS_REDIS();
    if (!RedisServer::speaksTls()) {
        GTEST_SKIP() << "redis-server is built without TLS here";
    }
    test::TestCertificates certificates;
    const auto pair = certificates.make();
    RedisServer::Options options;
    options.tcp = true;
    options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
    const RedisServer server{options};
    RedisAddress address = server.address();
    address.tls = TlsOptions{true, certificates.authority(), {}, {}, {}};

    test::SessionAsker asker;
    RedisSessionOptions patient;
    patient.connectTimeout = 20s;
    patient.silence = 20s;
    RedisSession session{address, patient};
    const std::string large(1 << 20, 'v');
    std::vector<RedisSession::Request> requests;
    const auto textAt = [&](int i) {
        return (i % 500 == 0 ? large : std::string{}) + std::to_string(i);
    };
    for (int i = 0; i < 5000; ++i) {
        requests.push_back(asker.request({"ECHO", textAt(i)}));
    }
    session.submitAll(std::move(requests));
    const auto replies = asker.awaitAll();
    for (int i = 0; i < 5000; ++i) {
        const auto& reply = replies[static_cast<std::size_t>(i)];
        ASSERT_TRUE(reply.ok()) << reply.error().toLogLine();
        ASSERT_TRUE(reply->text == textAt(i)) << i;
    }
    EXPECT_EQ(session.status().connections, 1u);
}

TEST(RedisSessionTls, aCertificateThatIsRefusedIsSaidAtOnce) {
    CACHESCOPE_NEEDS_REDIS();
    if (!RedisServer::speaksTls()) {
        GTEST_SKIP() << "redis-server is built without TLS here";
    }
    test::TestCertificates certificates;
    const auto pair = certificates.make();
    RedisServer::Options options;
    options.tcp = true;
    options.tls = TlsOptions{true, certificates.authority(), pair.certificate, pair.key, {}};
    const RedisServer server{options};
    test::TestCertificates others;
    RedisAddress address = server.address();
    address.tls = TlsOptions{true, others.authority(), {}, {}, {}};
    test::SessionAsker asker;
    RedisSessionOptions patient;
    patient.connectTimeout = 20s;
    RedisSession session{address, patient};
    // Its deadline is kNever: only a failure that is told at once ends it.
    auto request = asker.request({"PING"});
    request.deadline = kNever;
    session.submit(std::move(request));
    const auto reply = asker.await(0);
    ASSERT_FALSE(reply.ok());
    ASSERT_EQ(reply.error().code(), ErrorCode::unavailable) << reply.error().toLogLine();
    ASSERT_NE(reply.error().cause(), nullptr);
    EXPECT_EQ(reply.error().cause()->code(), ErrorCode::untrusted) << reply.error().toLogLine();
}

}  // namespace
}  // namespace cachescope
