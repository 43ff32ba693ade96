// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace cachescope {

/// Bytes one after the other: a file, memory, or what comes out of a compressed stream.
///
/// A failure is reported only after all bytes before it were handed out, so that a file that breaks
/// off in the middle gives what it holds. After a failure or the end, do not read on. One thread.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills `buffer` or a part of it and returns how much; 0 is the end. The buffer is not empty.
    virtual Result<std::size_t> read(std::span<char> buffer) = 0;

    /// How much of the file, as it lies on the disk, was read so far.
    virtual std::uint64_t position() const noexcept = 0;
    /// How large that file is; nothing where it cannot be known, as with a pipe.
    virtual std::optional<std::uint64_t> fileSize() const noexcept = 0;
};

/// A file as it is. Errors: notFound, notPermitted, io.
Result<std::unique_ptr<ByteSource>> openFile(const std::string& path);

/// Bytes that live longer than the source.
std::unique_ptr<ByteSource> readMemory(std::string_view bytes);

/// What a gzip stream holds, with all its members; `inner` is the stream itself. Errors: those of
/// `inner`; damaged where the stream is broken or incomplete.
Result<std::unique_ptr<ByteSource>> openGzip(std::unique_ptr<ByteSource> inner);

/// The same of a zlib stream, which is one piece; what lies behind it is not read.
Result<std::unique_ptr<ByteSource>> openZlib(std::unique_ptr<ByteSource> inner);

/// The same of a zstd stream with all its frames. A frame that needs more than 2^windowBits bytes
/// for itself (128 MiB) is refused as damaged.
Result<std::unique_ptr<ByteSource>> openZstd(std::unique_ptr<ByteSource> inner,
                                             unsigned windowBits = 27);

enum class Compression : std::uint8_t { none, gzip, zstd };

/// Finds by its first bytes how `inner` is compressed, and undoes that once.
struct Decompressed {
    Compression compression = Compression::none;
    std::unique_ptr<ByteSource> source;
};
Result<Decompressed> decompress(std::unique_ptr<ByteSource> inner);

}  // namespace cachescope
