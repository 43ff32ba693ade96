// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Recorded traces and the miss counts of other implementations lie beside the sources, not in them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/policy/policy_registry.h"
#include "engine/policy/unbounded_ttl.h"
#include "tests/engine/policy_cache.h"

namespace cachescope {
namespace {

std::filesystem::path traces() {
    return std::filesystem::path{CACHESCOPE_SOURCE_DIR} / ".." / "shared" / "traces";
}

using Row = std::vector<std::string>;

// Without the header; empty when there is no such file.
std::vector<Row> rowsOf(const std::string& name) {
    std::vector<Row> rows;
    std::ifstream file{traces() / name};
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        Row row;
        std::istringstream fields{line};
        for (std::string field; std::getline(fields, field, ',');) {
            row.push_back(field);
        }
        rows.push_back(row);
    }
    return rows;
}

Duration seconds(const std::string& text) {
    return std::chrono::seconds{std::stoll(text)};
}

struct Requests {
    std::vector<std::uint32_t> keys;
    std::vector<Duration> times;
    std::vector<Duration> ttls;
    std::size_t keyCount = 0;

    ReplayRequests view(bool withTtls) const {
        ReplayRequests requests{keys, keyCount, times, {}, {}};
        if (withTtls) {
            requests.ttls = ttls;
        }
        return requests;
    }
};

Requests read(const std::string& name, std::size_t time, std::size_t key, std::size_t ttl) {
    Requests requests;
    std::unordered_map<std::string, std::uint32_t> ids;
    for (const Row& row : rowsOf(name + ".csv")) {
        const auto id = static_cast<std::uint32_t>(ids.size());
        requests.keys.push_back(ids.emplace(row.at(key), id).first->second);
        requests.times.push_back(seconds(row.at(time)));
        requests.ttls.push_back(ttl == 0 ? Duration::zero() : seconds(row.at(ttl)));
    }
    requests.keyCount = ids.size();
    for (std::size_t i = requests.times.size(); i-- > 0;) {
        requests.times[i] -= requests.times[0];
    }
    return requests;
}

const Requests& trace(const std::string& name) {
    static const std::map<std::string, Requests> all{
        {"cloudPhysicsIO", read("cloudPhysicsIO", 1, 4, 0)},
        {"synth_ttl_300k", read("synth_ttl_300k", 0, 1, 4)}};
    return all.at(name);
}

class PolicyExactness : public ::testing::Test {
protected:
    void SetUp() override {
        if (rowsOf("ref_cloudphysics.csv").empty() || trace("cloudPhysicsIO").keys.empty()) {
            GTEST_SKIP() << "NOT CHECKED: no policy was compared with a reference, because "
                         << traces() << " does not hold the traces";
        }
    }
};

// The names of the references for ours.
std::string ourName(const std::string& name) {
    const std::map<std::string, std::string> others{{"twoq", "2q"}};
    const auto found = others.find(name);
    return found == others.end() ? name : found->second;
}

// Where nobody verified the reference, ours still gives the same counts for these.
const std::set<std::string> kAlsoEqual{"twoq", "arc", "belady"};

TEST_F(PolicyExactness, replaysMissAsOftenAsTheReference) {
    const ReplayRequests requests = trace("cloudPhysicsIO").view(false);
    std::map<std::string, int> compared;
    for (const Row& row : rowsOf("ref_cloudphysics.csv")) {
        ASSERT_EQ(row.size(), 7U);
        if (row[6] != "yes" && kAlsoEqual.count(row[0]) == 0) {
            continue;
        }
        const PolicyKind* kind = PolicyRegistry::builtin().find(ourName(row[0]));
        ASSERT_NE(kind, nullptr) << row[0];
        ReplayOptions options;
        options.capacity = std::stoull(row[1]);
        const ReplayCounts counts = kind->replay(requests, options);
        EXPECT_EQ(counts.requests, std::stoull(row[3]));
        EXPECT_EQ(counts.misses, std::stoull(row[4])) << row[0] << " at capacity " << row[1];
        ++compared[row[0]];
    }
    EXPECT_EQ(compared, (std::map<std::string, int>{{"fifo", 10},
                                                    {"lru", 10},
                                                    {"clock", 10},
                                                    {"lfu", 10},
                                                    {"sieve", 10},
                                                    {"s3fifo", 10},
                                                    {"twoq", 10},
                                                    {"arc", 10},
                                                    {"belady", 10}}));
}

TEST_F(PolicyExactness, aCacheInSlotsMissesAsOftenAsTheReference) {
    int compared = 0;
    for (const Row& row : rowsOf("ref_cloudphysics.csv")) {
        const PolicyKind* kind = PolicyRegistry::builtin().find(ourName(row[0]));
        if ((row[6] != "yes" && kAlsoEqual.count(row[0]) == 0) || !kind->worksInBackends()) {
            continue;
        }
        test::SlotCache cache{kind->name, std::stoull(row[1])};
        std::uint64_t misses = 0;
        for (const std::uint32_t key : trace("cloudPhysicsIO").keys) {
            misses += cache.request(key) ? 0U : 1U;
        }
        EXPECT_EQ(misses, std::stoull(row[4])) << row[0] << " at capacity " << row[1];
        ++compared;
    }
    EXPECT_EQ(compared, 80);
}

TEST_F(PolicyExactness, replaysWithTtlsMissAsOftenAsTheReference) {
    // The reference's own variants of these differ from ours; what a policy file says about it.
    const std::set<std::string> variants{"slru", "wtinylfu"};
    int compared = 0;
    for (const Row& row : rowsOf("ref_ttl.csv")) {
        ASSERT_GE(row.size(), 8U);
        if (variants.count(row[2]) != 0) {
            continue;
        }
        const PolicyKind* kind = PolicyRegistry::builtin().find(row[2]);
        ASSERT_NE(kind, nullptr) << row[2];
        const Requests& requests = trace(row[0]);
        ReplayOptions options;
        options.capacity = std::stoull(row[3]);
        if (row[1].rfind("uniform", 0) == 0) {
            options.ttl = seconds(row[1].substr(row[1].find_first_of("0123456789")));
        }
        const ReplayCounts counts = kind->replay(requests.view(row[1] == "per record"), options);
        EXPECT_EQ(counts.misses, std::stoull(row[5]))
            << row[0] << ", TTL " << row[1] << ", " << row[2] << " at capacity " << row[3];
        ++compared;
    }
    EXPECT_EQ(compared, 156);
}

TEST_F(PolicyExactness, missesWithoutACapacityEqualTheReferenceForEveryTtl) {
    for (const std::string name : {"cloudPhysicsIO", "synth_ttl_300k"}) {
        const auto rows = rowsOf("ref_ttl_curve_" + name + ".csv");
        EXPECT_EQ(rows.size(), 24U);
        const ReplayRequests requests = trace(name).view(false);
        for (const Row& row : rows) {
            ReplayOptions options;
            options.capacity = requests.keyCount;
            options.ttl = seconds(row.at(0));
            for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
                EXPECT_EQ(kind.replay(requests, options).misses, std::stoull(row.at(2)))
                    << name << ", " << kind.name << ", TTL " << row[0];
            }
            const UnboundedTtlCounts counts = countUnboundedTtl(requests, *options.ttl);
            EXPECT_EQ(counts.requests, std::stoull(row.at(1)));
            EXPECT_EQ(counts.misses, std::stoull(row.at(2))) << name << ", TTL " << row[0];
            EXPECT_EQ(counts.missesIfDeadAtDeadline, std::stoull(row.at(3)))
                << name << ", TTL " << row[0];
            EXPECT_EQ(counts.missesIfSliding, std::stoull(row.at(4))) << name << ", TTL " << row[0];
            EXPECT_EQ(counts.sumOfHitAges / std::chrono::seconds{1}, std::stod(row.at(5)))
                << name << ", TTL " << row[0];
            EXPECT_EQ(counts.sumOfLives / std::chrono::seconds{1}, std::stod(row.at(6)))
                << name << ", TTL " << row[0];
        }
    }
}

}  // namespace
}  // namespace cachescope
