// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <atomic>

#include "engine/backend/backend_url.h"
#include "engine/core/bounded_ring.h"
#include "engine/core/bytes.h"
#include "engine/core/clock.h"
#include "engine/core/duration_text.h"
#include "engine/core/glob.h"
#include "engine/core/hash.h"
#include "engine/core/histogram.h"
#include "engine/core/random.h"
#include "engine/core/result.h"
#include "engine/core/worker.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

TEST(Clock, systemClockNeverRunsBackwards) {
    const SystemClock& clock = SystemClock::instance();
    TimePoint last = clock.now();
    for (int i = 0; i < 10'000; ++i) {
        const TimePoint now = clock.now();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST(Clock, manualClockMovesOnlyForwards) {
    ManualClock clock;
    clock.advance(5s);
    clock.set(TimePoint{2s});
    EXPECT_EQ(clock.now(), TimePoint{5s});
}

TEST(Clock, deadlineDoesNotOverflow) {
    EXPECT_EQ(deadlineAfter(TimePoint{1s}, Duration::max()), kNever);
    EXPECT_EQ(deadlineAfter(TimePoint{1s}, 2s), TimePoint{3s});
}

TEST(Error, carriesItsCauseAndAnotherSubject) {
    const Error inner{ErrorCode::diskFull, "/tmp/x", "No space left on device"};
    const Error outer = Error{ErrorCode::io, "cache.db"}.because(inner).about("other.db");
    ASSERT_NE(outer.cause(), nullptr);
    EXPECT_EQ(outer.cause()->code(), ErrorCode::diskFull);
    EXPECT_EQ(outer.toLogLine(), "io: other.db <- diskFull: /tmp/x: No space left on device");
}

TEST(Result, convertsFromValueAndError) {
    const auto half = [](int n) -> Result<int> {
        if (n % 2 != 0) {
            return Error{ErrorCode::outOfRange, "n"};
        }
        return n / 2;
    };
    EXPECT_EQ(half(8).value(), 4);
    EXPECT_EQ(half(7).error().code(), ErrorCode::outOfRange);
    EXPECT_EQ(half(7).valueOr(-1), -1);
}

TEST(Bytes, keepsShortAndLongContentsThroughCopiesAndMoves) {
    for (const std::size_t size : {0U, 1U, 22U, 23U, 24U, 1000U}) {
        std::string text(size, 'x');
        if (size > 2) {
            text[1] = '\0';
        }
        Bytes original{text};
        Bytes copy = original;
        Bytes moved = std::move(original);
        EXPECT_EQ(copy.view(), text);
        EXPECT_EQ(moved, copy);
        EXPECT_EQ(moved.size(), size);
        copy = Bytes{"other"};
        EXPECT_EQ(moved.view(), text);
    }
}

TEST(DurationText, readsWhatPeopleWrite) {
    EXPECT_EQ(parseDuration("90s"), 90s);
    EXPECT_EQ(parseDuration("1h30m"), 90min);
    EXPECT_EQ(parseDuration(" 1 h 30 min "), 90min);
    EXPECT_EQ(parseDuration("250ms"), 250ms);
    EXPECT_EQ(parseDuration("1.5 s"), 1500ms);
    EXPECT_EQ(parseDuration("10us"), 10us);
    EXPECT_EQ(parseDuration("2"), 2s);
    EXPECT_EQ(parseDuration("-2s"), -2s);
    for (const char* bad :
         {"", " ", "s", "1x", "1h30", "--1s", "1e3s", "nan", "1s-", "99999999999d"}) {
        EXPECT_EQ(parseDuration(bad), std::nullopt) << bad;
    }
}

TEST(DurationText, formatsWhatItReadsBack) {
    EXPECT_EQ(formatDuration(90min), "1h30m");
    EXPECT_EQ(formatDuration(0s), "0s");
    Random random{7};
    for (int i = 0; i < 1000; ++i) {
        const Duration span{static_cast<std::int64_t>(random.next() >> (1 + random.below(40)))};
        const auto back = parseDuration(formatDuration(span));
        ASSERT_TRUE(back.has_value());
        EXPECT_NEAR(static_cast<double>(back->count()), static_cast<double>(span.count()), 1024);
    }
}

TEST(Histogram, bucketsAreAtMostOneThirtySecondWide) {
    Random random{3};
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t value = random.next() >> random.below(64);
        const std::size_t index = HistogramBuckets::indexOf(value);
        ASSERT_LT(index, HistogramBuckets::kCount);
        const std::uint64_t low = HistogramBuckets::lowerBound(index);
        ASSERT_LE(low, value);
        if (index + 1 < HistogramBuckets::kCount) {
            ASSERT_LT(value, HistogramBuckets::lowerBound(index + 1));
            ASSERT_LE(HistogramBuckets::lowerBound(index + 1) - low,
                      std::max<std::uint64_t>(1, value / 32));
        }
    }
}

TEST(Histogram, percentilesMeanAndWindows) {
    LatencyHistogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(std::chrono::milliseconds(i));
    }
    const HistogramSnapshot first = histogram.snapshot();
    EXPECT_EQ(first.count(), 1000U);
    EXPECT_EQ(first.mean(), Duration{500'500'000});
    EXPECT_EQ(first.max(), 1000ms);
    EXPECT_NEAR(static_cast<double>(first.percentile(0.5).count()), 500e6, 500e6 / 32);
    EXPECT_NEAR(static_cast<double>(first.percentile(0.99).count()), 990e6, 990e6 / 32);
    histogram.record(7ms);
    const HistogramSnapshot window = histogram.snapshot().since(first);
    EXPECT_EQ(window.count(), 1U);
    EXPECT_NEAR(static_cast<double>(window.percentile(0.5).count()), 7e6, 7e6 / 32);
    EXPECT_EQ(HistogramSnapshot{}.percentile(0.99), Duration{});
}

TEST(BoundedRing, dropsAndCountsWhenFull) {
    BoundedRing<int> ring{4};
    for (int i = 0; i < 6; ++i) {
        ring.push(i);
    }
    EXPECT_EQ(ring.dropped(), 2U);
    for (int expected = 0; expected < 4; ++expected) {
        int got = -1;
        ASSERT_TRUE(ring.pop(got));
        EXPECT_EQ(got, expected);
    }
    int none = 0;
    EXPECT_FALSE(ring.pop(none));
}

TEST(BoundedRing, losesNothingUncountedBetweenThreads) {
    BoundedRing<int> ring{64};
    constexpr int kPerWriter = 20'000;
    std::atomic<int> writing{2};
    std::uint64_t received = 0;
    {
        const auto write = [&](Worker&, std::stop_token) {
            for (int i = 0; i < kPerWriter; ++i) {
                ring.push(i);
            }
            --writing;
        };
        Worker first{"first", write};
        Worker second{"second", write};
        int element = 0;
        while (writing > 0 || ring.pop(element)) {
            while (ring.pop(element)) {
                ++received;
            }
            if (writing == 0) {
                break;
            }
        }
        first.stop();
        second.stop();
        while (ring.pop(element)) {
            ++received;
        }
    }
    EXPECT_LE(received + ring.dropped(), 2U * kPerWriter);
    EXPECT_GE(received + ring.dropped() + 1, 2U * kPerWriter);
}

TEST(Worker, stopEndsASleepAtOnce) {
    std::atomic<bool> started{false};
    Worker worker{"sleeper", [&](Worker& self, std::stop_token) {
                      started = true;
                      started.notify_all();
                      while (self.sleepFor(std::chrono::hours(1))) {
                      }
                  }};
    started.wait(false);
    worker.stop();
    worker.stop();
}

TEST(Worker, wakeIsNotLostBeforeTheWait) {
    std::atomic<int> rounds{0};
    {
        Worker worker{"waker", [&](Worker& self, std::stop_token) {
                          while (self.sleep()) {
                              ++rounds;
                              rounds.notify_all();
                          }
                      }};
        worker.wake();
        rounds.wait(0);
    }
    EXPECT_EQ(rounds, 1);
}

TEST(Random, isTheSameEverywhereAndFairEnough) {
    Random random{42};
    EXPECT_EQ(random.next(), 13679457532755275413ULL);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        sum += random.exponential();
    }
    EXPECT_NEAR(sum / 100'000, 1.0, 0.02);
    EXPECT_NEAR(normalQuantile(0.975), 1.959964, 1e-6);
    EXPECT_NEAR(normalQuantile(0.001), -3.090232, 1e-6);
}

TEST(Glob, followsRedis) {
    EXPECT_TRUE(globMatches("product:*", "product:17"));
    EXPECT_FALSE(globMatches("product:*", "user:17"));
    EXPECT_TRUE(globMatches("h?llo", "hello"));
    EXPECT_TRUE(globMatches("h[ae]llo", "hallo"));
    EXPECT_FALSE(globMatches("h[^e]llo", "hello"));
    EXPECT_TRUE(globMatches("h[a-c]llo", "hbllo"));
    EXPECT_TRUE(globMatches("\\*", "*"));
    EXPECT_FALSE(globMatches("\\*", "x"));
    EXPECT_TRUE(globMatches("*", ""));
    EXPECT_TRUE(globMatches("a*b*c", "aXbYbZc"));
    EXPECT_FALSE(globMatches("a*b*c", "aXbYbZ"));
    EXPECT_TRUE(globMatches(globEscape("we[ir]d*?\\"), "we[ir]d*?\\"));
    EXPECT_EQ(globLiteralPrefix("product:\\*x*"), "product:*x");
    EXPECT_TRUE(globIsLiteral("product:17"));
    EXPECT_TRUE(globMatches("a\\", "a\\"));
    EXPECT_EQ(globLiteralPrefix("a\\"), "a\\");
}

TEST(Glob, hostilePatternsTakePolynomialTime) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
        pattern += "a*";
    }
    EXPECT_FALSE(globMatches(pattern + "b", std::string(5000, 'a')));
}

TEST(BackendUrl, takesRedisAndFileAddressesApart) {
    const auto url =
        BackendUrl::parse("REDIS://me:p%40ss@[::1]:6380/2?prefix=app%3A&timeout=1s").value();
    EXPECT_EQ(url.scheme, "redis");
    EXPECT_EQ(url.user, "me");
    EXPECT_EQ(url.password, "p@ss");
    EXPECT_EQ(url.host, "::1");
    EXPECT_EQ(url.port, 6380);
    EXPECT_EQ(url.path, "/2");
    EXPECT_EQ(url.parameters.at("prefix"), "app:");
    EXPECT_EQ(url.withoutPassword(), "redis://me:***@[::1]:6380/2?prefix=app:&timeout=1s");
    EXPECT_EQ(BackendUrl::parse("file:/var/cache/a b").value().path, "/var/cache/a b");
    EXPECT_EQ(BackendUrl::parse("memory:").value().path, "");
}

TEST(BackendUrl, isUnderstoodAgainAsItIsShown) {
    for (const char* text : {"file:////srv/cache", "redis://[fe80::1%25eth%5D0]:6379",
                             "redis://a%2Fb:***@h%3A1/2?prefix=%26%3D", "memory:"}) {
        const std::string shown = BackendUrl::parse(text).value().withoutPassword();
        const auto again = BackendUrl::parse(shown);
        ASSERT_TRUE(again.ok()) << shown;
        EXPECT_EQ(again->withoutPassword(), shown);
        EXPECT_EQ(again->host, BackendUrl::parse(text)->host) << shown;
        EXPECT_EQ(again->path, BackendUrl::parse(text)->path) << shown;
    }
}

TEST(BackendUrl, refusesWhatIsNoUrlWithoutShowingThePassword) {
    for (const char* bad : {"", "memory", "1x:", "redis://h:0", "redis://h:99999", "redis://[::1",
                            "redis://::1:6379", "file:/a%zz", "memory:?x"}) {
        EXPECT_FALSE(BackendUrl::parse(bad).ok()) << bad;
    }
    const auto failure = BackendUrl::parse("redis://me:secret@host:port/");
    EXPECT_EQ(failure.error().subject().find("secret"), std::string::npos);
    EXPECT_EQ(hidePassword("redis://:se@cret@host"), "redis://:***@host");
    EXPECT_EQ(removePassword("redis://me:se@cret@host:1/2"), "redis://me@host:1/2");
    EXPECT_EQ(removePassword("file:/a:b@c"), "file:/a:b@c");
}

TEST(Hash, namesFilesSafely) {
    EXPECT_EQ(hash128Hex("a").size(), 32U);
    EXPECT_NE(hash128Hex("a"), hash128Hex("b"));
    EXPECT_NE(hash64("a"), hash64("b"));
}

}  // namespace
}  // namespace cachescope
