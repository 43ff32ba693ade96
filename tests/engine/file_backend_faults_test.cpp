// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a file cache meets in the world: full disks, missing permissions, other processes, kill -9.

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/engine/file_backend_fixture.h"

namespace cachescope::test {
namespace {

using FileBackendFaultsTest = FileBackendTest;

TEST_F(FileBackendFaultsTest, whatItCannotUseIsAnErrorOfItsKind) {
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

TEST_F(FileBackendFaultsTest, aDirectoryWithoutPermissionIsNotPermitted) {
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

TEST_F(FileBackendFaultsTest, aFullDiskIsAnErrorNotALossOfTruth) {
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

TEST_F(FileBackendFaultsTest, aFailureOfTheBackgroundWriterIsToldToTheNextCall) {
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

TEST_F(FileBackendFaultsTest, manyProcessesOpenAtOnceAndShareEntries) {
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

TEST_F(FileBackendFaultsTest, anEraseHasHappenedForAllProcesses) {
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

TEST_F(FileBackendFaultsTest, oneOfTwoUsersSettingADamagedDatabaseAsideServesBoth) {
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

TEST_F(FileBackendFaultsTest, thirtyKillsLeaveNoCorruptEntry) {
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

TEST_F(FileBackendFaultsTest, aPrefixKeepsTwoCachesApart) {
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
