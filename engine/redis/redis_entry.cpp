// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_entry.h"

#include <cstdint>

namespace cachescope {

namespace {

constexpr std::string_view kMark{"\xC5SC\x01", 4};

void putNumber(std::string& out, std::uint64_t number) {
    for (int i = 0; i < 8; ++i) {
        out += static_cast<char>(number & 0xff);
        number >>= 8;
    }
}

void putSigned(std::string& out, std::int64_t number) {
    putNumber(out, static_cast<std::uint64_t>(number));
}

std::uint64_t numberAt(std::string_view bytes, std::size_t at) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) {
        number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
    }
    return number;
}

std::int64_t signedAt(std::string_view bytes, std::size_t at) {
    return static_cast<std::int64_t>(numberAt(bytes, at));
}

}  // namespace

std::string encodeRedisEntry(const Entry& entry) {
    std::string out;
    out.reserve(kRedisEntryHeader + entry.value.size());
    out += kMark;
    putSigned(out, entry.created.time_since_epoch().count());
    putSigned(out, entry.expires.time_since_epoch().count());
    putNumber(out, entry.version);
    putSigned(out, entry.loadCost.count());
    out += entry.value.view();
    return out;
}

std::optional<Entry> decodeRedisEntryHeader(std::string_view stored) {
    if (stored.size() < kRedisEntryHeader || stored.substr(0, kMark.size()) != kMark) {
        return std::nullopt;
    }
    Entry entry;
    entry.created = TimePoint{Duration{signedAt(stored, 4)}};
    entry.expires = TimePoint{Duration{signedAt(stored, 12)}};
    entry.version = numberAt(stored, 20);
    entry.loadCost = Duration{signedAt(stored, 28)};
    return entry;
}

std::optional<Entry> decodeRedisEntry(std::string_view stored) {
    auto entry = decodeRedisEntryHeader(stored);
    if (entry) {
        entry->value = Bytes{stored.substr(kRedisEntryHeader)};
    }
    return entry;
}

}  // namespace cachescope
