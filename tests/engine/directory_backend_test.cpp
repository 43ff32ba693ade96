// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/directory_backend.h"

#include <gtest/gtest.h>
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

struct DirectoryStore {
    Result<std::unique_ptr<Backend>> open(const BackendConfig& config) {
        BackendRegistry registry;
        registry.add(directoryBackendKind());
        return registry.create("dir:" + (m_directory / "cache").string(), config);
    }
    ConformanceLimits limits() const { return {}; }
    std::string unavailable() const { return {}; }

private:
    TemporaryDirectory m_directory;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Directory, BackendConformance, DirectoryStore);

class DirectoryBackendTest : public ::testing::Test {
protected:
    std::unique_ptr<DirectoryBackend> open() {
        BackendConfig config;
        config.clock = &m_clock;
        return DirectoryBackend::open(path(), config).value();
    }
    std::string path() const { return (m_directory / "cache").string(); }

    Entry entry(std::string_view value) const {
        return {.value = Bytes{value}, .created = m_clock.now()};
    }
    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& at : fs::recursive_directory_iterator{m_directory.path()}) {
            if (at.is_regular_file()) {
                found.push_back(at.path());
            }
        }
        return found;
    }

    ManualClock m_clock{TimePoint{1'767'225'600s}};
    TemporaryDirectory m_directory;
};

TEST_F(DirectoryBackendTest, hostileKeysStayInTheDirectory) {
    const auto backend = open();
    for (const std::string& key : awkwardKeys()) {
        ASSERT_TRUE(backend->set(key, entry("value")).ok());
    }
    EXPECT_EQ(files().size(), awkwardKeys().size());
    for (const fs::path& file : files()) {
        EXPECT_EQ(file.string().rfind(path() + '/', 0), 0u) << file;
        EXPECT_EQ(fs::status(file).permissions(), fs::perms{0600}) << file;
    }
    EXPECT_EQ(fs::status(path()).permissions(), fs::perms{0700});
}

TEST_F(DirectoryBackendTest, aFileThatIsNotWholeIsAbsent) {
    const auto backend = open();
    Entry noted = entry(std::string(1000, 'v'));
    noted.notes = SharedBytes{"notes"};
    ASSERT_TRUE(backend->set("key", noted).ok());
    ASSERT_EQ(files().size(), 1u);
    const fs::path file = files().front();
    std::string content;
    {
        std::ifstream in{file, std::ios::binary};
        content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    const auto getAfterWriting = [&](std::string_view bytes) {
        std::ofstream{file, std::ios::binary} << bytes;
        return backend->get("key").value();
    };
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{63},
                                     std::size_t{64}, std::size_t{72}, content.size() - 1}) {
        EXPECT_EQ(getAfterWriting(content.substr(0, length)), std::nullopt) << length;
    }
    for (std::size_t at = 0; at < content.size(); at += 13) {
        std::string changed = content;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_EQ(getAfterWriting(changed), std::nullopt) << "byte " << at;
    }
    EXPECT_EQ(getAfterWriting(content + "more"), std::nullopt);
    ASSERT_TRUE(getAfterWriting(content).has_value()) << "unchanged, it must be served";
}

TEST_F(DirectoryBackendTest, filesOfTheFirstLayoutAreStillRead) {
    fs::create_directories(path());
    fs::copy(fs::path{CACHESCOPE_SOURCE_DIR} / "tests/engine/data/directory-1", path(),
             fs::copy_options::recursive);
    const auto backend = open();
    const auto small = backend->get("small").value();
    ASSERT_TRUE(small.has_value());
    EXPECT_EQ(small->value.view(), (std::string_view{"small\0value", 11}));
    EXPECT_EQ(small->created, m_clock.now() - 3s);
    EXPECT_EQ(small->expires, m_clock.now() + 1h);
    EXPECT_EQ(small->version, 0xfedc'ba98'7654'3210u);
    EXPECT_EQ(small->loadCost, 12ms);
    EXPECT_TRUE(small->notes.empty());
    EXPECT_EQ(backend->get("ever").value()->value.view(), "for ever");
    Entry noted = entry("new");
    noted.notes = SharedBytes{"notes"};
    ASSERT_TRUE(backend->set("ever", noted).ok());
    EXPECT_EQ(backend->get("ever").value()->notes.view(), "notes");
    m_clock.advance(2s);
    EXPECT_EQ(backend->removeExpired(10).value(), 1u);
    EXPECT_EQ(backend->clear().value(), 2u);
    EXPECT_TRUE(files().empty());
}

TEST_F(DirectoryBackendTest, aFileUnderTheNameOfAnotherKeyIsNotServed) {
    const auto backend = open();
    ASSERT_TRUE(backend->set("mine", entry("secret")).ok());
    const fs::path mine = files().front();
    ASSERT_TRUE(backend->set("yours", entry("open")).ok());
    for (const fs::path& file : files()) {
        if (file != mine) {
            fs::copy_file(mine, file, fs::copy_options::overwrite_existing);
        }
    }
    EXPECT_EQ(backend->get("yours").value(), std::nullopt);
}

TEST_F(DirectoryBackendTest, clearLeavesTheFilesOfOthersAlone) {
    const auto backend = open();
    ASSERT_TRUE(backend->set("key", entry("value")).ok());
    const fs::path ours = files().front();
    const std::vector<fs::path> others = {
        fs::path{path()} / "README", ours.parent_path() / "notes.txt",
        ours.parent_path() / (std::string(30, '0') + ".entry"), fs::path{path()} / "x.entry"};
    for (const fs::path& other : others) {
        std::ofstream{other} << "precious";
    }
    EXPECT_EQ(backend->clear().value(), 1u);
    EXPECT_FALSE(fs::exists(ours));
    for (const fs::path& other : others) {
        EXPECT_TRUE(fs::exists(other)) << other;
    }
}

TEST_F(DirectoryBackendTest, aReaderInAnotherProcessSeesWholeValuesOnly) {
    const auto backend = open();
    const auto valueOf = [](int i) {
        return std::string(16 * 1024, static_cast<char>('a' + i % 26));
    };
    ASSERT_TRUE(backend->set("key", entry(valueOf(0))).ok());
    const pid_t writer = fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
        const auto child = open();
        for (int i = 0; i < 3000; ++i) {
            if (!child->set("key", entry(valueOf(i))).ok()) {
                _exit(1);
            }
        }
        _exit(0);
    }
    int status = 0;
    int reads = 0;
    int wrong = 0;
    do {
        const auto found = backend->get("key");
        ASSERT_TRUE(found.ok()) << found.error().toLogLine();
        const std::string_view text = *found ? (*found)->value.view() : std::string_view{};
        wrong += text.size() == 16 * 1024 &&
                         text.find_first_not_of(text.front()) == std::string_view::npos
                     ? 0
                     : 1;
        ++reads;
    } while (waitpid(writer, &status, WNOHANG) == 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(reads, 100);
}

TEST_F(DirectoryBackendTest, aPrefixKeepsTwoCachesApart) {
    BackendConfig config;
    config.clock = &m_clock;
    config.prefix = "../a/";
    const auto a = DirectoryBackend::open(path(), config).value();
    config.prefix = "b";
    const auto b = DirectoryBackend::open(path(), config).value();
    ASSERT_TRUE(a->set("key", entry("of a")).ok());
    EXPECT_EQ(b->get("key").value(), std::nullopt);
    EXPECT_EQ(b->clear().value(), 0u);
    EXPECT_TRUE(a->get("key").value().has_value());
}

TEST_F(DirectoryBackendTest, whatItCannotUseIsAnErrorOfItsKind) {
    std::ofstream{m_directory / "file"} << "not a directory";
    const auto codeOf = [](const std::string& directory, const BackendConfig& config) {
        const auto opened = DirectoryBackend::open(directory, config);
        return opened ? "ok" : errorCodeName(opened.error().code());
    };
    BackendConfig config;
    EXPECT_STREQ(codeOf((m_directory / "file").string(), config), "io");
    EXPECT_STREQ(codeOf((m_directory / "file/below").string(), config), "io");
    EXPECT_STREQ(codeOf("", config), "missing");
    EXPECT_STREQ(codeOf((m_directory / "a/b/c").string(), config), "ok");
    config.maxEntries = 10;
    EXPECT_STREQ(codeOf((m_directory / "bounded").string(), config), "unsupported");
}

}  // namespace
}  // namespace cachescope::test
