// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bytes that lie in a Redis, ours or not: what is taken as an entry is one, bit by bit.

#include "engine/redis/redis_entry.h"
#include "tests/fuzz/fuzz.h"

using namespace cachescope;
using namespace cachescope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stored = textOf(data, size);
    const auto entry = decodeRedisEntry(stored);
    promise(entry.has_value() == decodeRedisEntryHeader(stored).has_value());
    if (entry) {
        (void)entry->expiredAt(TimePoint{});
        promise(encodeRedisEntry(*entry) == stored);
    }
    return 0;
}
