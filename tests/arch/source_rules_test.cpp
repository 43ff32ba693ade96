// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/arch/source_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace cachescope::arch {

void PrintTo(const Rule& rule, std::ostream* out) {
    *out << rule.name;
}

namespace {

const std::string kLicence =
    "// SPDX-FileCopyrightText: 2026 The Cachescope authors\n"
    "// SPDX-License-Identifier: GPL-3.0-or-later\n";

SourceFile source(std::string path, const std::string& text) {
    return {std::move(path), kLicence + text};
}

// Sources that break a rule in their last file, and sources that only look as if they did.
struct Example {
    std::string rule;
    std::vector<SourceFile> files;
};

std::vector<Example> badExamples() {
    const std::string sqlite = "#include <sqlite3.h>\n";
    return {
        {"engineKnowsNoQt", {source("engine/a.h", "#pragma once\n#include <QString>\n")}},
        {"engineKnowsNoQt", {source("engine/a.cpp", "#include <QtCore/qglobal.h>\n")}},
        {"engineKnowsNoQt", {source("engine/a.cpp", "#include \"ui/model/lane.h\"\n")}},
        {"modelDrawsNothing", {source("ui/model/a.h", "#include <QLabel>\n")}},
        {"modelDrawsNothing", {source("ui/model/a.h", "#include <QtWidgets/QLabel>\n")}},
        {"modelDrawsNothing", {source("ui/model/a.cpp", "#include <QLineSeries>\n")}},
        {"modelDrawsNothing", {source("ui/model/a.cpp", "#include \"ui/pages/lab_page.h\"\n")}},
        {"uiKnowsNoApp", {source("ui/pages/a.cpp", "#include \"app/application.h\"\n")}},
        {"chartsAreBehindOneDoor", {source("ui/pages/a.cpp", "#include <QChartView>\n")}},
        {"chartsAreBehindOneDoor", {source("ui/pages/a.cpp", "#include <QtCharts/QChart>\n")}},
        {"chartsAreBehindOneDoor", {source("app/a.cpp", "# include <QValueAxis>\n")}},
        {"opensslIsBehindOneDoor",
         {source("engine/redis/tls_stream.h", "#include <openssl/ssl.h>\n")}},
        {"hiredisIsBehindOneDoor", {source("engine/redis/a.h", "#include <hiredis/hiredis.h>\n")}},
        {"sqliteIsBehindOneDoor", {source("ui/model/a.cpp", sqlite)}},
        {"sqliteIsBehindOneDoor", {source("engine/backend/a.h", sqlite)}},
        {"sqliteIsBehindOneDoor",
         {source("engine/backend/a.cpp", sqlite), source("engine/trace/b.cpp", sqlite)}},
        {"zlibIsBehindOneDoor", {source("engine/trace/a.cpp", "#include <zlib.h>\n")}},
        {"zlibIsBehindOneDoor", {source("ui/model/a.h", "#include <zlib.h>\n")}},
        {"zstdIsBehindOneDoor", {source("engine/trace/zstd_source.h", "#include <zstd.h>\n")}},
        {"inspectingIsGuarded",
         {source("engine/inspect/a.cpp", "#include \"engine/redis/redis_session.h\"\n")}},
        {"onlyWorkerMakesThreads", {source("engine/a.cpp", "std::thread t{f};\n")}},
        {"onlyWorkerMakesThreads", {source("ui/a.cpp", "class Sampler : public QThread {\n")}},
        {"onlyWorkerMakesThreads", {source("tests/a.cpp", "auto f = std::async(g);\n")}},
        {"timeComesFromClock", {source("app/a.cpp", "std::chrono::steady_clock::now();\n")}},
        {"timeComesFromClock", {source("ui/a.cpp", "QDateTime::currentDateTime();\n")}},
        {"timeComesFromClock", {source("tests/engine/a.cpp", "QElapsedTimer timer;\n")}},
        {"eventLoopsDoNotNest", {source("ui/a.cpp", "dialog.exec();\n")}},
        {"eventLoopsDoNotNest", {source("ui/a.cpp", "menu->exec(position);\n")}},
        {"eventLoopsDoNotNest", {source("tests/a.cpp", "QCoreApplication::processEvents();\n")}},
        {"nobodySleeps", {source("tests/a.cpp", "std::this_thread::sleep_for(1s);\n")}},
        {"nobodySleeps", {source("tests/a.cpp", "QTest::qWait(100);\n")}},
        {"everySourceNamesItsLicence", {SourceFile{"engine/a.cpp", "int a = 0;\n"}}},
        {"everySourceNamesItsLicence", {SourceFile{"dev", "#!/bin/sh\n"}}},
        {"filesStayShort", {source("ui/a.cpp", std::string(600, '\n'))}},
        {"headersAreReadOnce", {source("ui/a.h", "#ifndef A\n// #pragma once\n#endif\n")}},
        {"sourcesBeginWithTheirHeader",
         {source("engine/core/a.h", "#pragma once\n"),
          source("engine/core/a.cpp", "#include <string>\n#include \"engine/core/a.h\"\n")}},
        {"sourcesBeginWithTheirHeader",
         {source("ui/a.h", "#pragma once\n"), source("ui/a.cpp", "int a = 0;\n")}},
        {"nothingIsLeftForLater", {source("ui/a.h", std::string{"// TO"} + "DO: all of it\n")}},
    };
}

std::vector<Example> goodExamples() {
    return {
        {"engineKnowsNoQt",
         {source("engine/a.h", "#include \"engine/core/queue.h\"\n// <QString>")}},
        {"modelDrawsNothing", {source("ui/model/a.h", "#include <QAbstractTableModel>\n")}},
        {"modelDrawsNothing", {source("ui/pages/a.h", "#include <QLabel>\n")}},
        {"uiKnowsNoApp", {source("app/a.h", "#include \"app/b.h\"\n")}},
        {"chartsAreBehindOneDoor", {source("ui/charts/a.cpp", "#include <QChart>\n")}},
        {"opensslIsBehindOneDoor",
         {source("engine/redis/tls_stream.cpp", "#include <openssl/ssl.h>\n")}},
        {"hiredisIsBehindOneDoor",
         {source("engine/redis/reply_reader.cpp", "#include <hiredis/hiredis.h>\n")}},
        {"sqliteIsBehindOneDoor", {source("engine/backend/a.cpp", "#include <sqlite3.h>\n")}},
        {"sqliteIsBehindOneDoor", {source("tests/engine/a.cpp", "#include <sqlite3.h>\n")}},
        {"zlibIsBehindOneDoor", {source("engine/trace/gzip_source.cpp", "#include <zlib.h>\n")}},
        {"zstdIsBehindOneDoor", {source("engine/trace/zstd_source.cpp", "#include <zstd.h>\n")}},
        {"inspectingIsGuarded",
         {source("engine/inspect/guarded_session.cpp",
                 "#include \"engine/redis/redis_session.h\"\n")}},
        {"onlyWorkerMakesThreads", {source("engine/core/worker.h", "std::thread m_thread;\n")}},
        {"onlyWorkerMakesThreads",
         {source("engine/a.cpp",
                 "// std::thread\nn = std::thread::hardware_concurrency();\n"
                 "auto s = \"std::async\"; std::this_thread::yield();\n")}},
        {"timeComesFromClock",
         {source("engine/core/clock.cpp", "std::chrono::system_clock::now();\n")}},
        {"timeComesFromClock",
         {source("engine/a.h", "/* steady_clock\n system_clock */ int system_clocks;\n")}},
        {"eventLoopsDoNotNest", {source("app/main.cpp", "return application.exec();\n")}},
        {"nobodySleeps", {source("engine/a.cpp", "while (worker.sleepFor(1s)) {}\n")}},
        {"filesStayShort", {source("ui/a.cpp", std::string(400, '\n'))}},
        {"headersAreReadOnce", {source("ui/a.h", "#pragma once\n")}},
        {"sourcesBeginWithTheirHeader",
         {source("engine/core/a.h", "#pragma once\n"),
          source("engine/core/a.cpp", "#include \"engine/core/a.h\"\n\n#include <string>\n"),
          source("engine/core/b.cpp", "#include <string>\n")}},
        {"nothingIsLeftForLater", {source("ui/a.h", "// what people have todo\n")}},
    };
}

class EveryRule : public testing::TestWithParam<Rule> {};

TEST_P(EveryRule, isKeptByTheSources) {
    const auto sources = readSources(CACHESCOPE_SOURCE_DIR);
    ASSERT_GT(sources.size(), 20U) << "the sources were not found";
    const auto complaints = GetParam().check(sources);
    EXPECT_TRUE(complaints.empty()) << describe(GetParam(), complaints);
}

TEST_P(EveryRule, complainsAboutWhatBreaksIt) {
    std::size_t seen = 0;
    for (const Example& example : badExamples()) {
        if (example.rule != GetParam().name) {
            continue;
        }
        ++seen;
        const auto complaints = GetParam().check(example.files);
        const SourceFile& culprit = example.files.back();
        ASSERT_EQ(complaints.size(), 1U) << culprit.path() << ": " << culprit.lines().back();
        EXPECT_EQ(complaints[0].path, culprit.path());
        const std::string text = describe(GetParam(), complaints);
        for (const std::string& part :
             {culprit.path(), complaints[0].what, GetParam().why, GetParam().instead}) {
            EXPECT_NE(text.find(part), std::string::npos) << text;
        }
    }
    EXPECT_GT(seen, 0U) << "no example shows that this rule can be broken";
}

TEST_P(EveryRule, leavesAloneWhatKeepsIt) {
    for (const Example& example : goodExamples()) {
        if (example.rule == GetParam().name) {
            const auto complaints = GetParam().check(example.files);
            EXPECT_TRUE(complaints.empty()) << describe(GetParam(), complaints);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Architecture, EveryRule, testing::ValuesIn(rules()),
                         [](const auto& rule) { return rule.param.name; });

TEST(SourceFile, hidesCommentsAndTextButKeepsLinesAndIncludes) {
    const SourceFile file{"engine/a.cpp",
                          "#include \"b.h\"  // c\n"
                          "int n = 1'000; char q = '\"'; // gone\n"
                          "auto s = \"gone\\\"gone\"; /* gone\n"
                          "gone */ auto r = R\"x(gone\n)\" gone)x\"; int kept;\n"};
    ASSERT_EQ(file.code().size(), 5U);
    EXPECT_EQ(file.includeAt(0), "b.h");
    EXPECT_TRUE(file.code()[1].starts_with("int n = 1'000; char q = "));
    EXPECT_TRUE(file.code()[4].ends_with("; int kept;"));
    for (std::size_t line = 1; line < 5; ++line) {
        EXPECT_EQ(file.code()[line].find("gone"), std::string::npos) << file.code()[line];
        EXPECT_EQ(file.code()[line].size(), file.lines()[line].size());
    }
}

}  // namespace
}  // namespace cachescope::arch
