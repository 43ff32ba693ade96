// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/file_backend.h"
#include "tests/engine/backend_conformance.h"
#include "tests/support/temporary_directory.h"

namespace cachescope::test {

namespace fs = std::filesystem;

/// A FileBackend in a directory of its own, with a clock that stands still and a log of removals.
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

}  // namespace cachescope::test
