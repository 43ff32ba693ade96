// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A gzip stream from anywhere gives the same bytes, and ends for the same reason, however much is
// asked for at a time.

#include <algorithm>
#include <string>

#include "engine/trace/byte_source.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

namespace {

// A stream can mean a thousand times its own size.
constexpr std::size_t kEnough = std::size_t{4} << 20;

std::string contentOf(std::string_view stream, std::size_t atATime) {
    auto source = openGzip(readMemory(stream)).value();
    std::string buffer(atATime, '\0');
    std::string content;
    while (content.size() < kEnough) {
        const auto count = source->read(buffer);
        if (!count.ok()) {
            content += "|" + count.error().detail();
            break;
        }
        if (*count == 0) {
            break;
        }
        promise(*count <= atATime);
        promise(source->position() <= stream.size());
        content.append(buffer, 0, *count);
    }
    return content.substr(0, kEnough);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stream = textOf(data, size);
    const std::string content = contentOf(stream, 1 << 16);
    if (content.size() < (1 << 16)) {
        promise(contentOf(stream, 7) == content);
    }
    return 0;
}
