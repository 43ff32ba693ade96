// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/private_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "engine/core/file_error.h"

namespace cachescope {

namespace {

constexpr std::string_view kTemporaryMark = ".tmp-";

class FileDescriptor {
public:
    explicit FileDescriptor(int number) : m_number(number) {}
    ~FileDescriptor() {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    int number() const noexcept { return m_number; }
    bool valid() const noexcept { return m_number >= 0; }
    // A disk may report only here that it could not take what was written.
    bool close() noexcept { return ::close(std::exchange(m_number, -1)) == 0; }

private:
    int m_number;
};

bool writeAll(int descriptor, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<void> makePrivateDirectory(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0) {
        return S_ISDIR(info.st_mode) ? Result<void>{} : fileError(path, ENOTDIR);
    }
    if (errno != ENOENT) {
        return fileError(path, errno);
    }
    const auto end = path.find_last_not_of('/');
    const auto slash = end == std::string::npos ? end : path.rfind('/', end);
    if (slash != std::string::npos && slash != 0) {
        if (auto parent = makePrivateDirectory(path.substr(0, slash)); !parent) {
            return parent;
        }
    }
    // Another process may have been quicker; that is as good.
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return fileError(path, errno);
    }
    return {};
}

Result<std::optional<std::string>> readWholeFile(const std::string& path) {
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.valid()) {
        if (errno == ENOENT) {
            return std::optional<std::string>{};
        }
        return fileError(path, errno);
    }
    struct stat info {};
    if (::fstat(file.number(), &info) != 0) {
        return fileError(path, errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return Error{ErrorCode::io, path, "not a regular file"};
    }
    std::string content(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t got = ::read(file.number(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fileError(path, errno);
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    content.resize(filled);
    return std::optional<std::string>{std::move(content)};
}

Result<void> replaceFile(const std::string& path, std::initializer_list<std::string_view> parts) {
    static std::atomic<std::uint64_t> counter{0};
    const std::string temporary = path + std::string{kTemporaryMark} + std::to_string(::getpid()) +
                                  '-' + std::to_string(counter.fetch_add(1));
    // What a killed process of the same number left under this name is replaced.
    FileDescriptor file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!file.valid()) {
        return fileError(temporary, errno);
    }
    bool done = true;
    for (const std::string_view part : parts) {
        done = done && writeAll(file.number(), part);
    }
    done = done && file.close() && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!done) {
        const int failure = errno;
        ::unlink(temporary.c_str());
        return fileError(path, failure);
    }
    return {};
}

Result<bool> removeFile(const std::string& path) {
    if (::unlink(path.c_str()) == 0) {
        return true;
    }
    if (errno == ENOENT) {
        return false;
    }
    return fileError(path, errno);
}

bool isTemporaryName(std::string_view name) noexcept {
    return name.find(kTemporaryMark) != std::string_view::npos;
}

FileIdentity identityOf(const std::string& path) noexcept {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        return {};
    }
    return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

}  // namespace cachescope
