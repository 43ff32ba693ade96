// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/sim/scenario_json.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::sim {
namespace {

using namespace std::chrono_literals;

// What a person is told about a scenario that is wrong in one place.
struct Wrong {
    const char* text;
    ErrorCode code;
    const char* place;
    const char* remedy;
};

TEST(ScenarioJson, readsEveryFieldAndWritesItBack) {
    const char* text = R"({
      "format": 1, "name": "N", "description": "D", "seed": 9, "duration": "90s",
      "timing": "measured",
      "workload": {
        "arrivals": {"kind": "constant", "rate_per_s": 12.5},
        "keys": {"kind": "hot-set", "count": 77, "exponent": 1.2, "hot_keys": 0.3,
                 "hot_traffic": 0.8, "namespaces": [{"name": "a", "share": 2}, {"name": "b"}]},
        "update_interval": "5s", "value_bytes": 9, "users": 40,
        "trace": {"file": "t.csv", "loop": false, "speed": 2, "sizes": false}
      },
      "origin": {"latency": {"kind": "bimodal", "median": "10ms", "sigma": 0.5, "slow": 2,
                 "slow_share": 0.1}, "concurrency": 4, "failure_ratio": 0.25,
                 "absent_ratio": 0.125, "own_ttl_ratio": 0.25, "own_ttl": "3s",
                 "unstored_ratio": 0.5, "personal_ratio": 0.75},
      "lanes": [
        {"name": "x", "backend": "none"},
        {"name": "y", "backend": "memory:", "ttl": "never", "capacity": 5, "policy": "lru",
         "single_flight": false},
        {"name": "z", "ttl": null}
      ],
      "events": [
        {"at": "9s", "action": "invalidate"},
        {"at": "1s", "action": "invalidate", "lane": "y", "key": "k"},
        {"at": "2s", "action": "invalidate", "pattern": "k*"},
        {"at": "3s", "action": "origin-outage"},
        {"at": "4s", "action": "origin-outage", "down": false},
        {"at": "5s", "action": "backend-outage", "lane": "z"},
        {"at": "6s", "action": "restart"},
        {"at": "7s", "action": "set-ttl", "ttl": "5s"},
        {"at": "8s", "action": "set-rate", "rate_per_s": 3},
        {"at": "10s", "action": "invalidate", "tag": "t", "lane": "y"},
        {"at": "11s", "action": "invalidate", "space": "s"},
        {"at": "12s", "action": "invalidate", "by_mark": true},
        {"at": "13s", "action": "backend-outage", "hangs": true}
      ]
    })";
    const Scenario scenario = scenarioFromJson(text, "t").value();
    EXPECT_EQ(scenario.duration, 90s);
    EXPECT_EQ(scenario.timing, Timing::measured);
    EXPECT_EQ(scenario.workload.arrivals.kind, ArrivalKind::constant);
    EXPECT_EQ(scenario.workload.keys.namespaces.size(), 2U);
    EXPECT_EQ(scenario.workload.trace->speed, 2);
    EXPECT_EQ(scenario.origin.latency.slow, 2s);
    EXPECT_EQ(scenario.lanes[1].options.ttl, std::nullopt);
    EXPECT_EQ(scenario.lanes[2].options.ttl, std::nullopt);
    EXPECT_FALSE(scenario.lanes[1].options.singleFlight);
    EXPECT_EQ(scenario.origin.absentRatio, 0.125);
    EXPECT_EQ(scenario.origin.ownTtlRatio, 0.25);
    EXPECT_EQ(scenario.origin.ownTtl, 3s);
    EXPECT_EQ(scenario.origin.unstoredRatio, 0.5);
    EXPECT_EQ(scenario.origin.personalRatio, 0.75);
    EXPECT_EQ(scenario.workload.users, 40U);
    ASSERT_EQ(scenario.actions.size(), 13U);
    EXPECT_EQ(std::get<InvalidateKey>(scenario.actions[0].action).lane, LaneId{2});
    EXPECT_TRUE(std::holds_alternative<InvalidateAll>(scenario.actions[8].action));
    EXPECT_EQ(std::get<InvalidateTag>(scenario.actions[9].action).tag, "t");
    EXPECT_EQ(std::get<InvalidateTag>(scenario.actions[9].action).lane, LaneId{2});
    EXPECT_EQ(std::get<InvalidateSpace>(scenario.actions[10].action).space, "s");
    EXPECT_TRUE(std::holds_alternative<InvalidateAllByMark>(scenario.actions[11].action));
    EXPECT_FALSE(std::get<BackendOutage>(scenario.actions[4].action).hangs);
    EXPECT_TRUE(std::get<BackendOutage>(scenario.actions[12].action).hangs);

    const std::string written = scenarioToJson(scenario);
    EXPECT_EQ(scenarioToJson(scenarioFromJson(written, "w").value()), written);
}

// Every option differs from its default, so that one that is not read or not written is found.
LaneSpec everyOption() {
    LaneSpec lane;
    lane.name = "all";
    lane.options.ttl = 30s;
    lane.options.sliding = true;
    lane.options.maxAge = 10min;
    lane.options.jitter = 0.2;
    lane.options.negativeTtl = 0s;
    lane.options.errorTtl = 3s;
    lane.options.lease = 5s;
    lane.options.staleWhileRevalidate = 1min;
    lane.options.refreshAfter = 0.75;
    lane.options.xfetchBeta = 1.5;
    lane.options.staleIfError = 1h;
    lane.options.retryAfter = 0s;
    lane.options.softTimeout = 100ms;
    lane.options.hardTimeout = 2s;
    lane.options.tags = {"a", "b, c"};
    lane.options.space = "shop";
    lane.options.marked = true;
    lane.namespaceTags = true;
    lane.breaker = true;
    lane.breakerFailures = 3;
    lane.breakerPause = 500ms;
    lane.breakerMaxPause = 1min;
    lane.varyByUser = true;
    lane.recovery = true;
    lane.namespaceTtls = {{"", 5s}, {"prices", 6s}, {"static", 15min}};
    lane.separator = "/";
    lane.store = "shop.a_b-1";
    return lane;
}

TEST(ScenarioJson, everyOptionOfALaneComesBack) {
    const char* text = R"({"lanes": [{"name": "all", "ttl": "30s", "sliding": true,
      "max_age": "10m", "jitter": 0.2, "negative_ttl": 0, "error_ttl": "3s",
      "lease": "5s", "stale_while_revalidate": "1m",
      "refresh_after": 0.75, "xfetch_beta": 1.5, "stale_if_error": "1h", "retry_after": "0s",
      "soft_timeout": "100ms", "hard_timeout": "2s", "tags": ["a", "b, c"], "space": "shop",
      "marked": true, "namespace_tags": true, "breaker": true, "recovery": true,
      "breaker_failures": 3, "breaker_pause": "500ms", "breaker_max_pause": "1m",
      "vary_by_user": true, "namespace_ttls": {"prices": "6s", "static": "15m", "": 5}, "namespace_separator": "/",
      "store": "shop.a_b-1"}]})";
    const LaneSpec expected = everyOption();
    const Scenario read = scenarioFromJson(text, "t").value();
    EXPECT_EQ(read.lanes.front(), expected);
    const std::string written = scenarioToJson(read);
    EXPECT_EQ(scenarioFromJson(written, "w").value().lanes.front(), expected) << written;
}

TEST(ScenarioJson, optionsThatAreOffAreNotWritten) {
    Scenario scenario;
    scenario.lanes = {{.name = "plain"}};
    const std::string written = scenarioToJson(scenario);
    for (const char* name : {"sliding",
                             "max_age",
                             "jitter",
                             "negative_ttl",
                             "error_ttl",
                             "lease",
                             "stale_while_revalidate",
                             "refresh_after",
                             "xfetch_beta",
                             "stale_if_error",
                             "retry_after",
                             "soft_timeout",
                             "hard_timeout",
                             "tags",
                             "\"space",
                             "marked",
                             "breaker",
                             "recovery",
                             "absent_ratio",
                             "own_ttl",
                             "unstored",
                             "personal",
                             "users",
                             "vary_by",
                             "store",
                             "namespace_"}) {
        EXPECT_EQ(written.find(name), std::string::npos) << name;
    }
    scenario.lanes[0].options.negativeTtl = 0s;
    scenario.lanes[0].options.retryAfter = 0s;
    const std::string zeros = scenarioToJson(scenario);
    EXPECT_NE(zeros.find(R"("negative_ttl": "0s")"), std::string::npos) << "which is not the usual";
    EXPECT_NE(zeros.find(R"("retry_after": "0s")"), std::string::npos);
}

TEST(ScenarioJson, saysWhereAndWhatForEveryMistake) {
    const std::vector<Wrong> mistakes{
        {"", ErrorCode::syntax, "t.json: line 1, column 1", "JSON"},
        {"{\n  \"lanes\": [}\n}", ErrorCode::syntax, "t.json: line 2, column 13", "bracket"},
        {"[]", ErrorCode::wrongType, "t.json: the document", "object"},
        {R"({"seed": 1e99999})", ErrorCode::outOfRange, "t.json: the document", "1.8e308"},
        {"{}", ErrorCode::missing, "t.json: lanes", "lanes"},
        {R"({"lanes": []})", ErrorCode::outOfRange, "t.json: lanes", "1 to 12"},
        {R"({"lanes": {}})", ErrorCode::wrongType, "t.json: lanes", "list"},
        {R"({"lanes": [{"name": "a", "ttl": true}]})", ErrorCode::wrongType, "t.json: lanes[0].ttl",
         "\"90s\""},
        {R"({"lanes": [{"name": "a", "ttl": "-5s"}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].ttl", "0s"},
        {R"({"lanes": [{"name": "a", "ttl": "5 parsecs"}]})", ErrorCode::wrongType,
         "t.json: lanes[0].ttl", "\"90s\""},
        {R"({"lanes": [{"name": "a", "tttl": "5s"}]})", ErrorCode::unknownName,
         "t.json: lanes[0].tttl", "\"ttl\""},
        {R"({"lanes": [{"name": "a", "namespace_ttls": ["5s"]}]})", ErrorCode::wrongType,
         "t.json: lanes[0].namespace_ttls", "object"},
        {R"({"lanes": [{"name": "a", "namespace_ttls": {"p": "never"}}]})", ErrorCode::wrongType,
         "t.json: lanes[0].namespace_ttls.p", "\"90s\""},
        {R"({"lanes": [{"name": "a", "namespace_ttls": {"p": "400d"}}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].namespace_ttls.p", "365d"},
        {R"({"lanes": [{"name": "a", "namespace_ttls": {"p:q": "5s"}}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].namespace_ttls", "separator"},
        {R"({"lanes": [{"name": "a", "store": "a/b"}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].store", "letters"},
        {R"({"lanes": [{"name": "a", "store": ".."}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].store", "no dot in front"},
        {R"({"lanes": [{"name": "a"}], "workload": {"users": 0}})", ErrorCode::outOfRange,
         "t.json: workload.users", "1"},
        {R"({"lanes": [{"name": "a"}], "origin": {"personal_ratio": 1.5}})", ErrorCode::outOfRange,
         "t.json: origin.personal_ratio", "1"},
        {R"({"lanes": [{"name": "a", "breaker_failures": 0}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].breaker_failures", "1"},
        {R"({"lanes": [{"name": "a", "breaker_pause": "0s"}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].breaker_pause", "1ms"},
        {R"({"lanes": [{"name": "a"}], "origin": {"own_ttl": "-1s"}})", ErrorCode::outOfRange,
         "t.json: origin.own_ttl", "0s"},
        {R"({"lanes": [{"name": "a", "namespace_separator": 7}]})", ErrorCode::wrongType,
         "t.json: lanes[0].namespace_separator", "text"},
        {R"({"lanes": [{"name": "a"}, {"name": "a"}]})", ErrorCode::outOfRange,
         "t.json: lanes[1].name", "no other lane"},
        {R"({"lanes": [{"backend": "memory:"}]})", ErrorCode::missing, "t.json: lanes[0].name",
         "name"},
        {R"({"lanes": [{"name": "a"}], "workload": {"keys": {"count": 0}}})", ErrorCode::outOfRange,
         "t.json: workload.keys.count", "from 1 to"},
        {R"({"lanes": [{"name": "a"}], "workload": {"keys": {"count": 1.5}}})",
         ErrorCode::wrongType, "t.json: workload.keys.count", "whole"},
        {R"({"lanes": [{"name": "a"}], "workload": {"keys": {"kind": "zipff"}}})",
         ErrorCode::unknownName, "t.json: workload.keys.kind", "\"zipf\""},
        {R"({"lanes": [{"name": "a"}], "workload": {"arrivals": {"rate_per_s": -1}}})",
         ErrorCode::outOfRange, "t.json: workload.arrivals.rate_per_s", "from 0"},
        {R"({"lanes": [{"name": "a"}], "workload": {"trace": {}}})", ErrorCode::missing,
         "t.json: workload.trace.file", "trace"},
        {R"({"lanes": [{"name": "a"}], "workload": {"trace": {"file": "f", "format": "xml"}}})",
         ErrorCode::unknownName, "t.json: workload.trace.format", "csv"},
        {R"({"lanes": [{"name": "a"}], "workload": {"trace": {"file": "f", "columns": "time=1"}}})",
         ErrorCode::missing, "t.json: workload.trace.columns", "key"},
        {R"({"lanes": [{"name": "a"}], "events": [{"at": "1s", "action": "restart", "lane": "b"}]})",
         ErrorCode::unknownName, "t.json: events[0].lane", "\"a\""},
        {R"({"lanes": [{"name": "a"}], "events": [{"action": "restart"}]})", ErrorCode::missing,
         "t.json: events[0].at", "30s"},
        {R"({"lanes": [{"name": "a"}], "seed": -1})", ErrorCode::outOfRange, "t.json: seed",
         "from 0"},
        {R"({"lanes": [{"name": "a"}], "format": 2})", ErrorCode::outOfRange, "t.json: format",
         "1"},
        {R"({"lanes": [{"name": "a"}], "duration": 1e99})", ErrorCode::wrongType,
         "t.json: duration", "duration"},
        {R"({"lanes": [{"name": "a", "jitter": 1.5}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].jitter", "from 0 to 1"},
        {R"({"lanes": [{"name": "a", "refresh_after": 1}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].refresh_after", "from 0 to 0.99"},
        {R"({"lanes": [{"name": "a", "xfetch_beta": -1}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].xfetch_beta", "from 0 to 10"},
        {R"({"lanes": [{"name": "a", "max_age": "0s"}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].max_age", "from 1ms"},
        {R"({"lanes": [{"name": "a", "negative_ttl": "never"}]})", ErrorCode::wrongType,
         "t.json: lanes[0].negative_ttl", "\"90s\""},
        {R"({"lanes": [{"name": "a", "hard_timeout": "2h"}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].hard_timeout", "to 1h"},
        {R"({"lanes": [{"name": "a", "sliding": 1}]})", ErrorCode::wrongType,
         "t.json: lanes[0].sliding", "true or false"},
        {R"({"lanes": [{"name": "a", "tags": "x"}]})", ErrorCode::wrongType,
         "t.json: lanes[0].tags", "list"},
        {R"({"lanes": [{"name": "a", "tags": ["x", 5]}]})", ErrorCode::wrongType,
         "t.json: lanes[0].tags[1]", "text"},
        {R"({"lanes": [{"name": "a", "tags": [""]}]})", ErrorCode::outOfRange,
         "t.json: lanes[0].tags[0]", "not empty"},
        {R"({"lanes": [{"name": "a", "stale_if_eror": "1h"}]})", ErrorCode::unknownName,
         "t.json: lanes[0].stale_if_eror", "\"stale_if_error\""},
        {R"({"lanes": [{"name": "a"}], "origin": {"absent_ratio": 2}})", ErrorCode::outOfRange,
         "t.json: origin.absent_ratio", "from 0 to 1"},
        {R"({"lanes": [{"name": "a"}], "events": [{"at": 1, "action": "invalidate",
            "key": "k", "tag": "t"}]})",
         ErrorCode::outOfRange, "t.json: events[0].tag", "not both"},
        {R"({"lanes": [{"name": "a"}], "events": [{"at": 1, "action": "invalidate", "tag": ""}]})",
         ErrorCode::outOfRange, "t.json: events[0].tag", "not empty"},
        {R"({"lanes": [{"name": "a"}], "workload": 5})", ErrorCode::wrongType, "t.json: workload",
         "object"},
    };
    for (const Wrong& wrong : mistakes) {
        const auto result = scenarioFromJson(wrong.text, "t.json");
        ASSERT_FALSE(result.ok()) << wrong.text;
        EXPECT_EQ(result.error().code(), wrong.code) << result.error().toLogLine();
        EXPECT_EQ(result.error().subject(), wrong.place) << wrong.text;
        EXPECT_NE(result.error().detail().find(wrong.remedy), std::string::npos)
            << result.error().toLogLine();
    }
}

TEST(ScenarioFile, findsItsTraceBesideIt) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder / "s.json")
        << R"({"lanes": [{"name": "a"}], "workload": {"trace": {"file": "data/t.csv"}}})";
    const auto scenario = loadScenario((folder / "s.json").string());
    ASSERT_TRUE(scenario.ok());
    EXPECT_EQ(scenario->workload.trace->file, (folder / "data/t.csv").string());
}

TEST(ScenarioFile, saysWhyAFileCannotBeReadOrWritten) {
    const test::TemporaryDirectory folder;
    EXPECT_EQ(loadScenario((folder / "none.json").string()).error().code(), ErrorCode::notFound);
    EXPECT_EQ(loadScenario(folder.path().string()).error().code(), ErrorCode::io);
    EXPECT_EQ(saveScenario({}, (folder / "no/such/folder.json").string()).error().code(),
              ErrorCode::notFound);
}

TEST(ScenarioFile, aFailedSaveLeavesTheOldFile) {
    const test::TemporaryDirectory folder;
    const std::string path = (folder / "s.json").string();
    Scenario scenario;
    scenario.lanes.push_back({.name = "a"});
    ASSERT_TRUE(saveScenario(scenario, path).ok());
    std::filesystem::create_directory(path + ".part");  // in the way of the temporary file
    scenario.name = "other";
    EXPECT_FALSE(saveScenario(scenario, path).ok());
    EXPECT_EQ(loadScenario(path)->name, "Untitled");
}

}  // namespace
}  // namespace cachescope::sim
