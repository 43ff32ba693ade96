// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/file_backend_fixture.h"

#include <sys/stat.h>

#include <thread>

namespace cachescope::test {
namespace {

struct FileStoreKind {
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        BackendRegistry registry;
        registry.add(fileBackendKind());
        return registry.create("file:" + (m_directory / "cache").string(), config);
    }
    // A replaced entry is reported when its group is written, which may be after set() returned.
    ConformanceLimits limits() const { return {.reportsRemovals = false}; }
    std::string unavailable() const { return {}; }

private:
    TemporaryDirectory m_directory;
};

INSTANTIATE_TYPED_TEST_SUITE_P(File, BackendConformance, FileStoreKind);

TEST_F(FileBackendTest, everyRemovalIsReportedOnceWithItsCause) {
    using Keys = std::vector<std::string>;
    const auto backend = open();
    ASSERT_TRUE(backend->set("a", entry("1", 10s)).ok());
    ASSERT_TRUE(backend->flush().ok());
    ASSERT_TRUE(backend->set("a", entry("2")).ok());
    ASSERT_TRUE(backend->flush().ok());
    const auto replaced = m_log.take();
    ASSERT_EQ(replaced.size(), 1u);
    EXPECT_EQ(replaced[0].cause, RemovalCause::replaced);
    EXPECT_EQ(replaced[0].created, m_clock.now());
    EXPECT_EQ(replaced[0].expires, m_clock.now() + 10s);
    EXPECT_TRUE(backend->erase("a").value());
    EXPECT_EQ(m_log.takeKeys(RemovalCause::invalidated), Keys{"a"});
    EXPECT_FALSE(backend->erase("a").value());
    for (const char* key : {"m:1", "m:2", "n"}) {
        ASSERT_TRUE(backend->set(key, entry("1")).ok());
    }
    EXPECT_EQ(backend->eraseMatching("m:*").value(), 2u);
    EXPECT_EQ(m_log.takeKeys(RemovalCause::invalidated), (Keys{"m:1", "m:2"}));
    EXPECT_EQ(backend->clear().value(), 1u);
    EXPECT_EQ(m_log.takeKeys(RemovalCause::invalidated), Keys{"n"});
}

TEST_F(FileBackendTest, everyExpirationIsReportedOnceWhoeverFindsIt) {
    for (const bool flushed : {false, true}) {
        const auto backend = open();
        std::vector<std::string> keys = {"erased", "got", "left", "set"};
        for (const std::string& key : keys) {
            ASSERT_TRUE(backend->set(key, entry("value", 1s)).ok());
        }
        if (flushed) {
            ASSERT_TRUE(backend->flush().ok());
        }
        m_clock.advance(1h);
        EXPECT_EQ(value(*backend, "got"), "(absent)");
        EXPECT_EQ(value(*backend, "got"), "(absent)");
        EXPECT_FALSE(backend->erase("erased").value());
        ASSERT_TRUE(backend->set("set", entry("new")).ok());
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(backend->removeExpired(10).ok());
        }
        EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), keys);
        EXPECT_EQ(value(*backend, "set"), "new");
        ASSERT_TRUE(backend->clear().ok());
        m_log.take();
    }
}

TEST_F(FileBackendTest, theLeastRecentlyUsedGoesFirstAndExpiredBeforeIt) {
    const auto backend = open(4);
    for (const char* key : {"a", "b", "c"}) {
        ASSERT_TRUE(backend->set(key, entry("1")).ok());
    }
    ASSERT_TRUE(backend->set("brief", entry("1", 1s)).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_EQ(value(*backend, "a"), "1");
    m_clock.advance(2s);
    ASSERT_TRUE(backend->set("d", entry("1")).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_EQ(m_log.takeKeys(RemovalCause::expired), std::vector<std::string>{"brief"});
    ASSERT_TRUE(backend->set("e", entry("1")).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_EQ(m_log.takeKeys(RemovalCause::evicted), std::vector<std::string>{"b"});
    EXPECT_EQ(value(*backend, "a"), "1");
}

TEST_F(FileBackendTest, readsAloneDoNotWriteForLong) {
    const auto backend = open();
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(backend->set("key:" + std::to_string(i), entry("1")).ok());
    }
    ASSERT_TRUE(backend->flush().ok());
    const auto readAll = [&] {
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(value(*backend, "key:" + std::to_string(i)), "1");
        }
        // A change of another entry, so that the marks of use are written before it returns.
        ASSERT_TRUE(backend->erase("absent").ok());
    };
    readAll();
    const auto walSize = [&] { return fs::file_size(database().string() + "-wal"); };
    readAll();
    const auto before = walSize();
    readAll();
    // The erase() writes the row of totals: one page and its header.
    EXPECT_LE(walSize() - before, 2 * (4096u + 24u));
}

TEST_F(FileBackendTest, filesAreForTheirOwnerAlone) {
    const mode_t before = ::umask(0);
    {
        const auto backend = open();
        ASSERT_TRUE(backend->set("small", entry("1")).ok());
        ASSERT_TRUE(backend->set("large", entry(std::string(100'000, 'l'))).ok());
        ASSERT_TRUE(backend->flush().ok());
        for (const auto& at : fs::recursive_directory_iterator{m_directory / "cache"}) {
            EXPECT_EQ(at.status().permissions(), fs::perms{at.is_directory() ? 0700u : 0600u})
                << at.path();
        }
        EXPECT_EQ(fs::status(path()).permissions(), fs::perms{0700});
    }
    ::umask(before);
}

TEST_F(FileBackendTest, largeValuesHaveFilesThatGoWithThem) {
    const auto backend = open();
    const std::string large(65 * 1024, 'l');
    ASSERT_TRUE(backend->set("a", entry(large)).ok());
    ASSERT_TRUE(backend->set("b", entry(std::string(64 * 1024, 's'))).ok());
    ASSERT_TRUE(backend->flush().ok());
    ASSERT_EQ(valueFiles().size(), 1u);
    EXPECT_EQ(value(*backend, "a"), large);
    ASSERT_TRUE(backend->set("a", entry(large + "2")).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_EQ(valueFiles().size(), 1u);
    EXPECT_EQ(value(*backend, "a"), large + "2");
    ASSERT_TRUE(backend->set("a", entry("small now")).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_TRUE(valueFiles().empty());
    ASSERT_TRUE(backend->set("a", entry(large)).ok());
    ASSERT_TRUE(backend->clear().ok());
    EXPECT_TRUE(valueFiles().empty());
}

TEST_F(FileBackendTest, aChangedOrMissingValueFileCostsOneEntry) {
    const auto backend = open();
    const std::string large(100'000, 'l');
    for (const char* key : {"changed", "cut", "missing"}) {
        ASSERT_TRUE(backend->set("small", entry("stays")).ok());
        ASSERT_TRUE(backend->set(key, entry(large)).ok());
        ASSERT_TRUE(backend->flush().ok());
        ASSERT_EQ(valueFiles().size(), 1u);
        const fs::path file = valueFiles().front();
        if (key == std::string_view{"changed"}) {
            std::fstream{file, std::ios::in | std::ios::out} << "X";
        } else if (key == std::string_view{"cut"}) {
            fs::resize_file(file, 1000);
        } else {
            fs::remove(file);
        }
        EXPECT_EQ(value(*backend, key), "(absent)") << key;
        EXPECT_EQ(value(*backend, "small"), "stays");
        const auto told = backend->check();
        ASSERT_FALSE(told.ok()) << key;
        EXPECT_EQ(told.error().code(), ErrorCode::damaged);
        EXPECT_TRUE(backend->check().ok()) << "told once";
        EXPECT_TRUE(valueFiles().empty());
    }
    EXPECT_EQ(backend->notices().size(), 3u);
}

TEST_F(FileBackendTest, leftoversOfKilledProcessesAreRemovedAndOnlyThose) {
    {
        const auto backend = open();
        ASSERT_TRUE(backend->set("large", entry(std::string(100'000, 'l'))).ok());
    }
    ASSERT_EQ(valueFiles().size(), 1u);
    const fs::path used = valueFiles().front();
    const fs::path folder = used.parent_path();
    const fs::path orphan = folder / (std::string(30, '0') + "-7");
    const fs::path unfinished = folder / (std::string(30, '0') + "-8.tmp-1-1");
    const fs::path foreign = folder / "notes.txt";
    for (const fs::path& file : {orphan, unfinished, foreign}) {
        std::ofstream{file} << "content";
    }
    open().reset();
    EXPECT_FALSE(fs::exists(orphan));
    EXPECT_FALSE(fs::exists(unfinished));
    EXPECT_TRUE(fs::exists(foreign));
    EXPECT_TRUE(fs::exists(used));
}

TEST_F(FileBackendTest, aDamagedDatabaseIsSetAsideAndANewOneBegun) {
    for (const bool header : {true, false}) {
        {
            const auto backend = open();
            for (int i = 0; i < 200; ++i) {
                ASSERT_TRUE(
                    backend->set("key:" + std::to_string(i), entry(std::string(500, 'v'))).ok());
            }
        }
        damage(header);
        fs::remove(database().string() + "-wal");
        const auto backend = open();
        for (int i = 0; i < 200; ++i) {
            EXPECT_EQ(value(*backend, "key:" + std::to_string(i)), "(absent)");
        }
        const auto told = backend->check();
        ASSERT_FALSE(told.ok());
        EXPECT_EQ(told.error().code(), ErrorCode::damaged);
        EXPECT_NE(told.error().detail().find(header ? "damaged-1" : "damaged-2"), std::string::npos)
            << told.error().toLogLine();
        EXPECT_TRUE(fs::exists(database().string() + (header ? ".damaged-1" : ".damaged-2")));
        ASSERT_TRUE(backend->set("key:0", entry("new")).ok());
        ASSERT_TRUE(backend->flush().ok());
        EXPECT_EQ(value(*backend, "key:0"), "new");
        EXPECT_TRUE(backend->check().ok());
    }
}

TEST_F(FileBackendTest, aDatabaseThatIsDamagedInUseIsSetAsideByAWriteToo) {
    {
        const auto backend = open();
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(
                backend->set("key:" + std::to_string(i), entry(std::string(500, 'v'))).ok());
        }
    }
    const auto backend = open();
    damage(false);
    fs::remove(database().string() + "-wal");
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(backend->set("key:" + std::to_string(i), entry("new")).ok());
    }
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_FALSE(backend->notices().empty());
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(value(*backend, "key:" + std::to_string(i)), "new");
    }
}

TEST_F(FileBackendTest, aFlippedByteOfAValueIsNeverServed) {
    const std::string original(300, 'v');
    {
        const auto backend = open();
        for (int i = 0; i < 50; ++i) {
            ASSERT_TRUE(backend->set("key:" + std::to_string(i), entry(original)).ok());
        }
    }
    // What a clean end leaves is all in the database itself; flip a byte of one value.
    std::string content;
    {
        std::ifstream in{database(), std::ios::binary};
        content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    const auto at = content.find(original);
    ASSERT_NE(at, std::string::npos);
    content[at + 100] = 'w';
    std::ofstream{database(), std::ios::binary} << content;
    fs::remove(database().string() + "-wal");

    const auto backend = open();
    for (int i = 0; i < 50; ++i) {
        const std::string found = value(*backend, "key:" + std::to_string(i));
        EXPECT_TRUE(found == original || found == "(absent)") << found;
    }
    ASSERT_EQ(backend->notices().size(), 1u);
    EXPECT_EQ(backend->notices()[0].code(), ErrorCode::damaged);
}

TEST_F(FileBackendTest, aDatabaseOfANewerVersionOrOfOthersIsKept) {
    { open(); }
    std::fstream{database(), std::ios::in | std::ios::out | std::ios::binary}.seekp(63) << '\x63';
    fs::remove(database().string() + "-wal");
    const auto backend = open();
    ASSERT_EQ(backend->notices().size(), 1u);
    EXPECT_EQ(backend->notices()[0].code(), ErrorCode::unsupported);
    EXPECT_TRUE(fs::exists(database().string() + ".foreign-1"));
    ASSERT_TRUE(backend->set("key", entry("value")).ok());
    EXPECT_TRUE(backend->flush().ok());
}

TEST_F(FileBackendTest, aDirectoryThatIsRemovedInUseIsBegunAnew) {
    const auto backend = open();
    ASSERT_TRUE(backend->set("key", entry("old")).ok());
    ASSERT_TRUE(backend->flush().ok());
    // The backend's thread may be opening the database meanwhile: files come and go there.
    std::error_code failure;
    do {
        fs::remove_all(path(), failure);
    } while (failure == std::errc::directory_not_empty ||
             failure == std::errc::no_such_file_or_directory);
    ASSERT_FALSE(failure) << failure.message();
    EXPECT_EQ(value(*backend, "key"), "(absent)");
    ASSERT_TRUE(backend->set("key", entry("new")).ok());
    ASSERT_TRUE(backend->flush().ok());
    EXPECT_EQ(value(*backend, "key"), "new");
    EXPECT_TRUE(fs::exists(database()));
}

TEST_F(FileBackendTest, anEntryFromTheFutureIsDropped) {
    ManualClock late{m_clock.now() + 1h};
    {
        BackendConfig config;
        config.clock = &late;
        const auto backend = FileBackend::open(path(), config).value();
        Entry made = entry("value");
        made.created = late.now();
        ASSERT_TRUE(backend->set("key", made).ok());
        EXPECT_EQ(value(*backend, "key"), "value");
    }
    const auto backend = open();
    EXPECT_EQ(value(*backend, "key"), "(absent)");
    EXPECT_EQ(backend->stat().value().entries, 0u);
}

TEST_F(FileBackendTest, whatIsBeingWrittenIsRemovedWhenItIsDue) {
    const auto backend = open();
    // A full group, which is written at once, and takes a while: their time is up meanwhile.
    constexpr int kEntries = 64;
    const std::string large(40'000, 'v');
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < kEntries; ++i) {
            ASSERT_TRUE(backend->set("k" + std::to_string(i), entry(large, 1s)).ok());
        }
        for (int pause = 0; pause < 10 * round; ++pause) {
            std::this_thread::yield();
        }
        m_clock.advance(2s);
        ASSERT_EQ(backend->removeExpired(1000).value(), kEntries) << "round " << round;
    }
}

}  // namespace
}  // namespace cachescope::test
