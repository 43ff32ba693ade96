// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/file_store_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/file_error.h"
#include "engine/core/hash.h"

namespace cachescope {

namespace {

constexpr std::size_t kHashDigits = 32;

bool isHexDigit(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// "ab/" + the other 30 digits + "-" + a number.
bool isValueName(std::string_view name) noexcept {
    constexpr std::size_t kDash = kHashDigits + 1;
    if (name.size() < kDash + 2 || name.size() > kDash + 21 || name[2] != '/' ||
        name[kDash] != '-') {
        return false;
    }
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i != 2 && i != kDash && !isHexDigit(name[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace

FileStoreDirectory::Lock::Lock(Lock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

FileStoreDirectory::Lock::~Lock() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<FileStoreDirectory::Lock> FileStoreDirectory::lock(Duration patience) const {
    const std::string name = m_path + "/cache.lock";
    const Clock& clock = SystemClock::instance();
    const TimePoint giveUp = deadlineAfter(clock.now(), patience);
    for (;;) {
        if (auto made = makePrivateDirectory(m_path); !made) {
            return made.error();
        }
        Lock lock{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
        if (lock.m_descriptor < 0) {
            return fileError(name, errno);
        }
        if (::flock(lock.m_descriptor, LOCK_EX | LOCK_NB) == 0) {
            // A lock on a file that somebody has removed meanwhile excludes nobody.
            struct stat held {};
            const bool same =
                ::fstat(lock.m_descriptor, &held) == 0 &&
                identityOf(name) == FileIdentity{static_cast<std::uint64_t>(held.st_dev),
                                                 static_cast<std::uint64_t>(held.st_ino)};
            if (same) {
                return lock;
            }
            continue;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return fileError(name, errno);
        }
        if (clock.now() >= giveUp) {
            return Error{ErrorCode::timedOut, name, "another process holds the lock"};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

Result<void> FileStoreDirectory::createDatabaseFile() const {
    const std::string path = databasePath();
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return errno == EEXIST ? Result<void>{} : fileError(path, errno);
    }
    ::close(descriptor);
    return {};
}

Result<std::string> FileStoreDirectory::setDatabaseAside(std::string_view word) const {
    const std::string from = databasePath();
    std::string to;
    for (int number = 1;; ++number) {
        to = from + '.' + std::string{word} + '-' + std::to_string(number);
        if (!identityOf(to).exists()) {
            break;
        }
    }
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return fileError(from, errno);
    }
    // The database before its log: should we be killed in between, a log without a database is
    // discarded by the next who opens, but a database without its log would be an old state.
    for (const char* suffix : {"-wal", "-shm"}) {
        if (::rename((from + suffix).c_str(), (to + suffix).c_str()) != 0 && errno != ENOENT) {
            return fileError(from + suffix, errno);
        }
    }
    return to;
}

Result<std::string> FileStoreDirectory::writeValue(std::string_view key, std::int64_t number,
                                                   std::string_view value) const {
    const std::string hash = hash128Hex(key);
    const std::string folder = m_path + "/values/" + hash.substr(0, 2);
    std::string name = hash.substr(0, 2) + '/' + hash.substr(2) + '-' + std::to_string(number);
    const std::string path = m_path + "/values/" + name;
    auto written = replaceFile(path, {value});
    if (!written && written.error().code() == ErrorCode::notFound) {
        if (auto made = makePrivateDirectory(folder); !made) {
            return made.error();
        }
        written = replaceFile(path, {value});
    }
    if (!written) {
        return written.error();
    }
    return name;
}

Result<std::optional<Bytes>> FileStoreDirectory::readValue(std::string_view name) const {
    if (!isValueName(name)) {
        return Error{ErrorCode::damaged, databasePath(), "an impossible name of a value file"};
    }
    const auto content = readWholeFile(m_path + "/values/" + std::string{name});
    if (!content) {
        return content.error();
    }
    return *content ? std::optional<Bytes>{Bytes{**content}} : std::optional<Bytes>{};
}

Result<void> FileStoreDirectory::removeValue(std::string_view name) const {
    if (!isValueName(name)) {
        return Error{ErrorCode::damaged, databasePath(), "an impossible name of a value file"};
    }
    const auto removed = removeFile(m_path + "/values/" + std::string{name});
    return removed ? Result<void>{} : removed.error();
}

std::vector<std::string> FileStoreDirectory::valueNames() const {
    namespace fs = std::filesystem;
    std::vector<std::string> names;
    std::error_code failure;
    const fs::path root = m_path + "/values";
    for (fs::directory_iterator folder{root, failure}, end; !failure && folder != end;
         folder.increment(failure)) {
        std::error_code innerFailure;
        for (fs::directory_iterator file{folder->path(), innerFailure};
             !innerFailure && file != end; file.increment(innerFailure)) {
            std::string name =
                folder->path().filename().string() + '/' + file->path().filename().string();
            if (isValueName(name) ||
                (isTemporaryName(name) && isValueName(name.substr(0, name.find('.'))))) {
                names.push_back(std::move(name));
            }
        }
    }
    return names;
}

void FileStoreDirectory::removeLeftover(std::string_view name) const {
    ::unlink((m_path + "/values/" + std::string{name}).c_str());
}

}  // namespace cachescope
