// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cached.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/wrapped_backend.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

int plainFunction(int n) {
    return n + 1;
}

struct Cached : testing::Test {
    ManualClock clock{TimePoint{1h}};
    std::shared_ptr<Cache> cache =
        std::make_shared<Cache>(test::WrappedBackend::memory(clock), clock);

    CachedOptions options(std::string name) const {
        return {.name = std::move(name), .options = {.ttl = 60s}, .state = "test", .cache = cache};
    }
};

TEST_F(Cached, handlersMayThrowAndEveryWaiterGetsTheSameException) {
    auto handler = cached(
                       [](int n) -> int {
                           if (n < 0) {
                               throw std::domain_error("negative");
                           }
                           return n;
                       },
                       options("picky"))
                       .value();
    EXPECT_THROW(handler(-1), std::domain_error);
    EXPECT_THROW(handler(-1), std::domain_error) << "not cached";
    EXPECT_EQ(handler.stats().loadFailures, 2U);
    EXPECT_EQ(handler(1), 1);
}

TEST_F(Cached, handlersMayReturnResults) {
    int runs = 0;
    auto handler = cached(
                       [&](int n) -> Result<int> {
                           ++runs;
                           if (n < 0) {
                               return Error{ErrorCode::notFound, "row"};
                           }
                           return n;
                       },
                       options("result"))
                       .value();
    EXPECT_EQ(handler(-1).error().code(), ErrorCode::notFound);
    EXPECT_EQ(handler(-1).error().code(), ErrorCode::notFound);
    EXPECT_EQ(handler(2).value(), 2);
    EXPECT_EQ(handler(2).value(), 2);
    EXPECT_EQ(runs, 3);
}

TEST_F(Cached, badOptionsAreRefusedAtConstruction) {
    const auto refuse = [&](CachedOptions options) {
        options.cache = cache;
        return cached(plainFunction, options).error().code();
    };
    EXPECT_EQ(refuse({.name = "f", .options = {.ttl = Duration{-1}}}), ErrorCode::outOfRange);
    EXPECT_EQ(refuse({.options = {.ttl = 1s}}), ErrorCode::missing);
    EXPECT_EQ(refuse({.name = "f(x)"}), ErrorCode::outOfRange);
}

// What a request is about besides the arguments, as a program may keep it.
struct Context {
    std::optional<int> user{};
    std::string language{};
};

struct CachedVaryBy : Cached {
    Context context;
    std::atomic<int> runs{0};

    auto page(std::function<void(KeyParts&)> varyBy, CacheOptions how = {.ttl = 60s}) {
        CachedOptions given = options("page");
        given.options = std::move(how);
        given.varyBy = std::move(varyBy);
        return cached(
                   [this](int number) {
                       ++runs;
                       return std::to_string(number) + " for " +
                              std::to_string(context.user.value_or(0)) + context.language;
                   },
                   std::move(given))
            .value();
    }
    void byUser(KeyParts& parts) const { parts.add("user", context.user); }
};

TEST_F(CachedVaryBy, twoUsersNeverMeet) {
    const auto show = page([this](KeyParts& parts) { byUser(parts); });
    context.user = 1;
    EXPECT_EQ(show(42), "42 for 1");
    context.user = 2;
    EXPECT_EQ(show(42), "42 for 2");
    context.user.reset();
    EXPECT_EQ(show(42), "42 for 0");
    context.user = 0;
    EXPECT_EQ(show(42), "42 for 0");
    EXPECT_EQ(runs, 4) << "nobody is not user 0";
    context.user = 1;
    EXPECT_EQ(show(42), "42 for 1");
    EXPECT_EQ(runs, 4);
}

TEST_F(CachedVaryBy, keysShowThePartsWithTheirTypesWhateverTheirOrder) {
    const auto forth =
        page([](KeyParts& parts) { parts.add("user", 7).add("lang", std::string("de")); });
    const auto back = page([](KeyParts& parts) { parts.add("lang", "de").add("user", 7); });
    EXPECT_EQ(forth.key(42), R"(page[test](42){"lang":"de","user":7})");
    EXPECT_EQ(back.key(42), forth.key(42));
    EXPECT_EQ(page({}).key(42), "page[test](42)") << "as it was without";
}

TEST_F(CachedVaryBy, aPartThatIsNotThereIsNoEmptyPartAndNoPartReachesIntoAnother) {
    const std::vector<std::function<void(KeyParts&)>> all{
        {},
        [](KeyParts&) {},
        [](KeyParts& parts) { parts.add("a", ""); },
        [](KeyParts& parts) { parts.add("a", std::optional<std::string>{}); },
        [](KeyParts& parts) { parts.add("a", std::optional<std::string>{""}); },
        [](KeyParts& parts) { parts.add("a", 1); },
        [](KeyParts& parts) { parts.add("a", "1"); },
        [](KeyParts& parts) { parts.add("a", 1.0); },
        [](KeyParts& parts) { parts.add("a", 1).add("b", 2); },
        [](KeyParts& parts) { parts.add("a", "1,\"b\":2"); },
        [](KeyParts& parts) { parts.add("a\":1,\"b", 2); },
        [](KeyParts& parts) { parts.add("", 1); },
        [](KeyParts& parts) { parts.add("b", 1); },
    };
    std::set<std::string> keys;
    for (const auto& varyBy : all) {
        keys.insert(page(varyBy).key(42));
    }
    EXPECT_EQ(keys.size(), all.size());
}

TEST_F(CachedVaryBy, invalidatingForgetsThePresentPartsOrAll) {
    const auto show = page([this](KeyParts& parts) { byUser(parts); });
    for (const int user : {1, 2, 3}) {
        context.user = user;
        (void)show(42);
    }
    EXPECT_EQ(show.invalidate(42).value(), 1U);
    context.user = 1;
    EXPECT_EQ(show(42), "42 for 1");
    EXPECT_EQ(runs, 3) << "another user's was not meant";
    EXPECT_EQ(show.invalidateAll().value(), 2U);
}

TEST_F(CachedVaryBy, aSelectorLeavesArgumentsOutAndNotTheParts) {
    CachedOptions given = options("page");
    given.varyBy = [this](KeyParts& parts) { byUser(parts); };
    const auto show =
        cached([](int page, int) { return page; }, given, [](int page, int) { return page; })
            .value();
    context.user = 1;
    EXPECT_EQ(show.key(1, 2), show.key(1, 3));
    const std::string before = show.key(1, 2);
    context.user = 2;
    EXPECT_NE(show.key(1, 2), before);
}

TEST_F(CachedVaryBy, aHandlerWithStateMustNameItAllTheSame) {
    CachedOptions given = options("page");
    given.state.clear();
    given.varyBy = [](KeyParts&) {};
    const auto refused = cached([this](int) { return runs.load(); }, given);
    EXPECT_EQ(refused.error().code(), ErrorCode::missing);
}

TEST(DefaultCache, isSharedAndCanBeReplacedByUrl) {
    auto before = cached(plainFunction, {.name = "shared_default"}).value();
    EXPECT_EQ(&before.cache(), defaultCache().get());
    ASSERT_TRUE(setDefaultBackend("memory:?entries=10&policy=lru").ok());
    auto after = cached(plainFunction, {.name = "shared_default"}).value();
    EXPECT_NE(&before.cache(), &after.cache());
    EXPECT_EQ(before(1), 2);
    EXPECT_FALSE(setDefaultBackend("nosuch:").ok());
    EXPECT_EQ(&after.cache(), defaultCache().get());
    setDefaultCache(nullptr);
}

}  // namespace
}  // namespace cachescope
