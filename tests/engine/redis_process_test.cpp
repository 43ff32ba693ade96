// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_process.h"
#include "engine/redis/redis_target.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "engine/redis/private_redis_server.h"
#include "engine/redis/redis_connection.h"
#include "engine/redis/redis_probe.h"
#include "engine/redis/stream_socket.h"
#include "tests/support/redis_server.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

TEST(PrivateRedisServer, answersAtItsUrlAndLeavesNothingBehind) {
    CACHESCOPE_NEEDS_REDIS();
    std::string directory;
    std::string url;
    {
        const auto server = PrivateRedisServer::start(20s);
        ASSERT_TRUE(server.ok()) << server.error().toLogLine();
        directory = (*server)->directory();
        url = (*server)->url();
        EXPECT_TRUE((*server)->running());
        struct stat status {};
        ASSERT_EQ(::stat(directory.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0700U);
        const auto info = probeRedis(url, 20s);
        ASSERT_TRUE(info.ok()) << info.error().toLogLine();
        EXPECT_EQ(info->maxmemory, 64u * 1024 * 1024);
        EXPECT_EQ(info->maxmemoryPolicy, "allkeys-lru");
    }
    EXPECT_FALSE(std::filesystem::exists(directory));
    EXPECT_EQ(probeRedis(url, 1s).error().code(), ErrorCode::unreachable);
}

TEST(PrivateRedisServer, severalLiveSideBySide) {
    CACHESCOPE_NEEDS_REDIS();
    const auto first = PrivateRedisServer::start(20s);
    const auto second = PrivateRedisServer::start(20s);
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_NE((*first)->url(), (*second)->url());
    EXPECT_TRUE(probeRedis((*first)->url(), 20s).ok());
    EXPECT_TRUE(probeRedis((*second)->url(), 20s).ok());
}

TEST(PrivateRedisServer, anArgumentThatTheServerRefusesIsToldWithItsWords) {
    CACHESCOPE_NEEDS_REDIS();
    const TimePoint start = SystemClock::instance().now();
    const auto server = PrivateRedisServer::start(60s, {"--no-such-option", "1"});
    ASSERT_FALSE(server.ok());
    EXPECT_EQ(server.error().code(), ErrorCode::io);
    EXPECT_FALSE(server.error().detail().empty());
    EXPECT_LT(SystemClock::instance().now() - start, 30s) << "its end is noticed, not waited out";
}

TEST(PrivateRedisServer, noticesThatItWasKilled) {
    CACHESCOPE_NEEDS_REDIS();
    const auto server = PrivateRedisServer::start(20s);
    ASSERT_TRUE(server.ok());
    // The end of this connection says that the process has ended.
    const auto address = RedisTarget::parse((*server)->url()).value().seeds.front();
    const TimePoint deadline = SystemClock::instance().now() + 20s;
    auto watch =
        StreamSocket::connectUnix(address.unixPath, deadline, SystemClock::instance()).value();
    ASSERT_EQ(::kill((*server)->pid(), SIGKILL), 0);
    ASSERT_TRUE(waitFor(*watch, true, false, deadline, SystemClock::instance()).ok());
    while ((*server)->running() && SystemClock::instance().now() < deadline) {
    }
    EXPECT_FALSE((*server)->running());
}

TEST(PrivateRedisServer, aStoppedServerIsEndedToo) {
    CACHESCOPE_NEEDS_REDIS();
    auto server = PrivateRedisServer::start(20s);
    ASSERT_TRUE(server.ok());
    const pid_t pid = (*server)->pid();
    ::kill(pid, SIGSTOP);
    (*server).reset();
    EXPECT_EQ(::kill(pid, 0), -1);
}

#if defined(__linux__)
TEST(PrivateRedisServer, diesWithTheProgramThatStartedIt) {
    CACHESCOPE_NEEDS_REDIS();
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t program = ::fork();
    ASSERT_GE(program, 0);
    if (program == 0) {
        const auto server = PrivateRedisServer::start(20s);
        const std::string directory = server.ok() ? (*server)->directory() : "";
        (void)!::write(ends[1], directory.data(), directory.size());
        ::close(ends[1]);
        for (;;) {
            ::pause();
        }
    }
    ::close(ends[1]);
    char text[256];
    const ssize_t length = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    const std::string directory{text, static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
    const TimePoint deadline = SystemClock::instance().now() + 20s;
    auto watch =
        StreamSocket::connectUnix(directory + "/redis.sock", deadline, SystemClock::instance());
    EXPECT_TRUE(watch.ok());
    ::kill(program, SIGKILL);
    ::waitpid(program, nullptr, 0);
    if (watch) {
        // The end of the connection is the end of the server.
        EXPECT_TRUE(waitFor(**watch, true, false, deadline, SystemClock::instance()).ok());
        char byte = 0;
        const auto got = (*watch)->readSome({&byte, 1});
        EXPECT_FALSE(got.ok());
    }
    if (!directory.empty()) {
        std::filesystem::remove_all(directory);
    }
}
#endif

TEST(RedisProcess, aProgramThatIsNotThereIsToldAtOnce) {
    RedisProcessOptions options;
    options.executable = "/nonexistent/redis-server";
    options.logFile = "/dev/null";
    options.timeout = 20s;
    const auto process = RedisProcess::start(options);
    ASSERT_FALSE(process.ok());
    EXPECT_EQ(process.error().code(), ErrorCode::io);
    EXPECT_EQ(process.error().subject(), options.executable);
}

TEST(RedisProcess, aProgramThatNeverAnswersIsGivenUpAndEnded) {
    RedisProcessOptions options;
    options.executable = "/bin/sleep";
    options.arguments = {"1000"};
    options.address.unixPath = "/nonexistent/redis.sock";
    options.logFile = "/dev/null";
    options.timeout = 100ms;
    const auto process = RedisProcess::start(options);
    ASSERT_FALSE(process.ok());
    EXPECT_EQ(process.error().code(), ErrorCode::timedOut);
}

}  // namespace
}  // namespace cachescope
