// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/monitor_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/trace/monitor_requests.h"
#include "engine/trace/trace_reader.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

TEST(MonitorLineTest, readsTimeDatabaseClientAndWords) {
    MonitorLine line;
    ASSERT_TRUE(
        parseMonitorLine("+1339518083.107412 [3 127.0.0.1:60866] \"set\" \"k\" \"a b\"\r\n", line));
    EXPECT_EQ(line.time, 1339518083s + 107412us);
    EXPECT_EQ(line.database, 3);
    EXPECT_EQ(line.client, "127.0.0.1:60866");
    EXPECT_EQ(line.words, (Words{"set", "k", "a b"}));
    EXPECT_EQ(line.sizes, (std::vector<std::uint64_t>{3, 1, 3}));
    EXPECT_FALSE(line.isScript());
}

TEST(MonitorLineTest, readsEscapesAndClientsOfEveryKind) {
    MonitorLine line;
    ASSERT_TRUE(parseMonitorLine(R"(1.000001 [0 lua] "GET" "q\"b\\n\n\r\t\a\b\x00\xfF")", line));
    EXPECT_EQ(line.words[1], std::string("q\"b\\n\n\r\t\a\b\0\xff", 12));
    EXPECT_TRUE(line.isScript());
    ASSERT_TRUE(parseMonitorLine(R"(1.000001 [0 unix:/tmp/a [b] c.sock] "GET" "")", line));
    EXPECT_EQ(line.client, "unix:/tmp/a [b] c.sock");
    EXPECT_EQ(line.words, (Words{"GET", ""}));
    ASSERT_TRUE(parseMonitorLine(R"(1.000001 [15 [::1]:4000] "PING")", line));
    EXPECT_EQ(line.client, "[::1]:4000");
    EXPECT_EQ(line.words, Words{"PING"});
}

TEST(MonitorLineTest, ofALongWordOnlyTheBeginningIsKept) {
    MonitorLine line;
    const std::string value(1'000'000, 'v');
    ASSERT_TRUE(parseMonitorLine("1.000001 [0 a:1] \"SET\" \"k\" \"" + value + "\\n\"", line));
    EXPECT_EQ(line.words[2].size(), MonitorLine::kLongestWord);
    EXPECT_EQ(line.sizes[2], 1'000'001U);
}

TEST(MonitorLineTest, anythingElseIsNoLine) {
    for (const std::string_view text : {"",
                                        "OK",
                                        "+OK",
                                        "1.000001",
                                        "1.000001 [0 a:1]",
                                        "1.000001 [0 a:1] ",
                                        "1.000001 [0 a:1] GET",
                                        R"(1.000001 [0 a:1] "GET)",
                                        R"(1.000001 [0 a:1] "GET\")",
                                        R"(1.000001 [0 a:1] "GET" x)",
                                        R"(1.000001 [0 a:1] "a\x0")",
                                        R"(1.000001 [0 a:1] "a\q")",
                                        "1.000001 [x a:1] \"GET\"",
                                        "1.000001 [-1 a:1] \"GET\"",
                                        "1.0 [0 a:1] \"GET\"",
                                        "-1.000001 [0 a:1] \"GET\"",
                                        "99999999999999999999.000001 [0 a:1] \"GET\"",
                                        "9223372036854775807.000001 [0 a:1] \"GET\"",
                                        "1.000001 [99999999999 a:1] \"GET\"",
                                        R"(1.000001 [0 a:1] "a""b")"}) {
        MonitorLine line;
        EXPECT_FALSE(parseMonitorLine(text, line)) << text;
    }
}

// "time operation key size ttl", a line a request.
struct Collected {
    MonitorRequests requests;
    std::string text;

    explicit Collected(MonitorRequests::Limits limits = {}) : requests(limits) {}
    MonitorRequests::Take take() {
        return [this](const MonitorRequests::Request& request) {
            text += std::to_string(request.time / 1ms) +
                    (request.operation == TraceOperation::read ? " read " : " write ") +
                    request.key + " " + std::to_string(request.size) + " " +
                    std::to_string(request.ttl / 1ms) + "\n";
        };
    }
    void at(Duration when, Words words, int database = 0) {
        MonitorLine line;
        line.time = when;
        line.database = database;
        line.client = "c";
        for (const std::string& word : words) {
            line.sizes.push_back(word.size());
        }
        line.words = std::move(words);
        requests.add(line, take());
    }
    std::string all() {
        requests.finish(take());
        return text;
    }
};

TEST(MonitorRequestsTest, aWriteAfterAMissTellsSizeAndTtlOfTheRead) {
    Collected log;
    log.at(0ms, {"GET", "k"});
    log.at(10ms, {"set", "k", "12345", "EX", "60"});
    log.at(20ms, {"GET", "k"});
    log.at(5000ms, {"GET", "k"});
    EXPECT_EQ(log.all(), "0 read k 5 60000\n20 read k 5 60000\n5000 read k 5 60000\n");
}

TEST(MonitorRequestsTest, aWriteToWhatIsThereIsAChange) {
    Collected log;
    log.at(0ms, {"SETEX", "k", "60", "123"});
    log.at(1000ms, {"GET", "k"});
    log.at(1010ms, {"PSETEX", "k", "2500", "1234"});
    log.at(3000ms, {"GET", "k"});
    // Expired by then, and so a miss.
    log.at(9000ms, {"GET", "k"});
    log.at(9010ms, {"SET", "k", "12"});
    EXPECT_EQ(log.all(),
              "0 write k 3 60000\n1000 read k 3 60000\n1010 write k 4 2500\n3000 read k 4 2500\n"
              "9000 read k 2 0\n");
}

TEST(MonitorRequestsTest, aReadThatNobodyFillsInWasAHit) {
    Collected log;
    log.at(0ms, {"GET", "k"});
    log.at(5000ms, {"GET", "k"});
    log.at(5001ms, {"SET", "k", "new"});
    EXPECT_EQ(log.all(), "0 read k 0 0\n5000 read k 0 0\n5001 write k 3 0\n");
}

TEST(MonitorRequestsTest, removalsAndDeadlinesCount) {
    Collected log;
    log.at(0ms, {"HGETALL", "h"});
    log.at(1ms, {"HSET", "h", "f", "123"});
    log.at(2ms, {"PEXPIRE", "h", "1500"});
    log.at(3ms, {"DEL", "h", "other"});
    log.at(4ms, {"GET", "h"});
    log.at(5ms, {"SET", "h", "1", "KEEPTTL"});
    EXPECT_EQ(log.all(), "0 read h 4 1500\n3 write h 0 0\n3 write other 0 0\n4 read h 4 1500\n");
}

TEST(MonitorRequestsTest, whatOnlyLooksFromOutsideIsLeftOut) {
    Collected log;
    log.at(0ms, {"PTTL", "k"});
    log.at(0ms, {"TYPE", "k"});
    log.at(0ms, {"OBJECT", "ENCODING", "k"});
    log.at(0ms, {"MEMORY", "USAGE", "k"});
    log.at(0ms, {"INFO"});
    log.at(0ms, {"SCAN", "0"});
    log.at(0ms, {"EVAL", "return 1", "1", "k"});
    log.at(0ms, {"GET"});
    log.at(1ms, {"MGET", "a", "b"}, 2);
    EXPECT_EQ(log.all(), "1 read 2/a 0 0\n1 read 2/b 0 0\n");
    EXPECT_EQ(log.requests.leftOut(), 8U);
}

TEST(MonitorRequestsTest, neitherTimesNorKeysWithoutEndTakeMemoryWithoutEnd) {
    Collected log({.wait = 1s, .held = 100, .known = 10});
    for (int i = 0; i < 10'000; ++i) {
        log.at(1ms, {"GET", "k" + std::to_string(i)});
        log.at(1ms, {"SET", "s" + std::to_string(i), "v"});
        EXPECT_LE(log.requests.held(), 100U);
    }
    log.all();
    EXPECT_EQ(std::count(log.text.begin(), log.text.end(), '\n'), 20'000);
}

TEST(MonitorRequestsTest, deadlinesThatNoClockHasAreHeldBack) {
    Collected log;
    for (const char* ttl : {"9223372036854775807", "-5", "0", "x", ""}) {
        log.at(0ms, {"SET", "k", "v", "EX", ttl});
        log.at(0ms, {"EXPIREAT", "k", ttl});
        log.at(0ms, {"PEXPIREAT", "k", ttl});
        log.at(0ms, {"EXPIRE", "k"});
        log.at(0ms, {"SETEX", "k"});
        log.at(0ms, {"MSET", "k"});
    }
    EXPECT_EQ(log.all().substr(0, 10), "0 write k ");
}

Result<TraceReading> read(const std::string& text, const std::string& name) {
    return readTrace(readMemory(text), name);
}

TEST(MonitorLogTest, isReadAsATraceWhateverItIsCalled) {
    const std::string log =
        "OK\n"
        "1700000000.000000 [0 127.0.0.1:1] \"GET\" \"a\"\n"
        "1700000000.500000 [0 127.0.0.1:1] \"SET\" \"a\" \"12345\" \"EX\" \"10\"\n"
        "no line\n"
        "1700000002.000000 [0 unix:/s] \"GET\" \"a\\x00\\n\\\\\"\n"
        "1700000003.000000 [0 127.0.0.1:1] \"DEL\" \"a\"\n";
    const auto reading = read(log, "day.log");
    ASSERT_TRUE(reading) << reading.error().toLogLine();
    EXPECT_EQ(reading->format, TraceFormat::monitor);
    EXPECT_EQ(reading->skipped, 1U);
    EXPECT_EQ(reading->firstSkipped, 4U);
    const Trace& trace = reading->trace;
    ASSERT_EQ(trace.size(), 3U);
    EXPECT_EQ(trace.times, (std::vector<Duration>{0s, 2s, 3s}));
    EXPECT_EQ(trace.names.name(trace.keys[1]), "a\\x00\\n\\\\");
    EXPECT_EQ(trace.sizes[0], 5U);
    EXPECT_EQ(trace.ttls[0], 10s);
    EXPECT_EQ(trace.operations[2], TraceOperation::write);
}

}  // namespace
}  // namespace cachescope
