// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/expiry_forecast.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "engine/core/random.h"
#include "engine/inspect/ttl_lint.h"

namespace cachescope::inspect {
namespace {

using namespace std::chrono_literals;

// A moment that is no whole minute.
constexpr std::int64_t kNow = 1'795'000'000'000 / 3'600'000 * 3'600'000 + 12'345;

void add(KeyCensus& census, const std::string& name, std::int64_t expiry,
         std::uint64_t bytes = 100) {
    NamedKey key{name, {}};
    key.facts.expiry = expiry;
    key.facts.bytes = bytes;
    key.facts.type = "string";
    ASSERT_TRUE(census.add({&key, 1}).ok());
}

// An hour of sessions, evenly, and a batch that ends in one second half an hour ahead.
void fill(KeyCensus& census, int storm = 5000) {
    Random random{3};
    for (int i = 0; i < 6000; ++i) {
        add(census, "session:" + std::to_string(i),
            kNow + static_cast<std::int64_t>(random.below(3'600'000)));
    }
    for (int i = 0; i < storm; ++i) {
        add(census, "batch:" + std::to_string(i), kNow + 1'800'000, 1000);
    }
}

TEST(InspectForecast, countsKeysAndBytesBucketByBucket) {
    KeyCensus census;
    add(census, "a:1", kNow + 1000, 10);
    add(census, "a:2", kNow + 61'000, 20);
    add(census, "b:1", kNow + 61'000, 30);
    add(census, "b:2", kNow + 100 * 60'000, 40);
    add(census, "b:3", kNow + 1000 * 60'000, 50);
    add(census, "c:1", kNoExpiry, 60);
    add(census, "c:2", kExpiryUnknown, 70);
    add(census, "c:3", kNow - 120'000, 80);
    const ExpiryForecast forecast{census.view(), {.now = kNow}};
    const ForecastWindow window = forecast.at(kNow);
    ASSERT_EQ(window.buckets.size(), 60u);
    EXPECT_EQ(window.from % 60'000, 0);
    EXPECT_DOUBLE_EQ(window.buckets[0].keys, 1);
    EXPECT_DOUBLE_EQ(window.buckets[1].keys, 2);
    EXPECT_DOUBLE_EQ(window.buckets[1].bytes, 50);
    EXPECT_DOUBLE_EQ(window.due.keys, 3);
    EXPECT_DOUBLE_EQ(window.later.keys, 2);
    EXPECT_DOUBLE_EQ(window.never.bytes, 60);
    EXPECT_DOUBLE_EQ(window.unknown, 1);
    EXPECT_DOUBLE_EQ(window.passed.keys, 1);
    ASSERT_GE(window.namespaces.size(), 2u);
    EXPECT_EQ(window.namespaces[0].name, "a");
    EXPECT_DOUBLE_EQ(window.namespaces[1].buckets[1].bytes, 30);
    EXPECT_TRUE(window.storms.empty()) << "a few keys are no storm";
}

TEST(InspectForecast, movesWithTheClock) {
    KeyCensus census;
    fill(census);
    const ExpiryForecast forecast{census.view(), {.now = kNow}};
    const ForecastWindow first = forecast.at(kNow);
    const ForecastWindow later = forecast.at(kNow + 10 * 60'000);
    EXPECT_EQ(later.from, first.from + 10 * 60'000);
    EXPECT_DOUBLE_EQ(later.buckets[0].keys, first.buckets[10].keys);
    double gone = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        gone += first.buckets[i].keys;
    }
    EXPECT_DOUBLE_EQ(later.passed.keys, gone);
    ASSERT_EQ(later.storms.size(), 1u);
    EXPECT_EQ(later.storms[0].bucket + 10, first.storms[0].bucket);
    EXPECT_FALSE(later.isShort);
    EXPECT_TRUE(forecast.reaches(kNow + 60 * 60'000));
    EXPECT_FALSE(forecast.reaches(kNow + 61 * 60'000));
    EXPECT_TRUE(forecast.at(kNow + 61 * 60'000).isShort);
    const ForecastWindow over = forecast.at(kNow + 500 * 60'000);
    EXPECT_TRUE(over.buckets.empty());
    EXPECT_DOUBLE_EQ(over.passed.keys, 11'000);
}

TEST(InspectForecast, namesAStormAndWhatWouldCalmIt) {
    KeyCensus census;
    fill(census);
    const ForecastWindow window = ExpiryForecast{census.view(), {.now = kNow}}.at(kNow);
    ASSERT_EQ(window.storms.size(), 1u);
    const ExpiryStorm& storm = window.storms.front();
    EXPECT_EQ(storm.space, "batch");
    EXPECT_DOUBLE_EQ(storm.ofSpace.keys, 5000);
    EXPECT_GE(storm.due.keys, 5000);
    EXPECT_NEAR(storm.usual, 100, 15);
    EXPECT_LE(storm.from, kNow + 1'800'000);
    EXPECT_GT(storm.from + 60'000, kNow + 1'800'000);
    // Ten percent of half an hour to both sides are six minutes.
    EXPECT_NEAR(storm.calmed, 5000.0 / 6 + 100, 60);
    const auto curve = ExpiryForecast::calmed(window, storm, kNow, 0.1);
    EXPECT_NEAR(std::accumulate(curve.begin(), curve.end(), 0.0), window.due.keys, 1e-6)
        << "no key is lost by it";
}

TEST(InspectForecast, aStormOfOneNamespaceIsNotHiddenAmongTheKeysOfOthers) {
    KeyCensus census;
    Random random{9};
    for (int i = 0; i < 60'000; ++i) {
        add(census, "page:" + std::to_string(i),
            kNow + static_cast<std::int64_t>(random.below(3'600'000)));
    }
    for (int i = 0; i < 6'000; ++i) {
        add(census, "product:" + std::to_string(i),
            kNow + static_cast<std::int64_t>(random.below(3'600'000)));
    }
    // Less than five times of what is usual for all, but many times that of its namespace.
    for (int i = 0; i < 1500; ++i) {
        add(census, "product:batch" + std::to_string(i), kNow + 1'200'000);
    }
    const ForecastWindow window = ExpiryForecast{census.view(), {.now = kNow}}.at(kNow);
    ASSERT_EQ(window.storms.size(), 1u);
    EXPECT_EQ(window.storms[0].space, "product");
    EXPECT_NEAR(window.storms[0].usualOfSpace, 100, 20);
    EXPECT_NEAR(window.storms[0].ofSpace.keys, 1600, 50);
}

TEST(InspectForecast, evenAndRandomExpirationsAreNoStorm) {
    for (const auto bucket : {Duration{1s}, Duration{1min}}) {
        KeyCensus census;
        fill(census, 0);
        const ForecastWindow window =
            ExpiryForecast{census.view(), {.now = kNow, .bucket = bucket}}.at(kNow);
        EXPECT_TRUE(window.storms.empty());
    }
}

TEST(InspectForecast, aSampleIsScaledToTheDatabase) {
    KeyCensus census;
    fill(census, 500);
    ForecastOptions options;
    options.now = kNow;
    options.scale = 100;
    const ForecastWindow window = ExpiryForecast{census.view(), options}.at(kNow);
    EXPECT_DOUBLE_EQ(window.due.keys + window.later.keys, 650'000);
    ASSERT_EQ(window.storms.size(), 1u);
    EXPECT_DOUBLE_EQ(window.storms[0].ofSpace.keys, 50'000);
}

TEST(InspectForecast, namespacesWithoutARowAreTheOthers) {
    KeyCensus census;
    for (int i = 0; i < 100; ++i) {
        add(census, "n" + std::to_string(i) + ":k", kNow + 5000);
    }
    ForecastOptions options;
    options.now = kNow;
    options.namespaces = 3;
    const ForecastWindow window = ExpiryForecast{census.view(), options}.at(kNow);
    EXPECT_EQ(window.namespaces.size(), 3u);
    EXPECT_DOUBLE_EQ(window.others.keys, 97);
}

TEST(InspectLint, namesMixturesAndWhatIsNeverEvicted) {
    KeyCensus census;
    for (int i = 0; i < 100; ++i) {
        add(census, "cart:" + std::to_string(i), i < 30 ? kNoExpiry : kNow + 7000 * i + 777);
        add(census, "session:" + std::to_string(i), kNow + 7000 * i + 777);
        add(census, "config:" + std::to_string(i), kNoExpiry, 5);
    }
    const auto findings = lintTtls(census.view(), {.maxmemoryPolicy = "allkeys-lru"});
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].kind, TtlFinding::Kind::mixed);
    EXPECT_EQ(findings[0].space, "cart");
    EXPECT_EQ(findings[0].keys, 30u);
    EXPECT_EQ(findings[0].of, 100u);
    EXPECT_EQ(findings[0].bytes, 3000u);
    const auto strict = lintTtls(census.view(), {.maxmemoryPolicy = "volatile-lru"});
    ASSERT_EQ(strict.size(), 3u);
    EXPECT_EQ(strict[0].kind, TtlFinding::Kind::neverEvicted);
    EXPECT_EQ(strict[0].space, "config");
    EXPECT_EQ(strict[0].bytes, 500u);
}

TEST(InspectLint, namesExpirationsAtWholeHours) {
    KeyCensus census;
    Random random{5};
    for (int i = 0; i < 200; ++i) {
        const std::int64_t hour = (kNow / 3'600'000 + 1 + i % 5) * 3'600'000;
        add(census, "report:" + std::to_string(i), hour + static_cast<std::int64_t>(i % 900));
        add(census, "user:" + std::to_string(i),
            kNow + static_cast<std::int64_t>(random.below(86'400'000)));
    }
    const auto findings = lintTtls(census.view(), {});
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].kind, TtlFinding::Kind::rounded);
    EXPECT_EQ(findings[0].space, "report");
    EXPECT_EQ(findings[0].keys, 200u);
    EXPECT_EQ(findings[0].step, Duration{1h});
}

TEST(InspectLint, saysNothingAboutTtlsThatAreNotKnown) {
    KeyCensus census;
    for (int i = 0; i < 100; ++i) {
        add(census, "a:" + std::to_string(i), kExpiryUnknown);
    }
    EXPECT_TRUE(lintTtls(census.view(), {.maxmemoryPolicy = "volatile-ttl"}).empty());
}

}  // namespace
}  // namespace cachescope::inspect
