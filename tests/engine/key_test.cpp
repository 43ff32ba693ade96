// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/key.h"

#include <gtest/gtest.h>

#include <limits>
#include <list>

namespace cachescope {
namespace {

enum class Colour { red, green };

struct Point {
    int x;
    int y;
};
void appendKey(KeyWriter& writer, const Point& point) {
    detail::writeKey(writer, std::tuple(point.x, point.y));
}

TEST(Key, isReadable) {
    EXPECT_EQ(makeKey("get_user", 42, std::string("de"), std::vector<int>{1, 2}, true, 1.5),
              "get_user(42,\"de\",[1,2],true,1.5)");
    EXPECT_EQ(makeKey("now"), "now()");
    EXPECT_EQ(makeKey("f", std::optional<int>{}, std::optional<int>{3}), "f(none,some(3))");
    EXPECT_EQ(makeKey("f", std::chrono::milliseconds{5}), "f(5000000ns)");
    EXPECT_EQ(makeKey("f", Point{1, 2}), "f((1,2))");
}

TEST(Key, differsByTypeAndShape) {
    const std::vector<std::string> keys{
        makeKey("f", 1),
        makeKey("f", 1.0),
        makeKey("f", "1"),
        makeKey("f", '1'),
        makeKey("f", true),
        makeKey("f", "true"),
        makeKey("f", Colour::green),
        makeKey("f", Bytes{"1"}),
        makeKey("f", std::vector<int>{1}),
        makeKey("f", std::tuple(1)),
        makeKey("f", std::set<int>{1}),
        makeKey("f", std::map<int, int>{{1, 1}}),
        makeKey("f", std::optional<int>{1}),
        makeKey("f", std::variant<int, double>{1}),
        makeKey("f", 1, 1),
        makeKey("f", std::tuple(1, 1)),
        makeKey("f", std::vector<int>{1, 1}),
        makeKey("f", "1,1"),
        makeKey("f", "a\",\"b"),
        makeKey("f", "a", "b"),
        makeKey("f", std::optional<int>{}),
        makeKey("f", "none"),
        makeKey("f"),
        makeKey("f", ""),
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        for (std::size_t j = i + 1; j < keys.size(); ++j) {
            EXPECT_NE(keys[i], keys[j]) << i << ' ' << j;
        }
    }
}

TEST(Key, doesNotDependOnTheOrderOfUnorderedContainers) {
    std::unordered_set<std::string> forwards;
    std::unordered_set<std::string> backwards;
    for (int i = 0; i < 100; ++i) {
        forwards.insert(std::to_string(i));
        backwards.insert(std::to_string(99 - i));
    }
    backwards.rehash(1000);
    EXPECT_EQ(makeKey("f", forwards), makeKey("f", backwards));
}

TEST(Key, keepsBinaryArgumentsApart) {
    EXPECT_NE(makeKey("f", std::string("a\0b", 3)), makeKey("f", std::string("a")));
    EXPECT_EQ(makeKey("f", std::string("\n")), "f(\"\\x0a\")");
    EXPECT_NE(makeKey("f", std::string("\n")), makeKey("f", std::string("\\x0a")));
}

TEST(Key, handlesExtremeNumbers) {
    EXPECT_EQ(makeKey("f", std::numeric_limits<std::int64_t>::min()), "f(-9223372036854775808)");
    EXPECT_EQ(makeKey("f", std::numeric_limits<std::uint64_t>::max()), "f(18446744073709551615)");
    EXPECT_NE(makeKey("f", 0.1), makeKey("f", 0.1 + 1e-16));
    EXPECT_EQ(makeKey("f", std::numeric_limits<double>::infinity()), "f(inf)");
}

}  // namespace
}  // namespace cachescope
