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
    const auto header = decodeRedisEntryHeader(stored);
    promise(header.has_value() || !entry.has_value());
    if (header) {
        promise(entry.has_value() == (stored.size() >= header->overhead));
    }
    if (entry) {
        (void)entry->expiredAt(TimePoint{});
        promise(header->entry.expires == entry->expires);
        promise(stored.size() == header->overhead + entry->value.size());
        const std::string again = encodeRedisEntry(*entry);
        // An entry of version 2 may have empty notes; it is then written as version 1.
        const bool shorter = entry->notes.empty() && stored[3] == 2;
        promise(shorter ? decodeRedisEntry(again)->value == entry->value : again == stored);
    }
    return 0;
}
