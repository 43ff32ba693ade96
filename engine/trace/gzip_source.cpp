// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/trace/byte_source.h"

namespace cachescope {

namespace {

constexpr std::size_t kInputBytes = std::size_t{128} << 10;
// The largest window, and a gzip header is expected.
constexpr int kGzipWindow = 15 + 16;
// The same with a zlib header.
constexpr int kZlibWindow = 15;

// Undoes gzip, with all members, or zlib, which is one.
class GzipSource final : public ByteSource {
public:
    explicit GzipSource(std::unique_ptr<ByteSource> inner)
        : m_inner(std::move(inner)), m_input(kInputBytes) {}
    ~GzipSource() override {
        if (m_started) {
            inflateEnd(&m_stream);
        }
    }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    bool start(int window) {
        m_isOne = window == kZlibWindow;
        m_started = inflateInit2(&m_stream, window) == Z_OK;
        return m_started;
    }

    Result<std::size_t> read(std::span<char> buffer) override {
        m_stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        m_stream.avail_out = static_cast<uInt>(std::min(buffer.size(), std::size_t{1} << 30));
        const std::size_t wanted = m_stream.avail_out;
        while (m_stream.avail_out == wanted) {
            if (m_failure) {
                return *m_failure;
            }
            if (m_isOne && m_members) {
                return std::size_t{0};
            }
            // A decoder that filled its last buffer may hold more without any new input.
            if (m_stream.avail_in == 0 && !m_mayHoldMore && !refill()) {
                if (!m_failure && m_inMember) {
                    m_failure = Error{ErrorCode::damaged, {}, "the gzip stream is cut off"};
                }
                if (!m_failure) {
                    return std::size_t{0};
                }
                continue;
            }
            inflateSome();
        }
        return wanted - m_stream.avail_out;
    }
    std::uint64_t position() const noexcept override {
        return m_inner->position() - m_stream.avail_in;
    }
    std::optional<std::uint64_t> fileSize() const noexcept override { return m_inner->fileSize(); }

private:
    bool refill() {
        const auto count = m_inner->read(m_input);
        if (!count) {
            m_failure = count.error();
            return false;
        }
        m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
        m_stream.avail_in = static_cast<uInt>(*count);
        return *count != 0;
    }

    void inflateSome() {
        if (!m_inMember && m_members && *m_stream.next_in == 0) {
            // Zeros that fill the last block of a tape or a disk follow many a file.
            --m_stream.avail_in;
            ++m_stream.next_in;
            return;
        }
        m_inMember = true;
        const int result = inflate(&m_stream, Z_NO_FLUSH);
        m_mayHoldMore = result == Z_OK && m_stream.avail_out == 0;
        if (result == Z_STREAM_END) {
            m_inMember = false;
            m_members = true;
            inflateReset(&m_stream);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            m_failure = Error{ErrorCode::damaged,
                              {},
                              std::string{"the gzip stream is broken"} +
                                  (m_stream.msg == nullptr ? "" : ": ") +
                                  (m_stream.msg == nullptr ? "" : m_stream.msg)};
        }
    }

    std::unique_ptr<ByteSource> m_inner;
    std::vector<char> m_input;
    z_stream m_stream{};
    bool m_started = false;
    bool m_isOne = false;
    bool m_inMember = false;
    bool m_members = false;  // one of them is complete
    bool m_mayHoldMore = false;
    std::optional<Error> m_failure;
};

Result<std::unique_ptr<ByteSource>> open(std::unique_ptr<ByteSource> inner, int window) {
    auto source = std::make_unique<GzipSource>(std::move(inner));
    if (!source->start(window)) {
        return Error{ErrorCode::tooLarge, {}, "no memory to undo gzip"};
    }
    return std::unique_ptr<ByteSource>{std::move(source)};
}

}  // namespace

Result<std::unique_ptr<ByteSource>> openGzip(std::unique_ptr<ByteSource> inner) {
    return open(std::move(inner), kGzipWindow);
}

Result<std::unique_ptr<ByteSource>> openZlib(std::unique_ptr<ByteSource> inner) {
    return open(std::move(inner), kZlibWindow);
}

}  // namespace cachescope
