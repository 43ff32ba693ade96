// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What version 2 of the database added: notes and moved deadlines, and what version 1 left.

#include "engine/backend/sqlite_database.h"
#include "tests/engine/file_backend_fixture.h"

namespace cachescope::test {
namespace {

class FileBackendNotesTest : public FileBackendTest {
protected:
    // The files of data/file-store-1, which a program of version 1 wrote: four entries.
    void useOldFiles() const {
        const fs::path old = fs::path{CACHESCOPE_SOURCE_DIR} / "tests/engine/data/file-store-1";
        const fs::path values = m_directory / "cache/values/d8";
        fs::create_directories(values);
        fs::copy_file(old / "cache.db", database());
        std::ofstream{values / "0d3479aef019867f3ffae491fc31a3-3"} << kLarge;
    }
    std::int64_t schemaVersion() const {
        auto connection = SqliteDatabase::open(database().string(), 10s).value();
        return connection.integer("PRAGMA user_version").value();
    }
    Entry noted(std::string_view value, std::string_view notes) const {
        Entry made = entry(value, 1h);
        made.notes = SharedBytes{notes};
        return made;
    }

    const std::string kLarge = std::string(70'000, 'l');
};

TEST_F(FileBackendNotesTest, aDatabaseOfVersionOneIsTakenOverWithAllItsEntries) {
    useOldFiles();
    ASSERT_EQ(schemaVersion(), 1);
    const TimePoint begin = m_clock.now();
    for (const bool first : {true, false}) {
        const auto backend = open();
        EXPECT_TRUE(backend->notices().empty());
        EXPECT_EQ(backend->stat().value().entries, first ? 4u : 5u);
        const auto small = backend->get("small").value();
        ASSERT_TRUE(small.has_value());
        EXPECT_EQ(small->value.view(), (std::string_view{"small\0value", 11}));
        EXPECT_EQ(small->created, begin - 3s);
        EXPECT_EQ(small->expires, begin + (first ? 1h : 2h));
        EXPECT_EQ(small->version, 0xfedc'ba98'7654'3210u);
        EXPECT_EQ(small->loadCost, 12ms);
        EXPECT_TRUE(small->notes.empty());
        EXPECT_EQ(value(*backend, "ever"), "for ever");
        EXPECT_EQ(value(*backend, "large"), kLarge);
        EXPECT_EQ(value(*backend, "brief"), "brief");
        EXPECT_TRUE(backend->touch("small", begin + 2h).value());
        EXPECT_TRUE(backend->touch("large", begin + 2h).value());
        ASSERT_TRUE(backend->set("noted", noted("value", "notes")).ok());
        ASSERT_TRUE(backend->flush().ok());
        EXPECT_EQ(backend->get("large").value()->expires, begin + 2h);
        EXPECT_EQ(backend->get("noted").value()->notes.view(), "notes");
    }
    EXPECT_EQ(schemaVersion(), 2);
    const auto backend = open();
    m_clock.advance(90min);
    EXPECT_EQ(backend->removeExpired(100).value(), 2u) << "brief and noted, by the old index";
    EXPECT_EQ(value(*backend, "large"), kLarge);
    for (const char* key : {"small", "ever", "large"}) {
        EXPECT_TRUE(backend->erase(key).value()) << key;
    }
    EXPECT_EQ(backend->stat().value().bytes, 0u);
    EXPECT_TRUE(valueFiles().empty());
}

TEST_F(FileBackendNotesTest, manyProcessesTakeAnOldDatabaseOverAtOnce) {
    useOldFiles();
    std::vector<pid_t> children;
    for (int p = 0; p < 6; ++p) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto backend = tryOpen();
            const bool works = backend && value(**backend, "ever") == "for ever" &&
                               (*backend)->touch("ever", m_clock.now() + 1h).ok() &&
                               (*backend)->notices().empty();
            _exit(works ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    EXPECT_EQ(open()->stat().value().entries, 4u);
}

TEST_F(FileBackendNotesTest, aTouchHasHappenedForAllProcesses) {
    const auto one = open();
    const auto other = open();
    ASSERT_TRUE(one->set("key", entry("value", 1s)).ok());
    ASSERT_TRUE(one->flush().ok());
    EXPECT_TRUE(other->touch("key", m_clock.now() + 1h).value());
    EXPECT_EQ(one->get("key").value()->expires, m_clock.now() + 1h);
    m_clock.advance(1min);
    EXPECT_EQ(value(*one, "key"), "value");
    EXPECT_TRUE(one->erase("key").value());
    EXPECT_FALSE(other->touch("key", kNever).value());
    EXPECT_EQ(value(*one, "key"), "(absent)");
}

TEST_F(FileBackendNotesTest, aTouchDoesNotReadTheValue) {
    const auto backend = open();
    ASSERT_TRUE(backend->set("large", entry(kLarge, 1s)).ok());
    ASSERT_TRUE(backend->flush().ok());
    ASSERT_EQ(valueFiles().size(), 1u);
    const fs::path file = valueFiles().front();
    fs::rename(file, m_directory / "elsewhere");
    EXPECT_TRUE(backend->touch("large", m_clock.now() + 1h).value());
    fs::rename(m_directory / "elsewhere", file);
    m_clock.advance(1min);
    EXPECT_EQ(value(*backend, "large"), kLarge);
}

TEST_F(FileBackendNotesTest, changedNotesOrDeadlinesAreNeverServed) {
    for (const char* change :
         {"notes = X'00'", "notes = NULL", "expires = expires + 1", "expires = NULL",
          "sealed = NULL", "sealed = sealed + 1", "sealed = expires", "checksum = checksum + 1"}) {
        for (const int touches : {1, 2}) {
            const auto backend = open();
            ASSERT_TRUE(backend->set("key", noted("value", "notes")).ok());
            ASSERT_TRUE(backend->flush().ok());
            for (int i = 1; i <= touches; ++i) {
                ASSERT_TRUE(backend->touch("key", m_clock.now() + i * 2h).value());
            }
            ASSERT_EQ(value(*backend, "key"), "value");
            ASSERT_TRUE(backend->notices().empty());
            {
                auto connection = SqliteDatabase::open(database().string(), 10s).value();
                const std::string statement = std::string{"UPDATE entry SET "} + change;
                ASSERT_TRUE(connection.run(statement.c_str()).ok());
            }
            EXPECT_EQ(value(*backend, "key"), "(absent)") << change << ", " << touches;
            EXPECT_EQ(backend->notices().size(), 1u) << change << ", " << touches;
        }
    }
}

TEST_F(FileBackendNotesTest, aDamagedDeadlineStaysDamagedWhenItIsMoved) {
    const auto backend = open();
    ASSERT_TRUE(backend->set("key", entry("value", 1h)).ok());
    ASSERT_TRUE(backend->flush().ok());
    auto connection = SqliteDatabase::open(database().string(), 10s).value();
    ASSERT_TRUE(connection.run("UPDATE entry SET expires = expires + 1").ok());
    EXPECT_TRUE(backend->touch("key", m_clock.now() + 2h).value());
    EXPECT_EQ(value(*backend, "key"), "(absent)");
    EXPECT_EQ(backend->notices().size(), 1u);
}

}  // namespace
}  // namespace cachescope::test
