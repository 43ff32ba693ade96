// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <zstd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/trace/byte_source.h"

namespace cachescope {

namespace {

// As much of a frame as shows that it is one.
constexpr std::size_t kFrameHeader = 5;
constexpr std::size_t kBlockHeader = 3;

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
};

class ZstdSource final : public ByteSource {
public:
    ZstdSource(std::unique_ptr<ZSTD_DStream, FreeStream> stream, std::unique_ptr<ByteSource> inner)
        : m_inner(std::move(inner)), m_buffer(ZSTD_DStreamInSize()), m_stream(std::move(stream)) {
        m_input.src = m_buffer.data();
    }

    Result<std::size_t> read(std::span<char> buffer) override {
        ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
        while (output.pos == 0) {
            if (m_failure) {
                return *m_failure;
            }
            // A decoder that filled its last buffer may hold more without any new input.
            if (m_input.pos == m_input.size && !m_mayHoldMore && !refill()) {
                if (!m_failure && m_inFrame) {
                    m_failure = Error{ErrorCode::damaged, {}, "the zstd stream is cut off"};
                }
                if (!m_failure) {
                    return std::size_t{0};
                }
                continue;
            }
            // A call that fails drops what it made before the fault. So each gets what the decoder
            // asked for, which is one block, and nothing new before the last one is handed out.
            const std::size_t more = m_mayHoldMore ? 0 : m_asked;
            ZSTD_inBuffer input{m_input.src, std::min(m_input.size, m_input.pos + more),
                                m_input.pos};
            const std::size_t result = ZSTD_decompressStream(m_stream.get(), &output, &input);
            m_input.pos = input.pos;
            if (ZSTD_isError(result) != 0U) {
                m_failure =
                    Error{ErrorCode::damaged,
                          {},
                          std::string{"the zstd stream is broken: "} + ZSTD_getErrorName(result)};
            } else {
                m_inFrame = result != 0;
                m_mayHoldMore = output.pos == output.size && m_inFrame;
                // What it asks for mostly ends with the header of the block after.
                m_asked = !m_inFrame              ? kFrameHeader
                          : result > kBlockHeader ? result - kBlockHeader
                                                  : result;
            }
        }
        return output.pos;
    }
    std::uint64_t position() const noexcept override {
        return m_inner->position() - (m_input.size - m_input.pos);
    }
    std::optional<std::uint64_t> fileSize() const noexcept override { return m_inner->fileSize(); }

private:
    bool refill() {
        const auto count = m_inner->read(m_buffer);
        if (!count) {
            m_failure = count.error();
            return false;
        }
        m_input.size = *count;
        m_input.pos = 0;
        return *count != 0;
    }

    std::unique_ptr<ByteSource> m_inner;
    std::vector<char> m_buffer;
    ZSTD_inBuffer m_input{};
    std::unique_ptr<ZSTD_DStream, FreeStream> m_stream;
    std::size_t m_asked = kFrameHeader;
    bool m_inFrame = false;
    bool m_mayHoldMore = false;
    std::optional<Error> m_failure;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> openZstd(std::unique_ptr<ByteSource> inner,
                                             unsigned windowBits) {
    std::unique_ptr<ZSTD_DStream, FreeStream> stream{ZSTD_createDStream()};
    if (stream == nullptr) {
        return Error{ErrorCode::tooLarge, {}, "no memory to undo zstd"};
    }
    ZSTD_initDStream(stream.get());
    ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, static_cast<int>(windowBits));
    return std::unique_ptr<ByteSource>{
        std::make_unique<ZstdSource>(std::move(stream), std::move(inner))};
}

}  // namespace cachescope
