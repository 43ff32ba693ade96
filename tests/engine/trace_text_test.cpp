// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Traces that are text: CSV and a key a line, as they should be and as they should not.

#include <gtest/gtest.h>

#include "tests/engine/trace_fixture.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;
using Durations = std::vector<Duration>;
using Names = std::vector<std::string>;
using Numbers = std::vector<std::uint32_t>;

std::string detailOf(std::string_view bytes, const std::string& name = "t.csv",
                     const TraceReadOptions& options = {}) {
    const auto reading = readBytes(bytes, name, options);
    if (reading.ok()) {
        return "accepted";
    }
    EXPECT_EQ(reading.error().code(), ErrorCode::syntax) << reading.error().toLogLine();
    return reading.error().subject() + "|" + reading.error().detail();
}

std::string reasonOf(const std::string& line, const std::string& columns = "time,key,size,ttl") {
    const std::string text = columns + "\n1,good,1,1\n" + line + "\n2,good,1,1\n";
    const auto reading = readBytes(text, "t.csv");
    if (!reading.ok()) {
        return reading.error().toLogLine();
    }
    EXPECT_EQ(reading->trace.size(), 3 - reading->skipped) << line;
    EXPECT_EQ(reading->firstSkipped, reading->skipped == 0 ? 0 : 3) << line;
    return reading->firstReason;
}

TEST(CsvTrace, findsItsColumnsByTheirNames) {
    const auto reading = readBytes(
        "Size,OP,Time,key,ns,TTL_ms,extra\n10,get,100,a,x,1500,?\n20,SET,101.5,b,x,,\n"
        "30,get,102,a,y,0\n");
    ASSERT_TRUE(reading.ok()) << reading.error().toLogLine();
    const Trace& trace = reading->trace;
    EXPECT_EQ(reading->format, TraceFormat::csv);
    EXPECT_EQ(trace.times, (Durations{0s, 1500ms, 2s}));
    EXPECT_EQ(trace.sizes, (Numbers{10, 20, 30}));
    EXPECT_EQ(trace.ttls, (Durations{1500ms, 0s, 0s}));
    EXPECT_EQ(trace.keys, (Numbers{0, 1, 2}));
    EXPECT_EQ(namesIn(trace), (Names{"x:a", "x:b", "y:a"}));
    EXPECT_EQ(trace.operations,
              (std::vector{TraceOperation::read, TraceOperation::write, TraceOperation::read}));
    EXPECT_EQ(reading->note(), "");
}

TEST(CsvTrace, leavesOutColumnsThatSayNothing) {
    const auto reading = readBytes("time,key,size,ttl,op\n1,a,0,0,get\n2,b,,,read\n").value();
    EXPECT_TRUE(reading.trace.sizes.empty());
    EXPECT_TRUE(reading.trace.ttls.empty());
    EXPECT_TRUE(reading.trace.operations.empty());
    EXPECT_EQ(reading.trace.times.size(), 2U);
    const ReplayRequests requests = replayRequests(reading.trace);
    EXPECT_EQ(requests.keyCount, 2U);
    EXPECT_EQ(requests.keys.size(), 2U);
    EXPECT_TRUE(requests.ttls.empty());
}

TEST(CsvTrace, aColumnThatBeginsLateIsZeroBefore) {
    const auto reading = readBytes("time,key,size\n1,a,0\n2,a,0\n3,a,7\n4,a,0\n").value();
    EXPECT_EQ(reading.trace.sizes, (Numbers{0, 0, 7, 0}));
}

TEST(CsvTrace, numbersKeysInOrderOfFirstUseAndKeepsTheirNames) {
    const auto reading =
        readBytes(
            "time,key\n1,7\n1,007\n1,18446744073709551615\n1,18446744073709551616\n1,seven\n"
            "1,7\n1,0\n1,-1\n1,seven\n1,007\n")
            .value();
    EXPECT_EQ(reading.trace.keys, (Numbers{0, 1, 2, 3, 4, 0, 5, 6, 4, 1}));
    EXPECT_EQ(namesIn(reading.trace), (Names{"7", "007", "18446744073709551615",
                                             "18446744073709551616", "seven", "0", "-1"}));
}

TEST(CsvTrace, takesColumnsByNumberWithAndWithoutALineOfNames) {
    const std::string rows = "k1,5,3600,250\nk2,9,60,260\n";
    for (const std::string& header : {std::string{}, std::string{"id,bytes,life,when\n"}}) {
        const std::string text = header + rows;
        const auto reading =
            readBytes(text, "t.csv", withColumns("key=1,size=2,ttl_ms=3,time_ms=4"));
        ASSERT_TRUE(reading.ok()) << reading.error().toLogLine();
        EXPECT_EQ(reading->trace.times, (Durations{0ms, 10ms})) << header;
        EXPECT_EQ(reading->trace.ttls, (Durations{3600ms, 60ms})) << header;
        EXPECT_EQ(reading->trace.sizes, (Numbers{5, 9})) << header;
        EXPECT_EQ(namesIn(reading->trace), (Names{"k1", "k2"})) << header;
        EXPECT_EQ(reading->skipped, 0U) << header;
    }
}

TEST(CsvTrace, takesColumnsByTheNamesThatItIsTold) {
    const auto reading = readBytes("when_ms;what;key\n1000;a;x\n3500;b;x\n", "t.csv",
                                   withColumns("time=when_ms,key=What"))
                             .value();
    EXPECT_EQ(reading.trace.times, (Durations{0s, 2500ms}));
    EXPECT_EQ(namesIn(reading.trace), (Names{"a", "b"}));
}

TEST(CsvTrace, repeatsARequestWhereACountIsAskedFor) {
    const std::string text = "time,key,op_count\n1,a,3\n2,b,1\n3,c,0\n";
    EXPECT_EQ(readBytes(text)->trace.size(), 3U);
    const auto reading =
        readBytes(text, "t.csv", withColumns("time=time,key=key,count=op_count")).value();
    EXPECT_EQ(reading.trace.keys, (Numbers{0, 0, 0, 1}));
}

TEST(CsvTrace, withoutNamesBeginsWithTimeAndKeyAndSaysWhatItAssumed) {
    const auto reading = readBytes("0,a,100,x\n1,b,200,y\n").value();
    EXPECT_EQ(reading.trace.sizes, (Numbers{100, 200}));
    EXPECT_EQ(reading.trace.times, (Durations{0s, 1s}));
    EXPECT_EQ(
        reading.note(),
        "no line of column names: column 1 is taken as the time, 2 as the key, 3 as the size");
}

TEST(CsvTrace, withoutATimeHasNoTimesAndItsTtlsDoNotCount) {
    const auto reading = readBytes("key,ttl\na,5\nb,5\n").value();
    EXPECT_TRUE(reading.trace.times.empty());
    EXPECT_TRUE(replayRequests(reading.trace).ttls.empty());
    EXPECT_EQ(reading.note(), "no column with the time: TTLs do not count");
}

TEST(CsvTrace, readsQuotesSpacesTabsSemicolonsAndEveryLineEnd) {
    const auto names = [](std::string_view text) { return namesIn(readBytes(text)->trace); };
    EXPECT_EQ(names("\xef\xbb\xbftime,key\r\n1,a\r\n2,\"b,\"\"x\"\r\n\r\n3,c"),
              (Names{"a", "b,\"x", "c"}));
    EXPECT_EQ(names("time;key\n1;a,b\n"), (Names{"a,b"}));
    EXPECT_EQ(names("time\tkey\tsize\n1\ta b\t3\n2\t c \t3\n"), (Names{"a b", "c"}));
    EXPECT_EQ(names("\n \ntime , key\n 1 , a \n"), (Names{"a"}));
    EXPECT_EQ(names("\"time\",\"key\"\n\"1\",\"\"\"\"\n"), (Names{"\""}));
}

TEST(CsvTrace, skipsWhatItCannotReadAndSaysWhy) {
    EXPECT_EQ(reasonOf("x,a,1,1"), "the time is not a number");
    EXPECT_EQ(reasonOf("nan,a,1,1"), "the time is not a number");
    EXPECT_EQ(reasonOf(".,a,1,1"), "the time is not a number");
    EXPECT_EQ(reasonOf(",a,1,1"), "the time is not a number");
    EXPECT_EQ(reasonOf("-1,a,1,1"), "the time is negative");
    EXPECT_EQ(reasonOf("1e300,a,1,1"), "the time is too large");
    EXPECT_EQ(reasonOf("1e999,a,1,1"), "the time is too large");
    EXPECT_EQ(reasonOf("inf,a,1,1"), "the time is too large");
    EXPECT_EQ(reasonOf("99999999999999999999,a,1,1"), "the time is too large");
    EXPECT_EQ(reasonOf("9300000000,a,1,1"), "the time is too large");
    EXPECT_EQ(reasonOf("1,a,two,1"), "the size is not a whole number");
    EXPECT_EQ(reasonOf("1,a,-2,1"), "the size is negative");
    EXPECT_EQ(reasonOf("1,a,99999999999999999999,1"), "the size is too large");
    EXPECT_EQ(reasonOf("1,a,1,soon"), "the TTL is not a number");
    EXPECT_EQ(reasonOf("1,a,1,1e12"), "the TTL is too large");
    EXPECT_EQ(reasonOf("1,,1,1"), "the key is empty");
    EXPECT_EQ(reasonOf("1," + std::string(65'536, 'k') + ",1,1"),
              "the key is longer than 65535 bytes");
    EXPECT_EQ(reasonOf(std::string{"1,a\0b,1,1", 9}), "the key has a zero byte");
    EXPECT_EQ(reasonOf("1"), "too few columns");
    EXPECT_EQ(reasonOf("1,\"a,1,1"), "a quote is not closed");
    EXPECT_EQ(reasonOf("1,\"a\"b,1,1"), "there is text behind a closing quote");
    EXPECT_EQ(reasonOf("1," + std::string(std::size_t{3} << 20, 'k')),
              "the line is longer than a mebibyte");
}

TEST(CsvTrace, takesWhatOnlyLooksWrong) {
    EXPECT_EQ(reasonOf("1,a,4294967296,1"), "") << "counts as the largest size there is";
    EXPECT_EQ(reasonOf("1,a,1,-1"), "") << "no TTL";
    EXPECT_EQ(reasonOf("1,a"), "") << "no size, no TTL";
    EXPECT_EQ(reasonOf("1.5e0,a,1,1"), "");
    EXPECT_EQ(reasonOf("1," + std::string(65'535, 'k') + ",1,1"), "");
    EXPECT_EQ(readBytes("time,key,size\n1,a,4294967297\n")->trace.sizes, (Numbers{UINT32_MAX}));
}

TEST(CsvTrace, countsTimesThatRunBackwards) {
    const auto reading = readBytes("time,key\n5,a\n3,b\n7,c\n6,d\n").value();
    EXPECT_EQ(reading.trace.times, (Durations{0s, 0s, 2s, 2s}));
    EXPECT_EQ(reading.backwards, 2U);
    EXPECT_EQ(reading.note(), "2 times run backwards, taken as the one before");
}

TEST(CsvTrace, isExactToTheNanosecond) {
    const auto reading =
        readBytes("time,key\n1700000000.000000001,a\n1700000000.1234567899,b\n1700000002,c\n")
            .value();
    EXPECT_EQ(reading.trace.times, (Durations{0ns, 123'456'788ns, 1'999'999'999ns}));
}

TEST(CsvTrace, saysWhyAFileIsNoTrace) {
    EXPECT_EQ(detailOf(""), "t.csv|requests; the file is empty");
    EXPECT_EQ(detailOf("\n\n"), "t.csv|lines with requests; the file has none");
    EXPECT_EQ(detailOf("time,key\n"), "t.csv|requests; the file has none");
    EXPECT_EQ(detailOf("time,key\nx,y\n"),
              "t.csv|requests; 1 line skipped, first line 2: the time is not a number");
    EXPECT_EQ(detailOf("a,b\n1,2\n"),
              "t.csv: line 1|a line of column names with a key, such as \"time,key,size\", or told "
              "columns, such as time=1,key=2");
    EXPECT_EQ(detailOf("a,b\n1,2\n", "t.csv", withColumns("key=c")),
              "t.csv: line 1|a column named c; there are: a, b");
    EXPECT_EQ(detailOf("a,b\n1,2\n", "t.csv", withColumns("key=7")),
              "t.csv: line 1|at least 7 columns; there are 2");
    EXPECT_EQ(detailOf("time,\"key\n1,2\n"),
              "t.csv: line 1|a line of column names; in this one a quote is not closed");
    EXPECT_EQ(detailOf("\xff\xfet\0i\0"), "t.csv|text in UTF-8; this is UTF-16, so save it anew");
    EXPECT_EQ(detailOf(std::string(1000, '\0')),
              "t.csv|CSV, a key a line, MONITOR of Redis, oracleGeneral or twr; this looks like "
              "binary data of another "
              "kind");
}

TEST(CsvTrace, understandsTheWaysToNameColumns) {
    const auto codeOf = [](std::string_view text) {
        return parseTraceColumns(text).error().code();
    };
    EXPECT_EQ(codeOf("key"), ErrorCode::syntax);
    EXPECT_EQ(codeOf("key="), ErrorCode::syntax);
    EXPECT_EQ(codeOf("colour=1,key=2"), ErrorCode::unknownName);
    EXPECT_EQ(codeOf("time=1"), ErrorCode::missing);
    EXPECT_EQ(codeOf(""), ErrorCode::missing);
    const TraceColumns columns =
        parseTraceColumns("time_us=1,key=k,ttl=5,op=3,namespace=6").value();
    EXPECT_EQ(columns.timeUnit, 1us);
    EXPECT_EQ(columns.ttlUnit, 0ns);
    EXPECT_EQ(columns.key, "k");
    EXPECT_EQ(columns.nameSpace, "6");
}

TEST(KeyListTrace, isAKeyALine) {
    const auto reading = readBytes("user:1\r\nuser 2 \n\nuser:1\n42\n42").value();
    EXPECT_EQ(reading.format, TraceFormat::keys);
    EXPECT_EQ(reading.trace.keys, (Numbers{0, 1, 0, 2, 2}));
    EXPECT_EQ(namesIn(reading.trace), (Names{"user:1", "user 2", "42"}));
    EXPECT_TRUE(reading.trace.times.empty());
    EXPECT_EQ(reading.trace.span(), 0s);
}

TEST(KeyListTrace, takesEveryLineAsAKeyWhereItIsTold) {
    const auto reading = readBytes("key\na,b\n", "t.csv", inFormat(TraceFormat::keys)).value();
    EXPECT_EQ(namesIn(reading.trace), (Names{"key", "a,b"}));
}

TEST(KeyListTrace, skipsKeysThatAreNone) {
    const std::string text = "good\n" + std::string(70'000, 'k') + "\n" +
                             std::string(std::size_t{3} << 20, 'k') + "\nze" +
                             std::string(1, '\0') + "ro\nlast";
    const auto reading = readBytes(text, "keys.txt").value();
    EXPECT_EQ(namesIn(reading.trace), (Names{"good", "last"}));
    EXPECT_EQ(reading.skipped, 3U);
    EXPECT_EQ(reading.firstSkipped, 2U);
    EXPECT_EQ(reading.firstReason, "the key is longer than 65535 bytes");
}

}  // namespace
}  // namespace cachescope::test
