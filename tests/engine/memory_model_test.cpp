// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The memory backend beside a plain map, under random calls with every kind of key and entry: all
// policies, with and without bounds. What a bound takes away, the map learns from the listener.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/memory_backend.h"
#include "engine/core/glob.h"
#include "engine/core/random.h"
#include "engine/policy/policy_registry.h"

namespace cachescope {
namespace {

using namespace std::chrono_literals;

// So many that they fill a bound of several shards.
constexpr std::uint64_t kManyKeys = 60'000;

struct Setup {
    std::string policy;
    std::string name;
    std::uint64_t maxEntries = 0;
    std::uint64_t maxBytes = 0;
    std::uint64_t keys = 0;
    int steps = 0;
    Duration lag{};
    bool listens = true;
};

std::ostream& operator<<(std::ostream& out, const Setup& setup) {
    return out << setup.policy << ' ' << setup.name;
}

std::vector<Setup> allSetups() {
    std::vector<Setup> setups;
    for (const PolicyKind& kind : PolicyRegistry::builtin().kinds()) {
        if (!kind.worksInBackends()) {
            continue;
        }
        for (const bool listens : {true, false}) {
            const std::string tail = listens ? "" : "Unheard";
            const auto add = [&](const char* name, std::uint64_t entries, std::uint64_t bytes,
                                 std::uint64_t keys, int steps, Duration lag) {
                setups.push_back({kind.name, name + std::string{listens ? "" : "Unheard"}, entries,
                                  bytes, keys, steps, lag, listens});
            };
            add("unbounded", 0, 0, 1500, 8000, 0ns);
            add("unboundedLagging", 0, 0, 1500, 8000, 3ms);
            add("oneEntry", 1, 0, 20, 2000, 0ns);
            add("fewEntries", 40, 0, 120, 10'000, 0ns);
            add("someBytesLagging", 0, 90'000, 600, 10'000, 4ms);
            // Two shards and more.
            add("manyEntries", 9000, 0, kManyKeys, 20'000, 0ns);
            add("bothLagging", 9000, 33'600'000, kManyKeys, 20'000, 1ms);
        }
    }
    return setups;
}

/// A ManualClock whose quick answer lags behind, as that of a real clock does.
class LaggingClock final : public Clock {
public:
    explicit LaggingClock(Duration lag) : m_lag(lag) {}
    TimePoint now() const noexcept override { return m_exact.now(); }
    TimePoint recently() const noexcept override { return m_exact.now() - m_lag; }
    std::optional<Duration> realTime(Duration) const noexcept override { return std::nullopt; }
    void advance(Duration by) noexcept { m_exact.advance(by); }

private:
    ManualClock m_exact{TimePoint{1'767'225'600s}};
    const Duration m_lag;
};

class MemoryModel : public ::testing::TestWithParam<Setup> {
protected:
    struct Known {
        Entry entry;
        bool mayBeGone = false;  // without a listener, nobody says what a bound took away
    };
    using Map = std::map<std::string, Known, std::less<>>;

    void SetUp() override {
        BackendConfig config;
        config.clock = &m_clock;
        config.maxEntries = GetParam().maxEntries;
        config.maxBytes = GetParam().maxBytes;
        config.policy = GetParam().policy;
        auto made = MemoryBackend::make(BackendUrl{.scheme = "memory"}, config);
        ASSERT_TRUE(made.ok()) << made.error().toLogLine();
        m_backend = std::move(made).value();
        if (GetParam().listens) {
            m_backend->setRemovalListener([this](const Removal& removal) { hear(removal); });
        }
    }

    bool bounded() const { return GetParam().maxEntries + GetParam().maxBytes != 0; }
    bool exact() const { return GetParam().listens || !bounded(); }

    // Every removal is of an entry that is there, with what is known about it and a cause that the
    // call under way can have. Bounds and deadlines may strike in any of them.
    void hear(const Removal& removal) {
        const auto known = m_known.find(removal.key);
        ASSERT_NE(known, m_known.end()) << "reported twice, or never there";
        const Entry& entry = known->second.entry;
        EXPECT_EQ(removal.created, entry.created);
        EXPECT_EQ(removal.expires, entry.expires);
        if (entry.expiredAt(m_clock.now())) {
            EXPECT_EQ(removal.cause, RemovalCause::expired);
            ++m_expired;
        } else if (removal.cause == RemovalCause::evicted) {
            EXPECT_TRUE(m_mayEvict);
            ++m_evicted;
        } else {
            EXPECT_TRUE(m_due && removal.cause == *m_due);
            EXPECT_TRUE(globMatches(m_duePattern, removal.key));
            ++m_asked;
        }
        m_known.erase(known);
    }

    std::string anyKey() {
        const std::uint64_t number = m_random.below(GetParam().keys);
        // The size is the key's own: from none to longer than fits beside any value.
        const std::uint64_t bits = mix64(number);
        if (number == 0) {
            return "";
        }
        std::string key = std::to_string(number);
        if (number == 1) {
            key.resize(65'536, 'K');
        } else if (bits % 4 == 0) {
            key.resize(std::max<std::size_t>(key.size(), bits / 8 % 101), '\0');
        } else {
            key.resize(std::max<std::size_t>(key.size(), bits / 8 % 34), 'k');
        }
        return key;
    }

    TimePoint anyDeadline() {
        const TimePoint now = m_clock.now();
        const auto within = [&](Duration span) {
            return Duration{static_cast<Duration::rep>(
                m_random.below(static_cast<std::uint64_t>(span.count())))};
        };
        switch (m_random.below(8)) {
            case 0:
                return now + within(1ms);
            case 1:
                return now + within(100ms);
            case 2:
                return now + std::chrono::floor<std::chrono::seconds>(within(1h));
            case 3:
                return now + within(100'000h);
            case 4:
                return now - within(1ms);
            case 5:
                return now;
            case 6:
                return kNever - within(1h);
            default:
                return kNever;
        }
    }

    Entry anyEntry() {
        Entry entry;
        std::string value(m_random.below(m_random.below(2) == 0 ? 26 : 101), 'v');
        const std::string stamp = std::to_string(++m_writes);
        value.replace(0, std::min(value.size(), stamp.size()), stamp, 0, value.size());
        entry.value = Bytes{value};
        entry.expires = anyDeadline();
        switch (m_random.below(6)) {
            case 0:
                break;
            case 1:
                entry.created = kNever;
                break;
            case 2:
                entry.created = TimePoint{-1ns};
                break;
            case 3:
                entry.created = entry.expires;
                break;
            default:
                entry.created = m_clock.now();
        }
        constexpr std::uint64_t kWide = std::uint64_t{1} << 32;
        const std::uint64_t versions[]{0, m_writes, kWide - 1, kWide, m_random.next()};
        entry.version = versions[m_random.below(5)];
        const Duration costs[]{0ns, 12ms,  4'294'967'295ns, 4'294'967'296ns,
                               1h,  -1ns,  Duration::max(), Duration::min(),
                               7ns, 123us, 5'000'000'001ns};
        entry.loadCost = costs[m_random.below(std::size(costs))];
        entry.notes = SharedBytes{std::string(m_random.below(4) == 0 ? stamp.size() * 9 : 0, 'n')};
        return entry;
    }

    const Entry* live(std::string_view key) const {
        const auto known = m_known.find(key);
        return known == m_known.end() || known->second.entry.expiredAt(m_clock.now())
                   ? nullptr
                   : &known->second.entry;
    }
    void forget(std::string_view key) {
        if (const auto known = m_known.find(key); known != m_known.end()) {
            m_known.erase(known);
        }
    }

    void get(const std::string& key) {
        const auto found = m_backend->get(key);
        ASSERT_TRUE(found.ok());
        const Entry* const expected = live(key);
        if (!found.value()) {
            ASSERT_TRUE(expected == nullptr || !exact()) << "lost";
            return;
        }
        ASSERT_NE(expected, nullptr) << "erased, evicted or expired";
        const Entry& entry = *found.value();
        ASSERT_EQ(entry.value, expected->value);
        ASSERT_EQ(entry.created, expected->created);
        ASSERT_EQ(entry.expires, expected->expires);
        ASSERT_EQ(entry.version, expected->version);
        ASSERT_EQ(entry.loadCost, expected->loadCost);
        ASSERT_EQ(entry.notes, expected->notes);
        ++m_hits;
    }

    void set(const std::string& key) {
        const Entry entry = anyEntry();
        const std::uint64_t cost = MemoryBackend::costOf(key, entry);
        const bool fits = GetParam().maxBytes == 0 || cost <= GetParam().maxBytes;
        const bool wasThere = live(key) != nullptr;
        const auto askedBefore = m_asked;
        m_due = RemovalCause::replaced;
        m_duePattern = globEscape(key);
        m_mayEvict = bounded();
        const auto stored = m_backend->set(key, entry);
        m_mayEvict = false;
        m_due.reset();
        ASSERT_EQ(stored.ok(), fits);
        if (GetParam().listens) {
            ASSERT_EQ(m_known.count(key), 0u) << "not reported";
            ASSERT_LE(m_asked - askedBefore, wasThere ? 1u : 0u);
        }
        forget(key);
        if (fits && !entry.expiredAt(m_clock.now())) {
            m_known[key] = {entry};
            if (m_random.below(4) == 0) {
                const auto found = m_backend->get(key);
                ASSERT_TRUE(found.ok() && found.value().has_value()) << "not there after set()";
            }
        }
    }

    void erase(const std::string& key) {
        const bool wasLive = live(key) != nullptr;
        m_due = RemovalCause::invalidated;
        m_duePattern = globEscape(key);
        const bool erased = m_backend->erase(key).value();
        m_due.reset();
        ASSERT_TRUE(erased == wasLive || (!exact() && wasLive));
        ASSERT_TRUE(!GetParam().listens || m_known.count(key) == 0) << "not reported";
        forget(key);
    }

    void touch(const std::string& key) {
        const TimePoint deadline = anyDeadline();
        const bool wasLive = live(key) != nullptr;
        const bool touched = m_backend->touch(key, deadline).value();
        ASSERT_TRUE(touched == wasLive || (!exact() && wasLive));
        if (touched) {
            m_known[key].entry.expires = deadline;
        }
    }

    void eraseMatching(const std::string& pattern) {
        std::uint64_t expected = 0;
        for (const auto& [key, known] : m_known) {
            expected += live(key) != nullptr && globMatches(pattern, key) ? 1U : 0U;
        }
        m_due = RemovalCause::invalidated;
        m_duePattern = pattern;
        const auto removed =
            pattern == "*" ? m_backend->clear().value() : m_backend->eraseMatching(pattern).value();
        m_due.reset();
        ASSERT_TRUE(exact() ? removed == expected : removed <= expected);
        const auto matches = [&](const auto& item) { return globMatches(pattern, item.first); };
        const auto forgotten = std::erase_if(m_known, matches);
        ASSERT_TRUE(!GetParam().listens || forgotten == 0) << "not reported";
    }

    void scan(const std::string& pattern, std::size_t limit) {
        std::set<std::string> found;
        std::string cursor;
        do {
            const auto page = m_backend->scan(cursor, pattern, limit);
            ASSERT_TRUE(page.ok());
            ASSERT_LE(page->keys.size(), limit);
            for (const ScannedKey& item : page->keys) {
                const Entry* const entry = live(item.key);
                ASSERT_NE(entry, nullptr);
                ASSERT_TRUE(globMatches(pattern, item.key));
                ASSERT_EQ(item.bytes, entry->value.size());
                ASSERT_EQ(item.created, entry->created);
                ASSERT_EQ(item.expires, entry->expires);
                ASSERT_TRUE(found.insert(item.key).second) << "twice, though nothing changed";
            }
            cursor = page->next;
        } while (!cursor.empty());
        for (const auto& [key, known] : m_known) {
            if (exact() && live(key) != nullptr && globMatches(pattern, key)) {
                ASSERT_EQ(found.count(key), 1u) << "overlooked";
            }
        }
    }

    void removeExpired() {
        const std::size_t limit = m_random.below(3) == 0 ? 100'000 : m_random.below(20);
        const auto expiredBefore = m_expired;
        const auto removed = m_backend->removeExpired(limit).value();
        ASSERT_LE(removed, limit);
        if (GetParam().listens) {
            ASSERT_EQ(removed, m_expired - expiredBefore);
        }
        if (limit == 100'000 && GetParam().listens) {
            for (const auto& [key, known] : m_known) {
                // The wheel's promise: less than a finest bucket late, here two of them.
                ASSERT_FALSE(known.entry.expires < m_clock.now() - (1ms + 100us)) << "overlooked";
            }
        }
    }

    void checkStat() {
        const auto stat = m_backend->stat().value();
        if (GetParam().maxEntries != 0) {
            ASSERT_LE(stat.entries, GetParam().maxEntries);
        }
        if (GetParam().maxBytes != 0) {
            ASSERT_LE(stat.bytes, GetParam().maxBytes);
        }
        if (GetParam().listens &&
            static_cast<std::uint64_t>(m_step) % (GetParam().keys / 20 + 10) == 0) {
            std::uint64_t bytes = 0;
            for (const auto& [key, known] : m_known) {
                bytes += key.size() + known.entry.value.size() + known.entry.notes.view().size() +
                         MemoryBackend::kEntryOverhead;
            }
            ASSERT_EQ(stat.entries, m_known.size());
            ASSERT_EQ(stat.bytes, bytes);
        }
    }

    // With many keys, what removes many of them comes late and seldom: the bound is to be met.
    bool mayRemoveMany() { return GetParam().keys != kManyKeys || m_random.below(100) == 0; }

    void step() {
        if (GetParam().keys == kManyKeys && m_step < GetParam().steps * 3 / 4) {
            return set(anyKey());
        }
        const auto dice = m_random.below(10'000);
        if (dice < 3500) {
            get(anyKey());
        } else if (dice < 8000) {
            set(anyKey());
        } else if (dice < 8500) {
            touch(anyKey());
        } else if (dice < 9200) {
            erase(anyKey());
        } else if (dice < 9215) {
            const char* const patterns[]{"1*", "*7k*", "?", "[2-4]*3*", "12", ""};
            if (mayRemoveMany()) {
                eraseMatching(patterns[m_random.below(std::size(patterns))]);
            }
        } else if (dice < 9217) {
            if (mayRemoveMany()) {
                eraseMatching("*");
            }
        } else if (dice < 9240) {
            const std::size_t limits[]{1, 37, 700, 1'000'000};
            scan(m_random.below(2) == 0 ? "*" : "*1*", limits[m_random.below(4)]);
        } else if (dice < 9500) {
            removeExpired();
        } else if (dice < 9990) {
            m_clock.advance(Duration{static_cast<Duration::rep>(m_random.below(2'000'000))});
        } else if (mayRemoveMany()) {
            m_clock.advance(Duration{static_cast<Duration::rep>(mix64(dice + m_writes) >> 10)});
        }
    }

    LaggingClock m_clock{GetParam().lag};
    Random m_random{1};
    Map m_known;
    std::uint64_t m_writes = 0;
    std::uint64_t m_hits = 0;
    std::uint64_t m_expired = 0;
    std::uint64_t m_evicted = 0;
    std::uint64_t m_asked = 0;
    int m_step = 0;
    bool m_mayEvict = false;
    std::optional<RemovalCause> m_due;
    std::string m_duePattern;
    // Last, so that it goes first.
    std::unique_ptr<Backend> m_backend;
};

TEST_P(MemoryModel, agreesWithAPlainMap) {
    const bool several = GetParam().maxEntries > 8000 || !bounded();
    ASSERT_EQ(static_cast<MemoryBackend&>(*m_backend).shardCount() > 1, several);
    for (; m_step < GetParam().steps; ++m_step) {
        step();
        checkStat();
        ASSERT_FALSE(HasFailure()) << "in step " << m_step;
    }
    EXPECT_GT(m_hits, 20u) << "hardly anything was tested";
    if (GetParam().listens) {
        EXPECT_GT(m_expired, 5u);
        EXPECT_EQ(m_evicted > 10, bounded());
    }
    eraseMatching("*");
    const auto stat = m_backend->stat().value();
    EXPECT_EQ(stat.entries, 0u);
    EXPECT_EQ(stat.bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(AllPolicies, MemoryModel, ::testing::ValuesIn(allSetups()),
                         [](const auto& test) {
                             std::string name = test.param.policy + "_" + test.param.name;
                             std::replace_if(
                                 name.begin(), name.end(),
                                 [](char c) { return c == '-' || c == ' '; }, '_');
                             return name;
                         });

}  // namespace
}  // namespace cachescope
