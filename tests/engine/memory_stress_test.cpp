// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The memory backend under threads and evictions. Every call is recorded with its begin and end; a
// checker then says whether, key by key, some order of the calls explains what they returned.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/memory_backend.h"
#include "engine/core/glob.h"
#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"
#include "tests/support/in_parallel.h"

namespace cachescope::test {
namespace {

using namespace std::chrono_literals;

using Version = std::uint64_t;
constexpr Version kAbsent = 0;

/// A call as one key saw it, between two values of a counter that all threads share. A call that
/// found or made the key absent has the version kAbsent.
struct Call {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Version version = kAbsent;
    bool writes = false;
};

using History = std::vector<Call>;

/// Says what is wrong with the calls of one key, or nothing. Each version is written at most once,
/// and the key may become absent at any time.
///
/// After P. Gibbons, E. Korach, "Testing Shared Memories", 1997: from the first end to the last
/// begin of the calls that have a version, it must have been there without a break. Two such spans
/// may not overlap, and no call of another version, or of none, may lie within one.
std::string faultIn(const History& history) {
    struct Zone {
        std::uint64_t firstEnd = ~std::uint64_t{0};
        std::uint64_t lastBegin = 0;
        std::uint64_t firstReadEnd = ~std::uint64_t{0};
        std::uint64_t written = ~std::uint64_t{0};
    };
    std::map<Version, Zone> zones;
    for (const Call& call : history) {
        if (call.version != kAbsent) {
            Zone& zone = zones[call.version];
            zone.firstEnd = std::min(zone.firstEnd, call.end);
            zone.lastBegin = std::max(zone.lastBegin, call.begin);
            if (call.writes) {
                zone.written = call.begin;
            } else {
                zone.firstReadEnd = std::min(zone.firstReadEnd, call.end);
            }
        }
    }
    struct Span {
        std::uint64_t from;
        std::uint64_t to;
        Version version;
    };
    std::vector<Span> present;
    std::vector<Span> moments;  // something else was true somewhere within
    for (const auto& [version, zone] : zones) {
        if (zone.firstReadEnd < zone.written) {
            return "read before it was written: " + std::to_string(version);
        }
        if (zone.firstEnd < zone.lastBegin) {
            present.push_back({zone.firstEnd, zone.lastBegin, version});
        } else {
            moments.push_back({zone.lastBegin, zone.firstEnd, version});
        }
    }
    for (const Call& call : history) {
        if (call.version == kAbsent) {
            moments.push_back({call.begin, call.end, kAbsent});
        }
    }
    const auto byStart = [](const Span& a, const Span& b) { return a.from < b.from; };
    std::sort(present.begin(), present.end(), byStart);
    for (std::size_t i = 1; i < present.size(); ++i) {
        if (present[i].from < present[i - 1].to) {
            return "both there at once: " + std::to_string(present[i - 1].version) + " and " +
                   std::to_string(present[i].version);
        }
    }
    for (const Span& moment : moments) {
        const auto after = std::lower_bound(present.begin(), present.end(), moment, byStart);
        if (after != present.begin() && moment.to < std::prev(after)->to) {
            return "came back: " + std::to_string(std::prev(after)->version) + " after " +
                   std::to_string(moment.version);
        }
    }
    return {};
}

TEST(HistoryChecker, acceptsWhatSomeOrderExplains) {
    EXPECT_EQ(faultIn({}), "");
    EXPECT_EQ(faultIn({{1, 2, 7, true}, {3, 4, 7}, {5, 6, kAbsent}, {7, 8, kAbsent}}), "");
    EXPECT_EQ(faultIn({{1, 2, 7, true}, {3, 6, 8, true}, {4, 5, 7}, {7, 8, 8}}), "");
    EXPECT_EQ(faultIn({{1, 8, 7, true}, {2, 7, 8, true}, {3, 4, 7}, {5, 6, 8}}), "");
    EXPECT_EQ(faultIn({{1, 2, 7, true}, {3, 6, kAbsent, true}, {4, 5, 7}}), "");
}

TEST(HistoryChecker, findsWhatNoOrderExplains) {
    const History stale{{1, 2, 7, true}, {3, 4, 8, true}, {5, 6, 7}};
    const History erased{{1, 2, 7, true}, {3, 4, kAbsent, true}, {5, 6, 7}};
    const History evicted{{1, 2, 7, true}, {3, 4, kAbsent}, {5, 6, 7}};
    const History early{{1, 2, 7}, {3, 4, 7, true}};
    const History made{{1, 2, 7}};
    const History swapped{{1, 12, 7, true}, {2, 11, 8, true}, {3, 4, 7}, {5, 6, 8}, {7, 8, 7}};
    const History both{{1, 12, 7, true}, {2, 11, 8, true}, {3, 4, 7},
                       {5, 6, 8},        {7, 8, 7},        {9, 10, 8}};
    for (const History& history : {stale, erased, evicted, early, made, swapped, both}) {
        EXPECT_NE(faultIn(history), "");
    }
}

// Inline, at the edge, shared, and large; each byte says which version it belongs to.
std::string contentOf(Version version) {
    constexpr std::size_t kSizes[]{9, 22, 23, 300};
    std::string content(kSizes[version % 4], '\0');
    for (std::size_t i = 0; i < content.size(); ++i) {
        content[i] = static_cast<char>(mix64(version) >> (i % 8 * 8));
    }
    return content;
}

struct Setup {
    std::string policy;
    std::string bounds;
    std::uint64_t maxEntries = 0;
    std::uint64_t maxBytes = 0;
    std::uint64_t coldKeys = 0;
};

std::ostream& operator<<(std::ostream& out, const Setup& setup) {
    return out << setup.policy << ' ' << setup.bounds;
}

std::vector<Setup> allSetups() {
    std::vector<Setup> setups;
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        if (kind.worksInBackends()) {
            setups.push_back({kind.name, "fewEntries", 30, 0, 100});
            setups.push_back({kind.name, "fewBytes", 0, 12'000, 100});
            // Several shards, which evict from one another when one has nothing left.
            setups.push_back({kind.name, "manyEntries", 8192, 0, 12'000});
        }
    }
    return setups;
}

class MemoryStress : public ::testing::TestWithParam<Setup> {
protected:
    static constexpr int kThreads = 4;
    static constexpr std::uint64_t kCallsEach = 15'000;
    static constexpr std::uint64_t kHotKeys = 6;

    struct Recorded {
        std::size_t key;
        Call call;
    };

    void SetUp() override {
        BackendConfig config;
        config.clock = &m_clock;
        config.maxEntries = GetParam().maxEntries;
        config.maxBytes = GetParam().maxBytes;
        config.policy = GetParam().policy;
        auto made = MemoryBackend::make(BackendUrl{.scheme = "memory"}, config);
        ASSERT_TRUE(made.ok()) << made.error().toLogLine();
        m_backend = std::move(made).value();
        m_backend->setRemovalListener([this](const Removal& removal) {
            const auto version = static_cast<Version>(removal.created.time_since_epoch().count());
            m_faults += m_removed[version].exchange(tick()) != 0 ? 1U : 0U;
            m_evicted += removal.cause == RemovalCause::evicted ? 1U : 0U;
        });
        for (std::uint64_t key = 0; key < kHotKeys + GetParam().coldKeys; ++key) {
            // Some fit into a record, some do not.
            m_keys.push_back((key < kHotKeys ? "hot:" : "cold:") + std::to_string(key) +
                             std::string(key % 3 * 8, 'k'));
        }
        if (GetParam().maxEntries > 1000) {
            fill();
        }
    }

    std::uint64_t tick() { return m_ticks.fetch_add(1); }

    // So that the bound is met at once. From the thread of the test, before all others.
    void fill() {
        for (std::size_t key = kHotKeys; key < m_keys.size(); ++key) {
            write(kThreads, key, kThreads * kCallsEach + key);
        }
    }

    void record(int thread, std::size_t key, std::uint64_t begin, std::uint64_t end,
                Version version, bool writes) {
        m_calls[static_cast<std::size_t>(thread)].push_back({key, {begin, end, version, writes}});
    }

    void read(int thread, std::size_t key) {
        const TimePoint before = m_clock.now();
        const auto begin = tick();
        const auto found = m_backend->get(m_keys[key]);
        const auto end = tick();
        Version version = kAbsent;
        if (const auto& entry = *found) {
            version = entry->version;
            m_hits += key < kHotKeys ? 1U : 0U;
            const bool whole = entry->value.view() == contentOf(version) &&
                               entry->created == createdFor(version) && entry->expires >= before;
            m_faults += whole ? 0U : 1U;
        }
        record(thread, key, begin, end, version, false);
    }

    // As set() may come after the deadline, and then only removes: a write all the same.
    void write(int thread, std::size_t key, Version version) {
        const TimePoint expires =
            version % 5 == 0 ? m_clock.now() + Duration{static_cast<Duration::rep>(version % 977)}
                             : kNever;
        const Entry entry{Bytes{contentOf(version)}, createdFor(version), expires, version, 0ns};
        const auto begin = tick();
        const auto stored = m_backend->set(m_keys[key], entry);
        const auto end = tick();
        m_faults += stored.ok() ? 0U : 1U;
        record(thread, key, begin, end, version, true);
    }

    // Three ways to make sure that a key is absent.
    void remove(int thread, std::size_t key, std::uint64_t way) {
        const Entry late{Bytes{"late"}, {}, m_clock.now() - 1ns, 0, 0ns};
        const Entry large{Bytes{std::string(GetParam().maxBytes, 'l')}};
        const auto begin = tick();
        if (way == 0) {
            (void)m_backend->set(m_keys[key], late);
        } else if (way == 1 && GetParam().maxBytes != 0) {
            (void)m_backend->set(m_keys[key], large);
        } else {
            (void)m_backend->erase(m_keys[key]);
        }
        record(thread, key, begin, tick(), kAbsent, true);
    }

    void removeMany(int thread, std::string_view pattern) {
        const auto begin = tick();
        (void)(pattern == "*" ? m_backend->clear() : m_backend->eraseMatching(pattern));
        const auto end = tick();
        for (std::size_t key = 0; key < m_keys.size(); ++key) {
            if (globMatches(pattern, m_keys[key])) {
                record(thread, key, begin, end, kAbsent, true);
            }
        }
    }

    // A scan reads the hot keys that it finds; the moment of creation says which version.
    void scan(int thread) {
        std::string cursor;
        do {
            const auto begin = tick();
            const auto page = m_backend->scan(cursor, "hot:*", 50);
            const auto end = tick();
            for (const ScannedKey& item : page->keys) {
                const auto key = std::find(m_keys.begin(), m_keys.end(), item.key);
                const auto version = static_cast<Version>(item.created.time_since_epoch().count());
                record(thread, static_cast<std::size_t>(key - m_keys.begin()), begin, end, version,
                       false);
            }
            cursor = page->next;
        } while (!cursor.empty());
    }

    void run(int thread) {
        Random random{static_cast<std::uint64_t>(thread) + 1};
        for (std::uint64_t i = 0; i < kCallsEach; ++i) {
            const bool hot = random.below(2) == 0;
            const std::size_t key =
                hot ? random.below(kHotKeys) : kHotKeys + random.below(GetParam().coldKeys);
            const auto dice = random.below(1000);
            if (dice < 550) {
                read(thread, key);
            } else if (dice < 900) {
                write(thread, key, static_cast<Version>(thread) * kCallsEach + i + 1);
            } else if (dice < 960) {
                remove(thread, key, random.below(4));
            } else if (dice < 985) {
                (void)m_backend->removeExpired(random.below(10));
            } else if (dice < 988) {
                removeMany(thread, "hot:[0-3]*");
            } else if (dice < 992) {
                scan(thread);
            } else if (thread == 0 && dice < 999) {
                m_clock.advance(300ns);
            } else if (thread == 0 && random.below(5) == 0) {
                removeMany(thread, "*");
            }
        }
    }

    static TimePoint createdFor(Version version) {
        return TimePoint{Duration{static_cast<Duration::rep>(version)}};
    }

    ManualClock m_clock{TimePoint{1'767'225'600s}};
    std::vector<std::string> m_keys;
    std::vector<Recorded> m_calls[kThreads + 1];
    std::vector<std::atomic<std::uint64_t>> m_removed =
        std::vector<std::atomic<std::uint64_t>>(kThreads * kCallsEach + 20'000);
    std::atomic<std::uint64_t> m_ticks{1};
    std::atomic<std::uint64_t> m_faults{0};
    std::atomic<std::uint64_t> m_evicted{0};
    std::atomic<std::uint64_t> m_hits{0};
    std::unique_ptr<Backend> m_backend;
};

TEST_P(MemoryStress, everyKeyBehavesLikeOneThatOneThreadUses) {
    std::latch ready{kThreads};
    inParallel(kThreads, [&](int thread) {
        ready.arrive_and_wait();
        run(thread);
    });
    EXPECT_EQ(m_faults, 0u) << "torn, expired, refused, or reported twice";
    EXPECT_GT(m_evicted, 100u) << "hardly anything was tested";
    EXPECT_GT(m_hits, 500u) << "hardly anything was tested";
    std::vector<History> histories(m_keys.size());
    for (const auto& calls : m_calls) {
        for (const Recorded& item : calls) {
            histories[item.key].push_back(item.call);
            // A call that began after a version was reported as removed may not have seen it.
            const auto removed = m_removed[item.call.version].load();
            if (item.call.version != kAbsent && !item.call.writes && removed != 0) {
                ASSERT_LT(item.call.begin, removed) << m_keys[item.key];
            }
        }
    }
    for (std::size_t key = 0; key < m_keys.size(); ++key) {
        ASSERT_EQ(faultIn(histories[key]), "") << m_keys[key];
    }
    const auto stat = m_backend->stat().value();
    EXPECT_TRUE(stat.maxEntries == 0 || stat.entries <= stat.maxEntries);
    EXPECT_TRUE(stat.maxBytes == 0 || stat.bytes <= stat.maxBytes);
}

INSTANTIATE_TEST_SUITE_P(AllPolicies, MemoryStress, ::testing::ValuesIn(allSetups()),
                         [](const auto& test) {
                             std::string name = test.param.policy + "_" + test.param.bounds;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace cachescope::test
