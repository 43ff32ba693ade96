// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/cache/cache.h"
#include "tests/support/manual_timers.h"
#include "tests/support/wrapped_backend.h"

namespace cachescope::test {

/// A Cache with a clock that the test moves and loads that end when it says so.
struct CacheFixture : testing::Test {
    ManualClock clock{TimePoint{std::chrono::hours{1}}};
    ManualTimers timers{clock};
    WrappedBackend* backend = nullptr;
    std::unique_ptr<Cache> cache;
    std::deque<LoadDone> pending;  // loads under way, the oldest first

    void SetUp() override {
        auto made = WrappedBackend::memory(clock);
        backend = made.get();
        cache = std::make_unique<Cache>(std::move(made), clock, &timers, 1);
    }

    /// Asks; the answer is there once its load has ended.
    std::shared_ptr<std::optional<Result<Fetched>>> ask(std::string_view key,
                                                        const CacheOptions& options) {
        auto answer = std::make_shared<std::optional<Result<Fetched>>>();
        cache->fetch(
            key, options, [this](LoadDone done) { pending.push_back(std::move(done)); },
            [answer](const Result<Fetched>& result) {
                EXPECT_FALSE(answer->has_value()) << "served twice";
                *answer = result;
            });
        return answer;
    }
    void finish(LoadResult outcome) {
        ASSERT_FALSE(pending.empty());
        const LoadDone done = std::move(pending.front());
        pending.pop_front();
        done(std::move(outcome));
    }
    void finish(std::string_view value) { finish(Loaded{Bytes{value}}); }
    void fail() { finish(Error{ErrorCode::loadFailed, "origin", "broken"}); }

    /// Loads `value` in no time.
    void fill(std::string_view key, const CacheOptions& options, std::string_view value = "v") {
        const auto answer = ask(key, options);
        ASSERT_FALSE(answer->has_value()) << "was there already";
        finish(value);
    }
    std::string valueOf(const std::shared_ptr<std::optional<Result<Fetched>>>& answer) {
        if (!answer->has_value()) {
            return "(waits)";
        }
        return (*answer)->ok() ? (**answer)->entry.value.toString()
                               : errorCodeName((*answer)->error().code());
    }
    StaleReason reasonOf(const std::shared_ptr<std::optional<Result<Fetched>>>& answer) {
        return (**answer)->stale;
    }
};

}  // namespace cachescope::test
