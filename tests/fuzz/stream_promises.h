// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "engine/trace/byte_source.h"
#include "tests/fuzz/fuzz.h"

namespace cachescope::fuzz {

// A stream can mean a thousand times its own size.
inline constexpr std::size_t kEnough = std::size_t{4} << 20;

/// What `source` gives when so many bytes are asked for at a time, and how it ends.
inline std::string contentOf(ByteSource& source, std::size_t streamSize, std::size_t atATime) {
    std::string buffer(atATime, '\0');
    std::string content;
    while (content.size() < kEnough) {
        const auto count = source.read(buffer);
        if (!count.ok()) {
            content += "|" + count.error().detail();
            break;
        }
        if (*count == 0) {
            break;
        }
        promise(*count <= atATime);
        promise(source.position() <= streamSize);
        content.append(buffer, 0, *count);
    }
    return content.substr(0, kEnough);
}

/// A stream from anywhere gives the same bytes, and ends for the same reason, however much is asked
/// for at a time. `open` makes a source of a stream.
template <class Open>
void promiseSameBytes(const Open& open, std::string_view stream) {
    const auto content = [&](std::size_t atATime) {
        return contentOf(*open(readMemory(stream)).value(), stream.size(), atATime);
    };
    const std::string whole = content(1 << 16);
    if (whole.size() < (1 << 16)) {
        promise(content(7) == whole);
    }
}

}  // namespace cachescope::fuzz
