// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/open_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

namespace cachescope {
namespace {

using namespace std::chrono_literals;

/// Reads OpenMetrics text by the rules of the standard (version 1.0): families are declared before
/// their samples and do not mix, names end as their type and unit demand, one # EOF ends it.
class StrictReader {
public:
    std::map<std::string, double> samples;
    std::string failure;

    explicit StrictReader(const std::string& text) {
        if (text.size() < 6 || text.substr(text.size() - 6) != "# EOF\n") {
            failure = "no # EOF at the end";
            return;
        }
        std::istringstream lines(text.substr(0, text.size() - 6));
        for (std::string line; failure.empty() && std::getline(lines, line);) {
            read(line);
        }
    }

private:
    std::string m_family;
    std::string m_type;
    std::set<std::string> m_families;

    void read(const std::string& line) {
        static const std::regex meta("# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
        static const std::regex sample(
            R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+)\} (\S+))re");
        std::smatch parts;
        if (std::regex_match(line, parts, meta)) {
            if (parts[1] == "TYPE") {
                m_family = parts[2];
                m_type = parts[3];
                if (!m_families.insert(m_family).second) {
                    failure = "declared twice: " + line;
                }
            } else if (parts[2] != m_family) {
                failure = "about another family: " + line;
            } else if (parts[1] == "UNIT" && !m_family.ends_with("_" + parts[3].str())) {
                failure = "the name does not end in its unit: " + line;
            }
        } else if (std::regex_match(line, parts, sample)) {
            const std::string name = parts[1];
            const std::string ending =
                name.starts_with(m_family) ? name.substr(m_family.size()) : "(other)";
            const std::map<std::string, std::set<std::string>> allowed{
                {"counter", {"_total"}},
                {"gauge", {""}},
                {"histogram", {"_bucket", "_count", "_sum"}}};
            if (!allowed.at(m_type).contains(ending)) {
                failure = "not a sample of " + m_family + ": " + line;
            }
            samples[name + '{' + parts[2].str() + '}'] = std::stod(parts[3]);
        } else {
            failure = "not understood: " + line;
        }
    }
};

CacheMetrics metrics(const std::string& name) {
    CacheMetrics cache;
    cache.name = name;
    cache.stats.hits = 7;
    cache.stats.timeouts = 3;
    cache.entries = 5;
    cache.bytes = 1234;
    LatencyHistogram latency;
    latency.record(500ns);
    latency.record(2ms);
    latency.record(2s);
    latency.record(100s);
    cache.latency = latency.snapshot();
    return cache;
}

TEST(OpenMetricsTest, everyFigureIsThereInTheFormOfTheStandard) {
    const std::vector<CacheMetrics> caches{metrics("a"), metrics("b")};
    const StrictReader read(openMetricsText(caches));
    EXPECT_EQ(read.failure, "");
    EXPECT_EQ(read.samples.at("cachescope_hits_total{cache=\"a\"}"), 7);
    EXPECT_EQ(read.samples.at("cachescope_timeouts_total{cache=\"b\"}"), 3);
    EXPECT_EQ(read.samples.at("cachescope_entries{cache=\"a\"}"), 5);
    EXPECT_EQ(read.samples.at("cachescope_stored_bytes{cache=\"a\"}"), 1234);
    const std::string latency = "cachescope_request_latency_seconds";
    EXPECT_EQ(read.samples.at(latency + "_bucket{cache=\"a\",le=\"1e-06\"}"), 1);
    EXPECT_EQ(read.samples.at(latency + "_bucket{cache=\"a\",le=\"0.0025\"}"), 2);
    EXPECT_EQ(read.samples.at(latency + "_bucket{cache=\"a\",le=\"2.5\"}"), 3);
    EXPECT_EQ(read.samples.at(latency + "_bucket{cache=\"a\",le=\"60.0\"}"), 3);
    EXPECT_EQ(read.samples.at(latency + "_bucket{cache=\"a\",le=\"+Inf\"}"), 4);
    EXPECT_EQ(read.samples.at(latency + "_count{cache=\"a\"}"), 4);
    EXPECT_NEAR(read.samples.at(latency + "_sum{cache=\"a\"}"), 102.002, 0.001);
}

TEST(OpenMetricsTest, anyNameIsEscaped) {
    const std::vector<CacheMetrics> caches{metrics("a \"b\" \\ c\nd")};
    const StrictReader read(openMetricsText(caches));
    EXPECT_EQ(read.failure, "");
    EXPECT_EQ(read.samples.at(R"(cachescope_hits_total{cache="a \"b\" \\ c\nd"})"), 7);
}

TEST(OpenMetricsTest, withoutACacheOnlyTheFamiliesAreSaid) {
    const StrictReader read(openMetricsText({}));
    EXPECT_EQ(read.failure, "");
    EXPECT_TRUE(read.samples.empty());
}

}  // namespace
}  // namespace cachescope
