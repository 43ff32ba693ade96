// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/compressed.h"

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>

namespace cachescope::test {

std::string gzipped(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        std::abort();
    }
    std::string result(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        std::abort();
    }
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

std::string zstdCompressed(std::string_view bytes) {
    std::string result(ZSTD_compressBound(bytes.size()), '\0');
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    // As the program zstd does.
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    const std::size_t size =
        ZSTD_compress2(context, result.data(), result.size(), bytes.data(), bytes.size());
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(size) != 0U) {
        std::abort();
    }
    result.resize(size);
    return result;
}

}  // namespace cachescope::test
