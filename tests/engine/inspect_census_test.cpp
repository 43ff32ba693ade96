// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_census.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/inspect/key_figures.h"
#include "engine/inspect/namespace_tree.h"
#include "tests/support/in_parallel.h"

namespace cachescope::inspect {
namespace {

KeyFacts facts(std::int64_t expiry, std::uint64_t bytes, std::string_view type = "string") {
    KeyFacts made;
    made.expiry = expiry;
    made.bytes = bytes;
    made.type = type;
    return made;
}

std::size_t add(KeyCensus& census, const std::string& name, const KeyFacts& about) {
    const NamedKey key{name, about};
    const auto added = census.add({&key, 1});
    EXPECT_TRUE(added.ok());
    return added ? *added : 0;
}

TEST(InspectCensus, keepsEachKeyOnceHoweverOftenItIsFound) {
    KeyCensus census;
    EXPECT_EQ(add(census, "user:1", facts(5000, 72)), 1u);
    EXPECT_EQ(add(census, "user:2", facts(kNoExpiry, 80, "hash")), 1u);
    EXPECT_EQ(add(census, "user:1", facts(9000, 999)), 0u);
    const CensusView view = census.view();
    ASSERT_EQ(view.size(), 2u);
    EXPECT_EQ(view.name(0), "user:1");
    EXPECT_EQ(view.facts(0).expiry, 5000);
    EXPECT_EQ(view.facts(0).bytes, 72u);
    EXPECT_EQ(view.facts(1).expiry, kNoExpiry);
    EXPECT_EQ(view.facts(1).type, "hash");
    EXPECT_EQ(view.namespaceName(view.namespaceOf(1)), "user");
}

TEST(InspectCensus, keysAreBytesOfAnyLength) {
    KeyCensus census;
    const std::vector<std::string> names{"",
                                         std::string{"a\0b", 3},
                                         std::string{"a\0c", 3},
                                         "line\nbreak\r\n",
                                         "\xff\xfe",
                                         std::string(500'000, 'x'),
                                         std::string(127, 'y'),
                                         std::string(128, 'z'),
                                         ":",
                                         std::string(2'000'000, 'q'),
                                         "plain"};
    for (const std::string& name : names) {
        EXPECT_EQ(add(census, name, facts(1, 1)), 1u);
        EXPECT_EQ(add(census, name, facts(1, 1)), 0u);
    }
    const CensusView view = census.view();
    ASSERT_EQ(view.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_TRUE(view.name(i) == names[i]) << i;
    }
}

TEST(InspectCensus, everyFactComesBackAtTheEdgesOfItsRange) {
    KeyCensus census;
    std::vector<KeyFacts> all;
    for (const std::int64_t expiry : {std::int64_t{1}, std::int64_t{1'795'000'000'123},
                                      std::int64_t{1} << 47, kNoExpiry, kExpiryUnknown}) {
        for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1} << 39, kSizeUnknown}) {
            for (const std::uint32_t idle : {0U, 16'000'000U, kIdleUnknown}) {
                KeyFacts made = facts(expiry, bytes, idle == 0 ? "zset" : "ReJSON-RL");
                made.idle = idle;
                made.server = idle == 0 ? 1023 : 0;
                all.push_back(made);
            }
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        add(census, std::to_string(i), all[i]);
    }
    const CensusView view = census.view();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const KeyFacts read = view.facts(i);
        EXPECT_EQ(read.expiry, all[i].expiry) << i;
        EXPECT_EQ(read.bytes, all[i].bytes) << i;
        EXPECT_EQ(read.idle, all[i].idle) << i;
        EXPECT_EQ(read.server, all[i].server) << i;
        EXPECT_EQ(read.type, all[i].type) << i;
    }
}

TEST(InspectCensus, aMillionKeysTakeLessThanAHundredBytesEach) {
    KeyCensus census;
    std::vector<std::string> names;
    for (int i = 0; i < 1'000'000; ++i) {
        names.push_back("namespace" + std::to_string(i % 10) + ":key" +
                        std::to_string(1'000'000 + i));
        if (names.size() == 1000) {
            std::vector<NamedKey> keys;
            for (const std::string& name : names) {
                keys.push_back({name, facts(1000, 64)});
            }
            ASSERT_EQ(census.add(keys).valueOr(0), 1000u);
            ASSERT_EQ(census.add(keys).valueOr(1), 0u);
            names.clear();
        }
    }
    EXPECT_EQ(census.size(), 1'000'000u);
    EXPECT_LE(census.memoryBytes() / census.size(), 100u);
    EXPECT_EQ(census.view().namespaceCount(), 12u) << "two of which stand for none and others";
}

TEST(InspectCensus, aViewIsReadWhileKeysAreAdded) {
    KeyCensus census;
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    test::inParallel(3, [&](int thread) {
        if (thread == 0) {
            for (int i = 0; i < 100'000; ++i) {
                add(census, std::to_string(i) + ":x", facts(i + 1, static_cast<unsigned>(i)));
            }
            done = true;
            return;
        }
        while (!done) {
            const CensusView view = census.view();
            for (std::size_t i = view.size() > 2000 ? view.size() - 2000 : 0; i < view.size();
                 ++i) {
                const std::string number = std::to_string(i);
                const bool right = view.name(i) == number + ":x" && view.facts(i).bytes == i;
                const auto space = view.namespaceOf(i);
                wrong += right && (space == 1 || view.namespaceName(space) == number) ? 0 : 1;
            }
        }
    });
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(census.size(), 100'000u);
}

TEST(InspectCensus, aViewOutlivesItsCensus) {
    CensusView view;
    {
        KeyCensus census;
        add(census, "a:b", facts(1, 2, "list"));
        view = census.view();
    }
    EXPECT_EQ(view.name(0), "a:b");
    EXPECT_EQ(view.facts(0).type, "list");
}

TEST(InspectCensus, aRevisedViewHasWhatIsLeftWithItsNewDeadlines) {
    KeyCensus census;
    constexpr std::uint32_t kKeys = 40'000;  // more than one block of them
    for (std::uint32_t i = 0; i < kKeys; ++i) {
        add(census, (i % 2 == 0 ? "even:" : "odd:") + std::to_string(i), facts(1000 + i, i));
    }
    const CensusView view = census.view();
    std::vector<KeyRevision> revisions{{0, kKeyGone}, {1, 77}, {2, kNoExpiry}};
    for (std::uint32_t i = 10; i < 35'000; i += 2) {
        revisions.push_back({i, kKeyGone});
    }
    const auto revised = view.revised(revisions);
    ASSERT_TRUE(revised.ok());
    const std::size_t gone = revisions.size() - 2;
    ASSERT_EQ(revised->size(), kKeys - gone);
    EXPECT_EQ(revised->name(0), "odd:1");
    EXPECT_EQ(revised->facts(0).expiry, 77);
    EXPECT_EQ(revised->facts(0).bytes, 1u);
    EXPECT_EQ(revised->facts(1).expiry, kNoExpiry);
    EXPECT_EQ(revised->facts(2).expiry, 1003);
    EXPECT_EQ(revised->name(revised->size() - 1), "odd:39999");
    EXPECT_EQ(revised->namespaceName(revised->namespaceOf(0)), "odd");
    FigureOptions options;
    options.exact = true;
    options.databaseKeys = revised->size();
    EXPECT_EQ(figuresOf(*revised, options).noTtlKeys, 1u);
    EXPECT_EQ(view.size(), kKeys) << "the view itself stays what it was";
    EXPECT_EQ(view.facts(1).expiry, 1001);
}

TEST(InspectCensus, namespacesBeyondTheBoundAreOneTogether) {
    KeyCensus census;
    for (std::size_t i = 0; i < KeyCensus::kMostNamespaces + 100; ++i) {
        add(census, std::to_string(i) + ":k", facts(1, 1));
    }
    const CensusView view = census.view();
    EXPECT_EQ(view.namespaceCount(), KeyCensus::kMostNamespaces);
    EXPECT_EQ(view.namespaceName(view.namespaceOf(view.size() - 1)), KeyCensus::kManyOthers);
    EXPECT_EQ(view.namespaceName(view.namespaceOf(0)), "0");
    EXPECT_EQ(levelBelow(view, "65600:", 0).all.keys, 1u) << "the tree still finds them";
}

TEST(InspectTree, totalsGoToAnyDepth) {
    KeyCensus census;
    add(census, "plain", facts(kNoExpiry, 10));
    add(census, "app:user:1", facts(5000, 100));
    add(census, "app:user:2", facts(50'000, 100));
    add(census, "app:user:2:mail", facts(kNoExpiry, 1));
    add(census, "app:cart:9", facts(kExpiryUnknown, kSizeUnknown));
    add(census, "app:", facts(kNoExpiry, 7));
    add(census, "apple:x", facts(kNoExpiry, 3));
    const CensusView view = census.view();
    const NamespaceLevel root = levelBelow(view, "", 10'000);
    EXPECT_EQ(root.all.keys, 7u);
    EXPECT_EQ(root.here.keys, 1u);
    ASSERT_EQ(root.groups.size(), 2u);
    EXPECT_EQ(root.groups[0].name, "app");
    EXPECT_EQ(root.groups[0].keys, 5u);
    EXPECT_EQ(root.groups[0].bytes, 208u);
    EXPECT_EQ(root.groups[0].noTtl, 2u);
    EXPECT_EQ(root.groups[0].dueSoon, 1u);
    const NamespaceLevel app = levelBelow(view, "app:", 10'000);
    EXPECT_EQ(app.all.keys, 5u);
    EXPECT_EQ(app.here.keys, 1u) << "the key that is named as the namespace";
    ASSERT_EQ(app.groups.size(), 2u);
    EXPECT_EQ(app.groups[0].name, "user");
    EXPECT_EQ(app.groups[0].keys, 3u);
    EXPECT_EQ(app.groups[0].deepestKeys, 2u);
    const NamespaceLevel user = levelBelow(view, "app:user:", 10'000);
    EXPECT_EQ(user.here.keys, 2u);
    ASSERT_EQ(user.groups.size(), 1u);
    EXPECT_EQ(user.groups[0].name, "2");
    const NamespaceLevel bounded = levelBelow(view, "", 0, 1);
    ASSERT_EQ(bounded.groups.size(), 1u);
    EXPECT_EQ(bounded.others.keys, 1u);
}

TEST(InspectFigures, countEveryKeyOfTheView) {
    KeyCensus census;
    for (int i = 0; i < 100; ++i) {
        add(census, "session:" + std::to_string(i), facts(1'000'000 + i * 1000, 100, "hash"));
    }
    for (int i = 0; i < 50; ++i) {
        add(census, "config:" + std::to_string(i), facts(kNoExpiry, 10'000));
    }
    FigureOptions options;
    options.now = 1'000'000;
    options.exact = true;
    options.mostBigKeys = 3;
    const KeyFigures figures = figuresOf(census.view(), options);
    EXPECT_EQ(figures.databaseKeys, 150u);
    EXPECT_EQ(figures.noTtlKeys, 50u);
    EXPECT_DOUBLE_EQ(figures.noTtl.low, figures.noTtl.high) << "all keys were counted";
    ASSERT_EQ(figures.namespaces.size(), 2u);
    EXPECT_EQ(figures.namespaces[0].name, "config") << "the most bytes first";
    EXPECT_EQ(figures.namespaces[0].noTtl, 50u);
    ASSERT_EQ(figures.types.size(), 2u);
    EXPECT_EQ(figures.types[0].name, "hash");
    EXPECT_EQ(figures.expired, 1u);
    EXPECT_EQ(figures.ttls[0].keys, 1u);
    EXPECT_EQ(figures.ttls[1].keys, 9u);
    EXPECT_EQ(figures.ttls[2].keys, 50u);
    EXPECT_EQ(figures.ttls[3].keys, 40u);
    ASSERT_EQ(figures.bigKeys.size(), 3u);
    EXPECT_EQ(figures.bigKeys[0].bytes, 10'000u);
    EXPECT_EQ(figures.bytes, 100u * 100u + 50u * 10'000u);
}

TEST(InspectFigures, whatIsNotKnownIsSaid) {
    KeyCensus census;
    add(census, "a", KeyFacts{});
    const KeyFigures figures = figuresOf(census.view(), {});
    EXPECT_FALSE(figures.knowsTtl);
    EXPECT_FALSE(figures.knowsSize);
    EXPECT_FALSE(figures.knowsType);
    EXPECT_EQ(figures.noTtlKeys, 0u);
}

// Of a thousand samples, about 95 % of the intervals must hold the true share.
TEST(InspectFigures, intervalsHoldTheTruthAsOftenAsTheySay) {
    Random random{7};
    for (const std::uint64_t population : {std::uint64_t{1500}, std::uint64_t{1'000'000}}) {
        for (const double truth : {0.02, 0.2, 0.5}) {
            const auto marked = static_cast<std::uint64_t>(truth * static_cast<double>(population));
            int held = 0;
            double width = 0;
            for (int trial = 0; trial < 1000; ++trial) {
                std::uint64_t hits = 0;
                // Draws without putting back.
                std::uint64_t leftMarked = marked;
                std::uint64_t left = population;
                for (int i = 0; i < 1000; ++i) {
                    const bool hit = random.below(left) < leftMarked;
                    hits += hit ? 1U : 0U;
                    leftMarked -= hit ? 1U : 0U;
                    --left;
                }
                const Share share = shareOf(hits, 1000, population);
                held += share.low <= truth && truth <= share.high ? 1 : 0;
                width += share.high - share.low;
            }
            EXPECT_GT(held, 925) << population << ' ' << truth;
            EXPECT_LT(held, 990) << population << ' ' << truth;
            EXPECT_LT(width / 1000, 0.07) << population << ' ' << truth;
        }
    }
    EXPECT_DOUBLE_EQ(shareOf(0, 0, 0).high, 1.0);
    EXPECT_DOUBLE_EQ(shareOf(3, 10, 10).low, 0.3);
}

TEST(InspectCensus, aLevelThatIsNoLongerWantedIsNotReadToItsEnd) {
    KeyCensus census;
    for (int i = 0; i < 50'000; ++i) {
        add(census, "user:" + std::to_string(i), facts(kNoExpiry, 10));
    }
    int looks = 0;
    const NamespaceLevel level =
        levelBelow(census.view(), {}, 0, 1000, [&looks] { return ++looks < 3; });
    EXPECT_EQ(looks, 3);
    EXPECT_LT(level.all.keys, 50'000u);
    EXPECT_EQ(levelBelow(census.view(), {}, 0, 1000, [] { return true; }).all.keys, 50'000u);
}

}  // namespace
}  // namespace cachescope::inspect
