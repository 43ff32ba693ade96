// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/capture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "engine/redis/redis_connection.h"
#include "engine/trace/trace_reader.h"
#include "tests/support/in_parallel.h"
#include "tests/support/redis_server.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;

struct Capturing {
    RedisServer server;
    test::TemporaryDirectory folder;
    std::string path = (folder / "trace.csv").string();
    CaptureOptions options;
    std::shared_ptr<Guard> guard = std::make_shared<Guard>();

    Capturing() {
        options.burst.most = 20s;
        options.burst.worst = 1000;
        options.burst.probeEvery = 5ms;
    }
    // Does something on other connections once the capture listens, and stops it after that.
    Result<CaptureReport> during(const std::function<void()>& others) {
        std::stop_source stop;
        test::TestThread starter([&] {
            // The server says itself when somebody listens.
            while (server.command({"CLIENT", "LIST"}).text.find("cmd=monitor") ==
                   std::string::npos) {
            }
            others();
            stop.request_stop();
        });
        auto report = captureTrace(server.address(), guard, path, options, stop.get_token());
        starter.join();
        return report;
    }
    std::string text() const {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream content;
        content << file.rdbuf();
        return content.str();
    }
};

TEST(CaptureTest, whatIsAskedIsATraceThatOurReadersRead) {
    CACHESCOPE_NEEDS_REDIS();
    Capturing capturing;
    const std::string odd("o,d\"d \0\n\\;\xff", 11);
    const auto report = capturing.during([&] {
        capturing.server.command({"GET", "user:1"});
        capturing.server.command({"SET", "user:1", "12345", "EX", "60"});
        capturing.server.command({"GET", "user:1"});
        capturing.server.command({"SET", "user:1", "1234567", "PX", "1500"});
        capturing.server.command({"MGET", odd, "other"});
        capturing.server.command({"INFO"});
        capturing.server.command({"PTTL", "user:1"});
        capturing.server.command({"DEL", odd});
    });
    ASSERT_TRUE(report) << report.error().toLogLine();
    EXPECT_EQ(report->burst.end, BurstEnd::stopped);
    EXPECT_EQ(report->reads, 4U);
    EXPECT_EQ(report->writes, 2U);
    EXPECT_EQ(report->fileBytes, capturing.text().size());
    const auto reading = readTrace(capturing.path);
    ASSERT_TRUE(reading) << reading.error().toLogLine();
    EXPECT_EQ(reading->note(), "");
    const Trace& trace = reading->trace;
    ASSERT_EQ(trace.size(), 6U) << capturing.text();
    EXPECT_EQ(trace.names.name(trace.keys[0]), "user:1");
    EXPECT_EQ(trace.sizes[0], 5U) << "as what filled it in was";
    EXPECT_EQ(trace.ttls[0], 60s);
    EXPECT_EQ(trace.operations[2], TraceOperation::write);
    EXPECT_EQ(trace.ttls[2], 1500ms);
    EXPECT_EQ(trace.names.name(trace.keys[3]), "o,d\"d \\x00\\n\\\\;\xff");
    EXPECT_EQ(trace.keys[3], trace.keys[5]);
}

TEST(CaptureTest, otherDatabasesAndOurOwnConnectionsAreLeftOut) {
    CACHESCOPE_NEEDS_REDIS();
    Capturing capturing;
    const auto report = capturing.during([&] {
        RedisAddress other = capturing.server.address();
        other.database = 3;
        const TimePoint soon = SystemClock::instance().now() + 5s;
        auto connection = RedisConnection::open(other, soon);
        ASSERT_TRUE(connection);
        const RedisCommand get{"GET", "elsewhere"};
        ASSERT_TRUE((*connection)->send({&get, 1}, soon));
        capturing.server.command({"GET", "here"});
    });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->reads, 1U);
    EXPECT_EQ(capturing.text().find("elsewhere"), std::string::npos);
    EXPECT_EQ(capturing.text().find("PING"), std::string::npos);
}

TEST(CaptureTest, aServerThatGoesLeavesAFileWithWholeLines) {
    CACHESCOPE_NEEDS_REDIS();
    Capturing capturing;
    const auto report = capturing.during([&] {
        for (int i = 0; i < 2000; ++i) {
            capturing.server.command({"SET", "k" + std::to_string(i), "v"});
        }
        capturing.server.kill();
    });
    ASSERT_TRUE(report);
    const std::string text = capturing.text();
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(text.back(), '\n');
    const auto reading = readTrace(capturing.path);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->trace.size(), report->writes);
    EXPECT_GT(report->writes, 1000U);
    EXPECT_EQ(reading->skipped, 0U);
}

TEST(CaptureTest, endsAtItsBytes) {
    CACHESCOPE_NEEDS_REDIS();
    Capturing capturing;
    capturing.options.burst.mostBytes = 20'000;
    const auto report = capturing.during([&] {
        for (int i = 0; i < 1000; ++i) {
            capturing.server.command({"GET", "key" + std::to_string(i)});
        }
    });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->burst.end, BurstEnd::bytes);
    const auto reading = readTrace(capturing.path);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->trace.size(), report->reads);
}

TEST(CaptureTest, aFileThatCannotBeWrittenIsSaidBeforeTheServerIsAsked) {
    CACHESCOPE_NEEDS_REDIS();
    Capturing capturing;
    const auto report =
        captureTrace(capturing.server.address(), capturing.guard,
                     (capturing.folder / "none/trace.csv").string(), capturing.options, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::notFound);
    EXPECT_EQ(capturing.guard->meter().figures().commands, 0U);
}

TEST(CaptureTest, aFullDiskEndsIt) {
    CACHESCOPE_NEEDS_REDIS();
    if (!std::filesystem::exists("/dev/full")) {
        GTEST_SKIP() << "this machine has no /dev/full";
    }
    Capturing capturing;
    const auto report = captureTrace(capturing.server.address(), capturing.guard, "/dev/full",
                                     capturing.options, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::diskFull);
}

}  // namespace
}  // namespace cachescope::inspect
