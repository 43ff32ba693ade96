// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Traces of binary records, how formats are told apart, and compressed files.

#include <gtest/gtest.h>

#include <fstream>

#include "engine/policy/policy_registry.h"
#include "tests/engine/trace_fixture.h"
#include "tests/support/compressed.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;
using Durations = std::vector<Duration>;
using Names = std::vector<std::string>;
using Numbers = std::vector<std::uint32_t>;

std::string oracleTrace(std::uint32_t count) {
    std::string bytes;
    for (std::uint32_t i = 0; i < count; ++i) {
        bytes += oracleRecord(1000 + i / 3, 0x1'0000'0000ULL + i % 7, 100 + i % 7,
                              i + 7 < count ? std::int64_t{i} + 7 : -1);
    }
    return bytes;
}

std::string twrTrace(std::uint32_t count) {
    std::string bytes;
    for (std::uint32_t i = 0; i < count; ++i) {
        bytes += twrRecord(i / 4, 0x1234'5678'9abcULL + i % 9, 20, 300, 1 + i % 3, 60);
    }
    return bytes;
}

std::string csvTrace(int count) {
    std::string text = "time,key,size\n";
    for (int i = 0; i < count; ++i) {
        text += std::to_string(i) + ",key" + std::to_string(i % 11) + ",5\n";
    }
    return text;
}

TEST(OracleGeneralTrace, holdsTimeKeyAndSize) {
    const std::string bytes = oracleRecord(50, UINT64_MAX, 7, 3) + oracleRecord(50, 1, 8) +
                              oracleRecord(53, UINT64_MAX, 9);
    const auto reading = readBytes(bytes).value();
    EXPECT_EQ(reading.format, TraceFormat::oracleGeneral);
    EXPECT_EQ(reading.trace.times, (Durations{0s, 0s, 3s}));
    EXPECT_EQ(reading.trace.keys, (Numbers{0, 1, 0}));
    EXPECT_EQ(reading.trace.sizes, (Numbers{7, 8, 9}));
    EXPECT_EQ(namesIn(reading.trace), (Names{"18446744073709551615", "1"}));
    EXPECT_TRUE(reading.trace.ttls.empty());
    EXPECT_EQ(distinctBytes(reading.trace), 15U);
}

TEST(TwrTrace, holdsTtlsOperationsAndTheSizesOfKeyAndValue) {
    const std::string bytes =
        twrRecord(5, 9, 1023, (1U << 22) - 1, 1, 0) + twrRecord(6, 8, 16, 84, 3, 30) +
        twrRecord(7, 9, 0, 1, 2, (1U << 24) - 1) + twrRecord(7, 9, 0, 0, 9, 0);
    const auto reading = readBytes(bytes).value();
    EXPECT_EQ(reading.format, TraceFormat::twr);
    EXPECT_EQ(reading.trace.sizes, (Numbers{1023 + (1U << 22) - 1, 100, 1, 0}));
    EXPECT_EQ(reading.trace.ttls, (Durations{0s, 30s, std::chrono::seconds{(1 << 24) - 1}, 0s}));
    EXPECT_EQ(reading.trace.operations, (std::vector{TraceOperation::read, TraceOperation::write,
                                                     TraceOperation::read, TraceOperation::write}));
}

TEST(BinaryTrace, keepsWholeRecordsAndSaysWhereItIsCutOff) {
    const std::string bytes = oracleTrace(1000).substr(0, 999 * 24 + 5);
    const auto reading = readBytes(bytes).value();
    EXPECT_EQ(reading.trace.size(), 999U);
    EXPECT_EQ(reading.brokenOff, "record 1000 has 5 of 24 bytes");
    EXPECT_EQ(reading.note(), "ends after 999 requests: record 1000 has 5 of 24 bytes");
    EXPECT_FALSE(readBytes(bytes.substr(0, 10)).ok());
}

TEST(BinaryTrace, countsTimesThatRunBackwards) {
    std::string bytes;
    for (std::uint32_t i = 0; i < 100; ++i) {
        bytes += oracleRecord(i == 50 ? 3 : 1000 + i, i, 1);
    }
    const auto reading = readBytes(bytes).value();
    EXPECT_EQ(reading.backwards, 1U);
    EXPECT_EQ(reading.trace.times[50], reading.trace.times[49]);
    EXPECT_EQ(reading.trace.times[51], 51s);
}

TEST(TraceFormats, areFoundByContentAlone) {
    EXPECT_EQ(readBytes(oracleTrace(500), "x.bin")->format, TraceFormat::oracleGeneral);
    EXPECT_EQ(readBytes(twrTrace(500), "x.bin")->format, TraceFormat::twr);
    EXPECT_EQ(readBytes(csvTrace(500), "x.bin")->format, TraceFormat::csv);
    EXPECT_EQ(readBytes("a\nb\na\n", "x.bin")->format, TraceFormat::keys);
    EXPECT_EQ(readBytes("key\nb\na\n", "x")->format, TraceFormat::csv);
    EXPECT_EQ(readBytes("time,key\n1,b\n", "x.txt")->format, TraceFormat::csv);
    // 120 bytes are five records of the one and six of the other.
    EXPECT_EQ(readBytes(oracleTrace(5), "x.bin")->format, TraceFormat::oracleGeneral);
    EXPECT_EQ(readBytes(twrTrace(6), "x.bin")->format, TraceFormat::twr);
}

TEST(TraceFormats, theNameDecidesWhereTheContentLeavesItOpen) {
    std::string odd;
    for (int i = 0; i < 6; ++i) {
        odd += twrRecord(1, 2, 3, 4, 0, 0);
    }
    EXPECT_FALSE(readBytes(odd, "x.bin").ok());
    EXPECT_EQ(readBytes(odd, "X.TWR.bin")->format, TraceFormat::twr);
    const std::string noNext = oracleRecord(1, 2, 3, 0) + oracleRecord(1, 3, 3, 0);
    EXPECT_FALSE(readBytes(noNext, "x.bin").ok());
    EXPECT_EQ(readBytes(noNext, "x.oracleGeneral")->format, TraceFormat::oracleGeneral);
}

TEST(TraceFormats, aWrongOneIsRefusedWithWhatItLooksLike) {
    const auto detailOf = [](const std::string& bytes, TraceFormat format) {
        const auto reading = readBytes(bytes, "x", inFormat(format));
        EXPECT_FALSE(reading.ok());
        return reading.ok() ? "accepted" : reading.error().detail();
    };
    EXPECT_EQ(detailOf(csvTrace(500), TraceFormat::oracleGeneral),
              "records of 24 bytes in order of time; this looks like text; as format, choose csv, "
              "keys or monitor");
    EXPECT_EQ(detailOf(csvTrace(500), TraceFormat::twr),
              "records of 20 bytes in order of time; this looks like text; as format, choose csv, "
              "keys or monitor");
    EXPECT_EQ(detailOf(twrTrace(500), TraceFormat::oracleGeneral),
              "records of 24 bytes in order of time; this looks like twr; as format, choose twr");
    EXPECT_EQ(
        detailOf(oracleTrace(500), TraceFormat::twr),
        "records of 20 bytes in order of time; this looks like oracleGeneral; as format, choose "
        "oraclegeneral");
    EXPECT_EQ(detailOf(oracleTrace(500), TraceFormat::csv),
              "lines of text; this looks like oracleGeneral; as format, choose oraclegeneral");
    EXPECT_EQ(detailOf(twrTrace(500), TraceFormat::keys),
              "lines of text; this looks like twr; as format, choose twr");
}

TEST(TraceFormats, haveNames) {
    for (const auto format : {TraceFormat::automatic, TraceFormat::csv, TraceFormat::keys,
                              TraceFormat::oracleGeneral, TraceFormat::twr}) {
        EXPECT_EQ(traceFormatNamed(traceFormatName(format)), format);
    }
    EXPECT_EQ(traceFormatNamed("CSV"), std::nullopt);
}

struct CompressedTrace : testing::TestWithParam<Compression> {
    static std::string compressed(std::string_view bytes) {
        return GetParam() == Compression::gzip ? gzipped(bytes) : zstdCompressed(bytes);
    }
};

TEST_P(CompressedTrace, readsLikeTheFileInside) {
    // More than the buffers hold.
    for (const std::string& bytes : {oracleTrace(200'000), twrTrace(300'000), csvTrace(200'000)}) {
        const auto plain = readBytes(bytes).value();
        const auto reading = readBytes(compressed(bytes), "x.csv.gz").value();
        EXPECT_EQ(reading.compression, GetParam());
        EXPECT_EQ(reading.format, plain.format);
        EXPECT_EQ(reading.trace.keys, plain.trace.keys);
        EXPECT_EQ(reading.trace.times, plain.trace.times);
        EXPECT_EQ(reading.trace.sizes, plain.trace.sizes);
        EXPECT_EQ(reading.note(), "");
    }
}

TEST_P(CompressedTrace, ofSeveralPiecesIsReadToItsEnd) {
    const std::string text = csvTrace(10'000);
    const std::string pieces = compressed(text.substr(0, 20'001)) + compressed("") +
                               compressed(text.substr(20'001)) + compressed("");
    EXPECT_EQ(readBytes(pieces)->trace.size(), 10'000U);
}

TEST_P(CompressedTrace, thatIsCutOffGivesWhatCameBefore) {
    const std::string text = csvTrace(200'000);
    const std::string whole = compressed(text);
    const auto reading = readBytes(whole.substr(0, whole.size() / 2)).value();
    EXPECT_GT(reading.trace.size(), 50'000U);
    EXPECT_LT(reading.trace.size(), 150'000U);
    EXPECT_NE(reading.brokenOff.find("stream is cut off"), std::string::npos) << reading.brokenOff;
    EXPECT_EQ(reading.skipped, 0U) << "the line that the cut goes through is no line";
}

TEST_P(CompressedTrace, thatIsBrokenGivesWhatCameBefore) {
    const std::string piece = compressed(csvTrace(100'000));
    for (const std::size_t place : {piece.size(), piece.size() + piece.size() / 2}) {
        std::string whole = piece + piece;
        whole.replace(place, 40, std::string(40, '\xa5'));
        const auto reading = readBytes(whole).value();
        EXPECT_GE(reading.trace.size(), 100'000U);
        EXPECT_NE(reading.brokenOff.find("stream is broken"), std::string::npos)
            << reading.brokenOff;
        if (place == piece.size()) {
            EXPECT_EQ(reading.trace.size(), 100'000U);
        }
    }
}

TEST_P(CompressedTrace, thatIsBrokenNearItsEndGivesNearlyAllOfAShortFile) {
    // One buffer holds all of it, and still only what is behind the fault may be lost: at most the
    // block that has it, 128 KiB.
    std::string whole = compressed(csvTrace(50'000));
    whole.replace(whole.size() - 12, 8, std::string(8, '\xa5'));
    const auto reading = readBytes(whole).value();
    EXPECT_GE(reading.trace.size(), 38'000U);
    EXPECT_FALSE(reading.brokenOff.empty());
}

TEST_P(CompressedTrace, thatIsCutOffAtOnceIsRefused) {
    const auto reading = readBytes(compressed(csvTrace(100)).substr(0, 8), "t.gz");
    ASSERT_FALSE(reading.ok());
    EXPECT_EQ(reading.error().code(), ErrorCode::syntax);
    EXPECT_EQ(reading.error().subject(), "t.gz");
    EXPECT_NE(reading.error().detail().find("cut off"), std::string::npos)
        << reading.error().detail();
}

TEST_P(CompressedTrace, ofNothingIsEmpty) {
    EXPECT_EQ(readBytes(compressed("")).error().detail(), "requests; the file is empty");
}

INSTANTIATE_TEST_SUITE_P(, CompressedTrace, testing::Values(Compression::gzip, Compression::zstd),
                         [](const auto& each) {
                             return each.param == Compression::gzip ? "gzip" : "zstd";
                         });

TEST(TraceReading, tellsItsProgressAndStopsWhenAsked) {
    const std::string bytes = oracleTrace(100'000);
    std::vector<TraceProgress> seen;
    TraceReadOptions options;
    options.progress = [&](const TraceProgress& progress) {
        seen.push_back(progress);
        return true;
    };
    ASSERT_TRUE(readBytes(bytes, "x", options).ok());
    ASSERT_GT(seen.size(), 3U);
    EXPECT_EQ(seen.back().bytes, bytes.size());
    EXPECT_EQ(seen.back().totalBytes, bytes.size());
    EXPECT_EQ(seen.back().requests, 100'000U);
    for (std::size_t i = 1; i < seen.size(); ++i) {
        EXPECT_GE(seen[i].requests, seen[i - 1].requests);
        EXPECT_GE(seen[i].bytes, seen[i - 1].bytes);
    }
    options.progress = [](const TraceProgress& progress) { return progress.requests < 20'000; };
    EXPECT_EQ(readBytes(bytes, "x", options).error().code(), ErrorCode::cancelled);
}

TEST(TraceReading, refusesMoreKeysOrMemoryThanItMayTake) {
    TraceReadOptions options;
    options.mostKeys = 7;
    EXPECT_TRUE(readBytes(oracleTrace(1000), "x", options).ok());
    options.mostKeys = 6;
    const auto tooManyKeys = readBytes(oracleTrace(1000), "x", options);
    ASSERT_FALSE(tooManyKeys.ok());
    EXPECT_EQ(tooManyKeys.error().code(), ErrorCode::tooLarge);
    options.mostKeys = KeyIndex::kMostKeys;
    options.mostBytes = 1 << 20;
    const auto tooManyBytes = readBytes(oracleTrace(200'000), "x", options);
    ASSERT_FALSE(tooManyBytes.ok());
    EXPECT_EQ(tooManyBytes.error().code(), ErrorCode::tooLarge);
    EXPECT_EQ(tooManyBytes.error().subject(), "x");
}

TEST(TraceReading, saysWhyAFileCannotBeOpened) {
    const TemporaryDirectory folder;
    EXPECT_EQ(readTrace((folder / "none").string()).error().code(), ErrorCode::notFound);
    EXPECT_EQ(readTrace(folder.path().string()).error().code(), ErrorCode::io);
}

TEST(KeyIndex, findsEveryKeyAgainAfterItGrew) {
    KeyIndex index;
    constexpr std::uint32_t kKeys = 50'000;
    for (std::uint32_t i = 0; i < kKeys; ++i) {
        ASSERT_EQ(index.numberOf(i % 2 == 0 ? std::to_string(i * 1000) : "k" + std::to_string(i)),
                  i);
    }
    for (std::uint32_t i = 0; i < kKeys; ++i) {
        ASSERT_EQ(i % 2 == 0 ? index.numberOf(std::uint64_t{i} * 1000)
                             : index.numberOf("k" + std::to_string(i)),
                  i);
    }
    const KeyTable table = index.takeTable();
    EXPECT_EQ(table.size(), kKeys);
    EXPECT_EQ(table.name(4), "4000");
    EXPECT_EQ(table.name(5), "k5");
}

std::vector<std::uint64_t> missesOf(const Trace& trace) {
    std::vector<std::uint64_t> misses;
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        if (kind.replay != nullptr) {
            ReplayOptions options;
            options.capacity = 2000;
            misses.push_back(kind.replay(replayRequests(trace), options).misses);
        }
    }
    return misses;
}

TEST(RecordedTraces, giveTheSameMissesInEveryEncoding) {
    const std::pair<const char*, const char*> pairs[] = {
        {"cloudPhysicsIO.csv", "cloudPhysicsIO.oracleGeneral.bin"},
        {"synth_ttl_300k.csv", "synth_ttl_300k.twr.bin"}};
    for (const auto& [text, binary] : pairs) {
        if (!std::filesystem::exists(sharedTrace(text)) ||
            !std::filesystem::exists(sharedTrace(binary))) {
            GTEST_SKIP() << "NOT CHECKED: " << sharedTrace(text) << " or " << binary
                         << " is not here";
        }
        const auto one = readTrace(sharedTrace(text).string()).value();
        const auto other = readTrace(sharedTrace(binary).string()).value();
        EXPECT_EQ(one.note() + other.note(), "") << text;
        EXPECT_EQ(one.trace.keys, other.trace.keys) << text;
        EXPECT_EQ(one.trace.times, other.trace.times) << text;
        if (std::string_view{text} != "cloudPhysicsIO.csv") {  // whose encodings differ in them
            EXPECT_EQ(one.trace.sizes, other.trace.sizes) << text;
        }
        EXPECT_EQ(one.trace.ttls, other.trace.ttls) << text;
        EXPECT_EQ(missesOf(one.trace), missesOf(other.trace)) << text;
    }
}

TEST(RecordedTraces, ofCacheLibHaveARequestALineOrAsManyAsItsCountSays) {
    const std::string path = sharedTrace("cachelib_kv_traces_1.csv").string();
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << "NOT CHECKED: " << path << " is not here";
    }
    const auto reading = readTrace(path).value();
    EXPECT_EQ(reading.trace.size(), 99U);
    EXPECT_EQ(reading.note(), "");
    EXPECT_EQ(reading.trace.ttls.size(), 99U);
    const auto repeated =
        readTrace(path, withColumns("time=op_time,key=key,size=size,ttl=ttl,count=op_count"))
            .value();
    EXPECT_EQ(repeated.trace.size(), 691U);
}

}  // namespace
}  // namespace cachescope::test
