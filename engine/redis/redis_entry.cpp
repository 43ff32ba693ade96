// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_entry.h"

#include <cstdint>

namespace cachescope {

namespace {

constexpr std::string_view kMark{"\xC5SC"};
constexpr char kPlain = 1;
constexpr char kWithNotes = 2;

void putNumber(std::string& out, std::uint64_t number, int bytes = 8) {
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(number & 0xff);
        number >>= 8;
    }
}

void putSigned(std::string& out, std::int64_t number) {
    putNumber(out, static_cast<std::uint64_t>(number));
}

std::uint64_t numberAt(std::string_view bytes, std::size_t at, std::size_t size = 8) {
    std::uint64_t number = 0;
    for (std::size_t i = size; i-- > 0;) {
        number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
    }
    return number;
}

std::int64_t signedAt(std::string_view bytes, std::size_t at) {
    return static_cast<std::int64_t>(numberAt(bytes, at));
}

}  // namespace

std::size_t redisEntryOverhead(const Entry& entry) noexcept {
    return entry.notes.empty() ? kRedisEntryHeader
                               : kRedisEntryLongestHeader + entry.notes.view().size();
}

std::string encodeRedisEntry(const Entry& entry) {
    const std::string_view notes = entry.notes.view();
    std::string out;
    out.reserve(redisEntryOverhead(entry) + entry.value.size());
    out += kMark;
    out += notes.empty() ? kPlain : kWithNotes;
    putSigned(out, entry.created.time_since_epoch().count());
    putSigned(out, entry.expires.time_since_epoch().count());
    putNumber(out, entry.version);
    putSigned(out, entry.loadCost.count());
    if (!notes.empty()) {
        putNumber(out, notes.size(), 4);
        out += notes;
    }
    out += entry.value.view();
    return out;
}

std::string encodeRedisMoment(TimePoint moment) {
    std::string out;
    putSigned(out, moment.time_since_epoch().count());
    return out;
}

std::optional<RedisEntryHeader> decodeRedisEntryHeader(std::string_view stored) {
    if (stored.size() < kRedisEntryHeader || !stored.starts_with(kMark)) {
        return std::nullopt;
    }
    const char layout = stored[kMark.size()];
    if (layout != kPlain && (layout != kWithNotes || stored.size() < kRedisEntryLongestHeader)) {
        return std::nullopt;
    }
    RedisEntryHeader header;
    header.entry.created = TimePoint{Duration{signedAt(stored, 4)}};
    header.entry.expires = TimePoint{Duration{signedAt(stored, kRedisDeadlineAt)}};
    header.entry.version = numberAt(stored, 20);
    header.entry.loadCost = Duration{signedAt(stored, 28)};
    header.overhead = layout == kPlain
                          ? kRedisEntryHeader
                          : kRedisEntryLongestHeader +
                                static_cast<std::size_t>(numberAt(stored, kRedisEntryHeader, 4));
    return header;
}

std::optional<Entry> decodeRedisEntry(std::string_view stored) {
    auto header = decodeRedisEntryHeader(stored);
    if (!header || stored.size() < header->overhead) {
        return std::nullopt;
    }
    if (header->overhead > kRedisEntryLongestHeader) {
        header->entry.notes = SharedBytes{
            stored.substr(kRedisEntryLongestHeader, header->overhead - kRedisEntryLongestHeader)};
    }
    header->entry.value = Bytes{stored.substr(header->overhead)};
    return std::move(header->entry);
}

}  // namespace cachescope
