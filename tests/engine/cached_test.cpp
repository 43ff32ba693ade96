// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/cached.h"

#include <gtest/gtest.h>

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
