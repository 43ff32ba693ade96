// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/entry_notes.h"

#include <algorithm>

namespace cachescope {

namespace {

enum Flag : unsigned { kGrace = 1, kAbsent = 2, kFailure = 4, kUntil = 8, kMarked = 16 };
constexpr unsigned kAll = 31;
constexpr std::size_t kMostName = 0xffff;

void append(std::string& text, Duration span) {
    const auto count = static_cast<std::uint64_t>(span.count());
    for (unsigned shift = 0; shift < 64; shift += 8) {
        text += static_cast<char>(count >> shift);
    }
}

std::optional<Duration> take(std::string_view& bytes) {
    constexpr std::size_t kSize = 8;
    if (bytes.size() < kSize) {
        return std::nullopt;
    }
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
        count |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    bytes.remove_prefix(kSize);
    return Duration{static_cast<std::int64_t>(count)};
}

}  // namespace

SharedBytes EntryNotes::encode() const {
    if (empty()) {
        return {};
    }
    std::string text(1, static_cast<char>((grace != Duration::zero() ? kGrace : 0U) |
                                          (absent ? kAbsent : 0U) | (failure ? kFailure : 0U) |
                                          (until ? kUntil : 0U) | (marked ? kMarked : 0U)));
    if (grace != Duration::zero()) {
        append(text, grace);
    }
    if (until) {
        append(text, until->time_since_epoch());
    }
    for (const std::string_view tag : tags) {
        const std::size_t size = std::min(tag.size(), kMostName);
        text += static_cast<char>(size);
        text += static_cast<char>(size >> 8);
        text += tag.substr(0, size);
    }
    return SharedBytes{text};
}

EntryNotes EntryNotes::decode(std::string_view bytes) {
    EntryNotes notes;
    if (bytes.empty()) {
        return notes;
    }
    const auto at = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned flags = at(0);
    bytes.remove_prefix(1);
    notes.absent = (flags & kAbsent) != 0;
    notes.failure = (flags & kFailure) != 0;
    notes.marked = (flags & kMarked) != 0;
    notes.damaged = flags > kAll;
    if ((flags & kGrace) != 0) {
        const auto grace = take(bytes);
        notes.grace = grace.value_or(Duration{});
        notes.damaged |= !grace || *grace < Duration::zero();
    }
    if ((flags & kUntil) != 0) {
        const auto until = take(bytes);
        notes.until = TimePoint{until.value_or(Duration{})};
        notes.damaged |= !until;
    }
    if (notes.damaged) {
        return notes;
    }
    while (!bytes.empty()) {
        const std::size_t size = bytes.size() < 2 ? kMostName : at(0) | std::size_t{at(1)} << 8;
        if (bytes.size() < 2 + size) {
            notes.damaged = true;
            return notes;
        }
        notes.tags.push_back(bytes.substr(2, size));
        bytes.remove_prefix(2 + size);
    }
    return notes;
}

}  // namespace cachescope
