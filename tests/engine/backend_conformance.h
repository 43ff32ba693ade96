// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/backend_registry.h"
#include "engine/backend/reserved_keys.h"
#include "engine/core/glob.h"
#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "engine/core/worker.h"

/// The promises of Backend as one suite that every kind of backend passes.
///
/// A kind plugs in a store type, default-constructed anew for each test and destroyed with all it
/// left behind afterwards, and one line:
///
///     struct MemoryStore {
///         Result<std::unique_ptr<Backend>> open(const BackendConfig& config);
///         ConformanceLimits limits() const { return {}; }  // what this kind cannot promise
///         std::string unavailable() const { return {}; }   // why it cannot run here, or nothing
///     };
///     INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BackendConformance, MemoryStore);
///
/// open() is called again after the first backend is gone to see what persists. The rest is asked
/// from Backend::capabilities(). Time is a ManualClock throughout.
namespace cachescope::test {

using namespace std::chrono_literals;

/// Promises that depend on a server or on other processes. Everything is promised unless said here.
struct ConformanceLimits {
    bool countsEntries = true;    ///< stat().entries is exact, not unknown or an estimate
    bool reportsRemovals = true;  ///< the listener hears of every removal before the call returns
    bool removesExpired = true;   ///< removeExpired() itself removes, rather than a server
};

/// What a backend reported, by cause. Any thread.
class RemovalLog {
public:
    struct Item {
        std::string key;
        RemovalCause cause;
        TimePoint created;
        TimePoint expires;
    };

    RemovalListener listener() {
        return [this](const Removal& removal) {
            const std::lock_guard lock{m_mutex};
            m_items.push_back(
                {std::string{removal.key}, removal.cause, removal.created, removal.expires});
        };
    }
    std::vector<Item> take() {
        const std::lock_guard lock{m_mutex};
        return std::exchange(m_items, {});
    }
    /// "key" of each removal, sorted, all of which must have this cause.
    std::vector<std::string> takeKeys(RemovalCause cause) {
        std::vector<std::string> keys;
        for (const Item& item : take()) {
            EXPECT_EQ(item.cause, cause) << item.key;
            keys.push_back(item.key);
        }
        std::sort(keys.begin(), keys.end());
        return keys;
    }

private:
    std::mutex m_mutex;
    std::vector<Item> m_items;
};

template <class Store>
class BackendConformance : public ::testing::Test {
protected:
    void SetUp() override {
        if (const std::string reason = m_store.unavailable(); !reason.empty()) {
            GTEST_SKIP() << reason;
        }
        open();
    }

    /// Ends the present backend, if any, and opens one on the same store.
    void open(std::uint64_t maxEntries = 0, std::uint64_t maxBytes = 0) {
        m_backend.reset();
        BackendConfig config;
        config.clock = &m_clock;
        config.maxEntries = maxEntries;
        config.maxBytes = maxBytes;
        config.timeout = 10s;
        auto made = m_store.open(config);
        ASSERT_TRUE(made.ok()) << made.error().toLogLine();
        m_backend = std::move(*made);
        m_backend->setRemovalListener(m_log.listener());
    }

    Backend& backend() { return *m_backend; }

    Entry entry(std::string_view value, TimePoint expires = kNever) const {
        Entry made;
        made.value = Bytes{value};
        made.created = m_clock.now();
        made.expires = expires;
        return made;
    }
    Entry entryFor(std::string_view value, Duration ttl) const {
        return entry(value, m_clock.now() + ttl);
    }
    void set(std::string_view key, const Entry& what) {
        const auto done = m_backend->set(key, what);
        ASSERT_TRUE(done.ok()) << done.error().toLogLine();
    }
    void set(std::string_view key, std::string_view value) { set(key, entry(value)); }
    bool touch(std::string_view key, TimePoint expires) {
        const auto touched = m_backend->touch(key, expires);
        EXPECT_TRUE(touched.ok()) << touched.error().toLogLine();
        return touched && *touched;
    }

    std::optional<Entry> get(std::string_view key) {
        auto found = m_backend->get(key);
        EXPECT_TRUE(found.ok()) << found.error().toLogLine();
        return found ? std::move(*found) : std::nullopt;
    }
    /// The value, or "(absent)".
    std::string value(std::string_view key) {
        const auto found = get(key);
        return found ? found->value.toString() : "(absent)";
    }

    /// All keys of a full scan, each as often as it was returned.
    std::multiset<std::string> scanAll(std::string_view pattern = "*", std::size_t limit = 7) {
        std::multiset<std::string> keys;
        std::string cursor;
        for (int pages = 0; pages < 100'000; ++pages) {
            auto page = m_backend->scan(cursor, pattern, limit);
            EXPECT_TRUE(page.ok()) << page.error().toLogLine();
            if (!page) {
                return keys;
            }
            for (const ScannedKey& found : page->keys) {
                keys.insert(found.key);
            }
            cursor = page->next;
            if (cursor.empty()) {
                return keys;
            }
        }
        ADD_FAILURE() << "the scan does not end";
        return keys;
    }
    std::set<std::string> keysOf(std::string_view pattern = "*", std::size_t limit = 7) {
        const auto keys = scanAll(pattern, limit);
        return {keys.begin(), keys.end()};
    }

    std::uint64_t entries() {
        EXPECT_TRUE(m_backend->flush().ok());
        return m_backend->stat().value().entries;
    }

    // The order matters: the backend's end may still report removals.
    ManualClock m_clock{TimePoint{1'767'225'600s}};
    Store m_store;
    RemovalLog m_log;
    std::unique_ptr<Backend> m_backend;
};

/// Keys that have confused caches before; to a backend they are plain bytes.
inline std::vector<std::string> awkwardKeys() {
    using namespace std::string_literals;
    return {""s,
            "plain"s,
            "with space"s,
            "nul\0inside"s,
            "nul\0"s,
            "\0"s,
            "line\nfeed\r\n"s,
            "\xff\xfe not UTF-8 \xc3"s,
            "gr\xc3\xbc\xc3\x9f"s,
            "../escape"s,
            "../../../../tmp/pwn"s,
            "/abs/path"s,
            "a/b"s,
            "a//b/"s,
            "."s,
            ".."s,
            "..:..:tmp:pwn"s,
            "CON"s,
            "case"s,
            "Case"s,
            "glob*?[a-z]\\"s,
            "'; DROP TABLE entry; --"s,
            "%00%2e%2e"s,
            std::string(300, 'n'),
            std::string(300, 'n') + "2",
            std::string(65'536, 'k')};
}

TYPED_TEST_SUITE_P(BackendConformance);

TYPED_TEST_P(BackendConformance, getOfAnAbsentKeyIsNothing) {
    EXPECT_EQ(this->get("absent"), std::nullopt);
    EXPECT_EQ(this->get(""), std::nullopt);
}

TYPED_TEST_P(BackendConformance, anyBytesAreAKey) {
    const auto keys = awkwardKeys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        this->set(keys[i], "value " + std::to_string(i));
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(this->value(keys[i]), "value " + std::to_string(i)) << "key " << i;
    }
    EXPECT_EQ(this->keysOf(), (std::set<std::string>{keys.begin(), keys.end()}));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_TRUE(this->backend().erase(keys[i]).value()) << "key " << i;
        EXPECT_EQ(this->get(keys[i]), std::nullopt) << "key " << i;
    }
    EXPECT_TRUE(this->scanAll().empty());
}

TYPED_TEST_P(BackendConformance, anyBytesAreAValue) {
    using namespace std::string_literals;
    std::string all;
    for (int i = 0; i < 256; ++i) {
        all += static_cast<char>(i);
    }
    std::string large(1 << 20, '\0');
    Random random{7};
    for (char& c : large) {
        c = static_cast<char>(random.next());
    }
    const std::vector<std::string> values = {""s,
                                             "x"s,
                                             "\0"s,
                                             "a\0b"s,
                                             "\r\n"s,
                                             "\xff\xfe\xc3"s,
                                             all,
                                             std::string(22, 'i'),
                                             std::string(23, 's'),
                                             large};
    for (std::size_t i = 0; i < values.size(); ++i) {
        this->set("value:" + std::to_string(i), values[i]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto found = this->get("value:" + std::to_string(i));
        ASSERT_TRUE(found.has_value()) << i;
        EXPECT_TRUE(found->value.view() == values[i]) << i;
    }
}

TYPED_TEST_P(BackendConformance, whatIsKnownAboutAnEntrySurvives) {
    Entry full;
    full.value = Bytes{"content"};
    full.created = this->m_clock.now() - 3s - 1ns;
    full.expires = this->m_clock.now() + 1h + 7ns;
    full.version = 0xfedc'ba98'7654'3210;
    full.loadCost = 123'456'789ns;
    this->set("full", full);
    const auto found = this->get("full");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->created, full.created);
    EXPECT_EQ(found->expires, full.expires);
    EXPECT_EQ(found->version, full.version);
    EXPECT_EQ(found->loadCost, full.loadCost);

    this->set("plain", "content");
    EXPECT_EQ(this->get("plain")->expires, kNever);
    EXPECT_EQ(this->get("plain")->version, 0u);
}

TYPED_TEST_P(BackendConformance, setReplaces) {
    this->set("key", this->entryFor(std::string(1000, 'a'), 1s));
    this->set("key", "b");
    EXPECT_EQ(this->value("key"), "b");
    EXPECT_EQ(this->get("key")->expires, kNever);
    this->m_clock.advance(1h);
    EXPECT_EQ(this->value("key"), "b") << "the deadline of the replaced entry must be forgotten";
    this->set("key", std::string(100'000, 'c'));
    EXPECT_EQ(this->get("key")->value.size(), 100'000u);
    EXPECT_EQ(this->keysOf().size(), 1u);
}

TYPED_TEST_P(BackendConformance, eraseSaysWhetherSomethingLiveWasThere) {
    EXPECT_FALSE(this->backend().erase("key").value());
    this->set("key", "value");
    this->set("other", "stays");
    EXPECT_TRUE(this->backend().erase("key").value());
    EXPECT_EQ(this->get("key"), std::nullopt);
    EXPECT_FALSE(this->backend().erase("key").value());
    this->set("brief", this->entryFor("value", 1s));
    this->m_clock.advance(1s + 1ns);
    EXPECT_FALSE(this->backend().erase("brief").value()) << "it had expired";
    EXPECT_EQ(this->value("other"), "stays");
}

TYPED_TEST_P(BackendConformance, anEntryLivesUpToAndIncludingItsDeadline) {
    this->set("brief", this->entryFor("value", 10s));
    this->set("long", this->entryFor("value", 20s));
    this->set("ever", "value");
    this->m_clock.advance(10s);
    EXPECT_EQ(this->value("brief"), "value");
    this->m_clock.advance(1ns);
    EXPECT_EQ(this->value("brief"), "(absent)");
    EXPECT_EQ(this->value("long"), "value");
    this->m_clock.advance(24h * 365 * 50);
    EXPECT_EQ(this->value("long"), "(absent)");
    EXPECT_EQ(this->value("ever"), "value");
}

TYPED_TEST_P(BackendConformance, settingAnExpiredEntryRemoves) {
    this->set("key", "live");
    this->set("key", this->entry("dead", this->m_clock.now() - 1ns));
    EXPECT_EQ(this->get("key"), std::nullopt);
    this->set("fresh", this->entry("dead", TimePoint{}));
    EXPECT_EQ(this->get("fresh"), std::nullopt);
    EXPECT_TRUE(this->scanAll().empty());
    this->set("edge", this->entry("alive", this->m_clock.now()));
    EXPECT_EQ(this->value("edge"), "alive") << "the deadline itself still counts as alive";
}

TYPED_TEST_P(BackendConformance, clearRemovesAllAndCounts) {
    EXPECT_EQ(this->backend().clear().value(), 0u);
    for (int i = 0; i < 300; ++i) {
        this->set("key:" + std::to_string(i), "value");
    }
    EXPECT_EQ(this->backend().clear().value(), 300u);
    EXPECT_TRUE(this->scanAll().empty());
    EXPECT_EQ(this->get("key:0"), std::nullopt);
    this->set("key:0", "again");
    EXPECT_EQ(this->value("key:0"), "again");
}

TYPED_TEST_P(BackendConformance, scanReturnsEveryStableKeyWhileOthersChange) {
    constexpr int kStable = 400;
    std::set<std::string> stable;
    for (int i = 0; i < kStable; ++i) {
        stable.insert("stable:" + std::to_string(i));
        this->set("stable:" + std::to_string(i), "value");
        this->set("churn:" + std::to_string(i), "value");
    }
    std::set<std::string> seen;
    std::string cursor;
    int step = 0;
    do {
        auto page = this->backend().scan(cursor, "*", 10);
        ASSERT_TRUE(page.ok()) << page.error().toLogLine();
        for (const ScannedKey& found : page->keys) {
            seen.insert(found.key);
        }
        cursor = page->next;
        for (int i = 0; i < 10; ++i, ++step) {
            ASSERT_TRUE(this->backend().erase("churn:" + std::to_string(step)).ok());
            this->set("new:" + std::to_string(step), std::string(100, 'n'));
            this->set("stable:" + std::to_string(step % kStable), "rewritten");
        }
        ASSERT_LT(step, 1'000'000) << "the scan does not end";
        // Growth has to end at some time, or no scan of a table that grows could.
    } while (!cursor.empty() && step < 4000);
    while (!cursor.empty()) {
        auto page = this->backend().scan(cursor, "*", 10);
        ASSERT_TRUE(page.ok());
        for (const ScannedKey& found : page->keys) {
            seen.insert(found.key);
        }
        cursor = page->next;
    }
    for (const std::string& key : stable) {
        EXPECT_EQ(seen.count(key), 1u) << key;
    }
}

TYPED_TEST_P(BackendConformance, scanHonoursGlobs) {
    for (const char* key : {"user:1", "user:2", "user:10", "group:1", "a*b", "axb", "a[1]", "a1",
                            "back\\slash", "User:1"}) {
        this->set(key, "value");
    }
    using Keys = std::set<std::string>;
    EXPECT_EQ(this->keysOf("user:*"), (Keys{"user:1", "user:2", "user:10"}));
    EXPECT_EQ(this->keysOf("user:?"), (Keys{"user:1", "user:2"}));
    EXPECT_EQ(this->keysOf("[ug]*:1"), (Keys{"user:1", "group:1"}));
    EXPECT_EQ(this->keysOf("[^u]*:1"), (Keys{"group:1", "User:1"}));
    EXPECT_EQ(this->keysOf("a*b"), (Keys{"a*b", "axb"}));
    EXPECT_EQ(this->keysOf("a\\*b"), (Keys{"a*b"}));
    EXPECT_EQ(this->keysOf(globEscape("a[1]")), (Keys{"a[1]"}));
    EXPECT_EQ(this->keysOf(globEscape("back\\slash")), (Keys{"back\\slash"}));
    EXPECT_EQ(this->keysOf("user:2"), (Keys{"user:2"}));
    EXPECT_EQ(this->keysOf("nothing*"), Keys{});
    EXPECT_EQ(this->keysOf("*", 1).size(), 10u);
    EXPECT_EQ(this->keysOf("*", 100'000).size(), 10u);
}

TYPED_TEST_P(BackendConformance, scanTellsWhatItKnowsAndLeavesExpiredOut) {
    this->set("dead", this->entryFor("value", 1s));
    this->set("live", this->entryFor("12345", 1h));
    const TimePoint created = this->m_clock.now();
    this->m_clock.advance(1s + 1ns);
    std::vector<ScannedKey> found;
    std::string cursor;
    do {
        auto page = this->backend().scan(cursor, "*", 1000);
        ASSERT_TRUE(page.ok());
        found.insert(found.end(), page->keys.begin(), page->keys.end());
        cursor = page->next;
    } while (!cursor.empty());
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].key, "live");
    EXPECT_EQ(found[0].created, created);
    EXPECT_EQ(found[0].expires, created + 1h);
    EXPECT_EQ(found[0].bytes, 5u);
}

TYPED_TEST_P(BackendConformance, aScanOfNonsenseNeitherCrashesNorChangesAnything) {
    this->set("key", "value");
    for (const char* cursor : {"nonsense", "-1", "99999999999999999999999", "0:0:0", "\xff"}) {
        const auto page = this->backend().scan(cursor, "[", 10);
        EXPECT_TRUE(!page.ok() || page->keys.empty()) << cursor;
    }
    EXPECT_EQ(this->value("key"), "value");
}

TYPED_TEST_P(BackendConformance, eraseMatchingErasesExactlyTheMatches) {
    for (int i = 0; i < 200; ++i) {
        this->set("a:" + std::to_string(i), "value");
        this->set("b:" + std::to_string(i), "value");
    }
    this->set("a*", "value");
    this->set("a:dead", this->entryFor("value", 1s));
    this->m_clock.advance(2s);
    EXPECT_EQ(this->backend().eraseMatching("a:*").value(), 200u);
    EXPECT_EQ(this->keysOf("a*"), (std::set<std::string>{"a*"}));
    EXPECT_EQ(this->keysOf("b:*").size(), 200u);
    EXPECT_EQ(this->backend().eraseMatching("a\\*").value(), 1u);
    EXPECT_EQ(this->backend().eraseMatching("none").value(), 0u);
}

// What the cache in front keeps between the entries is no business of who means entries.
TYPED_TEST_P(BackendConformance, noPatternMeansAReservedKey) {
    const std::string reserved = std::string{kReservedPrefix} + "tprice";
    this->set(reserved, "mark");
    this->set("list/price", "value");
    EXPECT_EQ(this->keysOf("*"), (std::set<std::string>{"list/price"}));
    EXPECT_EQ(this->backend().eraseMatching("*price*").value(), 1u);
    EXPECT_EQ(this->backend().eraseMatching("*").value(), 0u);
    EXPECT_EQ(this->backend().eraseMatching(reserved).value(), 0u);
    EXPECT_EQ(this->backend().eraseMatching(std::string{kReservedPrefix} + "*").value(), 0u);
    EXPECT_EQ(this->value(reserved), "mark");
    EXPECT_TRUE(this->backend().erase(reserved).value()) << "by its name it can be removed";
    this->set(reserved, "mark");
    EXPECT_TRUE(this->backend().clear().ok());
    EXPECT_EQ(this->value(reserved), "(absent)");
}

TYPED_TEST_P(BackendConformance, removeExpiredReturnsMemoryWithoutReads) {
    if (!this->m_store.limits().removesExpired) {
        GTEST_SKIP() << "the server removes expired entries by itself";
    }
    this->set("ever", "value");
    const auto before = this->backend().stat().value();
    EXPECT_EQ(this->backend().removeExpired(1000).value(), 0u);
    for (int i = 0; i < 500; ++i) {
        this->set("key:" + std::to_string(i), this->entryFor(std::string(2000, 'v'), 1s + i * 1ms));
    }
    EXPECT_EQ(this->backend().removeExpired(1000).value(), 0u) << "nothing is due yet";
    // Deadlines may be honoured a little late by removeExpired(), never early.
    this->m_clock.advance(1h);
    std::uint64_t removed = this->backend().removeExpired(100).value();
    EXPECT_GT(removed, 0u);
    EXPECT_LE(removed, 200u) << "about the limit, not all at once";
    for (int calls = 0; calls < 100; ++calls) {
        removed += this->backend().removeExpired(100).value();
    }
    EXPECT_EQ(removed, 500u);
    EXPECT_EQ(this->entries(), 1u);
    EXPECT_LE(this->backend().stat().value().bytes, before.bytes + 200'000)
        << "of the 1 MB of values that expired";
    EXPECT_EQ(this->value("ever"), "value");
}

TYPED_TEST_P(BackendConformance, everyRemovalIsReportedOnceWithItsCause) {
    if (!this->m_store.limits().reportsRemovals) {
        GTEST_SKIP() << "this kind does not see every removal";
    }
    using Keys = std::vector<std::string>;
    RemovalLog& log = this->m_log;
    const TimePoint created = this->m_clock.now();
    this->set("a", this->entryFor("1", 10s));
    EXPECT_TRUE(log.take().empty());
    this->set("a", this->entryFor("2", 20s));
    const auto replaced = log.take();
    ASSERT_EQ(replaced.size(), 1u);
    EXPECT_EQ(replaced[0].key, "a");
    EXPECT_EQ(replaced[0].cause, RemovalCause::replaced);
    EXPECT_EQ(replaced[0].created, created);
    EXPECT_EQ(replaced[0].expires, created + 10s);

    ASSERT_TRUE(this->backend().erase("a").value());
    EXPECT_EQ(log.takeKeys(RemovalCause::invalidated), (Keys{"a"}));
    ASSERT_FALSE(this->backend().erase("a").value());
    EXPECT_TRUE(log.take().empty());

    this->set("m:1", "1");
    this->set("m:2", "1");
    this->set("n:1", "1");
    ASSERT_EQ(this->backend().eraseMatching("m:*").value(), 2u);
    EXPECT_EQ(log.takeKeys(RemovalCause::invalidated), (Keys{"m:1", "m:2"}));
    this->set("n:2", "1");
    ASSERT_EQ(this->backend().clear().value(), 2u);
    EXPECT_EQ(log.takeKeys(RemovalCause::invalidated), (Keys{"n:1", "n:2"}));
}

TYPED_TEST_P(BackendConformance, everyExpirationIsReportedOnceWhoeverFindsIt) {
    const auto limits = this->m_store.limits();
    if (!limits.reportsRemovals || !limits.removesExpired) {
        GTEST_SKIP() << "this kind does not see every expiration";
    }
    RemovalLog& log = this->m_log;
    std::vector<std::string> keys;
    for (const char* key : {"erased", "got", "left", "set"}) {
        keys.emplace_back(key);
        this->set(key, this->entryFor("value", 1s));
    }
    this->m_clock.advance(1h);
    EXPECT_EQ(this->get("got"), std::nullopt);
    EXPECT_EQ(this->get("got"), std::nullopt);
    EXPECT_FALSE(this->backend().erase("erased").value());
    this->set("set", "new");
    for (int calls = 0; calls < 10; ++calls) {
        ASSERT_TRUE(this->backend().removeExpired(100).ok());
    }
    EXPECT_EQ(this->get("left"), std::nullopt);
    EXPECT_EQ(log.takeKeys(RemovalCause::expired), keys);
    EXPECT_EQ(this->value("set"), "new");
}

TYPED_TEST_P(BackendConformance, statCountsEntries) {
    if (!this->m_store.limits().countsEntries) {
        GTEST_SKIP() << "this kind cannot count without walking";
    }
    EXPECT_EQ(this->entries(), 0u);
    for (int i = 0; i < 100; ++i) {
        this->set("key:" + std::to_string(i), "value");
    }
    EXPECT_EQ(this->entries(), 100u);
    EXPECT_GE(this->backend().stat().value().bytes, 500u);
    this->set("key:0", "other");
    EXPECT_EQ(this->entries(), 100u);
    ASSERT_TRUE(this->backend().erase("key:0").value());
    ASSERT_FALSE(this->backend().erase("key:0").value());
    EXPECT_EQ(this->entries(), 99u);
    ASSERT_TRUE(this->backend().clear().ok());
    EXPECT_EQ(this->entries(), 0u);
}

TYPED_TEST_P(BackendConformance, aBoundInEntriesHoldsAfterEverySet) {
    if (!this->backend().capabilities().evicts) {
        GTEST_SKIP() << "this kind does not evict";
    }
    this->open(50);
    for (int i = 0; i < 300; ++i) {
        this->set("key:" + std::to_string(i), "value");
        ASSERT_LE(this->entries(), 50u) << "after set " << i;
    }
    EXPECT_EQ(this->backend().stat().value().maxEntries, 50u);
    EXPECT_GE(this->entries(), 25u) << "a bound is not a reason to keep almost nothing";
    EXPECT_EQ(this->keysOf().size(), this->entries());
    if (this->m_store.limits().reportsRemovals) {
        EXPECT_EQ(this->m_log.takeKeys(RemovalCause::evicted).size(), 300 - this->entries());
    }
}

TYPED_TEST_P(BackendConformance, aBoundInBytesHoldsAfterEverySet) {
    if (!this->backend().capabilities().evicts) {
        GTEST_SKIP() << "this kind does not evict";
    }
    constexpr std::uint64_t kBound = 1 << 20;
    this->open(0, kBound);
    Random random{3};
    for (int i = 0; i < 400; ++i) {
        const std::string key = "key:" + std::to_string(random.below(200));
        this->set(key, std::string(random.below(40'000), 'v'));
        ASSERT_TRUE(this->backend().flush().ok());
        ASSERT_LE(this->backend().stat().value().bytes, kBound) << "after set " << i;
    }
    EXPECT_GE(this->entries(), 10u);
    const auto refused = this->backend().set("key:0", this->entry(std::string(2 * kBound, 'v')));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::tooLarge);
    EXPECT_GE(this->entries(), 10u) << "a refused entry must not push others out";
}

TYPED_TEST_P(BackendConformance, threadsOnTheSameKeysNeverSeeATornValue) {
    constexpr int kThreads = 4;
    constexpr int kOperations = 1500;
    // The value says which key it belongs to and carries its own checksum.
    const auto valueFor = [](const std::string& key, Random& random) {
        std::string text =
            key + '|' + std::string(random.below(3000), static_cast<char>('a' + random.below(26)));
        return text + '|' + std::to_string(hash64(text));
    };
    const auto holds = [](const std::string& key, std::string_view text) {
        const auto bar = text.rfind('|');
        return bar != std::string_view::npos && text.substr(0, key.size() + 1) == key + '|' &&
               text.substr(bar + 1) == std::to_string(hash64(text.substr(0, bar)));
    };
    const bool touches = this->backend().capabilities().touches;
    std::atomic<int> torn{0};
    std::atomic<int> failures{0};
    std::atomic<int> found{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.push_back(
                std::make_unique<Worker>("conformance", [&, t](Worker&, std::stop_token) {
                    Random random{static_cast<std::uint64_t>(t) + 1};
                    for (int i = 0; i < kOperations; ++i) {
                        const std::string key = "key:" + std::to_string(random.below(20));
                        const auto dice = random.below(100);
                        if (dice < 50) {
                            const auto got = this->backend().get(key);
                            failures += got.ok() ? 0 : 1;
                            if (got.ok() && got->has_value()) {
                                ++found;
                                torn += holds(key, (*got)->value.view()) ? 0 : 1;
                            }
                        } else if (dice < 90) {
                            const bool brief = random.below(4) == 0;
                            const Entry made = this->entry(
                                valueFor(key, random), brief ? this->m_clock.now() + 1ms : kNever);
                            failures += this->backend().set(key, made).ok() ? 0 : 1;
                        } else if (dice < 93 && touches) {
                            const auto done = this->backend().touch(key, this->m_clock.now() + 1ms);
                            failures += done.ok() ? 0 : 1;
                        } else if (dice < 95) {
                            failures += this->backend().erase(key).ok() ? 0 : 1;
                        } else if (dice < 97) {
                            failures += this->backend().scan("", "key:*", 5).ok() ? 0 : 1;
                        } else if (dice < 99) {
                            failures += this->backend().removeExpired(10).ok() ? 0 : 1;
                        } else if (t == 0) {
                            this->m_clock.advance(1ms);
                        } else {
                            failures += this->backend().stat().ok() ? 0 : 1;
                        }
                    }
                }));
        }
        // Asks nobody to stop early: the bodies end by themselves and are joined here.
    }
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(failures, 0);
    EXPECT_GT(found, kOperations / 10) << "hardly anything was tested";
    for (int k = 0; k < 20; ++k) {
        const std::string key = "key:" + std::to_string(k);
        if (const auto left = this->get(key)) {
            EXPECT_TRUE(holds(key, left->value.view())) << key;
        }
    }
}

TYPED_TEST_P(BackendConformance, aPersistentBackendKeepsWhatItHadWhenOpenedAgain) {
    if (!this->backend().capabilities().persistent) {
        GTEST_SKIP() << "this kind forgets when it ends";
    }
    const auto keys = awkwardKeys();
    Entry full = this->entryFor(std::string(100'000, 'v'), 1h);
    full.version = 7;
    full.loadCost = 5ms;
    for (const std::string& key : keys) {
        this->set(key, full);
    }
    this->set("brief", this->entryFor("value", 1s));
    this->set("erased", "value");
    ASSERT_TRUE(this->backend().erase("erased").value());
    ASSERT_TRUE(this->backend().flush().ok());
    this->open();
    this->m_clock.advance(2s);
    for (const std::string& key : keys) {
        const auto found = this->get(key);
        ASSERT_TRUE(found.has_value()) << key.substr(0, 80);
        EXPECT_TRUE(found->value == full.value);
        EXPECT_EQ(found->created, full.created);
        EXPECT_EQ(found->expires, full.expires);
        EXPECT_EQ(found->version, 7u);
        EXPECT_EQ(found->loadCost, 5ms);
    }
    EXPECT_EQ(this->get("brief"), std::nullopt);
    EXPECT_EQ(this->get("erased"), std::nullopt);
    EXPECT_EQ(this->keysOf(), (std::set<std::string>{keys.begin(), keys.end()}));
}

TYPED_TEST_P(BackendConformance, notesComeBackUnchangedAndAreReplacedWithTheirEntry) {
    using namespace std::string_literals;
    std::string large(64 << 10, '\0');
    Random random{11};
    for (char& c : large) {
        c = static_cast<char>(random.next());
    }
    const std::vector<std::string> notes = {
        ""s, "n"s, "\0"s, "\0a\0b\xff\r\n\0"s, std::string(60, 'n'), large};
    const auto nameOf = [](std::size_t note, std::size_t size) {
        return std::to_string(note) + ':' + std::to_string(size);
    };
    constexpr std::array<std::size_t, 4> kSizes{0, 5, 1000, 100'000};
    const auto setAll = [&](std::size_t shift) {
        for (std::size_t note = 0; note < notes.size(); ++note) {
            for (const std::size_t size : kSizes) {
                Entry made = this->entryFor(std::string(size, 'v'), 1h);
                made.notes = SharedBytes{notes[(note + shift) % notes.size()]};
                this->set(nameOf(note, size), made);
            }
        }
    };
    const auto expectAll = [&](std::size_t shift, const char* when) {
        for (std::size_t note = 0; note < notes.size(); ++note) {
            for (const std::size_t size : kSizes) {
                const auto found = this->get(nameOf(note, size));
                ASSERT_TRUE(found.has_value()) << when << ", note " << note << ", size " << size;
                EXPECT_TRUE(found->notes.view() == notes[(note + shift) % notes.size()])
                    << when << ", note " << note << ", size " << size;
                EXPECT_TRUE(found->value.view() == std::string(size, 'v')) << when;
            }
        }
    };
    for (std::size_t shift = 0; shift < notes.size(); ++shift) {
        setAll(shift);
        ASSERT_NO_FATAL_FAILURE(expectAll(shift, "at once"));
        ASSERT_TRUE(this->backend().flush().ok());
        ASSERT_NO_FATAL_FAILURE(expectAll(shift, "after a flush"));
    }
    if (this->backend().capabilities().persistent) {
        this->open();
        ASSERT_NO_FATAL_FAILURE(expectAll(notes.size() - 1, "opened again"));
    }
    // What belongs to the entry may not be taken for its value, nor be left when it goes.
    const auto page = this->backend().scan("", nameOf(1, 5), 1000);
    ASSERT_TRUE(page.ok());
    for (const ScannedKey& found : page->keys) {
        EXPECT_EQ(found.bytes, 5u);
    }
    ASSERT_TRUE(this->backend().clear().ok());
    if (this->m_store.limits().countsEntries) {
        EXPECT_EQ(this->backend().stat().value().bytes, 0u);
    }
}

TYPED_TEST_P(BackendConformance, notesCountForABoundInBytes) {
    if (!this->backend().capabilities().evicts) {
        GTEST_SKIP() << "this kind does not evict";
    }
    constexpr std::uint64_t kBound = 1 << 20;
    this->open(0, kBound);
    Random random{5};
    const auto noted = [&](std::size_t size) {
        Entry made = this->entry("value");
        made.notes = SharedBytes{std::string(size, 'n')};
        return made;
    };
    for (int i = 0; i < 200; ++i) {
        // Often less than there was, or none.
        const std::size_t size = random.below(3) == 0 ? 0 : random.below(64 << 10);
        this->set("key:" + std::to_string(random.below(100)), noted(size));
        ASSERT_TRUE(this->backend().flush().ok());
        ASSERT_LE(this->backend().stat().value().bytes, kBound) << "after set " << i;
    }
    const auto keys = this->keysOf();
    EXPECT_GE(keys.size(), 10u);
    std::uint64_t bytes = 0;
    for (const std::string& key : keys) {
        bytes += this->get(key)->notes.view().size();
    }
    EXPECT_GE(this->backend().stat().value().bytes, bytes + 5 * keys.size());
    const auto refused = this->backend().set("key:0", noted(kBound));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::tooLarge);
    for (const std::string& key : this->keysOf()) {
        ASSERT_TRUE(this->backend().erase(key).value()) << key;
    }
    EXPECT_EQ(this->backend().stat().value().bytes, 0u) << "what came in goes out";
}

TYPED_TEST_P(BackendConformance, touchMovesTheDeadlineBothWaysAndNothingElse) {
    if (!this->backend().capabilities().touches) {
        GTEST_SKIP() << "this kind has no touch()";
    }
    const TimePoint start = this->m_clock.now();
    Entry full;
    full.created = start - 3s - 1ns;
    full.version = 0xfedc'ba98'7654'3210;
    full.loadCost = 123'456'789ns;
    full.notes = SharedBytes{std::string_view{"a\0b", 3}};
    const std::vector<TimePoint> deadlines = {
        start + 1s,  start + 1h + 7ns, start + 3s,        kNever, start + 2s,
        kNever - 1s, start + 100'000h, start + 10s + 1ns, kNever, start + 5s};
    for (const bool flushed : {false, true}) {
        for (const std::size_t size : {std::size_t{5}, std::size_t{1000}, std::size_t{100'000}}) {
            for (const bool plain : {false, true}) {
                const std::string key = std::to_string(size) + (plain ? ":plain" : ":full");
                Entry made = plain ? this->entry("") : full;
                made.value = Bytes{std::string(size, 'v')};
                made.expires = start + 1min;
                this->set(key, made);
                for (const TimePoint deadline : deadlines) {
                    if (flushed) {
                        ASSERT_TRUE(this->backend().flush().ok());
                    }
                    ASSERT_TRUE(this->touch(key, deadline)) << key;
                    const auto found = this->get(key);
                    ASSERT_TRUE(found.has_value()) << key;
                    EXPECT_EQ(found->expires, deadline) << key;
                    EXPECT_TRUE(found->value == made.value) << key;
                    EXPECT_EQ(found->created, made.created) << key;
                    EXPECT_EQ(found->version, made.version) << key;
                    EXPECT_EQ(found->loadCost, made.loadCost) << key;
                    EXPECT_TRUE(found->notes == made.notes) << key;
                }
                const auto page = this->backend().scan("", key, 1000);
                ASSERT_TRUE(page.ok());
                for (const ScannedKey& found : page->keys) {
                    EXPECT_EQ(found.expires, deadlines.back()) << key;
                    EXPECT_EQ(found.created, made.created) << key;
                }
            }
        }
    }
    EXPECT_TRUE(this->m_log.takeKeys(RemovalCause::replaced).size() <= 6u)
        << "no entry is removed by a touch";
    const auto keys = this->keysOf();
    ASSERT_EQ(keys.size(), 6u);
    this->m_clock.advance(5s);
    EXPECT_EQ(this->keysOf(), keys) << "the deadline itself still counts as alive";
    this->m_clock.advance(1ns);
    for (const std::string& key : keys) {
        EXPECT_EQ(this->get(key), std::nullopt) << key;
    }
}

TYPED_TEST_P(BackendConformance, touchTakesAnyKey) {
    if (!this->backend().capabilities().touches) {
        GTEST_SKIP() << "this kind has no touch()";
    }
    const auto keys = awkwardKeys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_FALSE(this->touch(keys[i], kNever)) << "key " << i;
        this->set(keys[i], this->entryFor("value " + std::to_string(i), 1s));
    }
    for (std::size_t i = 0; i < keys.size(); i += 2) {
        EXPECT_TRUE(this->touch(keys[i], this->m_clock.now() + 1h)) << "key " << i;
    }
    this->m_clock.advance(1min);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(this->value(keys[i]),
                  i % 2 == 0 ? "value " + std::to_string(i) : std::string{"(absent)"});
    }
}

TYPED_TEST_P(BackendConformance, touchNeverBringsAnEntryBack) {
    if (!this->backend().capabilities().touches) {
        GTEST_SKIP() << "this kind has no touch()";
    }
    EXPECT_FALSE(this->touch("absent", kNever));
    EXPECT_EQ(this->get("absent"), std::nullopt);
    for (const bool flushed : {false, true}) {
        const auto settle = [&] { ASSERT_TRUE(!flushed || this->backend().flush().ok()); };
        this->set("erased", "value");
        settle();
        ASSERT_TRUE(this->backend().erase("erased").value());
        EXPECT_FALSE(this->touch("erased", kNever));
        EXPECT_EQ(this->get("erased"), std::nullopt);

        this->set("brief", this->entryFor("value", 1s));
        settle();
        this->m_clock.advance(1s);
        EXPECT_TRUE(this->touch("brief", this->m_clock.now())) << "alive at its deadline";
        this->m_clock.advance(1ns);
        EXPECT_FALSE(this->touch("brief", kNever)) << "it had expired";
        EXPECT_EQ(this->get("brief"), std::nullopt);
        EXPECT_FALSE(this->touch("brief", kNever)) << "it had been seen to be gone";
        EXPECT_EQ(this->get("brief"), std::nullopt);

        this->set("ended", "value");
        settle();
        EXPECT_TRUE(this->touch("ended", this->m_clock.now() - 1ns));
        EXPECT_EQ(this->get("ended"), std::nullopt) << "its deadline has passed";
        EXPECT_FALSE(this->touch("ended", kNever));
        EXPECT_EQ(this->get("ended"), std::nullopt);

        this->set("cleared", "value");
        settle();
        ASSERT_TRUE(this->backend().clear().ok());
        EXPECT_FALSE(this->touch("cleared", kNever));
        EXPECT_TRUE(this->scanAll().empty());
    }
}

TYPED_TEST_P(BackendConformance, aTouchedEntryIsRemovedAtItsNewDeadlineOnly) {
    if (!this->backend().capabilities().touches || !this->m_store.limits().removesExpired) {
        GTEST_SKIP() << "this kind has no touch(), or leaves what expires to a server";
    }
    for (const bool flushed : {false, true}) {
        this->set("prolonged", this->entryFor("value", 1s));
        this->set("for ever", this->entryFor("value", 1s));
        this->set("shortened", this->entryFor("value", 10h));
        this->set("ended", "value");
        ASSERT_TRUE(!flushed || this->backend().flush().ok());
        const TimePoint now = this->m_clock.now();
        ASSERT_TRUE(this->touch("prolonged", now + 5h));
        ASSERT_TRUE(this->touch("for ever", kNever));
        ASSERT_TRUE(this->touch("shortened", now + 2s));
        ASSERT_TRUE(this->touch("ended", now + 1s));
        const auto removed = [&] {
            std::uint64_t sum = 0;
            for (int calls = 0; calls < 5; ++calls) {
                sum += this->backend().removeExpired(100).value();
            }
            return sum;
        };
        this->m_clock.advance(1h);
        EXPECT_EQ(removed(), 2u);
        EXPECT_EQ(this->keysOf(), (std::set<std::string>{"for ever", "prolonged"}));
        this->m_clock.advance(5h);
        EXPECT_EQ(removed(), 1u);
        EXPECT_EQ(this->value("for ever"), "value");
    }
}

TYPED_TEST_P(BackendConformance, aTouchThatRacesWithAnEraseNeverBringsTheEntryBack) {
    if (!this->backend().capabilities().touches) {
        GTEST_SKIP() << "this kind has no touch()";
    }
    // In memory a round is so short that few of them meet a touch halfway.
    const auto can = this->backend().capabilities();
    const int rounds = can.persistent || can.remote ? 300 : 100'000;
    std::atomic<int> touched{0};
    std::atomic<int> failures{0};
    std::atomic<int> round{0};
    int back = 0;
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 2; ++t) {
            threads.push_back(
                std::make_unique<Worker>("touch", [&](Worker&, const std::stop_token& stop) {
                    while (!stop.stop_requested()) {
                        const std::string key = "key:" + std::to_string(round.load() % 3);
                        const auto done = this->backend().touch(key, this->m_clock.now() + 1h);
                        failures += done.ok() ? 0 : 1;
                        touched += done.ok() && *done ? 1 : 0;
                    }
                }));
        }
        for (; round < rounds; ++round) {
            const std::string key = "key:" + std::to_string(round % 3);
            failures +=
                this->backend().set(key, this->entryFor(std::string(100, 'v'), 1min)).ok() ? 0 : 1;
            if (round % 2 == 0) {
                failures += this->backend().flush().ok() ? 0 : 1;
            }
            if (round % 10 < 2 && round < 300) {
                // Now and then not before the others have met it, so that they are at it.
                const int before = touched;
                while (touched == before && failures == 0) {
                    std::this_thread::yield();
                }
            }
            failures += this->backend().erase(key).ok() ? 0 : 1;
            for (int look = 0; look < 3; ++look) {
                const auto found = this->backend().get(key);
                failures += found.ok() ? 0 : 1;
                back += found.ok() && found->has_value() ? 1 : 0;
            }
        }
        for (const auto& thread : threads) {
            thread->stop();
        }
    }
    EXPECT_EQ(back, 0);
    EXPECT_EQ(failures, 0);
    EXPECT_GE(touched, 60) << "hardly anything was tested";
    EXPECT_TRUE(this->scanAll().empty());
}

TYPED_TEST_P(BackendConformance, whatABackendHasNotItSaysSo) {
    const auto can = this->backend().capabilities();
    if (can.touches && can.leases) {
        GTEST_SKIP() << "this kind has all there is";
    }
    this->set("key", "value");
    const auto expectUnsupported = [](const auto& result) {
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
    };
    if (!can.touches) {
        expectUnsupported(this->backend().touch("key", kNever));
    }
    if (!can.leases) {
        expectUnsupported(this->backend().acquireLease("key", 1s));
        expectUnsupported(this->backend().setAndRelease("key", this->entry("other"), 1));
        expectUnsupported(this->backend().releaseLease("key", 1));
    }
    EXPECT_EQ(this->value("key"), "value");
}

TYPED_TEST_P(BackendConformance, manyKeysAreReadInTheirOrder) {
    EXPECT_TRUE(this->backend().getMany({}).value().empty());
    const auto keys = awkwardKeys();
    for (std::size_t i = 0; i < keys.size(); i += 2) {
        this->set(keys[i], this->entryFor("value " + std::to_string(i), i % 4 == 0 ? 1s : 1h));
    }
    std::vector<std::string> asked{keys.rbegin(), keys.rend()};
    asked.push_back(keys[0]);
    asked.push_back(keys[0]);
    const auto expectAll = [&](bool late, const char* when) {
        const auto found = this->backend().getMany(asked);
        ASSERT_TRUE(found.ok()) << found.error().toLogLine();
        ASSERT_EQ(found->size(), asked.size());
        for (std::size_t n = 0; n < asked.size(); ++n) {
            const std::size_t i = n < keys.size() ? keys.size() - 1 - n : 0;
            const bool there = i % 2 == 0 && !(late && i % 4 == 0);
            ASSERT_EQ((*found)[n].has_value(), there) << when << ", key " << i;
            if (there) {
                EXPECT_EQ((*found)[n]->value.toString(), "value " + std::to_string(i)) << when;
            }
        }
    };
    ASSERT_NO_FATAL_FAILURE(expectAll(false, "at once"));
    ASSERT_TRUE(this->backend().flush().ok());
    ASSERT_NO_FATAL_FAILURE(expectAll(false, "after a flush"));
    this->m_clock.advance(1s + 1ns);
    ASSERT_NO_FATAL_FAILURE(expectAll(true, "when some had expired"));
}

TYPED_TEST_P(BackendConformance, manyEntriesAreSetAsOneAfterTheOther) {
    EXPECT_TRUE(this->backend().setMany({}).empty());
    this->set("replaced", "old");
    this->set("ended", "old");
    this->set("twice", "old");
    (void)this->m_log.take();
    const auto keys = awkwardKeys();
    std::vector<KeyedEntry> entries;
    Entry full = this->entryFor("full", 1h);
    full.version = 7;
    full.loadCost = 3s;
    full.notes = SharedBytes{std::string_view{"a\0b", 3}};
    entries.push_back({"replaced", full});
    entries.push_back({"twice", this->entry("first")});
    entries.push_back({"ended", this->entry("dead", this->m_clock.now() - 1ns)});
    for (std::size_t i = 0; i < keys.size(); ++i) {
        entries.push_back({keys[i], this->entry("value " + std::to_string(i))});
    }
    entries.push_back({"twice", this->entry("second")});
    entries.push_back({"set and ended", this->entry("alive")});
    entries.push_back({"set and ended", this->entry("dead", this->m_clock.now() - 1ns)});
    const auto done = this->backend().setMany(entries);
    ASSERT_EQ(done.size(), entries.size());
    for (std::size_t i = 0; i < done.size(); ++i) {
        EXPECT_TRUE(done[i].ok()) << "entry " << i << ": " << done[i].error().toLogLine();
    }
    const auto replaced = this->get("replaced");
    ASSERT_TRUE(replaced.has_value());
    EXPECT_TRUE(replaced->value == full.value);
    EXPECT_EQ(replaced->version, full.version);
    EXPECT_EQ(replaced->loadCost, full.loadCost);
    EXPECT_EQ(replaced->expires, full.expires);
    EXPECT_TRUE(replaced->notes == full.notes);
    EXPECT_EQ(this->value("twice"), "second");
    EXPECT_EQ(this->value("ended"), "(absent)");
    EXPECT_EQ(this->value("set and ended"), "(absent)");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(this->value(keys[i]), "value " + std::to_string(i)) << "key " << i;
    }
    if (this->m_store.limits().reportsRemovals) {
        std::multiset<std::string> told;
        for (const auto& item : this->m_log.take()) {
            told.insert(item.key);
        }
        EXPECT_EQ(told, (std::multiset<std::string>{"ended", "replaced", "set and ended", "twice",
                                                    "twice"}));
    }
}

TYPED_TEST_P(BackendConformance, threadsWithOverlappingBatchesNeitherHangNorMixTheirValues) {
    constexpr int kRounds = 30;
    std::atomic<int> failures{0};
    std::atomic<int> wrong{0};
    {
        std::vector<std::unique_ptr<Worker>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.push_back(std::make_unique<Worker>("many", [&, t](Worker&, std::stop_token) {
                Random random{static_cast<std::uint64_t>(t) + 1};
                for (int round = 0; round < kRounds; ++round) {
                    std::vector<std::string> keys;
                    for (int i = 0; i < 20; ++i) {
                        keys.push_back("key:" + std::to_string(random.below(40)));
                    }
                    std::vector<KeyedEntry> entries;
                    for (const std::string& key : keys) {
                        entries.push_back({key, this->entry(key + " is the key")});
                    }
                    for (const auto& done : this->backend().setMany(entries)) {
                        failures += done.ok() ? 0 : 1;
                    }
                    failures += this->backend().set(keys[0], entries[0].entry).ok() ? 0 : 1;
                    const auto found = this->backend().getMany(keys);
                    failures += found.ok() ? 0 : 1;
                    for (std::size_t i = 0; found.ok() && i < keys.size(); ++i) {
                        const auto& entry = (*found)[i];
                        wrong += entry && entry->value.view() == keys[i] + " is the key" ? 0 : 1;
                    }
                }
            }));
        }
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(wrong, 0);
}

REGISTER_TYPED_TEST_SUITE_P(
    BackendConformance, getOfAnAbsentKeyIsNothing, anyBytesAreAKey, anyBytesAreAValue,
    whatIsKnownAboutAnEntrySurvives, setReplaces, eraseSaysWhetherSomethingLiveWasThere,
    anEntryLivesUpToAndIncludingItsDeadline, settingAnExpiredEntryRemoves, clearRemovesAllAndCounts,
    scanReturnsEveryStableKeyWhileOthersChange, scanHonoursGlobs,
    scanTellsWhatItKnowsAndLeavesExpiredOut, aScanOfNonsenseNeitherCrashesNorChangesAnything,
    eraseMatchingErasesExactlyTheMatches, noPatternMeansAReservedKey,
    removeExpiredReturnsMemoryWithoutReads, everyRemovalIsReportedOnceWithItsCause,
    everyExpirationIsReportedOnceWhoeverFindsIt, statCountsEntries,
    aBoundInEntriesHoldsAfterEverySet, aBoundInBytesHoldsAfterEverySet,
    threadsOnTheSameKeysNeverSeeATornValue, aPersistentBackendKeepsWhatItHadWhenOpenedAgain,
    notesComeBackUnchangedAndAreReplacedWithTheirEntry, notesCountForABoundInBytes,
    touchMovesTheDeadlineBothWaysAndNothingElse, touchTakesAnyKey, touchNeverBringsAnEntryBack,
    aTouchedEntryIsRemovedAtItsNewDeadlineOnly, aTouchThatRacesWithAnEraseNeverBringsTheEntryBack,
    whatABackendHasNotItSaysSo, manyKeysAreReadInTheirOrder, manyEntriesAreSetAsOneAfterTheOther,
    threadsWithOverlappingBatchesNeitherHangNorMixTheirValues);

}  // namespace cachescope::test
