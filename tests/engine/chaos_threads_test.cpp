// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// All options of the front with real threads, time-outs in real time and a backend that fails: who
// asks gets one answer, a value that a load of his key gave, and none from before an invalidation
// that had ended when he asked.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "engine/backend/backend_registry.h"
#include "engine/cache/cached.h"
#include "tests/support/chaos_backend.h"
#include "tests/support/chaos_world.h"
#include "tests/support/in_parallel.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;
using test::CacheHistory;
using test::ChaosBackend;
using test::inParallel;

constexpr std::size_t kKeys = 36;
constexpr int kThreads = 6;
constexpr int kRounds = 4000;
constexpr std::size_t kMostLoads = std::size_t{kThreads} * kRounds * 4;
constexpr std::int64_t kShorter = 500;  // than the spans that chaosKey() gives

using Handler = std::function<Result<std::string>(int)>;

enum class Way : std::uint8_t { blocking, calling, handler };

struct ChaosThreadsTest : testing::TestWithParam<bool> {
    struct OneKey {
        std::string name;
        CacheOptions options;
        std::vector<std::atomic<std::uint64_t>*> voids;  // of all by which it can be invalidated
        Way way = Way::blocking;
        std::optional<CachedFunction<Handler, detail::AllArguments>> handler{};
    };
    struct LoadOf {
        std::atomic<std::size_t> key{kKeys};
        std::atomic<std::uint64_t> begun{0};
    };

    std::atomic<std::uint64_t> moment{0};
    std::atomic<std::size_t> loadCount{0};
    std::vector<LoadOf> loads{kMostLoads};
    // For the largest of these, what began before must not be served any more.
    std::array<std::atomic<std::uint64_t>, kKeys> voidOfKey{};
    std::array<std::atomic<std::uint64_t>, CacheHistory::kTags> voidOfTag{};
    std::array<std::atomic<std::uint64_t>, CacheHistory::kSpaces> voidOfSpace{};
    std::atomic<std::uint64_t> voidOfMarked{0};
    std::vector<OneKey> keys;

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::pair<std::size_t, LoadDone>> pending;  // loads that end on another thread
    std::size_t asked = 0;
    std::size_t answered = 0;
    std::shared_ptr<Cache> cache;

    void SetUp() override {
        auto chaos = std::make_unique<ChaosBackend>(
            BackendRegistry::builtin().create("memory:", {}).value(), SystemClock::instance(),
            ChaosBackend::Options{.seed = 1, .shared = GetParam(), .remote = GetParam()});
        chaos->trouble(0.05, 0);
        cache = std::make_shared<Cache>(std::move(chaos));
        Random random(7);
        for (std::size_t i = 0; i < kKeys; ++i) {
            addKey(i, random);
        }
    }

    void addKey(std::size_t number, Random& random) {
        CacheHistory::Key made = test::chaosKey(number, random);
        CacheOptions& options = made.options;
        for (auto* span : {&options.ttl, &options.maxAge, &options.negativeTtl}) {
            if (*span) {
                **span /= kShorter;
            }
        }
        for (auto* span : {&options.errorTtl, &options.lease, &options.staleWhileRevalidate,
                           &options.staleIfError, &options.retryAfter, &options.softTimeout,
                           &options.hardTimeout}) {
            *span /= kShorter;
        }
        OneKey key;
        key.voids.push_back(&voidOfKey[number]);
        for (std::size_t tag = 0; tag < CacheHistory::kTags; ++tag) {
            if ((made.tags >> tag & 1U) != 0) {
                key.voids.push_back(&voidOfTag[tag]);
            }
        }
        if (made.space) {
            key.voids.push_back(&voidOfSpace[*made.space]);
        }
        if (options.heedsMarks()) {
            key.voids.push_back(&voidOfMarked);
        }
        key.way = static_cast<Way>(number % 3);
        key.name = made.name;
        if (key.way == Way::handler) {
            Handler handler = [this, number](int) { return textOf(number); };
            key.handler =
                cached(std::move(handler),
                       {.name = made.name, .options = options, .state = "test", .cache = cache})
                    .value();
            key.name = key.handler->key(0);
        }
        key.options = std::move(options);
        keys.push_back(std::move(key));
    }

    // --- Loads ---

    std::size_t begin(std::size_t key) {
        const std::size_t load = loadCount++;
        if (load >= kMostLoads) {
            throw std::runtime_error("more loads than there can be");
        }
        loads[load].key = key;
        loads[load].begun = ++moment;
        return load;
    }
    Result<std::string> textOf(std::size_t key) {
        const std::size_t load = begin(key);
        const std::uint64_t dice = mix64(load) % 100;
        if (dice < 3) {
            throw std::runtime_error("on purpose");
        }
        if (dice < 20) {
            return Error{ErrorCode::loadFailed, "origin", "on purpose"};
        }
        return std::to_string(key) + '|' + std::to_string(load);
    }
    LoadResult outcome(std::size_t key) {
        auto text = textOf(key);
        return text.ok() ? LoadResult{Loaded{.value = Bytes{*text}}} : LoadResult{text.error()};
    }
    bool endOneLoad() {
        std::unique_lock lock(mutex);
        if (pending.empty()) {
            return false;
        }
        auto [load, done] = std::move(pending.back());
        pending.pop_back();
        lock.unlock();
        if (mix64(load) % 10 == 0) {
            done(Error{ErrorCode::loadFailed, "origin", "on purpose"});
        } else {
            done(Loaded{.value =
                            Bytes{std::to_string(loads[load].key) + '|' + std::to_string(load)}});
        }
        return true;
    }

    // --- Requests ---

    std::uint64_t voidNow(std::size_t key) const {
        std::uint64_t latest = 0;
        for (const auto* each : keys[key].voids) {
            latest = std::max(latest, each->load());
        }
        return latest;
    }
    void check(std::size_t key, std::uint64_t voidBefore, std::string_view text) const {
        std::size_t ofKey = kKeys;
        std::size_t load = kMostLoads;
        const std::size_t bar = text.find('|');
        ASSERT_NE(bar, std::string_view::npos) << text;
        std::from_chars(text.data(), text.data() + bar, ofKey);
        std::from_chars(text.data() + bar + 1, text.data() + text.size(), load);
        ASSERT_EQ(ofKey, key);
        ASSERT_LT(load, loadCount);
        ASSERT_EQ(loads[load].key, key);
        ASSERT_GT(loads[load].begun, voidBefore)
            << "load " << load << " of key " << keys[key].name << " was invalidated";
    }
    void checkError(std::size_t key, ErrorCode code) const {
        ASSERT_TRUE(code == ErrorCode::loadFailed ||
                    (code == ErrorCode::timedOut && keys[key].options.hardTimeout > 0s))
            << errorCodeName(code);
    }
    void ask(std::size_t number) {
        const OneKey& key = keys[number];
        const std::uint64_t voidBefore = voidNow(number);
        if (key.way == Way::blocking) {
            const auto got = cache->fetchBlocking(key.name, key.options,
                                                  [this, number] { return outcome(number); });
            got.ok() ? check(number, voidBefore, got->entry.value.view())
                     : checkError(number, got.error().code());
        } else if (key.way == Way::handler) {
            try {
                const Result<std::string> got = (*key.handler)(0);
                got.ok() ? check(number, voidBefore, *got) : checkError(number, got.error().code());
            } catch (const std::runtime_error&) {
                // The handler's own, or that of one remembered.
            }
        } else {
            call(number, voidBefore);
        }
    }
    void call(std::size_t number, std::uint64_t voidBefore) {
        {
            const std::lock_guard lock(mutex);
            ++asked;
        }
        const auto once = std::make_shared<std::atomic<bool>>(false);
        cache->fetch(
            keys[number].name, keys[number].options,
            [this, number](LoadDone done) {
                const std::size_t load = begin(number);
                const std::lock_guard lock(mutex);
                pending.emplace_back(load, std::move(done));
                changed.notify_all();
            },
            [this, number, voidBefore, once](const Result<Fetched>& got) {
                EXPECT_FALSE(once->exchange(true)) << "answered twice";
                got.ok() ? check(number, voidBefore, got->entry.value.view())
                         : checkError(number, got.error().code());
                const std::lock_guard lock(mutex);
                ++answered;
                changed.notify_all();
            });
    }

    // --- Invalidations ---

    static void raise(std::atomic<std::uint64_t>& latest, std::uint64_t to) {
        std::uint64_t known = latest;
        while (known < to && !latest.compare_exchange_weak(known, to)) {
        }
    }
    void invalidate(Random& random) {
        const std::size_t key = random.below(kKeys);
        const std::size_t tag = random.below(CacheHistory::kTags);
        const std::size_t space = random.below(CacheHistory::kSpaces);
        const std::uint64_t begun = ++moment;
        switch (random.below(8)) {
            case 0:
                if (cache->invalidateTag(std::to_string(tag)).ok()) {
                    raise(voidOfTag[tag], begun);
                }
                break;
            case 1:
                if (cache->invalidateSpace(std::to_string(space)).ok()) {
                    raise(voidOfSpace[space], begun);
                }
                break;
            case 2:
                if (cache->invalidateAllByMark().ok()) {
                    raise(voidOfMarked, begun);
                }
                break;
            case 3:
                if (cache->invalidateMatching("*").ok()) {
                    for (auto& each : voidOfKey) {
                        raise(each, begun);
                    }
                }
                break;
            default:
                if (cache->invalidate(keys[key].name).ok()) {
                    raise(voidOfKey[key], begun);
                }
        }
    }

    void work(std::uint64_t seed) {
        Random random(seed);
        for (int i = 0; i < kRounds; ++i) {
            const std::uint64_t dice = random.below(100);
            if (dice < 70) {
                ask(random.below(kKeys));
            } else if (dice < 92) {
                endOneLoad();
            } else if (dice < 98) {
                invalidate(random);
            } else {
                (void)cache->removeExpired(10);
            }
        }
    }
    void awaitAnswers() {
        for (;;) {
            while (endOneLoad()) {
            }
            std::unique_lock lock(mutex);
            // Leases are waited for in real time, and a load may begin after that.
            ASSERT_TRUE(changed.wait_for(lock, 30s,
                                         [this] { return answered == asked || !pending.empty(); }))
                << asked - answered << " requests wait for ever";
            if (answered == asked && pending.empty()) {
                return;
            }
        }
    }
};

TEST_P(ChaosThreadsTest, everyRequestGetsOneAnswerAndNoneFromBeforeAnInvalidation) {
    inParallel(kThreads, [this](int thread) { work(static_cast<std::uint64_t>(thread) + 1); });
    awaitAnswers();
    const StatsSnapshot stats = cache->stats();
    EXPECT_GT(stats.hits, 1000U);
    EXPECT_GT(stats.coalesced, 100U);
    EXPECT_GT(stats.fallbacks, 10U);
    EXPECT_GT(stats.timeouts, 10U);
    EXPECT_GT(stats.errors, 100U);
    // Refreshes that nobody waits for may still be under way.
    keys.clear();
    cache.reset();
    while (endOneLoad()) {
    }
    EXPECT_EQ(answered, asked);
}

INSTANTIATE_TEST_SUITE_P(Backends, ChaosThreadsTest, testing::Bool(),
                         [](const auto& each) { return each.param ? "shared" : "ofItsOwn"; });

}  // namespace
}  // namespace cachescope
