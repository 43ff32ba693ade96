// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/open_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cache.h"
#include "engine/sim/lane_backend.h"
#include "tests/support/temporary_directory.h"

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
                {"stateset", {""}},
                {"histogram", {"_bucket", "_count", "_sum"}}};
            if (!allowed.at(m_type).contains(ending)) {
                failure = "not a sample of " + m_family + ": " + line;
            } else if (m_type == "stateset" &&
                       (parts[2].str().find(m_family + "=\"") == std::string::npos ||
                        (parts[3] != "0" && parts[3] != "1"))) {
                failure = "a state without its name, or neither on nor off: " + line;
            } else if (m_type == "counter" && m_family.ends_with("_total")) {
                failure = "a counter's family is named without _total: " + line;
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
    LatencyHistogram loads;
    loads.record(40ms);
    loads.record(3s);
    cache.loads = loads.snapshot();
    return cache;
}

CacheMetrics guarded() {
    CacheMetrics cache = metrics("guarded");
    cache.stats.lowerHits = 2;
    cache.guards.levels = true;
    cache.guards.breaker = {CircuitBreaker::State::open, 4, 900};
    cache.guards.recovery = {12, 1};
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

TEST(OpenMetricsTest, loadsHaveTheirOwnHistogram) {
    const std::vector<CacheMetrics> caches{metrics("a")};
    const StrictReader read(openMetricsText(caches));
    EXPECT_EQ(read.failure, "");
    const std::string loads = "cachescope_load_duration_seconds";
    EXPECT_EQ(read.samples.at(loads + "_bucket{cache=\"a\",le=\"0.025\"}"), 0);
    EXPECT_EQ(read.samples.at(loads + "_bucket{cache=\"a\",le=\"0.05\"}"), 1);
    EXPECT_EQ(read.samples.at(loads + "_bucket{cache=\"a\",le=\"+Inf\"}"), 2);
    EXPECT_NEAR(read.samples.at(loads + "_sum{cache=\"a\"}"), 3.04, 0.001);
}

TEST(OpenMetricsTest, levelsAndGuardsAreThereWhereTheCacheHasThem) {
    const std::vector<CacheMetrics> caches{metrics("plain"), guarded()};
    const StrictReader read(openMetricsText(caches));
    EXPECT_EQ(read.failure, "");
    const auto of = [&read](const std::string& sample) {
        return read.samples.at("cachescope_" + sample);
    };
    EXPECT_EQ(of("level_hits_total{cache=\"guarded\",level=\"memory\"}"), 5);
    EXPECT_EQ(of("level_hits_total{cache=\"guarded\",level=\"lower\"}"), 2);
    const std::string state = "breaker_state{cache=\"guarded\",cachescope_breaker_state=";
    EXPECT_EQ(of(state + "\"open\"}"), 1);
    EXPECT_EQ(of(state + "\"half_open\"}"), 0);
    EXPECT_EQ(of(state + "\"closed\"}"), 0);
    EXPECT_EQ(of("breaker_opened_total{cache=\"guarded\"}"), 4);
    EXPECT_EQ(of("breaker_rejected_total{cache=\"guarded\"}"), 900);
    EXPECT_EQ(of("recovery_waiting{cache=\"guarded\"}"), 12);
    EXPECT_EQ(of("recovery_dropped_total{cache=\"guarded\"}"), 1);
    for (const auto& [sample, value] : read.samples) {
        if (sample.find("plain") != std::string::npos) {
            EXPECT_EQ(sample.find("level"), std::string::npos) << sample;
            EXPECT_EQ(sample.find("breaker"), std::string::npos) << sample;
            EXPECT_EQ(sample.find("recovery"), std::string::npos) << sample;
        }
    }
}

TEST(OpenMetricsTest, aCacheIsAskedForAllThatItKnows) {
    ManualClock clock;
    test::TemporaryDirectory folder;
    BackendConfig config;
    config.clock = &clock;
    Cache cache(BackendRegistry::builtin()
                    .create("tiered:dir:" + folder.path().string() + "?upper_ttl=10s", config)
                    .value(),
                clock);
    const CacheOptions options{.ttl = 60s};
    const auto fetch = [&] {
        return cache.fetchBlocking("key", options, [&]() -> LoadResult {
            clock.advance(2s);
            return Loaded{Bytes{"value"}};
        });
    };
    ASSERT_TRUE(fetch().ok());  // loads
    ASSERT_TRUE(fetch().ok());  // the copy
    clock.advance(11s);
    ASSERT_TRUE(fetch().ok());  // from below, as the copy has ended

    const CacheMetrics found = metricsOf("two levels", cache);
    EXPECT_TRUE(found.guards.levels);
    EXPECT_EQ(found.stats.hits, 2U);
    EXPECT_EQ(found.stats.lowerHits, 1U);
    EXPECT_EQ(found.loads.count(), 1U);
    EXPECT_EQ(found.loads.mean(), 2s);
    EXPECT_EQ(found.guards.breaker, BreakerFigures{});
    EXPECT_EQ(found.guards.recovery, RecoveryFigures{});
    EXPECT_FALSE(found.latency.has_value());

    const StrictReader read(openMetricsText(std::span{&found, 1}));
    EXPECT_EQ(read.failure, "");
    for (const auto& [sample, value] : read.samples) {
        EXPECT_EQ(sample.find("request_latency"), std::string::npos) << sample;
    }
}

TEST(OpenMetricsTest, guardsInARowAreOneFigure) {
    ManualClock clock;
    CircuitBreakerOptions options;
    options.clock = &clock;
    options.failures = 1;
    BackendConfig config;
    config.clock = &clock;
    auto lane = std::make_unique<sim::LaneBackend>(
        BackendRegistry::builtin().create("memory:", config).value(), nullptr);
    lane->setCondition(sim::BackendCondition::down);
    auto inner = std::make_unique<CircuitBreaker>(std::move(lane), options);
    ASSERT_FALSE(inner->get("key").ok());
    ASSERT_FALSE(inner->get("key").ok());
    CircuitBreaker outer(std::move(inner), options);
    const GuardFigures figures = guardFigures(outer);
    ASSERT_TRUE(figures.breaker.has_value());
    EXPECT_EQ(*figures.breaker, (BreakerFigures{CircuitBreaker::State::open, 1, 1}));
    EXPECT_FALSE(figures.recovery.has_value());
    EXPECT_FALSE(figures.levels);
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
