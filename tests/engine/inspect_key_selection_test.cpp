// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "engine/core/glob.h"
#include "engine/core/random.h"

namespace cachescope::inspect {
namespace {

using Numbers = std::vector<std::uint32_t>;

constexpr std::int64_t kNow = 1'700'000'000'000;

bool always() {
    return true;
}

std::string randomName(Random& random) {
    static const std::vector<std::string> parts{
        "user:", "product:", "product:detail:",
        "",      "a",        std::string("\0", 1),
        "\xff",  "user::",   "a long beginning that many names have in common:"};
    std::string name = parts[random.below(parts.size())];
    if (random.below(4) == 0) {
        name += parts[random.below(parts.size())];
    }
    const std::size_t length = random.below(12);
    for (std::size_t i = 0; i < length; ++i) {
        // Few letters, and zeros: names that begin alike, and some that go on with zeros.
        name += "ab1:\0"[random.below(5)];
    }
    return name;
}

void fill(KeyCensus& census, Random& random, std::size_t keys) {
    static constexpr std::array<std::string_view, 4> kTypes{"string", "hash", "", "zset"};
    for (std::size_t i = 0; i < keys; ++i) {
        const std::string name = randomName(random);
        KeyFacts facts;
        const auto kind = random.below(6);
        if (kind < 3) {
            facts.expiry = kNow - 5'000 + static_cast<std::int64_t>(random.below(100'000));
        } else if (kind < 5) {
            facts.expiry = kNoExpiry;
        }
        if (random.below(5) != 0) {
            facts.bytes = 40 + random.below(300);
        }
        if (random.below(5) != 0) {
            facts.idle = static_cast<std::uint32_t>(random.below(100));
        }
        facts.type = kTypes[random.below(kTypes.size())];
        facts.server = static_cast<std::uint16_t>(random.below(3));
        const NamedKey key{name, facts};
        ASSERT_TRUE(census.add({&key, 1}).ok());
    }
}

bool plainlyPasses(const CensusView& view, std::uint32_t key, const KeyQuery& query) {
    const std::string name{view.name(key)};
    const KeyFacts facts = view.facts(key);
    const bool glob = query.pattern.find_first_of("*?[") != std::string::npos;
    if (glob ? !globMatches(query.pattern, name) : name.find(query.pattern) == std::string::npos) {
        return false;
    }
    if (name.compare(0, query.prefix.size(), query.prefix) != 0 ||
        (query.direct && name.find(':', query.prefix.size()) != std::string::npos)) {
        return false;
    }
    if (!query.types.empty() &&
        std::count(query.types.begin(), query.types.end(), std::string(facts.type)) == 0) {
        return false;
    }
    const std::int64_t left = facts.expiry - kNow;
    const bool ttlPasses =
        query.ttl == TtlFilter::any ||
        (query.ttl == TtlFilter::none && facts.expiry == kNoExpiry) ||
        (facts.hasExpiry() &&
         (query.ttl == TtlFilter::some || (query.ttl == TtlFilter::expired && left <= 0) ||
          (query.ttl == TtlFilter::between && left >= query.ttlFrom && left < query.ttlTo)));
    const auto within = [](auto value, auto unknown, auto least, auto most) {
        return (!least && !most) ||
               (value != unknown && (!least || value >= *least) && (!most || value <= *most));
    };
    return ttlPasses && within(facts.bytes, kSizeUnknown, query.minBytes, query.maxBytes) &&
           within(facts.idle, kIdleUnknown, query.minIdle, query.maxIdle) &&
           (!query.server || facts.server == *query.server);
}

// Negative: first; positive: second; unknown ones last.
int plainlyCompared(const CensusView& view, std::uint32_t a, std::uint32_t b, KeyOrder order) {
    const KeyFacts one = view.facts(a);
    const KeyFacts two = view.facts(b);
    const auto compare = [&](auto x, auto y, bool noX, bool noY) {
        if (noX || noY) {
            return noX == noY ? 0 : noX ? 1 : -1;
        }
        const int way = x < y ? -1 : y < x ? 1 : 0;
        return order.descending ? -way : way;
    };
    switch (order.column) {
        case KeyColumn::found:
            return compare(a, b, false, false);
        case KeyColumn::name:
            return compare(view.name(a), view.name(b), false, false);
        case KeyColumn::type:
            return compare(one.type, two.type, one.type.empty(), two.type.empty());
        case KeyColumn::ttl:
            return compare(one.expiry, two.expiry, one.expiry == kExpiryUnknown,
                           two.expiry == kExpiryUnknown);
        case KeyColumn::size:
            return compare(one.bytes, two.bytes, !one.hasSize(), !two.hasSize());
        case KeyColumn::idle:
            return compare(one.idle, two.idle, one.idle == kIdleUnknown, two.idle == kIdleUnknown);
        case KeyColumn::server:
            return compare(one.server, two.server, false, false);
    }
    return 0;
}

Numbers plainly(const CensusView& view, const KeyQuery& query, KeyOrder order) {
    Numbers keys;
    for (std::uint32_t key = 0; key < view.size(); ++key) {
        if (plainlyPasses(view, key, query)) {
            keys.push_back(key);
        }
    }
    std::stable_sort(keys.begin(), keys.end(), [&](std::uint32_t a, std::uint32_t b) {
        return plainlyCompared(view, a, b, order) < 0;
    });
    return keys;
}

std::vector<KeyOrder> allOrders() {
    std::vector<KeyOrder> orders;
    for (const KeyColumn column :
         {KeyColumn::found, KeyColumn::name, KeyColumn::type, KeyColumn::ttl, KeyColumn::size,
          KeyColumn::idle, KeyColumn::server}) {
        orders.push_back({column, false});
        orders.push_back({column, true});
    }
    return orders;
}

KeyQuery randomQuery(Random& random) {
    static const std::vector<std::string> patterns{
        "",      "user", "a:",      "product:*",          "*a1*", "?ser*", "[pu]*b",
        "a\\*b", "*",    "user::*", "product:detail:a*b", "a\\**"};
    static const std::vector<std::string> prefixes{"", "user:", "product:detail:", "pro", "none:"};
    KeyQuery query;
    query.pattern = patterns[random.below(patterns.size())];
    query.prefix = prefixes[random.below(prefixes.size())];
    query.direct = random.below(4) == 0;
    query.ttl = static_cast<TtlFilter>(random.below(5));
    query.ttlFrom = static_cast<std::int64_t>(random.below(30'000));
    query.ttlTo = query.ttlFrom + static_cast<std::int64_t>(random.below(60'000));
    if (random.below(3) == 0) {
        query.types = {"hash", random.below(2) == 0 ? "" : "no such type"};
    }
    if (random.below(3) == 0) {
        query.minBytes = 60 + random.below(100);
    }
    if (random.below(3) == 0) {
        query.maxBytes = 150 + random.below(150);
    }
    if (random.below(4) == 0) {
        query.minIdle = static_cast<std::uint32_t>(random.below(50));
    }
    if (random.below(4) == 0) {
        query.maxIdle = 50;
    }
    if (random.below(4) == 0) {
        query.server = 1;
    }
    return query;
}

TEST(InspectKeySelection, sortsAsAPlainSortDoes) {
    Random random(1);
    KeyCensus census;
    fill(census, random, 20'000);
    const CensusView view = census.view();
    for (const KeyOrder order : allOrders()) {
        const auto selected = selectKeys(view, {}, order, kNow, always);
        ASSERT_TRUE(selected.ok());
        EXPECT_EQ(*selected, plainly(view, {}, order))
            << "column " << static_cast<int>(order.column) << " " << order.descending;
    }
}

TEST(InspectKeySelection, selectsWhatPassesEveryPartOfTheQuery) {
    Random random(2);
    KeyCensus census;
    fill(census, random, 3'000);
    const CensusView view = census.view();
    std::size_t selectedInAll = 0;
    for (int i = 0; i < 1'000; ++i) {
        const KeyQuery query = randomQuery(random);
        const KeyOrder order = allOrders()[random.below(14)];
        const auto selected = selectKeys(view, query, order, kNow, always);
        ASSERT_TRUE(selected.ok());
        ASSERT_EQ(*selected, plainly(view, query, order)) << "query " << i;
        selectedInAll += selected->size();
    }
    EXPECT_GT(selectedInAll, 10'000u);
}

TEST(InspectKeySelection, whatCameLaterIsMergedInAsIfSortedAnew) {
    for (const std::size_t later :
         {std::size_t{0}, std::size_t{3}, std::size_t{500}, std::size_t{8'000}}) {
        Random random(3 + later);
        KeyCensus census;
        fill(census, random, 4'000);
        const CensusView before = census.view();
        fill(census, random, later);
        const CensusView view = census.view();
        KeyQuery query;
        query.pattern = "*a*";
        for (const KeyOrder order : allOrders()) {
            const auto former = selectKeys(before, query, order, kNow, always);
            const auto added = selectKeys(view, query, order, kNow, always, before.size());
            ASSERT_TRUE(former.ok() && added.ok());
            const auto merged = mergeKeys(view, order, *former, *added, always);
            ASSERT_TRUE(merged.ok());
            EXPECT_EQ(*merged, plainly(view, query, order))
                << "column " << static_cast<int>(order.column) << " " << order.descending;
        }
    }
}

TEST(InspectKeySelection, namesThatDifferOnlyInZerosAtTheirEndsAreSorted) {
    KeyCensus census;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 200; ++i) {
        names.push_back("key" + std::string(199 - i, '\0'));
        const NamedKey key{names.back(), {}};
        ASSERT_TRUE(census.add({&key, 1}).ok());
    }
    const auto selected = selectKeys(census.view(), {}, {KeyColumn::name, false}, kNow, always);
    ASSERT_TRUE(selected.ok());
    Numbers expected(200);
    std::iota(expected.rbegin(), expected.rend(), 0U);
    EXPECT_EQ(*selected, expected);
}

TEST(InspectKeySelection, namesOfHalfAMegabyteThatBeginAlikeAreSorted) {
    KeyCensus census;
    const std::string begin(500'000, 'x');
    for (int i = 0; i < 60; ++i) {
        const std::string name = begin + std::to_string(99 - i);
        const NamedKey key{name, {}};
        ASSERT_TRUE(census.add({&key, 1}).ok());
    }
    const CensusView view = census.view();
    const auto selected = selectKeys(view, {}, {KeyColumn::name, false}, kNow, always);
    ASSERT_TRUE(selected.ok());
    EXPECT_EQ(*selected, plainly(view, {}, {KeyColumn::name, false}));
}

TEST(InspectKeySelection, anEmptyCensusHasNothingToSelect) {
    const KeyCensus census;
    for (const KeyOrder order : allOrders()) {
        const auto selected = selectKeys(census.view(), {}, order, kNow, always);
        ASSERT_TRUE(selected.ok());
        EXPECT_TRUE(selected->empty());
    }
}

TEST(InspectKeySelection, endsSoonAfterItIsNoLongerWanted) {
    Random random(5);
    KeyCensus census;
    fill(census, random, 50'000);
    const CensusView view = census.view();
    ASSERT_GT(view.size(), 20'000u);
    for (const KeyOrder order :
         {KeyOrder{KeyColumn::name, false}, KeyOrder{KeyColumn::size, true}}) {
        int looks = 0;
        const auto count = [&looks] { return ++looks > 0; };
        ASSERT_TRUE(selectKeys(view, {}, order, kNow, count).ok());
        // Wherever it is told to end, it does not ask again.
        for (int last = 0; last < looks; ++last) {
            int asked = 0;
            const auto selected = selectKeys(view, {}, order, kNow, [&] { return asked++ < last; });
            ASSERT_FALSE(selected.ok());
            EXPECT_EQ(selected.error().code(), ErrorCode::cancelled);
            EXPECT_EQ(asked, last + 1);
        }
    }
    const auto all = selectKeys(view, {}, {KeyColumn::size, true}, kNow, always);
    ASSERT_TRUE(all.ok());
    EXPECT_FALSE(mergeKeys(view, {KeyColumn::size, true}, {}, *all, [] { return false; }).ok());
}

}  // namespace
}  // namespace cachescope::inspect
