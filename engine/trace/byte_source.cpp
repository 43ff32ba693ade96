// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/core/file_error.h"

namespace cachescope {

namespace {

class FileSource final : public ByteSource {
public:
    FileSource(int descriptor, std::string path)
        : m_descriptor(descriptor), m_path(std::move(path)) {
        struct stat status {};
        if (::fstat(m_descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            m_size = static_cast<std::uint64_t>(status.st_size);
            ::posix_fadvise(m_descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
        }
    }
    ~FileSource() override { ::close(m_descriptor); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    Result<std::size_t> read(std::span<char> buffer) override {
        for (;;) {
            const ssize_t count = ::read(m_descriptor, buffer.data(), buffer.size());
            if (count >= 0) {
                m_position += static_cast<std::uint64_t>(count);
                return static_cast<std::size_t>(count);
            }
            if (errno != EINTR) {
                return fileError(m_path, errno);
            }
        }
    }
    std::uint64_t position() const noexcept override { return m_position; }
    std::optional<std::uint64_t> fileSize() const noexcept override { return m_size; }

private:
    int m_descriptor;
    std::string m_path;
    std::uint64_t m_position = 0;
    std::optional<std::uint64_t> m_size;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : m_bytes(bytes) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t count = std::min(buffer.size(), m_bytes.size() - m_position);
        if (count != 0) {
            std::memcpy(buffer.data(), m_bytes.data() + m_position, count);
        }
        m_position += count;
        return count;
    }
    std::uint64_t position() const noexcept override { return m_position; }
    std::optional<std::uint64_t> fileSize() const noexcept override { return m_bytes.size(); }

private:
    std::string_view m_bytes;
    std::size_t m_position = 0;
};

// Hands out the first bytes, which somebody has looked at already, once more.
class RewoundSource final : public ByteSource {
public:
    RewoundSource(std::string first, std::unique_ptr<ByteSource> rest)
        : m_first(std::move(first)), m_rest(std::move(rest)) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        if (m_taken == m_first.size()) {
            return m_rest->read(buffer);
        }
        const std::size_t count = m_first.copy(buffer.data(), buffer.size(), m_taken);
        m_taken += count;
        return count;
    }
    std::uint64_t position() const noexcept override {
        return m_rest->position() - (m_first.size() - m_taken);
    }
    std::optional<std::uint64_t> fileSize() const noexcept override { return m_rest->fileSize(); }

private:
    std::string m_first;
    std::size_t m_taken = 0;
    std::unique_ptr<ByteSource> m_rest;
};

constexpr std::string_view kGzip{"\x1f\x8b"};
constexpr std::string_view kZstd{"\x28\xb5\x2f\xfd"};

// zstd's frames that hold no data begin with one of sixteen numbers.
bool isSkippableFrame(std::string_view first) noexcept {
    return first.size() == 4 && (static_cast<unsigned char>(first[0]) & 0xf0U) == 0x50 &&
           first.substr(1) == "\x2a\x4d\x18";
}

}  // namespace

Result<std::unique_ptr<ByteSource>> openFile(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return fileError(path, errno);
    }
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        ::close(descriptor);
        return fileError(path, EISDIR);
    }
    return std::unique_ptr<ByteSource>{std::make_unique<FileSource>(descriptor, path)};
}

std::unique_ptr<ByteSource> readMemory(std::string_view bytes) {
    return std::make_unique<MemorySource>(bytes);
}

Result<Decompressed> decompress(std::unique_ptr<ByteSource> inner) {
    std::string first;
    std::array<char, 4> buffer{};
    while (first.size() < buffer.size()) {
        const auto count = inner->read(std::span{buffer}.first(buffer.size() - first.size()));
        if (!count) {
            return count.error();
        }
        if (*count == 0) {
            break;
        }
        first.append(buffer.data(), *count);
    }
    const bool gzip = first.starts_with(kGzip);
    const bool zstd = first == kZstd || isSkippableFrame(first);
    Decompressed result;
    result.source = std::make_unique<RewoundSource>(std::move(first), std::move(inner));
    if (!gzip && !zstd) {
        return result;
    }
    result.compression = gzip ? Compression::gzip : Compression::zstd;
    auto opened = gzip ? openGzip(std::move(result.source)) : openZstd(std::move(result.source));
    if (!opened) {
        return opened.error();
    }
    result.source = std::move(*opened);
    return result;
}

}  // namespace cachescope
