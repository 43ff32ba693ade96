// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_backend.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/engine/backend_conformance.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {
namespace {

namespace fs = std::filesystem;

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

class FileBackendTest : public ::testing::Test {
protected:
    Result<std::unique_ptr<FileBackend>> tryOpen(std::uint64_t maxEntries = 0,
                                                 std::uint64_t maxBytes = 0) {
        BackendConfig config;
        config.clock = &m_clock;
        config.timeout = 10s;
        config.maxEntries = maxEntries;
        config.maxBytes = maxBytes;
        auto opened = FileBackend::open(path(), config);
        if (opened) {
            (*opened)->setRemovalListener(m_log.listener());
        }
        return opened;
    }
    std::unique_ptr<FileBackend> open(std::uint64_t maxEntries = 0, std::uint64_t maxBytes = 0) {
        return tryOpen(maxEntries, maxBytes).value();
    }
    std::string path() const { return (m_directory / "cache").string(); }
    fs::path database() const { return m_directory / "cache/cache.db"; }

    Entry entry(std::string_view value, Duration ttl = Duration::max()) const {
        return {.value = Bytes{value},
                .created = m_clock.now(),
                .expires = deadlineAfter(m_clock.now(), ttl)};
    }
    static std::string value(Backend& backend, std::string_view key) {
        auto found = backend.get(key);
        EXPECT_TRUE(found.ok()) << found.error().toLogLine();
        return found && *found ? (*found)->value.toString() : "(absent)";
    }
    std::vector<fs::path> valueFiles() const {
        std::vector<fs::path> found;
        std::error_code none;
        for (fs::recursive_directory_iterator at{m_directory / "cache/values", none}, end;
             !none && at != end; at.increment(none)) {
            if (at->is_regular_file()) {
                found.push_back(at->path());
            }
        }
        return found;
    }
    // Overwrites all pages but the first, or all.
    void damage(bool header) const {
        const auto size = fs::file_size(database());
        std::fstream file{database(), std::ios::in | std::ios::out | std::ios::binary};
        const std::streamoff from = header ? 0 : 4096;
        file.seekp(from);
        file << std::string(static_cast<std::size_t>(size) - static_cast<std::size_t>(from), 'X');
    }
    // The exit code of `body` run in a process of its own, 255 when it was killed.
    template <class Body>
    static int inChild(const Body& body) {
        const pid_t child = fork();
        if (child == 0) {
            _exit(body());
        }
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    }

    ManualClock m_clock{TimePoint{1'767'225'600s}};
    TemporaryDirectory m_directory;
    RemovalLog m_log;
};

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
    fs::remove_all(path());
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

TEST_F(FileBackendTest, whatItCannotUseIsAnErrorOfItsKind) {
    std::ofstream{m_directory / "file"} << "not a directory";
    fs::create_directories(m_directory / "odd/cache.db");
    const auto codeOf = [](const std::string& directory, const BackendConfig& config) {
        const auto opened = FileBackend::open(directory, config);
        return opened ? "ok" : errorCodeName(opened.error().code());
    };
    BackendConfig config;
    EXPECT_STREQ(codeOf((m_directory / "file").string(), config), "io");
    EXPECT_STREQ(codeOf((m_directory / "file/below").string(), config), "io");
    EXPECT_STREQ(codeOf((m_directory / "odd").string(), config), "io");
    EXPECT_STREQ(codeOf("", config), "missing");
    EXPECT_STREQ(codeOf((m_directory / "a/b/c").string(), config), "ok");
    config.policy = "lru";
    EXPECT_STREQ(codeOf((m_directory / "policy").string(), config), "unsupported");
}

TEST_F(FileBackendTest, aDirectoryWithoutPermissionIsNotPermitted) {
    fs::create_directory(m_directory / "locked");
    fs::permissions(m_directory.path(), fs::perms{0755});
    fs::permissions(m_directory / "locked", fs::perms{0555});
    const std::string directory = (m_directory / "locked/cache").string();
    const int code = inChild([&] {
        // Root may write everywhere, so become nobody first.
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            return 77;
        }
        const auto opened = FileBackend::open(directory, {});
        return !opened && opened.error().code() == ErrorCode::notPermitted ? 0 : 1;
    });
    if (code == 77) {
        GTEST_SKIP() << "runs as root and cannot give its rights up";
    }
    EXPECT_EQ(code, 0);
}

TEST_F(FileBackendTest, aFullDiskIsAnErrorNotALossOfTruth) {
    const int code = inChild([&] {
        const auto backend = open();
        const auto fails = [](const char* what) {
            std::fprintf(stderr, "full disk: %s\n", what);
            return 1;
        };
        if (!backend->set("key", entry("old")).ok() || !backend->flush().ok()) {
            return fails("first set");
        }
        signal(SIGXFSZ, SIG_IGN);
        const rlim_t size = fs::file_size(database().string() + "-wal");
        struct rlimit limit {
            size, RLIM_INFINITY
        };
        setrlimit(RLIMIT_FSIZE, &limit);
        if (!backend->set("key", entry("new")).ok()) {
            return fails("a set is queued");
        }
        const auto flushed = backend->flush();
        if (flushed.ok() || flushed.error().code() != ErrorCode::diskFull) {
            return fails("flush tells");
        }
        const auto checked = backend->check();
        if (checked.ok() || checked.error().code() != ErrorCode::diskFull) {
            return fails("check tells");
        }
        if (value(*backend, "key") != "(absent)") {
            return fails("the old value must not come back");
        }
        limit.rlim_cur = RLIM_INFINITY;
        setrlimit(RLIMIT_FSIZE, &limit);
        if (!backend->set("other", entry("1")).ok() || !backend->flush().ok() ||
            !backend->check().ok()) {
            return fails("works again");
        }
        if (value(*backend, "key") != "(absent)" || value(*backend, "other") != "1") {
            return fails("what is there afterwards");
        }
        return backend->notices().empty() ? 0 : fails("no damage");
    });
    EXPECT_EQ(code, 0);
    EXPECT_EQ(value(*open(), "key"), "(absent)");
}

TEST_F(FileBackendTest, aFailureOfTheBackgroundWriterIsToldToTheNextCall) {
    const int code = inChild([&] {
        const auto backend = open();
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit {
            4096, RLIM_INFINITY
        };
        setrlimit(RLIMIT_FSIZE, &limit);
        // Nothing but sets: only the background writer can meet the full disk.
        for (int i = 0; i < 10'000'000; ++i) {
            const auto set = backend->set("key:" + std::to_string(i % 1000), entry("value"));
            if (!set.ok()) {
                return set.error().code() == ErrorCode::diskFull ? 0 : 1;
            }
        }
        return 2;
    });
    EXPECT_EQ(code, 0);
}

TEST_F(FileBackendTest, manyProcessesOpenAtOnceAndShareEntries) {
    constexpr int kProcesses = 8;
    std::vector<pid_t> children;
    for (int p = 0; p < kProcesses; ++p) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto backend = tryOpen();
            if (!backend) {
                std::fprintf(stderr, "%s\n", backend.error().toLogLine().c_str());
                _exit(1);
            }
            for (int i = 0; i < 200; ++i) {
                const std::string key = std::to_string(p) + ':' + std::to_string(i);
                if (!(*backend)->set(key, entry("value " + key)).ok()) {
                    _exit(2);
                }
            }
            if (auto flushed = (*backend)->flush(); !flushed) {
                std::fprintf(stderr, "%s\n", flushed.error().toLogLine().c_str());
                _exit(3);
            }
            _exit((*backend)->notices().empty() ? 0 : 4);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    const auto backend = open();
    EXPECT_EQ(backend->stat().value().entries, 200u * kProcesses);
    for (int p = 0; p < kProcesses; ++p) {
        for (int i = 0; i < 200; i += 20) {
            const std::string key = std::to_string(p) + ':' + std::to_string(i);
            EXPECT_EQ(value(*backend, key), "value " + key);
        }
    }
}

TEST_F(FileBackendTest, anEraseHasHappenedForAllProcesses) {
    const auto writer = open();
    const auto reader = open();
    ASSERT_TRUE(writer->set("key", entry("1")).ok());
    ASSERT_TRUE(writer->flush().ok());
    EXPECT_EQ(value(*reader, "key"), "1");
    ASSERT_TRUE(reader->erase("key").value());
    EXPECT_EQ(value(*writer, "key"), "(absent)");
    ASSERT_TRUE(writer->set("key", entry("2")).ok());
    ASSERT_TRUE(writer->flush().ok());
    EXPECT_EQ(value(*reader, "key"), "2");
    EXPECT_EQ(writer->clear().value(), 1u);
    EXPECT_EQ(value(*reader, "key"), "(absent)");
}

TEST_F(FileBackendTest, oneOfTwoUsersSettingADamagedDatabaseAsideServesBoth) {
    const auto fill = [&](Backend& backend) {
        for (int i = 0; i < 100; ++i) {
            ASSERT_TRUE(backend.set("key:" + std::to_string(i), entry(std::string(500, 'v'))).ok());
        }
        ASSERT_TRUE(backend.flush().ok());
    };
    { fill(*open()); }
    const auto one = open();
    const auto other = open();
    damage(false);
    fs::remove(database().string() + "-wal");
    EXPECT_EQ(value(*one, "key:1"), "(absent)");
    EXPECT_EQ(value(*other, "key:1"), "(absent)");
    ASSERT_TRUE(one->set("key:1", entry("fresh")).ok());
    ASSERT_TRUE(one->flush().ok());
    EXPECT_EQ(value(*other, "key:1"), "fresh");
    EXPECT_TRUE(other->erase("key:1").value());
    EXPECT_EQ(value(*one, "key:1"), "(absent)");
    EXPECT_FALSE(fs::exists(database().string() + ".damaged-2"));
}

TEST_F(FileBackendTest, thirtyKillsLeaveNoCorruptEntry) {
    // A value says which key and round it belongs to; some are large enough for files.
    const auto valueOf = [](const std::string& key, int round) {
        return key + '|' + std::to_string(round) + '|' +
               std::string(round % 7 == 0 ? 80'000 : 700, static_cast<char>('a' + round % 26));
    };
    for (int kill = 0; kill < 30; ++kill) {
        int progress[2];
        ASSERT_EQ(pipe(progress), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto backend = open(150);
            for (int round = 0;; ++round) {
                const std::string key = "key:" + std::to_string(round * 37 % 200);
                if (!backend->set(key, entry(valueOf(key, round))).ok()) {
                    _exit(1);
                }
                if (round % 50 == 49 && write(progress[1], "x", 1) != 1) {
                    _exit(2);
                }
            }
        }
        close(progress[1]);
        // Killed after a number of writes that differs each time, wherever it is then.
        char byte = 0;
        for (int i = 0; i <= kill; ++i) {
            ASSERT_EQ(read(progress[0], &byte, 1), 1);
        }
        ::kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        close(progress[0]);
        EXPECT_TRUE(WIFSIGNALED(status));
    }
    const auto backend = open(150);
    std::uint64_t found = 0;
    for (int i = 0; i < 200; ++i) {
        const std::string key = "key:" + std::to_string(i);
        const std::string text = value(*backend, key);
        if (text == "(absent)") {
            continue;
        }
        ++found;
        const auto bar = text.find('|');
        ASSERT_NE(bar, std::string::npos);
        EXPECT_TRUE(text == valueOf(key, std::stoi(text.substr(bar + 1)))) << key;
    }
    EXPECT_GT(found, 0u);
    EXPECT_EQ(backend->stat().value().entries, found);
    EXPECT_TRUE(backend->notices().empty());
    EXPECT_FALSE(fs::exists(database().string() + ".damaged-1"));
}

TEST_F(FileBackendTest, aPrefixKeepsTwoCachesApart) {
    BackendConfig config;
    config.clock = &m_clock;
    config.prefix = "a";
    const auto a = FileBackend::open(path(), config).value();
    config.prefix = "../b";
    const auto b = FileBackend::open(path(), config).value();
    ASSERT_TRUE(a->set("key", entry("of a")).ok());
    ASSERT_TRUE(a->flush().ok());
    EXPECT_EQ(value(*b, "key"), "(absent)");
    EXPECT_EQ(b->clear().value(), 0u);
    EXPECT_EQ(value(*a, "key"), "of a");
}

}  // namespace
}  // namespace cachescope::test
