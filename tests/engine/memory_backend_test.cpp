// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/memory_backend.h"

#include <gtest/gtest.h>

#include "tests/engine/backend_conformance.h"

namespace cachescope::test {
namespace {

/// The default policy.
struct MemoryStore {
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        return BackendRegistry::builtin().create("memory:", config);
    }
    ConformanceLimits limits() const { return {}; }
    std::string unavailable() const { return {}; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BackendConformance, MemoryStore);

class MemoryBackendTest : public ::testing::Test {
protected:
    std::unique_ptr<Backend> open(const std::string& url) {
        BackendConfig config;
        config.clock = &m_clock;
        auto made = BackendRegistry::builtin().create(url, config);
        EXPECT_TRUE(made.ok()) << made.error().toLogLine();
        auto backend = std::move(made).value();
        backend->setRemovalListener(m_log.listener());
        return backend;
    }
    ErrorCode failure(const std::string& url) {
        const auto made = BackendRegistry::builtin().create(url, {});
        EXPECT_FALSE(made.ok()) << url;
        return made.ok() ? ErrorCode::io : made.error().code();
    }
    Entry entry(std::string_view value, TimePoint expires = kNever) {
        return {.value = Bytes{value}, .created = m_clock.now(), .expires = expires};
    }
    std::string keys(Backend& backend) {
        std::set<std::string> sorted;
        const auto page = backend.scan("", "*", 100'000).value();
        for (const ScannedKey& found : page.keys) {
            sorted.insert(found.key);
        }
        std::string joined;
        for (const std::string& key : sorted) {
            joined += key;
        }
        return joined;
    }

    ManualClock m_clock{TimePoint{1'767'225'600s}};
    RemovalLog m_log;
};

TEST_F(MemoryBackendTest, saysWhatIsWrongWithAUrl) {
    EXPECT_EQ(failure("memory:?policy=nonsense"), ErrorCode::unknownName);
    EXPECT_EQ(failure("memory:?entries=many"), ErrorCode::wrongType);
    EXPECT_EQ(failure("memory:/some/path"), ErrorCode::unsupported);
    EXPECT_EQ(failure("memory://host"), ErrorCode::unsupported);
    EXPECT_EQ(open("memory:?entries=5&policy=lru")->url(), "memory:?entries=5&policy=lru");
}

TEST_F(MemoryBackendTest, theKindSaysWhatTheBackendCanDo) {
    const BackendKind* kind = BackendRegistry::builtin().find("memory");
    ASSERT_NE(kind, nullptr);
    EXPECT_TRUE(kind->capabilities.evicts && kind->capabilities.policies);
    EXPECT_FALSE(kind->capabilities.persistent || kind->capabilities.remote);
    EXPECT_TRUE(BackendRegistry::builtin().create(kind->example, {}).ok());
}

TEST_F(MemoryBackendTest, aSmallCacheEvictsExactlyByItsPolicy) {
    const auto after = [&](const std::string& policy, const std::string& requests) {
        const auto backend = open("memory:?entries=3&policy=" + policy);
        for (const char name : requests) {
            const std::string key{name};
            if (!backend->get(key).value()) {
                EXPECT_TRUE(backend->set(key, entry("value")).ok());
            }
        }
        return keys(*backend);
    };
    EXPECT_EQ(after("fifo", "abcaaad"), "bcd");
    EXPECT_EQ(after("lru", "abcad"), "acd");
    EXPECT_EQ(after("sieve", "abcade"), "ade");
}

TEST_F(MemoryBackendTest, expiredEntriesMakeRoomBeforeLiveOnes) {
    const auto backend = open("memory:?entries=3&policy=lru");
    ASSERT_TRUE(backend->set("a", entry("old")).ok());
    ASSERT_TRUE(backend->set("b", entry("brief", m_clock.now() + 1s)).ok());
    ASSERT_TRUE(backend->set("c", entry("new")).ok());
    m_clock.advance(2s);
    ASSERT_TRUE(backend->set("d", entry("newer")).ok());
    EXPECT_EQ(keys(*backend), "acd");
    EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), std::vector<std::string>{"b"});
}

TEST_F(MemoryBackendTest, aRefusedValueTakesTheOutdatedOneWithIt) {
    const auto backend = open("memory:?bytes=100000");
    ASSERT_TRUE(backend->set("key", entry("old")).ok());
    ASSERT_TRUE(backend->set("other", entry("stays")).ok());
    const auto refused = backend->set("key", entry(std::string(100'000, 'v')));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::tooLarge);
    EXPECT_EQ(keys(*backend), "other");
}

TEST_F(MemoryBackendTest, aValueThatGrowsInAFullCacheIsKept) {
    const auto backend = open("memory:?bytes=10000&policy=lru");
    for (const char* key : {"a", "b", "c", "d"}) {
        ASSERT_TRUE(backend->set(key, entry(std::string(2000, 'v'))).ok());
    }
    ASSERT_TRUE(backend->set("a", entry(std::string(6000, 'w'))).ok());
    EXPECT_EQ(backend->get("a").value()->value.size(), 6000u);
    EXPECT_LE(backend->stat()->bytes, 10'000u);
    std::map<RemovalCause, int> causes;
    for (const auto& item : m_log.take()) {
        ++causes[item.cause];
    }
    EXPECT_EQ(causes[RemovalCause::replaced], 1);
    EXPECT_EQ(causes[RemovalCause::evicted], 2);
}

TEST_F(MemoryBackendTest, anEntryMayFillTheWholeBoundInBytes) {
    // Several shards, none of which could hold it within a share of its own.
    const auto backend = open("memory:?bytes=100000000");
    ASSERT_GT(static_cast<MemoryBackend&>(*backend).shardCount(), 1u);
    for (int i = 0; i < 2000; ++i) {
        ASSERT_TRUE(backend->set("small:" + std::to_string(i), entry(std::string(1000, 's'))).ok());
    }
    const std::string large(99'000'000, 'l');
    ASSERT_TRUE(backend->set("large", entry(large)).ok());
    EXPECT_LE(backend->stat()->bytes, 100'000'000u);
    EXPECT_GT(backend->stat()->entries, 100u);
    ASSERT_TRUE(backend->set("large 2", entry(large)).ok());
    EXPECT_LE(backend->stat()->bytes, 100'000'000u);
    EXPECT_EQ(backend->get("large 2").value()->value.size(), large.size());
}

TEST_F(MemoryBackendTest, theBoundHoldsForTheSumOfManyShards) {
    for (const char* policy : {"s3clock", "s3fifo", "lru", "sieve", "fifo"}) {
        const auto backend = open(std::string{"memory:?entries=20000&policy="} + policy);
        ASSERT_GT(static_cast<MemoryBackend&>(*backend).shardCount(), 1u);
        Random random{1};
        for (int i = 0; i < 100'000; ++i) {
            const std::string key = "key:" + std::to_string(random.below(50'000));
            if (!backend->get(key).value()) {
                ASSERT_TRUE(backend->set(key, entry("value")).ok());
            }
            ASSERT_LE(backend->stat()->entries, 20'000u);
        }
        EXPECT_EQ(backend->stat()->entries, 20'000u) << policy;
    }
}

TEST_F(MemoryBackendTest, emptyMeansNoBytes) {
    const auto backend = open("memory:");
    for (int i = 0; i < 200'000; ++i) {
        ASSERT_TRUE(backend
                        ->set("key:" + std::to_string(i),
                              entry(std::string(50, 'v'), m_clock.now() + i * 1us))
                        .ok());
    }
    EXPECT_GT(backend->stat()->bytes, 200'000u * 50);
    m_clock.advance(1h);
    std::uint64_t removed = 0;
    while (const auto more = backend->removeExpired(1000).value()) {
        EXPECT_LE(more, 1000u);
        removed += more;
    }
    EXPECT_EQ(removed, 200'000u);
    EXPECT_EQ(backend->stat()->bytes, 0u);
    EXPECT_EQ(backend->stat()->entries, 0u);
    ASSERT_TRUE(backend->set("key", entry("again")).ok());
    EXPECT_EQ(keys(*backend), "key");
}

TEST_F(MemoryBackendTest, aScanThatLooksAtNothingStillEnds) {
    const auto backend = open("memory:");
    ASSERT_TRUE(backend->set("key", entry("value")).ok());
    std::string cursor;
    int pages = 0;
    do {
        cursor = backend->scan(cursor, "*", 0)->next;
    } while (!cursor.empty() && ++pages < 1000);
    EXPECT_LT(pages, 1000);
    EXPECT_EQ(backend->scan("18446744073709551615", "*", 10).error().code(), ErrorCode::syntax);
    EXPECT_TRUE(backend->scan("4294967295", "*", 10).ok()) << "a slot that is gone";
}

// Compares every call with a plain map, whose entries no bound removes.
TEST_F(MemoryBackendTest, agreesWithAPlainMapUnderRandomOperations) {
    const auto backend = open("memory:");
    std::map<std::string, Entry> oracle;
    Random random{2};
    for (int step = 0; step < 100'000; ++step) {
        const std::string key = std::to_string(random.below(3000));
        const auto dice = random.below(100);
        const auto known = oracle.find(key);
        const bool live = known != oracle.end() && !known->second.expiredAt(m_clock.now());
        if (dice < 40) {
            const auto found = backend->get(key).value();
            ASSERT_EQ(found.has_value(), live);
            if (live) {
                ASSERT_TRUE(found->value == known->second.value);
            }
        } else if (dice < 75) {
            const auto span = Duration{static_cast<std::int64_t>(random.below(100'000'000))};
            oracle[key] = entry(std::string(random.below(40), 'v') + key,
                                random.below(3) == 0 ? kNever : m_clock.now() + span);
            ASSERT_TRUE(backend->set(key, oracle[key]).ok());
        } else if (dice < 90) {
            ASSERT_EQ(backend->erase(key).value(), live);
            oracle.erase(key);
        } else if (dice < 98) {
            m_clock.advance(Duration{static_cast<std::int64_t>(random.below(300'000))});
        } else {
            ASSERT_TRUE(backend->removeExpired(random.below(50)).ok());
        }
    }
    std::erase_if(oracle, [&](const auto& item) { return item.second.expiredAt(m_clock.now()); });
    EXPECT_EQ(backend->clear().value(), oracle.size());
}

// Whatever is stored is either still there or was reported once.
TEST_F(MemoryBackendTest, everyEntryIsThereOrWasReportedUnderThreadsAndABound) {
    for (const char* url : {"memory:?entries=500", "memory:?entries=9000&bytes=40000000"}) {
        m_log.take();
        const auto backend = open(url);
        std::atomic<std::uint64_t> stored{0};
        // Sets that may have come too late to store anything, because the clock moved meanwhile.
        std::atomic<std::uint64_t> late{0};
        {
            std::vector<std::unique_ptr<Worker>> threads;
            for (int t = 0; t < 4; ++t) {
                threads.push_back(
                    std::make_unique<Worker>("writer", [&, t](Worker&, std::stop_token) {
                        Random random{static_cast<std::uint64_t>(t) + 1};
                        for (int i = 0; i < 10'000; ++i) {
                            const std::string key = std::to_string(random.below(20'000));
                            const auto dice = random.below(100);
                            if (dice < 80) {
                                const bool brief = random.below(4) == 0;
                                Entry made{.value = Bytes{std::string(random.below(6000), 'v')},
                                           .created = m_clock.now(),
                                           .expires = brief ? m_clock.now() + 10ms : kNever};
                                stored += backend->set(key, made).ok() ? 1U : 0U;
                                late += made.expiredAt(m_clock.now()) ? 1U : 0U;
                            } else if (dice < 90) {
                                (void)backend->erase(key);
                            } else if (dice < 99 || t != 0) {
                                (void)backend->get(key);
                                (void)backend->removeExpired(5);
                            } else {
                                m_clock.advance(1ms);
                            }
                        }
                    }));
            }
        }
        const BackendStat stat = backend->stat().value();
        const std::uint64_t accounted = stat.entries + m_log.take().size();
        EXPECT_LE(accounted, stored) << url;
        EXPECT_GE(accounted, stored - late) << url;
        EXPECT_LT(late, stored / 10) << "hardly anything was tested";
        EXPECT_LE(stat.entries, stat.maxEntries);
        if (stat.maxBytes != 0) {
            EXPECT_LE(stat.bytes, stat.maxBytes);
        }
        ASSERT_TRUE(backend->clear().ok());
        EXPECT_EQ(backend->stat()->bytes, 0u) << url;
        EXPECT_EQ(backend->stat()->entries, 0u) << url;
    }
}

}  // namespace
}  // namespace cachescope::test
