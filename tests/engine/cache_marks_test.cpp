// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Marks in a store that several caches share, as processes do: what one voids no other serves,
// whatever becomes of the mark.

#include <gtest/gtest.h>

#include "engine/backend/reserved_keys.h"
#include "engine/cache/cache.h"
#include "engine/cache/mark_table.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/manual_timers.h"
#include "tests/support/shared_backend.h"
#include "tests/support/temporary_directory.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::FaultyBackend;
using test::ManualTimers;
using test::SharedBackend;
using test::TemporaryDirectory;

std::string fetch(Cache& cache, const CacheOptions& options, const LoadResult& loaded) {
    const auto got = cache.fetchBlocking("list", options, [&] { return loaded; });
    return got.ok() ? got->entry.value.toString() : errorCodeName(got.error().code());
}
std::string fetch(Cache& cache, const CacheOptions& options, std::string_view value) {
    return fetch(cache, options, LoadResult{Loaded{Bytes{value}}});
}

struct CacheMarksTest : testing::Test {
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    std::shared_ptr<FaultyBackend> store = std::make_shared<FaultyBackend>(clock, true);
    std::unique_ptr<Cache> one = process();
    std::unique_ptr<Cache> other = process();
    const CacheOptions priced{.ttl = 1h, .tags = {"price"}};
    const std::string mark = MarkTable::keyOf("tprice");
    const LoadResult broken = Error{ErrorCode::loadFailed, "origin"};

    std::unique_ptr<Cache> process() {
        return std::make_unique<Cache>(std::make_unique<SharedBackend>(store), clock, &timers);
    }
    /// Calls that have to do with marks fail from now on, and no others.
    void breakMarks(bool yes) {
        store->before = [this, yes](std::string_view, std::string_view key) {
            store->fail(yes && isReservedKey(key) ? std::optional{ErrorCode::timedOut}
                                                  : std::nullopt);
        };
    }
    void loadAndVoid() {
        ASSERT_EQ(fetch(*one, priced, "old"), "old");
        clock.advance(1s);
        ASSERT_TRUE(one->invalidateTag("price").ok());
        clock.advance(1s);
    }
};

TEST_F(CacheMarksTest, aPatternThatMatchesTheMarkDoesNotBringBackWhatItVoided) {
    ASSERT_EQ(fetch(*one, priced, "old"), "old");
    clock.advance(1s);
    ASSERT_TRUE(one->invalidateTag("price").ok());
    EXPECT_EQ(one->invalidateMatching("*price*").value(), 0U);
    clock.advance(1s);
    EXPECT_EQ(fetch(*other, priced, "new"), "new");
}

TEST_F(CacheMarksTest, whoKnowsAMarkWritesItAgainWhenItIsGone) {
    loadAndVoid();
    ASSERT_TRUE(store->erase(mark).value()) << "as a server short of memory evicts it";
    ASSERT_TRUE(store->inner().get("list").value().has_value());
    // It knows, so it neither serves what was voided nor leaves others without the mark.
    EXPECT_EQ(fetch(*one, priced, broken), errorCodeName(ErrorCode::loadFailed));
    EXPECT_NE(store->valueOf(mark), "(absent)");
}

TEST_F(CacheMarksTest, anOlderMarkThatOverwroteANewerOneIsOverwrittenByWhoKnowsTheNewer) {
    loadAndVoid();
    Entry older;
    older.value = Bytes{std::string_view{"1"}};
    ASSERT_TRUE(store->inner().set(mark, older).ok());
    EXPECT_EQ(fetch(*one, priced, broken), errorCodeName(ErrorCode::loadFailed));
    EXPECT_EQ(fetch(*process(), priced, "new"), "new") << "a process that knows nothing";
    EXPECT_NE(store->valueOf(mark), "1");
}

TEST_F(CacheMarksTest, aMarkThatCouldNotBeWrittenIsWrittenLater) {
    ASSERT_EQ(fetch(*one, priced, "old"), "old");
    clock.advance(1s);
    breakMarks(true);
    EXPECT_FALSE(one->invalidateTag("price").ok());
    breakMarks(false);
    clock.advance(1s);
    EXPECT_EQ(fetch(*one, priced, broken), errorCodeName(ErrorCode::loadFailed));
    EXPECT_NE(store->valueOf(mark), "(absent)");
}

TEST_F(CacheMarksTest, whatMayBeVoidIsLoadedAnewWhileItsMarkCannotBeRead) {
    loadAndVoid();
    breakMarks(true);
    const auto restarted = process();
    EXPECT_EQ(fetch(*restarted, priced, "new"), "new");
    EXPECT_GT(restarted->stats().errors, 0U);
    ASSERT_TRUE(restarted->trouble().has_value());
}

TEST_F(CacheMarksTest, whatMayBeVoidIsServedOnlyByFailSafe) {
    loadAndVoid();
    breakMarks(true);
    EXPECT_EQ(fetch(*process(), priced, broken), errorCodeName(ErrorCode::loadFailed));

    CacheOptions safe = priced;
    safe.staleIfError = 1h;
    const auto restarted = process();
    const auto got = restarted->fetchBlocking("list", safe, [this] { return broken; });
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->entry.value.view(), "old");
    EXPECT_EQ(got->stale, StaleReason::loadFailed) << "it says that it may be void";
    EXPECT_EQ(restarted->stats().fallbacks, 1U);
    // Whoever knows that it is void does not serve it, broken or not.
    EXPECT_EQ(fetch(*one, safe, broken), errorCodeName(ErrorCode::loadFailed));
}

TEST_F(CacheMarksTest, whatWasLoadedAMomentAgoIsServedThoughItsMarkCannotBeRead) {
    breakMarks(true);
    ASSERT_EQ(fetch(*one, priced, "1"), "1");
    clock.advance(MarkTable::kBelieved);
    EXPECT_EQ(fetch(*one, priced, "2"), "1") << "a mark may go unseen for so long anyhow";
    clock.advance(1ms);
    EXPECT_EQ(fetch(*one, priced, "2"), "2");
    breakMarks(false);
    clock.advance(1s);
    EXPECT_EQ(fetch(*one, priced, "3"), "2");
}

TEST_F(CacheMarksTest, nobodyJoinsALoadFromBeforeAMarkOfAnotherProcess) {
    std::vector<LoadDone> loads;
    std::vector<std::string> answers;
    const auto ask = [&] {
        other->fetch(
            "list", priced, [&](LoadDone done) { loads.push_back(std::move(done)); },
            [&](const Result<Fetched>& got) { answers.push_back(got->entry.value.toString()); });
    };
    ask();
    clock.advance(1s);
    ASSERT_TRUE(one->invalidateTag("price").ok());
    clock.advance(MarkTable::kBelieved + 1ms);
    ask();
    ASSERT_EQ(loads.size(), 2U);
    loads[0](Loaded{Bytes{"old"}});
    loads[1](Loaded{Bytes{"new"}});
    EXPECT_EQ(answers, (std::vector<std::string>{"old", "new"}));
    EXPECT_EQ(fetch(*other, priced, "?"), "new");
}

TEST_F(CacheMarksTest, aTimeOutAsksTheBackendNothing) {
    CacheOptions soft = priced;
    soft.ttl = 1s;
    soft.staleIfError = 1h;
    soft.softTimeout = 1s;
    ASSERT_EQ(fetch(*one, soft, "old"), "old");
    clock.advance(2s);
    std::vector<std::string> answers;
    const auto ask = [&] {
        one->fetch(
            "list", soft, [](const LoadDone&) {},
            [&](const Result<Fetched>& got) {
                answers.push_back(got.ok() ? got->entry.value.toString() : "none");
            });
    };
    ask();
    const int before = store->calls;
    timers.advance(1s);
    EXPECT_EQ(answers, (std::vector<std::string>{"old"}));
    EXPECT_EQ(store->calls, before) << "it would hold all other time-outs up";
    // What is known to be void by then is not served for all that.
    ask();
    ASSERT_TRUE(one->invalidateTag("price").ok());
    timers.advance(1s);
    EXPECT_EQ(answers.size(), 1U);
}

TEST_F(CacheMarksTest, entriesWithoutTagsDoNotCareForMarks) {
    breakMarks(true);
    const CacheOptions plain{.ttl = 1h};
    ASSERT_EQ(fetch(*one, plain, "1"), "1");
    clock.advance(1min);
    EXPECT_EQ(fetch(*one, plain, "2"), "1");
}

TEST(CacheMarksInAFileTest, aMarkOutlivesTheEntriesThatAreEvicted) {
    const TemporaryDirectory directory;
    const auto backend =
        BackendRegistry::builtin().create("file:" + (directory / "c").string() + "?entries=10", {});
    ASSERT_TRUE(backend.ok());
    MarkTable marks(**backend, SystemClock::instance());
    ASSERT_TRUE(marks.set("tprice").ok());
    const auto fill = [&](int from) {
        for (int i = from; i < from + 50; ++i) {
            ASSERT_TRUE((*backend)->set("k" + std::to_string(i), Entry{}).ok());
        }
        ASSERT_TRUE((*backend)->flush().ok());
    };
    fill(0);
    EXPECT_LE((*backend)->stat()->entries, 10U);
    EXPECT_TRUE((*backend)->get(MarkTable::keyOf("tprice")).value().has_value());
    fill(100);
    EXPECT_TRUE((*backend)->get(MarkTable::keyOf("tprice")).value().has_value()) << "used or not";
}

/// Two caches with two levels each over one directory, whose changes nobody is told of.
struct CacheLevelsTest : testing::Test {
    TemporaryDirectory directory;
    ManualClock clock{TimePoint{1h}};
    ManualTimers timers{clock};
    std::unique_ptr<Cache> one = process();
    std::unique_ptr<Cache> other = process();

    std::unique_ptr<Cache> process() {
        BackendConfig config;
        config.clock = &clock;
        const std::string url = "tiered:dir:" + (directory / "c").string() + "?upper_ttl=1h";
        return std::make_unique<Cache>(BackendRegistry::builtin().create(url, config).value(),
                                       clock, &timers);
    }
};

TEST_F(CacheLevelsTest, aMarkIsFollowedAsSoonAsWithOneLevel) {
    const CacheOptions priced{.ttl = 1h, .tags = {"price"}};
    ASSERT_TRUE(one->invalidateTag("price").ok());
    clock.advance(1s);
    ASSERT_EQ(fetch(*one, priced, "old"), "old");
    clock.advance(1s);
    ASSERT_EQ(fetch(*other, priced, "?"), "old") << "it has read the first mark";
    clock.advance(1s);
    ASSERT_TRUE(one->invalidateTag("price").ok());
    clock.advance(MarkTable::kBelieved + 1ms);
    EXPECT_EQ(fetch(*other, priced, "new"), "new");
}

TEST_F(CacheLevelsTest, eventsSayOnWhichLevelAnAnswerLay) {
    std::vector<std::string> told;
    const auto listen = [&](Cache& cache, const std::string& name) {
        cache.setEventListener([&told, name](const CacheEvent& event) {
            if (event.kind == CacheEventKind::served) {
                told.push_back(name + (event.source == Source::stored ? " stored " : " loaded ") +
                               std::to_string(event.level));
            }
        });
    };
    listen(*one, "one");
    listen(*other, "other");
    const CacheOptions plain{.ttl = 1h};
    ASSERT_EQ(fetch(*one, plain, "v"), "v");
    ASSERT_EQ(fetch(*one, plain, "?"), "v");
    ASSERT_EQ(fetch(*other, plain, "?"), "v");
    ASSERT_EQ(fetch(*other, plain, "?"), "v");
    const std::vector<std::string> keys{"list", "more"};
    const LoadMany load = [](const std::vector<std::string>& missing) {
        return std::vector<LoadResult>(missing.size(), Loaded{Bytes{"m"}});
    };
    (void)one->fetchMany(keys, plain, load);
    (void)other->fetchMany(keys, plain, load);
    EXPECT_EQ(told, (std::vector<std::string>{"one loaded 0", "one stored 0", "other stored 1",
                                              "other stored 0", "one stored 0", "one loaded 0",
                                              "other stored 0", "other stored 1"}));
}

}  // namespace
}  // namespace cachescope
