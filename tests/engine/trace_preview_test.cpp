// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/trace_preview.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/compressed.h"
#include "tests/support/temporary_directory.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

struct TracePreviewTest : testing::Test {
    test::TemporaryDirectory directory;

    std::string file(const std::string& name, const std::string& bytes) const {
        const std::string path = (directory.path() / name).string();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    static std::vector<std::string> rolesOf(const TracePreview& preview) {
        std::vector<std::string> roles;
        for (const auto& column : preview.columns) {
            roles.push_back(column.role);
        }
        return roles;
    }
};

using Texts = std::vector<std::string>;

TEST_F(TracePreviewTest, namesColumnsRowsAndWhatIsMadeOfThem) {
    const auto preview =
        previewTrace(file("a.csv", "ts_ms,client,id,op\n1000,\"a,b\",x,get\n1500,c,y,set\n"));
    ASSERT_TRUE(preview.ok());
    EXPECT_EQ(preview->format, TraceFormat::csv);
    EXPECT_EQ(preview->columns[1].name, "client");
    EXPECT_EQ(rolesOf(*preview), (Texts{"time", "", "key", "op"}));
    EXPECT_EQ(preview->timeUnit, 1ms);
    EXPECT_EQ(preview->rows,
              (std::vector<Texts>{{"1000", "a,b", "x", "get"}, {"1500", "c", "y", "set"}}));
    ASSERT_TRUE(preview->beginning.ok());
    EXPECT_EQ(preview->beginning->trace.times[1], 500ms);
}

TEST_F(TracePreviewTest, columnsThatWereToldAreTaken) {
    TraceReadOptions options;
    options.columns = parseTraceColumns("time=2,key=1").value();
    const auto preview = previewTrace(file("a.csv", "k1;7\nk2;9\n"), options);
    ASSERT_TRUE(preview.ok());
    EXPECT_EQ(rolesOf(*preview), (Texts{"key", "time"}));
    EXPECT_EQ(preview->rows.size(), 2u);
    EXPECT_EQ(preview->beginning->trace.names.name(0), "k1");
}

TEST_F(TracePreviewTest, aFileWhoseColumnsAreNotFoundIsShownAllTheSame) {
    const auto preview = previewTrace(file("a.csv", "alpha,beta\ngamma,delta\n"));
    ASSERT_TRUE(preview.ok());
    EXPECT_EQ(preview->rows, (std::vector<Texts>{{"alpha", "beta"}, {"gamma", "delta"}}));
    EXPECT_EQ(rolesOf(*preview), (Texts{"", ""}));
    EXPECT_FALSE(preview->beginning.ok());
}

TEST_F(TracePreviewTest, ofALargeFileOnlyWholeLinesAreRead) {
    std::string text = "time,key\n";
    for (int i = 0; i < 20'000; ++i) {
        text += std::to_string(i) + ",key " + std::to_string(i) + '\n';
    }
    for (const bool compressed : {false, true}) {
        const auto preview = previewTrace(file("a.csv", compressed ? test::gzipped(text) : text));
        ASSERT_TRUE(preview.ok());
        EXPECT_EQ(preview->compression, compressed ? Compression::gzip : Compression::none);
        EXPECT_EQ(preview->rows.size(), 12u);
        ASSERT_TRUE(preview->beginning.ok());
        EXPECT_EQ(preview->beginning->skipped, 0u);
        EXPECT_EQ(preview->beginning->note(), "");
        const Trace& trace = preview->beginning->trace;
        EXPECT_EQ(trace.names.name(trace.keys.back()), "key " + std::to_string(trace.size() - 1));
    }
}

TEST_F(TracePreviewTest, binaryRecordsAreShownAsRequests) {
    std::string records;
    for (char i = 1; i <= 4; ++i) {
        std::string record(24, '\0');
        record[0] = i;                             // time
        record[4] = static_cast<char>(i % 2 + 1);  // object
        record[12] = 100;                          // size
        record.replace(16, 8, std::string(8, '\xff'));
        records += record;
    }
    const auto preview = previewTrace(file("a.oracleGeneral.bin", records));
    ASSERT_TRUE(preview.ok());
    EXPECT_EQ(preview->format, TraceFormat::oracleGeneral);
    EXPECT_TRUE(preview->columns.empty());
    EXPECT_EQ(preview->beginning->trace.size(), 4u);
}

TEST_F(TracePreviewTest, whatCannotBeReadSaysWhy) {
    EXPECT_EQ(previewTrace((directory.path() / "none").string()).error().code(),
              ErrorCode::notFound);
    EXPECT_EQ(previewTrace(file("empty.csv", "")).error().code(), ErrorCode::syntax);
    const auto broken = previewTrace(file("b.csv", "time,key\n-1,a\nx,b\n5,c\n"));
    ASSERT_TRUE(broken.ok());
    EXPECT_EQ(broken->beginning->skipped, 2u);
}

TEST(TraceColumnsText, isReadBack) {
    for (const char* text :
         {"time_ms=1,key=2", "key=id", "time_s=3,key=1,size=4,ttl_us=2,op=5,namespace=6,count=7"}) {
        EXPECT_EQ(traceColumnsText(parseTraceColumns(text).value()), text);
    }
    EXPECT_EQ(traceColumnsText({}), "");
}

}  // namespace
}  // namespace cachescope
